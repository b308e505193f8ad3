//! Accounts: making, changing and closing them.

use std::net::IpAddr;

use cluster_api::{
    AccountId, AuditAction, ClusterId, EventId, EventKind, NodeCount, Quotas, Role, Scopes,
    SessionId, TaskKind, Timestamp,
};
use sha2::{Digest, Sha256};
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    AuditDraft, Change, EventDraft, Result, Store, StoreError, audit,
    convert::{self, Word},
    keys::{self, NewKey},
};

/// Somebody who may have clusters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its identity.
    pub id: AccountId,
    /// The name it signs in with; case does not count.
    pub username: String,
    /// What it is to the others.
    pub role: Role,
    /// Quotas of its own.
    pub limits: Limits,
}

impl Account {
    /// Whether it helps all others and sees what they have.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }
}

/// Quotas of an account's own; None: as the settings say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Clusters in all.
    pub max_clusters: Option<u32>,
    /// Nodes in one cluster.
    pub max_nodes: Option<NodeCount>,
}

impl Limits {
    /// What it may have, with what all may have where it has nothing of its own.
    #[must_use]
    pub fn or(self, default: Quotas) -> Quotas {
        Quotas {
            max_clusters: self.max_clusters.unwrap_or(default.max_clusters),
            max_nodes_per_cluster: self.max_nodes.unwrap_or(default.max_nodes_per_cluster),
        }
    }
}

/// Who asks for something, and how it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub account: Account,
    /// The sign-in that goes on.
    pub session: SessionId,
    /// The API key that was signed in with; None: a password.
    pub key: Option<ActorKey>,
    /// What the sign-in may do.
    pub scopes: Scopes,
    /// Where the request came from, if that is known.
    pub address: Option<IpAddr>,
}

impl Actor {
    /// See [`Account::is_admin`].
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.account.is_admin()
    }
}

/// The API key that somebody signed in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActorKey {
    /// What people call it.
    pub name: String,
    /// Until when it is good; None: until it is revoked.
    pub expires_at: Option<Timestamp>,
}

/// An account to be made.
pub struct NewAccount {
    /// The name it signs in with.
    pub username: String,
    /// argon2id of its password, as PHC text.
    pub password_hash: String,
    /// SHA-256 of its first API key, which may do everything; None: it begins without one.
    pub api_key_hash: Option<[u8; 32]>,
    /// What it is to the others.
    pub role: Role,
    /// Quotas of its own.
    pub limits: Limits,
}

/// The name of the API key that an account begins with.
const FIRST_KEY: &str = "first";

/// What is changed of an account. None: it stays.
#[derive(Default)]
pub struct AccountPatch {
    /// What it is to the others.
    pub role: Option<Role>,
    /// Its own number of clusters; the inner None: as the settings say.
    pub max_clusters: Option<Option<u32>>,
    /// Its own number of nodes; the inner None: as the settings say.
    pub max_nodes: Option<Option<NodeCount>>,
    /// argon2id of a new password. Sign-ins with the old one end.
    pub password_hash: Option<String>,
}

/// How a change of an account went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountChanged {
    /// It was written down.
    Done,
    /// There is no such account.
    Unknown,
    /// It is the last admin, and would be none.
    LastAdmin,
}

/// An account with what admins see of it.
pub struct AccountRecord {
    /// The account.
    pub account: Account,
    /// When it was made.
    pub created_at: Timestamp,
    /// How many clusters it has.
    pub clusters: u32,
}

