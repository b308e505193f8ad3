//! Clusters: what an account may ask of its own.

use cluster_api::{
    Access, AuditAction, Autoscale, AutoscalePolicy, Cluster, ClusterChange, ClusterId,
    ClusterStatus, ClusterType, CreateCluster, Event, EventId, IdempotencyKey, IssuedCertificate,
    LedgerEntry, NodeCount, NodeRule, NodeState, Problem, Snapshot, TaskKind, Timestamp, UsualTime,
    UsualTimes,
};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Fault, Service};
use crate::{
    bundle::Bundle,
    certificates::{self, Authority, CLIENT_DAYS},
    reconciler::{Owed, owe, progress},
    store::{
        AccountId, Actor, Change, ClusterRecord, Created, Creation, CredentialRecord, Duty,
        EventDraft, NodeRecord, StoreError,
    },
};

impl Service {
    /// All that a list page shows.
    ///
    /// # Errors
    /// A fault inside.
    pub async fn snapshot(&self, actor: &Actor) -> Result<Snapshot, Fault> {
        // Read first: what is written after it is in the rows or comes as a change, never neither.
        let version = *self.store.changes().borrow();
        Ok(Snapshot {
            version,
            clusters: self.clusters(actor).await?,
            quotas: self.quotas(&actor.account),
            cluster_types: vec![ClusterType::swarm()],
            provisioning: self.provisioner.kind(),
        })
    }

    /// The account's clusters, newest first.
    ///
    /// # Errors
    /// A fault inside.
    pub async fn clusters(&self, actor: &Actor) -> Result<Vec<Cluster>, Fault> {
        let records = self.store.clusters_of(actor.account.id).await?;
        Ok(records.into_iter().map(|record| record.cluster).collect())
    }

    /// One cluster; admins see everybody's.
    ///
    /// # Errors
    /// [`Problem::NotFound`], also for other accounts' clusters; or a fault inside.
    pub async fn cluster(&self, actor: &Actor, id: ClusterId) -> Result<Cluster, Fault> {
        Ok(self.visible(actor, id).await?.cluster)
    }

    /// How long work on clusters usually takes.
    ///
    /// # Errors
    /// A fault inside.
    pub async fn usual(&self) -> Result<UsualTimes, Fault> {
        let provisioning = self.provisioner.kind();
        let mut times = Vec::new();
        for task in TaskKind::ALL {
            let typical_ms = self.store.typical_ms(task, provisioning).await?;
            times.push(UsualTime { task, typical_ms });
        }
        Ok(UsualTimes {
            provisioning,
            times,
        })
    }

    /// Asks for a cluster.
    ///
    /// # Errors
    /// What the request breaks: type, flavor, quota, name; or a fault inside.
    pub async fn create(
        &self,
        actor: &Actor,
        request: &CreateCluster,
        key: Option<&IdempotencyKey>,
    ) -> Result<Cluster, Fault> {
        let cluster_type = ClusterType::swarm();
        if request.cluster_type_id != cluster_type.id || !cluster_type.active {
            return Err(Problem::TypeUnknown.into());
        }
        if !cluster_type.flavors.contains(&request.flavor) {
            return Err(Problem::FlavorUnknown.into());
        }
        self.check_nodes(actor, request.node_count)?;
        if let Some(policy) = &request.autoscale {
            policy
                .check()
                .map_err(|rule| Problem::PolicyInvalid { rule })?;
        }
        let now = self.clock.now();
        let id = ClusterId(Uuid::new_v4());
        let authority = Authority::generate(request.name.as_str(), now)?;
        let purpose = ClusterRecord::ca_purpose(id);
        let ca_key = self.vault.seal(&purpose, expose(authority.key_pem()))?;
        let request_hash: [u8; 32] = Sha256::digest(serde_json::to_vec(request)?).into();
        let nodes: Vec<NodeRecord> = (1..=request.node_count.get())
            .map(|ordinal| NodeRecord::wished(ordinal, self.provisioner.image()))
            .collect();
        let max_clusters = self.quotas(&actor.account).max_clusters;
        let creation = Creation {
            id,
            actor,
            name: &request.name,
            cluster_type: &cluster_type,
            flavor: request.flavor,
            node_count: request.node_count,
            labels: &request.labels,
            autoscale: request.autoscale,
            deletion_protection: request.deletion_protection,
            ca_pem: &authority.certificate_pem,
            ca_key: &ca_key,
            nodes: &nodes,
            max_clusters,
            idempotency: key.map(|key| (key, request_hash)),
            progress: progress(
                &self.store,
                &*self.provisioner,
                TaskKind::Create,
                &nodes,
                now,
            )
            .await?,
        };
        let id = match self.store.create_cluster(creation, now).await? {
            Created::New => {
                tracing::info!(cluster.id = %id, cluster.name = %request.name, account.name = actor.account.username, "cluster asked for");
                self.new_task.notify_one();
                id
            }
            Created::Before(id) => id,
            Created::KeyReused => return Err(Problem::IdempotencyKeyReused.into()),
            Created::NameTaken => return Err(Problem::NameTaken.into()),
            Created::QuotaReached => {
                return Err(Problem::QuotaClusters {
                    limit: max_clusters,
                }
                .into());
            }
        };
        self.cluster(actor, id).await
    }

