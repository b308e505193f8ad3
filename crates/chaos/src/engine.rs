//! The Docker Engine behind the clusters: what is on it, and stopping and starting one of our own.

use std::{
    collections::HashMap,
    fs,
    io::{Cursor, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use bollard::{
    API_DEFAULT_VERSION, Docker,
    query_parameters::{
        InspectContainerOptions, ListContainersOptionsBuilder, ListNetworksOptionsBuilder,
        ListVolumesOptionsBuilder, RemoveContainerOptionsBuilder, RemoveVolumeOptions,
    },
};

use crate::{
    check::{ContainerThing, EngineThings},
    process::send,
};

const INSTALLATION: &str = "io.carina.installation";
const CLUSTER: &str = "io.carina.cluster";
const NODE: &str = "io.carina.node";

/// Reads everything that carries the labels of an installation.
pub(crate) async fn read(installation: &str) -> anyhow::Result<EngineThings> {
    let docker = Docker::connect_with_defaults()?;
    let label = format!("{INSTALLATION}={installation}");
    let filters = HashMap::from([("label", vec![label.as_str()])]);
    let options = ListContainersOptionsBuilder::default()
        .all(true)
        .filters(&filters)
        .build();
    let mut things = EngineThings::default();
    for container in docker.list_containers(Some(options)).await? {
        let labels = container.labels.unwrap_or_default();
        let id = container.id.unwrap_or_default();
        // It can be gone by now: then it is nothing that is left over.
        let Ok(full) = docker
            .inspect_container(&id, None::<InspectContainerOptions>)
            .await
        else {
            continue;
        };
        let bindings = full.host_config.and_then(|host| host.port_bindings);
        let networks = full.network_settings.and_then(|settings| settings.networks);
        things.containers.push(ContainerThing {
            name: full.name.unwrap_or(id),
            cluster: labels.get(CLUSTER).cloned(),
            node: labels.get(NODE).cloned(),
            ports: (bindings
                .unwrap_or_default()
                .into_values()
                .flatten()
                .flatten())
            .filter_map(|binding| binding.host_port)
            .collect(),
            address: (networks.unwrap_or_default().into_values())
                .find_map(|network| network.ip_address.filter(|address| !address.is_empty())),
            is_running: full
                .state
                .and_then(|state| state.running)
                .unwrap_or_default(),
        });
    }
    let options = ListVolumesOptionsBuilder::default()
        .filters(&filters)
        .build();
    let volumes = docker.list_volumes(Some(options)).await?.volumes;
    things.volumes = (volumes.unwrap_or_default().into_iter())
        .map(|volume| {
            let label = |name| volume.labels.get(name).cloned();
            (label(CLUSTER), label(NODE))
        })
        .collect();
    let options = ListNetworksOptionsBuilder::default()
        .filters(&filters)
        .build();
    things.networks = (docker.list_networks(Some(options)).await?.into_iter())
        .map(|network| {
            let labels = network.labels.unwrap_or_default();
            let configs = network
                .ipam
                .and_then(|ipam| ipam.config)
                .unwrap_or_default();
            let subnet = configs.into_iter().find_map(|config| config.subnet);
            (labels.get(CLUSTER).cloned(), subnet.unwrap_or_default())
        })
        .collect();
    Ok(things)
}

/// Asks a cluster, as its owner would with the bundle, how many nodes its swarm has that are ready.
pub(crate) async fn swarm_nodes(
    bundle: Vec<u8>,
    endpoint: &str,
    folder: &Path,
) -> anyhow::Result<u32> {
    fs::create_dir_all(folder)?;
    let mut zip = zip::ZipArchive::new(Cursor::new(bundle)).context("the bundle is no zip")?;
    let mut files = HashMap::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index)?;
        let name = file
            .name()?
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        if name.ends_with(".pem") {
            let path = folder.join(&name);
            let mut content = Vec::new();
            file.read_to_end(&mut content)?;
            fs::write(&path, content)?;
            files.insert(name, path);
        }
    }
    let path = |name: &str| {
        let path = files.get(name);
        path.with_context(|| format!("the bundle holds no {name}"))
    };
    let docker = Docker::connect_with_ssl(
        endpoint,
        path("key.pem")?,
        path("cert.pem")?,
        path("ca.pem")?,
        20,
        API_DEFAULT_VERSION,
    )?
    .negotiate_version()
    .await?;
    let info = docker.info().await?;
    let nodes = info.swarm.and_then(|swarm| swarm.nodes).unwrap_or_default();
    Ok(u32::try_from(nodes)?)
}

