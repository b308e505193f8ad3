//! Clusters: their state, and what may be done in which state.

use serde::{Deserialize, Serialize};

use crate::{
    CloudFacts, ClusterId, ClusterName, ClusterType, EventId, Flavor, Labels, Node, NodeCount,
    NodeState, Problem, TaskId, Timestamp,
};

/// A cluster, complete: what every answer and every watch message carries. `id` to `cluster_type` are
/// the original's fields; the rest are additions, which its clients ignore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Cluster {
    /// Its identity.
    pub id: ClusterId,
    /// Its name; unique within an account.
    pub name: ClusterName,
    /// How it is.
    pub status: ClusterStatus,
    /// What it is made of.
    pub cluster_type: ClusterType,
    /// How many nodes it is to have. While it resizes this is the new number.
    pub node_count: NodeCount,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When this row last changed.
    pub updated_at: Timestamp,

    /// The size of its nodes.
    pub flavor: Flavor,
    /// The nodes there are, the manager first. More than `node_count` while it shrinks.
    pub nodes: Vec<Node>,
    /// Whether it is protected against deletion.
    #[serde(default)]
    pub deletion_protection: bool,
    /// What its owner wrote on it.
    #[serde(default)]
    pub labels: Labels,
    /// Whether it grows and shrinks by itself.
    #[serde(default)]
    pub autoscale: bool,
    /// Where its Docker API answers, as `DOCKER_HOST` wants it: `tcp://127.0.0.1:23760`.
    pub endpoint: Option<String>,
    /// What is happening, while something is.
    pub progress: Option<Progress>,
    /// Why it is in `error`, or what holds it up while it changes.
    pub reason: Option<Reason>,
    /// The journal entry that last changed this row. A row with a higher version is newer.
    pub version: EventId,
    /// What only a cloud knows of it; None: it is on machines of our own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(ignore))]
    pub cloud: Option<Box<CloudFacts>>,
}

/// How a cluster is. The words are those of the original's second generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ClusterStatus {
    /// It is being made.
    Creating,
    /// It is ready for use.
    Active,
    /// Nodes are being added or removed, drained or given work again.
    Resizing,
    /// A node is being replaced: it was lost, or somebody asked for it.
    Repairing,
    /// Its swarm and its certificates are made anew.
    Rebuilding,
    /// Its certificates are made anew.
    Rotating,
    /// It and all that belongs to it is being removed.
    Deleting,
    /// The last task failed; [`Cluster::reason`] says why.
    Error,
    /// It is gone. Only seen in watch messages.
    Deleted,
}

impl ClusterStatus {
    /// The word a person reads.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Active => "Active",
            Self::Resizing => "Resizing",
            Self::Repairing => "Repairing",
            Self::Rebuilding => "Rebuilding",
            Self::Rotating => "Rotating",
            Self::Deleting => "Deleting",
            Self::Error => "Error",
            Self::Deleted => "Deleted",
        }
    }

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Creating => "creating",
            Self::Active => "active",
            Self::Resizing => "resizing",
            Self::Repairing => "repairing",
            Self::Rebuilding => "rebuilding",
            Self::Rotating => "rotating",
            Self::Deleting => "deleting",
            Self::Error => "error",
            Self::Deleted => "deleted",
        }
    }

    /// It will change by itself: somebody who looks at it should be kept up to date.
    #[must_use]
    pub const fn is_changing(self) -> bool {
        !matches!(self, Self::Active | Self::Error | Self::Deleted)
    }
}

/// What a task does to a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum TaskKind {
    /// Makes it.
    Create,
    /// Adds or removes nodes.
    Resize,
    /// Replaces nodes.
    Repair,
    /// Drains nodes, or gives them work again.
    Drain,
    /// Makes its swarm and its certificates anew.
    Rebuild,
    /// Makes its certificates anew.
    Rotate,
    /// Removes it.
    Delete,
}

impl TaskKind {
    /// All there are.
    pub const ALL: [Self; 7] = [
        Self::Create,
        Self::Resize,
        Self::Repair,
        Self::Drain,
        Self::Rebuild,
        Self::Rotate,
        Self::Delete,
    ];

    /// The status of a cluster while such a task runs.
    #[must_use]
    pub const fn status(self) -> ClusterStatus {
        match self {
            Self::Create => ClusterStatus::Creating,
            Self::Resize | Self::Drain => ClusterStatus::Resizing,
            Self::Repair => ClusterStatus::Repairing,
            Self::Rebuild => ClusterStatus::Rebuilding,
            Self::Rotate => ClusterStatus::Rotating,
            Self::Delete => ClusterStatus::Deleting,
        }
    }

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Resize => "resize",
            Self::Repair => "repair",
            Self::Drain => "drain",
            Self::Rebuild => "rebuild",
            Self::Rotate => "rotate",
            Self::Delete => "delete",
        }
    }
}

/// How far the running task is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Progress {
    /// The task.
    pub task_id: TaskId,
    /// What it does.
    pub task: TaskKind,
    /// The step that runs now, in plain words: "Node 2 starts".
    pub step: String,
    /// The number of that step, from 1.
    pub number: u32,
    /// How many steps there are.
    pub of: u32,
    /// When the task began.
    pub started_at: Timestamp,
    /// How long such tasks usually take: the median of the last ones, in milliseconds. None before
    /// there is one to measure.
    pub typical_ms: Option<u64>,
}

