//! Looking inside: what runs in a cluster, what it writes, and what it uses.
//!
//! None of these types has a place for a secret: no environment, no command, no labels of users.

use serde::{Deserialize, Serialize};

use crate::{NodeId, NodeRole, NodeState, Timestamp};

/// An amount of processor and memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Resources {
    /// Processors; a half is half of one.
    pub cpus: f64,
    /// Memory, in bytes.
    pub memory_bytes: u64,
}

/// What a node used around a moment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Sample {
    /// When it was looked at.
    pub at: Timestamp,
    /// Processors that were busy, on average since the look before.
    pub cpus: f64,
    /// Memory in use, without what the kernel only keeps because nobody else wants it.
    pub memory_bytes: u64,
    /// What came in over the network, in bytes a second.
    pub rx_bytes_per_s: u64,
    /// What went out, in bytes a second.
    pub tx_bytes_per_s: u64,
}

/// A node that did not answer, so that what it knows is missing from an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SilentNode {
    /// Its name: `node-2`.
    pub node: String,
    /// Why, in a sentence.
    pub reason: String,
}

/// What `GET /v2/clusters/{id}/nodes` answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NodeList {
    /// The manager first.
    pub nodes: Vec<NodeDetail>,
}

/// A node with all that is known about it now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NodeDetail {
    /// Its identity; kept when its container is made anew.
    pub id: NodeId,
    /// `node-1`, `node-2` …: the host name inside the cluster.
    pub name: String,
    /// What it does in the swarm.
    pub role: NodeRole,
    /// How it is, as the control plane keeps it.
    pub state: NodeState,
    /// Somebody drained it: it is in the swarm and takes no work.
    #[serde(default)]
    pub drained: bool,
    /// Its address in the cluster's own network, once it has one.
    pub address: Option<String>,
    /// The version of its Docker Engine, once it has answered.
    pub engine_version: Option<String>,
    /// What it has; None: the host that it runs on does not answer.
    pub capacity: Option<Resources>,
    /// What the services on it have reserved; None: the manager does not answer.
    pub reserved: Option<Resources>,
    /// How the swarm sees it; None: the manager does not answer, or does not know it.
    pub swarm: Option<SwarmMember>,
    /// Containers that run on it; None: it does not answer.
    pub containers_running: Option<u32>,
    /// What it used last; None: it was never looked at twice.
    pub last: Option<Sample>,
    /// Why it does not answer, in a sentence.
    pub unreachable: Option<String>,
}

/// How the swarm sees a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SwarmMember {
    /// `ready`, `down`, `disconnected` or `unknown`.
    pub status: String,
    /// `active` takes work, `pause` takes no more, `drain` gives its work away.
    pub availability: String,
    /// Whether it leads the swarm.
    pub leader: bool,
}

/// What `GET /v2/clusters/{id}/containers` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ContainerList {
    /// Node by node, on each the newest first; at most the newest 1000 of each.
    pub containers: Vec<Container>,
    /// Nodes whose containers are missing here.
    pub unreachable: Vec<SilentNode>,
}

/// A container, running or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Container {
    /// The node that it is on.
    pub node: String,
    /// Its id, as Docker gave it.
    pub id: String,
    /// Its names, without the slash.
    pub names: Vec<String>,
    /// What it was made from.
    pub image: String,
    /// `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`.
    pub state: String,
    /// The same in Docker's words: `Up 3 minutes`.
    pub status: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The ports that it listens on.
    pub ports: Vec<Port>,
    /// The service that it is of, if any.
    pub service: Option<String>,
}

/// A port of a container or a service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Port {
    /// `tcp`, `udp` or `sctp`.
    pub protocol: String,
    /// Inside.
    pub target: u16,
    /// On the node; None: it is not published.
    pub published: Option<u16>,
    /// The node's address that it is published on; a service's ports have none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<String>,
    /// Of a service's port: `ingress` on every node, `host` where its containers are.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mode: Option<String>,
}