    /// Asks for another number of nodes. Of a shrink `remove` names the workers that go, by id or name;
    /// nothing there: the last ones.
    ///
    /// # Errors
    /// Not found, over the quota, not possible now, not the workers for that; or a fault inside.
    pub async fn resize(
        &self,
        actor: &Actor,
        id: ClusterId,
        count: NodeCount,
        remove: &[String],
    ) -> Result<(), Fault> {
        self.check_nodes(actor, count)?;
        let (mut change, record) = self.begin(actor, id).await?;
        record.cluster.can_resize()?;
        let before = record.cluster.node_count;
        let leaving = choose(&record.nodes, remove)?;
        let fewer = before.get().saturating_sub(count.get());
        if !leaving.is_empty() && u32::try_from(leaving.len()) != Ok(fewer) {
            return Err(broken(NodeRule::Number));
        }
        if count == before {
            return Ok(());
        }
        let mut message = if count > before {
            format!("Asked to grow by {} to {count}", count.get() - before.get())
        } else {
            format!(
                "Asked to shrink by {} to {count}",
                before.get() - count.get()
            )
        };
        match leaving.as_slice() {
            [] => {}
            [one] => message.push_str(&format!("; node {one} goes")),
            many => {
                let many: Vec<String> = many.iter().map(u32::to_string).collect();
                message.push_str(&format!("; nodes {} go", many.join(", ")));
            }
        }
        // What a person decides stands, for a while at least.
        if record.autoscale.enabled {
            let seconds = record.autoscale.policy.cooldown_s;
            change.pause_autoscale(self.later(seconds)).await?;
            message.push_str(&format!("; autoscaling rests for {seconds} s"));
        }
        let image = self.provisioner.image();
        let nodes = set_size(&mut change, record.nodes, count, &leaving, image).await?;
        let asked = EventDraft::asked(actor, AuditAction::ClusterResize, None, message);
        self.owe(change, TaskKind::Resize, &nodes, asked).await
    }

    /// Asks for another node in the place of a worker, named by id or name. The new one joins before the old
    /// one hands its work over and goes.
    ///
    /// # Errors
    /// Not found, not a worker that stays, not possible now; or a fault inside.
    pub async fn replace_node(
        &self,
        actor: &Actor,
        id: ClusterId,
        node: &str,
    ) -> Result<(), Fault> {
        let (mut change, mut record) = self.begin(actor, id).await?;
        let old = record.nodes.iter_mut().find(|known| known.is_called(node));
        let old = old.ok_or_else(|| broken(NodeRule::Unknown))?;
        record.cluster.can_replace(&old.to_api())?;
        old.state = NodeState::Draining;
        change.put_node(old).await?;
        let old = old.ordinal;
        let image = self.provisioner.image();
        let new = add_node(&mut change, &mut record.nodes, image).await?;
        let message = format!("Asked to replace node {old} by node {new}");
        let asked = EventDraft::asked(actor, AuditAction::NodeReplace, None, message);
        self.owe(change, TaskKind::Repair, &record.nodes, asked)
            .await
    }

