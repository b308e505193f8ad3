//! A cluster of one test, on a real engine (`DOCKER_HOST`, or else the local one) with a real node
//! image (`CARINA_NODE_IMAGE`). Everything made here carries the label of an installation that exists
//! for one test only, and is removed at its end, whatever the end is.

use std::{collections::HashMap, sync::Arc};

use bollard::{
    Docker,
    query_parameters::{
        ListContainersOptionsBuilder, ListNetworksOptionsBuilder, ListVolumesOptionsBuilder,
    },
};
use clap::Parser;
use cluster_api::{ClusterId, ClusterName, Flavor, NodeId, Timestamp};
use control_plane::{
    Settings,
    certificates::Authority,
    provisioner::{ClusterAccess, NodeOrder, Provisioner, docker::DockerProvisioner},
};
use uuid::Uuid;

/// A cluster of one test.
pub(crate) struct Bench {
    pub(crate) docker: Docker,
    pub(crate) provisioner: DockerProvisioner,
    pub(crate) installation: Uuid,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) authority: Authority,
    pub(crate) access: ClusterAccess,
}

impl Bench {
    pub(crate) fn new(ports: &str) -> Self {
        Self::with(&["--node-ports", ports])
    }

    pub(crate) fn with(line: &[&str]) -> Self {
        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            settings: Settings,
        }
        let settings = Line::parse_from([&["test"], line].concat()).settings;
        let installation = Uuid::new_v4();
        let now = Timestamp::now();
        let authority = Authority::generate("test", now).unwrap();
        let client = authority.issue_client("test", 1, now).unwrap();
        Self {
            docker: Docker::connect_with_defaults().unwrap(),
            provisioner: DockerProvisioner::new(&settings, installation),
            installation,
            folder: tempfile::tempdir().unwrap(),
            access: ClusterAccess {
                id: ClusterId(Uuid::new_v4()),
                name: ClusterName::try_from("test").unwrap(),
                ca_pem: authority.certificate_pem.clone(),
                client_pem: client.certificate_pem,
                client_key: client.key_pem,
            },
            authority,
        }
    }

    pub(crate) fn order(&self, ordinal: u32) -> NodeOrder {
        let names = self.provisioner.names_of(ordinal);
        let server = self
            .authority
            .issue_server("node", &names, Timestamp::now())
            .unwrap();
        NodeOrder {
            id: NodeId(Uuid::new_v4()),
            ordinal,
            flavor: Flavor::Container1G,
            api_port: None,
            certificate_pem: server.certificate_pem,
            key: server.key_pem,
        }
    }

    pub(crate) fn container(&self, ordinal: u32) -> String {
        let id = self.access.id.0.simple().to_string();
        format!("carina-test-{}-node-{ordinal}", &id[..8])
    }

    /// How many containers, volumes and networks of the cluster there are.
    pub(crate) async fn left(&self) -> [usize; 3] {
        let labels = vec![
            format!("io.carina.installation={}", self.installation),
            format!("io.carina.cluster={}", self.access.id),
        ];
        let filters = HashMap::from([("label".to_owned(), labels)]);
        let containers = ListContainersOptionsBuilder::default()
            .all(true)
            .filters(&filters)
            .build();
        let volumes = ListVolumesOptionsBuilder::default()
            .filters(&filters)
            .build();
        let networks = ListNetworksOptionsBuilder::default()
            .filters(&filters)
            .build();
        [
            self.docker
                .list_containers(Some(containers))
                .await
                .unwrap()
                .len(),
            self.docker
                .list_volumes(Some(volumes))
                .await
                .unwrap()
                .volumes
                .unwrap_or_default()
                .len(),
            self.docker
                .list_networks(Some(networks))
                .await
                .unwrap()
                .len(),
        ]
    }
}

/// Runs a test and removes what it made, also when it panics.
pub(crate) async fn on_a_cluster<F>(ports: &str, test: impl FnOnce(Arc<Bench>) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    on_a_cluster_with(&["--node-ports", ports], test).await;
}

pub(crate) async fn on_a_cluster_with<F>(line: &[&str], test: impl FnOnce(Arc<Bench>) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut bench = Bench::with(line);
    bench.docker = bench
        .docker
        .negotiate_version()
        .await
        .expect("there is no Docker Engine");
    let bench = Arc::new(bench);
    let outcome = tokio::spawn(test(Arc::clone(&bench))).await;
    bench
        .provisioner
        .remove_cluster(bench.access.id)
        .await
        .unwrap();
    assert_eq!(bench.left().await, [0, 0, 0]);
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
}
