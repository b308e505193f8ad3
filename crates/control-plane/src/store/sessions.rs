//! Sign-ins that go on: tokens, and what is known of them.

use std::net::IpAddr;

use cluster_api::{AccountId, AuditAction, KeyId, Scopes, Session, SessionId, Timestamp};
use jiff::SignedDuration;
use sqlx::{Row, sqlite::SqliteRow};

use super::{
    Account, Actor, AuditDraft, Result, Store,
    accounts::{self, ActorKey, COLUMNS as ACCOUNT},
    audit, convert,
};

/// Use is written down at most so often.
const TOUCH: SignedDuration = SignedDuration::from_secs(60);

/// How many sign-ins are listed.
const SHOWN: u32 = 500;

/// A sign-in to be kept.
pub struct NewSession<'a> {
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    /// Who signed in, with what and from where.
    pub actor: &'a Actor,
    /// The API key; None: a password.
    pub key: Option<KeyId>,
    /// What it was made with, in its own words.
    pub user_agent: Option<&'a str>,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Which sign-ins of an account are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// One.
    One(SessionId),
    /// All of them.
    All,
    /// All but the one that asks.
    Others,
}

impl Store {
    /// Keeps a sign-in, and forgets those that have ended. `false`: the account was closed or the key
    /// revoked at that very moment.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_session(&self, new: NewSession<'_>, now: Timestamp) -> Result<bool> {
        let actor = new.actor;
        let mut tx = self.writer.begin().await?;
        sqlx::query("DELETE FROM tokens WHERE expires_at <= ?")
            .bind(now.as_microsecond())
            .execute(&mut *tx)
            .await?;
        let kept = sqlx::query(
            "INSERT INTO tokens (hash, id, account_id, key_id, scopes, address, user_agent, created_at,
                                 last_used_at, expires_at)
             SELECT ?1, ?2, accounts.id, ?4, ?5, ?6, ?7, ?8, ?8, ?9 FROM accounts
             WHERE accounts.id = ?3 AND deleted_at IS NULL AND (?4 IS NULL OR EXISTS
                (SELECT 1 FROM api_keys WHERE api_keys.id = ?4 AND revoked_at IS NULL))",
        )
        .bind(new.hash.as_slice())
        .bind(actor.session.to_string())
        .bind(actor.account.id.to_string())
        .bind(new.key.map(|key| key.to_string()))
        .bind(actor.scopes.to_string())
        .bind(actor.address.map(|address| address.to_string()))
        .bind(new.user_agent)
        .bind(now.as_microsecond())
        .bind(new.expires_at.as_microsecond())
        .execute(&mut *tx)
        .await?;
        if kept.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("UPDATE api_keys SET last_used_at = ? WHERE id = ?")
            .bind(now.as_microsecond())
            .bind(new.key.map(|key| key.to_string()))
            .execute(&mut *tx)
            .await?;
        let detail = match &actor.key {
            Some(key) => format!("Signed in with the API key {}", key.name),
            None => "Signed in with the password".to_owned(),
        };
        let entry = AuditDraft::by(Some(actor), AuditAction::SessionBegin, detail);
        audit::write(&mut tx, entry, now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Who signed in with that token, if it is still good; with the address that the sign-in came from.
    /// It does not count as use.
    ///
    /// # Errors
    /// The database failed.
    pub async fn actor_by_token(&self, hash: &[u8; 32], now: Timestamp) -> Result<Option<Actor>> {
        let found = self.find_token(hash, now).await?;
        Ok(found.map(|(actor, _)| actor))
    }

    /// As [`Store::actor_by_token`]; and it counts as use of the token and its key.
    ///
    /// # Errors
    /// The database failed.
    pub async fn use_token(&self, hash: &[u8; 32], now: Timestamp) -> Result<Option<Actor>> {
        let Some((actor, used_at)) = self.find_token(hash, now).await? else {
            return Ok(None);
        };
        if now.duration_since(used_at) >= TOUCH {
            let mut tx = self.writer.begin().await?;
            for touch in [
                "UPDATE tokens SET last_used_at = ? WHERE hash = ?",
                "UPDATE api_keys SET last_used_at = ?
                 WHERE id = (SELECT key_id FROM tokens WHERE hash = ?)",
            ] {
                sqlx::query(touch)
                    .bind(now.as_microsecond())
                    .bind(hash.as_slice())
                    .execute(&mut *tx)
                    .await?;
            }
            tx.commit().await?;
        }
        Ok(Some(actor))
    }

    async fn find_token(
        &self,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<(Actor, Timestamp)>> {
        sqlx::query(&format!(
            "SELECT {ACCOUNT}, tokens.id AS session_id, tokens.scopes, tokens.address,
                    tokens.last_used_at, api_keys.name AS key_name, api_keys.expires_at AS key_ends
             FROM tokens
             JOIN accounts ON accounts.id = tokens.account_id AND deleted_at IS NULL
             LEFT JOIN api_keys ON api_keys.id = key_id
             WHERE tokens.hash = ? AND tokens.expires_at > ?"
        ))
        .bind(hash.as_slice())
        .bind(now.as_microsecond())
        .fetch_optional(&self.reader)
        .await?
        .as_ref()
        .map(found)
        .transpose()
    }

    /// Whether a sign-in still goes on.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_session(&self, id: SessionId, now: Timestamp) -> Result<bool> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM tokens WHERE id = ? AND expires_at > ?)",
        )
        .bind(id.to_string())
        .bind(now.as_microsecond())
        .fetch_one(&self.reader)
        .await?)
    }

    /// The sign-ins of an account, newest first; `this` is the one that asks.
    ///
    /// # Errors
    /// The database failed.
    pub async fn sessions_of(
        &self,
        account: AccountId,
        this: SessionId,
        now: Timestamp,
    ) -> Result<Vec<Session>> {
        sqlx::query(
            "SELECT tokens.id, name, tokens.scopes, address, user_agent, tokens.created_at,
                    tokens.last_used_at, tokens.expires_at
             FROM tokens LEFT JOIN api_keys ON api_keys.id = key_id
             WHERE tokens.account_id = ? AND tokens.expires_at > ?
             ORDER BY tokens.created_at DESC, tokens.rowid DESC LIMIT ?",
        )
        .bind(account.to_string())
        .bind(now.as_microsecond())
        .bind(SHOWN)
        .fetch_all(&self.reader)
        .await?
        .iter()
        .map(|row| session(row, this))
        .collect()
    }

    /// Ends sign-ins of the account that asks, and says how many.
    ///
    /// # Errors
    /// The database failed.
    pub async fn end_sessions(&self, actor: &Actor, which: Which, now: Timestamp) -> Result<u64> {
        let (but, only) = match which {
            Which::One(id) => (None, Some(id)),
            Which::All => (None, None),
            Which::Others => (Some(actor.session), None),
        };
        let mut tx = self.writer.begin().await?;
        let ended = sqlx::query(
            "DELETE FROM tokens WHERE account_id = ?1 AND (?2 IS NULL OR id <> ?2)
                AND (?3 IS NULL OR id = ?3)",
        )
        .bind(actor.account.id.to_string())
        .bind(but.map(|id| id.to_string()))
        .bind(only.map(|id| id.to_string()))
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if ended == 0 {
            return Ok(0);
        }
        let detail = match which {
            Which::One(id) if id == actor.session => "Signed out".to_owned(),
            Which::One(_) => "Ended another sign-in".to_owned(),
            Which::All => format!("Signed out everywhere; sign-ins ended: {ended}"),
            Which::Others => format!("Signed out everywhere else; sign-ins ended: {ended}"),
        };
        let entry = AuditDraft::by(Some(actor), AuditAction::SessionEnd, detail);
        audit::write(&mut tx, entry, now).await?;
        tx.commit().await?;
        self.announce_endings();
        Ok(ended)
    }
}

