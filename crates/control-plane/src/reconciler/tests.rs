use std::sync::atomic::Ordering;

use cluster_api::{
    Cluster, ClusterId, ClusterStatus, EngineHealth, EventId, EventKind, Provisioning, TaskKind,
};
use serde_json::{Value, json};

use super::Memory;
use crate::{
    clock::Clock,
    provisioner::{Beat, FailureKind},
    testing::{Client, ControlPlane, Scripted},
};

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
        assert_eq!(
            event.actor.as_deref(),
            asked.then_some("owner"),
            "{event:?}"
        );
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
async fn the_workers_that_were_chosen_go_though_the_reconciler_was_killed() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 4).await;
    let before = plane.until_status(id, ClusterStatus::Active).await;
    let tasks = format!("/v2/clusters/{id}/tasks");
    let shrink = async |count: u32, remove: Value| {
        let input = json!({"node_count": count, "remove": remove});
        let body = json!({"type": "resize", "input": input});
        owner.send("POST", &tasks, Some(body)).await
    };
    let second = before.nodes[1].id.to_string();
    for (count, remove, status, rule) in [
        (2, json!(["node-2"]), 400, "number"),
        (4, json!(["node-2"]), 400, "number"),
        (5, json!(["node-2"]), 400, "number"),
        (2, json!(["node-2", second]), 400, "number"),
        (3, json!(["node-1"]), 409, "manager"),
        (3, json!(["node-9"]), 404, "unknown"),
    ] {
        let refused = shrink(count, remove).await;
        let problem = &refused.json["errors"][0]["problem"];
        assert_eq!(
            (refused.status.as_u16(), problem["rule"].as_str()),
            (status, Some(rule)),
            "{}",
            refused.json
        );
    }
    assert_eq!(shrink(3, json!("node-2")).await.status, 400);
    assert_eq!(plane.until_status(id, ClusterStatus::Active).await, before);

    plane.provisioner.close_gate();
    let asked = shrink(2, json!(["node-3", second])).await;
    assert_eq!(asked.status, 202, "{}", asked.json);
    plane.provisioner.waiting.notified().await;
    plane.kill_reconciler().await;
    plane.provisioner.open_gate();
    plane.start_reconciler();
    let after = plane.until_status(id, ClusterStatus::Active).await;
    assert_eq!(after.node_count.get(), 2);
    assert_eq!(
        after.nodes,
        [before.nodes[0].clone(), before.nodes[3].clone()]
    );
    let calls = plane.provisioner.calls();
    assert_eq!(calls.last().unwrap(), "ready 2");
    let asked = "Asked to shrink by 2 to 2 nodes; nodes 2, 3 go".to_owned();
    assert!(told(&plane, id).await.contains(&asked));

    // The places that are free are taken first; a shrink without a choice takes the last ones.
    let grow = json!({"type": "resize", "input": {"node_count": 4}});
    owner.send("POST", &tasks, Some(grow)).await;
    let grown = plane.until_status(id, ClusterStatus::Active).await;
    let names = |cluster: &Cluster| -> Vec<String> {
        let nodes = cluster.nodes.iter();
        nodes.map(|node| node.name.clone()).collect()
    };
    assert_eq!(names(&grown), ["node-1", "node-2", "node-3", "node-4"]);
    shrink(3, json!([])).await;
    let shrunk = plane.until_status(id, ClusterStatus::Active).await;
    assert_eq!(names(&shrunk), ["node-1", "node-2", "node-3"]);
}

