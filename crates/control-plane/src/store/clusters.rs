//! Clusters and their nodes: reading them, and changing them together with the journal.

use std::collections::HashMap;

use cluster_api::{
    AccountId, AuditAction, Autoscale, AutoscalePolicy, Cluster, ClusterId, ClusterName,
    ClusterStatus, ClusterType, Event, EventId, EventKind, Flavor, IdempotencyKey, Labels, Node,
    NodeCount, NodeId, NodeRole, NodeState, Progress, Reason, TaskId, TaskKind, Timestamp,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Actor, AuditDraft, Result, Store, StoreError, audit,
    convert::{self, Word},
    events,
};

/// A cluster as it is kept.
#[derive(Clone, Debug)]
pub struct ClusterRecord {
    /// What the API shows of it.
    pub cluster: Cluster,
    /// Whose it is.
    pub account_id: AccountId,
    /// The certificate of its authority, as PEM.
    pub ca_pem: String,
    /// The key of its authority, sealed for [`ClusterRecord::ca_purpose`].
    pub ca_key: Vec<u8>,
    /// When its authority was made.
    pub ca_made_at: Timestamp,
    /// The certificate and the sealed key of the authority before, while nodes may still use it.
    pub old_ca: Option<(String, Vec<u8>)>,
    /// The name its machines go by: the one it was made with.
    pub made_as: ClusterName,
    /// How it scales by itself, if that is on.
    pub autoscale: Autoscale,
    /// Its nodes, the manager first, with what the API does not show.
    pub nodes: Vec<NodeRecord>,
}

impl ClusterRecord {
    /// What the authority's key is sealed for.
    #[must_use]
    pub fn ca_purpose(id: ClusterId) -> String {
        format!("CA key of cluster {id}")
    }
}

/// A node as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct NodeRecord {
    /// Its identity.
    pub id: NodeId,
    /// 1 is the manager.
    pub ordinal: u32,
    /// How it is.
    pub state: NodeState,
    /// Its address in the cluster's network.
    pub address: Option<String>,
    /// The port of its Docker API on the host.
    pub api_port: Option<u16>,
    /// The image it was made from.
    pub image: String,
    /// The version of its engine.
    pub engine_version: Option<String>,
}

impl NodeRecord {
    /// A node that is wished and not there yet.
    #[must_use]
    pub fn wished(ordinal: u32, image: &str) -> Self {
        Self {
            id: NodeId(Uuid::new_v4()),
            ordinal,
            state: NodeState::Creating,
            address: None,
            api_port: None,
            image: image.to_owned(),
            engine_version: None,
        }
    }

    /// Its host name in the cluster.
    #[must_use]
    pub fn name(&self) -> String {
        format!("node-{}", self.ordinal)
    }

    /// What it does in the swarm.
    #[must_use]
    pub const fn role(&self) -> NodeRole {
        if self.ordinal == 1 {
            NodeRole::Manager
        } else {
            NodeRole::Worker
        }
    }

    fn to_api(&self) -> Node {
        Node {
            id: self.id,
            name: self.name(),
            role: self.role(),
            state: self.state,
            address: self.address.clone(),
            image: self.image.clone(),
            engine_version: self.engine_version.clone(),
        }
    }
}

/// A cluster on which nothing is being done, as far as it takes to look after its nodes.
#[derive(Clone, Debug)]
pub struct SettledCluster {
    /// Its identity.
    pub id: ClusterId,
    /// When its authority was made.
    pub ca_made_at: Timestamp,
    /// Its nodes that should answer.
    pub nodes: Vec<NodeRecord>,
}

