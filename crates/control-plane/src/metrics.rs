//! What nodes use: a look at all of them every ten seconds, kept as curves for a day.
//!
//! What a node used is told by its host, which counts for it whether its engine answers or not; what
//! is reserved is told by each cluster's manager. What is known of the last look is in memory
//! ([`Metrics::load`]), what was before in a database of its own ([`SampleStore`]).

mod rate;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use cluster_api::{
    ClusterId, ClusterStatus, Flavor, NodeId, Timestamp,
    inside::{Resources, Sample},
};
use futures::StreamExt;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    access::Keyring,
    clock::SharedClock,
    provisioner::{
        NodeFacts,
        inside::{Counters, Inside, Swarm},
    },
    reconciler::chain,
    store::{ClusterRecord, NodePoints, NodeSample, Resolution, SampleStore, Store, StoreError},
};

/// The time from one look to the next, in seconds.
const EVERY: i64 = 10;

/// How long a look says something about now, in seconds.
const STALE: i64 = 3 * EVERY;

/// Managers that are asked at once.
const MANAGERS_AT_ONCE: usize = 16;

/// When a look goes on without the managers that have not answered.
const MANAGERS_TIMEOUT: Duration = Duration::from_secs(8);

/// What is too old is forgotten every so many looks: five minutes.
const FORGET_EVERY: u64 = 30;

/// What a cluster has, uses and has reserved, as of one look.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterLoad {
    /// When it was looked at.
    pub at: Timestamp,
    /// Its nodes, the manager first; those that were there to be looked at.
    pub nodes: Vec<NodeLoad>,
    /// Containers of services that wait because no node has room for them; None: the manager did not
    /// answer.
    pub waiting: Option<u32>,
}

impl ClusterLoad {
    /// What all nodes together use. None: it is not known, for a node was not measured or the look was
    /// too long ago.
    #[must_use]
    pub fn used(&self, now: Timestamp) -> Option<Resources> {
        let age = now.duration_since(self.at).abs();
        if self.nodes.is_empty() || age > jiff::SignedDuration::from_secs(STALE) {
            return None;
        }
        let mut sum = Resources::default();
        for node in &self.nodes {
            let used = node.used?;
            sum.cpus += used.cpus;
            sum.memory_bytes = sum.memory_bytes.saturating_add(used.memory_bytes);
        }
        Some(sum)
    }
}

/// What a node has, uses and has reserved.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeLoad {
    /// The node.
    pub id: NodeId,
    /// Its place in the cluster; 1 is the manager.
    pub ordinal: u32,
    /// What it has; None: the host's engine does not answer.
    pub capacity: Option<Resources>,
    /// What it used in the ten seconds before; None: it does not run, or was looked at only once.
    pub used: Option<Sample>,
    /// What services on it have reserved; None: the manager did not answer or does not know it.
    pub reserved: Option<Resources>,
}

/// Looks at nodes, and keeps what it saw.
pub struct Metrics {
    store: Arc<Store>,
    samples: SampleStore,
    inside: Arc<dyn Inside>,
    keyring: Arc<Keyring>,
    clock: SharedClock,
    seen: Mutex<Seen>,
    looks: watch::Sender<u64>,
}

#[derive(Default)]
struct Seen {
    counters: HashMap<NodeId, Counters>,
    loads: HashMap<ClusterId, ClusterLoad>,
    host_is_silent: bool,
}

impl Metrics {
    /// Puts it together. Nothing is looked at before [`Metrics::run`] or [`Metrics::look`].
    #[must_use]
    pub fn new(
        store: Arc<Store>,
        samples: SampleStore,
        inside: Arc<dyn Inside>,
        keyring: Arc<Keyring>,
        clock: SharedClock,
    ) -> Self {
        Self {
            store,
            samples,
            inside,
            keyring,
            clock,
            seen: Mutex::default(),
            looks: watch::Sender::new(0),
        }
    }

