//! Where a page is.

use leptos::prelude::*;

use crate::{paths, t};

/// The way from the list to this page.
#[component]
pub fn Crumbs(
    /// The page between the list and this one, by its address and its name.
    #[prop(optional)]
    over: Option<(String, String)>,
    /// This page.
    #[prop(into)]
    here: String,
) -> AnyView {
    let over = over.map(|(address, name)| {
        view! {
            <a href=address>{name}</a>
            <span aria-hidden="true">"/"</span>
        }
        .into_any()
    });
    view! {
        <nav class="crumbs" aria-label=t!("crumbs")>
            <a href=paths::CLUSTERS>{t!("nav-clusters")}</a>
            <span aria-hidden="true">"/"</span>
            {over}
            <span aria-current="page">{here}</span>
        </nav>
    }
    .into_any()
}
