//! The page with the form for a new cluster.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{create_form::CreateForm, draft::Draft, server_fns::CreateCluster};
use crate::{
    layout::frame::signed_in,
    ui::{crumbs::Crumbs, said::said},
};

/// Asks for what a new cluster is to be.
#[component]
pub fn CreatePage() -> impl IntoView {
    let mut draft = use_query_map().with_untracked(Draft::from_query);
    if draft.key.is_empty() {
        // Made with the page, so that the same form sent twice makes one cluster.
        draft.key = uuid::Uuid::new_v4().to_string();
    }
    let said = said(CreateCluster::PATH);
    signed_in(move || async move {
        let page = view! {
            <Title text="Create cluster"/>
            <Crumbs here="Create cluster"/>
            <div class="head">
                <h1>"Create cluster"</h1>
            </div>
            <CreateForm draft said/>
        };
        Ok(page.into_any())
    })
}
