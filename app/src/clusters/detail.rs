//! One cluster, live.
#![expect(
    missing_docs,
    reason = "the struct that the macro makes: an island's properties"
)]

use cluster_api::{Cluster, Event, Problem};
use leptos::{either::Either, prelude::*};
use serde::{Deserialize, Serialize};

use super::{
    about::about, delete::DeletePanel, doing::doing, nodes::nodes_panel, resize::ResizePanel,
    timeline::TimelinePanel, why::why,
};
use crate::{
    live::{Live, row::Row},
    paths,
    ui::{
        badge::status_badge,
        field::form_error,
        link_or::{Label, link_or},
        words::plural,
    },
};

/// What the server said against the forms of the page when they were last sent.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Said {
    /// Against trying again.
    pub retry: Option<Problem>,
    /// Against another size.
    pub resize: Option<Problem>,
    /// Against the end of it.
    pub delete: Option<Problem>,
}

/// Everything about one cluster, and everything that can be done with it.
#[island]
pub fn ClusterDetail(
    /// The cluster as it is when the page is made.
    cluster: Cluster,
    /// Its timeline.
    events: Vec<Event>,
    /// What was said against a form.
    said: Said,
    /// Whether the form that deletes it is open.
    confirm: bool,
) -> impl IntoView {
    let live = Live::expect();
    live.take_in(cluster.clone());
    live.open_timeline(cluster.id, events);
    let row = Row::new(live, cluster);
    #[cfg(feature = "hydrate")]
    load_what_was_missed(live, row);
    let gone = Memo::new(move |_| row.gone());
    move || {
        if gone.get() {
            Either::Left(row.with_untracked(deleted))
        } else {
            Either::Right(present(live, row, said, confirm))
        }
    }
}

/// Events that were sent while the stream was away are asked for.
#[cfg(feature = "hydrate")]
fn load_what_was_missed(live: Live, row: Row) {
    use super::server_fns::load_cluster;
    let id = row.id();
    Effect::new(move |before: Option<u32>| {
        let now = live.missed();
        if before.is_some_and(|before| before != now) {
            leptos::task::spawn_local(async move {
                if let Ok(view) = load_cluster(id.to_string()).await {
                    live.open_timeline(id, view.events);
                    live.take_in(view.cluster);
                }
            });
        }
        now
    });
}

fn deleted(cluster: &Cluster) -> impl IntoView + use<> {
    view! {
        <div class="empty">
            <h1>{format!("{} is deleted", cluster.name)}</h1>
            <p class="quiet">
                "Its nodes, its containers and its volumes are gone, and its credentials no longer work."
            </p>
            <a class="btn main" href=paths::CLUSTERS>
                "Back to the clusters"
            </a>
        </div>
    }
}

fn present(live: Live, row: Row, said: Said, confirm: bool) -> impl IntoView + use<> {
    let clock = live.clock;
    let limit = live
        .snapshot
        .with_untracked(|known| known.quotas.max_nodes_per_cluster);
    let not_retried = said.retry.map(|problem| problem.to_string());
    view! {
        {move || row.with(head)}
        <div class="stack">
            {form_error(not_retried)}
            {move || row.with(|cluster| doing(cluster, clock))}
            {move || row.with(|cluster| why(cluster, clock, true))}
        </div>
        <div class="split">
            <div>
                {move || row.with(|cluster| nodes_panel(cluster, limit))}
                <ResizePanel row limit said=said.resize/>
                <DeletePanel row open=confirm said=said.delete/>
            </div>
            <div>
                <TimelinePanel/>
                {move || row.with(|cluster| about(cluster, clock))}
            </div>
        </div>
    }
}

fn head(cluster: &Cluster) -> impl IntoView + use<> {
    let facts = format!(
        "{} \u{b7} {} \u{b7} {} of {} ready",
        cluster.cluster_type.name,
        cluster.flavor,
        cluster.ready_nodes(),
        plural(cluster.node_count.get(), "node"),
    );
    let name = cluster.name.to_string();
    let label = Label {
        words: "Get access",
        of: name.clone(),
        icon: "key",
        class: "btn main",
    };
    let no_access = cluster
        .can_access()
        .err()
        .map(|problem| problem.to_string());
    view! {
        <div class="head">
            <h1>{name}</h1>
            {status_badge(cluster)}
            <span class="quiet">{facts}</span>
            <div class="end">{link_or(paths::access(cluster.id), no_access, label)}</div>
        </div>
    }
}
