//! Reading the journal.

use cluster_api::{ClusterId, Event, EventId, TaskId};
use sqlx::{Row, Sqlite, SqliteConnection, Transaction, sqlite::SqliteRow};

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

/// What happened after an event, to the clusters of one account or of all, oldest first.
pub(super) async fn after(
    connection: &mut SqliteConnection,
    account: Option<AccountId>,
    last: i64,
    limit: u32,
) -> Result<Vec<Event>> {
    // Two statements, for the two indexes.
    let query = match account {
        Some(_) => format!("{COLUMNS} WHERE id > ?1 AND account_id = ?3 ORDER BY id LIMIT ?2"),
        None => format!("{COLUMNS} WHERE id > ?1 ORDER BY id LIMIT ?2"),
    };
    let mut query = sqlx::query(&query).bind(last).bind(limit);
    if let Some(account) = account {
        query = query.bind(account.to_string());
    }
    query
        .fetch_all(connection)
        .await?
        .iter()
        .map(event)
        .collect()
}

/// What happened for one task, oldest first.
pub(super) async fn of_task(
    connection: &mut SqliteConnection,
    cluster: ClusterId,
    task: TaskId,
) -> Result<Vec<Event>> {
    sqlx::query(&format!(
        "{COLUMNS} WHERE cluster_id = ? AND task_id = ? ORDER BY id LIMIT 1000"
    ))
    .bind(cluster.to_string())
    .bind(task.to_string())
    .fetch_all(connection)
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