/// The hash under which a random secret (a token, an API key) is kept. One round is enough: nobody
/// guesses 256 random bits.
#[must_use]
pub fn hash_secret(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The columns of an [`Account`].
pub(super) const COLUMNS: &str =
    "accounts.id, accounts.username, accounts.role, accounts.max_clusters, accounts.max_nodes";

impl Store {
    /// Makes an account. None: there is one of that name. `by` is who asks; None: somebody on the
    /// machine itself.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_account(
        &self,
        account: NewAccount,
        by: Option<&Actor>,
        now: Timestamp,
    ) -> Result<Option<AccountId>> {
        let id = AccountId(Uuid::new_v4());
        let mut tx = self.writer.begin().await?;
        let result = sqlx::query(
            "INSERT INTO accounts (id, username, password_hash, role, max_clusters, max_nodes, created_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS
                (SELECT 1 FROM accounts WHERE username = ?2 AND deleted_at IS NULL)",
        )
        .bind(id.to_string())
        .bind(&account.username)
        .bind(account.password_hash)
        .bind(account.role.to_word())
        .bind(account.limits.max_clusters)
        .bind(account.limits.max_nodes.map(NodeCount::get))
        .bind(now.as_microsecond())
        .execute(&mut *tx)
        .await?;
        if result.rows_affected() == 0 {
            return Ok(None);
        }
        if let Some(hash) = account.api_key_hash {
            let first = NewKey {
                name: FIRST_KEY,
                hash,
                scopes: &Scopes::all(),
                expires_at: None,
            };
            keys::insert(&mut tx, id, &first, now).await?;
        }
        let role = account.role.as_str();
        let detail = format!("Made the account {} ({role})", account.username);
        let entry = AuditDraft::by(by, AuditAction::AccountCreate, detail).of(id);
        audit::write(&mut tx, entry, now).await?;
        tx.commit().await?;
        Ok(Some(id))
    }

    /// Whether there was ever an account: `false` on the very first start.
    ///
    /// # Errors
    /// The database failed.
    pub async fn has_accounts(&self) -> Result<bool> {
        Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM accounts)")
            .fetch_one(&self.reader)
            .await?)
    }

    /// The accounts after a name (from the first one on if it is empty), by name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn accounts(&self, after: &str, limit: u32) -> Result<Vec<AccountRecord>> {
        sqlx::query(&format!(
            "{RECORDS} WHERE deleted_at IS NULL AND username > ? ORDER BY username LIMIT ?"
        ))
        .bind(after)
        .bind(limit)
        .fetch_all(&self.reader)
        .await?
        .iter()
        .map(record)
        .collect()
    }

    /// An account that is not closed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn account(&self, id: AccountId) -> Result<Option<AccountRecord>> {
        sqlx::query(&format!("{RECORDS} WHERE deleted_at IS NULL AND id = ?"))
            .bind(id.to_string())
            .fetch_optional(&self.reader)
            .await?
            .as_ref()
            .map(record)
            .transpose()
    }

    /// The account of that name with the hash of its password.
    ///
    /// # Errors
    /// The database failed.
    pub async fn account_by_name(&self, username: &str) -> Result<Option<(Account, String)>> {
        sqlx::query(&format!(
            "SELECT {COLUMNS}, password_hash FROM accounts WHERE username = ? AND deleted_at IS NULL"
        ))
        .bind(username)
        .fetch_optional(&self.reader)
        .await?
        .map(|row| Ok((account(&row)?, row.try_get("password_hash")?)))
        .transpose()
    }

    /// Changes an account; `detail` tells the audit log what of it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn change_account(
        &self,
        id: AccountId,
        patch: &AccountPatch,
        by: Option<&Actor>,
        detail: String,
        now: Timestamp,
    ) -> Result<AccountChanged> {
        let mut tx = self.writer.begin().await?;
        let found = open_account(&mut tx, id).await?;
        let Some(account) = found else {
            return Ok(AccountChanged::Unknown);
        };
        if patch.role == Some(Role::Member) && is_last_admin(&mut tx, &account).await? {
            return Ok(AccountChanged::LastAdmin);
        }
        let limits = Limits {
            max_clusters: patch.max_clusters.unwrap_or(account.limits.max_clusters),
            max_nodes: patch.max_nodes.unwrap_or(account.limits.max_nodes),
        };
        sqlx::query(
            "UPDATE accounts SET role = ?, max_clusters = ?, max_nodes = ?,
                password_hash = coalesce(?, password_hash) WHERE id = ?",
        )
        .bind(patch.role.unwrap_or(account.role).to_word())
        .bind(limits.max_clusters)
        .bind(limits.max_nodes.map(NodeCount::get))
        .bind(&patch.password_hash)
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
        if patch.password_hash.is_some() {
            sqlx::query("DELETE FROM tokens WHERE account_id = ? AND key_id IS NULL")
                .bind(id.to_string())
                .execute(&mut *tx)
                .await?;
        }
        let entry = AuditDraft::by(by, AuditAction::AccountChange, detail).of(id);
        audit::write(&mut tx, entry, now).await?;
        tx.commit().await?;
        self.announce_endings();
        Ok(AccountChanged::Done)
    }

    /// Closes an account: its keys, tokens and subscriptions stop at once, the deletion of its clusters is owed, those
    /// that are protected included: nobody could take the protection off any more. The name becomes
    /// free. All of it in one transaction.
    ///
    /// # Errors
    /// The database failed.
    pub async fn close_account(
        &self,
        id: AccountId,
        by: Option<&Actor>,
        now: Timestamp,
    ) -> Result<AccountChanged> {
        let mut tx = self.writer.begin().await?;
        let Some(account) = open_account(&mut tx, id).await? else {
            return Ok(AccountChanged::Unknown);
        };
        if is_last_admin(&mut tx, &account).await? {
            return Ok(AccountChanged::LastAdmin);
        }
        for end in [
            "UPDATE accounts SET deleted_at = ? WHERE id = ?",
            "UPDATE api_keys SET revoked_at = ? WHERE account_id = ? AND revoked_at IS NULL",
        ] {
            sqlx::query(end)
                .bind(now.as_microsecond())
                .bind(id.to_string())
                .execute(&mut *tx)
                .await?;
        }
        for end in [
            "DELETE FROM tokens WHERE account_id = ?",
            "DELETE FROM deliveries WHERE subscription_id IN
                (SELECT id FROM subscriptions WHERE account_id = ?)",
            "DELETE FROM subscriptions WHERE account_id = ?",
        ] {
            sqlx::query(end)
                .bind(id.to_string())
                .execute(&mut *tx)
                .await?;
        }
        let detail = format!("Closed the account {}", account.username);
        let entry = AuditDraft::by(by, AuditAction::AccountClose, detail).of(id);
        audit::write(&mut tx, entry, now).await?;
        let clusters: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM clusters WHERE account_id = ? AND status NOT IN ('deleting', 'deleted')",
        )
        .bind(id.to_string())
        .fetch_all(&mut *tx)
        .await?;
        let mut last = EventId::default();
        for cluster in clusters {
            let cluster: ClusterId = convert::id(&cluster)?;
            let mut change = Change::within(tx, cluster, now);
            change.set_status(TaskKind::Delete.status()).await?;
            let task_id = change.open_task(TaskKind::Delete, false).await?;
            let message = "The account was closed".to_owned();
            let event = EventDraft::of_itself(EventKind::Requested, Some(task_id), message);
            change.record(event).await?;
            (tx, last) = change.into_parts();
        }
        tx.commit().await?;
        self.announce(last);
        self.announce_endings();
        Ok(AccountChanged::Done)
    }
}

