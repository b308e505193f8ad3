//! How nodes are, from outside: their containers on the host's engine.

use std::collections::HashMap;

use bollard::{
    Docker,
    models::ContainerSummaryStateEnum,
    query_parameters::{
        InspectContainerOptions, ListContainersOptionsBuilder, ListNetworksOptionsBuilder,
    },
};
use futures::try_join;

use super::{DockerProvisioner, engine::NOT_UNDERSTOOD, error::failed, names::Names};
use crate::provisioner::{Beat, EngineFacts, ProvisionError, Pulse};

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

impl DockerProvisioner {
    pub(super) async fn engine_facts(&self) -> Result<EngineFacts, ProvisionError> {
        // Not by way of the engine that is got ready: an image on its way would hold this up.
        let docker = match self.engine.get() {
            Some(engine) => engine.docker.clone(),
            None => Docker::connect_with_defaults().map_err(failed(NOT_UNDERSTOOD))?,
        };
        let what = "The Docker Engine could not be asked how it is";
        let filter = self.names.filter(None);
        let options = ListContainersOptionsBuilder::default()
            .all(true)
            .filters(&filter)
            .build();
        let containers = docker.list_containers(Some(options));
        let options = ListNetworksOptionsBuilder::default()
            .filters(&filter)
            .build();
        let networks = docker.list_networks(Some(options));
        let (version, containers, networks) =
            try_join!(docker.version(), containers, networks).map_err(failed(what))?;
        let count = |number| u64::try_from(number).unwrap_or(u64::MAX);
        Ok(EngineFacts {
            version: version.version.unwrap_or_else(|| "unknown".to_owned()),
            containers: count(containers.len()),
            networks: count(networks.len()),
        })
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
