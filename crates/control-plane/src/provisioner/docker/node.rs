//! The container of a node.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use bollard::{
    Docker, body_full,
    container::LogOutput,
    errors::Error,
    models::{
        ContainerCreateBody, ContainerInspectResponse, EndpointIpamConfig, EndpointSettings,
        HostConfig, HostConfigLogConfig, Mount, MountType, NetworkDisconnectRequest,
        NetworkingConfig, PortBinding, RestartPolicy, RestartPolicyNameEnum, VolumeCreateRequest,
    },
    query_parameters::{
        CreateContainerOptionsBuilder, InspectContainerOptions, KillContainerOptions,
        ListContainersOptionsBuilder, ListNetworksOptionsBuilder, ListVolumesOptionsBuilder,
        LogsOptionsBuilder, RemoveContainerOptionsBuilder, RemoveVolumeOptionsBuilder,
        UploadToContainerOptionsBuilder,
    },
};
use cluster_api::{ClusterId, NodeId};
use futures::{TryStreamExt, future::try_join_all, try_join};
use secrecy::ExposeSecret;

use super::{
    DockerProvisioner,
    engine::{Engine, Privileges},
    error::{failed, failure, is_not_found, status_of},
    names::Names,
    tls,
};
use crate::provisioner::{
    ClusterAccess, FailureKind, NodeFacts, NodeOrder, ProvisionError, node_name,
};

/// The port of the Docker API inside a node: the one that every Docker client knows for TLS.
const API_PORT: &str = "2376/tcp";

/// How often a starting engine is asked whether it is there. It takes about 1.7 s in all.
const POLL: Duration = Duration::from_millis(40);

/// How long an engine may say nothing while its container runs.
const SILENCE: Duration = Duration::from_secs(30);

/// How many lines of its log a node that did not start is quoted with.
const LAST_WORDS: u32 = 8;

/// How many other ports are tried when one turns out to be taken by something that is not ours.
const PORT_TRIES: usize = 8;

