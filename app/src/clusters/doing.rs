//! What is happening to a cluster: the step, how far it is, and how long it usually takes.

use cluster_api::{Cluster, Event};
use leptos::prelude::*;

use crate::{
    says, t,
    ui::{badge::status_word, icon::icon, prose::prose},
    when::{ago, duration, elapsed},
};

/// The running task of a cluster; nothing when none runs.
#[must_use]
pub fn doing(cluster: &Cluster) -> Option<AnyView> {
    let progress = cluster.progress.as_ref()?;
    let (number, of) = (progress.number, progress.of);
    // The steps that are done, and half of the one that runs.
    let (done, all) = ((2 * number).saturating_sub(1), 2 * of);
    let usually = progress
        .typical_ms
        .map(|usual| t!("doing-usually", time = duration(usual)));
    let step = t!("doing-step", number = number, of = of);
    let label = format!("{}: {step}", status_word(progress.task.status()));
    Some(
        view! {
            <div class="doing">
                <p>
                    <b>{says::sentence(&progress.step)}</b>
                    <span class="quiet">{step}</span>
                </p>
                <progress max=all.to_string() value=done.to_string() aria-label=label></progress>
                <p class="quiet">
                    <span>{elapsed(progress.started_at)} " " {t!("doing-so-far")}</span>
                    <span>{usually}</span>
                </p>
            </div>
        }
        .into_any(),
    )
}

/// What stands in the same place while nothing happens: that all is well, and what happened last.
#[must_use]
pub fn settled(cluster: &Cluster, last: Option<&Event>) -> Option<AnyView> {
    if cluster.progress.is_some() || cluster.reason.is_some() || cluster.can_retry().is_ok() {
        return None;
    }
    let (ready, count) = (cluster.ready_nodes(), cluster.node_count.get());
    let last = last.map(|event| {
        view! { <p class="quiet">{prose(&says::sentence(&event.message))} " " {ago(event.at)}</p> }
    });
    let endpoint = cluster.endpoint.clone().filter(|_| last.is_none());
    Some(
        view! {
            <div class="settled">
                <p>{icon("ok", "")} {t!("settled", ready = ready, count = count)}</p>
                {last}
                {endpoint.map(|endpoint| view! { <p class="mono quiet">{endpoint}</p> })}
            </div>
        }
        .into_any(),
    )
}