/// Why a cluster is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reason {
    /// One or two sentences for a person: what failed and what helps.
    pub message: String,
    /// The engine's own words behind it.
    pub detail: Option<String>,
    /// It will be tried again by itself; `false`: somebody has to decide.
    pub retrying: bool,
    /// Since when it holds.
    pub since: Timestamp,
}

impl Cluster {
    /// The name of the size of its nodes: of its workers, where managers have another.
    #[must_use]
    pub fn flavor_name(&self) -> &str {
        match &self.cloud {
            Some(facts) => facts.flavor.as_deref().unwrap_or("\u{2013}"),
            None => self.flavor.name(),
        }
    }

    /// How many nodes there is room for, of `limit` that a cluster may have: a cloud bounds clusters and not
    /// their nodes, so there nothing is said of room.
    #[must_use]
    pub fn room(&self, limit: NodeCount) -> NodeCount {
        if self.cloud.is_some() {
            self.node_count
        } else {
            limit
        }
    }

    /// How many of its nodes are ready for work.
    #[must_use]
    pub fn ready_nodes(&self) -> u32 {
        let ready = self
            .nodes
            .iter()
            .filter(|node| node.state == NodeState::Ready)
            .count();
        u32::try_from(ready).unwrap_or(u32::MAX)
    }

    /// Whether nodes may be added or removed now. While lost ones are replaced too: it is one piece of
    /// work then.
    ///
    /// # Errors
    /// [`Problem::Busy`] otherwise, saying in which state it is.
    pub fn can_resize(&self) -> Result<(), Problem> {
        match self.status {
            ClusterStatus::Active | ClusterStatus::Repairing => Ok(()),
            status => Err(Problem::Busy { status }),
        }
    }

    /// Whether that node of it may be replaced now.
    ///
    /// # Errors
    /// [`Problem::NodeInvalid`] as for [`Node::can_remove`]; [`Problem::Busy`] unless it is active.
    pub fn can_replace(&self, node: &Node) -> Result<(), Problem> {
        node.can_remove()?;
        match self.status {
            ClusterStatus::Active => Ok(()),
            status => Err(Problem::Busy { status }),
        }
    }

    /// Whether that node of it may be drained now, or given work again.
    ///
    /// # Errors
    /// As for [`Self::can_replace`].
    pub fn can_drain(&self, node: &Node) -> Result<(), Problem> {
        self.can_replace(node)
    }

    /// Whether it may have one node more, in an account that may have `limit` nodes a cluster.
    ///
    /// # Errors
    /// As for [`Self::can_resize`], or [`Problem::QuotaNodes`].
    pub fn can_grow(&self, limit: NodeCount) -> Result<(), Problem> {
        self.can_resize()?;
        if self.node_count < limit {
            Ok(())
        } else {
            Err(Problem::QuotaNodes { limit })
        }
    }

    /// Whether it may be deleted now. During a create too: what was made so far goes with it.
    ///
    /// # Errors
    /// [`Problem::Busy`] when it is being deleted already, [`Problem::Protected`].
    pub fn can_delete(&self) -> Result<(), Problem> {
        match self.status {
            ClusterStatus::Deleting | ClusterStatus::Deleted => Err(Problem::Busy {
                status: self.status,
            }),
            _ if self.deletion_protection => Err(Problem::Protected),
            _ => Ok(()),
        }
    }

    /// Whether its swarm and its certificates may be made anew now: out of an error too.
    ///
    /// # Errors
    /// [`Problem::Busy`] while something else is being done.
    pub fn can_rebuild(&self) -> Result<(), Problem> {
        match self.status {
            ClusterStatus::Active | ClusterStatus::Repairing | ClusterStatus::Error => Ok(()),
            status => Err(Problem::Busy { status }),
        }
    }

    /// Whether its certificates may be made anew now.
    ///
    /// # Errors
    /// [`Problem::Busy`] unless it is active: out of an error it has to be rebuilt.
    /// [`Problem::NotOffered`] in a cloud that is not known to manage it.
    pub fn can_rotate(&self) -> Result<(), Problem> {
        if self.cloud.as_ref().is_some_and(|facts| !facts.rotates) {
            return Err(Problem::NotOffered);
        }
        match self.status {
            ClusterStatus::Active => Ok(()),
            status => Err(Problem::Busy { status }),
        }
    }

    /// Whether its name, its labels, its autoscaling and its protection against deletion may be changed
    /// now.
    ///
    /// # Errors
    /// [`Problem::Busy`] when it is being deleted already.
    pub fn can_change(&self) -> Result<(), Problem> {
        match self.can_delete() {
            Err(Problem::Protected) => Ok(()),
            other => other,
        }
    }

    /// Whether the task that failed may be tried again.
    ///
    /// # Errors
    /// [`Problem::Busy`] unless it is in error.
    pub fn can_retry(&self) -> Result<(), Problem> {
        match self.status {
            ClusterStatus::Error => Ok(()),
            status => Err(Problem::Busy { status }),
        }
    }

    /// Whether there are credentials to download: its API has answered at least once.
    ///
    /// # Errors
    /// [`Problem::CredentialsNotReady`] before that, and once it is being deleted.
    pub fn can_access(&self) -> Result<(), Problem> {
        match self.status {
            ClusterStatus::Creating | ClusterStatus::Deleting | ClusterStatus::Deleted => {
                Err(Problem::CredentialsNotReady)
            }
            _ if self.endpoint.is_none() => Err(Problem::CredentialsNotReady),
            _ if self.cloud.as_ref().is_some_and(|it| !it.is_mine) => Err(Problem::NotTheOwner),
            _ => Ok(()),
        }
    }
}
