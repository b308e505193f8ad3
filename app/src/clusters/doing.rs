//! What is happening to a cluster: the step, how far it is, and how long it usually takes.

use cluster_api::{Progress, TaskKind};
use leptos::prelude::*;

use crate::{
    live::{Live, row::Row},
    ui::words,
};

/// The running task of a cluster; nothing when none runs.
#[component]
pub fn Doing(
    /// The cluster.
    row: Row,
) -> AnyView {
    let doing = move || {
        let progress = row.with(|cluster| cluster.progress.clone());
        progress.map(|progress| view! { <Task progress/> }.into_any())
    };
    view! { {move || doing()} }.into_any()
}

#[component]
fn Task(
    /// How far it is.
    progress: Progress,
) -> AnyView {
    let clock = Live::expect().clock;
    let Progress {
        step,
        number,
        of,
        started_at,
        typical_ms,
        task,
        ..
    } = progress;
    let label = match task {
        TaskKind::Create => "Creating",
        TaskKind::Resize => "Resizing",
        TaskKind::Delete => "Deleting",
    };
    // The steps that are done, and half of the one that runs.
    let (done, all) = ((2 * number).saturating_sub(1), 2 * of);
    let usually = typical_ms.map(|usually| format!("usually {}", words::duration(usually)));
    view! {
        <div class="doing">
            <p>
                <b>{step}</b>
                <span class="quiet">{format!("step {number} of {of}")}</span>
            </p>
            <progress
                max=all.to_string()
                value=done.to_string()
                aria-label=format!("{label}: step {number} of {of}")
            ></progress>
            <p class="quiet">
                <span>{move || format!("{} so far", words::elapsed(clock.since(started_at)))}</span>
                <span>{usually}</span>
            </p>
        </div>
    }
    .into_any()
}