#[tokio::test]
async fn a_worker_is_replaced_by_another_that_joins_before_it_goes() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 3).await;
    let before = plane.until_status(id, ClusterStatus::Active).await;
    let replace = async |node: &str| {
        let path = format!("/v2/clusters/{id}/nodes/{node}/replace");
        let answer = owner.send("POST", &path, None).await;
        let rule = &answer.json["errors"][0]["problem"]["rule"];
        (answer.status.as_u16(), rule.as_str().map(str::to_owned))
    };
    let refused = |status, rule: &str| (status, Some(rule.to_owned()));
    assert_eq!(replace("node-1").await, refused(409, "manager"));
    assert_eq!(replace("node-4").await, refused(404, "unknown"));
    let made = plane.provisioner.calls().len();

    plane.provisioner.close_gate();
    assert_eq!(replace(&before.nodes[1].id.to_string()).await.0, 202);
    plane.provisioner.waiting.notified().await;
    assert_eq!(replace("node-2").await, refused(409, "leaving"));
    assert_eq!(replace("node-3").await, (409, None), "one after the other");
    let during = plane.until_status(id, ClusterStatus::Repairing).await;
    assert_eq!((during.nodes.len(), during.ready_nodes()), (4, 2));
    plane.kill_reconciler().await;
    plane.provisioner.open_gate();
    plane.start_reconciler();
    let after = plane.until_status(id, ClusterStatus::Active).await;
    let names: Vec<&str> = after.nodes.iter().map(|node| &*node.name).collect();
    assert_eq!(names, ["node-1", "node-3", "node-4"]);
    assert_eq!((after.node_count.get(), after.ready_nodes()), (3, 3));

    let calls = plane.provisioner.calls().split_off(made);
    let at = |call: &str| calls.iter().rposition(|it| it == call).unwrap();
    assert!(at("join 4") < at("drain 2") && at("drain 2") < at("remove 2"));
    assert_eq!(calls.last().unwrap(), "ready 3");
    let told = told(&plane, id).await;
    assert!(told.contains(&"Asked to replace node 2 by node 4".to_owned()));
}

#[tokio::test]
async fn a_shrink_during_a_replacement_is_one_piece_of_work_with_it() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 3).await;
    plane.until_status(id, ClusterStatus::Active).await;
    plane.provisioner.close_gate();
    let path = format!("/v2/clusters/{id}/nodes/node-2/replace");
    assert_eq!(owner.send("POST", &path, None).await.status, 202);
    plane.provisioner.waiting.notified().await;
    let shrink = json!({"type": "resize", "input": {"node_count": 2, "remove": ["node-3"]}});
    let tasks = format!("/v2/clusters/{id}/tasks");
    let answer = owner.send("POST", &tasks, Some(shrink)).await;
    assert_eq!(answer.json["status"], "resizing", "{}", answer.json);
    plane.provisioner.open_gate();
    let after = plane.until_status(id, ClusterStatus::Active).await;
    let names: Vec<&str> = after.nodes.iter().map(|node| &*node.name).collect();
    assert_eq!(names, ["node-1", "node-4"]);
}

#[tokio::test]
async fn what_work_usually_takes_is_told_apart_by_where_machines_come_from() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    for name in ["a", "b", "c"] {
        plane.provisioner.close_gate();
        let id = owner.create(name, 1).await;
        plane.provisioner.waiting.notified().await;
        plane.clock.advance(jiff::SignedDuration::from_secs(3));
        plane.provisioner.open_gate();
        plane.until_status(id, ClusterStatus::Active).await;
    }
    let usual = owner.get("/v2/usual").await.json;
    assert_eq!(usual["provisioning"], "simulated");
    let times = usual["times"].as_array().unwrap();
    assert_eq!(times.len(), TaskKind::ALL.len());
    assert_eq!(times[0], json!({"task": "create", "typical_ms": 3000}));
    assert_eq!(times[1], json!({"task": "resize", "typical_ms": null}));
    let on_docker = plane
        .store
        .typical_ms(TaskKind::Create, Provisioning::Docker);
    assert_eq!(on_docker.await.unwrap(), None);
}