impl DockerProvisioner {
    pub(super) async fn ensure_node(
        &self,
        cluster: &ClusterAccess,
        order: &NodeOrder,
    ) -> Result<NodeFacts, ProvisionError> {
        let engine = self.engine().await?;
        let name = Names::node(cluster, order.ordinal);
        let mut existing = self.inspect(engine, cluster, &name).await?;
        let is_running = existing
            .as_ref()
            .and_then(|container| container.state.as_ref()?.running)
            .unwrap_or_default();
        if !is_running {
            self.start(engine, cluster, order, &name, existing.as_ref())
                .await?;
            existing = self.inspect(engine, cluster, &name).await?;
        }
        let title = title(order.ordinal);
        let container = existing.ok_or_else(|| {
            failure(
                FailureKind::Transient,
                format!("{title} disappeared while it started."),
            )
        })?;
        let (address, api_port) = address_of(&container).ok_or_else(|| {
            failure(
                FailureKind::Transient,
                format!("{title} has no address yet."),
            )
        })?;
        let node = tls::connect(cluster, api_port)?;
        let asked_since = Instant::now();
        loop {
            match node.version().await {
                Ok(version) => {
                    return Ok(NodeFacts {
                        ordinal: order.ordinal,
                        address,
                        api_port,
                        engine_version: version.version.unwrap_or_default(),
                    });
                }
                Err(error) => {
                    tracing::trace!(
                        node = name,
                        "the node's engine does not answer yet: {error}"
                    );
                }
            }
            self.still_runs(engine, cluster, &name, order.ordinal)
                .await?;
            if asked_since.elapsed() > SILENCE {
                // It hangs, or it has certificates of before. A new start with those of now mends both,
                // at the next try.
                return Err(self.silenced(engine, &name, order.ordinal).await);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// The container of that name if it is there; an error if it is not ours.
    pub(super) async fn inspect(
        &self,
        engine: &Engine,
        cluster: &ClusterAccess,
        name: &str,
    ) -> Result<Option<ContainerInspectResponse>, ProvisionError> {
        match engine
            .docker
            .inspect_container(name, None::<InspectContainerOptions>)
            .await
        {
            Ok(container) => {
                let labels = container
                    .config
                    .as_ref()
                    .and_then(|config| config.labels.as_ref());
                if self.names.owns(labels, cluster.id) {
                    return Ok(Some(container));
                }
                Err(failure(
                    FailureKind::Permanent,
                    format!(
                        "A container named {name} is there that is not ours. Remove it, then retry."
                    ),
                ))
            }
            Err(error) if is_not_found(&error) => Ok(None),
            Err(error) => Err(failed("A node could not be looked at")(error)),
        }
    }

    /// Makes the container unless it is there, puts its certificates in, and starts it.
    async fn start(
        &self,
        engine: &Engine,
        cluster: &ClusterAccess,
        order: &NodeOrder,
        name: &str,
        existing: Option<&ContainerInspectResponse>,
    ) -> Result<(), ProvisionError> {
        let docker = &engine.docker;
        let title = title(order.ordinal);
        let mut is_there = existing.is_some();
        let mut is_freed = false;
        let mut refused = Vec::new();
        for _ in 0..PORT_TRIES {
            let mut promise = None;
            if !is_there {
                let wished = order.api_port.filter(|port| !refused.contains(port));
                let port = self.promise_port(docker, order, wished, &refused).await?;
                self.create(engine, cluster, order, name, port.0).await?;
                promise = Some(port);
            }
            let files = packing(
                order.ordinal,
                archive(cluster, order, &self.engine_settings),
            )?;
            let options = UploadToContainerOptionsBuilder::default().path("/").build();
            docker
                .upload_to_container(name, Some(options), body_full(files.into()))
                .await
                .map_err(failed(format!("{title} did not take its certificates")))?;
            let started = docker.start_container(name, None).await;
            let port = promise.map(|promise| promise.0);
            match started {
                Ok(()) => return Ok(()),
                Err(error) if is_port_taken(&error) => {
                    // The port is fixed in the container, so another port is another container.
                    tracing::info!(
                        node = name,
                        "a port of the range is taken by something else: {error}"
                    );
                    refused.extend(port);
                    remove_container(docker, name).await?;
                    is_there = false;
                }
                Err(error) if is_address_taken(&error) && !is_freed => {
                    // An engine that was killed while it started this node believes for good that the
                    // node is still connected. Without the container it can be told otherwise.
                    tracing::info!(node = name, "the node's own address is taken: {error}");
                    remove_container(docker, name).await?;
                    free_address(docker, &Names::network(cluster), name).await?;
                    is_freed = true;
                    is_there = false;
                }
                Err(error) => return Err(failed(format!("{title} did not start"))(error)),
            }
        }
        Err(failure(
            FailureKind::Permanent,
            format!(
                "{title} found no free port on the host. Give a range that nothing else uses in \
                 CARINA_NODE_PORTS, then retry."
            ),
        ))
    }

    async fn create(
        &self,
        engine: &Engine,
        cluster: &ClusterAccess,
        order: &NodeOrder,
        name: &str,
        port: u16,
    ) -> Result<(), ProvisionError> {
        let title = title(order.ordinal);
        let what = format!("{title} could not be made");
        let subnet = self.subnet(cluster).await?.ok_or_else(|| {
            failure(
                FailureKind::Transient,
                "The cluster's network is gone; it will be made again.",
            )
        })?;
        let labels = self.names.node_labels(cluster.id, order.id);
        let volume = VolumeCreateRequest {
            name: Some(name.to_owned()),
            labels: Some(labels.clone()),
            ..VolumeCreateRequest::default()
        };
        engine
            .docker
            .create_volume(volume)
            .await
            .map_err(failed(what.clone()))?;
        let memory = i64::from(order.flavor.memory_gb()) << 30;
        let mut host = HostConfig {
            network_mode: Some(Names::network(cluster)),
            mounts: Some(vec![Mount {
                // Layers on layers do not work; the inner engine needs a plain filesystem.
                target: Some("/var/lib/docker".to_owned()),
                source: Some(name.to_owned()),
                typ: Some(MountType::VOLUME),
                ..Mount::default()
            }]),
            port_bindings: Some(HashMap::from([(
                API_PORT.to_owned(),
                Some(vec![PortBinding {
                    host_ip: Some(self.bind_address().to_owned()),
                    host_port: Some(port.to_string()),
                }]),
            )])),
            memory: Some(memory),
            // Without swap a limit is a limit.
            memory_swap: Some(memory),
            nano_cpus: Some(i64::from(order.flavor.cpus().min(engine.cpus)) * 1_000_000_000),
            restart_policy: Some(RestartPolicy {
                name: Some(RestartPolicyNameEnum::UNLESS_STOPPED),
                maximum_retry_count: None,
            }),
            runtime: self.runtime.clone(),
            log_config: Some(HostConfigLogConfig {
                typ: Some("json-file".to_owned()),
                config: Some(HashMap::from([
                    ("max-size".to_owned(), "5m".to_owned()),
                    ("max-file".to_owned(), "2".to_owned()),
                ])),
            }),
            ..HostConfig::default()
        };
        engine.privileges.apply(&mut host);
        debug_assert!(engine.privileges != Privileges::Runtime || self.runtime.is_some());
        let body = ContainerCreateBody {
            image: Some(self.image.clone()),
            hostname: Some(node_name(order.ordinal)),
            entrypoint: Some(vec!["/bin/sh".to_owned(), "/carina/start.sh".to_owned()]),
            cmd: Some(Vec::new()),
            labels: Some(labels),
            exposed_ports: Some(vec![API_PORT.to_owned()]),
            host_config: Some(host),
            networking_config: Some(NetworkingConfig {
                endpoints_config: Some(HashMap::from([(
                    Names::network(cluster),
                    EndpointSettings {
                        ipam_config: Some(EndpointIpamConfig {
                            ipv4_address: Some(subnet.address(order.ordinal).to_string()),
                            ..EndpointIpamConfig::default()
                        }),
                        ..EndpointSettings::default()
                    },
                )])),
            }),
            ..ContainerCreateBody::default()
        };
        let options = CreateContainerOptionsBuilder::default().name(name).build();
        engine
            .docker
            .create_container(Some(options), body)
            .await
            .map_err(failed(what))?;
        Ok(())
    }

    /// Nodes that are used from this machine alone listen on loopback alone.
    fn bind_address(&self) -> &'static str {
        let is_local = self.advertise_host == "localhost"
            || self
                .advertise_host
                .parse()
                .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        if is_local && super::engine::host_of_docker_host().is_none() {
            "127.0.0.1"
        } else {
            "0.0.0.0"
        }
    }

    /// A port that no node of this engine has and nobody was promised: the one it had before, or else
    /// the next one in the range, beginning at a place that depends on the node so that two
    /// installations on one host rarely want the same.
    async fn promise_port(
        &self,
        docker: &Docker,
        order: &NodeOrder,
        wished: Option<u16>,
        refused: &[u16],
    ) -> Result<Promise<'_>, ProvisionError> {
        let options = ListContainersOptionsBuilder::default()
            .all(true)
            .filters(&self.names.filter(None))
            .build();
        let nodes = docker
            .list_containers(Some(options))
            .await
            .map_err(failed("The nodes of this host could not be listed"))?;
        // A stopped container shows no ports, but it has them in its configuration; the engine would
        // refuse a second one at its start, and then another port is tried.
        let used: Vec<u16> = nodes
            .into_iter()
            .flat_map(|node| node.ports.unwrap_or_default())
            .filter_map(|port| port.public_port)
            .collect();
        let mut promised = match self.promised_ports.lock() {
            Ok(promised) => promised,
            Err(poisoned) => poisoned.into_inner(),
        };
        let is_free = |port: &u16| {
            !used.contains(port) && !promised.contains(port) && !refused.contains(port)
        };
        let offset = usize::from(u16::from_be_bytes([
            order.id.0.as_bytes()[0],
            order.id.0.as_bytes()[1],
        ]));
        let port = wished
            .into_iter()
            .chain(self.ports.from_offset(offset))
            .find(is_free)
            .ok_or_else(|| {
                failure(
                    FailureKind::Permanent,
                    format!(
                        "All ports from {} are in use by nodes. Widen CARINA_NODE_PORTS, or delete a \
                         cluster, then retry.",
                        self.ports
                    ),
                )
            })?;
        promised.push(port);
        Ok(Promise(port, &self.promised_ports))
    }

    /// Ends the container of an engine that does not answer.
    async fn silenced(&self, engine: &Engine, name: &str, ordinal: u32) -> ProvisionError {
        let words = log_tail(&engine.docker, name, LAST_WORDS).await;
        let words = words.unwrap_or_default();
        let stopped = engine
            .docker
            .kill_container(name, None::<KillContainerOptions>)
            .await;
        if let Err(error) = stopped {
            tracing::warn!(node = name, "a silent node could not be stopped: {error}");
        }
        ProvisionError {
            kind: FailureKind::Transient,
            message: format!(
                "The Docker Engine of node {ordinal} did not answer for {} s. It is started again.",
                SILENCE.as_secs()
            ),
            source: (!words.is_empty()).then(|| words.into()),
        }
    }

    /// An engine that ended while it started will not answer; its last words say why.
    async fn still_runs(
        &self,
        engine: &Engine,
        cluster: &ClusterAccess,
        name: &str,
        ordinal: u32,
    ) -> Result<(), ProvisionError> {
        let container = self.inspect(engine, cluster, name).await?;
        let state = container
            .and_then(|container| container.state)
            .unwrap_or_default();
        if state.running.unwrap_or_default() && !state.restarting.unwrap_or_default() {
            return Ok(());
        }
        let why = if state.oom_killed.unwrap_or_default() {
            "it ran out of memory. Use a larger flavor"
        } else {
            "its Docker Engine ended while it started"
        };
        let words = log_tail(&engine.docker, name, LAST_WORDS).await;
        let words = words.unwrap_or_default();
        Err(ProvisionError {
            kind: FailureKind::Transient,
            message: format!("{} did not start: {why}.", title(ordinal)),
            source: (!words.is_empty()).then(|| words.into()),
        })
    }

    pub(super) async fn remove_node_container(
        &self,
        cluster: &ClusterAccess,
        ordinal: u32,
    ) -> Result<(), ProvisionError> {
        let engine = self.engine().await?;
        let name = Names::node(cluster, ordinal);
        if self.inspect(engine, cluster, &name).await?.is_some() {
            remove_container(&engine.docker, &name).await?;
        }
        remove_volume(&engine.docker, &name).await
    }

    /// The clusters that anything of this installation carries in its labels.
    pub(super) async fn clusters_of_everything(&self) -> Result<Vec<ClusterId>, ProvisionError> {
        let docker = &self.engine().await?.docker;
        let what = "What is on the engine could not be listed";
        let filter = self.names.filter(None);
        let options = ListContainersOptionsBuilder::default()
            .all(true)
            .filters(&filter)
            .build();
        let containers = docker.list_containers(Some(options));
        let options = ListVolumesOptionsBuilder::default()
            .filters(&filter)
            .build();
        let volumes = docker.list_volumes(Some(options));
        let options = ListNetworksOptionsBuilder::default()
            .filters(&filter)
            .build();
        let networks = docker.list_networks(Some(options));
        let (containers, volumes, networks) =
            try_join!(containers, volumes, networks).map_err(failed(what))?;
        let containers = containers.into_iter().filter_map(|thing| thing.labels);
        let volumes = volumes.volumes.unwrap_or_default().into_iter();
        let volumes = volumes.map(|thing| thing.labels);
        let networks = networks.into_iter().filter_map(|thing| thing.labels);
        let mut clusters: Vec<ClusterId> = containers
            .chain(volumes)
            .chain(networks)
            .filter_map(|labels| Names::cluster_of(&labels))
            .collect();
        clusters.sort_unstable();
        clusters.dedup();
        Ok(clusters)
    }

    pub(super) async fn log_of(
        &self,
        cluster: ClusterId,
        node: NodeId,
        lines: u32,
    ) -> Result<Option<String>, ProvisionError> {
        let docker = &self.engine().await?.docker;
        let options = ListContainersOptionsBuilder::default()
            .all(true)
            .filters(&self.names.node_filter(cluster, node))
            .build();
        let what = "The log of a node could not be read";
        let containers = docker
            .list_containers(Some(options))
            .await
            .map_err(failed(what))?;
        let Some(id) = containers.into_iter().find_map(|container| container.id) else {
            return Ok(None);
        };
        match log_tail(docker, &id, lines).await {
            Ok(log) => Ok(Some(log)),
            Err(error) if is_not_found(&error) => Ok(None),
            Err(error) => Err(failed(what)(error)),
        }
    }

    pub(super) async fn remove_everything_of(&self, id: ClusterId) -> Result<(), ProvisionError> {
        let docker = &self.engine().await?.docker;
        let what = "What is left of the cluster could not be listed";
        let filter = self.names.filter(Some(id));
        let options = ListContainersOptionsBuilder::default()
            .all(true)
            .filters(&filter)
            .build();
        let containers = docker
            .list_containers(Some(options))
            .await
            .map_err(failed(what))?;
        let ids: Vec<String> = containers
            .into_iter()
            .filter_map(|container| container.id)
            .collect();
        try_join_all(ids.iter().map(|id| remove_container(docker, id))).await?;

        let options = ListVolumesOptionsBuilder::default()
            .filters(&filter)
            .build();
        let volumes = docker
            .list_volumes(Some(options))
            .await
            .map_err(failed(what))?;
        for volume in volumes.volumes.unwrap_or_default() {
            remove_volume(docker, &volume.name).await?;
        }
        let options = ListNetworksOptionsBuilder::default()
            .filters(&filter)
            .build();
        let networks = docker
            .list_networks(Some(options))
            .await
            .map_err(failed(what))?;
        for network in networks.into_iter().filter_map(|network| network.id) {
            gone(
                docker.remove_network(&network).await,
                "The cluster's network could not be removed",
            )?;
        }
        Ok(())
    }
}

/// Says that files could not be packed, if they could not.
pub(super) fn packing(
    ordinal: u32,
    packed: std::io::Result<Vec<u8>>,
) -> Result<Vec<u8>, ProvisionError> {
    packed.map_err(|error| ProvisionError {
        kind: FailureKind::Permanent,
        message: format!(
            "The files of {} could not be packed. Retry.",
            title(ordinal)
        ),
        source: Some(Box::new(error)),
    })
}

/// A port that was promised. It is free again when this goes, also when the work is dropped in its
/// middle because a delete came between.
struct Promise<'a>(u16, &'a Mutex<Vec<u16>>);

