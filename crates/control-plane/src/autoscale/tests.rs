use std::sync::atomic::Ordering;

use cluster_api::{ClusterId, ClusterStatus};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{
    provisioner::Reservation,
    testing::{Answer, Client, ControlPlane},
};

/// A cluster of that many nodes of one processor, that looks every ten seconds and rests for sixty.
async fn scaled(plane: &ControlPlane, owner: &Client, nodes: u32) -> ClusterId {
    let body = json!({
        "name": "shop", "cluster_type_id": 1, "node_count": nodes,
        "autoscale": {"max": 4, "targets": {"reserved_cpu": 80}, "interval_s": 10, "cooldown_s": 60},
    });
    let made = owner.send("POST", "/v2/clusters", Some(body)).await;
    assert_eq!(made.status, 201, "{}", made.json);
    assert_eq!(made.json["autoscale"], true);
    let id = made.json["id"].as_str().unwrap().parse().unwrap();
    plane.until_status(id, ClusterStatus::Active).await;
    id
}

/// Services ask for that much, each on a node.
fn ask_for(plane: &ControlPlane, cpus: &[f64]) {
    *plane.provisioner.demand.lock().unwrap() = (1..)
        .zip(cpus)
        .map(|(ordinal, cpus)| Reservation {
            ordinal: Some(ordinal),
            has_no_room: false,
            cpus: *cpus,
            memory: 0.0,
        })
        .collect();
}

async fn count(plane: &ControlPlane, id: ClusterId) -> u32 {
    let cluster = plane.until_status(id, ClusterStatus::Active).await;
    cluster.node_count.get()
}

async fn look_after(plane: &ControlPlane, seconds: i64) {
    plane.clock.advance(SignedDuration::from_secs(seconds));
    plane.autoscaler().look().await.unwrap();
}

async fn told(plane: &ControlPlane, id: ClusterId) -> Vec<String> {
    let mut events = plane.store.events_of(id, 500).await.unwrap();
    events.reverse();
    let of_it = events
        .into_iter()
        .filter(|event| event.message.contains("utoscal") && event.actor.is_none());
    of_it.map(|event| event.message).collect()
}

async fn policy(owner: &Client, id: ClusterId, body: Value) -> Answer {
    let path = format!("/v2/clusters/{id}/autoscale");
    owner.send("PUT", &path, Some(body)).await
}

#[tokio::test]
async fn it_grows_rests_and_shrinks_and_every_decision_is_an_event_with_its_numbers() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = scaled(&plane, &owner, 1).await;
    ask_for(&plane, &[0.9]);
    look_after(&plane, 0).await;
    assert_eq!(count(&plane, id).await, 2);

    ask_for(&plane, &[0.9, 0.9]);
    look_after(&plane, 59).await;
    assert_eq!(count(&plane, id).await, 2, "it rests for its cooldown");
    look_after(&plane, 1).await;
    assert_eq!(count(&plane, id).await, 3);

    ask_for(&plane, &[0.1]);
    look_after(&plane, 60).await;
    assert_eq!(count(&plane, id).await, 2);
    assert_eq!(
        told(&plane, id).await,
        [
            "Autoscaling grows it to 2 nodes: reserved processor 90 % (target 80 %) on 1 node",
            "Autoscaling grows it to 3 nodes: reserved processor 90 % (target 80 %) on 2 nodes",
            "Autoscaling shrinks it to 2 nodes: reserved processor 3 % (target 80 %) on 3 nodes; it \
             fits on 2 nodes",
        ]
    );
    let calls = plane.provisioner.calls();
    let at = |call: &str| calls.iter().rposition(|it| it == call).unwrap();
    assert!(at("drain 3") < at("remove 3"), "only after draining");
}

#[tokio::test]
async fn a_node_whose_work_finds_no_other_place_stays() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = scaled(&plane, &owner, 3).await;
    plane.provisioner.clings.store(true, Ordering::Relaxed);
    look_after(&plane, 60).await;
    let cluster = plane.until_status(id, ClusterStatus::Active).await;
    assert_eq!((cluster.node_count.get(), cluster.ready_nodes()), (3, 3));
    let calls = plane.provisioner.calls();
    assert!(calls.contains(&"undrain 3".to_owned()), "{calls:?}");
    assert!(!calls.contains(&"remove 3".to_owned()), "{calls:?}");
    let events = plane.store.events_of(id, 500).await.unwrap();
    assert!(
        events
            .iter()
            .any(|event| event.message.starts_with("Node 3 stays"))
    );

    // Whoever asks for it by hand gets it.
    let body = json!({"type": "resize", "input": {"node_count": 2}});
    let tasks = format!("/v2/clusters/{id}/tasks");
    owner.send("POST", &tasks, Some(body)).await;
    assert_eq!(count(&plane, id).await, 2);
}

