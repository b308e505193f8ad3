//! Watching over nodes: one that dies is noticed, shown and replaced.
//!
//! Every few seconds one look at the machines of all nodes, from outside, and one question to every
//! node of a cluster on which nothing is being done. A node whose machine is not there or does not run is
//! lost at once; one that runs and does not answer is lost the second time, since a busy host may be slow
//! once. Its cluster is owed a repair.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use cluster_api::{ClusterId, ClusterStatus, EventKind, NodeId, NodeState, TaskKind};
use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::{Owed, chain, owe};
use crate::{
    Core,
    access::Keyring,
    provisioner::{Beat, ClusterAccess, FailureKind, Pulse},
    store::{EventDraft, NodeRecord, SettledCluster, StoreError},
};

/// How often is looked. A silent node is noticed at the second look: with the patience of a question,
/// within ten seconds.
const LOOK: Duration = Duration::from_secs(3);

/// How many nodes are asked at once.
const AT_ONCE: usize = 32;

/// Watches over nodes.
pub struct Health {
    core: Core,
    keyring: Arc<Keyring>,
}

/// What is remembered from look to look.
#[derive(Default)]
pub(crate) struct Memory {
    /// Nodes that did not answer at the last look.
    silent: HashSet<NodeId>,
    /// The engine could not be asked at the last look.
    is_blind: bool,
}

impl Health {
    /// Watches the nodes of that control plane.
    #[must_use]
    pub fn new(core: Core, keyring: Arc<Keyring>) -> Self {
        Self { core, keyring }
    }

    /// Watches until it is stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut memory = Memory::default();
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = looks.tick() => {}
            }
            let looked = self.look(&mut memory);
            match stop.run_until_cancelled(looked).await {
                None | Some(Ok(())) => {}
                Some(Err(error)) => {
                    tracing::error!("nodes could not be looked at: {}", chain(&error))
                }
            }
        }
    }

    /// Looks once.
    ///
    /// # Errors
    /// The database failed.
    pub(crate) async fn look(&self, memory: &mut Memory) -> Result<(), StoreError> {
        // The store first: a machine that is made after this look at it belongs to no settled cluster.
        let clusters = self.core.store.settled_clusters().await?;
        let seen = match self.core.provisioner.pulse().await {
            Ok(pulse) => {
                self.core.engine.looked(self.core.clock.now());
                match pulse {
                    Pulse::Unknown => return Ok(()),
                    Pulse::Seen(seen) => seen,
                }
            }
            Err(error) => {
                // Nothing is known, so nobody is declared dead. Nodes outlive a restart of the engine.
                if !memory.is_blind && error.kind == FailureKind::Unreachable {
                    tracing::warn!("the nodes cannot be seen: {}", chain(&error));
                }
                memory.is_blind = true;
                self.core.engine.is_away(self.core.clock.now());
                return Ok(());
            }
        };
        if std::mem::take(&mut memory.is_blind) {
            // The engine is just back, and starts the nodes by itself.
            tracing::info!("the nodes can be seen again");
            return Ok(());
        }

        let mut lost: Vec<(ClusterId, NodeId, String)> = Vec::new();
        let mut to_ask = Vec::new();
        for cluster in &clusters {
            for node in &cluster.nodes {
                match seen.get(&node.id) {
                    None => lost.push((cluster.id, node.id, "its container is gone".to_owned())),
                    Some(Beat::Ended(why)) => lost.push((cluster.id, node.id, why.clone())),
                    Some(Beat::Runs) => {
                        if let (Some(port), Some(access)) =
                            (node.api_port, self.access(cluster).await?)
                        {
                            to_ask.push((cluster.id, node.id, port, access));
                        }
                    }
                }
            }
        }
        let silent: Vec<(ClusterId, NodeId)> = stream::iter(to_ask)
            .map(|(cluster, node, port, access)| async move {
                let answers = self.core.provisioner.answers(&access, port).await;
                (!answers).then_some((cluster, node))
            })
            .buffer_unordered(AT_ONCE)
            .filter_map(std::future::ready)
            .collect()
            .await;
        let mut now_silent = HashSet::new();
        for (cluster, node) in silent {
            if memory.silent.contains(&node) {
                lost.push((cluster, node, "its engine does not answer".to_owned()));
            } else {
                now_silent.insert(node);
            }
        }
        memory.silent = now_silent;

        let mut by_cluster: HashMap<ClusterId, Vec<(NodeId, String)>> = HashMap::new();
        for (cluster, node, why) in lost {
            by_cluster.entry(cluster).or_default().push((node, why));
        }
        for (cluster, nodes) in by_cluster {
            self.repair(cluster, &nodes).await?;
        }
        Ok(())
    }

    /// What opens the nodes of a cluster. None: its keys cannot be read, which its next task will say.
    async fn access(
        &self,
        cluster: &SettledCluster,
    ) -> Result<Option<Arc<ClusterAccess>>, StoreError> {
        if let Some(access) = self.keyring.known(cluster.id, cluster.ca_made_at) {
            return Ok(Some(access));
        }
        let Some(record) = self.core.store.cluster(cluster.id).await? else {
            return Ok(None);
        };
        let access = self.keyring.access(&record).inspect_err(|error| {
            tracing::warn!(cluster.id = %cluster.id, "its nodes cannot be asked: {}", chain(error));
        });
        Ok(access.ok())
    }

    /// Writes down that nodes are lost, and that they are to be replaced.
    async fn repair(&self, id: ClusterId, lost: &[(NodeId, String)]) -> Result<(), StoreError> {
        let now = self.core.clock.now();
        let mut change = self.core.store.change(id, now).await?;
        let Some(mut record) = change.current().await? else {
            return Ok(());
        };
        if record.cluster.status != ClusterStatus::Active {
            return Ok(());
        }
        let mut names = Vec::new();
        for (node, why) in lost {
            let known = record.nodes.iter_mut().find(|known| known.id == *node);
            let Some(known) = known.filter(|known| known.state == NodeState::Ready) else {
                continue;
            };
            known.state = NodeState::Lost;
            change.put_node(known).await?;
            let message = format!("Node {} is lost: {why}", known.ordinal);
            tracing::warn!(cluster.id = %id, cluster.name = %record.cluster.name, "{message}");
            let event = EventDraft::of_itself(EventKind::Lost, None, message);
            change.record(event).await?;
            names.push(known.ordinal.to_string());
        }
        if names.is_empty() {
            return Ok(());
        }
        let nodes: &[NodeRecord] = &record.nodes;
        let message = match names.as_slice() {
            [one] => format!("Node {one} is replaced"),
            many => format!("Nodes {} are replaced", many.join(", ")),
        };
        let owed = Owed {
            kind: TaskKind::Repair,
            nodes,
            provisioner: &*self.core.provisioner,
            gentle: false,
            event: EventDraft::of_itself(EventKind::Started, None, message),
        };
        owe(&self.core.store, change, owed, now).await?;
        self.core.new_task.notify_one();
        Ok(())
    }
}
