//! Tasks: the work that is owed to clusters.

use cluster_api::{ClusterId, Provisioning, TaskId, TaskKind, Timestamp};
use sqlx::{Row, sqlite::SqliteRow};

use super::{Result, Store, convert};

/// A piece of work on a cluster that is not finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskRecord {
    /// Its identity.
    pub id: TaskId,
    /// The cluster it is for.
    pub cluster_id: ClusterId,
    /// What it does.
    pub kind: TaskKind,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// It leaves a node where it is when its work finds no other place.
    pub gentle: bool,
}

/// A piece of work on a cluster, finished or not, for people to read.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TaskStory {
    /// Its identity.
    pub id: TaskId,
    /// What it does.
    pub kind: TaskKind,
    /// How it is: `open`, `done`, `failed` or `dropped`.
    pub state: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl Store {
    /// The last tasks of a cluster, oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn tasks_of(&self, cluster: ClusterId, limit: u32) -> Result<Vec<TaskStory>> {
        let mut tasks = sqlx::query(
            "SELECT id, kind, state, created_at, finished_at FROM tasks WHERE cluster_id = ?
             ORDER BY created_at DESC, rowid DESC LIMIT ?",
        )
        .bind(cluster.to_string())
        .bind(limit)
        .fetch_all(&self.reader)
        .await?
        .iter()
        .map(|row| {
            let finished_at: Option<i64> = row.try_get("finished_at")?;
            Ok(TaskStory {
                id: convert::id(row.try_get("id")?)?,
                kind: convert::word("task kind", row.try_get("kind")?)?,
                state: row.try_get("state")?,
                created_at: convert::moment(row.try_get("created_at")?)?,
                finished_at: finished_at.map(convert::moment).transpose()?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
        tasks.reverse();
        Ok(tasks)
    }

    /// All tasks that are not finished, oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn open_tasks(&self) -> Result<Vec<TaskRecord>> {
        sqlx::query(
            "SELECT id, cluster_id, kind, created_at, gentle FROM tasks WHERE state = 'open'
             ORDER BY created_at",
        )
        .fetch_all(&self.reader)
        .await?
        .iter()
        .map(task)
        .collect()
    }

    /// How long tasks of a kind usually take where machines come from there: the median of the last 20 that
    /// succeeded, in milliseconds. (Those of which it is not known where theirs came from count.)
    ///
    /// # Errors
    /// The database failed.
    pub async fn typical_ms(
        &self,
        kind: TaskKind,
        provisioning: Provisioning,
    ) -> Result<Option<u64>> {
        let mut durations: Vec<i64> = sqlx::query_scalar(
            "SELECT (finished_at - created_at) / 1000 FROM tasks
             WHERE kind = ?1 AND state = 'done' AND coalesce(provisioning, ?2) = ?2
             ORDER BY finished_at DESC LIMIT 20",
        )
        .bind(kind.as_str())
        .bind(provisioning.as_str())
        .fetch_all(&self.reader)
        .await?;
        durations.sort_unstable();
        Ok(durations
            .get(durations.len() / 2)
            .and_then(|ms| (*ms).try_into().ok()))
    }
}

fn task(row: &SqliteRow) -> Result<TaskRecord> {
    Ok(TaskRecord {
        id: convert::id(row.try_get("id")?)?,
        cluster_id: convert::id(row.try_get("cluster_id")?)?,
        kind: convert::word("task kind", row.try_get("kind")?)?,
        created_at: convert::moment(row.try_get("created_at")?)?,
        gentle: row.try_get("gentle")?,
    })
}
