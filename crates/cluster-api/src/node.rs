//! Nodes: the machines of a cluster, each one a container that runs a Docker Engine.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{NodeId, Problem};

/// How many nodes a cluster has: 1 to [`NodeCount::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct NodeCount(u32);

/// The text or number given cannot be a number of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A cluster has 1 to {} nodes, in whole numbers.", NodeCount::MAX.get())]
pub struct NodeCountError;

impl NodeCount {
    /// The smallest cluster: the manager alone.
    pub const MIN: Self = Self(1);

    /// The largest cluster that a network of the Docker provisioner (a /25) holds. The quota is
    /// usually much lower.
    pub const MAX: Self = Self(100);

    /// The number of nodes of a cluster in a cloud, where there may be more; at least one.
    #[must_use]
    pub const fn of_a_cloud(number: u32) -> Self {
        if number == 0 { Self::MIN } else { Self(number) }
    }

    /// Reads what a person typed into a form field, where clusters have up to `limit` nodes: in a cloud
    /// that is more than [`NodeCount::MAX`].
    ///
    /// # Errors
    /// It is no number of nodes.
    pub fn typed(text: &str, limit: Self) -> Result<Self, NodeCountError> {
        let number = text.trim().parse().map_err(|_| NodeCountError)?;
        let most = limit.max(Self::MAX);
        Some(Self(number))
            .filter(|count| (Self::MIN..=most).contains(count))
            .ok_or(NodeCountError)
    }

    /// The number itself.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<i64> for NodeCount {
    type Error = NodeCountError;

    fn try_from(number: i64) -> Result<Self, NodeCountError> {
        u32::try_from(number)
            .ok()
            .map(Self)
            .filter(|count| (Self::MIN..=Self::MAX).contains(count))
            .ok_or(NodeCountError)
    }
}

impl TryFrom<&str> for NodeCount {
    type Error = NodeCountError;

    /// Reads what a person typed into a form field.
    fn try_from(text: &str) -> Result<Self, NodeCountError> {
        text.trim()
            .parse::<i64>()
            .map_err(|_| NodeCountError)?
            .try_into()
    }
}

impl From<NodeCount> for i64 {
    fn from(count: NodeCount) -> Self {
        count.0.into()
    }
}

impl fmt::Display for NodeCount {
    /// "1 node", "3 nodes".
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} node{}",
            self.0,
            if self.0 == 1 { "" } else { "s" }
        )
    }
}

/// One node as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Node {
    /// Its identity; kept when its container is made anew.
    pub id: NodeId,
    /// `node-1`, `node-2` …: the host name inside the cluster.
    pub name: String,
    /// What it does in the swarm.
    pub role: NodeRole,
    /// How it is.
    pub state: NodeState,
    /// Its address in the cluster's own network, once it has one.
    pub address: Option<String>,
    /// Somebody drained it: it is in the swarm and takes no work.
    #[serde(default)]
    pub drained: bool,
    /// The image it was made from.
    pub image: String,
    /// The version of its Docker Engine, once it has answered.
    pub engine_version: Option<String>,
}

/// Why something is not done with a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NodeRule {
    /// The cluster has no such node.
    #[error("There is no such node in this cluster. They are called node-1, node-2 \u{2026}")]
    Unknown,
    /// It is the manager.
    #[error("The manager holds the state of the swarm and stays. Choose a worker.")]
    Manager,
    /// It is on its way out.
    #[error("This node is being removed already. Choose another one.")]
    Leaving,
    /// More or fewer were chosen than go.
    #[error("Choose as many workers as the cluster is to have fewer.")]
    Number,
}

impl NodeRule {
    /// The HTTP status it is answered with.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Number => 400,
            Self::Unknown => 404,
            Self::Manager | Self::Leaving => 409,
        }
    }
}

impl Node {
    /// Whether it may be removed: it is a worker, and not on its way out.
    ///
    /// # Errors
    /// [`Problem::NodeInvalid`], saying why not.
    pub fn can_remove(&self) -> Result<(), Problem> {
        let rule = match (self.role, self.state) {
            (NodeRole::Manager, _) => NodeRule::Manager,
            (_, NodeState::Draining) => NodeRule::Leaving,
            _ => return Ok(()),
        };
        Err(Problem::NodeInvalid { rule })
    }
}

/// What a node does in the swarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum NodeRole {
    /// Holds the swarm's state and answers the Docker API.
    Manager,
    /// Runs containers.
    Worker,
}

impl NodeRole {
    /// The word a person reads.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Manager => "Manager",
            Self::Worker => "Worker",
        }
    }
}

/// How a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum NodeState {
    /// Its container is being made.
    Creating,
    /// Its engine answers; it is not in the swarm yet.
    Joining,
    /// It is in the swarm and takes work.
    Ready,
    /// Its engine starts again with new certificates.
    Renewing,
    /// Its work is moving to other nodes before it goes.
    Draining,
    /// It does not answer.
    Lost,
}

impl NodeState {
    /// The word a person reads.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Joining => "Joining",
            Self::Ready => "Ready",
            Self::Renewing => "Renewing",
            Self::Draining => "Draining",
            Self::Lost => "Lost",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_outside_one_to_the_maximum_cannot_be_written() {
        for text in [
            "0",
            "-1",
            "1000000000",
            "abc",
            "",
            "1.5",
            "101",
            "99999999999999999999",
        ] {
            assert_eq!(NodeCount::try_from(text), Err(NodeCountError), "{text}");
        }
        assert_eq!(NodeCount::try_from(" 3 ").map(NodeCount::get), Ok(3));
        assert_eq!(NodeCount::MAX.to_string(), "100 nodes");
        assert_eq!(NodeCount::MIN.to_string(), "1 node");
    }
}
