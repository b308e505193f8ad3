//! The timeline of clusters whose control plane keeps none: rows of SQLite, in the folder for data.

use std::path::Path;

use async_trait::async_trait;
use cluster_api::{
    ClusterId, Event, EventId,
    client::magnum::{Entry, Journal},
};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use crate::chain::Chain;

/// Entries of clusters are kept for so many days.
const KEPT_DAYS: i64 = 400;

/// A table of events. `seen` is what everybody who saw something writes alike, so that it is kept once.
const TABLE: &str = "
CREATE TABLE IF NOT EXISTS timeline (
    place   INTEGER NOT NULL,
    project TEXT NOT NULL,
    cluster TEXT NOT NULL,
    seen    TEXT,
    event   TEXT NOT NULL,
    PRIMARY KEY (project, cluster, place)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS timeline_seen ON timeline (project, seen) WHERE seen IS NOT NULL;
";

/// Where the timeline is kept.
pub(crate) struct Timeline(SqlitePool);

impl Timeline {
    /// Opens the file in the folder for data, and makes it if it is missing.
    pub(crate) async fn open(folder: &Path) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(folder.join("timeline.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let pool = SqlitePoolOptions::new()
            .max_connections(2)
            .connect_with(options)
            .await?;
        sqlx::raw_sql(TABLE).execute(&pool).await?;
        let oldest = jiff::Timestamp::now().as_microsecond() - KEPT_DAYS * 86_400_000_000;
        sqlx::query("DELETE FROM timeline WHERE place < ?")
            .bind(oldest)
            .execute(&pool)
            .await?;
        Ok(Self(pool))
    }

    async fn write(&self, entry: &Entry) -> Result<Event, sqlx::Error> {
        let event = &entry.event;
        let text =
            serde_json::to_string(event).map_err(|error| sqlx::Error::Encode(error.into()))?;
        sqlx::query(
            "INSERT INTO timeline (place, project, cluster, seen, event) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT DO NOTHING",
        )
        .bind(event.id.0)
        .bind(&entry.project)
        .bind(event.cluster_id.to_string())
        .bind(&entry.seen)
        .bind(text)
        .execute(&self.0)
        .await?;
        let Some(seen) = &entry.seen else {
            return Ok(event.clone());
        };
        let kept: Option<(String,)> =
            sqlx::query_as("SELECT event FROM timeline WHERE project = ? AND seen = ?")
                .bind(&entry.project)
                .bind(seen)
                .fetch_optional(&self.0)
                .await?;
        let kept = kept.and_then(|(text,)| serde_json::from_str(&text).ok());
        Ok(kept.unwrap_or_else(|| event.clone()))
    }

    async fn rows(
        &self,
        project: &str,
        cluster: ClusterId,
        before: i64,
        limit: u32,
    ) -> Result<Vec<Event>, sqlx::Error> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT event FROM timeline WHERE project = ? AND cluster = ? AND place < ?
             ORDER BY place DESC LIMIT ?",
        )
        .bind(project)
        .bind(cluster.to_string())
        .bind(before)
        .bind(limit)
        .fetch_all(&self.0)
        .await?;
        let events = rows
            .iter()
            .filter_map(|(text,)| serde_json::from_str(text).ok());
        Ok(events.collect())
    }
}

#[async_trait]
impl Journal for Timeline {
    async fn keep(&self, entry: Entry) -> Event {
        match self.write(&entry).await {
            Ok(event) => event,
            Err(error) => {
                tracing::error!("an entry of a timeline is lost: {}", Chain(&error));
                entry.event
            }
        }
    }

    async fn read(
        &self,
        project: &str,
        cluster: ClusterId,
        before: Option<EventId>,
        limit: u32,
    ) -> Vec<Event> {
        let before = before.map_or(i64::MAX, |it| it.0);
        match self.rows(project, cluster, before, limit).await {
            Ok(events) => events,
            Err(error) => {
                tracing::error!("a timeline cannot be read: {}", Chain(&error));
                Vec::new()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use cluster_api::EventKind;
    use uuid::Uuid;

    use super::*;

    fn entry(place: i64, cluster: ClusterId, seen: Option<&str>) -> Entry {
        Entry {
            project: "demo".to_owned(),
            event: Event {
                id: EventId(place),
                cluster_id: cluster,
                actor: None,
                task_id: None,
                at: jiff::Timestamp::now(),
                kind: EventKind::Noticed,
                message: format!("entry {place}"),
                detail: None,
                duration_ms: None,
            },
            seen: seen.map(ToOwned::to_owned),
        }
    }

    #[tokio::test]
    async fn entries_outlive_the_process_and_what_two_saw_is_kept_once() {
        let folder = tempfile::tempdir().unwrap();
        let now = jiff::Timestamp::now().as_microsecond();
        let cluster = ClusterId(Uuid::new_v4());
        let timeline = Timeline::open(folder.path()).await.unwrap();
        assert_eq!(
            timeline.keep(entry(now, cluster, Some("a"))).await.id.0,
            now
        );
        assert_eq!(
            timeline.keep(entry(now + 1, cluster, Some("a"))).await.id.0,
            now
        );
        timeline.keep(entry(now + 2, cluster, None)).await;
        timeline
            .keep(entry(now + 3, ClusterId(Uuid::new_v4()), None))
            .await;
        drop(timeline);
        let timeline = Timeline::open(folder.path()).await.unwrap();
        let places = |events: Vec<Event>| events.iter().map(|it| it.id.0 - now).collect::<Vec<_>>();
        assert_eq!(
            places(timeline.read("demo", cluster, None, 10).await),
            [2, 0]
        );
        let before = Some(EventId(now + 2));
        assert_eq!(
            places(timeline.read("demo", cluster, before, 10).await),
            [0]
        );
        assert!(timeline.read("other", cluster, None, 10).await.is_empty());
    }
}
