//! Looking into clusters: through the host's engine at what nodes use, through the nodes' own engines
//! at what runs in them.

mod counters;
mod demux;
mod logs;
mod swarm;
mod workload;

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use cluster_api::{
    Flavor, NodeId, Timestamp,
    inside::{Container, Resources, Service},
};

use super::{DockerProvisioner, error::failure};
use crate::provisioner::{
    ClusterAccess, FailureKind, NodeFacts, ProvisionError,
    inside::{Counters, Inside, Lines, LogQuery, Swarm},
};

/// How long looking into a node may take: a person waits for it.
const TIMEOUT: Duration = Duration::from_secs(4);

#[async_trait]
impl Inside for DockerProvisioner {
    async fn capacity(&self, flavor: Flavor) -> Result<Resources, ProvisionError> {
        // Who looks does not wait for an image to be pulled.
        let engine = self.engine.get().ok_or_else(|| {
            failure(
                FailureKind::Unreachable,
                "The Docker Engine has not answered yet.",
            )
        })?;
        Ok(engine.capacity(flavor))
    }

    async fn counters(
        &self,
        nodes: &[NodeId],
        now: Timestamp,
    ) -> Result<HashMap<NodeId, Counters>, ProvisionError> {
        let docker = &self.engine().await?.docker;
        counters::of(docker, &self.names, nodes, now).await
    }

    async fn swarm(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
    ) -> Result<Swarm, ProvisionError> {
        in_time(manager, async {
            let client = self.clients.get(cluster, manager.api_port).await?;
            swarm::look(&client.docker).await
        })
        .await
    }

    async fn containers(
        &self,
        cluster: &ClusterAccess,
        node: &NodeFacts,
    ) -> Result<Vec<Container>, ProvisionError> {
        in_time(node, async {
            let client = self.clients.get(cluster, node.api_port).await?;
            workload::containers(&client.docker, node).await
        })
        .await
    }

    async fn services(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
    ) -> Result<Vec<Service>, ProvisionError> {
        in_time(manager, async {
            let client = self.clients.get(cluster, manager.api_port).await?;
            workload::services(&client.docker).await
        })
        .await
    }

    async fn logs(
        &self,
        cluster: &ClusterAccess,
        node: &NodeFacts,
        container: &str,
        query: LogQuery,
    ) -> Result<Lines, ProvisionError> {
        in_time(node, async {
            let client = self.clients.get(cluster, node.api_port).await?;
            logs::open(&client, container, query).await
        })
        .await
    }
}

/// Ends a call to a node that takes too long.
async fn in_time<T>(
    node: &NodeFacts,
    call: impl Future<Output = Result<T, ProvisionError>>,
) -> Result<T, ProvisionError> {
    let ended = tokio::time::timeout(TIMEOUT, call).await;
    ended.unwrap_or_else(|_| {
        Err(failure(
            FailureKind::Transient,
            format!(
                "Node {} did not answer within {} s.",
                node.ordinal,
                TIMEOUT.as_secs()
            ),
        ))
    })
}
