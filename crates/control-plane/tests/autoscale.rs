//! Autoscaling against a real engine: real services with real reservations make a cluster grow and
//! shrink. Only the time is not real: it is moved from interval to interval.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::{collections::HashMap, sync::Arc, time::Duration};

use bollard::{
    Docker,
    models::TaskState,
    query_parameters::{ListTasksOptions, ListTasksOptionsBuilder, UpdateServiceOptionsBuilder},
};
use cluster_api::{
    AutoscalePolicy, Cluster, ClusterId, ClusterType, CreateCluster, Flavor, Labels, Percent,
    Targets,
};
use common::{import_image, plane::Plane, service};
use control_plane::provisioner::Provisioner;
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

/// What is asked of a control plane here.
trait Scaled {
    /// Looks after a minute: how many nodes there are then.
    async fn look(&self, id: ClusterId) -> u32;
    /// What the autoscaler said.
    async fn said(&self, id: ClusterId) -> Vec<String>;
}

impl Scaled for Plane {
    async fn look(&self, id: ClusterId) -> u32 {
        *self.clock.0.lock().unwrap() += SignedDuration::from_secs(60);
        self.autoscaler.look().await.unwrap();
        self.until_active(id).await.cluster.ready_nodes()
    }

    async fn said(&self, id: ClusterId) -> Vec<String> {
        let mut events = self.store.events_of(id, 500).await.unwrap();
        events.reverse();
        let messages = events.into_iter().map(|event| event.message);
        messages
            .filter(|it| it.starts_with("Autoscaling"))
            .collect()
    }
}

async fn set_replicas(manager: &Docker, replicas: i64, nano_cpus: i64) {
    let known = manager.inspect_service("sleepers", None).await.unwrap();
    let version = known.version.unwrap().index.unwrap();
    let options = UpdateServiceOptionsBuilder::default()
        .version(i32::try_from(version).unwrap())
        .build();
    manager
        .update_service("sleepers", service(replicas, nano_cpus), options, None)
        .await
        .unwrap();
    until_wished(manager, replicas).await;
}

/// Waits until the swarm has made as many tasks of it as it is to have; placing them is its own affair.
async fn until_wished(manager: &Docker, replicas: i64) {
    let filters = HashMap::from([("desired-state", vec!["running"])]);
    loop {
        let options = ListTasksOptionsBuilder::default().filters(&filters).build();
        let tasks = manager.list_tasks(Some(options)).await.unwrap();
        if i64::try_from(tasks.len()) == Ok(replicas) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn real_reservations_make_a_cluster_grow_and_shrink() {
    let stop = CancellationToken::new();
    let plane = Arc::new(Plane::start("26800-26899", &stop).await);
    let request = CreateCluster {
        name: "scaled".try_into().unwrap(),
        cluster_type_id: ClusterType::swarm().id,
        node_count: 1.try_into().unwrap(),
        flavor: Flavor::Container1G,
        labels: Labels::default(),
        autoscale: Some(AutoscalePolicy {
            interval_s: 30,
            cooldown_s: 60,
            targets: Targets {
                reserved_cpu: Some(Percent::EIGHTY),
                ..Targets::default()
            },
            ..AutoscalePolicy::default()
        }),
        deletion_protection: false,
    };
    let made: Cluster = plane
        .service
        .create(&plane.actor, &request, None)
        .await
        .unwrap();
    let story = tokio::spawn(run(Arc::clone(&plane), made.id)).await;
    stop.cancel();
    plane.provisioner.remove_cluster(made.id).await.unwrap();
    if let Err(error) = story {
        std::panic::resume_unwind(error.into_panic());
    }
}

async fn run(plane: Arc<Plane>, id: ClusterId) {
    const MOST_OF_ONE: i64 = 900_000_000;
    let manager = plane.node(id, 1).await;
    import_image(&manager).await;
    manager
        .create_service(service(1, MOST_OF_ONE), None)
        .await
        .unwrap();
    until_wished(&manager, 1).await;
    assert_eq!(plane.look(id).await, 2);
    import_image(&plane.node(id, 2).await).await;
    assert_eq!(plane.look(id).await, 2, "45 % of two");

    set_replicas(&manager, 2, MOST_OF_ONE).await;
    assert_eq!(plane.look(id).await, 3);
    import_image(&plane.node(id, 3).await).await;
    set_replicas(&manager, 3, MOST_OF_ONE).await;
    assert_eq!(plane.look(id).await, 3, "the quota is three");

    set_replicas(&manager, 1, MOST_OF_ONE).await;
    assert_eq!(plane.look(id).await, 2);
    assert_eq!(
        plane.look(id).await,
        2,
        "one node would be above the target"
    );
    let said = plane.said(id).await;
    let beginnings = [
        "Autoscaling grows it to 2 nodes: reserved processor 90 % (target 80 %) on 1 node",
        "Autoscaling grows it to 3 nodes: reserved processor 90 % (target 80 %) on 2 nodes",
        "Autoscaling would add a node, but your quota is 3 nodes a cluster: reserved processor 90 %",
        "Autoscaling shrinks it to 2 nodes: reserved processor 30 % (target 80 %) on 3 nodes; it fits",
    ];
    assert_eq!(said.len(), beginnings.len(), "{said:#?}");
    for (said, beginning) in said.iter().zip(beginnings) {
        assert!(said.starts_with(beginning), "{said}");
    }
    // What ran on the node that went runs elsewhere; tasks that were ended take a moment to be so.
    let count_running = async || {
        let tasks = manager.list_tasks(None::<ListTasksOptions>).await.unwrap();
        let states = tasks.into_iter().filter_map(|task| task.status?.state);
        states.filter(|state| *state == TaskState::RUNNING).count()
    };
    let settled = async {
        while count_running().await != 1 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), settled)
        .await
        .expect("one task was asked for, and not one is running");
}
