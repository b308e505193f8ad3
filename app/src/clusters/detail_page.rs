//! The page of one cluster.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    detail::{ClusterDetail, Said},
    server_fns::{DeleteCluster, ProtectCluster, ResizeCluster, RetryCluster, load_cluster},
};
use crate::{
    layout::frame::signed_in,
    ui::{crumbs::Crumbs, refresh::Refresh, said::said},
};

/// Everything about one cluster, and everything that can be done with it.
#[component]
pub fn DetailPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id"));
    let confirm =
        use_query_map().with_untracked(|query| query.get_str("confirm") == Some("delete"));
    signed_in(move || async move {
        let view = load_cluster(id.unwrap_or_default()).await?;
        let said = Said {
            retry: said(RetryCluster::PATH),
            resize: said(ResizeCluster::PATH),
            delete: said(DeleteCluster::PATH).or_else(|| said(ProtectCluster::PATH)),
        };
        let name = view.cluster.name.to_string();
        let page = view! {
            <Title text=name.clone()/>
            <Refresh changing=view.cluster.status.is_changing()/>
            <Crumbs here=name/>
            <ClusterDetail cluster=view.cluster events=view.events said confirm/>
        };
        Ok(page.into_any())
    })
}