    /// Asks for the work of a worker, named by id or name, to move elsewhere and to stay away; or, not `on`, for
    /// it to take work again. That holds until somebody asks for the other, also when its machine is made
    /// anew.
    ///
    /// # Errors
    /// Not found, not a worker that stays, not possible now; or a fault inside.
    pub async fn drain_node(
        &self,
        actor: &Actor,
        id: ClusterId,
        node: &str,
        on: bool,
    ) -> Result<(), Fault> {
        let (mut change, mut record) = self.begin(actor, id).await?;
        let node = record.nodes.iter_mut().find(|known| known.is_called(node));
        let node = node.ok_or_else(|| broken(NodeRule::Unknown))?;
        record.cluster.can_drain(&node.to_api())?;
        if node.is_drained() == on {
            return Ok(());
        }
        let (duty, message) = if on {
            (
                Duty::Draining,
                format!("Asked to drain node {}", node.ordinal),
            )
        } else {
            let message = format!("Asked to give node {} work again", node.ordinal);
            (Duty::Activating, message)
        };
        node.duty = duty;
        change.put_node(node).await?;
        let asked = EventDraft::asked(actor, AuditAction::NodeDrain, None, message);
        self.owe(change, TaskKind::Drain, &record.nodes, asked)
            .await
    }

    /// Asks for its swarm and its certificates to be made anew, out of an error too. Volumes and
    /// containers on the nodes stay; bundles handed out before are refused afterwards.
    ///
    /// # Errors
    /// Not found, not possible now; or a fault inside.
    pub async fn rebuild(&self, actor: &Actor, id: ClusterId) -> Result<(), Fault> {
        let (change, record) = self.begin(actor, id).await?;
        record.cluster.can_rebuild()?;
        let message = "Asked to rebuild it: new certificates and a new swarm; volumes and containers \
                       on the nodes stay";
        let action = AuditAction::ClusterRebuild;
        let asked = EventDraft::asked(actor, action, None, message.to_owned());
        self.renew(change, record, TaskKind::Rebuild, asked).await
    }

    /// Asks for its certificates to be made anew: a new authority, all nodes switched to it, and bundles
    /// handed out before refused from then on.
    ///
    /// # Errors
    /// Not found, not possible now; or a fault inside.
    pub async fn rotate(&self, actor: &Actor, id: ClusterId) -> Result<(), Fault> {
        let (change, record) = self.begin(actor, id).await?;
        record.cluster.can_rotate()?;
        let message = "Asked for new certificates; bundles handed out before will be refused";
        let action = AuditAction::ClusterRotate;
        let asked = EventDraft::asked(actor, action, None, message.to_owned());
        self.renew(change, record, TaskKind::Rotate, asked).await
    }

    async fn renew(
        &self,
        mut change: Change,
        mut record: ClusterRecord,
        kind: TaskKind,
        asked: EventDraft,
    ) -> Result<(), Fault> {
        let id = record.cluster.id;
        let authority = Authority::generate(record.cluster.name.as_str(), self.clock.now())?;
        let purpose = ClusterRecord::ca_purpose(id);
        let ca_key = self.vault.seal(&purpose, expose(authority.key_pem()))?;
        change
            .set_authority(&authority.certificate_pem, &ca_key)
            .await?;
        change.revoke_credentials().await?;
        for node in &mut record.nodes {
            // What was never made or goes anyway gets its certificates when it is made, or needs none.
            if !matches!(node.state, NodeState::Creating | NodeState::Draining) {
                node.state = NodeState::Renewing;
                change.put_node(node).await?;
            }
        }
        self.owe(change, kind, &record.nodes, asked).await
    }

    /// How it scales by itself.
    ///
    /// # Errors
    /// Not found; or a fault inside.
    pub async fn autoscale(&self, actor: &Actor, id: ClusterId) -> Result<Autoscale, Fault> {
        Ok(self.owned(actor, id).await?.autoscale)
    }

