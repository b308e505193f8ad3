//! The status of a cluster: a word, a shape and a colour, never the colour alone.

use cluster_api::{Cluster, ClusterStatus};
use leptos::prelude::*;

use super::icon::icon;
use crate::t;

/// The word for a state.
#[must_use]
pub fn status_word(status: ClusterStatus) -> String {
    match status {
        ClusterStatus::Creating => t!("status-creating"),
        ClusterStatus::Active => t!("status-active"),
        ClusterStatus::Resizing => t!("status-resizing"),
        ClusterStatus::Repairing => t!("status-repairing"),
        ClusterStatus::Rebuilding => t!("status-rebuilding"),
        ClusterStatus::Rotating => t!("status-rotating"),
        ClusterStatus::Deleting => t!("status-deleting"),
        ClusterStatus::Deleted => t!("status-deleted"),
        ClusterStatus::Error => t!("status-error"),
    }
}

/// The badge of a cluster. A cluster that resizes says in which direction, where that is plain.
#[must_use]
pub fn status_badge(cluster: &Cluster) -> impl IntoView + use<> {
    let wished = cluster.node_count.get() as usize;
    let status = cluster.status;
    let word = match status {
        ClusterStatus::Resizing if cluster.nodes.len() > wished => t!("status-shrinking"),
        ClusterStatus::Resizing if cluster.ready_nodes() < cluster.node_count.get() => {
            t!("status-growing")
        }
        status => status_word(status),
    };
    let (class, shape) = match status {
        ClusterStatus::Active => ("status good", icon("ok", "")),
        ClusterStatus::Error => ("status bad", icon("bad", "")),
        ClusterStatus::Deleting | ClusterStatus::Deleted => ("status gone", icon("busy", "turn")),
        _ => ("status busy", icon("busy", "turn")),
    };
    view! {
        <span class=class data-status=status.as_str()>
            {shape}
            {word}
        </span>
    }
}
