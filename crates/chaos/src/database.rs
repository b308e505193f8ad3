//! Looking into the database from outside, past all code of the control plane.

use std::{path::Path, time::Duration};

use anyhow::Context;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::check::{EventRow, Kept, NodeRow, TaskRow};

/// Reads all rows of one moment, and has SQLite check the file.
pub(crate) async fn read(data: &Path) -> anyhow::Result<Kept> {
    let options = SqliteConnectOptions::new()
        .filename(data.join("control-plane.db"))
        .busy_timeout(Duration::from_secs(10));
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .context("the database cannot be opened")?;
    let mut kept = Kept::default();
    let found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_all(&mut connection)
        .await?;
    kept.damage = found.into_iter().filter(|line| line != "ok").collect();
    let dangling = sqlx::query("PRAGMA foreign_key_check")
        .fetch_all(&mut connection)
        .await?;
    if !dangling.is_empty() {
        kept.damage
            .push(format!("{} rows refer to nothing", dangling.len()));
    }
    let mut tx = connection.begin().await?;
    kept.installation = sqlx::query_scalar("SELECT value FROM meta WHERE key = 'installation'")
        .fetch_one(&mut *tx)
        .await?;
    kept.clusters = sqlx::query_as::<_, (String, String)>("SELECT id, status FROM clusters")
        .fetch_all(&mut *tx)
        .await?
        .into_iter()
        .collect();
    kept.keys = sqlx::query_as::<_, (String, String)>("SELECT key, cluster_id FROM idempotency")
        .fetch_all(&mut *tx)
        .await?
        .into_iter()
        .collect();
    kept.nodes = sqlx::query_as::<_, (String, String, u32, String)>(
        "SELECT id, cluster_id, ordinal, state FROM nodes",
    )
    .fetch_all(&mut *tx)
    .await?
    .into_iter()
    .map(|(id, cluster, ordinal, state)| NodeRow {
        id,
        cluster,
        ordinal,
        state,
    })
    .collect();
    kept.tasks =
        sqlx::query_as::<_, (String, String, String)>("SELECT id, cluster_id, state FROM tasks")
            .fetch_all(&mut *tx)
            .await?
            .into_iter()
            .map(|(id, cluster, state)| TaskRow { id, cluster, state })
            .collect();
    kept.events = sqlx::query_as::<_, (String, Option<String>, String, String)>(
        "SELECT cluster_id, task_id, kind, message FROM events ORDER BY id",
    )
    .fetch_all(&mut *tx)
    .await?
    .into_iter()
    .map(|(cluster, task, kind, message)| EventRow {
        cluster,
        task,
        kind,
        message,
    })
    .collect();
    drop(tx);
    connection.close().await?;
    Ok(kept)
}