const RECORDS: &str = "SELECT id, username, role, max_clusters, max_nodes, created_at,
    (SELECT count(*) FROM clusters WHERE account_id = accounts.id AND status <> 'deleted') AS clusters
    FROM accounts";

async fn open_account(tx: &mut Transaction<'_, Sqlite>, id: AccountId) -> Result<Option<Account>> {
    sqlx::query(&format!(
        "SELECT {COLUMNS} FROM accounts WHERE id = ? AND deleted_at IS NULL"
    ))
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?
    .as_ref()
    .map(account)
    .transpose()
}

async fn is_last_admin(tx: &mut Transaction<'_, Sqlite>, account: &Account) -> Result<bool> {
    if account.role != Role::Admin {
        return Ok(false);
    }
    let others: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM accounts WHERE role = 'admin' AND deleted_at IS NULL AND id <> ?",
    )
    .bind(account.id.to_string())
    .fetch_one(&mut **tx)
    .await?;
    Ok(others == 0)
}

/// Reads [`COLUMNS`].
pub(super) fn account(row: &SqliteRow) -> Result<Account> {
    account_of(row, "id")
}

/// Reads an account from a row of something else, which has the account's id in that column.
pub(super) fn account_of(row: &SqliteRow, column: &str) -> Result<Account> {
    let id: &str = row.try_get(column)?;
    let max_nodes: Option<i64> = row.try_get("max_nodes")?;
    Ok(Account {
        id: convert::id(id)?,
        username: row.try_get("username")?,
        role: convert::word("role", row.try_get("role")?)?,
        limits: Limits {
            max_clusters: row.try_get("max_clusters")?,
            max_nodes: max_nodes
                .map(NodeCount::try_from)
                .transpose()
                .map_err(|_| StoreError::Unreadable("number of nodes"))?,
        },
    })
}

fn record(row: &SqliteRow) -> Result<AccountRecord> {
    Ok(AccountRecord {
        account: account(row)?,
        created_at: convert::moment(row.try_get("created_at")?)?,
        clusters: row.try_get("clusters")?,
    })
}