fn found(row: &SqliteRow) -> Result<(Actor, Timestamp)> {
    let account: Account = accounts::account(row)?;
    let address: Option<String> = row.try_get("address")?;
    let address: Option<IpAddr> = address.and_then(|address| address.parse().ok());
    let scopes: Scopes = convert::scopes(row.try_get("scopes")?)?;
    let name: Option<String> = row.try_get("key_name")?;
    let key_ends: Option<i64> = row.try_get("key_ends")?;
    let key_ends = key_ends.map(convert::moment).transpose()?;
    let actor = Actor {
        account,
        session: convert::id(row.try_get("session_id")?)?,
        key: name.map(|name| ActorKey {
            name,
            expires_at: key_ends,
        }),
        scopes,
        address,
    };
    Ok((actor, convert::moment(row.try_get("last_used_at")?)?))
}

fn session(row: &SqliteRow, this: SessionId) -> Result<Session> {
    let id: SessionId = convert::id(row.try_get("id")?)?;
    Ok(Session {
        id,
        key: row.try_get("name")?,
        scopes: convert::scopes(row.try_get("scopes")?)?,
        address: row.try_get("address")?,
        user_agent: row.try_get("user_agent")?,
        created_at: convert::moment(row.try_get("created_at")?)?,
        last_used_at: convert::moment(row.try_get("last_used_at")?)?,
        expires_at: convert::moment(row.try_get("expires_at")?)?,
        is_this: id == this,
    })
}
