//! Tests of the checks: each is shown something broken, and has to see it.

use cluster_api::{ClusterId, NodeCount};
use uuid::Uuid;

use crate::{
    check::{
        ContainerThing, EngineThings, EventRow, Findings, Listed, NodeRow, Patience, Seen, TaskRow,
        always, at_rest,
    },
    model::{Answer, Model, Wish},
};

/// One cluster of two nodes that was created and is active, on an engine.
fn well() -> (Model, Seen) {
    let mut model = Model::default();
    let expected = model.ask(2).unwrap();
    let id = ClusterId(Uuid::from_u128(1));
    model.note(&expected.name, Wish::Create, Answer::Accepted, Some(id));
    let cluster = id.to_string();
    let mut seen = Seen::default();
    seen.listed.push(Listed {
        id: cluster.clone(),
        name: expected.name.to_string(),
        status: "active".to_owned(),
        nodes: 2,
        reason: None,
        task: None,
    });
    seen.kept
        .clusters
        .insert(cluster.clone(), "active".to_owned());
    seen.kept
        .keys
        .insert(expected.key.to_string(), cluster.clone());
    seen.kept.tasks.push(TaskRow {
        id: "t1".to_owned(),
        cluster: cluster.clone(),
        state: "done".to_owned(),
    });
    for (kind, message) in [
        ("requested", "Asked for: 2 nodes"),
        ("done", "Node 1 started"),
        ("done", "Node 2 started"),
        ("finished", "Active with 2 nodes"),
    ] {
        seen.kept.events.push(EventRow {
            cluster: cluster.clone(),
            task: Some("t1".to_owned()),
            kind: kind.to_owned(),
            message: message.to_owned(),
        });
    }
    let mut engine = EngineThings::default();
    engine
        .networks
        .push((Some(cluster.clone()), "10.83.0.0/25".to_owned()));
    for ordinal in 1..=2 {
        let node = format!("n{ordinal}");
        seen.kept.nodes.push(NodeRow {
            id: node.clone(),
            cluster: cluster.clone(),
            ordinal,
            state: "ready".to_owned(),
        });
        engine
            .volumes
            .push((Some(cluster.clone()), Some(node.clone())));
        engine.containers.push(ContainerThing {
            name: format!("carina-{node}"),
            cluster: Some(cluster.clone()),
            node: Some(node),
            ports: vec![format!("1000{ordinal}")],
            address: Some(format!("10.83.0.{ordinal}")),
            is_running: true,
        });
    }
    seen.engine = Some(engine);
    (model, seen)
}

/// What is seen when something is changed in a world that is well.
fn after(change: impl FnOnce(&mut Model, &mut Seen)) -> String {
    let (mut model, mut seen) = well();
    change(&mut model, &mut seen);
    let stories = |findings: Findings| findings.violations.into_iter().map(|found| found.story);
    let all: Vec<String> = stories(always(&model, &seen))
        .chain(stories(at_rest(&seen)))
        .collect();
    all.join("\n")
}

#[track_caller]
fn sees(words: &str, change: impl FnOnce(&mut Model, &mut Seen)) {
    let stories = after(change);
    assert!(stories.contains(words), "{words:?} is not in: {stories}");
}

fn engine(seen: &mut Seen) -> &mut EngineThings {
    seen.engine.as_mut().unwrap()
}

#[test]
fn nothing_is_found_where_all_is_well() {
    assert_eq!(after(|_, _| {}), "");
    let (model, seen) = well();
    let looked: u64 = always(&model, &seen).looked.values().sum();
    assert!(looked > 10, "{looked} things were looked at");
}

#[test]
fn a_lost_create_is_seen() {
    sees("the API does not list it", |_, seen| seen.listed.clear());
}

#[test]
fn a_lost_resize_is_seen() {
    sees("is to have 3 nodes", |model, _| {
        let name = model.clusters[0].name.clone();
        model.note(&name, Wish::Resize { to: 3 }, Answer::Accepted, None);
    });
}

#[test]
fn a_lost_delete_is_seen() {
    sees("the end of c1", |model, _| {
        let name = model.clusters[0].name.clone();
        model.note(&name, Wish::Delete, Answer::Accepted, None);
    });
}

#[test]
fn a_delete_that_nobody_asked_for_is_seen() {
    sees("nobody asked for that", |_, seen| {
        seen.listed[0].status = "deleting".to_owned();
    });
}

#[test]
fn a_create_done_twice_is_seen() {
    sees("that nobody asked for", |_, seen| {
        seen.kept
            .clusters
            .insert(Uuid::from_u128(2).to_string(), "active".to_owned());
    });
    sees("two clusters have the same name", |_, seen| {
        let twin = seen.listed[0].clone();
        seen.listed.push(twin);
    });
    sees("is kept for", |_, seen| {
        for made in seen.kept.keys.values_mut() {
            *made = "another".to_owned();
        }
    });
}

#[test]
fn a_wish_done_twice_is_seen() {
    sees("its timeline tells of 2", |_, seen| {
        let mut again = seen.kept.events[0].clone();
        again.task = Some("t2".to_owned());
        seen.kept.events.push(again);
    });
    sees("was finished 2 times", |_, seen| {
        let again = seen.kept.events[3].clone();
        seen.kept.events.push(again);
    });
    sees("told twice", |_, seen| {
        let again = seen.kept.events[1].clone();
        seen.kept.events.push(again);
    });
}

#[test]
fn a_task_done_in_silence_is_seen() {
    sees("its timeline says so 0 times", |_, seen| {
        seen.kept.events.pop();
    });
}

