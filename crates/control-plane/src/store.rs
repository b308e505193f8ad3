//! The store: one SQLite database, and the only place that knows SQL.
//!
//! There is one writer connection, so writes queue instead of failing, and a few readers beside it
//! (WAL). Whatever changes a cluster goes through [`Change`]: it writes rows and the event that tells
//! of them in one transaction, and that event's number becomes the version of the row. Watchers learn
//! of the commit through [`Store::changes`].

mod accounts;
mod audit;
mod change;
mod clusters;
mod convert;
mod credentials;
mod events;
mod keys;
mod list;
mod samples;
mod sessions;
mod subscriptions;
mod tasks;
mod tickets;
#[cfg(test)]
mod upgrade;

use std::{path::Path, time::Duration};

use cluster_api::EventId;
use sqlx::{
    Connection, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::watch;
use uuid::Uuid;

pub use accounts::{
    Account, AccountChanged, AccountPatch, AccountRecord, Actor, ActorKey, Limits, NewAccount,
    hash_secret,
};
pub use audit::{AuditDraft, AuditFilter, WhichCluster};
pub use change::{Change, EventDraft};
pub use cluster_api::AccountId;
pub use clusters::{ClusterRecord, Created, Creation, Duty, NodeRecord, SettledCluster};
pub use credentials::CredentialRecord;
pub use keys::{KeyMade, NewKey};
pub use list::{After, ClusterPage, ClusterQuery, KeyValue};
pub use samples::{NodePoints, NodeSample, Resolution, SampleStore};
pub use sessions::{NewSession, Which};
pub use subscriptions::{DueDelivery, SubscriptionRecord, Tried};
pub use tasks::{TaskRecord, TaskStory};
pub use tickets::{NoteDraft, TicketDraft, TicketFilter};

/// How many rows a reader has ready for whoever asked: SQLite reads on a thread of its own, and a long
/// page would otherwise be handed over in many small turns.
const ROWS_AHEAD: usize = 1024;

/// The store. Cheap to share behind an `Arc`.
pub struct Store {
    reader: SqlitePool,
    writer: SqlitePool,
    changes: watch::Sender<EventId>,
    notes: watch::Sender<()>,
    endings: watch::Sender<()>,
    installation: Uuid,
}

/// The database failed, or holds what no version of ours wrote.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite or the system below it.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database could not be brought up to date")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A value that this version cannot read.
    #[error("the database holds an unreadable {0}")]
    Unreadable(&'static str),
    /// A value has no JSON form.
    #[error("a value could not be written as JSON")]
    Json(#[from] serde_json::Error),
}

type Result<T, E = StoreError> = std::result::Result<T, E>;

impl Store {
    /// Opens the database in `path`, makes it when it is not there, and brings it up to date.
    ///
    /// # Errors
    /// The file cannot be used or is of a newer version.
    pub async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An answer leaves only after its commit is on the disk.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .after_release(|connection, _| Box::pin(is_outside_of_transactions(connection)))
            .connect_with(options.clone())
            .await?;
        sqlx::migrate!().run(&writer).await?;
        let reader = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(
                options
                    .read_only(true)
                    .create_if_missing(false)
                    .row_buffer_size(ROWS_AHEAD),
            )
            .await?;

        sqlx::query("INSERT OR IGNORE INTO meta (key, value) VALUES ('installation', ?)")
            .bind(Uuid::new_v4().to_string())
            .execute(&writer)
            .await?;
        let installation: String =
            sqlx::query_scalar("SELECT value FROM meta WHERE key = 'installation'")
                .fetch_one(&writer)
                .await?;
        let last: Option<i64> = sqlx::query_scalar("SELECT max(id) FROM events")
            .fetch_one(&writer)
            .await?;
        Ok(Self {
            reader,
            writer,
            changes: watch::Sender::new(EventId(last.unwrap_or_default())),
            notes: watch::Sender::new(()),
            endings: watch::Sender::new(()),
            installation: installation
                .parse()
                .map_err(|_| StoreError::Unreadable("installation id"))?,
        })
    }

    /// Tells this data folder from every other one: several installations can share an engine.
    #[must_use]
    pub const fn installation(&self) -> Uuid {
        self.installation
    }

    /// Follows the journal: the number of the last event committed by this process.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<EventId> {
        self.changes.subscribe()
    }

    /// Follows the notes that people write into tickets. (What a ticket notes by itself comes with an
    /// event, and so through [`Store::changes`].)
    #[must_use]
    pub fn notes(&self) -> watch::Receiver<()> {
        self.notes.subscribe()
    }

    fn announce_note(&self) {
        self.notes.send_replace(());
    }

    /// Follows the ends of sign-ins: told whenever this process may have ended some.
    #[must_use]
    pub fn endings(&self) -> watch::Receiver<()> {
        self.endings.subscribe()
    }

    fn announce_endings(&self) {
        self.endings.send_replace(());
    }

    /// Looks for what another process wrote (the account commands), and wakes watchers if there is
    /// something.
    ///
    /// # Errors
    /// The database failed.
    pub async fn notice_other_writers(&self) -> Result<()> {
        let last: Option<i64> = sqlx::query_scalar("SELECT max(id) FROM events")
            .fetch_one(&self.reader)
            .await?;
        self.announce(EventId(last.unwrap_or_default()));
        Ok(())
    }

    fn announce(&self, last: EventId) {
        self.changes.send_if_modified(|known| {
            let newer = last > *known;
            *known = (*known).max(last);
            newer
        });
    }

    /// Writes what would take a test too long to bring about.
    #[cfg(test)]
    pub(crate) async fn write_directly(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.writer).await.unwrap();
    }

    /// Closes the database in order. Calls after it fail.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// Whether a connection may be used again. When the disk is full SQLite ends the transaction by
/// itself; the rollback that follows fails, and sqlx believes for good that it is still in one. Every
/// later transaction would then be a savepoint of one that never ends: answered as kept, and lost with
/// the process. Such a connection is closed, and another one opened.
async fn is_outside_of_transactions(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    // A rollback that was begun by a drop waits in the queue until somebody asks for something.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tries to write until the database is full, as SQLite tells it on a full disk.
    async fn fill(store: &Store) {
        let mut tx = store.writer.begin().await.unwrap();
        sqlx::query("PRAGMA max_page_count = 1")
            .execute(&mut *tx)
            .await
            .unwrap();
        let full = sqlx::query("INSERT INTO meta (key, value) VALUES ('much', ?)")
            .bind("x".repeat(1 << 20))
            .execute(&mut *tx)
            .await;
        assert!(full.is_err(), "the database should be full");
    }

    #[tokio::test]
    async fn what_is_kept_after_a_full_disk_is_really_kept() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("test.db")).await.unwrap();
        fill(&store).await;
        // A wish that is refused rolls back; one that is accepted commits.
        drop(store.writer.begin().await.unwrap());
        let mut tx = store.writer.begin().await.unwrap();
        sqlx::query("INSERT INTO meta (key, value) VALUES ('wish', 'accepted')")
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let kept: Option<String> = sqlx::query_scalar("SELECT value FROM meta WHERE key = 'wish'")
            .fetch_optional(&store.reader)
            .await
            .unwrap();
        assert_eq!(kept.as_deref(), Some("accepted"));
    }
}
