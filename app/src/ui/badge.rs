//! The status of a cluster: a word, a shape and a colour, never the colour alone.

use cluster_api::{Cluster, ClusterStatus};
use leptos::prelude::*;

use super::icon::icon;

/// How a cluster is, as a badge shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Badge {
    status: ClusterStatus,
    word: &'static str,
}

impl Badge {
    /// The badge of a cluster. A cluster that resizes says in which direction, where that is plain.
    #[must_use]
    pub fn of(cluster: &Cluster) -> Self {
        let wished = cluster.node_count.get() as usize;
        let word = match cluster.status {
            ClusterStatus::Resizing if cluster.nodes.len() > wished => "Shrinking",
            ClusterStatus::Resizing if cluster.ready_nodes() < cluster.node_count.get() => {
                "Growing"
            }
            status => status.word(),
        };
        Self {
            status: cluster.status,
            word,
        }
    }

    const fn class(self) -> &'static str {
        match self.status {
            ClusterStatus::Active => "status good",
            ClusterStatus::Error => "status bad",
            ClusterStatus::Deleting | ClusterStatus::Deleted => "status gone",
            _ => "status busy",
        }
    }
}

/// The badge of a cluster.
#[must_use]
pub fn status_badge(cluster: &Cluster) -> impl IntoView + use<> {
    let badge = Badge::of(cluster);
    let icon = match badge.status {
        ClusterStatus::Active => icon("ok", ""),
        ClusterStatus::Error => icon("bad", ""),
        _ => icon("busy", "turn"),
    };
    view! {
        <span class=badge.class() data-status=badge.status.as_str()>
            {icon}
            {badge.word}
        </span>
    }
}
