//! Why a cluster is not as it should be, and what helps.

use cluster_api::{Cluster, ClusterId, Reason};
use leptos::{either::Either, prelude::*, server_fn::ServerFn};

use super::server_fns::RetryCluster;
use crate::{
    live::clock::Clock,
    paths,
    ui::{icon::icon, prose::prose, time::ago},
};

/// The reason of a cluster, with the buttons that help; nothing when all is well. On the cluster's own
/// page it is `full`: with the engine's words, and without the way there.
#[must_use]
pub fn why(cluster: &Cluster, clock: Clock, full: bool) -> Option<impl IntoView + use<>> {
    let can_retry = cluster.can_retry().is_ok();
    if !can_retry && cluster.reason.is_none() {
        return None;
    }
    let told = match &cluster.reason {
        Some(reason) => Either::Left(told(reason, clock, full)),
        None => Either::Right(view! { <p>"Something failed. The timeline tells what."</p> }),
    };
    let id = cluster.id;
    let why = view! {
        <div class=if can_retry { "why bad" } else { "why busy" }>
            {told}
            <div class="acts">
                {can_retry.then(|| helps(id))}
                {(!full).then(|| what_happened(id))}
            </div>
        </div>
    };
    Some(why)
}

fn what_happened(id: ClusterId) -> impl IntoView + use<> {
    view! {
        <a class="btn" href=paths::timeline(id)>
            "What happened"
        </a>
    }
}

fn helps(id: ClusterId) -> impl IntoView + use<> {
    view! {
        <form method="post" action=RetryCluster::url()>
            <input type="hidden" name="id" value=id.to_string()/>
            <button type="submit" class="btn">
                <span class="before">"Retry"</span>
                <span class="after">"Retrying \u{2026}"</span>
            </button>
        </form>
        <a class="btn bad" href=paths::delete(id)>
            "Delete"
        </a>
    }
}

fn told(reason: &Reason, clock: Clock, full: bool) -> impl IntoView + use<> {
    let detail = reason.detail.clone().filter(|_| full);
    let since = if reason.retrying {
        "It is tried again by itself. It began "
    } else {
        "That was "
    };
    view! {
        <p class="reason">
            {icon("bad", "")}
            <span>
                {prose(&reason.message)} " "
                <span class="quiet">{since} {ago(reason.since, clock)} "."</span>
            </span>
        </p>
        {detail.map(engine_words)}
    }
}

/// What the engine said, for whoever wants to know.
#[must_use]
pub fn engine_words(words: String) -> impl IntoView + use<> {
    view! {
        <details>
            <summary>"What the engine said"</summary>
            <pre class="code">{words}</pre>
        </details>
    }
}