#[tokio::test]
async fn admins_see_how_the_engine_is_and_since_when() {
    let plane = ControlPlane::idle().await;
    let admin = plane.admin().await;
    let health = async || {
        let answer = admin.get("/v2/health/engine").await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        serde_json::from_value::<EngineHealth>(answer.json).unwrap()
    };
    let at_first = health().await;
    assert_eq!(at_first.version.as_deref(), Some("0.0.0-simulated"));
    assert_eq!((at_first.containers, at_first.networks), (Some(0), Some(0)));
    assert_eq!((at_first.last_look, at_first.last_sweep), (None, None));

    let looked = plane.clock.now();
    let (watch, mut memory) = (plane.health(), Memory::default());
    watch.look(&mut memory).await.unwrap();
    plane.sweeper().sweep().await.unwrap();
    plane.clock.advance(jiff::SignedDuration::from_secs(3));
    let away = plane.clock.now();
    plane.provisioner.blind.store(true, Ordering::Relaxed);
    watch.look(&mut memory).await.unwrap();
    plane.clock.advance(jiff::SignedDuration::from_secs(60));
    let gone = health().await;
    assert!(!gone.reachable);
    assert_eq!(gone.unreachable_since, Some(away));
    assert_eq!(gone.reason.as_deref(), Some("The engine is away, as told."));
    assert_eq!((gone.version, gone.containers), (None, None));
    assert_eq!(
        (gone.last_look, gone.last_sweep),
        (Some(looked), Some(looked))
    );

    plane.provisioner.blind.store(false, Ordering::Relaxed);
    let back = health().await;
    assert!(back.reachable);
    assert_eq!((back.unreachable_since, back.reason), (None, None));
}

#[tokio::test]
async fn a_drained_node_stays_so_until_it_is_given_work_again() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 3).await;
    plane.until_status(id, ClusterStatus::Active).await;
    let drain = async |node: &str, on: Value| {
        let path = format!("/v2/clusters/{id}/nodes/{node}/drain");
        let answer = owner.send("POST", &path, Some(json!({"on": on}))).await;
        answer.status.as_u16()
    };
    assert_eq!(drain("node-1", json!(true)).await, 409, "the manager");
    assert_eq!(drain("node-9", json!(true)).await, 404);
    assert_eq!(drain("node-2", json!("yes")).await, 400);
    assert_eq!(drain("node-2", json!(false)).await, 202);
    let same = plane.until_status(id, ClusterStatus::Active).await;
    assert!(same.progress.is_none(), "it takes work already");

    let since = plane.provisioner.calls().len();
    plane.provisioner.close_gate();
    assert_eq!(drain("node-2", json!(true)).await, 202);
    plane.provisioner.waiting.notified().await;
    plane.kill_reconciler().await;
    plane.provisioner.open_gate();
    plane.start_reconciler();
    let drained = plane.until_status(id, ClusterStatus::Active).await;
    let flags = |cluster: &Cluster| cluster.nodes.iter().map(|node| node.drained).collect();
    let is_drained: Vec<bool> = flags(&drained);
    assert_eq!(is_drained, [false, true, false]);
    assert_eq!(drained.ready_nodes(), 3);
    let calls = || plane.provisioner.calls().split_off(since);
    let times = |call: &str| calls().iter().filter(|it| *it == call).count();
    assert_eq!(times("drain 2"), 1);

    // Its machine dies: the new one is drained too, and a rotation changes nothing about that.
    let dead = (drained.nodes[1].id, None);
    plane.provisioner.ill.lock().unwrap().extend([dead]);
    let mut memory = Memory::default();
    plane.health().look(&mut memory).await.unwrap();
    plane.until_status(id, ClusterStatus::Active).await;
    assert_eq!(times("drain 2"), 2, "{:?}", calls());
    assert_eq!(task(&owner, id, "rotate").await, 202);
    let rotated = plane.until_status(id, ClusterStatus::Active).await;
    let is_drained: Vec<bool> = flags(&rotated);
    assert_eq!(is_drained, [false, true, false]);

    assert_eq!(drain("node-2", json!(false)).await, 202);
    let active = plane.until_status(id, ClusterStatus::Active).await;
    let is_drained: Vec<bool> = flags(&active);
    assert_eq!(is_drained, [false; 3]);
    assert_eq!(times("undrain 2"), 1);
    let told = told(&plane, id).await;
    for message in [
        "Asked to drain node 2",
        "Node 2 handed its work over",
        "Asked to give node 2 work again",
        "Node 2 takes work again",
    ] {
        assert!(told.iter().any(|it| it == message), "{message}: {told:?}");
    }
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

