use cluster_api::{ClusterStatus, EventId, EventKind};
use serde_json::json;

use crate::{clock::Clock, provisioner::FailureKind, testing::ControlPlane};

#[tokio::test]
async fn a_cluster_is_made_grown_shrunk_and_deleted() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 2).await;
    let cluster = plane.until_status(id, ClusterStatus::Active).await;
    assert_eq!(cluster.ready_nodes(), 2);
    assert!(cluster.endpoint.is_some());
    assert!(cluster.progress.is_none());
    let events = plane.store.events_of(id, 100).await.unwrap();
    for event in events {
        let asked = event.kind == EventKind::Requested;
        assert_eq!(event.actor.as_deref(), asked.then_some("owner"), "{event:?}");
    }

    let tasks = format!("/v2/clusters/{id}/tasks");
    for (count, steps) in [
        (3, ["start 3", "join 3", "ready 3"].as_slice()),
        (
            1,
            ["drain 3", "remove 3", "drain 2", "remove 2", "ready 1"].as_slice(),
        ),
    ] {
        let before = plane.provisioner.calls().len();
        let body = json!({"type": "resize", "input": {"node_count": count}});
        let answer = owner.send("POST", &tasks, Some(body)).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json["node_count"]),
            (202, &json!(count))
        );
        let cluster = plane.until_status(id, ClusterStatus::Active).await;
        assert_eq!(
            (cluster.ready_nodes(), cluster.nodes.len()),
            (count, count as usize)
        );
        let calls = plane.provisioner.calls().split_off(before);
        let mut wanted = steps.iter();
        let mut next = wanted.next();
        for call in &calls {
            if Some(&call.as_str()) == next {
                next = wanted.next();
            }
        }
        assert_eq!(next, None, "{calls:?}");
    }

    owner
        .send("DELETE", &format!("/v2/clusters/{id}"), None)
        .await;
    plane.until(id, |cluster| cluster.is_none()).await;
    assert_eq!(plane.provisioner.calls().last().unwrap(), "erase");
}

#[tokio::test]
async fn what_fails_for_a_passing_reason_is_tried_again() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    plane.provisioner.fail([FailureKind::Transient; 4]);
    let id = owner.create("shop", 1).await;
    let cluster = plane.until_status(id, ClusterStatus::Active).await;
    assert!(cluster.reason.is_none());
    let events = plane.store.events_of(id, 100).await.unwrap();
    let retries = events
        .iter()
        .filter(|event| event.kind == EventKind::Retrying)
        .count();
    assert_eq!(retries, 1, "the same failure is one line in the timeline");
}

#[tokio::test]
async fn what_does_not_pass_is_an_error_with_a_reason_and_retry_goes_on_from_it() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    plane.provisioner.fail([FailureKind::Permanent]);
    let id = owner.create("shop", 1).await;
    let cluster = plane.until_status(id, ClusterStatus::Error).await;
    let reason = cluster.reason.unwrap();
    assert_eq!(reason.message, "Node 1 did not start, as told.");
    assert_eq!(reason.detail.as_deref(), Some("the engine's own words"));
    assert!(!reason.retrying);

    let tasks = format!("/v2/clusters/{id}/tasks");
    let answer = owner
        .send("POST", &tasks, Some(json!({"type": "retry"})))
        .await;
    assert_eq!(answer.status, 202);
    assert_eq!(
        plane.until_status(id, ClusterStatus::Active).await.reason,
        None
    );
}

#[tokio::test]
async fn tries_have_an_end() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    plane.provisioner.fail([FailureKind::Transient; 5]);
    let id = owner.create("shop", 1).await;
    plane.until_status(id, ClusterStatus::Error).await;
}

#[tokio::test]
async fn an_engine_that_is_gone_is_waited_for_and_that_is_said() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    plane.provisioner.fail([FailureKind::Unreachable; 50]);
    let id = owner.create("shop", 1).await;
    let waiting = plane
        .until(id, |cluster| cluster.is_some_and(|c| c.reason.is_some()))
        .await;
    let waiting = waiting.unwrap();
    assert_eq!(waiting.status, ClusterStatus::Creating);
    assert!(waiting.reason.unwrap().retrying);
    // It is said for as long as it is so: no try takes it back before something has worked.
    while plane.provisioner.failures_left() > 0 {
        let record = plane.store.cluster(id).await.unwrap().unwrap();
        assert!(record.cluster.reason.is_some() || plane.provisioner.failures_left() == 0);
        tokio::task::yield_now().await;
    }
    plane.until_status(id, ClusterStatus::Active).await;
}

#[tokio::test]
async fn a_delete_during_a_create_ends_the_create() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    plane.provisioner.close_gate();
    let id = owner.create("shop", 1).await;
    plane.provisioner.waiting.notified().await;
    let answer = owner
        .send("DELETE", &format!("/v2/clusters/{id}"), None)
        .await;
    assert_eq!(answer.json["status"], "deleting");
    plane.until(id, |cluster| cluster.is_none()).await;
    assert!(!plane.provisioner.calls().contains(&"swarm".to_owned()));
    assert!(plane.store.open_tasks().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_reconciler_that_was_killed_carries_on() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    plane.provisioner.close_gate();
    let id = owner.create("shop", 2).await;
    plane.provisioner.waiting.notified().await;
    plane.kill_reconciler().await;
    assert_eq!(plane.store.open_tasks().await.unwrap().len(), 1);

    plane.provisioner.open_gate();
    plane.start_reconciler();
    let cluster = plane.until_status(id, ClusterStatus::Active).await;
    assert_eq!(cluster.ready_nodes(), 2);
    let events = plane.store.events_of(id, 100).await.unwrap();
    assert!(
        events
            .iter()
            .any(|event| event.message.contains("after a restart"))
    );
}

#[tokio::test]
async fn what_is_gone_is_forgotten_after_a_month_and_its_key_at_once() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let kept = owner.create("kept", 1).await;
    let gone = owner.create("gone", 1).await;
    plane.until_status(gone, ClusterStatus::Active).await;
    owner
        .send("DELETE", &format!("/v2/clusters/{gone}"), None)
        .await;
    plane.until(gone, |cluster| cluster.is_none()).await;
    plane.until_status(kept, ClusterStatus::Active).await;
    let account = plane.store.cluster(kept).await.unwrap().unwrap().account_id;
    let deleted = async || {
        let all = plane.store.changes_from(account, EventId(0), 0).await;
        let (_, all) = all.unwrap();
        all.into_iter().find(|record| record.cluster.id == gone)
    };
    assert!(deleted().await.unwrap().ca_key.is_empty());

    plane
        .clock
        .advance(jiff::SignedDuration::from_hours(29 * 24));
    plane.store.forget_old(plane.clock.now()).await.unwrap();
    assert!(deleted().await.is_some());
    plane
        .clock
        .advance(jiff::SignedDuration::from_hours(2 * 24));
    plane.store.forget_old(plane.clock.now()).await.unwrap();
    assert!(deleted().await.is_none());
    assert!(plane.store.events_of(gone, 10).await.unwrap().is_empty());
    assert!(!plane.store.events_of(kept, 10).await.unwrap().is_empty());
}
