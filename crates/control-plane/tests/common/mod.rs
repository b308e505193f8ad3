//! What several tests against a real engine share.

#![allow(dead_code, reason = "not every test uses all of it")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

pub(crate) mod bench;
pub(crate) mod plane;

use std::path::Path;

use bollard::{
    Docker,
    models::{
        ContainerCreateBody, ResourceObject, ServiceSpec, ServiceSpecMode,
        ServiceSpecModeReplicated, TaskSpec, TaskSpecContainerSpec, TaskSpecResources,
    },
    query_parameters::CreateImageOptionsBuilder,
};
use control_plane::provisioner::ClusterAccess;
use futures::TryStreamExt;
use secrecy::ExposeSecret;
use uuid::Uuid;

/// A client of the node's own engine, as the cluster's owner has one.
/// The files have to stay: they are read at every connection.
pub(crate) fn node_client(folder: &Path, access: &ClusterAccess, port: u16) -> Docker {
    let folder = folder.join(Uuid::new_v4().to_string());
    std::fs::create_dir(&folder).unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    Docker::connect_with_ssl(
        &format!("tcp://127.0.0.1:{port}"),
        &file("key.pem", access.client_key.expose_secret()),
        &file("cert.pem", &access.client_pem),
        &file("ca.pem", &access.ca_pem),
        20,
        bollard::API_DEFAULT_VERSION,
    )
    .unwrap()
}

/// Gives a node's engine an image with `sh` and `sleep` of this machine: nothing can be pulled
/// everywhere.
pub(crate) async fn import_image(node: &Docker) {
    let script = "for program in sh sleep; do path=$(command -v $program); echo $path; \
                  ldd $path | grep -o '/[^ ]*'; done | sort -u";
    let found = std::process::Command::new("sh")
        .args(["-c", script])
        .output()
        .unwrap();
    let mut tar = tar::Builder::new(Vec::new());
    for path in String::from_utf8(found.stdout).unwrap().lines() {
        let inside = path.trim_start_matches('/');
        let real = std::fs::canonicalize(path).unwrap();
        tar.append_path_with_name(real, inside).unwrap();
    }
    let options = CreateImageOptionsBuilder::default()
        .from_src("-")
        .repo("tools")
        .tag("local")
        .build();
    let body = bollard::body_full(tar.into_inner().unwrap().into());
    node.create_image(Some(options), Some(body), None)
        .try_collect::<Vec<_>>()
        .await
        .unwrap();
}

pub(crate) fn sleeping() -> ContainerCreateBody {
    ContainerCreateBody {
        image: Some("tools:local".to_owned()),
        cmd: Some(vec!["sleep".to_owned(), "100000".to_owned()]),
        ..ContainerCreateBody::default()
    }
}

/// A service of sleeping tasks that reserve so many billionths of a processor each.
pub(crate) fn service(replicas: i64, nano_cpus: i64) -> ServiceSpec {
    ServiceSpec {
        name: Some("sleepers".to_owned()),
        mode: Some(ServiceSpecMode {
            replicated: Some(ServiceSpecModeReplicated {
                replicas: Some(replicas),
            }),
            ..ServiceSpecMode::default()
        }),
        task_template: Some(TaskSpec {
            container_spec: Some(TaskSpecContainerSpec {
                image: Some("tools:local".to_owned()),
                command: Some(vec!["sleep".to_owned(), "100000".to_owned()]),
                ..TaskSpecContainerSpec::default()
            }),
            resources: Some(TaskSpecResources {
                reservations: Some(ResourceObject {
                    nano_cpus: Some(nano_cpus),
                    ..ResourceObject::default()
                }),
                ..TaskSpecResources::default()
            }),
            ..TaskSpec::default()
        }),
        ..ServiceSpec::default()
    }
}
