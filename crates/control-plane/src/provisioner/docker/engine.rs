//! The engine that nodes run on: connecting, the node image, and what it lets a node do.

use std::time::Duration;

use bollard::{
    Docker,
    errors::Error,
    models::{ContainerCreateBody, HostConfig},
    query_parameters::{
        CreateContainerOptionsBuilder, CreateImageOptionsBuilder, RemoveContainerOptionsBuilder,
    },
};
use cluster_api::{Flavor, inside::Resources};
use futures::TryStreamExt;

use super::{
    error::{failed, failure, is_not_found, status_of},
    names::Names,
};
use crate::provisioner::{FailureKind, ProvisionError};

/// How long an image may take to arrive.
const PULL_TIMEOUT: Duration = Duration::from_secs(600);

/// There is no way to an engine.
pub(super) const NOT_UNDERSTOOD: &str =
    "The address of the Docker Engine (DOCKER_HOST) is not understood";

/// An engine that was looked at.
pub(super) struct Engine {
    pub(super) docker: Docker,
    /// Its version when it was connected to.
    pub(super) version: String,
    /// Processors it has; a node cannot be given more.
    pub(super) cpus: u32,
    /// How a node gets what an engine needs.
    pub(super) privileges: Privileges,
}

/// How a node gets what an engine needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Privileges {
    /// The runtime takes care of it (sysbox).
    Runtime,
    /// `--privileged`.
    Privileged,
    /// All that the engine itself may give, where it may not give everything: `--privileged` asks for
    /// CAP_SYS_RESOURCE, which some hosts lack ("unable to apply caps: operation not permitted").
    BoundingSet,
}

impl Privileges {
    /// Writes them into a container's configuration.
    pub(super) fn apply(self, host: &mut HostConfig) {
        match self {
            Self::Runtime => {}
            Self::Privileged => host.privileged = Some(true),
            Self::BoundingSet => {
                host.cap_add = Some(vec!["ALL".to_owned()]);
                host.cap_drop = Some(vec!["SYS_RESOURCE".to_owned()]);
                host.security_opt = Some(
                    ["seccomp=unconfined", "apparmor=unconfined"]
                        .map(str::to_owned)
                        .to_vec(),
                );
                // What the command line calls `systempaths=unconfined`.
                host.masked_paths = Some(Vec::new());
                host.readonly_paths = Some(Vec::new());
                host.device_cgroup_rules = Some(vec!["a *:* rwm".to_owned()]);
                host.binds = Some(vec!["/sys/fs/cgroup:/sys/fs/cgroup:rw".to_owned()]);
            }
        }
    }
}

impl Engine {
    /// What a node of that flavor may use. Its own engine sees all of the host; what it gets is what its
    /// flavor says, and never more processors than there are.
    pub(super) fn capacity(&self, flavor: Flavor) -> Resources {
        Resources {
            cpus: flavor.cpus().min(self.cpus).into(),
            memory_bytes: u64::from(flavor.memory_gb()) << 30,
        }
    }

    /// Connects, sees that the image is there, and finds out how nodes can run.
    pub(super) async fn connect(
        image: &str,
        runtime: Option<&str>,
        names: &Names,
    ) -> Result<Self, ProvisionError> {
        let docker = Docker::connect_with_defaults()
            .map_err(failed(NOT_UNDERSTOOD))?
            .negotiate_version()
            .await
            .map_err(failed("The Docker Engine does not answer"))?;
        let info = docker
            .info()
            .await
            .map_err(failed("The Docker Engine does not answer"))?;
        let cpus = info
            .ncpu
            .and_then(|cpus| u32::try_from(cpus).ok())
            .unwrap_or(1)
            .max(1);
        ensure_image(&docker, image).await?;
        let privileges = match runtime {
            Some(_) => Privileges::Runtime,
            None => probe(&docker, image, names).await?,
        };
        let version = info.server_version.unwrap_or_else(|| "unknown".to_owned());
        tracing::info!(
            engine.version = version,
            engine.cpus = cpus,
            node.image = image,
            node.privileges = ?privileges,
            "the Docker Engine is ready for nodes"
        );
        Ok(Self {
            docker,
            version,
            cpus,
            privileges,
        })
    }
}

/// The host part of `DOCKER_HOST` when the engine is on another machine.
pub(super) fn host_of_docker_host() -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "bollard reads the same variable for itself"
    )]
    let host = std::env::var("DOCKER_HOST").ok()?;
    let (scheme, rest) = host.split_once("://")?;
    let name = rest.split([':', '/']).next()?;
    (matches!(scheme, "tcp" | "http" | "https") && !name.is_empty()).then(|| name.to_owned())
}

async fn ensure_image(docker: &Docker, image: &str) -> Result<(), ProvisionError> {
    match docker.inspect_image(image).await {
        Ok(_) => return Ok(()),
        Err(error) if is_not_found(&error) => {}
        Err(error) => return Err(failed("The node image cannot be looked at")(error)),
    }
    tracing::info!(
        node.image = image,
        "the node image is not on the engine; pulling it"
    );
    let options = CreateImageOptionsBuilder::default()
        .from_image(image)
        .build();
    let pull = docker
        .create_image(Some(options), None, None)
        .try_for_each(|_| async { Ok(()) });
    let advice = format!(
        "The node image {image} is not on the engine and cannot be pulled. Load it with \
         `docker load` or name another one in CARINA_NODE_IMAGE, then retry."
    );
    match tokio::time::timeout(PULL_TIMEOUT, pull).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(ProvisionError {
            kind: FailureKind::Permanent,
            message: advice,
            source: Some(Box::new(error)),
        }),
        Err(_) => Err(failure(FailureKind::Permanent, advice)),
    }
}

/// Starts a privileged container that does nothing, to learn whether the host lets it.
async fn probe(docker: &Docker, image: &str, names: &Names) -> Result<Privileges, ProvisionError> {
    let name = format!("carina-probe-{}", names.installation().simple());
    let what = "A trial container did not start";
    // One that an earlier start was killed beside.
    remove(docker, &name).await.map_err(failed(what))?;
    let mut host = HostConfig::default();
    Privileges::Privileged.apply(&mut host);
    let body = ContainerCreateBody {
        image: Some(image.to_owned()),
        entrypoint: Some(vec!["true".to_owned()]),
        labels: Some(names.labels()),
        host_config: Some(host),
        ..ContainerCreateBody::default()
    };
    let options = CreateContainerOptionsBuilder::default().name(&name).build();
    docker
        .create_container(Some(options), body)
        .await
        .map_err(failed(what))?;
    let started = docker.start_container(&name, None).await;
    if let Err(error) = remove(docker, &name).await {
        tracing::warn!(
            container = name,
            "the trial container could not be removed: {error}"
        );
    }
    match started {
        Ok(()) => Ok(Privileges::Privileged),
        Err(error)
            if status_of(&error).is_some_and(|(_, words)| words.contains("not permitted")) =>
        {
            tracing::info!("--privileged is refused here; nodes get the engine's own bounding set");
            Ok(Privileges::BoundingSet)
        }
        Err(error) => Err(failed(what)(error)),
    }
}

/// The trial container is not there.
async fn remove(docker: &Docker, name: &str) -> Result<(), Error> {
    let options = RemoveContainerOptionsBuilder::default()
        .force(true)
        .v(true)
        .build();
    match docker.remove_container(name, Some(options)).await {
        Err(error) if !is_not_found(&error) => Err(error),
        _ => Ok(()),
    }
}
