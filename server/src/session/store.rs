//! The session store: SQLite, with a small memory in front.
//!
//! Three things are added to what the library's store does. Ids are hashed on their way in, so that
//! the database holds no id that a browser could send. A session that has ended stays ended, even if
//! a slower request that began before comes back and wants to save it. And sessions in use answer
//! from memory.

use std::{
    collections::HashMap,
    fs::OpenOptions,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio_util::sync::CancellationToken;
use tower_sessions::{
    ExpiredDeletion, SessionStore,
    cookie::time::OffsetDateTime,
    session::{Id, Record},
    session_store,
};
use tower_sessions_sqlx_store::SqliteStore;

use super::OpenSessionsError;
use crate::chain::Chain;

/// A remembered session is read anew after so long.
const REMEMBERED: Duration = Duration::from_secs(30);

/// Longer than any request takes.
const ENDED: Duration = Duration::from_secs(600);

/// How many sessions are remembered, and how many ends.
const CAPACITY: usize = 4096;

/// Sessions whose time is over are deleted so often.
const SWEEP: Duration = Duration::from_secs(600);

/// Where sessions are kept.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    database: SqliteStore,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Debug, Default)]
struct Memory {
    records: HashMap<Id, (Record, Instant)>,
    ended: HashMap<Id, Instant>,
    /// Counts ends, so that a read that began before one is not remembered after it.
    ends: u64,
}

impl Memory {
    fn remember(&mut self, record: Record) {
        if self.records.len() >= CAPACITY {
            self.records
                .retain(|_, (_, since)| since.elapsed() < REMEMBERED);
        }
        if self.records.len() >= CAPACITY {
            self.records.clear();
        }
        self.records.insert(record.id, (record, Instant::now()));
    }

    fn recall(&self, id: Id) -> Option<&Record> {
        let (record, since) = self.records.get(&id)?;
        let fresh = since.elapsed() < REMEMBERED && record.expiry_date > OffsetDateTime::now_utc();
        fresh.then_some(record)
    }

    fn end(&mut self, id: Id) {
        self.ends += 1;
        self.records.remove(&id);
        if self.ended.len() >= CAPACITY {
            self.ended.retain(|_, since| since.elapsed() < ENDED);
        }
        self.ended.insert(id, Instant::now());
    }
}

impl Store {
    /// Opens the database, and makes it if there is none.
    pub(super) async fn open(path: &Path) -> Result<Self, OpenSessionsError> {
        // SQLite gives its other files the mode of this one.
        OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await?;
        let database = SqliteStore::new(pool);
        database.migrate().await?;
        Ok(Self {
            database,
            memory: Arc::default(),
        })
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One value of a session, as it is now.
    pub(super) async fn value<T: DeserializeOwned>(
        &self,
        id: Id,
        key: &str,
    ) -> session_store::Result<Option<T>> {
        let value = self
            .load(&id)
            .await?
            .and_then(|mut record| record.data.remove(key));
        value
            .map(|value| serde_json::from_value(value))
            .transpose()
            .map_err(|error| session_store::Error::Decode(error.to_string()))
    }

    /// Deletes sessions whose time is over, now and then, until it is told to stop.
    pub(crate) async fn sweep(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(SWEEP) => {}
            }
            if let Err(error) = self.database.delete_expired().await {
                tracing::error!(
                    "sessions that are over cannot be deleted: {}",
                    Chain(&error)
                );
            }
        }
    }
}

/// The id under which the database knows a session.
fn hashed(id: &Id) -> Id {
    let digest = Sha256::digest(id.0.to_le_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Id(i128::from_le_bytes(bytes))
}

fn with_id(record: &Record, id: Id) -> Record {
    Record {
        id,
        ..record.clone()
    }
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        loop {
            let key = hashed(&record.id);
            let mut row = with_id(record, key);
            self.database.create(&mut row).await?;
            if row.id == key {
                break;
            }
            // The id was taken, and the row has one that no cookie leads to.
            self.database.delete(&row.id).await?;
            record.id = Id::default();
        }
        self.memory().remember(record.clone());
        Ok(())
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        if self.memory().ended.contains_key(&record.id) {
            return Ok(());
        }
        let row = with_id(record, hashed(&record.id));
        self.database.save(&row).await?;
        let ended = {
            let mut memory = self.memory();
            let ended = memory.ended.contains_key(&record.id);
            if !ended {
                memory.remember(record.clone());
            }
            ended
        };
        if ended {
            self.database.delete(&row.id).await?;
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let ends = {
            let memory = self.memory();
            if let Some(record) = memory.recall(*id) {
                return Ok(Some(record.clone()));
            }
            memory.ends
        };
        let found = self
            .database
            .load(&hashed(id))
            .await?
            .map(|row| with_id(&row, *id));
        if let Some(record) = &found {
            let mut memory = self.memory();
            if memory.ends == ends {
                memory.remember(record.clone());
            }
        }
        Ok(found)
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.memory().end(*id);
        self.database.delete(&hashed(id)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn store() -> (Store, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        (
            Store::open(&folder.path().join("test.db")).await.unwrap(),
            folder,
        )
    }

    fn record() -> Record {
        Record {
            id: Id::default(),
            data: [("key".to_owned(), "value".into())].into(),
            expiry_date: OffsetDateTime::now_utc() + Duration::from_secs(60),
        }
    }

    #[tokio::test]
    async fn a_session_comes_back_from_memory_and_from_disk() {
        let (store, folder) = store().await;
        let mut record = record();
        store.create(&mut record).await.unwrap();
        assert_eq!(
            store.load(&record.id).await.unwrap().as_ref(),
            Some(&record)
        );

        let other = Store::open(&folder.path().join("test.db")).await.unwrap();
        assert_eq!(
            other.load(&record.id).await.unwrap().as_ref(),
            Some(&record)
        );
        assert_eq!(
            other.value::<String>(record.id, "key").await.unwrap(),
            Some("value".to_owned())
        );
    }

    #[tokio::test]
    async fn a_slow_request_cannot_bring_an_ended_session_back() {
        let (store, folder) = store().await;
        let mut record = record();
        store.create(&mut record).await.unwrap();
        store.delete(&record.id).await.unwrap();
        store.save(&record).await.unwrap();
        assert_eq!(store.load(&record.id).await.unwrap(), None);

        let other = Store::open(&folder.path().join("test.db")).await.unwrap();
        assert_eq!(other.load(&record.id).await.unwrap(), None);
    }

    #[tokio::test]
    async fn the_database_does_not_hold_the_id_of_the_cookie() {
        let (store, folder) = store().await;
        let mut record = record();
        store.create(&mut record).await.unwrap();
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let id = record.id.to_string();
            assert!(
                !bytes
                    .windows(id.len())
                    .any(|window| window == id.as_bytes())
            );
        }
    }
}