#[tokio::test]
async fn between_two_intervals_nothing_is_looked_at() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = scaled(&plane, &owner, 1).await;
    look_after(&plane, 0).await;
    ask_for(&plane, &[0.9]);
    look_after(&plane, 9).await;
    assert_eq!(count(&plane, id).await, 1);
    look_after(&plane, 1).await;
    assert_eq!(count(&plane, id).await, 2);
}

#[tokio::test]
async fn what_it_may_not_do_is_told_once() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = scaled(&plane, &owner, 4).await;
    ask_for(&plane, &[4.0]);
    for _ in 0..3 {
        look_after(&plane, 10).await;
    }
    assert_eq!(count(&plane, id).await, 4);
    assert_eq!(
        told(&plane, id).await,
        [
            "Autoscaling would add a node, but 4 nodes is its most: reserved processor 100 % (target \
             80 %) on 4 nodes"
        ]
    );
    // Without a most of its own the quota of five holds.
    let body = json!({"enabled": true, "policy": {"targets": {"reserved_cpu": 10}, "interval_s": 10,
        "cooldown_s": 10}});
    assert_eq!(policy(&owner, id, body).await.status, 200);
    for _ in 0..3 {
        look_after(&plane, 10).await;
        count(&plane, id).await;
    }
    assert_eq!(count(&plane, id).await, 5);
    assert!(
        told(&plane, id)
            .await
            .last()
            .unwrap()
            .contains("your quota is 5 nodes")
    );
}

#[tokio::test]
async fn a_resize_by_hand_wins_and_pauses_it_for_one_cooldown() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = scaled(&plane, &owner, 1).await;
    let body = json!({"type": "resize", "input": {"node_count": 3}});
    let tasks = format!("/v2/clusters/{id}/tasks");
    assert_eq!(owner.send("POST", &tasks, Some(body)).await.status, 202);
    assert_eq!(count(&plane, id).await, 3);
    look_after(&plane, 59).await;
    assert_eq!(
        count(&plane, id).await,
        3,
        "an empty cluster is left at what was asked for"
    );
    look_after(&plane, 1).await;
    assert_eq!(count(&plane, id).await, 2);
}

#[tokio::test]
async fn the_policy_is_read_changed_and_checked() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 1).await;
    plane.until_status(id, ClusterStatus::Active).await;
    let path = format!("/v2/clusters/{id}/autoscale");
    let answer = owner.get(&path).await;
    assert_eq!(answer.json["enabled"], false);
    assert_eq!(answer.json["policy"]["targets"]["reserved_cpu"], 80);
    ask_for(&plane, &[0.9]);
    look_after(&plane, 100).await;
    assert_eq!(count(&plane, id).await, 1, "it is off");

    for (body, status) in [
        (json!({}), 400),
        (json!({"enabled": "yes"}), 400),
        (
            json!({"enabled": true, "policy": {"min": 3, "max": 2}}),
            400,
        ),
        (json!({"enabled": true, "policy": {"targets": {}}}), 400),
        (
            json!({"enabled": true, "policy": {"targets": {"used_cpu": 101}}}),
            400,
        ),
        (json!({"enabled": true, "policy": {"interval_s": 1}}), 400),
        (json!({"enabled": true, "policy": {"surprise": 1}}), 400),
        (json!({"enabled": true, "policy": true}), 200),
        (json!({"enabled": true}), 200),
    ] {
        let answer = policy(&owner, id, body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.json);
    }
    // The same in the first generation.
    let off = owner
        .send("PUT", "/clusters/owner/shop/autoscale/false", None)
        .await;
    assert_eq!(
        (off.status.as_u16(), &off.json["autoscale"]),
        (200, &json!(false))
    );
    assert_eq!(owner.get(&path).await.json["enabled"], false);
    let on = owner
        .send("PUT", "/clusters/owner/shop/autoscale/true", None)
        .await;
    assert_eq!(on.json["autoscale"], true);
    let body = json!({"cluster_name": "idle", "nodes": 3, "autoscale": true});
    let idle = owner.send("POST", "/clusters/owner", Some(body)).await;
    let idle = idle.json["task_id"].as_str().unwrap();
    let policy = owner.get(&format!("/v2/clusters/{idle}/autoscale")).await;
    assert_eq!(
        policy.json["policy"]["min"], 3,
        "it never has fewer than were asked for"
    );
    let neither = owner
        .send("PUT", "/clusters/owner/shop/autoscale/maybe", None)
        .await;
    assert_eq!(neither.status, 404);
}
