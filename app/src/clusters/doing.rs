//! What is happening to a cluster: the step, how far it is, and how long it usually takes.

use cluster_api::Cluster;
use leptos::prelude::*;

use crate::{live::clock::Clock, ui::words};

/// The running task of a cluster; nothing when none runs.
#[must_use]
pub fn doing(cluster: &Cluster, clock: Clock) -> Option<impl IntoView + use<>> {
    let progress = cluster.progress.as_ref()?;
    let (number, of) = (progress.number, progress.of);
    let label = progress.task.status().word();
    // The steps that are done, and half of the one that runs.
    let (done, all) = ((2 * number).saturating_sub(1), 2 * of);
    let usually = progress
        .typical_ms
        .map(|usually| format!("usually {}", words::duration(usually)));
    let so_far = words::elapsed(clock.now.get().since(progress.started_at));
    let doing = view! {
        <div class="doing">
            <p>
                <b>{progress.step.clone()}</b>
                <span class="quiet">{format!("step {number} of {of}")}</span>
            </p>
            <progress
                max=all.to_string()
                value=done.to_string()
                aria-label=format!("{label}: step {number} of {of}")
            ></progress>
            <p class="quiet">
                <span>{format!("{so_far} so far")}</span>
                <span>{usually}</span>
            </p>
        </div>
    };
    Some(doing)
}
