//! All pages and their addresses.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    ParamSegment, SsrMode, StaticSegment,
    components::{ParentRoute, Route, Router, Routes},
};

use crate::{
    clusters::{
        access_page::AccessPage, create_page::CreatePage, detail_page::DetailPage,
        list_page::ListPage,
    },
    layout::frame::Frame,
    live::Live,
    not_found::NotFound,
    paths,
    session::sign_in_page::SignInPage,
    ui::{go::Go, hydrated::Hydrated},
};

/// The whole dashboard. Every page is rendered at once and complete, so that it works without scripts
/// and has the right status.
#[component]
pub fn App() -> AnyView {
    provide_meta_context();
    Hydrated::provide();
    Live::provide();
    let clusters = StaticSegment("clusters");
    view! {
        <Title formatter=|title: String| {
            if title.is_empty() { "Carina".to_owned() } else { format!("{title} \u{b7} Carina") }
        }/>
        <Router>
            <Routes fallback=|| view! { <NotFound/> }.into_any()>
                <Route path=StaticSegment("sign-in") view=SignInPage ssr=SsrMode::Async/>
                <ParentRoute path=StaticSegment("") view=Frame ssr=SsrMode::Async>
                    <Route path=StaticSegment("") view=ToClusters/>
                    <Route path=clusters view=ListPage/>
                    <Route path=(clusters, StaticSegment("new")) view=CreatePage/>
                    <Route path=(clusters, ParamSegment("id")) view=DetailPage/>
                    <Route path=(clusters, ParamSegment("id"), StaticSegment("access")) view=AccessPage/>
                </ParentRoute>
            </Routes>
        </Router>
    }
    .into_any()
}

/// The home page is the list.
#[component]
fn ToClusters() -> AnyView {
    view! { <Go to=paths::CLUSTERS/> }.into_any()
}