impl Drop for Promise<'_> {
    fn drop(&mut self) {
        let mut promised = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        promised.retain(|port| *port != self.0);
    }
}

/// "Node 2", for the beginning of a sentence.
pub(super) fn title(ordinal: u32) -> String {
    format!("Node {ordinal}")
}

fn is_port_taken(error: &Error) -> bool {
    status_of(error).is_some_and(|(_, words)| {
        words.contains("port is already allocated") || words.contains("address already in use")
    })
}

/// The address of a node in its network, which nobody but the node is given.
fn is_address_taken(error: &Error) -> bool {
    status_of(error)
        .is_some_and(|(status, words)| status == 403 && words.contains("Address already in use"))
}

/// Has the engine forget the connection of a container that is not there to a network.
async fn free_address(docker: &Docker, network: &str, name: &str) -> Result<(), ProvisionError> {
    let request = NetworkDisconnectRequest {
        container: name.to_owned(),
        force: Some(true),
    };
    match docker.disconnect_network(network, request).await {
        Err(error) if !is_not_found(&error) => {
            Err(failed("The address of a node could not be freed")(error))
        }
        _ => Ok(()),
    }
}

async fn remove_container(docker: &Docker, name: &str) -> Result<(), ProvisionError> {
    let options = RemoveContainerOptionsBuilder::default()
        .force(true)
        .v(true)
        .build();
    gone(
        docker.remove_container(name, Some(options)).await,
        "A node could not be removed",
    )
}

