//! Clusters and their nodes: reading them, and writing new ones down.

use std::collections::HashMap;

use cluster_api::{
    AccountId, AuditAction, Autoscale, AutoscalePolicy, Cluster, ClusterId, ClusterName,
    ClusterType, Event, EventId, Flavor, IdempotencyKey, Labels, Node, NodeCount, NodeId, NodeRole,
    NodeState, Progress, TaskKind, Timestamp,
};
use serde::{Deserialize, de::DeserializeOwned};
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Actor, Change, EventDraft, Result, Store, StoreError, convert, events};

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

/// Whether a node takes work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Duty {
    /// It does.
    #[default]
    Active,
    /// It is to be drained.
    Draining,
    /// It is drained.
    Drained,
    /// It is to take work again.
    Activating,
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
    /// Whether it takes work.
    pub duty: Duty,
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
            duty: Duty::Active,
            address: None,
            api_port: None,
            image: image.to_owned(),
            engine_version: None,
        }
    }

    /// Whether it is to be there once all work is done: the others are on their way out.
    #[must_use]
    pub fn is_wished(&self) -> bool {
        self.state != NodeState::Draining
    }

    /// Its host name in the cluster.
    #[must_use]
    pub fn name(&self) -> String {
        format!("node-{}", self.ordinal)
    }

    /// Whether it is to take no work.
    #[must_use]
    pub const fn is_drained(&self) -> bool {
        matches!(self.duty, Duty::Draining | Duty::Drained)
    }

    /// Whether that is its id or its name.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.name() == name || name.parse() == Ok(self.id)
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

    /// What the API shows of it.
    #[must_use]
    pub fn to_api(&self) -> Node {
        Node {
            id: self.id,
            name: self.name(),
            role: self.role(),
            state: self.state,
            drained: self.is_drained(),
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

pub(super) const COLUMNS: &str = "SELECT id, account_id, name, made_as, flavor, node_count, status, labels, \
                       deletion_protection, endpoint, progress, reason, autoscale, autoscale_policy, \
                       autoscale_paused_until, autoscale_checked_at, autoscale_found, ca_pem, ca_key, \
                       ca_made_at, old_ca_pem, old_ca_key, created_at, updated_at, version \
                       FROM clusters";

pub(super) const NODE_COLUMNS: &str = "SELECT id, cluster_id, ordinal, state, duty, address, api_port, image, \
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
            "SELECT nodes.id, cluster_id, ordinal, state, duty, address, api_port, image, engine_version,
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
            json_object('id', id, 'ordinal', ordinal, 'state', state, 'duty', duty, 'address', address,
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

pub(super) fn record(row: &SqliteRow, nodes: Vec<NodeRecord>) -> Result<ClusterRecord> {
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
            cloud: None,
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

pub(super) fn node(row: &SqliteRow) -> Result<NodeRecord> {
    Ok(NodeRecord {
        id: convert::id(row.try_get("id")?)?,
        ordinal: row.try_get("ordinal")?,
        state: convert::word("node state", row.try_get("state")?)?,
        duty: convert::word("node duty", row.try_get("duty")?)?,
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