/// The messages of a cluster's events, oldest first.
async fn told(plane: &ControlPlane, id: ClusterId) -> Vec<String> {
    let mut events = plane.store.events_of(id, 500).await.unwrap();
    events.reverse();
    events.into_iter().map(|event| event.message).collect()
}

async fn task(owner: &Client, id: ClusterId, kind: &str) -> u16 {
    let path = format!("/v2/clusters/{id}/tasks");
    let answer = owner.send("POST", &path, Some(json!({"type": kind}))).await;
    answer.status.as_u16()
}

async fn authority(plane: &ControlPlane, id: ClusterId) -> (String, bool) {
    let record = plane.store.cluster(id).await.unwrap().unwrap();
    (record.ca_pem, record.old_ca.is_some())
}

#[tokio::test]
async fn a_rotation_gives_every_node_certificates_of_a_new_authority() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 2).await;
    let before = plane.until_status(id, ClusterStatus::Active).await;
    let (old, _) = authority(&plane, id).await;
    let made = plane.provisioner.calls().len();

    plane.provisioner.close_gate();
    assert_eq!(task(&owner, id, "rotate").await, 202);
    plane.provisioner.waiting.notified().await;
    let (new, has_old) = authority(&plane, id).await;
    assert!(new != old && has_old, "nodes still answer to the old one");
    assert_eq!(task(&owner, id, "rotate").await, 409, "one thing at a time");
    plane.provisioner.open_gate();
    let after = plane.until_status(id, ClusterStatus::Active).await;

    assert_eq!(authority(&plane, id).await, (new, false));
    assert_eq!(after.endpoint, before.endpoint);
    let calls = plane.provisioner.calls().split_off(made);
    assert_eq!(calls[1..3], ["renew 1", "renew 2"]);
    assert!(!calls.contains(&"swarm anew".to_owned()));
}

#[tokio::test]
async fn a_rebuild_is_the_way_out_of_an_error_and_goes_on_where_it_failed() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 2).await;
    plane.until_status(id, ClusterStatus::Active).await;
    plane
        .provisioner
        .fail([FailureKind::Transient, FailureKind::Permanent]);
    assert_eq!(task(&owner, id, "rebuild").await, 202);
    plane.until_status(id, ClusterStatus::Error).await;
    assert_eq!(task(&owner, id, "rotate").await, 409, "an error is rebuilt");

    // Out of the error by another rebuild, whose second node fails.
    plane.provisioner.close_gate();
    assert_eq!(task(&owner, id, "rebuild").await, 202);
    plane.provisioner.waiting.notified().await;
    plane.provisioner.one_through_the_gate();
    plane.provisioner.waiting.notified().await;
    plane.provisioner.fail([FailureKind::Permanent]);
    plane.provisioner.open_gate();
    plane.until_status(id, ClusterStatus::Error).await;

    let before = plane.provisioner.calls().len();
    assert_eq!(task(&owner, id, "retry").await, 202);
    plane.until_status(id, ClusterStatus::Active).await;
    let calls = plane.provisioner.calls().split_off(before);
    assert!(calls.contains(&"renew 2".to_owned()), "{calls:?}");
    assert!(calls.contains(&"swarm anew".to_owned()), "{calls:?}");
    assert!(
        !calls.contains(&"renew 1".to_owned()),
        "that was done: {calls:?}"
    );
    let told = told(&plane, id).await;
    let last = told
        .iter()
        .rposition(|it| it.starts_with("Asked to try the rebuild again"));
    assert_eq!(
        told[last.unwrap()..],
        [
            "Asked to try the rebuild again",
            "Node 2 has new certificates",
            "Swarm made",
            "Node 2 joined the swarm",
            "All nodes reported in",
            "Active with 2 nodes"
        ]
    );
}

