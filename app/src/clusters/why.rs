//! Why a cluster is not as it should be, and what helps.

use cluster_api::Reason;
use leptos::prelude::*;

use super::retry::Retry;
use crate::{
    live::row::Row,
    paths,
    ui::{icon::Icon, time::Ago},
};

/// The reason of a cluster, with the buttons that help; nothing when all is well.
#[component]
pub fn Why(
    /// The cluster.
    row: Row,
    /// Whether this is the cluster's own page: the engine's words are shown too.
    #[prop(optional)]
    full: bool,
) -> AnyView {
    // The buttons stay what they are while the words change: one of them may just have been pressed.
    let can_retry = Memo::new(move |_| row.with(|cluster| cluster.can_retry().is_ok()));
    let shown = Memo::new(move |_| can_retry.get() || row.with(|cluster| cluster.reason.is_some()));
    let told = move || match row.with(|cluster| cluster.reason.clone()) {
        Some(reason) => view! { <Told reason full/> }.into_any(),
        None => view! { <p>"Something failed. The timeline tells what."</p> }.into_any(),
    };
    let why = move || {
        shown.get().then(|| {
            view! {
                <div class=move || if can_retry.get() { "why bad" } else { "why busy" }>
                    {move || told()} <div class="acts">
                        {move || can_retry.get().then(|| view! { <Helps row/> }.into_any())}
                        {(!full).then(|| what_happened(row))}
                    </div>
                </div>
            }
            .into_any()
        })
    };
    view! { {move || why()} }.into_any()
}

fn what_happened(row: Row) -> AnyView {
    view! {
        <a class="btn" href=paths::timeline(row.id())>
            "What happened"
        </a>
    }
    .into_any()
}

#[component]
fn Helps(
    /// The cluster.
    row: Row,
) -> AnyView {
    let id = row.id();
    view! {
        <Retry id/>
        <a class="btn bad" href=paths::delete(id)>
            "Delete"
        </a>
    }
    .into_any()
}

#[component]
fn Told(
    /// The reason.
    reason: Reason,
    /// Whether the engine's words are shown too.
    full: bool,
) -> AnyView {
    let detail = reason.detail.filter(|_| full);
    let since = if reason.retrying {
        "It is tried again by itself, since "
    } else {
        "Since "
    };
    view! {
        <p class="reason">
            <Icon name="bad"/>
            <span>
                {reason.message} " " <span class="quiet">{since} <Ago at=reason.since/> "."</span>
            </span>
        </p>
        {detail.map(engine_words)}
    }
    .into_any()
}

/// What the engine said, for whoever wants to know.
#[must_use]
pub fn engine_words(words: String) -> AnyView {
    view! {
        <details>
            <summary>"What the engine said"</summary>
            <pre class="code">{words}</pre>
        </details>
    }
    .into_any()
}
