//! Clusters on a Docker Engine: a node is a container that runs an engine of its own, a cluster is a
//! network with a manager and workers joined to a Docker Swarm.
//!
//! What is there is read from the engine, never from memory: containers, networks and volumes carry
//! labels with the installation, the cluster and the node, and only what carries ours is touched.

mod clients;
mod engine;
mod error;
mod inside;
mod names;
mod network;
mod node;
mod pulse;
mod renew;
mod script;
mod swarm;
mod tls;

use std::sync::Mutex;

use async_trait::async_trait;
use cluster_api::{ClusterId, ClusterType, Flavor, NodeId, Provisioning};
use tokio::sync::OnceCell;
use uuid::Uuid;

use self::{clients::Clients, engine::Engine, names::Names};
use super::{
    Capacity, ClusterAccess, Demand, Drained, EngineFacts, JoinTicket, NodeFacts, NodeOrder,
    NodeScript, ProvisionError, Provisioner, Pulse, node_name,
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
    scripts: Vec<NodeScript>,
    /// The engine settings of nodes, as `daemon.json` has them; empty: Docker's own.
    engine_settings: String,
    clients: Clients,
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
            scripts: settings.node_scripts.scripts().to_vec(),
            engine_settings: settings.engine_settings.of(&ClusterType::swarm()),
            clients: Clients::default(),
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

    async fn renew_node(
        &self,
        cluster: &ClusterAccess,
        old: Option<&ClusterAccess>,
        node: &NodeOrder,
    ) -> Result<NodeFacts, ProvisionError> {
        self.renew_node(cluster, old, node).await
    }

    async fn renew_swarm(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
    ) -> Result<JoinTicket, ProvisionError> {
        swarm::renew_swarm(cluster, manager).await
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

    fn scripts(&self) -> &[NodeScript] {
        &self.scripts
    }

    async fn run_script(
        &self,
        cluster: &ClusterAccess,
        ordinal: u32,
        script: &NodeScript,
    ) -> Result<String, ProvisionError> {
        self.run_script(cluster, ordinal, script).await
    }

    async fn pulse(&self) -> Result<Pulse, ProvisionError> {
        self.pulse().await
    }

    async fn answers(&self, cluster: &ClusterAccess, api_port: u16) -> bool {
        self.clients.answers(cluster, api_port).await
    }

    async fn demand(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
        nodes: &[u32],
        flavor: Flavor,
    ) -> Result<Demand, ProvisionError> {
        let each = self.engine().await?.capacity(flavor);
        Ok(Demand {
            nodes: nodes
                .iter()
                .map(|ordinal| Capacity {
                    ordinal: *ordinal,
                    cpus: each.cpus,
                    memory_bytes: each.memory_bytes,
                })
                .collect(),
            tasks: swarm::reservations(cluster, manager).await?,
        })
    }

    async fn drain(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
        ordinal: u32,
    ) -> Result<Drained, ProvisionError> {
        swarm::drain(cluster, manager, ordinal).await
    }

    async fn undrain(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
        ordinal: u32,
    ) -> Result<(), ProvisionError> {
        swarm::undrain(cluster, manager, ordinal).await
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

    async fn clusters(&self) -> Result<Vec<ClusterId>, ProvisionError> {
        self.clusters_of_everything().await
    }

    async fn remove_cluster(&self, cluster: ClusterId) -> Result<(), ProvisionError> {
        self.remove_everything_of(cluster).await
    }

    async fn engine_version(&self) -> Result<String, ProvisionError> {
        Ok(self.engine().await?.version.clone())
    }

    async fn engine_facts(&self) -> Result<EngineFacts, ProvisionError> {
        self.engine_facts().await
    }

    async fn node_log(
        &self,
        cluster: ClusterId,
        node: NodeId,
        lines: u32,
    ) -> Result<Option<String>, ProvisionError> {
        self.log_of(cluster, node, lines).await
    }
}
