//! Lists: a page at a time, by key.
//!
//! A page ends where its `next` says; the request for the page after it carries that as `marker`. It is
//! the key of the last row and not a number of rows, so what is added or removed meanwhile moves nothing.

use serde::{Deserialize, Serialize};

use crate::{Cluster, ClusterStatus, Event};

/// What `GET /v2/clusters` answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ClusterList {
    /// The clusters of this page, newest first unless another order was asked for.
    pub clusters: Vec<Cluster>,
    /// How many clusters the account has.
    #[serde(default)]
    pub total: u64,
    /// How many of them the filters leave, on all pages together.
    #[serde(default)]
    pub matching: u64,
    /// How many the account has in each state, whatever the filters.
    #[serde(default)]
    pub counts: StatusCounts,
    /// The `marker` of the page after this one; null: this is the last one.
    #[serde(default)]
    pub next: Option<String>,
}

/// How many clusters are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StatusCounts {
    /// Being made.
    pub creating: u64,
    /// Ready for use.
    pub active: u64,
    /// Growing or shrinking.
    pub resizing: u64,
    /// Replacing a lost node.
    pub repairing: u64,
    /// Being made anew.
    pub rebuilding: u64,
    /// Getting new certificates.
    pub rotating: u64,
    /// Being removed.
    pub deleting: u64,
    /// Failed.
    pub error: u64,
}

impl StatusCounts {
    /// Writes down how many are in a state; nobody counts the deleted ones.
    pub fn set(&mut self, status: ClusterStatus, count: u64) {
        match status {
            ClusterStatus::Creating => self.creating = count,
            ClusterStatus::Active => self.active = count,
            ClusterStatus::Resizing => self.resizing = count,
            ClusterStatus::Repairing => self.repairing = count,
            ClusterStatus::Rebuilding => self.rebuilding = count,
            ClusterStatus::Rotating => self.rotating = count,
            ClusterStatus::Deleting => self.deleting = count,
            ClusterStatus::Error => self.error = count,
            ClusterStatus::Deleted => {}
        }
    }

    /// How many there are in all.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.creating
            + self.active
            + self.resizing
            + self.repairing
            + self.rebuilding
            + self.rotating
            + self.deleting
            + self.error
    }
}

/// What `GET /v2/clusters/{id}/events` answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EventList {
    /// The entries of this page, newest first.
    pub events: Vec<Event>,
    /// The `marker` of the page after this one; null: this is the last one.
    #[serde(default)]
    pub next: Option<String>,
}
