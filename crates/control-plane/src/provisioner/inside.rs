//! The port to what runs inside clusters: a trait of its own beside [`Provisioner`], for it changes
//! nothing.
//!
//! [`Provisioner`]: super::Provisioner

use std::{collections::HashMap, pin::Pin};

use async_trait::async_trait;
use cluster_api::{
    Flavor, NodeId, Timestamp,
    inside::{Container, LogLine, Resources, Service, SwarmMember},
};
use futures::Stream;

use super::{ClusterAccess, NodeFacts, ProvisionError};

/// What a node has used since it began, as its host counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counters {
    /// When the host counted.
    pub at: Timestamp,
    /// Processor time of all that runs in the node, in nanoseconds.
    pub cpu_ns: u64,
    /// Memory in use now, in bytes, without what the kernel only keeps because nobody else wants it.
    pub memory_bytes: u64,
    /// Bytes that came in over the network.
    pub rx_bytes: u64,
    /// Bytes that went out.
    pub tx_bytes: u64,
}

/// How a swarm is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Swarm {
    /// Its nodes, by their places in the cluster.
    pub members: HashMap<u32, Member>,
    /// Containers that wait because no node has room for them.
    pub waiting: u32,
}

/// A node in a swarm.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// How the swarm sees it.
    pub seen: SwarmMember,
    /// What the services on it have reserved.
    pub reserved: Resources,
}

/// Which lines of a container's log are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogQuery {
    /// Whether lines that are written from now on are wanted too.
    pub follow: bool,
    /// How many of the last lines, of both streams together as engines count them; None: all that are
    /// kept.
    pub tail: Option<u32>,
    /// Lines of the standard output.
    pub stdout: bool,
    /// Lines of the standard error.
    pub stderr: bool,
    /// None that are older.
    pub since: Option<Timestamp>,
}

/// The lines of a log, as they come. Whoever reads slowly holds up nobody else; who drops it ends it.
/// An error is its last item.
pub type Lines = Pin<Box<dyn Stream<Item = Result<LogLine, ProvisionError>> + Send>>;

/// No line that is passed on is longer, in bytes.
pub const MAX_LINE: usize = 64 << 10;

/// The most containers of a node, and services of a cluster, that are listed.
pub const MAX_LISTED: usize = 1000;

/// Looks into clusters. Every call ends within seconds, whatever a node does.
#[async_trait]
pub trait Inside: Send + Sync {
    /// What a node of that flavor has.
    ///
    /// # Errors
    /// The engine of the host does not answer.
    async fn capacity(&self, flavor: Flavor) -> Result<Resources, ProvisionError>;

    /// What those nodes have used, told by their host: the nodes themselves need not answer. One that
    /// does not run is missing. Waits for a host that is not ready yet.
    ///
    /// # Errors
    /// The engine of the host does not answer.
    async fn counters(
        &self,
        nodes: &[NodeId],
        now: Timestamp,
    ) -> Result<HashMap<NodeId, Counters>, ProvisionError>;

    /// How the swarm is, and what is reserved in it.
    ///
    /// # Errors
    /// The manager does not answer.
    async fn swarm(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
    ) -> Result<Swarm, ProvisionError>;

    /// The containers of a node, running and not, the newest first; the newest [`MAX_LISTED`].
    ///
    /// # Errors
    /// The node does not answer.
    async fn containers(
        &self,
        cluster: &ClusterAccess,
        node: &NodeFacts,
    ) -> Result<Vec<Container>, ProvisionError>;

    /// The services of the swarm, by name; the first [`MAX_LISTED`].
    ///
    /// # Errors
    /// The manager does not answer.
    async fn services(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
    ) -> Result<Vec<Service>, ProvisionError>;

    /// What a container of that id writes. Lines come in order, each at most [`MAX_LINE`] long.
    ///
    /// # Errors
    /// The node does not answer, or the container is gone.
    async fn logs(
        &self,
        cluster: &ClusterAccess,
        node: &NodeFacts,
        container: &str,
        query: LogQuery,
    ) -> Result<Lines, ProvisionError>;
}