async fn remove_volume(docker: &Docker, name: &str) -> Result<(), ProvisionError> {
    let options = RemoveVolumeOptionsBuilder::default().force(true).build();
    gone(
        docker.remove_volume(name, Some(options)).await,
        "The volume of a node could not be removed",
    )
}

/// What is gone already is gone.
fn gone(result: Result<(), Error>, what: &str) -> Result<(), ProvisionError> {
    match result {
        Err(error) if !is_not_found(&error) => Err(failed(what)(error)),
        _ => Ok(()),
    }
}

/// The address in the cluster's network, and the port of the host.
pub(super) fn address_of(container: &ContainerInspectResponse) -> Option<(String, u16)> {
    let settings = container.network_settings.as_ref()?;
    let address = settings.networks.as_ref()?.values().find_map(|network| {
        network
            .ip_address
            .clone()
            .filter(|address| !address.is_empty())
    })?;
    let bindings = settings.ports.as_ref()?.get(API_PORT)?.as_ref()?;
    let port = bindings
        .iter()
        .find_map(|binding| binding.host_port.as_ref()?.parse().ok())?;
    Some((address, port))
}

/// What a node gets to begin with, as a tar: its certificates, its engine's settings and its first
/// process.
pub(super) fn archive(
    cluster: &ClusterAccess,
    order: &NodeOrder,
    engine_settings: &str,
) -> std::io::Result<Vec<u8>> {
    tar([
        ("carina/ca.pem", 0o644, cluster.ca_pem.as_str()),
        ("carina/cert.pem", 0o644, order.certificate_pem.as_str()),
        ("carina/key.pem", 0o600, order.key.expose_secret()),
        ("carina/daemon.json", 0o644, engine_settings),
        ("carina/start.sh", 0o755, include_str!("start.sh")),
    ])
}