/// An engine that is ours alone, so that it may be stopped.
pub(crate) struct OwnEngine {
    /// The folder that `engine.sh` keeps it in.
    dir: PathBuf,
    /// `engine.sh`.
    script: PathBuf,
}

impl OwnEngine {
    /// The engine that the script started for that folder.
    pub(crate) fn new(dir: &Path, script: &Path) -> anyhow::Result<Self> {
        let engine = Self {
            dir: dir.canonicalize()?,
            script: script.to_owned(),
        };
        engine.id()?;
        Ok(engine)
    }

    /// Its process.
    fn id(&self) -> anyhow::Result<u32> {
        let file = self.dir.join("pid");
        let id: u32 = fs::read_to_string(&file)
            .with_context(|| format!("no engine was started for {}", self.dir.display()))?
            .trim()
            .parse()?;
        // After a crash the number may be anybody's.
        let line = fs::read(format!("/proc/{id}/cmdline"))?;
        let is_ours = line
            .split(|byte| *byte == 0)
            .any(|word| word == file.as_os_str().as_encoded_bytes());
        if !is_ours {
            bail!("the engine of {} does not run", self.dir.display());
        }
        Ok(id)
    }

    /// Stops it: in order, or as a crash would.
    pub(crate) async fn stop(&self, in_order: bool) -> anyhow::Result<()> {
        let id = self.id()?;
        send(if in_order { "TERM" } else { "KILL" }, id)?;
        let began = Instant::now();
        while self.id().is_ok() {
            if began.elapsed() > Duration::from_secs(60) {
                bail!("the engine did not stop within a minute");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Starts it again. An engine that was killed leaves its containerd behind, and the next one gives
    /// up when it cannot reach that within its own time; then it is started once more.
    pub(crate) async fn start(&self) -> anyhow::Result<()> {
        const TRIES: u32 = 4;
        for _ in 1..TRIES {
            if self.try_start().await.is_ok() {
                return Ok(());
            }
        }
        self.try_start().await
    }

    async fn try_start(&self) -> anyhow::Result<()> {
        let mut command = Command::new(&self.script);
        command
            .arg("start")
            .arg(&self.dir)
            .env_remove("DOCKER_HOST")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let status = tokio::task::spawn_blocking(move || command.status()).await??;
        if !status.success() {
            bail!(
                "the engine did not start again; see {}/log",
                self.dir.display()
            );
        }
        Ok(())
    }
}

/// Removes everything of an installation: what a run that failed leaves on an engine that others use.
pub(crate) async fn clear(installation: &str) -> anyhow::Result<()> {
    let docker = Docker::connect_with_defaults()?;
    let label = format!("{INSTALLATION}={installation}");
    let filters = HashMap::from([("label", vec![label.as_str()])]);
    let options = ListContainersOptionsBuilder::default()
        .all(true)
        .filters(&filters)
        .build();
    for container in docker.list_containers(Some(options)).await? {
        let remove = RemoveContainerOptionsBuilder::default()
            .force(true)
            .v(true)
            .build();
        let id = container.id.unwrap_or_default();
        docker.remove_container(&id, Some(remove)).await?;
    }
    let options = ListVolumesOptionsBuilder::default()
        .filters(&filters)
        .build();
    let volumes = docker.list_volumes(Some(options)).await?.volumes;
    for volume in volumes.unwrap_or_default() {
        docker
            .remove_volume(&volume.name, None::<RemoveVolumeOptions>)
            .await?;
    }
    let options = ListNetworksOptionsBuilder::default()
        .filters(&filters)
        .build();
    for network in docker.list_networks(Some(options)).await? {
        docker
            .remove_network(&network.id.unwrap_or_default())
            .await?;
    }
    Ok(())
}
