//! Clusters that are not there: states and times of real ones, without a machine behind them.
//!
//! For interface work and load only. It is never chosen by itself, and every page says that it is on.

mod inside;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use cluster_api::{ClusterId, Flavor, NodeId, Provisioning, Timestamp};
use rand::Rng;

use super::{
    ClusterAccess, Demand, Drained, EngineFacts, JoinTicket, NodeFacts, NodeOrder, NodeScript,
    ProvisionError, Provisioner, Pulse, node_name,
};

/// The version of engines that are not there.
const VERSION: &str = "0.0.0-simulated";

/// Pretends.
pub struct SimulatedProvisioner {
    /// How long a step takes at most; zero for tests.
    pace: Duration,
    /// Since when it pretends: nodes of before began anew with it.
    since: Timestamp,
    /// When the nodes were made that it knows, by cluster and place.
    made: Mutex<HashMap<(ClusterId, u32), Timestamp>>,
}

impl SimulatedProvisioner {
    /// Steps take between half of `pace` and all of it.
    #[must_use]
    pub fn new(pace: Duration) -> Self {
        Self {
            pace,
            since: Timestamp::now(),
            made: Mutex::default(),
        }
    }

    /// When a node was made.
    fn made_at(&self, cluster: ClusterId, ordinal: u32) -> Timestamp {
        let made = self.made().get(&(cluster, ordinal)).copied();
        made.unwrap_or(self.since)
    }

    fn made(&self) -> MutexGuard<'_, HashMap<(ClusterId, u32), Timestamp>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn step(&self) {
        if !self.pace.is_zero() {
            let share = rand::rng().random_range(0.5..1.0);
            tokio::time::sleep(self.pace.mul_f64(share)).await;
        }
    }
}

#[async_trait]
impl Provisioner for SimulatedProvisioner {
    fn kind(&self) -> Provisioning {
        Provisioning::Simulated
    }

    async fn prepare(&self) -> Result<(), ProvisionError> {
        Ok(())
    }

    fn image(&self) -> &str {
        "simulated"
    }

    fn names_of(&self, ordinal: u32) -> Vec<String> {
        vec![node_name(ordinal)]
    }

    fn endpoint(&self, api_port: u16) -> String {
        // TEST-NET-1 (RFC 5737): an address that can never be anybody's.
        format!("tcp://192.0.2.1:{api_port}")
    }

    async fn ensure_network(&self, _: &ClusterAccess) -> Result<(), ProvisionError> {
        self.step().await;
        Ok(())
    }

    async fn ensure_node(
        &self,
        cluster: &ClusterAccess,
        node: &NodeOrder,
    ) -> Result<NodeFacts, ProvisionError> {
        self.step().await;
        self.made()
            .entry((cluster.id, node.ordinal))
            .or_insert_with(Timestamp::now);
        Ok(NodeFacts {
            ordinal: node.ordinal,
            address: format!("192.0.2.{}", node.ordinal + 1),
            api_port: node.api_port.unwrap_or(2376),
            engine_version: VERSION.to_owned(),
        })
    }

    async fn renew_node(
        &self,
        cluster: &ClusterAccess,
        _: Option<&ClusterAccess>,
        node: &NodeOrder,
    ) -> Result<NodeFacts, ProvisionError> {
        self.ensure_node(cluster, node).await
    }

    async fn ensure_swarm(
        &self,
        _: &ClusterAccess,
        manager: &NodeFacts,
    ) -> Result<JoinTicket, ProvisionError> {
        self.step().await;
        Ok(JoinTicket {
            token: "simulated".into(),
            manager: manager.address.clone(),
            members: Vec::new(),
        })
    }

    async fn renew_swarm(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
    ) -> Result<JoinTicket, ProvisionError> {
        self.ensure_swarm(cluster, manager).await
    }

    async fn ensure_joined(
        &self,
        _: &ClusterAccess,
        _: &NodeFacts,
        _: &JoinTicket,
    ) -> Result<(), ProvisionError> {
        self.step().await;
        Ok(())
    }

