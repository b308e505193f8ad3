//! Clusters on a Docker Engine: a node is a container that runs an engine of its own, a cluster is a
//! network with a manager and workers joined to a Docker Swarm.
//!
//! What is there is read from the engine, never from memory: containers, networks and volumes carry
//! labels with the installation, the cluster and the node, and only what carries ours is touched.

mod engine;
mod error;
mod names;
mod network;
mod node;
mod swarm;
mod tls;

use std::sync::Mutex;

use async_trait::async_trait;
use cluster_api::{ClusterId, Provisioning};
use tokio::sync::OnceCell;
use uuid::Uuid;

use self::{engine::Engine, names::Names};
use super::{
    ClusterAccess, Drained, JoinTicket, NodeFacts, NodeOrder, ProvisionError, Provisioner,
    node_name,
};
use crate::settings::{PortRange, Settings};

/// Makes clusters on the engine of `DOCKER_HOST`, or else the local one.
pub struct DockerProvisioner {
    names: Names,
    image: String,
    runtime: Option<String>,
    advertise_host: String,
    ports: PortRange,
    engine: OnceCell<Engine>,
    /// One network is chosen at a time, so that two clusters never pick the same addresses.
    choosing_network: tokio::sync::Mutex<()>,
    /// Ports given to nodes that the engine does not know of yet.
    promised_ports: Mutex<Vec<u16>>,
}

impl DockerProvisioner {
    /// A provisioner for the installation of that id. The engine is looked at when it is first needed.
    #[must_use]
    pub fn new(settings: &Settings, installation: Uuid) -> Self {
        Self {
            names: Names::new(installation),
            image: settings.node_image.clone(),
            runtime: settings.node_runtime.clone(),
            advertise_host: settings.advertise_host.clone(),
            ports: settings.node_ports.clone(),
            engine: OnceCell::new(),
            choosing_network: tokio::sync::Mutex::new(()),
            promised_ports: Mutex::new(Vec::new()),
        }
    }

    async fn engine(&self) -> Result<&Engine, ProvisionError> {
        self.engine
            .get_or_try_init(|| Engine::connect(&self.image, self.runtime.as_deref(), &self.names))
            .await
    }
}

#[async_trait]
impl Provisioner for DockerProvisioner {
    fn kind(&self) -> Provisioning {
        Provisioning::Docker
    }

    async fn prepare(&self) -> Result<(), ProvisionError> {
        self.engine().await.map(drop)
    }

    fn image(&self) -> &str {
        &self.image
    }

    fn names_of(&self, ordinal: u32) -> Vec<String> {
        let mut names = vec![
            self.advertise_host.clone(),
            "localhost".to_owned(),
            "127.0.0.1".to_owned(),
            node_name(ordinal),
        ];
        names.extend(engine::host_of_docker_host());
        names.sort();
        names.dedup();
        names
    }

    fn endpoint(&self, api_port: u16) -> String {
        format!("tcp://{}:{api_port}", self.advertise_host)
    }

    async fn ensure_network(&self, cluster: &ClusterAccess) -> Result<(), ProvisionError> {
        self.ensure_network(cluster).await
    }

    async fn ensure_node(
        &self,
        cluster: &ClusterAccess,
        node: &NodeOrder,
    ) -> Result<NodeFacts, ProvisionError> {
        self.ensure_node(cluster, node).await
    }

    async fn ensure_swarm(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
    ) -> Result<JoinTicket, ProvisionError> {
        swarm::ensure_swarm(cluster, manager).await
    }

    async fn ensure_joined(
        &self,
        cluster: &ClusterAccess,
        worker: &NodeFacts,
        ticket: &JoinTicket,
    ) -> Result<(), ProvisionError> {
        swarm::ensure_joined(cluster, worker, ticket).await
    }

    async fn await_ready(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
        nodes: u32,
    ) -> Result<(), ProvisionError> {
        swarm::await_ready(cluster, manager, nodes).await
    }

    async fn drain(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
        ordinal: u32,
    ) -> Result<Drained, ProvisionError> {
        swarm::drain(cluster, manager, ordinal).await
    }

    async fn remove_node(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
        ordinal: u32,
    ) -> Result<(), ProvisionError> {
        self.remove_node_container(cluster, ordinal).await?;
        swarm::forget(cluster, manager, ordinal).await
    }

    async fn remove_cluster(&self, cluster: ClusterId) -> Result<(), ProvisionError> {
        self.remove_everything_of(cluster).await
    }
}
