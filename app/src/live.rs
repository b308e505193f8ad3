//! What the page shows, kept up to date.
//!
//! The server renders from a first [`Overview`], which travels with the page to [`root::LiveRoot`]; in
//! the browser the live stream (or, where that does not get through, polling) writes what changes into
//! the same signals. What is shown is a function of them: when one changes the function is called
//! again, and only what came out different is written into the page, in place. So an open menu stays
//! open, and what has the focus keeps it.

pub mod announce;
pub mod announcer;
pub mod clock;
pub mod root;
pub mod row;
#[cfg(feature = "hydrate")]
mod stream;

use cluster_api::{
    Cluster, ClusterId, Event, EventId, NodeCount, Provisioning, Quotas, Snapshot, Timestamp,
};
use leptos::prelude::*;

use self::{announce::Changes, clock::Clock};
#[cfg(any(feature = "hydrate", test))]
use crate::view::LiveMessage;
use crate::view::{Freshness, Overview};

/// What the page shows, as context for all of it.
#[derive(Clone, Copy)]
pub struct Live {
    /// The server's clock.
    pub clock: Clock,
    /// The account's clusters, quotas and choices.
    pub snapshot: RwSignal<Snapshot>,
    /// How current that is.
    pub freshness: RwSignal<Freshness>,
    /// Whether the stream keeps it current. If not, it is as it was rendered, or asked for again and
    /// again.
    pub open: RwSignal<bool>,
    /// Whether the session has ended while the page was open.
    pub session_ended: RwSignal<bool>,
    /// What was last said to those who hear the page.
    pub announcement: RwSignal<String>,
    timeline: RwSignal<Timeline>,
    /// Counted up whenever events may have been missed.
    missed: RwSignal<u32>,
    /// What has changed and was not said yet.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "on the server nothing changes")
    )]
    unsaid: StoredValue<Changes>,
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
    /// Provides it, empty, to what the caller makes.
    pub fn provide() -> Self {
        let live = Self {
            clock: Clock::new(),
            snapshot: RwSignal::new(nothing()),
            freshness: RwSignal::new(Freshness::Live {
                at: Timestamp::UNIX_EPOCH,
            }),
            open: RwSignal::new(false),
            session_ended: RwSignal::new(false),
            announcement: RwSignal::new(String::new()),
            timeline: RwSignal::new(Timeline::default()),
            missed: RwSignal::new(0),
            unsaid: StoredValue::new(Changes::default()),
        };
        provide_context(live);
        live
    }

    /// That of this page.
    #[must_use]
    pub fn expect() -> Self {
        expect_context()
    }

    /// Starts from what the server knows.
    pub fn seed(self, overview: Overview) {
        self.clock.set(overview.now);
        self.freshness.set(overview.freshness);
        self.snapshot.set(overview.snapshot);
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
    pub fn with_events<T>(self, read: impl FnOnce(&[Event]) -> T) -> T {
        self.timeline.with(|timeline| read(&timeline.events))
    }

    /// Takes the state of a cluster in, if it is newer than what is known.
    pub fn take_in(self, cluster: Cluster) {
        self.snapshot.update(|snapshot| snapshot.take_in(cluster));
    }

    /// How often events may have been missed.
    #[must_use]
    pub fn missed(self) -> u32 {
        self.missed.get()
    }
}

#[cfg(feature = "hydrate")]
impl Live {
    /// Takes a message of the live stream in.
    fn hear(self, message: LiveMessage) {
        match message {
            LiveMessage::Snapshot(snapshot) => {
                let (missed, changes) = self.snapshot.with_untracked(|known| {
                    (
                        known.version < snapshot.version,
                        Changes::between(known, &snapshot),
                    )
                });
                self.unsaid.update_value(|unsaid| unsaid.add(changes));
                if self.snapshot.with_untracked(|known| *known != snapshot) {
                    self.snapshot.set(snapshot);
                }
                if missed {
                    self.missed.update(|count| *count += 1);
                }
            }
            LiveMessage::Cluster(cluster) => {
                let change = self
                    .snapshot
                    .with_untracked(|known| Changes::to(known, &cluster));
                self.unsaid.update_value(|unsaid| unsaid.add(change));
                self.take_in(cluster);
            }
            LiveMessage::Event(event) => {
                let shown = |timeline: &Timeline| timeline.cluster == Some(event.cluster_id);
                if self.timeline.with_untracked(shown) {
                    self.timeline.update(|timeline| timeline.take_in(event));
                }
            }
            LiveMessage::Freshness(freshness) => self.freshness.set(freshness),
        }
    }

    /// Says what has changed since the last time: every second at most, and all at once.
    fn announce_changes(self) {
        let mut words = None;
        self.unsaid
            .update_value(|changes| words = changes.take_words());
        if let Some(words) = words {
            self.announcement.set(words);
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
#[cfg(any(feature = "hydrate", test))]
fn read_message(name: &str, data: &str) -> Option<LiveMessage> {
    match name {
        "snapshot" => serde_json::from_str(data).map(LiveMessage::Snapshot).ok(),
        "cluster" => serde_json::from_str(data).map(LiveMessage::Cluster).ok(),
        "event" => serde_json::from_str(data).map(LiveMessage::Event).ok(),
        "freshness" => serde_json::from_str(data).map(LiveMessage::Freshness).ok(),
        _ => None,
    }
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
            actor: None,
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
