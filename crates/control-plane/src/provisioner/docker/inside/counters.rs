//! What nodes use, as the engine of their host counts it.

use std::collections::{HashMap, HashSet};

use bollard::{
    Docker,
    models::{ContainerMemoryStats, ContainerStatsResponse},
    query_parameters::{ListContainersOptionsBuilder, StatsOptionsBuilder},
};
use cluster_api::{NodeId, Timestamp};
use futures::StreamExt;

use super::{
    super::{error::failed, names::Names},
    TIMEOUT,
};
use crate::provisioner::{ProvisionError, inside::Counters};

/// Nodes that are counted at once.
const AT_ONCE: usize = 16;

/// What those nodes have used; one that does not run, or is not counted in time, is missing.
pub(super) async fn of(
    docker: &Docker,
    names: &Names,
    nodes: &[NodeId],
    now: Timestamp,
) -> Result<HashMap<NodeId, Counters>, ProvisionError> {
    let options = ListContainersOptionsBuilder::default()
        .filters(&names.filter(None))
        .build();
    let what = "What nodes use could not be read";
    let running = tokio::time::timeout(TIMEOUT, docker.list_containers(Some(options)))
        .await
        .unwrap_or(Err(bollard::errors::Error::RequestTimeoutError))
        .map_err(failed(what))?;
    let nodes: HashSet<&NodeId> = nodes.iter().collect();
    let calls: Vec<_> = running
        .into_iter()
        .filter_map(|container| {
            let node = Names::node_of(container.labels.as_ref()?)?;
            let id = container.id.filter(|_| nodes.contains(&node))?;
            Some(count(docker, node, id, now))
        })
        .collect();
    Ok(futures::stream::iter(calls)
        .buffer_unordered(AT_ONCE)
        .filter_map(std::future::ready)
        .collect()
        .await)
}

/// One look at a node. None: it is gone, or the engine has nothing to say about it.
async fn count(
    docker: &Docker,
    node: NodeId,
    id: String,
    now: Timestamp,
) -> Option<(NodeId, Counters)> {
    // Without `one-shot` the engine waits for a second look of its own.
    let options = StatsOptionsBuilder::default()
        .stream(false)
        .one_shot(true)
        .build();
    let mut answer = std::pin::pin!(docker.stats(&id, Some(options)));
    let answer = tokio::time::timeout(TIMEOUT, answer.next()).await;
    let stats = answer.ok()??.ok()?;
    Some((node, counters(&stats, now)?))
}

fn counters(stats: &ContainerStatsResponse, now: Timestamp) -> Option<Counters> {
    let memory = stats.memory_stats.as_ref();
    let networks = stats.networks.iter().flat_map(HashMap::values);
    let (rx_bytes, tx_bytes) = networks.fold((0, 0_u64), |(rx, tx): (u64, u64), network| {
        (
            rx.saturating_add(network.rx_bytes.unwrap_or_default()),
            tx.saturating_add(network.tx_bytes.unwrap_or_default()),
        )
    });
    let read = stats.read.as_deref().and_then(|read| read.parse().ok());
    Some(Counters {
        at: read.unwrap_or(now),
        // An engine answers for a container that has just stopped too, without a word on processors.
        cpu_ns: stats.cpu_stats.as_ref()?.cpu_usage.as_ref()?.total_usage?,
        memory_bytes: memory.and_then(in_use)?,
        rx_bytes,
        tx_bytes,
    })
}

/// Memory in use as `docker stats` shows it: without cached files that nobody has touched for long.
/// (Version 1 of cgroups counts those of nested groups under another name than its own.)
fn in_use(memory: &ContainerMemoryStats) -> Option<u64> {
    let usage = memory.usage?;
    let cached = memory.stats.as_ref().and_then(|stats| {
        ["total_inactive_file", "inactive_file"]
            .iter()
            .find_map(|name| stats.get(*name))
    });
    Some(usage.saturating_sub(cached.copied().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(answer: Value) -> Option<Counters> {
        counters(
            &serde_json::from_value(answer).unwrap(),
            Timestamp::UNIX_EPOCH,
        )
    }

    #[test]
    fn both_versions_of_cgroups_are_read() {
        let first = json!({
            "read": "2026-11-23T17:00:00.123456789Z",
            "cpu_stats": {"cpu_usage": {"total_usage": 42, "percpu_usage": [40, 2]}},
            "memory_stats": {"usage": 1000, "limit": 4000,
                "stats": {"inactive_file": 1, "total_inactive_file": 300}},
            "networks": {
                "eth0": {"rx_bytes": 5, "tx_bytes": 7},
                "eth1": {"rx_bytes": 50, "tx_bytes": 70}
            },
        });
        let counters = read(first).unwrap();
        assert_eq!(
            counters.at,
            "2026-11-23T17:00:00.123456789Z".parse().unwrap()
        );
        assert_eq!((counters.cpu_ns, counters.memory_bytes), (42, 700));
        assert_eq!((counters.rx_bytes, counters.tx_bytes), (55, 77));

        let second = json!({
            "cpu_stats": {"cpu_usage": {"total_usage": 42}},
            "memory_stats": {"usage": 1000, "stats": {"inactive_file": 200, "anon": 5}},
        });
        let counters = read(second).unwrap();
        assert_eq!(counters.at, Timestamp::UNIX_EPOCH);
        assert_eq!((counters.memory_bytes, counters.rx_bytes), (800, 0));
    }

    #[test]
    fn a_container_that_stopped_says_nothing() {
        let stopped = json!({
            "read": "0001-01-01T00:00:00Z",
            "cpu_stats": {"cpu_usage": {"total_usage": 0}},
            "memory_stats": {},
        });
        assert_eq!(read(stopped), None);
    }
}
