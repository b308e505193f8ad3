//! New certificates for a node: its engine reads them when it starts, so it starts again. What people
//! ran on it runs again afterwards, whatever restart policy it has: they asked for nothing to stop.

use bollard::{
    Docker, body_full,
    query_parameters::{
        DownloadFromContainerOptionsBuilder, ListContainersOptionsBuilder,
        RestartContainerOptionsBuilder, UploadToContainerOptionsBuilder,
    },
};
use futures::TryStreamExt;
use std::io::Read;

use super::{
    DockerProvisioner,
    error::{failed, is_not_found},
    names::Names,
    node::{archive, packing, tar, title},
    tls,
};
use crate::provisioner::{ClusterAccess, NodeFacts, NodeOrder, ProvisionError};

/// How long the containers on a node have to end, in seconds.
const STOP_SECONDS: i32 = 20;

/// The containers that ran when the engine was stopped, in the node itself, one id a line: whoever goes
/// on after a kill finds them there.
const RAN: &str = "carina/ran";

/// Containers of services carry this label; the swarm takes care of them.
const OF_A_SERVICE: &str = "com.docker.swarm.task";

impl DockerProvisioner {
    pub(super) async fn renew_node(
        &self,
        cluster: &ClusterAccess,
        old: Option<&ClusterAccess>,
        order: &NodeOrder,
    ) -> Result<NodeFacts, ProvisionError> {
        let engine = self.engine().await?;
        let docker = &engine.docker;
        let name = Names::node(cluster, order.ordinal);
        let container = self.inspect(engine, cluster, &name).await?;
        let port = container.as_ref().and_then(super::node::address_of);
        let runs = container
            .and_then(|container| container.state?.running)
            .unwrap_or_default();
        let answers = match &port {
            Some((_, port)) => self.answers(cluster, *port).await,
            None => false,
        };
        if runs && !answers {
            let what = format!("{} did not take its new certificates", title(order.ordinal));
            let ran = match (old, &port) {
                (Some(old), Some((_, port))) => running(old, *port).await,
                _ => None,
            };
            let files = archive(cluster, order, &self.engine_settings);
            let mut packages = vec![packing(order.ordinal, files)?];
            if let Some(ran) = ran {
                packages.push(packing(
                    order.ordinal,
                    tar([(RAN, 0o600, ran.join("\n").as_str())]),
                )?);
            }
            for package in packages {
                put(docker, &name, package, &what).await?;
            }
            let options = RestartContainerOptionsBuilder::default()
                .t(STOP_SECONDS)
                .build();
            docker
                .restart_container(&name, Some(options))
                .await
                .map_err(failed(format!(
                    "{} did not start again",
                    title(order.ordinal)
                )))?;
        }
        let facts = self.ensure_node(cluster, order).await?;
        self.run_again(docker, cluster, &name, &facts).await?;
        Ok(facts)
    }

    async fn answers(&self, cluster: &ClusterAccess, port: u16) -> bool {
        self.clients.answers(cluster, port).await
    }

    /// Starts what ran before, once.
    async fn run_again(
        &self,
        docker: &Docker,
        cluster: &ClusterAccess,
        name: &str,
        facts: &NodeFacts,
    ) -> Result<(), ProvisionError> {
        let what = "What ran on a node could not be looked up";
        let path = format!("/{RAN}");
        let options = DownloadFromContainerOptionsBuilder::default()
            .path(&path)
            .build();
        let packed = docker.download_from_container(name, Some(options));
        let packed: Vec<u8> = match packed.try_collect::<Vec<_>>().await {
            Ok(parts) => parts.concat(),
            Err(error) if is_not_found(&error) => return Ok(()),
            Err(error) => return Err(failed(what)(error)),
        };
        let list = unpacked(&packed);
        let node = tls::connect(cluster, facts.api_port)?;
        for id in list.lines().filter(|id| !id.is_empty()) {
            match node.start_container(id, None).await {
                Ok(()) => {}
                // Gone: it was to be removed when it ends.
                Err(error) if is_not_found(&error) => {}
                // Anything else is between its owner and Docker: a port that is taken by now.
                Err(error) => {
                    tracing::warn!(
                        node = name,
                        container = id,
                        "a container did not start again: {error}"
                    );
                }
            }
        }
        if list.is_empty() {
            return Ok(());
        }
        put(
            docker,
            name,
            packing(facts.ordinal, tar([(RAN, 0o600, "")]))?,
            what,
        )
        .await
    }
}

/// The containers that people run on a node: None when it does not say.
async fn running(cluster: &ClusterAccess, port: u16) -> Option<Vec<String>> {
    let node = tls::connect(cluster, port).ok()?;
    let options = ListContainersOptionsBuilder::default().build();
    let containers = node.list_containers(Some(options)).await.ok()?;
    let of_people = containers.into_iter().filter(|container| {
        let labels = container.labels.as_ref();
        !labels.is_some_and(|labels| labels.keys().any(|key| key.starts_with(OF_A_SERVICE)))
    });
    Some(of_people.filter_map(|container| container.id).collect())
}

async fn put(
    docker: &Docker,
    name: &str,
    package: Vec<u8>,
    what: &str,
) -> Result<(), ProvisionError> {
    let options = UploadToContainerOptionsBuilder::default().path("/").build();
    docker
        .upload_to_container(name, Some(options), body_full(package.into()))
        .await
        .map_err(failed(what))
}

/// The text of the one file in a tar.
fn unpacked(packed: &[u8]) -> String {
    let mut text = String::new();
    let mut tar = tar::Archive::new(packed);
    if let Ok(mut entries) = tar.entries()
        && let Some(Ok(mut entry)) = entries.next()
        && entry.read_to_string(&mut text).is_err()
    {
        text.clear();
    }
    text
}
