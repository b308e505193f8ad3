//! What the states of a cluster mean.

use cluster_api::ClusterStatus;
use leptos::prelude::*;

use crate::{t, ui::badge::status_word};

/// Each state with a sentence.
pub(super) fn states_panel() -> AnyView {
    let states = [
        (ClusterStatus::Creating, t!("help-state-creating")),
        (ClusterStatus::Active, t!("help-state-active")),
        (ClusterStatus::Resizing, t!("help-state-resizing")),
        (ClusterStatus::Repairing, t!("help-state-repairing")),
        (ClusterStatus::Rebuilding, t!("help-state-rebuilding")),
        (ClusterStatus::Rotating, t!("help-state-rotating")),
        (ClusterStatus::Deleting, t!("help-state-deleting")),
        (ClusterStatus::Error, t!("help-state-error")),
    ];
    let rows = states.map(|(status, meaning)| {
        view! {
            <dt>{status_word(status)}</dt>
            <dd>{meaning}</dd>
        }
    });
    view! {
        <section class="panel" id="states" aria-labelledby="states-title">
            <header>
                <h2 id="states-title">{t!("help-states")}</h2>
            </header>
            <dl class="about body">{rows}</dl>
        </section>
    }
    .into_any()
}
