//! The rest of what there is to know about a cluster.

use leptos::prelude::*;

use crate::{
    live::row::Row,
    ui::{copy::Copied, time::Ago},
};

/// Where its Docker API is, its id, and when it was made.
#[component]
pub fn About(
    /// The cluster.
    row: Row,
) -> AnyView {
    let endpoint = Memo::new(move |_| row.with(|cluster| cluster.endpoint.clone()));
    let api = move || match endpoint.get() {
        Some(endpoint) => {
            view! { <Copied text=endpoint what="the address of the Docker API"/> }.into_any()
        }
        None => view! { <span class="quiet">"Not there yet"</span> }.into_any(),
    };
    let created = row.with_untracked(|cluster| cluster.created_at);
    view! {
        <section class="panel" aria-labelledby="about">
            <header>
                <h2 id="about">"About"</h2>
            </header>
            <dl class="body about">
                <dt>"Docker API"</dt>
                <dd>{move || api()}</dd>
                <dt>"Cluster id"</dt>
                <dd>
                    <Copied text=row.id().to_string() what="the cluster id"/>
                </dd>
                <dt>"Created"</dt>
                <dd>
                    <Ago at=created after=" ago"/>
                </dd>
            </dl>
        </section>
    }
    .into_any()
}
