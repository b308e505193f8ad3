//! The audit log. It only grows: triggers of the database refuse everything else, and nothing of it is
//! ever forgotten.

use std::net::IpAddr;

use cluster_api::{AccountId, AuditAction, AuditEntry, ClusterId, Timestamp};
use sqlx::{QueryBuilder, Row, Sqlite, Transaction, sqlite::SqliteRow};

use super::{Actor, Result, Store, StoreError, convert};

/// An entry for the audit log.
#[derive(Clone, Debug)]
pub struct AuditDraft {
    account: Option<AccountId>,
    actor: Option<String>,
    key: Option<String>,
    address: Option<IpAddr>,
    action: AuditAction,
    cluster: Option<ClusterId>,
    detail: String,
}

impl AuditDraft {
    /// What somebody did, in one sentence without a full stop, for their own log. None: somebody on the
    /// machine itself.
    #[must_use]
    pub fn by(actor: Option<&Actor>, action: AuditAction, detail: String) -> Self {
        Self {
            account: actor.map(|actor| actor.account.id),
            actor: actor.map(|actor| actor.account.username.clone()),
            key: actor.and_then(|actor| Some(actor.key.as_ref()?.name.clone())),
            address: actor.and_then(|actor| actor.address),
            action,
            cluster: None,
            detail,
        }
    }

    /// Somebody was not let in under a name; `account` is the one of that name, if there is one.
    #[must_use]
    pub const fn refused(
        username: String,
        account: Option<AccountId>,
        address: Option<IpAddr>,
        detail: String,
    ) -> Self {
        Self {
            account,
            actor: Some(username),
            key: None,
            address,
            action: AuditAction::SessionRefuse,
            cluster: None,
            detail,
        }
    }

    /// The same in the log of another account: the one that it was done to.
    #[must_use]
    pub const fn of(mut self, account: AccountId) -> Self {
        self.account = Some(account);
        self
    }

    /// The same about a cluster; it goes into the log of the cluster's account.
    #[must_use]
    pub const fn about(mut self, cluster: ClusterId) -> Self {
        self.cluster = Some(cluster);
        self
    }
}

/// Which entries are wanted. None: whatever it is.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Of whose log.
    pub account: Option<AccountId>,
    /// Which action.
    pub action: Option<AuditAction>,
    /// About which cluster.
    pub cluster: Option<WhichCluster>,
    /// By whom; case does not count.
    pub actor: Option<String>,
    /// From that moment on.
    pub since: Option<Timestamp>,
    /// Before that moment.
    pub until: Option<Timestamp>,
    /// Before that entry.
    pub marker: Option<i64>,
}

/// A cluster, as it is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhichCluster {
    /// The one of that id.
    Id(ClusterId),
    /// All that ever had that name.
    Name(String),
}

impl Store {
    /// Writes an entry about what changed nothing else.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_audit(&self, entry: AuditDraft, now: Timestamp) -> Result<()> {
        let mut tx = self.writer.begin().await?;
        write(&mut tx, entry, now).await?;
        Ok(tx.commit().await?)
    }

    /// Entries of the audit log, newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn audit(&self, filter: &AuditFilter, limit: u32) -> Result<Vec<AuditEntry>> {
        let mut query: QueryBuilder<'_, Sqlite> = QueryBuilder::new(
            "SELECT id, at, account_id, actor, key_name, address, action, cluster_id, cluster_name,
                    detail FROM audit WHERE 1",
        );
        if let Some(account) = filter.account {
            query
                .push(" AND account_id = ")
                .push_bind(account.to_string());
        }
        if let Some(action) = filter.action {
            query.push(" AND action = ").push_bind(action.as_str());
        }
        match &filter.cluster {
            Some(WhichCluster::Id(id)) => {
                query.push(" AND cluster_id = ").push_bind(id.to_string());
            }
            Some(WhichCluster::Name(name)) => {
                query.push(" AND cluster_name = ").push_bind(name);
            }
            None => {}
        }
        if let Some(actor) = &filter.actor {
            query
                .push(" AND actor = ")
                .push_bind(actor)
                .push(" COLLATE NOCASE");
        }
        if let Some(since) = filter.since {
            query.push(" AND at >= ").push_bind(since.as_microsecond());
        }
        if let Some(until) = filter.until {
            query.push(" AND at < ").push_bind(until.as_microsecond());
        }
        if let Some(marker) = filter.marker {
            query.push(" AND id < ").push_bind(marker);
        }
        query.push(" ORDER BY id DESC LIMIT ").push_bind(limit);
        query
            .build()
            .fetch_all(&self.reader)
            .await?
            .iter()
            .map(entry)
            .collect()
    }
}

/// Writes an entry in the transaction of what it tells of.
pub(super) async fn write(
    tx: &mut Transaction<'_, Sqlite>,
    entry: AuditDraft,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO audit (at, account_id, actor, key_name, address, action, cluster_id, cluster_name,
                            detail)
         SELECT ?1, coalesce(clusters.account_id, ?2), ?3, ?4, ?5, ?6, ?7, clusters.name, ?8
         FROM (SELECT 1) LEFT JOIN clusters ON clusters.id = ?7",
    )
    .bind(now.as_microsecond())
    .bind(entry.account.map(|account| account.to_string()))
    .bind(entry.actor)
    .bind(entry.key)
    .bind(entry.address.map(|address| address.to_string()))
    .bind(entry.action.as_str())
    .bind(entry.cluster.map(|cluster| cluster.to_string()))
    .bind(entry.detail)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn entry(row: &SqliteRow) -> Result<AuditEntry> {
    let action: &str = row.try_get("action")?;
    let cluster: Option<&str> = row.try_get("cluster_id")?;
    Ok(AuditEntry {
        id: row.try_get("id")?,
        at: convert::moment(row.try_get("at")?)?,
        account_id: row.try_get("account_id")?,
        actor: row.try_get("actor")?,
        key: row.try_get("key_name")?,
        address: row.try_get("address")?,
        action: action
            .parse()
            .map_err(|_| StoreError::Unreadable("audit action"))?,
        cluster_id: cluster.map(convert::id).transpose()?,
        cluster_name: row.try_get("cluster_name")?,
        detail: row.try_get("detail")?,
    })
}