#[test]
fn a_shared_port_address_or_subnet_is_seen() {
    sees("ports should be one's own", |_, seen| {
        engine(seen).containers[1].ports = vec!["10001".to_owned()];
    });
    sees("addresses should be one's own", |_, seen| {
        engine(seen).containers[1].address = Some("10.83.0.1".to_owned());
    });
    sees("subnets should be one's own", |_, seen| {
        let other = engine(seen).networks[0].clone();
        engine(seen).networks.push(other);
    });
}

#[test]
fn what_is_left_over_or_missing_on_the_engine_is_seen() {
    sees("is left over on the engine", |_, seen| {
        for status in seen.kept.clusters.values_mut() {
            *status = "deleted".to_owned();
        }
    });
    sees("containers should be exactly", |_, seen| {
        // A trial container carries no cluster.
        engine(seen).containers[0].cluster = None;
    });
    sees("containers should be exactly", |_, seen| {
        let mut extra = engine(seen).containers[0].clone();
        extra.node = Some("n9".to_owned());
        engine(seen).containers.push(extra);
    });
    sees("volumes should be exactly", |_, seen| {
        engine(seen).volumes.pop();
    });
    sees("networks should be exactly", |_, seen| {
        engine(seen).networks.clear();
    });
    sees("should run", |_, seen| {
        engine(seen).containers[0].is_running = false;
    });
}

#[test]
fn a_cluster_that_is_not_as_wished_at_rest_is_seen() {
    sees("should have come to rest", |_, seen| {
        seen.listed[0].status = "error".to_owned();
    });
    sees("should have 2 ready nodes", |_, seen| {
        seen.kept.nodes[1].state = "joining".to_owned();
    });
    sees("no task should be open", |_, seen| {
        seen.kept.tasks[0].state = "open".to_owned();
    });
}

#[test]
fn damage_of_the_database_is_seen() {
    sees("the database is damaged: row 3 missing", |_, seen| {
        seen.kept.damage.push("row 3 missing".to_owned());
    });
}

#[test]
fn what_moves_for_too_long_is_seen_and_what_moves_on_is_not() {
    let (_, mut seen) = well();
    let mut patience = Patience::default();
    let mut look = |listed: &[Listed], now| patience.look(listed, now, 60).violations.len();
    seen.listed[0].status = "resizing".to_owned();
    seen.listed[0].task = Some("t1".to_owned());
    assert_eq!(look(&seen.listed, 100), 0);
    assert_eq!(look(&seen.listed, 160), 0);
    assert_eq!(look(&seen.listed, 161), 1);
    seen.listed[0].task = Some("t2".to_owned());
    assert_eq!(look(&seen.listed, 162), 0, "another task has its own time");
}

#[test]
fn a_doubt_becomes_a_fact_by_what_is_there() {
    let asked = |wish| {
        let (mut model, _) = well();
        let name = model.clusters[0].name.clone();
        model.note(&name, wish, Answer::Doubtful, None);
        model.clusters.remove(0)
    };
    let cluster =
        |nodes: i64, status: &str| serde_cluster(NodeCount::try_from(nodes).unwrap(), status);

    let mut resize = asked(Wish::Resize { to: 4 });
    assert!(resize.settle(Some(&cluster(4, "resizing")), 1));
    assert_eq!((resize.nodes, resize.requests), (4, 2));

    let mut resize = asked(Wish::Resize { to: 4 });
    assert!(resize.settle(Some(&cluster(2, "active")), 1));
    assert_eq!((resize.nodes, resize.requests), (2, 1));

    let mut resize = asked(Wish::Resize { to: 4 });
    assert!(
        !resize.settle(Some(&cluster(3, "active")), 1),
        "it fits neither"
    );

    for (told, requests, fits) in [(1, 1, true), (2, 2, true), (3, 2, false)] {
        let mut rotate = asked(Wish::Rotate);
        let settled = rotate.settle(Some(&cluster(2, "active")), told);
        assert_eq!((rotate.requests, settled), (requests, fits), "told {told}");
    }

    let mut delete = asked(Wish::Delete);
    assert!(delete.settle(None, 1));
    assert!(delete.is_deleted);

    let mut delete = asked(Wish::Delete);
    assert!(delete.settle(Some(&cluster(2, "active")), 1));
    assert!(!delete.is_deleted);
    assert_eq!(delete.requests, 1);
}

#[test]
fn a_refused_create_is_nothing_and_a_fault_is_a_doubt() {
    let mut model = Model::default();
    let expected = model.ask(1).unwrap();
    model.note(&expected.name, Wish::Create, Answer::Refused, None);
    assert!(model.clusters.is_empty());
    let expected = model.ask(1).unwrap();
    model.note(&expected.name, Wish::Create, Answer::Doubtful, None);
    assert_eq!(model.clusters[0].doubt, Some(Wish::Create));
    assert_eq!(
        Answer::of(cluster_api::Problem::Unreachable),
        Answer::Doubtful
    );
    assert_eq!(Answer::of(cluster_api::Problem::NameTaken), Answer::Refused);
}

fn serde_cluster(nodes: NodeCount, status: &str) -> cluster_api::Cluster {
    let at = "2026-01-01T00:00:00Z";
    serde_json::from_value(serde_json::json!({
        "id": Uuid::from_u128(1), "name": "c1", "status": status,
        "cluster_type": cluster_api::ClusterType::swarm(), "node_count": nodes,
        "created_at": at, "updated_at": at, "flavor": "container1-1G", "nodes": [],
        "deletion_protection": false, "endpoint": null, "progress": null, "reason": null,
        "version": 1,
    }))
    .unwrap()
}