/// What is needed to write a new cluster down.
pub struct Creation<'a> {
    /// Its identity.
    pub id: ClusterId,
    /// Who asks for it, and has it.
    pub actor: &'a Actor,
    /// Its name.
    pub name: &'a ClusterName,
    /// What it is made of.
    pub cluster_type: &'a ClusterType,
    /// The size of its nodes.
    pub flavor: Flavor,
    /// How many nodes it is to have.
    pub node_count: NodeCount,
    /// What its owner wrote on it.
    pub labels: &'a Labels,
    /// How it scales by itself, if it does.
    pub autoscale: Option<AutoscalePolicy>,
    /// Whether it is protected against deletion.
    pub deletion_protection: bool,
    /// The certificate of its authority, as PEM.
    pub ca_pem: &'a str,
    /// The key of its authority, sealed.
    pub ca_key: &'a [u8],
    /// Its nodes, all of them only wished yet.
    pub nodes: &'a [NodeRecord],
    /// How far its task is: at the beginning. The task gets its id here.
    pub progress: Progress,
    /// How many clusters the account may have.
    pub max_clusters: u32,
    /// The key that makes it happen once, with a hash of the request.
    pub idempotency: Option<(&'a IdempotencyKey, [u8; 32])>,
}

/// How a creation went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// It was written down.
    New,
    /// The same request was made before, for this cluster.
    Before(ClusterId),
    /// The key was used for another request.
    KeyReused,
    /// The account has a cluster of that name.
    NameTaken,
    /// The account has as many as it may have.
    QuotaReached,
}

/// An entry for the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventDraft {
    /// Who asked, and for what, which goes into the audit log too; None: the control plane did it by
    /// itself.
    pub asked: Option<(Actor, AuditAction)>,
    /// The task it belongs to.
    pub task_id: Option<TaskId>,
    /// What sort of thing happened.
    pub kind: EventKind,
    /// One sentence without a full stop.
    pub message: String,
    /// The engine's own words.
    pub detail: Option<String>,
    /// How long it took.
    pub duration_ms: Option<u64>,
}

impl EventDraft {
    /// Somebody asked for something, in one sentence without a full stop.
    #[must_use]
    pub fn asked(
        actor: &Actor,
        action: AuditAction,
        task_id: Option<TaskId>,
        message: String,
    ) -> Self {
        Self {
            asked: Some((actor.clone(), action)),
            task_id,
            kind: EventKind::Requested,
            message,
            detail: None,
            duration_ms: None,
        }
    }

    /// The control plane did or saw something by itself.
    #[must_use]
    pub const fn of_itself(kind: EventKind, task_id: Option<TaskId>, message: String) -> Self {
        Self {
            asked: None,
            task_id,
            kind,
            message,
            detail: None,
            duration_ms: None,
        }
    }
}

pub(super) const COLUMNS: &str = "SELECT id, account_id, name, made_as, flavor, node_count, status, labels, \
                       deletion_protection, endpoint, progress, reason, autoscale, autoscale_policy, \
                       autoscale_paused_until, autoscale_checked_at, autoscale_found, ca_pem, ca_key, \
                       ca_made_at, old_ca_pem, old_ca_key, created_at, updated_at, version \
                       FROM clusters";

const NODE_COLUMNS: &str = "SELECT id, cluster_id, ordinal, state, address, api_port, image, \
                            engine_version FROM nodes";

