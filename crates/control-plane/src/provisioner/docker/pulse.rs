//! How nodes are, from outside: their containers on the host's engine, and whether theirs answers.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bollard::{
    Docker,
    models::ContainerSummaryStateEnum,
    query_parameters::{InspectContainerOptions, ListContainersOptionsBuilder},
};
use cluster_api::ClusterId;

use super::{DockerProvisioner, error::failed, names::Names, tls};
use crate::provisioner::{Beat, ClusterAccess, ProvisionError, Pulse};

/// How long an engine may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(3);

/// More connections are not kept.
const MOST: usize = 1024;

impl DockerProvisioner {
    pub(super) async fn pulse(&self) -> Result<Pulse, ProvisionError> {
        let docker = &self.engine().await?.docker;
        let options = ListContainersOptionsBuilder::default()
            .all(true)
            .filters(&self.names.filter(None))
            .build();
        let containers = docker
            .list_containers(Some(options))
            .await
            .map_err(failed("The nodes of this host could not be listed"))?;
        let mut seen = HashMap::with_capacity(containers.len());
        for container in containers {
            let node = container.labels.as_ref().and_then(Names::node_of);
            let (Some(node), Some(id)) = (node, container.id) else {
                continue;
            };
            let beat = match container.state {
                Some(ContainerSummaryStateEnum::RUNNING) => Beat::Runs,
                _ => Beat::Ended(why_ended(docker, &id).await),
            };
            seen.insert(node, beat);
        }
        Ok(Pulse::Seen(seen))
    }
}

async fn why_ended(docker: &Docker, id: &str) -> String {
    let container = docker
        .inspect_container(id, None::<InspectContainerOptions>)
        .await;
    let state = container.ok().and_then(|container| container.state);
    let state = state.unwrap_or_default();
    match state.exit_code {
        _ if state.oom_killed.unwrap_or_default() => "it ran out of memory".to_owned(),
        _ if state.paused.unwrap_or_default() => "its container is paused".to_owned(),
        Some(code) if code != 0 => format!("its engine ended with code {code}"),
        _ => "its engine ended".to_owned(),
    }
}

/// Connections to nodes that are looked at again and again: a handshake each time would cost more than
/// all the rest.
#[derive(Default)]
pub(super) struct Clients(Mutex<HashMap<(ClusterId, u16), Client>>);

struct Client {
    /// The certificate it shows; with another one it is another connection.
    client_pem: String,
    docker: Docker,
}

impl Clients {
    pub(super) async fn answers(&self, cluster: &ClusterAccess, api_port: u16) -> bool {
        let Ok(docker) = self.client(cluster, api_port) else {
            return false;
        };
        let answer = tokio::time::timeout(PATIENCE, docker.ping()).await;
        let answers = matches!(answer, Ok(Ok(_)));
        if !answers {
            self.lock().remove(&(cluster.id, api_port));
        }
        answers
    }

    fn client(&self, cluster: &ClusterAccess, api_port: u16) -> Result<Docker, ProvisionError> {
        let mut clients = self.lock();
        if clients.len() >= MOST {
            clients.clear();
        }
        let key = (cluster.id, api_port);
        match clients.get(&key) {
            Some(client) if client.client_pem == cluster.client_pem => Ok(client.docker.clone()),
            _ => {
                let docker = tls::connect(cluster, api_port)?;
                let client = Client {
                    client_pem: cluster.client_pem.clone(),
                    docker: docker.clone(),
                };
                clients.insert(key, client);
                Ok(docker)
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(ClusterId, u16), Client>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
