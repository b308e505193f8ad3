//! The page with the list of clusters.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{filter::Filter, list::ClusterList};
use crate::{layout::frame::signed_in, live::Live, ui::refresh::Refresh};

/// All clusters of the account, as cards.
#[component]
pub fn ListPage() -> impl IntoView {
    let filter = use_query_map().with_untracked(Filter::from_query);
    signed_in(move || async move {
        let changing = Live::expect()
            .snapshot
            .with_untracked(|known| known.clusters.iter().any(|it| it.status.is_changing()));
        let page = view! {
            <Title text="Clusters"/>
            <Refresh changing/>
            <ClusterList filter/>
        };
        Ok(page.into_any())
    })
}