    /// Puts autoscaling on or off, with another policy if one is given.
    ///
    /// # Errors
    /// Not found, being deleted already, [`Problem::PolicyInvalid`]; or a fault inside.
    pub async fn set_autoscale(
        &self,
        actor: &Actor,
        id: ClusterId,
        enabled: bool,
        policy: Option<AutoscalePolicy>,
    ) -> Result<Autoscale, Fault> {
        let (mut change, record) = self.begin(actor, id).await?;
        record.cluster.can_change()?;
        let before = record.autoscale;
        let is_first = !before.enabled && before.policy == AutoscalePolicy::default();
        let policy = match policy {
            Some(policy) => policy,
            None if enabled && is_first => AutoscalePolicy::of_size(record.cluster.node_count),
            None => before.policy,
        };
        policy
            .check()
            .map_err(|rule| Problem::PolicyInvalid { rule })?;
        if (before.enabled, before.policy) == (enabled, policy) {
            return Ok(before);
        }
        change.set_autoscale(enabled, &policy).await?;
        let message = match (enabled, before.enabled) {
            (true, false) => "Autoscaling on".to_owned(),
            (false, true) => "Autoscaling off".to_owned(),
            _ => "Autoscaling with another policy".to_owned(),
        };
        change
            .record(EventDraft {
                detail: Some(serde_json::to_string(&policy)?),
                ..EventDraft::asked(actor, AuditAction::ClusterAutoscale, None, message)
            })
            .await?;
        self.store.commit(change).await?;
        self.autoscale(actor, id).await
    }

    /// Asks for the failed task to be tried again.
    ///
    /// # Errors
    /// Not found, not possible now; or a fault inside.
    pub async fn retry(&self, actor: &Actor, id: ClusterId) -> Result<(), Fault> {
        let (mut change, record) = self.begin(actor, id).await?;
        record.cluster.can_retry()?;
        // A cluster in error without a failed task was never written by us; making it whole is right.
        let kind = change.failed_task().await?.unwrap_or(TaskKind::Resize);
        let message = format!("Asked to try the {} again", kind.as_str());
        let asked = EventDraft::asked(actor, AuditAction::ClusterRetry, None, message);
        self.owe(change, kind, &record.nodes, asked).await
    }

    /// Changes what a cluster is called, what is written on it, and whether it is protected against
    /// deletion. Its machines keep the names they have.
    ///
    /// # Errors
    /// Not found, being deleted already, [`Problem::NameTaken`]; or a fault inside.
    pub async fn change(
        &self,
        actor: &Actor,
        id: ClusterId,
        wish: &ClusterChange,
    ) -> Result<Cluster, Fault> {
        let (mut change, record) = self.begin(actor, id).await?;
        let cluster = record.cluster;
        cluster.can_change()?;
        let mut messages = Vec::new();
        if let Some(name) = wish.name.as_ref().filter(|name| **name != cluster.name) {
            if !change.rename(name).await? {
                return Err(Problem::NameTaken.into());
            }
            let message = format!("Renamed from {} to {name}", cluster.name);
            messages.push((AuditAction::ClusterRename, message));
        }
        if let Some(labels) = wish.labels.as_ref().filter(|it| **it != cluster.labels) {
            change.set_labels(labels).await?;
            let message = "Labels changed".to_owned();
            messages.push((AuditAction::ClusterLabel, message));
        }
        if let Some(on) = wish
            .deletion_protection
            .filter(|on| *on != cluster.deletion_protection)
        {
            change.set_protection(on).await?;
            let message = if on {
                "Protected against deletion"
            } else {
                "No longer protected against deletion"
            };
            messages.push((AuditAction::ClusterProtect, message.to_owned()));
        }
        if messages.is_empty() {
            return Ok(cluster);
        }
        for (action, message) in messages {
            change
                .record(EventDraft::asked(actor, action, None, message))
                .await?;
        }
        self.store.commit(change).await?;
        self.cluster(actor, id).await
    }

    /// Asks for the end of a cluster.
    ///
    /// # Errors
    /// Not found, already being deleted; or a fault inside.
    pub async fn delete(&self, actor: &Actor, id: ClusterId) -> Result<Cluster, Fault> {
        let (change, record) = self.begin(actor, id).await?;
        record.cluster.can_delete()?;
        let message = "Asked to delete it".to_owned();
        let asked = EventDraft::asked(actor, AuditAction::ClusterDelete, None, message);
        self.owe(change, TaskKind::Delete, &record.nodes, asked)
            .await?;
        // The reconciler can be done before we look again: then this is the last that was seen of it.
        match self.cluster(actor, id).await {
            Err(Fault::Problem(Problem::NotFound)) => Ok(Cluster {
                status: ClusterStatus::Deleting,
                ..record.cluster
            }),
            other => other,
        }
    }

