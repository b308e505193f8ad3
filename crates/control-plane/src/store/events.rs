//! Reading the journal.

use cluster_api::{Event, EventId};
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};

use super::{AccountId, Result, convert};

pub(super) const COLUMNS: &str =
    "SELECT id, cluster_id, actor, task_id, at, kind, message, detail, duration_ms FROM events";

/// What happened to an account's clusters from `first` on, oldest first.
pub(super) async fn from(
    tx: &mut Transaction<'_, Sqlite>,
    account: AccountId,
    first: EventId,
    limit: u32,
) -> Result<Vec<Event>> {
    sqlx::query(&format!(
        "{COLUMNS} WHERE account_id = ? AND id >= ? ORDER BY id LIMIT ?"
    ))
    .bind(account.to_string())
    .bind(first.0)
    .bind(limit)
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(event)
    .collect()
}

pub(super) fn event(row: &SqliteRow) -> Result<Event> {
    let task_id: Option<&str> = row.try_get("task_id")?;
    Ok(Event {
        id: EventId(row.try_get("id")?),
        cluster_id: convert::id(row.try_get("cluster_id")?)?,
        actor: row.try_get("actor")?,
        task_id: task_id.map(convert::id).transpose()?,
        at: convert::moment(row.try_get("at")?)?,
        kind: convert::word("event kind", row.try_get("kind")?)?,
        message: row.try_get("message")?,
        detail: row.try_get("detail")?,
        duration_ms: row
            .try_get::<Option<i64>, _>("duration_ms")?
            .and_then(|ms| ms.try_into().ok()),
    })
}
