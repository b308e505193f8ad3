use std::time::Duration;

use cluster_api::{ClusterId, ClusterStatus, NodeId, Timestamp};
use jiff::SignedDuration;

use super::{EVERY, until_next};
use crate::{
    clock::Clock,
    provisioner::inside::Counters,
    store::{NodePoints, NodeSample, Resolution, SampleStore},
    testing::ControlPlane,
};

const SECOND: u64 = 1_000_000_000;

/// A plane with an active cluster of two nodes.
async fn plane() -> (ControlPlane, ClusterId, [NodeId; 2]) {
    let plane = ControlPlane::running().await;
    let id = plane.client("owner").await.create("shop", 2).await;
    let cluster = plane.until_status(id, ClusterStatus::Active).await;
    let nodes = [cluster.nodes[0].id, cluster.nodes[1].id];
    (plane, id, nodes)
}

impl ControlPlane {
    /// Ten seconds go by in which the node keeps that many processors busy; then all are looked at.
    async fn look_at(&self, node: NodeId, cpu_s: u64) {
        self.clock.advance(SignedDuration::from_secs(EVERY));
        let at = self.clock.now();
        self.provisioner.inside.count(
            node,
            Counters {
                at,
                cpu_ns: cpu_s * SECOND,
                memory_bytes: 1 << 20,
                rx_bytes: 1_000 * cpu_s,
                tx_bytes: 0,
            },
        );
        self.metrics.look().await.unwrap();
    }

    async fn points(&self, id: ClusterId, resolution: Resolution) -> Vec<NodePoints> {
        let all = self.metrics.since(id, resolution, Timestamp::UNIX_EPOCH);
        all.await.unwrap()
    }
}

#[tokio::test]
async fn a_look_knows_what_is_used_reserved_and_there() {
    let (plane, id, [first, second]) = plane().await;
    assert_eq!(plane.metrics.load(id), None);
    plane.look_at(first, 100).await;
    let load = plane.metrics.load(id).unwrap();
    assert_eq!(load.nodes[0].used, None, "one look says nothing");
    assert_eq!(load.waiting, Some(2));

    plane.look_at(first, 105).await;
    let load = plane.metrics.load(id).unwrap();
    let [one, two] = &load.nodes[..] else {
        panic!("{load:?}")
    };
    let used = one.used.unwrap();
    assert!((used.cpus - 0.5).abs() < 1e-9);
    assert_eq!((used.rx_bytes_per_s, used.at), (500, plane.clock.now()));
    assert_eq!((two.id, two.used), (second, None), "it does not run");
    assert!((two.reserved.unwrap().cpus - 0.5).abs() < 1e-9);
    assert_eq!(one.capacity.unwrap().memory_bytes, 1 << 30);

    // What all of them use is not known before each was measured, nor for long.
    let now = plane.clock.now();
    assert_eq!(load.used(now), None);
    let mut all = load.clone();
    all.nodes[1].used = Some(used);
    assert!((all.used(now).unwrap().cpus - 1.0).abs() < 1e-9);
    assert_eq!(all.used(now + SignedDuration::from_secs(31)), None);

    // A manager that does not answer takes what is reserved with it, and nothing else.
    plane.provisioner.inside.silence([1]);
    plane.look_at(first, 110).await;
    let load = plane.metrics.load(id).unwrap();
    assert_eq!((load.nodes[0].reserved, load.waiting), (None, None));
    assert!(load.nodes[0].used.is_some());

    // A host that does not answer is no reason to stop.
    plane.provisioner.inside.silence_host(true);
    plane.look_at(first, 115).await;
    let load = plane.metrics.load(id).unwrap();
    assert_eq!((load.nodes[0].used, load.nodes[0].capacity), (None, None));
    plane.provisioner.inside.silence_host(false);
    plane.look_at(first, 120).await;
    plane.look_at(first, 125).await;
    assert!(plane.metrics.load(id).unwrap().nodes[0].used.is_some());
}