/// What `GET /v2/clusters/{id}/services` answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ServiceList {
    /// By name; at most 1000.
    pub services: Vec<Service>,
    /// The manager, if it did not answer: then there are no services here.
    pub unreachable: Vec<SilentNode>,
}

/// A service of the swarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Service {
    /// Its id, as the swarm gave it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is made from, without the digest.
    pub image: String,
    /// `replicated`, `global`, `replicated-job` or `global-job`.
    pub mode: String,
    /// Containers that are wished.
    pub wished: Option<u64>,
    /// Containers that run.
    pub running: Option<u64>,
    /// What each of its containers has reserved.
    pub reservation: Resources,
    /// The most that each may use; 0 is without a limit.
    pub limit: Resources,
    /// The ports that it listens on.
    pub ports: Vec<Port>,
    /// When it was changed last.
    pub updated_at: Option<Timestamp>,
}

/// A line that a container wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LogLine {
    /// Where to.
    pub stream: LogSource,
    /// When, to the nanosecond.
    pub at: Option<Timestamp>,
    /// What, without the end of the line. What is not UTF-8 is replaced.
    pub data: String,
    /// The line was longer than is passed on, and was cut.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub cut: bool,
}

/// Where a container writes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum LogSource {
    /// Its standard output; all that a container with a terminal writes.
    Stdout,
    /// Its standard error.
    Stderr,
}

/// How far metrics look back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MetricsWindow {
    /// Five minutes, in steps of ten seconds.
    #[serde(rename = "5m")]
    FiveMinutes,
    /// An hour, in steps of ten seconds.
    #[default]
    #[serde(rename = "1h")]
    Hour,
    /// Six hours, in steps of a minute.
    #[serde(rename = "6h")]
    SixHours,
    /// A day, in steps of five minutes.
    #[serde(rename = "24h")]
    Day,
}

impl MetricsWindow {
    /// All there are, the shortest first.
    pub const ALL: [Self; 4] = [Self::FiveMinutes, Self::Hour, Self::SixHours, Self::Day];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FiveMinutes => "5m",
            Self::Hour => "1h",
            Self::SixHours => "6h",
            Self::Day => "24h",
        }
    }
}

/// What `GET /v2/clusters/{id}/metrics` answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Metrics {
    /// `5m`, `1h`, `6h` or `24h`.
    pub window: String,
    /// The time from one point to the next, in seconds. A point that is not there was not measured.
    pub resolution_s: u32,
    /// When the window begins: the first point is there, or later.
    pub from: Timestamp,
    /// When it was read.
    pub to: Timestamp,
    /// The sum over the nodes.
    pub cluster: ClusterSeries,
    /// Node by node; also of nodes that are gone since.
    pub nodes: Vec<NodeSeries>,
}

/// What a cluster used, over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ClusterSeries {
    /// What its nodes have.
    pub capacity: Option<Resources>,
    /// What services have reserved of it now.
    pub reserved: Option<Resources>,
    /// Containers that wait because no node has room for them.
    pub waiting: Option<u32>,
    /// Oldest first.
    pub points: Vec<Point>,
}

/// What a node used, over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NodeSeries {
    /// Its identity.
    pub id: NodeId,
    /// Its name: `node-2`.
    pub name: String,
    /// What it has; None: it is gone, or the host does not answer.
    pub capacity: Option<Resources>,
    /// What services have reserved of it now; None: it is gone, or the manager does not answer.
    pub reserved: Option<Resources>,
    /// Oldest first.
    pub points: Vec<Point>,
}

/// What was used in one interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Point {
    /// When the interval begins.
    pub at: Timestamp,
    /// Processors that were busy, on average.
    pub cpus: f64,
    /// The most of them, over ten seconds; not in a sum of nodes, whose peaks are at different times.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cpus_max: Option<f64>,
    /// Memory in use, on average.
    pub memory_bytes: u64,
    /// The most of it; not in a sum of nodes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub memory_bytes_max: Option<u64>,
    /// What came in over the network, in bytes a second.
    pub rx_bytes_per_s: u64,
    /// What went out, in bytes a second.
    pub tx_bytes_per_s: u64,
}
