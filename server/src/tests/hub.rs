//! The hub: one stream upstream, whatever happens to it.

use std::{sync::Arc, time::Duration};

use app::view::Freshness;
use cluster_api::{Cluster, ClusterStatus, Problem, Timestamp, WatchMessage};
use secrecy::SecretString;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{FakeControlPlane, cluster, event};
use crate::{
    clock::Clock,
    hub::{Entry, Hub, LiveMessage, Subscription},
};

/// The time of Tokio's paused clock.
struct PausedClock(tokio::time::Instant);

impl Clock for PausedClock {
    fn now(&self) -> Timestamp {
        let start: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        start + self.0.elapsed()
    }
}

struct Rig {
    control_plane: FakeControlPlane,
    hub: Hub,
    clock: Arc<PausedClock>,
    token: SecretString,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// A hub with the account `owner`, its cluster `web` at version 5, and its token `t1`.
fn rig() -> Rig {
    let control_plane = FakeControlPlane::default();
    control_plane.add("owner", cluster("web", 5));
    let token = control_plane.grant("owner", "t1");
    let clock = Arc::new(PausedClock(tokio::time::Instant::now()));
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let hub = Hub::new(
        Arc::new(control_plane.clone()),
        Arc::clone(&clock) as Arc<dyn Clock>,
        stop.clone(),
        tasks.clone(),
    );
    Rig {
        control_plane,
        hub,
        clock,
        token,
        stop,
        tasks,
    }
}

impl Rig {
    async fn enter(&self, token: &SecretString) -> Result<Entry, Problem> {
        self.hub
            .enter("owner", token, "2026-12-01T00:00:00Z".parse().unwrap())
            .await
    }

    async fn subscribe(&self) -> Subscription {
        self.enter(&self.token)
            .await
            .unwrap()
            .subscribe()
            .await
            .unwrap()
    }

    async fn overview(&self) -> (Vec<Cluster>, Freshness) {
        let (snapshot, freshness) = self
            .enter(&self.token)
            .await
            .unwrap()
            .overview()
            .await
            .unwrap();
        (snapshot.clusters.clone(), freshness)
    }

