//! The Docker provisioner against a real engine.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::Arc,
    time::Duration,
};

use bollard::{
    models::{ContainerCreateBody, ContainerInspectResponse, VolumeCreateRequest},
    query_parameters::{
        CreateContainerOptionsBuilder, InspectContainerOptions, KillContainerOptions,
        ListServicesOptions, RemoveContainerOptionsBuilder, RemoveVolumeOptions,
    },
};
use cluster_api::NodeId;
use common::{
    bench::{Bench, on_a_cluster, on_a_cluster_with},
    import_image, node_client, service, sleeping,
};
use control_plane::provisioner::{Beat, ClusterAccess, FailureKind, NodeOrder, Provisioner, Pulse};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};
use secrecy::ExposeSecret;
use uuid::Uuid;

impl Bench {
    /// The same cluster with another authority.
    fn renewed(&self) -> Self {
        let mut other = Self::new("26000-26099");
        other.access.id = self.access.id;
        other
    }

    async fn inspect(&self, name: &str) -> ContainerInspectResponse {
        self.docker
            .inspect_container(name, None::<InspectContainerOptions>)
            .await
            .unwrap()
    }

    /// A container of somebody else that looks as much like ours as it can.
    async fn foreign(&self, name: &str, installation: Uuid) {
        let labels = HashMap::from([
            (
                "io.carina.installation".to_owned(),
                installation.to_string(),
            ),
            ("io.carina.cluster".to_owned(), self.access.id.to_string()),
        ]);
        let body = ContainerCreateBody {
            image: Some(self.provisioner.image().to_owned()),
            entrypoint: Some(vec!["true".to_owned()]),
            labels: Some(labels),
            ..ContainerCreateBody::default()
        };
        let options = CreateContainerOptionsBuilder::default().name(name).build();
        self.docker
            .create_container(Some(options), body)
            .await
            .unwrap();
    }
}

async fn remove(bench: &Bench, name: &str) {
    let force = RemoveContainerOptionsBuilder::default().force(true).build();
    bench
        .docker
        .remove_container(name, Some(force))
        .await
        .unwrap();
}

#[tokio::test]
async fn nodes_are_made_once_joined_and_come_back_as_they_were() {
    on_a_cluster("26000-26099", |bench| async move {
        let (provisioner, access) = (&bench.provisioner, &bench.access);
        provisioner.ensure_network(access).await.unwrap();
        provisioner.ensure_network(access).await.unwrap();
        let orders = [bench.order(1), bench.order(2)];
        let (manager, worker) = tokio::try_join!(
            provisioner.ensure_node(access, &orders[0]),
            provisioner.ensure_node(access, &orders[1])
        )
        .unwrap();
        assert_ne!(manager.api_port, worker.api_port);
        for _ in 0..2 {
            let ticket = provisioner.ensure_swarm(access, &manager).await.unwrap();
            provisioner
                .ensure_joined(access, &worker, &ticket)
                .await
                .unwrap();
            provisioner.await_ready(access, &manager, 2).await.unwrap();
            assert_eq!(
                provisioner.ensure_node(access, &orders[1]).await.unwrap(),
                worker
            );
        }
        assert_eq!(bench.left().await, [2, 2, 1]);

        // What helps somebody to help: the nodes' logs, without what joins or opens anything.
        for order in &orders {
            let log = provisioner.node_log(access.id, order.id, 500).await;
            let log = log.unwrap().expect("the node is there");
            assert!(log.contains("API listen on"), "{log}");
            assert!(
                !log.contains("SWMTKN-") && !log.contains("PRIVATE KEY"),
                "{log}"
            );
            assert!(log.lines().count() <= 500);
        }
        let last = provisioner.node_log(access.id, orders[0].id, 1).await;
        assert_eq!(last.unwrap().unwrap().lines().count(), 1);
        let stranger = NodeId(Uuid::new_v4());
        let none = provisioner.node_log(access.id, stranger, 1).await;
        assert_eq!(none.unwrap(), None);
        assert!(!provisioner.engine_version().await.unwrap().is_empty());

        let host = bench
            .inspect(&bench.container(1))
            .await
            .host_config
            .unwrap();
        assert_eq!(host.memory, Some(1 << 30));
        assert_eq!(host.memory_swap, Some(1 << 30));
        assert_eq!(host.nano_cpus, Some(1_000_000_000));

        // A node that was killed comes back with its address and port, and is in the swarm again.
        let worker_name = bench.container(2);
        bench
            .docker
            .kill_container(&worker_name, None::<KillContainerOptions>)
            .await
            .unwrap();
        assert_eq!(
            provisioner.ensure_node(access, &orders[1]).await.unwrap(),
            worker
        );
        provisioner.await_ready(access, &manager, 2).await.unwrap();

        // A manager that was killed keeps its swarm.
        let manager_name = bench.container(1);
        bench
            .docker
            .kill_container(&manager_name, None::<KillContainerOptions>)
            .await
            .unwrap();
        assert_eq!(
            provisioner.ensure_node(access, &orders[0]).await.unwrap(),
            manager
        );
        provisioner.await_ready(access, &manager, 2).await.unwrap();

        provisioner.drain(access, &manager, 2).await.unwrap();
        provisioner.remove_node(access, &manager, 2).await.unwrap();
        provisioner.remove_node(access, &manager, 2).await.unwrap();
        provisioner.await_ready(access, &manager, 1).await.unwrap();
        assert_eq!(bench.left().await, [1, 1, 1]);
    })
    .await;
}

