//! What the page shows, kept up to date.
//!
//! The server renders from a first [`Overview`], which travels with the page; in the browser the live
//! stream (or, where that does not get through, polling) writes what changes into the same signals.
//! Every part of a page reads only what it shows, so that nothing else is touched: an open menu stays
//! open, a half-typed name stays typed.

pub mod announce;
pub mod clock;
pub mod row;
#[cfg(feature = "hydrate")]
mod stream;

use cluster_api::{
    Cluster, ClusterId, Event, EventId, NodeCount, Problem, Provisioning, Quotas, Snapshot,
    Timestamp,
};
use leptos::prelude::*;

use self::{announce::Changes, clock::Clock, row::Row};
use crate::view::{Freshness, LiveMessage, Overview};

/// What the page shows, as context for all of it.
#[derive(Clone, Copy)]
pub struct Live {
    /// The server's clock.
    pub clock: Clock,
    snapshot: RwSignal<Snapshot>,
    freshness: RwSignal<Freshness>,
    open: RwSignal<bool>,
    session_ended: RwSignal<bool>,
    timeline: RwSignal<Timeline>,
    /// Counted up whenever events may have been missed.
    missed: RwSignal<u32>,
    notes: StoredValue<Notes>,
    announcement: RwSignal<String>,
}

/// What nobody is shown.
#[derive(Clone, Debug, Default)]
struct Notes {
    /// What was not said yet.
    changes: Changes,
    /// Somebody waits for news.
    asked: bool,
}

/// The events of the cluster whose page is open.
#[derive(Clone, Debug, Default)]
struct Timeline {
    cluster: Option<ClusterId>,
    events: Vec<Event>,
}

impl Timeline {
    /// More are not kept.
    const MOST: usize = 500;

    /// Adds an event in its place, newest first, unless it is there.
    fn take_in(&mut self, event: Event) {
        let at = self.events.partition_point(|known| known.id > event.id);
        if self.events.get(at).is_none_or(|known| known.id != event.id) {
            self.events.insert(at, event);
            self.events.truncate(Self::MOST);
        }
    }
}

impl Live {
    /// Provides it, empty, to the whole page.
    pub fn provide() -> Self {
        let live = Self {
            clock: Clock::new(),
            snapshot: RwSignal::new(nothing()),
            freshness: RwSignal::new(Freshness::Live {
                at: Timestamp::UNIX_EPOCH,
            }),
            open: RwSignal::new(false),
            session_ended: RwSignal::new(false),
            timeline: RwSignal::new(Timeline::default()),
            missed: RwSignal::new(0),
            notes: StoredValue::new(Notes::default()),
            announcement: RwSignal::new(String::new()),
        };
        provide_context(live);
        live
    }

    /// That of this page.
    #[must_use]
    pub fn expect() -> Self {
        expect_context()
    }

    /// Starts from an answer of the server.
    pub fn seed(self, overview: Overview) {
        self.clock.set(overview.now);
        self.freshness.set(overview.freshness);
        self.session_ended.set(false);
        let newer = self
            .snapshot
            .with_untracked(|known| known.version <= overview.snapshot.version);
        if newer {
            self.snapshot.set(overview.snapshot);
        }
    }

    /// Forgets everything: somebody else may sign in next.
    pub fn clear(self) {
        self.snapshot.set(nothing());
        self.timeline.set(Timeline::default());
        self.open.set(false);
        self.notes.set_value(Notes::default());
        self.announcement.set(String::new());
    }

    /// Takes a message of the live stream in.
    pub fn hear(self, message: LiveMessage) {
        match message {
            LiveMessage::Snapshot(snapshot) => {
                let (missed, changes) = self.snapshot.with_untracked(|known| {
                    (
                        known.version < snapshot.version,
                        Changes::between(known, &snapshot),
                    )
                });
                self.notes.update_value(|notes| notes.changes.add(changes));
                if self.snapshot.with_untracked(|known| *known != snapshot) {
                    self.snapshot.set(snapshot);
                }
                if missed {
                    self.missed.update(|count| *count += 1);
                }
            }
            LiveMessage::Cluster(cluster) => self.take_in(cluster),
            LiveMessage::Event(event) => self.take_in_event(event),
            LiveMessage::Freshness(freshness) => self.freshness.set(freshness),
        }
    }

    /// Takes the state of a cluster in, if it is newer than what is known.
    pub fn take_in(self, cluster: Cluster) {
        let change = self
            .snapshot
            .with_untracked(|known| Changes::to(known, &cluster));
        self.notes.update_value(|notes| notes.changes.add(change));
        self.snapshot.update(|snapshot| snapshot.take_in(cluster));
    }

    fn take_in_event(self, event: Event) {
        if self
            .timeline
            .with_untracked(|timeline| timeline.cluster == Some(event.cluster_id))
        {
            self.timeline.update(|timeline| timeline.take_in(event));
        }
    }

    /// Opens the timeline of a cluster with what is known of it. Events that came in before stay.
    pub fn open_timeline(self, cluster: ClusterId, events: Vec<Event>) {
        self.timeline.update(|timeline| {
            if timeline.cluster == Some(cluster) {
                for event in events {
                    timeline.take_in(event);
                }
            } else {
                *timeline = Timeline {
                    cluster: Some(cluster),
                    events,
                };
            }
        });
    }

