//! Looking inside: what runs in an account's clusters, what it writes, and what it uses.
//!
//! A node that does not answer takes nothing with it but what it alone knows: the rest comes, and the
//! node is named as unreachable.

mod curves;
mod logs;

use std::sync::Arc;

use cluster_api::{
    ClusterId, Problem,
    inside::{Container, ContainerList, NodeDetail, NodeList, ServiceList, SilentNode},
};
use futures::future::join_all;

pub use curves::{WINDOWS, Window};
pub use logs::LogStream;
pub(super) use logs::Streams;

use super::{Fault, Service};
use crate::{
    access::Keyring,
    metrics::{Metrics, facts},
    provisioner::{
        ClusterAccess, NodeFacts, ProvisionError,
        inside::{Inside, Swarm},
        node_name,
    },
    reconciler::chain,
    store::{Actor, ClusterRecord, NodeRecord},
};

/// What is needed to look inside.
pub struct Insight {
    /// The way into clusters.
    pub inside: Arc<dyn Inside>,
    /// The keys for it.
    pub keyring: Arc<Keyring>,
    /// What nodes use, looked at all the time.
    pub metrics: Arc<Metrics>,
}

impl Service {
    /// The nodes of a cluster, with all that is known about them now.
    ///
    /// # Errors
    /// [`Problem::NotFound`], also for other accounts' clusters; or a fault inside.
    pub async fn nodes(&self, actor: &Actor, id: ClusterId) -> Result<NodeList, Fault> {
        let record = self.owned(actor, id).await?;
        let access = self.insight.keyring.access(&record)?;
        let (capacity, swarm, containers) = tokio::join!(
            self.insight.inside.capacity(record.cluster.flavor),
            self.swarm(&access, &record),
            self.containers_of(&access, &record.nodes)
        );
        let load = self.insight.metrics.load(id);
        let nodes = record
            .nodes
            .iter()
            .zip(containers)
            .map(|(node, containers)| {
                let member = swarm
                    .as_ref()
                    .and_then(|swarm| swarm.members.get(&node.ordinal));
                let load = load
                    .as_ref()
                    .and_then(|load| load.nodes.iter().find(|load| load.id == node.id));
                let running = containers
                    .as_ref()
                    .map(|containers| count_running(containers));
                NodeDetail {
                    id: node.id,
                    name: node.name(),
                    role: node.role(),
                    state: node.state,
                    drained: node.is_drained(),
                    address: node.address.clone(),
                    engine_version: node.engine_version.clone(),
                    capacity: capacity.as_ref().ok().copied(),
                    reserved: member.map(|member| member.reserved),
                    swarm: member.map(|member| member.seen.clone()),
                    containers_running: running.as_ref().ok().copied(),
                    last: load.and_then(|load| load.used),
                    unreachable: running.err().cloned(),
                }
            })
            .collect();
        Ok(NodeList { nodes })
    }

    /// The containers of a cluster, node by node.
    ///
    /// # Errors
    /// As [`Service::nodes`].
    pub async fn containers(&self, actor: &Actor, id: ClusterId) -> Result<ContainerList, Fault> {
        let record = self.owned(actor, id).await?;
        let access = self.insight.keyring.access(&record)?;
        let (containers, unreachable) = self.all_containers(&access, &record.nodes).await;
        Ok(ContainerList {
            containers,
            unreachable,
        })
    }

    /// The services of a cluster.
    ///
    /// # Errors
    /// As [`Service::nodes`].
    pub async fn services(&self, actor: &Actor, id: ClusterId) -> Result<ServiceList, Fault> {
        let record = self.owned(actor, id).await?;
        let access = self.insight.keyring.access(&record)?;
        let asked = match record.nodes.first().ok_or_else(gone).and_then(reach) {
            Ok(manager) => {
                let services = self.insight.inside.services(&access, &manager).await;
                services.map_err(|error| said(&error))
            }
            Err(reason) => Err(reason),
        };
        Ok(match asked {
            Ok(services) => ServiceList {
                services,
                unreachable: Vec::new(),
            },
            Err(reason) => ServiceList {
                services: Vec::new(),
                unreachable: vec![SilentNode {
                    node: node_name(1),
                    reason,
                }],
            },
        })
    }

    async fn swarm(&self, access: &ClusterAccess, record: &ClusterRecord) -> Option<Swarm> {
        let manager = facts(record.nodes.first()?)?;
        self.insight.inside.swarm(access, &manager).await.ok()
    }

    /// The containers of each of those nodes, or why it does not tell; all are asked at once.
    async fn containers_of(
        &self,
        access: &ClusterAccess,
        nodes: &[NodeRecord],
    ) -> Vec<Result<Vec<Container>, String>> {
        join_all(nodes.iter().map(async |node| {
            let node = reach(node)?;
            let containers = self.insight.inside.containers(access, &node).await;
            containers.map_err(|error| said(&error))
        }))
        .await
    }

    /// The containers of all those nodes, and the nodes whose containers are missing.
    async fn all_containers(
        &self,
        access: &ClusterAccess,
        nodes: &[NodeRecord],
    ) -> (Vec<Container>, Vec<SilentNode>) {
        let (mut containers, mut silent) = (Vec::new(), Vec::new());
        let answers = self.containers_of(access, nodes).await;
        for (node, answer) in nodes.iter().zip(answers) {
            match answer {
                Ok(some) => containers.extend(some),
                Err(reason) => silent.push(SilentNode {
                    node: node.name(),
                    reason,
                }),
            }
        }
        (containers, silent)
    }
}

/// How to reach a node, or why that is not possible.
fn reach(node: &NodeRecord) -> Result<NodeFacts, String> {
    facts(node).ok_or_else(|| format!("Node {} has not started yet.", node.ordinal))
}

fn gone() -> String {
    "The cluster has no nodes any more.".to_owned()
}

/// What a person reads of a failure; the rest is in the log.
fn said(error: &ProvisionError) -> String {
    tracing::debug!("a node does not tell what is in it: {}", chain(error));
    error.message.clone()
}

fn count_running(containers: &[Container]) -> u32 {
    let running = containers
        .iter()
        .filter(|container| container.state == "running");
    u32::try_from(running.count()).unwrap_or(u32::MAX)
}

fn find_node<'a>(record: &'a ClusterRecord, name: &str) -> Result<&'a NodeRecord, Fault> {
    let mut nodes = record.nodes.iter();
    nodes.find(|node| node.name() == name).ok_or_else(|| {
        let sentence = "There is no such node in this cluster. They are called node-1, node-2 …";
        Fault::Said(Problem::NotFound, sentence.to_owned())
    })
}