    /// What a cluster has, uses and has reserved, as of the last look; None: it has not been looked
    /// at. Costs nothing. [`Metrics::looks`] says when there is something new.
    #[must_use]
    pub fn load(&self, cluster: ClusterId) -> Option<ClusterLoad> {
        self.lock().loads.get(&cluster).cloned()
    }

    /// Changes after every look.
    pub fn looks(&self) -> watch::Receiver<u64> {
        self.looks.subscribe()
    }

    /// What the nodes of a cluster used since a moment.
    ///
    /// # Errors
    /// The database failed.
    pub async fn since(
        &self,
        cluster: ClusterId,
        resolution: Resolution,
        from: Timestamp,
    ) -> Result<Vec<NodePoints>, StoreError> {
        self.samples.since(cluster, resolution, from).await
    }

    /// Looks every ten seconds, on the full ten, until it is stopped.
    pub async fn run(&self, stop: CancellationToken) {
        let work = async {
            loop {
                tokio::time::sleep(until_next(self.clock.now())).await;
                if let Err(error) = self.look().await {
                    tracing::warn!("what nodes use could not be kept: {}", chain(&error));
                }
            }
        };
        stop.run_until_cancelled(work).await;
        self.samples.close().await;
    }

    /// Looks at all nodes once.
    ///
    /// # Errors
    /// A database failed. What does not answer is none: it is missing in what is known then.
    pub async fn look(&self) -> Result<(), StoreError> {
        let clusters = self.store.all_clusters().await?;
        let now = self.clock.now();
        let (counters, swarms, capacities) = tokio::join!(
            self.count(&clusters, now),
            self.swarms(&clusters),
            self.capacities(&clusters)
        );
        let samples = {
            let mut seen = self.lock();
            let mut samples = Vec::new();
            let mut loads = HashMap::with_capacity(clusters.len());
            for record in &clusters {
                let id = record.cluster.id;
                let swarm = swarms.get(&id);
                let capacity = capacities.get(record.cluster.flavor.name()).copied();
                let mut nodes = Vec::with_capacity(record.nodes.len());
                for node in record.nodes.iter().filter(|node| node.api_port.is_some()) {
                    let used = seen.counters.get(&node.id).zip(counters.get(&node.id));
                    let used = used.and_then(|(before, after)| rate::used(before, after, now));
                    samples.extend(used.map(|used| NodeSample {
                        cluster_id: id,
                        node_id: node.id,
                        ordinal: node.ordinal,
                        cpus: used.cpus,
                        memory_bytes: used.memory_bytes,
                        rx_bytes_per_s: used.rx_bytes_per_s,
                        tx_bytes_per_s: used.tx_bytes_per_s,
                    }));
                    let member = swarm.and_then(|swarm| swarm.members.get(&node.ordinal));
                    nodes.push(NodeLoad {
                        id: node.id,
                        ordinal: node.ordinal,
                        capacity,
                        used,
                        reserved: member.map(|member| member.reserved),
                    });
                }
                let waiting = swarm.map(|swarm| swarm.waiting);
                let load = ClusterLoad {
                    at: now,
                    nodes,
                    waiting,
                };
                loads.insert(id, load);
            }
            seen.counters = counters;
            seen.loads = loads;
            samples
        };
        let kept = self.keep(&clusters, now, &samples).await;
        self.looks.send_modify(|looks| *looks += 1);
        kept
    }

    async fn keep(
        &self,
        clusters: &[ClusterRecord],
        now: Timestamp,
        samples: &[NodeSample],
    ) -> Result<(), StoreError> {
        // Just after full ten seconds, what was used was used in the ten before.
        let middle = now - jiff::SignedDuration::from_secs(EVERY / 2);
        if !samples.is_empty() {
            self.samples.add(middle, samples).await?;
        }
        let live: HashSet<ClusterId> = clusters.iter().map(|record| record.cluster.id).collect();
        self.keyring.keep_only(&live);
        self.samples.keep_only(&live).await?;
        if self.looks.borrow().is_multiple_of(FORGET_EVERY) {
            self.samples.forget_old(now).await?;
        }
        Ok(())
    }

