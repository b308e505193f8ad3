//! What pages are made of, as data.

use std::sync::Arc;

use cluster_api::{Cluster, Event, Snapshot, Timestamp};

use crate::session::Backend;

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The account's name.
    pub username: String,
    /// The control plane that one is signed in to.
    pub backend: Backend,
    /// Whether the account looks after the others.
    pub is_admin: bool,
    /// When the session ends if nothing happens.
    pub ends_at: Timestamp,
    /// When the session ends whatever happens.
    pub ends_at_last: Timestamp,
}

/// What is known of an account's clusters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The account's clusters, quotas and choices.
    pub snapshot: Arc<Snapshot>,
    /// How current that is.
    pub freshness: Freshness,
}

/// One cluster, and what there is around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterView {
    /// The cluster.
    pub cluster: Cluster,
    /// Its timeline, newest first.
    pub events: Vec<Event>,
    /// Quotas, other clusters, freshness.
    pub known: Known,
}

/// How current what is shown is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// The watch upstream is up.
    Live {
        /// When it was last heard.
        at: Timestamp,
    },
    /// The control plane does not answer; what is shown was known before.
    Unreachable {
        /// Since when.
        since: Timestamp,
    },
}