    /// All about a cluster's credentials but the secrets.
    ///
    /// # Errors
    /// Not found, not ready; or a fault inside.
    pub async fn access(&self, actor: &Actor, id: ClusterId) -> Result<Access, Fault> {
        let record = self.owned(actor, id).await?;
        record.cluster.can_access()?;
        Ok(Access {
            endpoint: record.cluster.endpoint.unwrap_or_default(),
            ca_fingerprint: certificates::fingerprint(&record.ca_pem)?,
            ca_expires_at: certificates::authority_end(record.ca_made_at),
            certificate_days: CLIENT_DAYS,
            last_issued: self.store.last_credential(id).await?,
        })
    }

    /// Makes a client certificate and packs the bundle around it: the cluster's name and the zip.
    ///
    /// # Errors
    /// Not found, not ready; or a fault inside.
    pub async fn credentials_zip(
        &self,
        actor: &Actor,
        id: ClusterId,
    ) -> Result<(String, Vec<u8>), Fault> {
        let record = self.owned(actor, id).await?;
        record.cluster.can_access()?;
        let now = self.clock.now();
        let key = self
            .vault
            .open_sealed(&ClusterRecord::ca_purpose(id), &record.ca_key)?;
        let authority = Authority::from_parts(record.ca_pem.clone(), key);
        let client = authority.issue_client(&actor.account.username, CLIENT_DAYS, now)?;
        let fingerprint = certificates::fingerprint(&client.certificate_pem)?;
        let manager = record.nodes.first();
        let zip = Bundle {
            name: &record.cluster.name,
            endpoint: record.cluster.endpoint.as_deref().unwrap_or_default(),
            engine_version: manager
                .and_then(|node| node.engine_version.as_deref())
                .unwrap_or_default(),
            ca_pem: &record.ca_pem,
            client: &client,
            fingerprint: &fingerprint,
            now,
        }
        .to_zip()?;
        let issued = IssuedCertificate {
            serial: client.serial,
            fingerprint,
            issued_at: now,
            expires_at: client.expires_at,
        };
        let credential = CredentialRecord {
            cluster_id: id,
            actor,
            issued: &issued,
        };
        self.store.add_credential(credential).await?;
        tracing::info!(cluster.id = %id, account.name = actor.account.username, certificate.serial = issued.serial, "credentials handed out");
        Ok((record.cluster.name.to_string(), zip))
    }

    /// The certificates that were handed out for a cluster, newest first.
    ///
    /// # Errors
    /// Not found; or a fault inside.
    pub async fn ledger(&self, actor: &Actor, id: ClusterId) -> Result<Vec<LedgerEntry>, Fault> {
        self.owned(actor, id).await?;
        Ok(self.store.ledger(id).await?)
    }

    /// What changed for an account from `first` on: the events, and the clusters as they were just then.
    ///
    /// # Errors
    /// A fault inside.
    pub async fn changes(
        &self,
        account: AccountId,
        first: EventId,
        limit: u32,
    ) -> Result<(Vec<Event>, Vec<Cluster>), Fault> {
        let (events, clusters) = self.store.changes_from(account, first, limit).await?;
        Ok((
            events,
            clusters.into_iter().map(|record| record.cluster).collect(),
        ))
    }

    /// A cluster that the account may look at: its own; admins everybody's.
    pub(super) async fn visible(
        &self,
        actor: &Actor,
        id: ClusterId,
    ) -> Result<ClusterRecord, Fault> {
        if actor.is_admin() {
            let record = self.store.cluster(id).await?;
            return record.ok_or_else(|| Problem::NotFound.into());
        }
        self.owned(actor, id).await
    }

