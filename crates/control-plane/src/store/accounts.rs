//! Accounts and their tokens.

use std::{fmt, net::IpAddr};

use cluster_api::Timestamp;
use sha2::{Digest, Sha256};
use sqlx::Row;
use uuid::Uuid;

use super::{Result, Store, convert};
use crate::FIRST_ACCOUNT;

/// Names one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccountId(pub Uuid);

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(formatter)
    }
}

/// Somebody who may have clusters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its identity.
    pub id: AccountId,
    /// The name it signs in with; case does not count.
    pub username: String,
}

impl Account {
    /// Whether it helps all others: it sees their tickets, and answers them.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.username == FIRST_ACCOUNT
    }
}

/// Who asks for something, and how it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub account: Account,
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

/// An account to be made.
pub struct NewAccount {
    /// The name it signs in with.
    pub username: String,
    /// argon2id of its password, as PHC text.
    pub password_hash: String,
    /// SHA-256 of its API key.
    pub api_key_hash: [u8; 32],
}

/// The hash under which a random secret (a token, an API key) is kept. One round is enough: nobody
/// guesses 256 random bits.
#[must_use]
pub fn hash_secret(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

impl Store {
    /// Makes an account. `false`: there is one of that name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_account(&self, account: NewAccount, now: Timestamp) -> Result<bool> {
        let result = sqlx::query(
            "INSERT INTO accounts (id, username, password_hash, api_key_hash, created_at)
             SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS
                (SELECT 1 FROM accounts WHERE username = ?2 AND deleted_at IS NULL)",
        )
        .bind(Uuid::new_v4().to_string())
        .bind(account.username)
        .bind(account.password_hash)
        .bind(account.api_key_hash.as_slice())
        .bind(now.as_microsecond())
        .execute(&self.writer)
        .await?;
        Ok(result.rows_affected() == 1)
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

    /// The accounts there are, by name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        sqlx::query("SELECT id, username FROM accounts WHERE deleted_at IS NULL ORDER BY username")
            .fetch_all(&self.reader)
            .await?
            .iter()
            .map(account)
            .collect()
    }

    /// The account of that name with the hash of its password.
    ///
    /// # Errors
    /// The database failed.
    pub async fn account_by_name(&self, username: &str) -> Result<Option<(Account, String)>> {
        sqlx::query(
            "SELECT id, username, password_hash FROM accounts
             WHERE username = ? AND deleted_at IS NULL",
        )
        .bind(username)
        .fetch_optional(&self.reader)
        .await?
        .map(|row| Ok((account(&row)?, row.try_get("password_hash")?)))
        .transpose()
    }

    /// The account of that name if the API key is its own.
    ///
    /// # Errors
    /// The database failed.
    pub async fn account_by_api_key(
        &self,
        username: &str,
        api_key_hash: &[u8; 32],
    ) -> Result<Option<Account>> {
        sqlx::query(
            "SELECT id, username FROM accounts
             WHERE api_key_hash = ? AND username = ? AND deleted_at IS NULL",
        )
        .bind(api_key_hash.as_slice())
        .bind(username)
        .fetch_optional(&self.reader)
        .await?
        .as_ref()
        .map(account)
        .transpose()
    }

    /// Closes an account: its keys, tokens and subscriptions stop at once. The name becomes free.
    ///
    /// # Errors
    /// The database failed.
    pub async fn close_account(&self, id: AccountId, now: Timestamp) -> Result<()> {
        let mut tx = self.writer.begin().await?;
        sqlx::query("UPDATE accounts SET deleted_at = ? WHERE id = ?")
            .bind(now.as_microsecond())
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        for statement in [
            "DELETE FROM tokens WHERE account_id = ?",
            "DELETE FROM deliveries WHERE subscription_id IN
                (SELECT id FROM subscriptions WHERE account_id = ?)",
            "DELETE FROM subscriptions WHERE account_id = ?",
        ] {
            sqlx::query(statement)
                .bind(id.to_string())
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Keeps a token, and forgets those that have ended.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_token(
        &self,
        hash: &[u8; 32],
        account: AccountId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<()> {
        let mut tx = self.writer.begin().await?;
        sqlx::query("DELETE FROM tokens WHERE expires_at <= ?")
            .bind(now.as_microsecond())
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO tokens (hash, account_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
        )
        .bind(hash.as_slice())
        .bind(account.to_string())
        .bind(now.as_microsecond())
        .bind(expires_at.as_microsecond())
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Whose token that is, if it is still good.
    ///
    /// # Errors
    /// The database failed.
    pub async fn account_by_token(
        &self,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<Account>> {
        sqlx::query(
            "SELECT accounts.id, username FROM tokens
             JOIN accounts ON accounts.id = account_id AND deleted_at IS NULL
             WHERE hash = ? AND expires_at > ?",
        )
        .bind(hash.as_slice())
        .bind(now.as_microsecond())
        .fetch_optional(&self.reader)
        .await?
        .as_ref()
        .map(account)
        .transpose()
    }

    /// Ends a token.
    ///
    /// # Errors
    /// The database failed.
    pub async fn end_token(&self, hash: &[u8; 32]) -> Result<()> {
        sqlx::query("DELETE FROM tokens WHERE hash = ?")
            .bind(hash.as_slice())
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

fn account(row: &sqlx::sqlite::SqliteRow) -> Result<Account> {
    let id: &str = row.try_get("id")?;
    Ok(Account {
        id: AccountId(convert::id(id)?),
        username: row.try_get("username")?,
    })
}