#[tokio::test]
async fn nobody_without_a_certificate_of_the_cluster_is_let_in() {
    on_a_cluster("26100-26199", |bench| async move {
        let (provisioner, access) = (&bench.provisioner, &bench.access);
        provisioner.ensure_network(access).await.unwrap();
        let manager = provisioner
            .ensure_node(access, &bench.order(1))
            .await
            .unwrap();
        let port = manager.api_port;
        let refused = tokio::task::spawn_blocking({
            let ca_pem = access.ca_pem.clone();
            move || ask_without_certificate(&ca_pem, port)
        });
        let error = refused.await.unwrap().unwrap_err();
        assert!(
            error
                .to_string()
                .to_ascii_lowercase()
                .contains("certificate"),
            "{error}"
        );

        let other = Bench::new("26100-26199");
        let forged = ClusterAccess {
            client_pem: other.access.client_pem,
            client_key: other.access.client_key,
            ca_pem: access.ca_pem.clone(),
            id: access.id,
            name: access.name.clone(),
        };
        let error = provisioner
            .ensure_swarm(&forged, &manager)
            .await
            .err()
            .unwrap();
        assert_eq!(error.kind, FailureKind::Transient);
    })
    .await;
}

/// Speaks TLS to a node as somebody who trusts it and shows nothing.
fn ask_without_certificate(ca_pem: &str, port: u16) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "127.0.0.1".try_into().unwrap();
    let tls = ClientConnection::new(Arc::new(config), name).unwrap();
    let tcp = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    tcp.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut stream = StreamOwned::new(tls, tcp);
    stream.write_all(b"GET /version HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[tokio::test]
async fn what_is_not_ours_is_never_touched() {
    on_a_cluster("26200-26299", |bench| async move {
        let (provisioner, access) = (&bench.provisioner, &bench.access);
        provisioner.ensure_network(access).await.unwrap();
        let in_the_way = bench.container(1);
        bench.foreign(&in_the_way, Uuid::new_v4()).await;
        let before = bench.inspect(&in_the_way).await.id;
        let error = provisioner
            .ensure_node(access, &bench.order(1))
            .await
            .unwrap_err();
        assert_eq!(error.kind, FailureKind::Permanent);
        assert!(error.message.contains(&in_the_way), "{error}");
        provisioner.remove_cluster(access.id).await.unwrap();
        assert_eq!(bench.inspect(&in_the_way).await.id, before);
        remove(&bench, &in_the_way).await;
    })
    .await;
}

#[tokio::test]
async fn a_port_that_something_else_has_is_passed_over() {
    let (taken, free) = (26_300, 26_301);
    let _holder = TcpListener::bind((Ipv4Addr::LOCALHOST, taken)).unwrap();
    on_a_cluster("26300-26301", move |bench| async move {
        let (provisioner, access) = (&bench.provisioner, &bench.access);
        provisioner.ensure_network(access).await.unwrap();
        let order = NodeOrder {
            api_port: Some(taken),
            ..bench.order(1)
        };
        let node = provisioner.ensure_node(access, &order).await.unwrap();
        assert_eq!(node.api_port, free);
    })
    .await;
}

#[tokio::test]
async fn new_certificates_shut_old_ones_out_and_what_runs_runs_on() {
    on_a_cluster("26400-26499", |bench| async move {
        let (provisioner, access) = (&bench.provisioner, &bench.access);
        provisioner.ensure_network(access).await.unwrap();
        let orders = [bench.order(1), bench.order(2)];
        let (manager, worker) = tokio::try_join!(
            provisioner.ensure_node(access, &orders[0]),
            provisioner.ensure_node(access, &orders[1])
        )
        .unwrap();
        let ticket = provisioner.ensure_swarm(access, &manager).await.unwrap();
        provisioner
            .ensure_joined(access, &worker, &ticket)
            .await
            .unwrap();
        let node = node_client(bench.folder.path(), access, manager.api_port);
        import_image(&node).await;
        let named = CreateContainerOptionsBuilder::default()
            .name("mine")
            .build();
        node.create_container(Some(named), sleeping())
            .await
            .unwrap();
        node.start_container("mine", None).await.unwrap();
        node.create_volume(VolumeCreateRequest {
            name: Some("data".to_owned()),
            ..VolumeCreateRequest::default()
        })
        .await
        .unwrap();
        node.create_service(service(1, 0), None).await.unwrap();

        let renewed = bench.renewed();
        for (before, order) in [(&manager, renewed.order(1)), (&worker, renewed.order(2))] {
            let order = NodeOrder {
                id: orders[before.ordinal as usize - 1].id,
                ..order
            };
            for _ in 0..2 {
                let after = provisioner
                    .renew_node(&renewed.access, Some(access), &order)
                    .await
                    .unwrap();
                assert_eq!(&after, before, "same address, same port");
            }
            assert!(!provisioner.answers(access, before.api_port).await);
            assert!(provisioner.answers(&renewed.access, before.api_port).await);
        }
        let access = &renewed.access;
        let node = node_client(bench.folder.path(), access, manager.api_port);
        let is_running = async |name: &str| {
            let mine = node.inspect_container(name, None::<InspectContainerOptions>);
            mine.await.unwrap().state.unwrap().running.unwrap()
        };
        assert!(is_running("mine").await, "no restart policy asked for it");
        provisioner.await_ready(access, &manager, 2).await.unwrap();

        let anew = provisioner.renew_swarm(access, &manager).await.unwrap();
        assert_ne!(anew.token.expose_secret(), ticket.token.expose_secret());
        provisioner
            .ensure_joined(access, &worker, &anew)
            .await
            .unwrap();
        provisioner.await_ready(access, &manager, 2).await.unwrap();
        assert!(is_running("mine").await);
        node.inspect_volume("data").await.unwrap();
        let services = node.list_services(None::<ListServicesOptions>).await;
        assert_eq!(
            services.unwrap().len(),
            1,
            "what the swarm could read is kept"
        );
    })
    .await;
}

#[tokio::test]
async fn a_worker_of_a_swarm_that_is_no_more_joins_the_new_one() {
    on_a_cluster("26500-26599", |bench| async move {
        let (provisioner, access) = (&bench.provisioner, &bench.access);
        provisioner.ensure_network(access).await.unwrap();
        let orders = [bench.order(1), bench.order(2)];
        let (manager, worker) = tokio::try_join!(
            provisioner.ensure_node(access, &orders[0]),
            provisioner.ensure_node(access, &orders[1])
        )
        .unwrap();
        let ticket = provisioner.ensure_swarm(access, &manager).await.unwrap();
        provisioner
            .ensure_joined(access, &worker, &ticket)
            .await
            .unwrap();
        // The manager is lost with all it knew.
        let name = bench.container(1);
        remove(&bench, &name).await;
        bench
            .docker
            .remove_volume(&name, None::<RemoveVolumeOptions>)
            .await
            .unwrap();
        let again = NodeOrder {
            api_port: Some(manager.api_port),
            ..bench.order(1)
        };
        assert_eq!(
            provisioner.ensure_node(access, &again).await.unwrap(),
            manager
        );
        let ticket = provisioner.ensure_swarm(access, &manager).await.unwrap();
        provisioner
            .ensure_joined(access, &worker, &ticket)
            .await
            .unwrap();
        provisioner.await_ready(access, &manager, 2).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_pulse_tells_what_happened_to_a_node() {
    on_a_cluster("26600-26699", |bench| async move {
        let (provisioner, access) = (&bench.provisioner, &bench.access);
        provisioner.ensure_network(access).await.unwrap();
        let order = bench.order(1);
        let node = provisioner.ensure_node(access, &order).await.unwrap();
        let beat = async || match provisioner.pulse().await.unwrap() {
            Pulse::Seen(mut seen) => seen.remove(&order.id),
            Pulse::Unknown => panic!("the engine is there to be asked"),
        };
        assert_eq!(beat().await, Some(Beat::Runs));
        assert!(provisioner.answers(access, node.api_port).await);
        let name = bench.container(1);
        bench
            .docker
            .kill_container(&name, None::<KillContainerOptions>)
            .await
            .unwrap();
        let ended = Beat::Ended("its engine ended with code 137".to_owned());
        assert_eq!(beat().await, Some(ended));
        assert!(!provisioner.answers(access, node.api_port).await);
        remove(&bench, &name).await;
        assert_eq!(beat().await, None);
    })
    .await;
}

#[tokio::test]
async fn the_operators_scripts_and_engine_settings_reach_a_node() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let scripts = path("scripts");
    std::fs::create_dir(&scripts).unwrap();
    for (name, text) in [
        (
            "10-hello.sh",
            "echo \"hello from $CARINA_NODE_NAME, a $CARINA_NODE_ROLE\"",
        ),
        ("20-fails.sh", "echo it went wrong >&2; exit 3"),
    ] {
        std::fs::write(format!("{scripts}/{name}"), text).unwrap();
    }
    let settings = path("engine.json");
    let text =
        r#"{"swarm": {"registry-mirrors": ["https://mirror.example.com"], "log-driver": "local"}}"#;
    std::fs::write(&settings, text).unwrap();
    let line = [
        "--node-ports",
        "26700-26799",
        "--node-scripts",
        &scripts,
        "--engine-settings",
        &settings,
    ];
    on_a_cluster_with(&line, |bench| async move {
        let (provisioner, access) = (&bench.provisioner, &bench.access);
        provisioner.ensure_network(access).await.unwrap();
        let node = provisioner
            .ensure_node(access, &bench.order(1))
            .await
            .unwrap();
        let [hello, fails] = provisioner.scripts() else {
            panic!("there are two")
        };
        let written = provisioner.run_script(access, 1, hello).await.unwrap();
        assert_eq!(written, "hello from node-1, a manager");
        let error = provisioner.run_script(access, 1, fails).await.unwrap_err();
        assert_eq!(error.kind, FailureKind::Permanent);
        assert!(
            error
                .message
                .contains("20-fails.sh failed on node 1 with code 3"),
            "{error}"
        );
        assert_eq!(error.source.unwrap().to_string(), "it went wrong");

        let info = node_client(bench.folder.path(), access, node.api_port)
            .info()
            .await
            .unwrap();
        assert_eq!(info.logging_driver.as_deref(), Some("local"));
        let mirrors = info.registry_config.unwrap().mirrors.unwrap();
        assert_eq!(mirrors, ["https://mirror.example.com/"]);
    })
    .await;
}
