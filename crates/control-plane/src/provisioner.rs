//! The port to whatever machines come from.
//!
//! The reconciler decides *what* is to be there; a [`Provisioner`] makes it so. Every method looks
//! first and acts only where something is missing, so that doing it twice changes nothing: that is
//! what makes the control plane safe to kill. None of them knows of SQL, tasks or events.

pub mod docker;
pub mod inside;
pub mod simulated;

use std::collections::HashMap;

use async_trait::async_trait;
use cluster_api::{ClusterId, ClusterName, Flavor, NodeId, Provisioning};
use secrecy::SecretString;

/// A cluster, and what opens its nodes' Docker APIs.
pub struct ClusterAccess {
    /// Its identity.
    pub id: ClusterId,
    /// The name it was made with, for names that people read.
    pub name: ClusterName,
    /// The certificate of its authority, as PEM.
    pub ca_pem: String,
    /// A client certificate of that authority, as PEM.
    pub client_pem: String,
    /// Its key.
    pub client_key: SecretString,
}

/// A node that is to be there.
pub struct NodeOrder {
    /// Its identity.
    pub id: NodeId,
    /// Its place in the cluster; 1 is the manager.
    pub ordinal: u32,
    /// Its size.
    pub flavor: Flavor,
    /// The port of its Docker API on the host, if it had one before.
    pub api_port: Option<u16>,
    /// Its server certificate, as PEM.
    pub certificate_pem: String,
    /// The key of that certificate.
    pub key: SecretString,
}

/// A node that is there: how to reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeFacts {
    /// Its place in the cluster.
    pub ordinal: u32,
    /// Its address in the cluster's network.
    pub address: String,
    /// The port of its Docker API on the host.
    pub api_port: u16,
    /// The version of its engine.
    pub engine_version: String,
}

impl NodeFacts {
    /// Its host name in the cluster.
    #[must_use]
    pub fn name(&self) -> String {
        node_name(self.ordinal)
    }
}

/// The host name of a node.
#[must_use]
pub fn node_name(ordinal: u32) -> String {
    format!("node-{ordinal}")
}

/// What a worker needs to join a swarm.
#[derive(Clone)]
pub struct JoinTicket {
    /// The worker token of the swarm.
    pub token: SecretString,
    /// Where the manager listens for joins.
    pub manager: String,
    /// The swarm's own ids of the nodes that are in it: a node that believes to be in a swarm and is
    /// not among them is in one that is no more.
    pub members: Vec<String>,
}

/// How the nodes of an installation are, seen from outside.
pub enum Pulse {
    /// There is nothing to see; they are taken to be well.
    Unknown,
    /// The nodes that have a machine.
    Seen(HashMap<NodeId, Beat>),
}

/// How one machine is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beat {
    /// It runs.
    Runs,
    /// It does not, and why, for the end of a sentence: "it ran out of memory".
    Ended(String),
}

/// A script of the operator's that runs on every node after it has joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeScript {
    /// The name of its file.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// What the services of a cluster ask for, and what there is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Demand {
    /// The nodes in the swarm.
    pub nodes: Vec<Capacity>,
    /// The tasks that are to run, placed or not.
    pub tasks: Vec<Reservation>,
}

/// What a node has to give.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Capacity {
    /// Its place in the cluster.
    pub ordinal: u32,
    /// Processors.
    pub cpus: f64,
    /// Memory, in bytes.
    pub memory_bytes: u64,
}

/// What a task reserves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reservation {
    /// The node it is on; None: on none yet.
    pub ordinal: Option<u32>,
    /// The swarm looked for a node and found no room on any.
    pub has_no_room: bool,
    /// Processors.
    pub cpus: f64,
    /// Memory, in bytes.
    pub memory: f64,
}

/// What the engine that nodes run on says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineFacts {
    /// Its version, for display.
    pub version: String,
    /// The containers on it that belong to this installation, running or not.
    pub containers: u64,
    /// The networks on it that belong to this installation.
    pub networks: u64,
}

/// What happened to the work of a drained node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// All of it runs elsewhere, or had come to its end.
    Moved,
    /// Some was still running on it when the time was over.
    TimedOut,
}

/// Something could not be provisioned.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ProvisionError {
    /// Whether and how it makes sense to try again.
    pub kind: FailureKind,
    /// One or two sentences for a person: what failed, and what helps.
    pub message: String,
    /// The engine's own words.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Whether and how it makes sense to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The engine is not there. It is waited for, as long as it takes.
    Unreachable,
    /// It may work the next time. Tried a few times.
    Transient,
    /// Somebody has to do something first.
    Permanent,
}