#[tokio::test]
async fn samples_become_points_at_every_resolution() {
    let (plane, id, [first, _]) = plane().await;
    let mut cpu_s = 0;
    // The clock begins on a full hour. 36 looks: six full minutes, the first ten seconds unknown.
    for look in 0..36 {
        plane.look_at(first, cpu_s).await;
        cpu_s += if look % 2 == 0 { 5 } else { 15 };
    }
    let fine = plane.points(id, Resolution::TenSeconds).await;
    let [node] = &fine[..] else {
        panic!("{fine:?}")
    };
    assert_eq!(
        (node.node_id, node.ordinal, node.points.len()),
        (first, 1, 35)
    );
    let begin: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let seconds: Vec<_> = node
        .points
        .iter()
        .map(|point| point.at.duration_since(begin).as_secs())
        .collect();
    assert_eq!(seconds, (1..36).map(|n| n * EVERY).collect::<Vec<_>>());
    let cpus: Vec<_> = node.points.iter().map(|point| point.cpus).collect();
    assert_eq!(cpus[..3], [0.5, 1.5, 0.5]);

    let minutes = plane.points(id, Resolution::Minute).await;
    let minutes = &minutes[0].points;
    assert_eq!(minutes.len(), 6);
    assert!((minutes[1].cpus - 1.0).abs() < 1e-9);
    assert_eq!(minutes[1].cpus_max, Some(1.5));
    assert_eq!(minutes[1].memory_bytes, 1 << 20);
    assert_eq!(minutes[1].rx_bytes_per_s, 1_000);
    assert!((minutes[0].cpus - 4.5 / 5.0).abs() < 1e-9, "of five looks");

    let coarse = plane.points(id, Resolution::FiveMinutes).await;
    let seconds: Vec<_> = coarse[0]
        .points
        .iter()
        .map(|point| point.at.duration_since(begin).as_secs())
        .collect();
    assert_eq!(seconds, [0, 300]);
}

#[tokio::test]
async fn what_is_of_a_deleted_cluster_goes_with_it() {
    let (plane, id, [first, _]) = plane().await;
    plane.look_at(first, 0).await;
    plane.look_at(first, 1).await;
    assert_eq!(plane.points(id, Resolution::Minute).await.len(), 1);
    let path = format!("/v2/clusters/{id}");
    plane
        .client("owner")
        .await
        .send("DELETE", &path, None)
        .await;
    plane.until(id, |cluster| cluster.is_none()).await;
    plane.metrics.look().await.unwrap();
    assert_eq!(plane.metrics.load(id), None);
    assert_eq!(plane.metrics.samples.rows().await, 0);
}

fn sample(cluster_id: ClusterId, node_id: NodeId, cpus: f64) -> NodeSample {
    NodeSample {
        cluster_id,
        node_id,
        ordinal: 1,
        cpus,
        memory_bytes: u64::MAX,
        rx_bytes_per_s: u64::MAX,
        tx_bytes_per_s: 0,
    }
}

#[tokio::test]
async fn curves_survive_a_restart_and_never_grow_beyond_their_bound() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metrics.db");
    let (cluster, node) = (
        ClusterId(uuid::Uuid::new_v4()),
        NodeId(uuid::Uuid::new_v4()),
    );
    let begin: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let store = SampleStore::open(&path).await.unwrap();
    let mut now = begin;
    // Thirty hours, with a look every minute: as much as there ever is, but for the finest points.
    for minute in 0..30 * 60 {
        now = begin + SignedDuration::from_mins(minute);
        store.add(now, &[sample(cluster, node, 0.5)]).await.unwrap();
    }
    store.forget_old(now).await.unwrap();
    store.close().await;

    let store = SampleStore::open(&path).await.unwrap();
    for resolution in Resolution::ALL {
        let nodes = store.since(cluster, resolution, begin).await.unwrap();
        let points = &nodes[0].points;
        let span = i64::from(resolution.seconds()) * i64::from(resolution.points());
        assert!(points.len() <= resolution.points() as usize + 1);
        assert!(
            now.duration_since(points[0].at).as_secs() <= span + i64::from(resolution.seconds())
        );
        assert!(
            now.duration_since(points[0].at).as_secs() >= span - i64::from(resolution.seconds())
        );
        assert!(points.iter().all(|point| (point.cpus - 0.5).abs() < 1e-9));
    }
    let full = store.rows().await;
    store
        .forget_old(now + SignedDuration::from_hours(12))
        .await
        .unwrap();
    assert!((1..full).contains(&store.rows().await));
    store
        .forget_old(now + SignedDuration::from_hours(25))
        .await
        .unwrap();
    assert_eq!(store.rows().await, 0);
}

#[test]
fn looks_are_on_the_full_ten_seconds() {
    for (now, wait) in [
        ("2026-01-01T00:00:00Z", Duration::from_secs(10)),
        ("2026-01-01T00:00:03.5Z", Duration::from_millis(6_500)),
        ("2026-01-01T00:00:09.999999Z", Duration::from_micros(1)),
    ] {
        assert_eq!(until_next(now.parse().unwrap()), wait, "{now}");
    }
}