impl Store {
    /// Writes a new cluster down with its nodes, its task and its first event, in one transaction, if
    /// nothing stands against it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn create_cluster(&self, creation: Creation<'_>, now: Timestamp) -> Result<Created> {
        let mut tx = self.writer.begin().await?;
        let account = creation.actor.account.id.to_string();
        if let Some((key, request_hash)) = creation.idempotency {
            let known: Option<(Vec<u8>, String)> = sqlx::query_as(
                "SELECT request_hash, cluster_id FROM idempotency WHERE account_id = ? AND key = ?",
            )
            .bind(&account)
            .bind(key.as_str())
            .fetch_optional(&mut *tx)
            .await?;
            match known {
                Some((hash, cluster)) if hash == request_hash => {
                    return Ok(Created::Before(convert::id(&cluster)?));
                }
                Some(_) => return Ok(Created::KeyReused),
                None => {
                    sqlx::query(
                        "INSERT INTO idempotency (account_id, key, request_hash, cluster_id, created_at)
                         VALUES (?, ?, ?, ?, ?)",
                    )
                    .bind(&account)
                    .bind(key.as_str())
                    .bind(request_hash.as_slice())
                    .bind(creation.id.to_string())
                    .bind(now.as_microsecond())
                    .execute(&mut *tx)
                    .await?;
                }
            }
        }
        let (clusters, of_that_name): (i64, i64) = sqlx::query_as(
            "SELECT count(*), count(*) FILTER (WHERE name = ?) FROM clusters
             WHERE account_id = ? AND status <> 'deleted'",
        )
        .bind(creation.name.as_str())
        .bind(&account)
        .fetch_one(&mut *tx)
        .await?;
        if of_that_name > 0 {
            return Ok(Created::NameTaken);
        }
        if clusters >= i64::from(creation.max_clusters) {
            return Ok(Created::QuotaReached);
        }
        sqlx::query(
            "INSERT INTO clusters (id, account_id, name, made_as, type_id, flavor, node_count, status,
                                   ca_pem, ca_key, ca_made_at, created_at, updated_at, version,
                                   labels, autoscale, autoscale_policy, deletion_protection)
             VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, 'creating', ?7, ?8, ?9, ?9, ?9, 0, ?10, ?11, ?12, ?13)",
        )
        .bind(creation.id.to_string())
        .bind(&account)
        .bind(creation.name.as_str())
        .bind(creation.cluster_type.id.0)
        .bind(creation.flavor.name())
        .bind(creation.node_count.get())
        .bind(creation.ca_pem)
        .bind(creation.ca_key)
        .bind(now.as_microsecond())
        .bind(serde_json::to_string(creation.labels)?)
        .bind(creation.autoscale.is_some())
        .bind(creation.autoscale.map(|policy| serde_json::to_string(&policy)).transpose()?)
        .bind(creation.deletion_protection)
        .execute(&mut *tx)
        .await?;
        let mut change = Change::within(tx, creation.id, now);
        for node in creation.nodes {
            change.put_node(node).await?;
        }
        let task_id = change.open_task(TaskKind::Create, false).await?;
        change
            .set_progress(&Progress {
                task_id,
                ..creation.progress
            })
            .await?;
        change
            .record(EventDraft::asked(
                creation.actor,
                AuditAction::ClusterCreate,
                Some(task_id),
                format!("Asked for: {} of {}", creation.node_count, creation.flavor),
            ))
            .await?;
        self.commit(change).await?;
        Ok(Created::New)
    }

    /// Begins a change of one cluster. Nothing is kept before [`Store::commit`].
    ///
    /// # Errors
    /// The database failed.
    pub async fn change(&self, id: ClusterId, now: Timestamp) -> Result<Change> {
        Ok(Change::within(self.writer.begin().await?, id, now))
    }

    /// Ends a change: all of it is on the disk, and watchers know.
    ///
    /// # Errors
    /// The database failed; nothing was kept.
    pub async fn commit(&self, change: Change) -> Result<()> {
        change.tx.commit().await?;
        self.announce(change.last);
        Ok(())
    }

    /// A cluster that is not deleted, whosever it is. For the reconciler.
    ///
    /// # Errors
    /// The database failed.
    pub async fn cluster(&self, id: ClusterId) -> Result<Option<ClusterRecord>> {
        let mut records = self
            .records(
                sqlx::query(&format!("{COLUMNS} WHERE id = ? AND status <> 'deleted'"))
                    .bind(id.to_string()),
            )
            .await?;
        Ok(records.pop())
    }

    /// The clusters that scale by themselves and could do so now.
    ///
    /// # Errors
    /// The database failed.
    pub async fn autoscaled(&self) -> Result<Vec<ClusterRecord>> {
        self.records(sqlx::query(&format!(
            "{COLUMNS} WHERE status = 'active' AND autoscale = 1"
        )))
        .await
    }

    /// Notes what the autoscaler found, for whoever asks. That is no event: it happens all the time.
    ///
    /// # Errors
    /// The database failed.
    pub async fn note_autoscale(&self, id: ClusterId, now: Timestamp, found: &str) -> Result<()> {
        sqlx::query(
            "UPDATE clusters SET autoscale_checked_at = ?, autoscale_found = ? WHERE id = ?",
        )
        .bind(now.as_microsecond())
        .bind(found)
        .bind(id.to_string())
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// The nodes that should be there and answer: those of clusters on which nothing is being done.
    ///
    /// # Errors
    /// The database failed.
    pub async fn settled_clusters(&self) -> Result<Vec<SettledCluster>> {
        let rows = sqlx::query(
            "SELECT nodes.id, cluster_id, ordinal, state, address, api_port, image, engine_version,
                    ca_made_at
             FROM clusters JOIN nodes ON cluster_id = clusters.id
             WHERE status = 'active' AND state = 'ready' ORDER BY cluster_id, ordinal",
        )
        .fetch_all(&self.reader)
        .await?;
        let mut clusters: Vec<SettledCluster> = Vec::new();
        for row in &rows {
            let id = convert::id(row.try_get("cluster_id")?)?;
            let node = node(row)?;
            match clusters.last_mut().filter(|last| last.id == id) {
                Some(last) => last.nodes.push(node),
                None => clusters.push(SettledCluster {
                    id,
                    ca_made_at: convert::moment(row.try_get("ca_made_at")?)?,
                    nodes: vec![node],
                }),
            }
        }
        Ok(clusters)
    }

    /// An account's clusters, newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn clusters_of(&self, account: AccountId) -> Result<Vec<ClusterRecord>> {
        self.records(
            sqlx::query(&format!(
                "{COLUMNS} WHERE account_id = ? AND status <> 'deleted'
                 ORDER BY created_at DESC, id"
            ))
            .bind(account.to_string()),
        )
        .await
    }

    /// All clusters that are not deleted, whosever they are. For those who look inside.
    ///
    /// # Errors
    /// The database failed.
    pub async fn all_clusters(&self) -> Result<Vec<ClusterRecord>> {
        let all = format!("{COLUMNS} WHERE status <> 'deleted' ORDER BY id");
        self.records(sqlx::query(&all)).await
    }

    /// What happened to an account's clusters from `first` on: at most `limit` events, oldest first,
    /// and the clusters that changed since, deleted ones too, by their version.
    ///
    /// Both are of one moment. Read one after the other, a row could carry the version of an event that
    /// was not among the events, and who resumed after that version would never see it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn changes_from(
        &self,
        account: AccountId,
        first: EventId,
        limit: u32,
    ) -> Result<(Vec<Event>, Vec<ClusterRecord>)> {
        let mut tx = self.reader.begin().await?;
        let events = events::from(&mut tx, account, first, limit).await?;
        let clusters = records(
            &mut tx,
            sqlx::query(&format!(
                "{COLUMNS} WHERE account_id = ? AND version >= ? ORDER BY version"
            ))
            .bind(account.to_string())
            .bind(first.0),
        )
        .await?;
        Ok((events, clusters))
    }

    async fn records<'q>(
        &self,
        query: sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments<'q>>,
    ) -> Result<Vec<ClusterRecord>> {
        // Rows and nodes of one moment: a reader's transaction sees a single state (WAL).
        let mut tx = self.reader.begin().await?;
        records(&mut tx, query).await
    }

    /// Forgets what nobody needs any more: idempotency keys after a day, deliveries after a week,
    /// deleted clusters with all that was known of them, API keys that are over and the tickets of
    /// closed accounts after a month, resolved tickets after a year. The audit log keeps all.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_old(&self, now: Timestamp) -> Result<()> {
        let before = |hours| (now - jiff::SignedDuration::from_hours(hours)).as_microsecond();
        let mut tx = self.writer.begin().await?;
        sqlx::query("DELETE FROM idempotency WHERE created_at < ?")
            .bind(before(24))
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM deliveries WHERE created_at < ? AND state <> 'pending'")
            .bind(before(7 * 24))
            .execute(&mut *tx)
            .await?;
        let old_tickets = "(state = 'resolved' AND updated_at < ?1) OR account_id IN
                           (SELECT id FROM accounts WHERE deleted_at < ?2)";
        for statement in [
            format!(
                "DELETE FROM ticket_notes WHERE ticket_id IN
                    (SELECT id FROM tickets WHERE {old_tickets})"
            ),
            format!("DELETE FROM tickets WHERE {old_tickets}"),
        ] {
            sqlx::query(&statement)
                .bind(before(365 * 24))
                .bind(before(30 * 24))
                .execute(&mut *tx)
                .await?;
        }
        for table in ["events", "credentials", "tasks", "nodes"] {
            sqlx::query(&format!(
                "DELETE FROM {table} WHERE cluster_id IN
                    (SELECT id FROM clusters WHERE status = 'deleted' AND updated_at < ?)"
            ))
            .bind(before(30 * 24))
            .execute(&mut *tx)
            .await?;
        }
        sqlx::query("DELETE FROM clusters WHERE status = 'deleted' AND updated_at < ?")
            .bind(before(30 * 24))
            .execute(&mut *tx)
            .await?;
        for statement in [
            // They ended with their keys; nobody may have signed in since, which is when they are swept.
            "DELETE FROM tokens WHERE key_id IN
                (SELECT id FROM api_keys WHERE coalesce(revoked_at, expires_at) < ?)",
            "DELETE FROM api_keys WHERE coalesce(revoked_at, expires_at) < ?",
        ] {
            sqlx::query(statement)
                .bind(before(30 * 24))
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }
}

