//! Workers that are chosen to go, replaced and drained, against a real engine, while a service runs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::{collections::HashMap, sync::Arc, time::Duration};

use bollard::{
    Docker,
    models::{NodeSpecAvailabilityEnum, TaskState},
    query_parameters::{ListNodesOptions, ListTasksOptionsBuilder},
};
use cluster_api::{ClusterId, ClusterType, CreateCluster, Flavor, Labels};
use common::{import_image, plane::Plane, service};
use control_plane::provisioner::Provisioner;
use tokio_util::sync::CancellationToken;

/// Billionths of a processor: nothing is kept from finding a place.
const LITTLE: i64 = 1_000_000;

#[tokio::test]
async fn workers_that_are_chosen_go_are_replaced_and_drained() {
    let stop = CancellationToken::new();
    let plane = Arc::new(Plane::start("26900-26999", &stop).await);
    let request = CreateCluster {
        name: "chosen".try_into().unwrap(),
        cluster_type_id: ClusterType::swarm().id,
        node_count: 3.try_into().unwrap(),
        flavor: Flavor::Container1G,
        labels: Labels::default(),
        autoscale: None,
        deletion_protection: false,
    };
    let made = plane.service.create(&plane.actor, &request, None).await;
    let id = made.unwrap().id;
    let story = tokio::spawn(run(Arc::clone(&plane), id)).await;
    stop.cancel();
    plane.provisioner.remove_cluster(id).await.unwrap();
    if let Err(error) = story {
        std::panic::resume_unwind(error.into_panic());
    }
}

async fn run(plane: Arc<Plane>, id: ClusterId) {
    let (service_of, actor) = (&plane.service, &plane.actor);
    let names = async || {
        let record = plane.until_active(id).await;
        let nodes = record.nodes.iter();
        nodes.map(|node| node.name()).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["node-1", "node-2", "node-3"]);
    for place in 1..=3 {
        import_image(&plane.node(id, place).await).await;
    }
    let manager = plane.node(id, 1).await;
    manager
        .create_service(service(3, LITTLE), None)
        .await
        .unwrap();
    until_running(&manager, "node-2", 1).await;

    // Drained: its work is elsewhere, and it is still there.
    service_of
        .drain_node(actor, id, "node-2", true)
        .await
        .unwrap();
    plane.until_active(id).await;
    until_running(&manager, "node-2", 0).await;
    let drain = NodeSpecAvailabilityEnum::DRAIN;
    assert_eq!(availability(&manager, "node-2").await, Some(drain));
    service_of
        .drain_node(actor, id, "node-2", false)
        .await
        .unwrap();
    plane.until_active(id).await;
    let active = NodeSpecAvailabilityEnum::ACTIVE;
    assert_eq!(availability(&manager, "node-2").await, Some(active));

    // Replaced: another one has joined, and this one is gone with its container.
    service_of.replace_node(actor, id, "node-2").await.unwrap();
    assert_eq!(names().await, ["node-1", "node-3", "node-4"]);
    assert_eq!(availability(&manager, "node-2").await, None);
    assert_eq!(availability(&manager, "node-4").await, Some(active));
    let facts = plane.provisioner.engine_facts().await.unwrap();
    assert_eq!((facts.containers, facts.networks), (3, 1));
    assert!(!facts.version.is_empty());

    // Chosen to go: not the last one.
    let fewer = 2.try_into().unwrap();
    let remove = ["node-3".to_owned()];
    service_of.resize(actor, id, fewer, &remove).await.unwrap();
    assert_eq!(names().await, ["node-1", "node-4"]);
    assert_eq!(availability(&manager, "node-3").await, None);

    // The places that became free are taken again, with the addresses and names that go with them.
    let more = 3.try_into().unwrap();
    service_of.resize(actor, id, more, &[]).await.unwrap();
    assert_eq!(names().await, ["node-1", "node-2", "node-4"]);
    assert_eq!(availability(&manager, "node-2").await, Some(active));
}

/// What the swarm has of a node of that name: whether it takes work.
async fn availability(manager: &Docker, name: &str) -> Option<NodeSpecAvailabilityEnum> {
    let nodes = manager.list_nodes(None::<ListNodesOptions>).await.unwrap();
    let mut nodes = nodes.into_iter();
    let node = nodes.find(|node| {
        let description = node.description.as_ref();
        description.and_then(|it| it.hostname.as_deref()) == Some(name)
    });
    node?.spec?.availability
}

/// Waits until so many tasks run on a node.
async fn until_running(manager: &Docker, name: &str, wanted: usize) {
    let filters = HashMap::from([("node", vec![name])]);
    let settled = async {
        loop {
            let options = ListTasksOptionsBuilder::default().filters(&filters).build();
            let tasks = manager.list_tasks(Some(options)).await.unwrap();
            let states = tasks.into_iter().filter_map(|task| task.status?.state);
            if states.filter(|state| *state == TaskState::RUNNING).count() == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), settled)
        .await
        .expect("so many never ran there");
}