/// Packs files: path, mode, content.
pub(super) fn tar<'a>(
    files: impl IntoIterator<Item = (&'a str, u32, &'a str)>,
) -> std::io::Result<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, mode, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(mode);
        tar.append_data(&mut header, path, content.as_bytes())?;
    }
    tar.into_inner()
}

/// The last lines that a node's engine wrote, as the engine of the host kept them.
async fn log_tail(docker: &Docker, name: &str, lines: u32) -> Result<String, Error> {
    let options = LogsOptionsBuilder::default()
        .stdout(true)
        .stderr(true)
        .tail(&lines.to_string())
        .build();
    let lines: Vec<LogOutput> = docker.logs(name, Some(options)).try_collect().await?;
    Ok(lines.iter().map(LogOutput::to_string).collect())
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn a_port_of_the_host_that_is_taken_is_told_from_an_address_of_the_network() {
        let error = |status_code, message: &str| Error::DockerResponseServerError {
            status_code,
            message: message.to_owned(),
        };
        let port = error(
            500,
            "listen tcp4 127.0.0.1:80: bind: address already in use",
        );
        assert!(is_port_taken(&port) && !is_address_taken(&port));
        let address = error(403, "Address already in use");
        assert!(is_address_taken(&address) && !is_port_taken(&address));
    }

    #[test]
    fn a_promised_port_is_free_again_when_the_work_on_the_node_is_dropped() {
        let promised = Mutex::new(vec![1, 2, 3]);
        let work = async {
            let _promise = Promise(2, &promised);
            std::future::pending::<()>().await;
        };
        // Polled once, it holds the promise; then it is dropped.
        assert_eq!(work.now_or_never(), None);
        assert_eq!(*promised.lock().unwrap(), [1, 3]);
    }
}
