//! What simulated nodes use: a wave of ten minutes, each node at another point of it.

use std::{collections::HashMap, f64::consts::TAU, time::Duration};

use async_trait::async_trait;
use cluster_api::{
    Flavor, NodeCount, NodeId, Timestamp,
    inside::{Container, LogLine, LogSource, Resources, Service, SwarmMember},
};
use futures::{StreamExt, stream};

use super::SimulatedProvisioner;
use crate::provisioner::{
    ClusterAccess, NodeFacts, ProvisionError,
    inside::{Counters, Inside, Lines, LogQuery, Member, Swarm},
};

/// How long a wave is, in seconds.
const WAVE: f64 = 600.0;

/// What a node's work takes on average, in processors, and how far it goes up and down from there.
const CPUS: (f64, f64) = (0.4, 0.3);

/// What the one container of a node has reserved.
const RESERVED: Resources = Resources {
    cpus: 0.25,
    memory_bytes: 256 << 20,
};

#[async_trait]
impl Inside for SimulatedProvisioner {
    async fn capacity(&self, flavor: Flavor) -> Result<Resources, ProvisionError> {
        Ok(Resources {
            cpus: flavor.cpus().into(),
            memory_bytes: u64::from(flavor.memory_gb()) << 30,
        })
    }

    async fn counters(
        &self,
        nodes: &[NodeId],
        now: Timestamp,
    ) -> Result<HashMap<NodeId, Counters>, ProvisionError> {
        Ok(nodes
            .iter()
            .map(|node| (*node, counters(*node, now)))
            .collect())
    }

    async fn swarm(&self, _: &ClusterAccess, _: &NodeFacts) -> Result<Swarm, ProvisionError> {
        let member = |ordinal| Member {
            seen: SwarmMember {
                status: "ready".to_owned(),
                availability: "active".to_owned(),
                leader: ordinal == 1,
            },
            reserved: RESERVED,
        };
        Ok(Swarm {
            members: (1..=NodeCount::MAX.get())
                .map(|ordinal| (ordinal, member(ordinal)))
                .collect(),
            waiting: 0,
        })
    }

    async fn containers(
        &self,
        cluster: &ClusterAccess,
        node: &NodeFacts,
    ) -> Result<Vec<Container>, ProvisionError> {
        Ok(vec![Container {
            node: node.name(),
            id: format!("{}{:032x}", cluster.id.0.simple(), node.ordinal),
            names: vec![format!("simulated.{}", node.ordinal)],
            image: "simulated".to_owned(),
            state: "running".to_owned(),
            status: "Up (simulated)".to_owned(),
            created_at: self.made_at(cluster.id, node.ordinal),
            ports: Vec::new(),
            service: Some("simulated".to_owned()),
        }])
    }

    async fn services(
        &self,
        _: &ClusterAccess,
        _: &NodeFacts,
    ) -> Result<Vec<Service>, ProvisionError> {
        Ok(vec![Service {
            id: "simulated".to_owned(),
            name: "simulated".to_owned(),
            image: "simulated".to_owned(),
            mode: "global".to_owned(),
            wished: None,
            running: None,
            reservation: RESERVED,
            limit: Resources::default(),
            ports: Vec::new(),
            updated_at: None,
        }])
    }

    async fn logs(
        &self,
        _: &ClusterAccess,
        node: &NodeFacts,
        _: &str,
        query: LogQuery,
    ) -> Result<Lines, ProvisionError> {
        let name = node.name();
        let line = move |number: u32| LogLine {
            stream: LogSource::Stdout,
            at: None,
            data: format!("simulated line {number} of {name}"),
            cut: false,
        };
        let before = query.tail.unwrap_or(10).min(10);
        let follow = query.follow;
        let numbers = stream::unfold(0_u32, move |number| async move {
            if number >= before {
                if !follow {
                    return None;
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Some((number, number.wrapping_add(1)))
        });
        let is_wanted = query.stdout;
        Ok(Box::pin(
            numbers
                .filter(move |_| std::future::ready(is_wanted))
                .map(move |number| Ok(line(number))),
        ))
    }
}

fn counters(node: NodeId, now: Timestamp) -> Counters {
    let seconds = now.as_microsecond() as f64 / 1e6;
    let phase = f64::from(node.0.as_bytes()[15]) / 256.0 * TAU;
    let angle = (seconds % WAVE) / WAVE * TAU + phase;
    let (mean, swing) = CPUS;
    // The integral of `mean + swing * sin(angle)`: what a counter shows after that much work.
    let cpu_seconds = mean * seconds - swing * WAVE / TAU * angle.cos();
    Counters {
        at: now,
        cpu_ns: (cpu_seconds * 1e9) as u64,
        memory_bytes: ((0.45 + 0.1 * angle.sin()) * (1_u64 << 30) as f64) as u64,
        rx_bytes: (cpu_seconds * 50_000.0) as u64,
        tx_bytes: (cpu_seconds * 20_000.0) as u64,
    }
}
