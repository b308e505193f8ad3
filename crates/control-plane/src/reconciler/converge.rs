//! Making a cluster what it is wished to be: every wished node in the swarm, every other one gone.

use cluster_api::{ClusterStatus, EventKind, Flavor, NodeCount, NodeState, TaskKind};
use futures::{future::try_join_all, try_join};
use tokio::sync::watch;

use super::{
    keys,
    plan::Step,
    run::{Run, Stop, known},
};
use crate::{
    certificates::Authority,
    provisioner::{ClusterAccess, Drained, NodeFacts, NodeOrder},
    store::{ClusterRecord, Duty, EventDraft, NodeRecord},
};

impl Run<'_> {
    pub(super) async fn converge(&self, mut record: ClusterRecord) -> Result<(), Stop> {
        let provisioner = &self.reconciler.provisioner;
        let authority = self.authority(&record)?;
        let access = self.access(&record, &authority)?;
        self.step(
            Step::Network,
            provisioner.ensure_network(&access),
            async |_, ()| Ok(()),
        )
        .await?;

        self.renew(&mut record, &access, &authority).await?;
        let (wished, surplus): (Vec<_>, Vec<_>) =
            record.nodes.iter().partition(|node| node.is_wished());
        let Some((manager, workers)) = wished.split_first() else {
            return Err(Stop::Superseded);
        };
        // Everybody starts at once; workers join as soon as they and the swarm are there.
        let (ticket, tickets) = watch::channel(None);
        let lead = async {
            let facts = self.start(&record, &access, &authority, manager).await?;
            // A swarm is made anew once: after it the manager is ready.
            let anew = self.task.kind == TaskKind::Rebuild && manager.state != NodeState::Ready;
            let made = async {
                if anew {
                    provisioner.renew_swarm(&access, &facts).await
                } else {
                    provisioner.ensure_swarm(&access, &facts).await
                }
            };
            let made = self
                .step(Step::Swarm, made, async |change, _| {
                    let node = known(manager, &facts, self.joined(), provisioner.image());
                    change.put_node(&node).await?;
                    change
                        .set_endpoint(&provisioner.endpoint(facts.api_port))
                        .await
                })
                .await?;
            ticket.send_replace(Some(made));
            self.run_scripts(&access, manager, &facts).await?;
            Ok::<_, Stop>(facts)
        };
        let follow = try_join_all(workers.iter().map(|worker| {
            let mut tickets = tickets.clone();
            let (record, access, authority) = (&record, &access, &authority);
            async move {
                let facts = self.start(record, access, authority, worker).await?;
                let ticket = tickets.wait_for(Option::is_some).await.ok();
                let Some(ticket) = ticket.and_then(|ticket| ticket.clone()) else {
                    return Err(Stop::Superseded);
                };
                let joined = provisioner.ensure_joined(access, &facts, &ticket);
                self.step(Step::Join(worker.ordinal), joined, async |change, ()| {
                    let node = known(worker, &facts, self.joined(), provisioner.image());
                    change.put_node(&node).await
                })
                .await?;
                self.run_scripts(access, worker, &facts).await
            }
        }));
        let (manager, _) = try_join!(lead, follow)?;

        for worker in workers {
            self.set_duty(&access, &manager, worker).await?;
        }
        let mut nodes = record.cluster.node_count;
        for node in surplus.iter().rev() {
            if !self.remove(&access, &manager, node).await? {
                nodes = self
                    .keep(&access, &manager, (nodes, &surplus), node)
                    .await?;
                break;
            }
        }
        let seen = provisioner.await_ready(&access, &manager, nodes.get());
        self.step(Step::Check, seen, async |_, ()| Ok(())).await?;
        self.finish(
            ClusterStatus::Active,
            format!("Active with {nodes}"),
            async |change| change.forget_old_authority().await,
        )
        .await?;
        tracing::info!(cluster.id = %record.cluster.id, cluster.name = %record.cluster.name, "cluster active with {nodes}");
        Ok(())
    }

    /// The state of a node that has joined: scripts may still have to run on it.
    fn joined(&self) -> NodeState {
        if self.reconciler.provisioner.scripts().is_empty() {
            NodeState::Ready
        } else {
            NodeState::Joining
        }
    }

    /// Runs the operator's scripts on a node that has just joined.
    async fn run_scripts(
        &self,
        access: &ClusterAccess,
        node: &NodeRecord,
        facts: &NodeFacts,
    ) -> Result<(), Stop> {
        let provisioner = &self.reconciler.provisioner;
        let step = Step::Scripts(node.ordinal);
        if !self.is_to_do(step) {
            return Ok(());
        }
        let ran = async {
            let mut written = Vec::new();
            for script in provisioner.scripts() {
                let words = provisioner.run_script(access, node.ordinal, script).await?;
                written.push((script.name.clone(), words));
            }
            Ok(written)
        };
        self.step(step, ran, async |change, written| {
            for (script, words) in written {
                let message = format!("{script} ran on node {}", node.ordinal);
                let event = EventDraft::of_itself(EventKind::Noticed, Some(self.task.id), message);
                let detail = (!words.is_empty()).then(|| words.clone());
                change.record(EventDraft { detail, ..event }).await?;
            }
            let node = known(node, facts, NodeState::Ready, provisioner.image());
            change.put_node(&node).await
        })
        .await?;
        Ok(())
    }

    /// The nodes that are to have new certificates get them, one after the other, the manager first: so
    /// most of what runs on the cluster goes on.
    async fn renew(
        &self,
        record: &mut ClusterRecord,
        access: &ClusterAccess,
        authority: &Authority,
    ) -> Result<(), Stop> {
        let provisioner = &self.reconciler.provisioner;
        let old = self.old_access(record)?;
        let after = if self.task.kind == TaskKind::Rebuild {
            NodeState::Joining
        } else {
            NodeState::Ready
        };
        let flavor = record.cluster.flavor;
        for node in &mut record.nodes {
            if node.state != NodeState::Renewing {
                continue;
            }
            let order = self.order(flavor, authority, node)?;
            let renewed = provisioner.renew_node(access, old.as_ref(), &order);
            let before = node.clone();
            let facts = self
                .step(Step::Renew(node.ordinal), renewed, async |change, facts| {
                    let node = known(&before, facts, after, provisioner.image());
                    change.put_node(&node).await
                })
                .await?;
            *node = known(node, &facts, after, provisioner.image());
        }
        Ok(())
    }

    /// The node runs and its engine answers.
    async fn start(
        &self,
        record: &ClusterRecord,
        access: &ClusterAccess,
        authority: &Authority,
        node: &NodeRecord,
    ) -> Result<NodeFacts, Stop> {
        let reconciler = self.reconciler;
        let provisioner = &reconciler.provisioner;
        // The semaphore is never closed.
        let Ok(_slot) = reconciler.nodes.acquire().await else {
            return Err(Stop::Superseded);
        };
        let order = self.order(record.cluster.flavor, authority, node)?;
        let started = provisioner.ensure_node(access, &order);
        self.step(Step::Start(node.ordinal), started, async |change, facts| {
            let node = known(node, facts, NodeState::Joining, provisioner.image());
            change.put_node(&node).await
        })
        .await
    }

    /// What a node is to be, with a certificate of its own.
    fn order(
        &self,
        flavor: Flavor,
        authority: &Authority,
        node: &NodeRecord,
    ) -> Result<NodeOrder, Stop> {
        let names = self.reconciler.provisioner.names_of(node.ordinal);
        let identity = authority
            .issue_server(&node.name(), &names, self.reconciler.clock.now())
            .map_err(|error| Stop::Secret(error.into()))?;
        Ok(NodeOrder {
            id: node.id,
            ordinal: node.ordinal,
            flavor,
            api_port: node.api_port,
            certificate_pem: identity.certificate_pem,
            key: identity.key_pem,
        })
    }

    /// The node takes work or does not, as is wished.
    async fn set_duty(
        &self,
        access: &ClusterAccess,
        manager: &NodeFacts,
        node: &NodeRecord,
    ) -> Result<(), Stop> {
        let provisioner = &self.reconciler.provisioner;
        let drain = Step::Drain(node.ordinal);
        if self.is_to_do(drain) {
            let drained = provisioner.drain(access, manager, node.ordinal);
            self.step(drain, drained, async |change, drained| {
                if *drained == Drained::TimedOut {
                    let message = format!(
                        "Node {} takes no more work; some still runs on it",
                        node.ordinal
                    );
                    let event =
                        EventDraft::of_itself(EventKind::Noticed, Some(self.task.id), message);
                    change.record(event).await?;
                }
                change.set_duty(node.id, Duty::Drained).await
            })
            .await?;
        }
        let activate = Step::Activate(node.ordinal);
        if self.is_to_do(activate) {
            let active = provisioner.undrain(access, manager, node.ordinal);
            self.step(activate, active, async |change, ()| {
                change.set_duty(node.id, Duty::Active).await
            })
            .await?;
        }
        Ok(())
    }

    /// The node hands its work over and goes. `false`: it may not go, its work found no other place.
    async fn remove(
        &self,
        access: &ClusterAccess,
        manager: &NodeFacts,
        node: &NodeRecord,
    ) -> Result<bool, Stop> {
        let provisioner = &self.reconciler.provisioner;
        let drained = provisioner.drain(access, manager, node.ordinal);
        let drained = self
            .step(Step::Drain(node.ordinal), drained, async |_, _| Ok(()))
            .await?;
        if drained == Drained::TimedOut {
            tracing::warn!(cluster.id = %access.id, node.name = node.name(), "a node still had work when its time was over");
            if self.task.gentle {
                return Ok(false);
            }
        }
        let removed = provisioner.remove_node(access, manager, node.ordinal);
        self.step(Step::Remove(node.ordinal), removed, async |change, ()| {
            change.drop_node(node.id).await
        })
        .await?;
        Ok(true)
    }

    /// A node whose work found no other place takes work again, and so do those before it: how many there
    /// are now, with those that were to stay anyway.
    async fn keep(
        &self,
        access: &ClusterAccess,
        manager: &NodeFacts,
        (wished, surplus): (NodeCount, &[&NodeRecord]),
        last: &NodeRecord,
    ) -> Result<NodeCount, Stop> {
        let kept = || surplus.iter().filter(|node| node.ordinal <= last.ordinal);
        let count = i64::from(wished.get()) + i64::try_from(kept().count()).unwrap_or_default();
        let count = NodeCount::try_from(count).unwrap_or(NodeCount::MAX);
        let provisioner = &self.reconciler.provisioner;
        if !last.is_drained() {
            provisioner.undrain(access, manager, last.ordinal).await?;
        }
        let mut change = self.change().await?;
        for node in kept() {
            let node = NodeRecord {
                state: NodeState::Ready,
                ..(*node).clone()
            };
            change.put_node(&node).await?;
        }
        change.set_node_count(count).await?;
        let message = format!(
            "Node {} stays: its work found no place on the other nodes",
            last.ordinal
        );
        let event = EventDraft::of_itself(EventKind::Noticed, Some(self.task.id), message);
        change.record(event).await?;
        self.reconciler.store.commit(change).await?;
        Ok(count)
    }

    fn authority(&self, record: &ClusterRecord) -> Result<Authority, Stop> {
        keys::authority(&self.reconciler.vault, record).map_err(|error| Stop::Secret(error.into()))
    }

    fn access(&self, record: &ClusterRecord, authority: &Authority) -> Result<ClusterAccess, Stop> {
        keys::access(record, authority, self.reconciler.clock.now())
            .map_err(|error| Stop::Secret(error.into()))
    }

    /// What opens the nodes that have no new certificates yet.
    fn old_access(&self, record: &ClusterRecord) -> Result<Option<ClusterAccess>, Stop> {
        keys::old_access(&self.reconciler.vault, record, self.reconciler.clock.now())
            .map_err(|error| Stop::Secret(error.into()))
    }
}