#[tokio::test]
async fn a_node_that_dies_is_noticed_shown_and_replaced() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 3).await;
    let cluster = plane.until_status(id, ClusterStatus::Active).await;
    let (health, mut memory) = (plane.health(), Memory::default());
    health.look(&mut memory).await.unwrap();
    assert!(!told(&plane, id).await.iter().any(|it| it.contains("lost")));

    plane.provisioner.close_gate();
    let out_of_memory = Beat::Ended("it ran out of memory".to_owned());
    plane.provisioner.ill.lock().unwrap().extend([
        (cluster.nodes[1].id, Some(out_of_memory)),
        (cluster.nodes[2].id, None),
    ]);
    health.look(&mut memory).await.unwrap();
    let seen = plane.until_status(id, ClusterStatus::Repairing).await;
    assert_eq!(seen.ready_nodes(), 1);
    assert!(seen.can_access().is_ok(), "it works on with what is left");
    let before = plane.provisioner.calls().len();
    // A second look does not ask for it again.
    health.look(&mut memory).await.unwrap();
    plane.provisioner.open_gate();
    let whole = plane.until_status(id, ClusterStatus::Active).await;
    assert_eq!(whole.ready_nodes(), 3);
    let told = told(&plane, id).await;
    for message in [
        "Node 2 is lost: it ran out of memory",
        "Node 3 is lost: its container is gone",
        "Nodes 2, 3 are replaced",
    ] {
        let times = told.iter().filter(|it| *it == message).count();
        assert_eq!(times, 1, "{message}: {told:?}");
    }
    let calls = plane.provisioner.calls().split_off(before);
    assert!(calls.contains(&"join 2".to_owned()), "{calls:?}");
}

#[tokio::test]
async fn an_engine_that_is_silent_once_is_not_lost_and_a_blind_look_loses_nobody() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 1).await;
    plane.until_status(id, ClusterStatus::Active).await;
    let (health, mut memory) = (plane.health(), Memory::default());
    let silent = |ports: &[u16]| *plane.provisioner.silent.lock().unwrap() = ports.to_vec();
    let is_lost = async || {
        let told = told(&plane, id).await;
        told.iter().any(|it| it.contains("does not answer"))
    };

    silent(&[2376]);
    health.look(&mut memory).await.unwrap();
    silent(&[]);
    health.look(&mut memory).await.unwrap();
    silent(&[2376]);
    health.look(&mut memory).await.unwrap();
    assert!(!is_lost().await);

    plane.provisioner.blind.store(true, Ordering::Relaxed);
    health.look(&mut memory).await.unwrap();
    plane.provisioner.blind.store(false, Ordering::Relaxed);
    // The engine is just back and starts its containers; the look after that counts.
    health.look(&mut memory).await.unwrap();
    assert!(!is_lost().await);

    health.look(&mut memory).await.unwrap();
    assert!(is_lost().await);
    plane.until_status(id, ClusterStatus::Active).await;
}

#[tokio::test]
async fn a_resize_by_hand_takes_a_repair_along() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 2).await;
    let cluster = plane.until_status(id, ClusterStatus::Active).await;
    plane.provisioner.close_gate();
    plane
        .provisioner
        .ill
        .lock()
        .unwrap()
        .insert(cluster.nodes[1].id, None);
    plane.health().look(&mut Memory::default()).await.unwrap();
    plane.until_status(id, ClusterStatus::Repairing).await;
    let body = json!({"type": "resize", "input": {"node_count": 3}});
    let tasks = format!("/v2/clusters/{id}/tasks");
    let answer = owner.send("POST", &tasks, Some(body)).await;
    assert_eq!(answer.json["status"], "resizing", "{}", answer.json);
    plane.provisioner.open_gate();
    let whole = plane.until_status(id, ClusterStatus::Active).await;
    assert_eq!(whole.ready_nodes(), 3);
}