    /// A cluster of the account's own.
    pub(super) async fn owned(&self, actor: &Actor, id: ClusterId) -> Result<ClusterRecord, Fault> {
        let record = self.store.cluster(id).await?;
        record
            .filter(|record| record.account_id == actor.account.id)
            .ok_or_else(|| Problem::NotFound.into())
    }

    /// Begins a change of a cluster of the account's own.
    async fn begin(&self, actor: &Actor, id: ClusterId) -> Result<(Change, ClusterRecord), Fault> {
        let mut change = self.store.change(id, self.clock.now()).await?;
        let record = change.current().await?;
        let record = record.filter(|record| record.account_id == actor.account.id);
        Ok((change, record.ok_or(Problem::NotFound)?))
    }

    /// Ends a change with a task for the reconciler.
    async fn owe(
        &self,
        change: Change,
        kind: TaskKind,
        nodes: &[NodeRecord],
        asked: EventDraft,
    ) -> Result<(), Fault> {
        let owed = Owed {
            kind,
            nodes,
            provisioner: &*self.provisioner,
            gentle: false,
            event: asked,
        };
        owe(&self.store, change, owed, self.clock.now()).await?;
        self.new_task.notify_one();
        Ok(())
    }

    fn later(&self, seconds: u32) -> Timestamp {
        let span = jiff::SignedDuration::from_secs(seconds.into());
        self.clock
            .now()
            .saturating_add(span)
            .unwrap_or(Timestamp::MAX)
    }

    fn check_nodes(&self, actor: &Actor, count: NodeCount) -> Result<(), Problem> {
        let limit = self.quotas(&actor.account).max_nodes_per_cluster;
        if count > limit {
            Err(Problem::QuotaNodes { limit })
        } else {
            Ok(())
        }
    }
}

/// Writes down how many nodes there are to be, and which come or go for it: those of `leaving`, by their
/// places; nothing there: the last ones.
pub(crate) async fn set_size(
    change: &mut Change,
    mut nodes: Vec<NodeRecord>,
    count: NodeCount,
    leaving: &[u32],
    image: &str,
) -> Result<Vec<NodeRecord>, StoreError> {
    let wished: Vec<u32> = nodes
        .iter()
        .filter(|node| node.is_wished())
        .map(|node| node.ordinal)
        .collect();
    let kept = usize::try_from(count.get()).unwrap_or(usize::MAX);
    let leaving = match leaving {
        [] => wished.get(kept..).unwrap_or_default(),
        chosen => chosen,
    };
    for node in nodes
        .iter_mut()
        .filter(|node| leaving.contains(&node.ordinal))
    {
        node.state = NodeState::Draining;
        change.put_node(node).await?;
    }
    for _ in wished.len()..kept {
        add_node(change, &mut nodes, image).await?;
    }
    change.set_node_count(count).await?;
    Ok(nodes)
}

/// One node more is to be there, at the first place that is free.
async fn add_node(
    change: &mut Change,
    nodes: &mut Vec<NodeRecord>,
    image: &str,
) -> Result<u32, StoreError> {
    let is_free = |ordinal: &u32| nodes.iter().all(|node| node.ordinal != *ordinal);
    let ordinal = (1..).find(is_free).unwrap_or(u32::MAX);
    let node = NodeRecord::wished(ordinal, image);
    change.put_node(&node).await?;
    nodes.push(node);
    nodes.sort_by_key(|node| node.ordinal);
    Ok(ordinal)
}

/// The places of the workers that somebody named, by id or name.
fn choose(nodes: &[NodeRecord], named: &[String]) -> Result<Vec<u32>, Problem> {
    let mut chosen = Vec::new();
    for name in named {
        let mut nodes = nodes.iter();
        let node = nodes.find(|node| node.is_called(name));
        let node = node.ok_or(Problem::NodeInvalid {
            rule: NodeRule::Unknown,
        })?;
        node.to_api().can_remove()?;
        chosen.push(node.ordinal);
    }
    chosen.sort_unstable();
    chosen.dedup();
    Ok(chosen)
}

fn broken(rule: NodeRule) -> Fault {
    Problem::NodeInvalid { rule }.into()
}

fn expose(secret: &SecretString) -> &str {
    secrecy::ExposeSecret::expose_secret(secret)
}