/// A change of one cluster in the making: rows first, then the event that tells of them.
pub struct Change {
    pub(super) tx: Transaction<'static, Sqlite>,
    pub(super) id: ClusterId,
    pub(super) now: Timestamp,
    last: EventId,
}

impl Change {
    /// A change that is part of a larger transaction.
    pub(super) fn within(tx: Transaction<'static, Sqlite>, id: ClusterId, now: Timestamp) -> Self {
        Self {
            tx,
            id,
            now,
            last: EventId::default(),
        }
    }

    /// The transaction to go on with, and the event that is to be announced after its commit.
    pub(super) fn into_parts(self) -> (Transaction<'static, Sqlite>, EventId) {
        (self.tx, self.last)
    }

    /// The cluster as it is within this change, or None when it is gone. Writers queue, so what was
    /// read here still holds when the change is committed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn current(&mut self) -> Result<Option<ClusterRecord>> {
        let row = sqlx::query(&format!("{COLUMNS} WHERE id = ? AND status <> 'deleted'"))
            .bind(self.id.to_string())
            .fetch_optional(&mut *self.tx)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let nodes = sqlx::query(&format!(
            "{NODE_COLUMNS} WHERE cluster_id = ? ORDER BY ordinal"
        ))
        .bind(self.id.to_string())
        .fetch_all(&mut *self.tx)
        .await?
        .iter()
        .map(node)
        .collect::<Result<_>>()?;
        record(&row, nodes).map(Some)
    }

    /// Sets the status; the reason and the progress that belonged to the old one go.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_status(&mut self, status: ClusterStatus) -> Result<()> {
        sqlx::query("UPDATE clusters SET status = ?, reason = NULL, progress = NULL WHERE id = ?")
            .bind(status.to_word())
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Sets what is happening.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_progress(&mut self, progress: &Progress) -> Result<()> {
        self.set_json("progress", Some(progress)).await
    }

    /// Sets or clears why it is not as it should be.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_reason(&mut self, reason: Option<&Reason>) -> Result<()> {
        self.set_json("reason", reason).await
    }

    async fn set_json<T: Serialize>(&mut self, column: &str, value: Option<&T>) -> Result<()> {
        let json = value.map(serde_json::to_string).transpose()?;
        sqlx::query(&format!("UPDATE clusters SET {column} = ? WHERE id = ?"))
            .bind(json)
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Sets how many nodes are wished.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_node_count(&mut self, count: NodeCount) -> Result<()> {
        sqlx::query("UPDATE clusters SET node_count = ? WHERE id = ?")
            .bind(count.get())
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Gives it another name. `false`: the account has a cluster of that name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn rename(&mut self, name: &ClusterName) -> Result<bool> {
        let result = sqlx::query(
            "UPDATE clusters SET name = ?1 WHERE id = ?2 AND NOT EXISTS
                (SELECT 1 FROM clusters AS other WHERE other.account_id = clusters.account_id
                 AND other.name = ?1 AND other.id <> ?2 AND other.status <> 'deleted')",
        )
        .bind(name.as_str())
        .bind(self.id.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(result.rows_affected() == 1)
    }

    /// Sets its labels.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_labels(&mut self, labels: &Labels) -> Result<()> {
        self.set_json("labels", Some(labels)).await
    }

    /// Sets whether and how it scales by itself. What was found before counts no more.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_autoscale(&mut self, enabled: bool, policy: &AutoscalePolicy) -> Result<()> {
        sqlx::query(
            "UPDATE clusters SET autoscale = ?, autoscale_policy = ?, autoscale_checked_at = NULL,
                autoscale_found = NULL, autoscale_paused_until = NULL WHERE id = ?",
        )
        .bind(enabled)
        .bind(serde_json::to_string(policy)?)
        .bind(self.id.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// It does not scale by itself before that moment.
    ///
    /// # Errors
    /// The database failed.
    pub async fn pause_autoscale(&mut self, until: Timestamp) -> Result<()> {
        sqlx::query("UPDATE clusters SET autoscale_paused_until = ? WHERE id = ?")
            .bind(until.as_microsecond())
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Gives it a new authority. The one before is kept until [`Change::forget_old_authority`]: there
    /// are nodes that answer to it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_authority(&mut self, ca_pem: &str, ca_key: &[u8]) -> Result<()> {
        sqlx::query(
            "UPDATE clusters SET old_ca_pem = ca_pem, old_ca_key = ca_key, ca_pem = ?, ca_key = ?,
                ca_made_at = ? WHERE id = ?",
        )
        .bind(ca_pem)
        .bind(ca_key)
        .bind(self.now.as_microsecond())
        .bind(self.id.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// No node answers to the authority before this one any more.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_old_authority(&mut self) -> Result<()> {
        sqlx::query("UPDATE clusters SET old_ca_pem = NULL, old_ca_key = NULL WHERE id = ?")
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Sets whether it is protected against deletion.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_protection(&mut self, on: bool) -> Result<()> {
        sqlx::query("UPDATE clusters SET deletion_protection = ? WHERE id = ?")
            .bind(on)
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Sets where the Docker API answers.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_endpoint(&mut self, endpoint: &str) -> Result<()> {
        sqlx::query("UPDATE clusters SET endpoint = ? WHERE id = ?")
            .bind(endpoint)
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Adds a node, or replaces what is known of it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_node(&mut self, node: &NodeRecord) -> Result<()> {
        sqlx::query(
            "INSERT INTO nodes (id, cluster_id, ordinal, state, address, api_port, image, engine_version)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, address = excluded.address,
                api_port = excluded.api_port, image = excluded.image,
                engine_version = excluded.engine_version",
        )
        .bind(node.id.to_string())
        .bind(self.id.to_string())
        .bind(node.ordinal)
        .bind(node.state.to_word())
        .bind(&node.address)
        .bind(node.api_port)
        .bind(&node.image)
        .bind(&node.engine_version)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Forgets a node.
    ///
    /// # Errors
    /// The database failed.
    pub async fn drop_node(&mut self, id: NodeId) -> Result<()> {
        sqlx::query("DELETE FROM nodes WHERE id = ?")
            .bind(id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Forgets the key of the authority: nothing is signed for a cluster that is gone.
    ///
    /// # Errors
    /// The database failed.
    pub async fn drop_ca_key(&mut self) -> Result<()> {
        sqlx::query("UPDATE clusters SET ca_key = x'', old_ca_key = NULL WHERE id = ?")
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Owes the cluster a new task. What was open before is dropped: the new wish stands for both. A
    /// gentle one leaves a node where it is when its work finds no other place.
    ///
    /// # Errors
    /// The database failed.
    pub async fn open_task(&mut self, kind: TaskKind, gentle: bool) -> Result<TaskId> {
        self.end_tasks("dropped").await?;
        let id = TaskId(Uuid::new_v4());
        sqlx::query(
            "INSERT INTO tasks (id, cluster_id, kind, state, created_at, gentle)
             VALUES (?, ?, ?, 'open', ?, ?)",
        )
        .bind(id.to_string())
        .bind(self.id.to_string())
        .bind(kind.to_word())
        .bind(self.now.as_microsecond())
        .bind(gentle)
        .execute(&mut *self.tx)
        .await?;
        Ok(id)
    }

    /// Whether a task is still the one that the cluster is owed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_open(&mut self, id: TaskId) -> Result<bool> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM tasks WHERE id = ? AND state = 'open')",
        )
        .bind(id.to_string())
        .fetch_one(&mut *self.tx)
        .await?)
    }

    /// The kind of the task that failed last: by its place in the table, for clocks go back.
    ///
    /// # Errors
    /// The database failed.
    pub async fn failed_task(&mut self) -> Result<Option<TaskKind>> {
        let kind: Option<String> = sqlx::query_scalar(
            "SELECT kind FROM tasks WHERE cluster_id = ? AND state = 'failed'
             ORDER BY rowid DESC LIMIT 1",
        )
        .bind(self.id.to_string())
        .fetch_optional(&mut *self.tx)
        .await?;
        kind.as_deref()
            .map(|kind| convert::word("task kind", kind))
            .transpose()
    }

    /// Ends the open task well.
    ///
    /// # Errors
    /// The database failed.
    pub async fn finish_task(&mut self) -> Result<()> {
        self.end_tasks("done").await
    }

    /// Ends the open task badly.
    ///
    /// # Errors
    /// The database failed.
    pub async fn fail_task(&mut self) -> Result<()> {
        self.end_tasks("failed").await
    }

    async fn end_tasks(&mut self, state: &str) -> Result<()> {
        sqlx::query(
            "UPDATE tasks SET state = ?, finished_at = ? WHERE cluster_id = ? AND state = 'open'",
        )
        .bind(state)
        .bind(self.now.as_microsecond())
        .bind(self.id.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Writes an event; its number becomes the version of the cluster. What somebody asked for goes into
    /// the audit log as well.
    ///
    /// # Errors
    /// The database failed.
    pub async fn record(&mut self, event: EventDraft) -> Result<()> {
        if let Some((actor, action)) = &event.asked {
            let entry = AuditDraft::by(Some(actor), *action, event.message.clone()).about(self.id);
            audit::write(&mut self.tx, entry, self.now).await?;
        }
        let result = sqlx::query(
            "INSERT INTO events (account_id, cluster_id, actor, task_id, at, kind, message, detail, duration_ms)
             SELECT account_id, id, ?, ?, ?, ?, ?, ?, ? FROM clusters WHERE id = ?",
        )
        .bind(event.asked.map(|(actor, _)| actor.account.username))
        .bind(event.task_id.map(|id| id.to_string()))
        .bind(self.now.as_microsecond())
        .bind(event.kind.to_word())
        .bind(event.message)
        .bind(event.detail)
        .bind(event.duration_ms.and_then(|ms| i64::try_from(ms).ok()))
        .bind(self.id.to_string())
        .execute(&mut *self.tx)
        .await?;
        self.last = EventId(result.last_insert_rowid());
        sqlx::query("UPDATE clusters SET version = ?, updated_at = ? WHERE id = ?")
            .bind(self.last.0)
            .bind(self.now.as_microsecond())
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}

pub(super) async fn records<'q>(
    tx: &mut Transaction<'_, Sqlite>,
    query: sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments<'q>>,
) -> Result<Vec<ClusterRecord>> {
    let rows = query.fetch_all(&mut **tx).await?;
    let ids: Vec<&str> = rows
        .iter()
        .map(|row| row.try_get("id"))
        .collect::<Result<_, _>>()?;
    // A row for each cluster: handing a row over costs more than reading a few nodes as JSON.
    let node_rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT cluster_id, json_group_array(
            json_object('id', id, 'ordinal', ordinal, 'state', state, 'address', address,
                        'api_port', api_port, 'image', image, 'engine_version', engine_version)
            ORDER BY ordinal)
         FROM nodes WHERE cluster_id IN (SELECT value FROM json_each(?)) GROUP BY cluster_id",
    )
    .bind(serde_json::to_string(&ids)?)
    .fetch_all(&mut **tx)
    .await?;
    let mut nodes: HashMap<String, Vec<NodeRecord>> = HashMap::with_capacity(node_rows.len());
    for (cluster, json) in node_rows {
        let of_cluster = serde_json::from_str(&json).map_err(|_| StoreError::Unreadable("node"))?;
        nodes.insert(cluster, of_cluster);
    }
    let mut records = Vec::with_capacity(rows.len());
    for (row, id) in rows.iter().zip(ids) {
        records.push(record(row, nodes.remove(id).unwrap_or_default())?);
    }
    Ok(records)
}

fn record(row: &SqliteRow, nodes: Vec<NodeRecord>) -> Result<ClusterRecord> {
    let flavor: &str = row.try_get("flavor")?;
    Ok(ClusterRecord {
        account_id: AccountId(convert::id(row.try_get("account_id")?)?),
        ca_pem: row.try_get("ca_pem")?,
        ca_key: row.try_get("ca_key")?,
        ca_made_at: convert::moment(row.try_get("ca_made_at")?)?,
        old_ca: match (row.try_get("old_ca_pem")?, row.try_get("old_ca_key")?) {
            (Some(pem), Some(key)) => Some((pem, key)),
            _ => None,
        },
        made_as: cluster_name(row.try_get("made_as")?)?,
        autoscale: autoscale(row)?,
        cluster: Cluster {
            id: convert::id(row.try_get("id")?)?,
            name: cluster_name(row.try_get("name")?)?,
            status: convert::word("cluster status", row.try_get("status")?)?,
            cluster_type: ClusterType::swarm(),
            node_count: row
                .try_get::<i64, _>("node_count")?
                .try_into()
                .map_err(|_| StoreError::Unreadable("number of nodes"))?,
            created_at: convert::moment(row.try_get("created_at")?)?,
            updated_at: convert::moment(row.try_get("updated_at")?)?,
            flavor: flavor
                .parse()
                .map_err(|_| StoreError::Unreadable("flavor"))?,
            nodes: nodes.iter().map(NodeRecord::to_api).collect(),
            deletion_protection: row.try_get("deletion_protection")?,
            labels: serde_json::from_str(row.try_get("labels")?)?,
            autoscale: row.try_get("autoscale")?,
            endpoint: row.try_get("endpoint")?,
            progress: json(row.try_get("progress")?)?,
            reason: json(row.try_get("reason")?)?,
            version: EventId(row.try_get("version")?),
        },
        nodes,
    })
}

fn cluster_name(text: String) -> Result<ClusterName> {
    text.try_into()
        .map_err(|_| StoreError::Unreadable("cluster name"))
}

fn autoscale(row: &SqliteRow) -> Result<Autoscale> {
    let moment = |column| {
        let micros: Option<i64> = row.try_get(column)?;
        micros.map(convert::moment).transpose()
    };
    Ok(Autoscale {
        enabled: row.try_get("autoscale")?,
        policy: json(row.try_get("autoscale_policy")?)?.unwrap_or_default(),
        paused_until: moment("autoscale_paused_until")?,
        checked_at: moment("autoscale_checked_at")?,
        found: row.try_get("autoscale_found")?,
    })
}

fn node(row: &SqliteRow) -> Result<NodeRecord> {
    Ok(NodeRecord {
        id: convert::id(row.try_get("id")?)?,
        ordinal: row.try_get("ordinal")?,
        state: convert::word("node state", row.try_get("state")?)?,
        address: row.try_get("address")?,
        api_port: row.try_get("api_port")?,
        image: row.try_get("image")?,
        engine_version: row.try_get("engine_version")?,
    })
}

fn json<T: DeserializeOwned>(text: Option<String>) -> Result<Option<T>> {
    text.map(|text| Ok(serde_json::from_str(&text)?))
        .transpose()
}