    async fn await_ready(
        &self,
        _: &ClusterAccess,
        _: &NodeFacts,
        _: u32,
    ) -> Result<(), ProvisionError> {
        self.step().await;
        Ok(())
    }

    fn scripts(&self) -> &[NodeScript] {
        &[]
    }

    async fn run_script(
        &self,
        _: &ClusterAccess,
        _: u32,
        _: &NodeScript,
    ) -> Result<String, ProvisionError> {
        Ok(String::new())
    }

    async fn pulse(&self) -> Result<Pulse, ProvisionError> {
        Ok(Pulse::Unknown)
    }

    async fn answers(&self, _: &ClusterAccess, _: u16) -> bool {
        true
    }

    async fn demand(
        &self,
        _: &ClusterAccess,
        _: &NodeFacts,
        _: &[u32],
        _: Flavor,
    ) -> Result<Demand, ProvisionError> {
        Ok(Demand::default())
    }

    async fn drain(
        &self,
        _: &ClusterAccess,
        _: &NodeFacts,
        _: u32,
    ) -> Result<Drained, ProvisionError> {
        self.step().await;
        Ok(Drained::Moved)
    }

    async fn undrain(
        &self,
        _: &ClusterAccess,
        _: &NodeFacts,
        _: u32,
    ) -> Result<(), ProvisionError> {
        Ok(())
    }

    async fn remove_node(
        &self,
        cluster: &ClusterAccess,
        _: &NodeFacts,
        ordinal: u32,
    ) -> Result<(), ProvisionError> {
        self.step().await;
        self.made().remove(&(cluster.id, ordinal));
        Ok(())
    }

    async fn clusters(&self) -> Result<Vec<ClusterId>, ProvisionError> {
        Ok(Vec::new())
    }

    async fn remove_cluster(&self, id: ClusterId) -> Result<(), ProvisionError> {
        self.step().await;
        self.made().retain(|(cluster, _), _| *cluster != id);
        Ok(())
    }

    async fn engine_version(&self) -> Result<String, ProvisionError> {
        Ok(VERSION.to_owned())
    }

    async fn engine_facts(&self) -> Result<EngineFacts, ProvisionError> {
        Ok(EngineFacts {
            version: VERSION.to_owned(),
            containers: 0,
            networks: 0,
        })
    }

    async fn node_log(
        &self,
        _: ClusterId,
        _: NodeId,
        _: u32,
    ) -> Result<Option<String>, ProvisionError> {
        Ok(Some("A simulated node runs no engine.\n".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provisioner::inside::Inside;

    #[tokio::test]
    async fn containers_are_as_old_as_their_node() {
        let provisioner = SimulatedProvisioner::new(Duration::ZERO);
        let id = ClusterId(uuid::Uuid::new_v4());
        let cluster = ClusterAccess {
            id,
            name: "web".try_into().unwrap(),
            ca_pem: String::new(),
            client_pem: String::new(),
            client_key: "key".into(),
        };
        let order = NodeOrder {
            id: NodeId(uuid::Uuid::new_v4()),
            ordinal: 1,
            flavor: Flavor::default(),
            api_port: None,
            certificate_pem: String::new(),
            key: "key".into(),
        };
        let created = async |node: &NodeFacts| {
            let containers = provisioner.containers(&cluster, node).await.unwrap();
            containers[0].created_at
        };
        let before = Timestamp::now();
        let node = provisioner.ensure_node(&cluster, &order).await.unwrap();
        let made = created(&node).await;
        assert!((before..=Timestamp::now()).contains(&made));
        // What is there already is not made again.
        provisioner.ensure_node(&cluster, &order).await.unwrap();
        assert_eq!(created(&node).await, made);
        provisioner.remove_node(&cluster, &node, 1).await.unwrap();
        let after = Timestamp::now();
        provisioner.ensure_node(&cluster, &order).await.unwrap();
        assert!(created(&node).await >= after);

        // Those of a process before began anew with this one.
        provisioner.remove_cluster(id).await.unwrap();
        assert_eq!(created(&node).await, provisioner.since);
    }
}
