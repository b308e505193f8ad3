//! The timeline of clusters that have none of their own: what was asked for here, and what was seen.
//!
//! Magnum keeps no history, so the dashboard does. Entries belong to a project, as clusters do. Whoever
//! runs the client says where they are kept ([`Journal`]); [`MemoryJournal`] forgets them with the
//! process, which does for a command.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use async_trait::async_trait;

use crate::{ClusterId, Event, EventId, EventKind, Timestamp};

/// So many entries are kept in memory.
const REMEMBERED: usize = 10_000;

/// An entry that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The project.
    pub project: String,
    /// What is to be read later.
    pub event: Event,
    /// What was seen, in a form that everybody who saw it writes alike: it is kept once. None: it was
    /// done here, and nobody else writes of it.
    pub seen: Option<String>,
}

/// Where the timeline is kept.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Keeps an entry, and gives back the event that is kept: of what was seen before, that of then. What
    /// cannot be kept is in the log.
    async fn keep(&self, entry: Entry) -> Event;

    /// The entries of a cluster before `before`, newest first.
    async fn read(
        &self,
        project: &str,
        cluster: ClusterId,
        before: Option<EventId>,
        limit: u32,
    ) -> Vec<Event>;
}

/// A timeline that lasts as long as the process.
#[derive(Debug, Default)]
pub struct MemoryJournal(Mutex<VecDeque<Entry>>);

#[async_trait]
impl Journal for MemoryJournal {
    async fn keep(&self, entry: Entry) -> Event {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |known: &&Entry| entry.seen.is_some() && known.seen == entry.seen;
        if let Some(known) = kept.iter().find(same) {
            return known.event.clone();
        }
        if kept.len() >= REMEMBERED {
            kept.pop_front();
        }
        let event = entry.event.clone();
        kept.push_back(entry);
        event
    }

    async fn read(
        &self,
        project: &str,
        cluster: ClusterId,
        before: Option<EventId>,
        limit: u32,
    ) -> Vec<Event> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .rev()
            .filter(|it| it.project == project && it.event.cluster_id == cluster)
            .filter(|it| before.is_none_or(|before| it.event.id < before))
            .take(limit as usize)
            .map(|it| it.event.clone())
            .collect()
    }
}

/// Places in the journal: microseconds since 1970, each greater than the one before, so that they go on
/// after a restart.
#[derive(Debug, Default)]
pub(super) struct Places(AtomicI64);

impl Places {
    pub(super) fn next(&self, now: Timestamp) -> EventId {
        let now = now.as_microsecond();
        let before = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
                Some(now.max(last + 1))
            })
            .unwrap_or(now);
        EventId(now.max(before + 1))
    }
}

/// An entry without anything but what every one has.
pub(super) fn event(
    id: EventId,
    cluster: ClusterId,
    at: Timestamp,
    kind: EventKind,
    message: &str,
) -> Event {
    Event {
        id,
        cluster_id: cluster,
        actor: None,
        task_id: None,
        at,
        kind,
        message: message.to_owned(),
        detail: None,
        duration_ms: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_grow_whatever_the_clock_does() {
        let (places, now) = (
            Places::default(),
            Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(1),
        );
        let first = places.next(now);
        assert_eq!(first.0, 3_600_000_000);
        let again = places.next(now);
        let earlier = places.next(Timestamp::UNIX_EPOCH);
        assert!(first < again && again < earlier);
    }

    #[tokio::test]
    async fn what_two_saw_is_kept_once() {
        let journal = MemoryJournal::default();
        let id = ClusterId(uuid::Uuid::new_v4());
        let entry = |place, seen: Option<&str>| Entry {
            project: "demo".to_owned(),
            event: event(
                EventId(place),
                id,
                Timestamp::UNIX_EPOCH,
                EventKind::Noticed,
                "x",
            ),
            seen: seen.map(ToOwned::to_owned),
        };
        assert_eq!(journal.keep(entry(1, Some("a"))).await.id, EventId(1));
        assert_eq!(journal.keep(entry(2, Some("a"))).await.id, EventId(1));
        assert_eq!(journal.keep(entry(3, None)).await.id, EventId(3));
        assert_eq!(journal.keep(entry(4, None)).await.id, EventId(4));
        let places = |events: Vec<Event>| events.iter().map(|it| it.id.0).collect::<Vec<_>>();
        assert_eq!(places(journal.read("demo", id, None, 10).await), [4, 3, 1]);
        assert_eq!(
            places(journal.read("demo", id, Some(EventId(4)), 1).await),
            [3]
        );
        assert!(journal.read("other", id, None, 10).await.is_empty());
    }
}
