//! Making a cluster what it is wished to be: every wished node in the swarm, every other one gone.

use cluster_api::{ClusterStatus, NodeState};
use futures::{future::try_join_all, try_join};
use tokio::sync::watch;

use super::{
    plan::Step,
    run::{Run, Stop, known},
};
use crate::{
    certificates::Authority,
    provisioner::{ClusterAccess, NodeFacts, NodeOrder},
    store::{ClusterRecord, NodeRecord},
};

/// The control plane's own client certificates last a day; a try takes minutes at most.
const OWN_CERTIFICATE_DAYS: u32 = 1;

impl Run<'_> {
    pub(super) async fn converge(&self, record: ClusterRecord) -> Result<(), Stop> {
        let provisioner = &self.reconciler.provisioner;
        let authority = self.authority(&record)?;
        let access = self.access(&record, &authority)?;
        self.step(
            Step::Network,
            provisioner.ensure_network(&access),
            async |_, ()| Ok(()),
        )
        .await?;

        let count = record.cluster.node_count.get();
        let (wished, surplus): (Vec<_>, Vec<_>) =
            record.nodes.iter().partition(|node| node.ordinal <= count);
        let Some((manager, workers)) = wished.split_first() else {
            return Err(Stop::Superseded);
        };
        // Everybody starts at once; workers join as soon as they and the swarm are there.
        let (ticket, tickets) = watch::channel(None);
        let lead = async {
            let facts = self.start(&record, &access, &authority, manager).await?;
            let made = provisioner.ensure_swarm(&access, &facts);
            let made = self
                .step(Step::Swarm, made, async |change, _| {
                    let node = known(manager, &facts, NodeState::Ready, provisioner.image());
                    change.put_node(&node).await?;
                    change
                        .set_endpoint(&provisioner.endpoint(facts.api_port))
                        .await
                })
                .await?;
            ticket.send_replace(Some(made));
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
                    let node = known(worker, &facts, NodeState::Ready, provisioner.image());
                    change.put_node(&node).await
                })
                .await
            }
        }));
        let (manager, _) = try_join!(lead, follow)?;

        for node in surplus.iter().rev() {
            self.remove(&access, &manager, node).await?;
        }
        let seen = provisioner.await_ready(&access, &manager, count);
        self.step(Step::Check, seen, async |_, ()| Ok(())).await?;
        let nodes = record.cluster.node_count;
        self.finish(
            ClusterStatus::Active,
            format!("Active with {nodes}"),
            async |_| Ok(()),
        )
        .await?;
        tracing::info!(cluster.id = %record.cluster.id, cluster.name = %record.cluster.name, "cluster active with {nodes}");
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
        let names = provisioner.names_of(node.ordinal);
        let identity = authority
            .issue_server(&node.name(), &names, reconciler.clock.now())
            .map_err(|error| Stop::Secret(error.into()))?;
        let order = NodeOrder {
            id: node.id,
            ordinal: node.ordinal,
            flavor: record.cluster.flavor,
            api_port: node.api_port,
            certificate_pem: identity.certificate_pem,
            key: identity.key_pem,
        };
        let started = provisioner.ensure_node(access, &order);
        self.step(Step::Start(node.ordinal), started, async |change, facts| {
            let node = known(node, facts, NodeState::Joining, provisioner.image());
            change.put_node(&node).await
        })
        .await
    }

    async fn remove(
        &self,
        access: &ClusterAccess,
        manager: &NodeFacts,
        node: &NodeRecord,
    ) -> Result<(), Stop> {
        let provisioner = &self.reconciler.provisioner;
        let drained = provisioner.drain(access, manager, node.ordinal);
        let drained = self
            .step(Step::Drain(node.ordinal), drained, async |_, _| Ok(()))
            .await?;
        if drained == crate::provisioner::Drained::TimedOut {
            tracing::warn!(cluster.id = %access.id, node.name = node.name(), "a node still had work when its time was over");
        }
        let removed = provisioner.remove_node(access, manager, node.ordinal);
        self.step(Step::Remove(node.ordinal), removed, async |change, ()| {
            change.drop_node(node.id).await
        })
        .await
    }

    fn authority(&self, record: &ClusterRecord) -> Result<Authority, Stop> {
        let purpose = ClusterRecord::ca_purpose(record.cluster.id);
        let key = self
            .reconciler
            .vault
            .open_sealed(&purpose, &record.ca_key)
            .map_err(|error| Stop::Secret(error.into()))?;
        Ok(Authority::from_parts(record.ca_pem.clone(), key))
    }

    fn access(&self, record: &ClusterRecord, authority: &Authority) -> Result<ClusterAccess, Stop> {
        let own = authority
            .issue_client("carina", OWN_CERTIFICATE_DAYS, self.reconciler.clock.now())
            .map_err(|error| Stop::Secret(error.into()))?;
        Ok(ClusterAccess {
            id: record.cluster.id,
            name: record.cluster.name.clone(),
            ca_pem: record.ca_pem.clone(),
            client_pem: own.certificate_pem,
            client_key: own.key_pem,
        })
    }
}
