//! Lists: a page at a time, by key.
//!
//! A page ends where its `next` says; the request for the page after it carries that as `marker`. It is
//! the key of the last row and not a number of rows, so what is added or removed meanwhile moves nothing.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Cluster, ClusterStatus, ClusterTypeId, Event};

/// What clusters can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// When they were asked for.
    CreatedAt,
    /// When they last changed.
    UpdatedAt,
    /// Their names.
    Name,
    /// Their states, by the word on the wire.
    Status,
    /// How many nodes they are to have.
    NodeCount,
}

impl SortKey {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::CreatedAt,
        Self::UpdatedAt,
        Self::Name,
        Self::Status,
        Self::NodeCount,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::Name => "name",
            Self::Status => "status",
            Self::NodeCount => "node_count",
        }
    }
}

/// An order of clusters; on the wire `name`, `-created_at` …
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClusterSort {
    /// What they are sorted by.
    pub key: SortKey,
    /// The largest or newest first: the `-`.
    pub descending: bool,
}

impl ClusterSort {
    /// What holds for those who do not say.
    pub const NEWEST_FIRST: Self = Self {
        key: SortKey::CreatedAt,
        descending: true,
    };
}

impl Default for ClusterSort {
    fn default() -> Self {
        Self::NEWEST_FIRST
    }
}

/// The text names no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("There is no such order.")]
pub struct ClusterSortError;

impl FromStr for ClusterSort {
    type Err = ClusterSortError;

    fn from_str(text: &str) -> Result<Self, ClusterSortError> {
        let (descending, name) = match text.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, text),
        };
        let key = SortKey::ALL.into_iter().find(|key| key.name() == name);
        key.map(|key| Self { key, descending })
            .ok_or(ClusterSortError)
    }
}

impl TryFrom<String> for ClusterSort {
    type Error = ClusterSortError;

    fn try_from(text: String) -> Result<Self, ClusterSortError> {
        text.parse()
    }
}

impl fmt::Display for ClusterSort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.descending { "-" } else { "" };
        write!(formatter, "{sign}{}", self.key.name())
    }
}

impl From<ClusterSort> for String {
    fn from(sort: ClusterSort) -> Self {
        sort.to_string()
    }
}

/// Which clusters of an account, in which order, and which page of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterQuery {
    /// How many clusters the page has at most, 1 to 500; None: as many as can be.
    pub limit: Option<u32>,
    /// The `next` of the page before; None: the first page.
    pub marker: Option<String>,
    /// Only clusters in one of these states; none given: in any.
    pub status: Vec<ClusterStatus>,
    /// Only clusters of this type.
    pub type_id: Option<ClusterTypeId>,
    /// Only clusters with this in their names.
    pub q: Option<String>,
    /// The order.
    pub sort: ClusterSort,
}

/// Which page of a timeline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventQuery {
    /// How many entries the page has at most, 1 to 500; None: as many as can be.
    pub limit: Option<u32>,
    /// The `next` of the page before; None: the first page, with the newest.
    pub marker: Option<String>,
}

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