/// Makes machines and joins them.
#[async_trait]
pub trait Provisioner: Send + Sync {
    /// What it is.
    fn kind(&self) -> Provisioning;

    /// Gets ready (looks at the engine, fetches the image), so that the first cluster need not wait
    /// for it.
    async fn prepare(&self) -> Result<(), ProvisionError>;

    /// The image that nodes are made from, for display.
    fn image(&self) -> &str;

    /// The names and addresses under which a node's Docker API is reached: they go into its
    /// certificate.
    fn names_of(&self, ordinal: u32) -> Vec<String>;

    /// Where users reach the Docker API on that port, as `DOCKER_HOST` wants it.
    fn endpoint(&self, api_port: u16) -> String;

    /// The cluster's own network is there.
    async fn ensure_network(&self, cluster: &ClusterAccess) -> Result<(), ProvisionError>;

    /// The node runs and its Docker API answers.
    async fn ensure_node(
        &self,
        cluster: &ClusterAccess,
        node: &NodeOrder,
    ) -> Result<NodeFacts, ProvisionError>;

    /// The node answers to the cluster's certificates of now: if it does not, it gets them, and its
    /// engine starts again. `old` are those it had before. What ran on it before runs again.
    async fn renew_node(
        &self,
        cluster: &ClusterAccess,
        old: Option<&ClusterAccess>,
        node: &NodeOrder,
    ) -> Result<NodeFacts, ProvisionError>;

    /// The manager leads a swarm.
    async fn ensure_swarm(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
    ) -> Result<JoinTicket, ProvisionError>;

    /// The manager leads its swarm anew: alone at first, with new tokens, whatever state the swarm was
    /// in. Services that it can still read are kept.
    async fn renew_swarm(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
    ) -> Result<JoinTicket, ProvisionError>;

    /// The worker is in the swarm.
    async fn ensure_joined(
        &self,
        cluster: &ClusterAccess,
        worker: &NodeFacts,
        ticket: &JoinTicket,
    ) -> Result<(), ProvisionError>;

    /// The manager sees exactly that many nodes, all of them ready. Waits for it.
    async fn await_ready(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
        nodes: u32,
    ) -> Result<(), ProvisionError>;

    /// The operator's scripts for new nodes, in the order in which they run.
    fn scripts(&self) -> &[NodeScript];

    /// Runs a script on a node: what it wrote. It may run again after a kill.
    async fn run_script(
        &self,
        cluster: &ClusterAccess,
        ordinal: u32,
        script: &NodeScript,
    ) -> Result<String, ProvisionError>;

    /// How the machines of all nodes are, in one look.
    async fn pulse(&self) -> Result<Pulse, ProvisionError>;

    /// Whether the node's Docker API answers, within a few seconds.
    async fn answers(&self, cluster: &ClusterAccess, api_port: u16) -> bool;

    /// What the services of the cluster ask for, and what there is on those nodes.
    async fn demand(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
        nodes: &[u32],
        flavor: Flavor,
    ) -> Result<Demand, ProvisionError>;

    /// The node takes no more work, and what it did runs elsewhere. Waits for that, within bounds.
    async fn drain(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
        ordinal: u32,
    ) -> Result<Drained, ProvisionError>;

    /// The node takes work again.
    async fn undrain(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
        ordinal: u32,
    ) -> Result<(), ProvisionError>;

    /// The node is out of the swarm, and nothing of it is left.
    async fn remove_node(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
        ordinal: u32,
    ) -> Result<(), ProvisionError>;

    /// The clusters of which anything is there, wished or not.
    async fn clusters(&self) -> Result<Vec<ClusterId>, ProvisionError>;

    /// Nothing of the cluster is left.
    async fn remove_cluster(&self, cluster: ClusterId) -> Result<(), ProvisionError>;

    /// The version of the engine that nodes run on, for display.
    async fn engine_version(&self) -> Result<String, ProvisionError>;

    /// How the engine is that nodes run on: asked now, whatever is known of it.
    async fn engine_facts(&self) -> Result<EngineFacts, ProvisionError>;

    /// The last lines that the engine of a node wrote. None: nothing of the node is there.
    async fn node_log(
        &self,
        cluster: ClusterId,
        node: NodeId,
        lines: u32,
    ) -> Result<Option<String>, ProvisionError>;
}