#[tokio::test]
async fn the_operators_scripts_run_on_every_node_after_it_joined() {
    let plane = ControlPlane::with(Scripted::with_scripts(&["a", "b"])).await;
    plane.start_reconciler();
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 2).await;
    plane.until_status(id, ClusterStatus::Active).await;
    let calls = plane.provisioner.calls();
    let at = |call: &str| calls.iter().position(|it| it == call).unwrap();
    assert!(at("join 2") < at("run 0.sh 2") && at("run 0.sh 2") < at("run 1.sh 2"));
    assert!(at("swarm") < at("run 0.sh 1"));
    let events = plane.store.events_of(id, 500).await.unwrap();
    let ran = events.iter().find(|it| it.message == "1.sh ran on node 2");
    assert_eq!(ran.unwrap().detail.as_deref(), Some("wrote b"));
    assert!(events.iter().all(|event| event.kind != EventKind::Retrying));
}

#[tokio::test]
async fn a_script_that_fails_is_a_reason() {
    let plane = ControlPlane::with(Scripted::with_scripts(&["fail"])).await;
    plane.start_reconciler();
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 1).await;
    let cluster = plane.until_status(id, ClusterStatus::Error).await;
    let reason = cluster.reason.unwrap();
    assert_eq!(reason.message, "The script failed, as told.");
    assert_eq!(reason.detail.as_deref(), Some("what it wrote"));
}

#[tokio::test]
async fn a_delete_during_a_rebuild_cleans_up_everything() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 2).await;
    plane.until_status(id, ClusterStatus::Active).await;
    plane.provisioner.close_gate();
    task(&owner, id, "rebuild").await;
    plane.provisioner.waiting.notified().await;
    let path = format!("/v2/clusters/{id}");
    let answer = owner.send("DELETE", &path, None).await;
    assert_eq!(answer.json["status"], "deleting");
    plane.until(id, |cluster| cluster.is_none()).await;
    assert_eq!(plane.provisioner.calls().last().unwrap(), "erase");
}

#[tokio::test]
async fn what_was_made_for_a_cluster_after_it_was_deleted_is_removed() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let living = owner.create("living", 1).await;
    let deleted = owner.create("deleted", 1).await;
    plane.until_status(living, ClusterStatus::Active).await;
    plane.until_status(deleted, ClusterStatus::Active).await;
    owner
        .send("DELETE", &format!("/v2/clusters/{deleted}"), None)
        .await;
    plane.until(deleted, |cluster| cluster.is_none()).await;
    // The engine carries out a request that was on its way when the delete began.
    plane.provisioner.there.lock().unwrap().insert(deleted);
    plane.sweeper().sweep().await.unwrap();
    let there = plane.provisioner.there.lock().unwrap().clone();
    assert_eq!(there, [living].into());
}

#[tokio::test]
async fn a_retry_is_of_the_task_that_failed_last_though_the_clock_went_back() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    plane.provisioner.fail([FailureKind::Permanent]);
    let id = owner.create("shop", 1).await;
    plane.until_status(id, ClusterStatus::Error).await;
    let tasks = format!("/v2/clusters/{id}/tasks");
    let retry = json!({"type": "retry"});
    owner.send("POST", &tasks, Some(retry.clone())).await;
    plane.until_status(id, ClusterStatus::Active).await;

    plane.clock.advance(jiff::SignedDuration::from_hours(-1));
    plane.provisioner.fail([FailureKind::Permanent]);
    let grow = json!({"type": "resize", "input": {"node_count": 2}});
    owner.send("POST", &tasks, Some(grow)).await;
    plane.until_status(id, ClusterStatus::Error).await;
    let answer = owner.send("POST", &tasks, Some(retry)).await;
    assert_eq!(answer.json["progress"]["task"], "resize");
    plane.until_status(id, ClusterStatus::Active).await;
}