    /// What the host counted. Nothing if it does not answer; that is said once.
    async fn count(&self, clusters: &[ClusterRecord], now: Timestamp) -> HashMap<NodeId, Counters> {
        let nodes = clusters.iter().flat_map(|record| &record.nodes);
        let nodes: Vec<NodeId> = nodes
            .filter(|node| node.api_port.is_some())
            .map(|node| node.id)
            .collect();
        if nodes.is_empty() {
            return HashMap::new();
        }
        let counted = self.inside.counters(&nodes, now).await;
        let was_silent = std::mem::replace(&mut self.lock().host_is_silent, counted.is_err());
        match counted {
            Ok(counters) => counters,
            Err(error) => {
                if !was_silent {
                    tracing::warn!("what nodes use is not known: {}", chain(&error));
                }
                HashMap::new()
            }
        }
    }

    /// How the swarms are whose managers answer in time.
    async fn swarms(&self, clusters: &[ClusterRecord]) -> HashMap<ClusterId, Swarm> {
        // Who waited in vain for a turn the last time is not the last one again.
        let turn = usize::try_from(*self.looks.borrow()).unwrap_or_default();
        let turn = turn.wrapping_mul(MANAGERS_AT_ONCE) % clusters.len().max(1);
        let (later, sooner) = clusters.split_at(turn);
        let calls: Vec<_> = sooner
            .iter()
            .chain(later)
            .map(|record| self.swarm(record))
            .collect();
        futures::stream::iter(calls)
            .buffer_unordered(MANAGERS_AT_ONCE)
            .take_until(tokio::time::sleep(MANAGERS_TIMEOUT))
            .filter_map(std::future::ready)
            .collect()
            .await
    }

    async fn swarm(&self, record: &ClusterRecord) -> Option<(ClusterId, Swarm)> {
        if record.cluster.status == ClusterStatus::Deleting {
            return None;
        }
        let manager = facts(record.nodes.first()?)?;
        let access = match self.keyring.access(record) {
            Ok(access) => access,
            Err(error) => {
                tracing::warn!(cluster.id = %record.cluster.id, "a cluster cannot be looked into: {}", chain(&error));
                return None;
            }
        };
        match self.inside.swarm(&access, &manager).await {
            Ok(swarm) => Some((record.cluster.id, swarm)),
            Err(error) => {
                tracing::debug!(cluster.id = %record.cluster.id, "a manager does not tell what is reserved: {}", chain(&error));
                None
            }
        }
    }

    /// What nodes have, by the names of their flavors.
    async fn capacities(&self, clusters: &[ClusterRecord]) -> HashMap<&'static str, Resources> {
        let mut capacities = HashMap::new();
        for flavor in Flavor::ALL {
            if clusters
                .iter()
                .any(|record| record.cluster.flavor == flavor)
                && let Ok(capacity) = self.inside.capacity(flavor).await
            {
                capacities.insert(flavor.name(), capacity);
            }
        }
        capacities
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How to reach a node; None: it was never reached.
pub(crate) fn facts(node: &crate::store::NodeRecord) -> Option<NodeFacts> {
    Some(NodeFacts {
        ordinal: node.ordinal,
        address: node.address.clone()?,
        api_port: node.api_port?,
        engine_version: node.engine_version.clone().unwrap_or_default(),
    })
}

/// The time until the next full ten seconds.
fn until_next(now: Timestamp) -> Duration {
    let every = EVERY * 1_000_000;
    let passed = now.as_microsecond().rem_euclid(every);
    Duration::from_micros(u64::try_from(every - passed).unwrap_or_default())
}