    /// The events of the open timeline, newest first.
    #[must_use]
    pub fn events(self) -> Vec<Event> {
        self.timeline.with(|timeline| timeline.events.clone())
    }

    /// How often events may have been missed.
    #[must_use]
    pub fn missed(self) -> u32 {
        self.missed.get()
    }

    /// Reads all that is known.
    pub fn with<T>(self, read: impl FnOnce(&Snapshot) -> T) -> T {
        self.snapshot.with(read)
    }

    /// Reads all that is known, once.
    pub fn with_untracked<T>(self, read: impl FnOnce(&Snapshot) -> T) -> T {
        self.snapshot.with_untracked(read)
    }

    /// Follows one cluster, if it is known.
    #[must_use]
    pub fn row(self, id: ClusterId) -> Option<Row> {
        let first = self.with_untracked(|known| {
            known
                .clusters
                .iter()
                .find(|cluster| cluster.id == id)
                .cloned()
        });
        first.map(|first| Row::new(self, first))
    }

    /// Why no cluster can be made now, if so.
    #[must_use]
    pub fn no_create(self) -> Memo<Option<String>> {
        Memo::new(move |_| {
            self.with(|known| known.can_create().err())
                .map(|problem| problem.to_string())
        })
    }

    /// How current it is.
    #[must_use]
    pub fn freshness(self) -> Freshness {
        self.freshness.get()
    }

    /// Whether the stream keeps it current. If not, it is as it was rendered, or asked for again and
    /// again.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.open.get()
    }

    /// Whether the session has ended while the page was open.
    #[must_use]
    pub fn session_ended(self) -> bool {
        self.session_ended.get()
    }

    /// Notes that the session has ended.
    pub fn end_session(self) {
        self.session_ended.set(true);
    }

    /// Asks for news soon: something was done that changes what is shown. The stream brings it by
    /// itself.
    pub fn ask_again(self) {
        self.notes.update_value(|notes| notes.asked = true);
    }

    /// Says something to those who hear the page, without interrupting.
    pub fn announce(self, text: String) {
        self.announcement.set(text);
    }

    /// What was last said.
    #[must_use]
    pub fn announcement(self) -> String {
        self.announcement.get()
    }

    /// Keeps it up to date for as long as the caller's part of the page is there. Only in the browser.
    pub fn follow(self) {
        #[cfg(feature = "hydrate")]
        stream::follow(self);
    }

    /// Says what has changed since the last time: every second at most, and all at once.
    #[cfg(feature = "hydrate")]
    fn announce_changes(self) {
        let mut words = None;
        self.notes
            .update_value(|notes| words = notes.changes.take_words());
        if let Some(words) = words {
            self.announce(words);
        }
    }
}

/// What is known before anything is.
fn nothing() -> Snapshot {
    Snapshot {
        version: EventId(0),
        clusters: Vec::new(),
        quotas: Quotas {
            max_clusters: 0,
            max_nodes_per_cluster: NodeCount::MIN,
        },
        cluster_types: Vec::new(),
        provisioning: Provisioning::Docker,
    }
}

/// Reads a message of the live stream. None for what this version does not know.
#[must_use]
pub fn read_message(name: &str, data: &str) -> Option<LiveMessage> {
    match name {
        "snapshot" => serde_json::from_str(data).map(LiveMessage::Snapshot).ok(),
        "cluster" => serde_json::from_str(data).map(LiveMessage::Cluster).ok(),
        "event" => serde_json::from_str(data).map(LiveMessage::Event).ok(),
        "freshness" => serde_json::from_str(data).map(LiveMessage::Freshness).ok(),
        _ => None,
    }
}

/// Whether a problem means that the session is over.
#[must_use]
pub const fn is_end_of_session(problem: Problem) -> bool {
    matches!(problem, Problem::SignedOut)
}

#[cfg(test)]
mod tests {
    use cluster_api::EventKind;

    use super::*;
    use crate::fixtures;

    fn event(id: i64) -> Event {
        Event {
            id: EventId(id),
            cluster_id: fixtures::cluster("a", &[], 1).id,
            task_id: None,
            at: fixtures::timestamp(id),
            kind: EventKind::Done,
            message: format!("step {id}"),
            detail: None,
            duration_ms: None,
        }
    }

    fn ids(timeline: &Timeline) -> Vec<i64> {
        timeline.events.iter().map(|event| event.id.0).collect()
    }

    #[test]
    fn a_timeline_keeps_its_order_and_nothing_twice() {
        let mut timeline = Timeline::default();
        for id in [2, 5, 3, 5, 2, 9] {
            timeline.take_in(event(id));
        }
        assert_eq!(ids(&timeline), [9, 5, 3, 2]);
    }

    #[test]
    fn a_timeline_is_bounded() {
        let mut timeline = Timeline::default();
        for id in 0..600 {
            timeline.take_in(event(id));
        }
        assert_eq!(timeline.events.len(), Timeline::MOST);
        assert_eq!(timeline.events[0].id, EventId(599));
    }

    #[test]
    fn messages_are_read_by_their_name() {
        let data = serde_json::to_string(&event(1)).unwrap();
        assert_eq!(
            read_message("event", &data),
            Some(LiveMessage::Event(event(1)))
        );
        assert_eq!(read_message("weather", &data), None);
        assert_eq!(read_message("cluster", &data), None);
    }
}
