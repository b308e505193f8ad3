//! The rest of what there is to know about a cluster.

use cluster_api::Cluster;
use leptos::{either::Either, prelude::*};

use crate::{
    live::clock::Clock,
    ui::{copy::copied, time::ago},
};

/// Where its Docker API is, its id, and when it was made.
#[must_use]
pub fn about(cluster: &Cluster, clock: Clock) -> impl IntoView + use<> {
    let api = match &cluster.endpoint {
        Some(endpoint) => Either::Left(copied(
            endpoint.clone(),
            None,
            "the address of the Docker API",
        )),
        None => Either::Right(view! { <span class="quiet">"Not there yet"</span> }),
    };
    view! {
        <section class="panel" aria-labelledby="about">
            <header>
                <h2 id="about">"About"</h2>
            </header>
            <dl class="body about">
                <dt>"Docker API"</dt>
                <dd>{api}</dd>
                <dt>"Cluster id"</dt>
                <dd>{copied(cluster.id.to_string(), None, "the cluster id")}</dd>
                <dt>"Created"</dt>
                <dd>{ago(cluster.created_at, clock)}</dd>
            </dl>
        </section>
    }
}
