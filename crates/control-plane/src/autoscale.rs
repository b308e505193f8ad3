//! Autoscaling: clusters that grow and shrink by themselves, within the bounds that people set.
//!
//! [`decide`] is the rule, and knows nothing but numbers. [`Autoscaler`] brings the numbers and carries
//! out what was decided: as a resize like any other, with an event that says why.

mod rule;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use cluster_api::{ClusterStatus, EventKind, NodeCount, NodeState, TaskKind, Timestamp};
use futures::{StreamExt, stream};
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

pub use rule::{Decision, Load, decide};

use crate::{
    Core,
    access::Keyring,
    metrics::Metrics,
    provisioner::{Demand, NodeFacts},
    reconciler::{Owed, chain, owe},
    service::{Fault, Service, clusters::set_size},
    store::{ClusterRecord, EventDraft, StoreError},
};

/// How often it is looked whether a cluster is due: the shortest interval that a policy may have.
const LOOK: Duration = Duration::from_secs(10);

/// How many clusters are looked at at once.
const AT_ONCE: usize = 8;

/// How long one cluster may take to be looked at.
const PATIENCE: Duration = Duration::from_secs(20);

/// Scales clusters.
pub struct Autoscaler {
    core: Core,
    service: Arc<Service>,
    keyring: Arc<Keyring>,
    metrics: Arc<Metrics>,
}

impl Autoscaler {
    /// Scales the clusters of that control plane, as far as the rules let it.
    #[must_use]
    pub fn new(
        core: Core,
        service: Arc<Service>,
        keyring: Arc<Keyring>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            core,
            service,
            keyring,
            metrics,
        }
    }

    /// Scales until it is stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = looks.tick() => {}
            }
            match stop.run_until_cancelled(self.look()).await {
                None | Some(Ok(())) => {}
                Some(Err(error)) => {
                    tracing::error!("clusters could not be scaled: {}", chain(&error));
                }
            }
        }
    }

    /// Looks at every cluster that is due, once.
    ///
    /// # Errors
    /// The database failed.
    pub async fn look(&self) -> Result<(), StoreError> {
        let now = self.core.clock.now();
        let due = self.core.store.autoscaled().await?;
        let due = due.into_iter().filter(|record| is_due(record, now));
        stream::iter(due)
            .for_each_concurrent(AT_ONCE, async |record| {
                let id = record.cluster.id;
                let looked = tokio::time::timeout(PATIENCE, self.look_at(record, now)).await;
                let found = match looked {
                    Ok(Ok(())) => return,
                    Ok(Err(error)) => {
                        tracing::warn!(cluster.id = %id, "a cluster could not be scaled: {}", chain(error.as_ref()));
                        "Its services could not be looked at"
                    }
                    Err(_) => "Its services could not be looked at in time",
                };
                if let Err(error) = self.core.store.note_autoscale(id, now, found).await {
                    tracing::error!(cluster.id = %id, "what was found could not be noted: {}", chain(&error));
                }
            })
            .await;
        Ok(())
    }

    async fn look_at(
        &self,
        record: ClusterRecord,
        now: Timestamp,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let id = record.cluster.id;
        let demand = self.demand(&record).await?;
        let used = self.metrics.load(id).and_then(|load| load.used(now));
        let load = Load { demand, used };
        let quota = match self.service.quotas_of(record.account_id).await {
            Ok(quotas) => quotas.max_nodes_per_cluster,
            Err(Fault::Internal(error)) => return Err(error),
            Err(Fault::Problem(problem) | Fault::Said(problem, _)) => return Err(problem.into()),
        };
        let policy = record.autoscale.policy;
        let count = record.cluster.node_count;
        let decision = decide(&policy, count, quota, &load);
        self.core
            .store
            .note_autoscale(id, now, &decision.words())
            .await?;
        match decision {
            Decision::Stay { .. } => {}
            Decision::Hold { .. } => {
                // Told once, not at every look.
                if record.autoscale.found.as_deref() != Some(decision.words().as_str()) {
                    let mut change = self.core.store.change(id, now).await?;
                    let event = EventDraft::of_itself(EventKind::Noticed, None, decision.words());
                    change.record(event).await?;
                    self.core.store.commit(change).await?;
                }
            }
            Decision::Grow { to, .. } | Decision::Shrink { to, .. } => {
                self.resize(&record, to, decision.words(), now).await?;
            }
        }
        Ok(())
    }

    async fn demand(
        &self,
        record: &ClusterRecord,
    ) -> Result<Demand, Box<dyn std::error::Error + Send + Sync>> {
        let access = self.keyring.access(record)?;
        let manager = record.nodes.first().and_then(|node| {
            Some(NodeFacts {
                ordinal: node.ordinal,
                address: node.address.clone()?,
                api_port: node.api_port?,
                engine_version: node.engine_version.clone().unwrap_or_default(),
            })
        });
        let manager = manager.ok_or("the cluster has no manager")?;
        let ready: Vec<u32> = record
            .nodes
            .iter()
            .filter(|node| node.state == NodeState::Ready && !node.is_drained())
            .map(|node| node.ordinal)
            .collect();
        let flavor = record.cluster.flavor;
        Ok(self
            .core
            .provisioner
            .demand(&access, &manager, &ready, flavor)
            .await?)
    }

    /// Asks for another size, unless something else was asked for in the meantime.
    async fn resize(
        &self,
        seen: &ClusterRecord,
        to: NodeCount,
        why: String,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut change = self.core.store.change(seen.cluster.id, now).await?;
        let Some(record) = change.current().await? else {
            return Ok(());
        };
        let is_as_seen = record.cluster.status == ClusterStatus::Active
            && record.cluster.node_count == seen.cluster.node_count
            && record.autoscale.enabled
            && record.autoscale.paused_until == seen.autoscale.paused_until;
        if !is_as_seen {
            return Ok(());
        }
        let rest = SignedDuration::from_secs(record.autoscale.policy.cooldown_s.into());
        let until = now.saturating_add(rest).unwrap_or(Timestamp::MAX);
        change.pause_autoscale(until).await?;
        tracing::info!(cluster.id = %record.cluster.id, cluster.name = %record.cluster.name, "{why}");
        let image = self.core.provisioner.image();
        let nodes = set_size(&mut change, record.nodes, to, &[], image).await?;
        let owed = Owed {
            kind: TaskKind::Resize,
            nodes: &nodes,
            provisioner: &*self.core.provisioner,
            gentle: true,
            event: EventDraft::of_itself(EventKind::Requested, None, why),
        };
        owe(&self.core.store, change, owed, now).await?;
        self.core.new_task.notify_one();
        Ok(())
    }
}

/// Whether the interval of a cluster is over, and it does not rest.
fn is_due(record: &ClusterRecord, now: Timestamp) -> bool {
    let autoscale = &record.autoscale;
    let interval = SignedDuration::from_secs(autoscale.policy.interval_s.into());
    let rests = autoscale.paused_until.is_some_and(|until| now < until);
    // A clock that was set back must not stop it for as long.
    let waits = autoscale
        .checked_at
        .is_some_and(|at| now.duration_since(at).abs() < interval);
    !rests && !waits
}
