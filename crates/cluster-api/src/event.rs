//! Events: what happened to a cluster, in order, for good.

use serde::{Deserialize, Serialize};

use crate::{ClusterId, EventId, TaskId, Timestamp};

/// One entry of a cluster's timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Event {
    /// Its place in the journal.
    pub id: EventId,
    /// The cluster it is about.
    pub cluster_id: ClusterId,
    /// The name of the account that asked for it; None: the control plane did it by itself.
    #[serde(default)]
    pub actor: Option<String>,
    /// The task it belongs to.
    pub task_id: Option<TaskId>,
    /// When it was written down.
    pub at: Timestamp,
    /// What sort of thing happened.
    pub kind: EventKind,
    /// One sentence without a full stop: "Node 2 joined the swarm".
    pub message: String,
    /// The engine's own words, where there are some.
    pub detail: Option<String>,
    /// How long it took, in milliseconds, where that means something.
    pub duration_ms: Option<u64>,
}

/// What sort of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Somebody asked for something.
    Requested,
    /// A step of a task began; it moves the progress of the cluster.
    Started,
    /// A step of a task is done.
    Done,
    /// Something failed and will be tried again.
    Retrying,
    /// A task came to its end as wished.
    Finished,
    /// A task gave up.
    Failed,
    /// Something was seen that nobody has to act upon.
    Noticed,
    /// A node was lost.
    Lost,
}

impl EventKind {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Started => "started",
            Self::Done => "done",
            Self::Retrying => "retrying",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Noticed => "noticed",
            Self::Lost => "lost",
        }
    }

    /// It says that something went wrong.
    #[must_use]
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Retrying | Self::Failed | Self::Lost)
    }
}
