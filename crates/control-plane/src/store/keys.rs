//! API keys: what programs sign in with.

use cluster_api::{AccountId, ApiKey, AuditAction, KeyId, Scopes, Timestamp};
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Account, Actor, AuditDraft, Result, Store,
    accounts::{self, COLUMNS as ACCOUNT},
    audit, convert,
};

/// How many keys an account may have that are neither revoked nor over.
pub(super) const MAX_KEYS: i64 = 50;

/// How many keys are listed.
const SHOWN: u32 = 200;

/// A key to be made.
pub struct NewKey<'a> {
    /// What people call it.
    pub name: &'a str,
    /// SHA-256 of its secret.
    pub hash: [u8; 32],
    /// What it may do.
    pub scopes: &'a Scopes,
    /// Until when it is good; None: until it is revoked.
    pub expires_at: Option<Timestamp>,
}

/// How the making of a key went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyMade {
    /// It is there.
    New(ApiKey),
    /// There is a live one of that name.
    NameTaken,
    /// The account has as many as it may have.
    LimitReached,
}

impl Store {
    /// Makes a key for the account that asks.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_key(
        &self,
        actor: &Actor,
        key: &NewKey<'_>,
        now: Timestamp,
    ) -> Result<KeyMade> {
        let account = actor.account.id;
        let mut tx = self.writer.begin().await?;
        // What is over makes room, and its name is free again.
        sqlx::query(
            "UPDATE api_keys SET revoked_at = expires_at
             WHERE account_id = ? AND revoked_at IS NULL AND expires_at <= ?",
        )
        .bind(account.to_string())
        .bind(now.as_microsecond())
        .execute(&mut *tx)
        .await?;
        let (live, of_that_name): (i64, i64) = sqlx::query_as(
            "SELECT count(*), count(*) FILTER (WHERE name = ?) FROM api_keys
             WHERE account_id = ? AND revoked_at IS NULL",
        )
        .bind(key.name)
        .bind(account.to_string())
        .fetch_one(&mut *tx)
        .await?;
        if of_that_name > 0 {
            return Ok(KeyMade::NameTaken);
        }
        if live >= MAX_KEYS {
            return Ok(KeyMade::LimitReached);
        }
        let id = insert(&mut tx, account, key, now).await?;
        let detail = match key.expires_at {
            Some(moment) => format!(
                "Made the API key {} ({}), until {moment}",
                key.name, key.scopes
            ),
            None => format!("Made the API key {} ({})", key.name, key.scopes),
        };
        let entry = AuditDraft::by(Some(actor), AuditAction::KeyCreate, detail);
        audit::write(&mut tx, entry, now).await?;
        tx.commit().await?;
        Ok(KeyMade::New(ApiKey {
            id,
            name: key.name.to_owned(),
            scopes: key.scopes.clone(),
            created_at: now,
            expires_at: key.expires_at,
            last_used_at: None,
            revoked_at: None,
        }))
    }

    /// An account's keys: those that are not revoked first, each part newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn keys_of(&self, account: AccountId) -> Result<Vec<ApiKey>> {
        sqlx::query(
            "SELECT id, name, scopes, created_at, expires_at, last_used_at, revoked_at FROM api_keys
             WHERE account_id = ? ORDER BY revoked_at IS NOT NULL, created_at DESC, rowid DESC LIMIT ?",
        )
        .bind(account.to_string())
        .bind(SHOWN)
        .fetch_all(&self.reader)
        .await?
        .iter()
        .map(key)
        .collect()
    }

    /// Revokes a key of the account that asks, and ends its tokens. `false`: it has no such live key.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revoke_key(&self, actor: &Actor, id: KeyId, now: Timestamp) -> Result<bool> {
        let mut tx = self.writer.begin().await?;
        let name: Option<String> = sqlx::query_scalar(
            "UPDATE api_keys SET revoked_at = ?
             WHERE id = ? AND account_id = ? AND revoked_at IS NULL RETURNING name",
        )
        .bind(now.as_microsecond())
        .bind(id.to_string())
        .bind(actor.account.id.to_string())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(name) = name else { return Ok(false) };
        let ended = sqlx::query("DELETE FROM tokens WHERE key_id = ?")
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?
            .rows_affected();
        let detail = format!("Revoked the API key {name}; sign-ins ended with it: {ended}");
        let entry = AuditDraft::by(Some(actor), AuditAction::KeyRevoke, detail);
        audit::write(&mut tx, entry, now).await?;
        tx.commit().await?;
        self.announce_endings();
        Ok(true)
    }

    /// The account of that name and its key of that hash, if the key is still good.
    ///
    /// # Errors
    /// The database failed.
    pub async fn account_by_api_key(
        &self,
        username: &str,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<(Account, ApiKey)>> {
        let row = sqlx::query(
            "SELECT api_keys.id, account_id, name, scopes, api_keys.created_at, expires_at,
                    last_used_at, revoked_at
             FROM api_keys JOIN accounts ON accounts.id = account_id AND deleted_at IS NULL
             WHERE hash = ? AND username = ? AND revoked_at IS NULL
               AND (expires_at IS NULL OR expires_at > ?)",
        )
        .bind(hash.as_slice())
        .bind(username)
        .bind(now.as_microsecond())
        .fetch_optional(&self.reader)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let owner: &str = row.try_get("account_id")?;
        let account = sqlx::query(&format!("SELECT {ACCOUNT} FROM accounts WHERE id = ?"))
            .bind(owner)
            .fetch_one(&self.reader)
            .await?;
        Ok(Some((accounts::account(&account)?, key(&row)?)))
    }
}

/// Writes a key down.
pub(super) async fn insert(
    tx: &mut Transaction<'_, Sqlite>,
    account: AccountId,
    key: &NewKey<'_>,
    now: Timestamp,
) -> Result<KeyId> {
    let id = KeyId(Uuid::new_v4());
    sqlx::query(
        "INSERT INTO api_keys (id, account_id, name, hash, scopes, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id.to_string())
    .bind(account.to_string())
    .bind(key.name)
    .bind(key.hash.as_slice())
    .bind(key.scopes.to_string())
    .bind(now.as_microsecond())
    .bind(key.expires_at.map(Timestamp::as_microsecond))
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

fn key(row: &SqliteRow) -> Result<ApiKey> {
    let moment = |name: &str| -> Result<Option<Timestamp>> {
        let micros: Option<i64> = row.try_get(name)?;
        micros.map(convert::moment).transpose()
    };
    Ok(ApiKey {
        id: convert::id(row.try_get("id")?)?,
        name: row.try_get("name")?,
        scopes: convert::scopes(row.try_get("scopes")?)?,
        created_at: convert::moment(row.try_get("created_at")?)?,
        expires_at: moment("expires_at")?,
        last_used_at: moment("last_used_at")?,
        revoked_at: moment("revoked_at")?,
    })
}