    fn change(&self, name: &str, version: i64, status: ClusterStatus) -> Cluster {
        let mut row = cluster(name, version);
        row.status = status;
        self.control_plane
            .send("owner", WatchMessage::Cluster(row.clone()));
        row
    }
}

/// The next message that is neither about freshness nor for those who hear the page.
async fn next(subscription: &mut Subscription) -> LiveMessage {
    loop {
        let message = subscription.next().await.expect("the stream ended");
        if !matches!(
            *message,
            LiveMessage::Freshness(_) | LiveMessage::Changes(_)
        ) {
            return (*message).clone();
        }
    }
}

async fn next_freshness(subscription: &mut Subscription) -> Freshness {
    loop {
        let message = subscription.next().await.expect("the stream ended");
        if let LiveMessage::Freshness(freshness) = *message {
            return freshness;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn many_listeners_are_one_stream_upstream() {
    let rig = rig();
    let mut listeners = Vec::new();
    for _ in 0..50 {
        listeners.push(rig.subscribe().await);
    }
    assert_eq!(rig.control_plane.calls(), ["check_token", "watch"]);
    for listener in &mut listeners {
        let LiveMessage::Snapshot(snapshot) = next(listener).await else {
            panic!()
        };
        assert_eq!(snapshot.clusters, [cluster("web", 5)]);
    }
    let row = rig.change("web", 6, ClusterStatus::Resizing);
    for listener in &mut listeners {
        assert_eq!(next(listener).await, LiveMessage::Cluster(row.clone()));
    }
    assert_eq!(rig.overview().await.0, [row]);
    assert!(rig.control_plane.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_lost_stream_goes_on_where_it_was_and_nothing_comes_twice() {
    let rig = rig();
    let mut listener = rig.subscribe().await;
    next(&mut listener).await;
    let web = cluster("web", 5).id;
    rig.control_plane
        .send("owner", WatchMessage::Event(event(web, 6)));
    rig.change("web", 6, ClusterStatus::Resizing);
    rig.control_plane
        .send("owner", WatchMessage::Event(event(web, 7)));
    assert_eq!(next(&mut listener).await, LiveMessage::Event(event(web, 6)));
    next(&mut listener).await;
    assert_eq!(next(&mut listener).await, LiveMessage::Event(event(web, 7)));
    rig.control_plane.calls();

    rig.control_plane.drop_streams();
    while rig.control_plane.streams() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // The row that entry 7 changed may not have come with it.
    assert_eq!(rig.control_plane.calls(), ["watch after 6"]);
    rig.control_plane
        .send("owner", WatchMessage::Event(event(web, 7)));
    let row = rig.change("web", 7, ClusterStatus::Active);
    assert_eq!(next(&mut listener).await, LiveMessage::Cluster(row));
    // Nobody had to be told of so short a gap.
    assert!(matches!(rig.overview().await.1, Freshness::Live { .. }));
}

#[tokio::test(start_paused = true)]
async fn old_rows_change_nothing_and_deleted_ones_stay_away() {
    let rig = rig();
    let mut listener = rig.subscribe().await;
    next(&mut listener).await;
    rig.change("web", 4, ClusterStatus::Error);
    rig.change("web", 5, ClusterStatus::Error);
    let gone = rig.change("web", 8, ClusterStatus::Deleted);
    assert_eq!(next(&mut listener).await, LiveMessage::Cluster(gone));
    // The answer to the delete comes after all is over.
    let mut late = cluster("web", 6);
    late.status = ClusterStatus::Deleting;
    rig.enter(&rig.token).await.unwrap().take_in(late);
    assert!(rig.overview().await.0.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_shown_before_the_stream_brings_it_and_survives_an_older_snapshot() {
    let rig = rig();
    let mut listener = rig.subscribe().await;
    next(&mut listener).await;
    let made = cluster("new", 9);
    rig.enter(&rig.token).await.unwrap().take_in(made.clone());
    assert_eq!(
        next(&mut listener).await,
        LiveMessage::Cluster(made.clone())
    );
    assert_eq!(rig.overview().await.0, [made.clone(), cluster("web", 5)]);

    // Made before the answer, arrived after it.
    rig.change("web", 7, ClusterStatus::Active);
    next(&mut listener).await;
    let entry = rig.enter(&rig.token).await.unwrap();
    let (snapshot, _) = entry.overview().await.unwrap();
    let mut snapshot = (*snapshot).clone();
    snapshot.version = cluster_api::EventId(8);
    snapshot.clusters.retain(|row| row.id != made.id);
    rig.control_plane
        .send("owner", WatchMessage::Snapshot(snapshot));
    let LiveMessage::Snapshot(shown) = next(&mut listener).await else {
        panic!()
    };
    assert_eq!(shown.clusters.first(), Some(&made));
}

#[tokio::test(start_paused = true)]
async fn without_the_control_plane_the_last_state_stays_and_says_since_when() {
    let rig = rig();
    let mut listener = rig.subscribe().await;
    next(&mut listener).await;
    let Freshness::Live { .. } = next_freshness(&mut listener).await else {
        panic!()
    };

    rig.control_plane.set_away(true);
    let lost = rig.clock.now();
    let Freshness::Unreachable { since } = next_freshness(&mut listener).await else {
        panic!()
    };
    assert!(since.duration_since(lost).as_secs() < 1, "{since} {lost}");
    tokio::time::sleep(Duration::from_secs(120)).await;
    let (clusters, freshness) = rig.overview().await;
    assert_eq!(clusters, [cluster("web", 5)]);
    assert_eq!(freshness, Freshness::Unreachable { since });
    // Tried again and again, but not all the time.
    let tries = rig.control_plane.calls().len();
    assert!((24..60).contains(&tries), "{tries}");

    rig.control_plane.set_away(false);
    let back = rig.clock.now();
    while !matches!(next_freshness(&mut listener).await, Freshness::Live { .. }) {}
    assert!(rig.clock.now().duration_since(back).as_secs() <= 5);
    assert!(matches!(rig.overview().await.1, Freshness::Live { .. }));
}

#[tokio::test(start_paused = true)]
async fn freshness_is_said_every_five_seconds() {
    let rig = rig();
    let mut listener = rig.subscribe().await;
    next(&mut listener).await;
    next_freshness(&mut listener).await;
    let start = rig.clock.now();
    for _ in 0..3 {
        rig.control_plane.send("owner", WatchMessage::Heartbeat);
        next_freshness(&mut listener).await;
    }
    assert_eq!(rig.clock.now().duration_since(start).as_secs(), 15);
}

#[tokio::test(start_paused = true)]
async fn when_one_sessions_token_ends_the_watch_goes_on_with_anothers() {
    let rig = rig();
    let other = rig.control_plane.grant("owner", "t2");
    let mut first = rig.subscribe().await;
    let mut second = rig.enter(&other).await.unwrap().subscribe().await.unwrap();
    next(&mut first).await;
    next(&mut second).await;
    assert_eq!(rig.control_plane.streams(), 1);

    rig.control_plane.revoke("t1");
    while rig.control_plane.streams() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let row = rig.change("web", 6, ClusterStatus::Error);
    assert_eq!(next(&mut second).await, LiveMessage::Cluster(row));
    while first.next().await.is_some() {}
    assert_eq!(rig.enter(&rig.token).await.err(), Some(Problem::SignedOut));
}

#[tokio::test(start_paused = true)]
async fn when_the_last_token_ends_nothing_is_kept() {
    let rig = rig();
    let mut listener = rig.subscribe().await;
    next(&mut listener).await;
    rig.control_plane.revoke("t1");
    while listener.next().await.is_some() {}
    assert_eq!(rig.enter(&rig.token).await.err(), Some(Problem::SignedOut));
    assert_eq!(rig.control_plane.streams(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ends_here_takes_its_listeners_with_it() {
    let rig = rig();
    let other = rig.control_plane.grant("owner", "t2");
    let mut first = rig.subscribe().await;
    let mut second = rig.enter(&other).await.unwrap().subscribe().await.unwrap();
    next(&mut second).await;
    rig.hub.forget("owner", &rig.token);
    assert!(first.next().await.is_none());
    let row = loop {
        tokio::time::sleep(Duration::from_millis(10)).await;
        if rig.control_plane.streams() == 1 {
            break rig.change("web", 6, ClusterStatus::Error);
        }
    };
    assert_eq!(next(&mut second).await, LiveMessage::Cluster(row));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_checked_every_half_minute_and_the_last_word_holds() {
    let rig = rig();
    rig.overview().await;
    rig.control_plane.calls();
    rig.overview().await;
    assert!(rig.control_plane.calls().is_empty());
    tokio::time::sleep(Duration::from_secs(30)).await;
    rig.overview().await;
    rig.overview().await;
    assert_eq!(rig.control_plane.calls(), ["check_token"]);

    let stranger = SecretString::from("forged");
    assert_eq!(rig.enter(&stranger).await.err(), Some(Problem::SignedOut));
    rig.control_plane.set_away(true);
    assert_eq!(rig.enter(&stranger).await.err(), Some(Problem::Unreachable));
    tokio::time::sleep(Duration::from_secs(300)).await;
    assert_eq!(rig.overview().await.0.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_watch_ends_ten_minutes_after_the_last_look_and_begins_anew() {
    let rig = rig();
    rig.overview().await;
    for _ in 0..39 {
        tokio::time::sleep(Duration::from_secs(15)).await;
        rig.control_plane.send("owner", WatchMessage::Heartbeat);
    }
    assert_eq!(rig.control_plane.streams(), 1);
    tokio::time::sleep(Duration::from_secs(50)).await;
    assert_eq!(rig.control_plane.streams(), 0);

    rig.control_plane.add("owner", cluster("new", 6));
    let (clusters, freshness) = rig.overview().await;
    assert_eq!(clusters.len(), 2);
    assert!(matches!(freshness, Freshness::Live { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_is_too_far_behind_gets_everything_anew() {
    let rig = rig();
    let mut slow = rig.subscribe().await;
    next(&mut slow).await;
    for version in 6..1000 {
        rig.change("web", version, ClusterStatus::Active);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let LiveMessage::Snapshot(snapshot) = next(&mut slow).await else {
        panic!()
    };
    assert_eq!(snapshot.clusters, [cluster("web", 999)]);
}

#[tokio::test(start_paused = true)]
async fn a_timeline_is_read_once_and_kept_whole_by_the_stream() {
    let rig = rig();
    rig.overview().await;
    let entry = rig.enter(&rig.token).await.unwrap();
    let web = cluster("web", 5).id;
    assert_eq!(entry.whole_timeline(web), None);
    let ticket = entry.timeline_ticket();
    rig.control_plane
        .send("owner", WatchMessage::Event(event(web, 7)));
    tokio::time::sleep(Duration::from_millis(1)).await;
    let read = vec![event(web, 6), event(web, 5)];
    let whole = [event(web, 7), event(web, 6), event(web, 5)];
    assert_eq!(entry.take_timeline_in(web, read, ticket), whole);
    assert_eq!(entry.whole_timeline(web).as_deref(), Some(&whole[..]));

    rig.control_plane
        .send("owner", WatchMessage::Event(event(web, 8)));
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(
        entry.whole_timeline(web).map(|events| events.len()),
        Some(4)
    );
    // Something was asked for: what that does is not in the stream yet.
    entry.take_in(cluster("web", 9));
    assert_eq!(entry.whole_timeline(web), None);
    assert_eq!(entry.known_timeline(web).len(), 4);
}

#[tokio::test(start_paused = true)]
async fn stopping_ends_streams_and_watches() {
    let rig = rig();
    let mut listener = rig.subscribe().await;
    next(&mut listener).await;
    rig.stop.cancel();
    rig.tasks.close();
    tokio::time::timeout(Duration::from_secs(1), rig.tasks.wait())
        .await
        .unwrap();
    while listener.next().await.is_some() {}
    assert_eq!(rig.control_plane.streams(), 0);
}
