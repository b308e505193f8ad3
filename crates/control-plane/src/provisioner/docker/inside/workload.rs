//! Containers and services, as engines list them.
//!
//! What is not named here is not passed on: environments, commands, secrets, configurations, labels.

use bollard::{
    Docker,
    models::{
        ContainerSummary, EndpointPortConfig, PortSummary, Service as SwarmService, ServiceSpecMode,
    },
    query_parameters::{ListContainersOptionsBuilder, ListServicesOptionsBuilder},
};
use cluster_api::{
    Timestamp,
    inside::{Container, Port, Resources, Service},
};

use super::{super::error::failed_on_node, swarm::amount};
use crate::provisioner::{NodeFacts, ProvisionError, inside::MAX_LISTED};

/// The label that a swarm puts on the containers of a service.
const SERVICE: &str = "com.docker.swarm.service.name";

pub(super) async fn containers(
    docker: &Docker,
    node: &NodeFacts,
) -> Result<Vec<Container>, ProvisionError> {
    let options = ListContainersOptionsBuilder::default()
        .all(true)
        .limit(MAX_LISTED as i32)
        .build();
    let list = docker
        .list_containers(Some(options))
        .await
        .map_err(failed_on_node("The containers could not be listed"))?;
    let name = node.name();
    Ok(list
        .into_iter()
        .take(MAX_LISTED)
        .filter_map(|summary| container(&name, summary))
        .collect())
}

fn container(node: &str, summary: ContainerSummary) -> Option<Container> {
    let names = summary.names.unwrap_or_default();
    let mut ports: Vec<_> = summary.ports.iter().flatten().map(container_port).collect();
    ports.sort();
    Some(Container {
        node: node.to_owned(),
        id: summary.id?,
        names: names
            .iter()
            .map(|name| name.trim_start_matches('/').to_owned())
            .collect(),
        image: without_digest(summary.image.unwrap_or_default()),
        state: summary
            .state
            .map_or_else(|| "unknown".to_owned(), |state| state.to_string()),
        status: summary.status.unwrap_or_default(),
        created_at: Timestamp::from_second(summary.created?).ok()?,
        ports,
        service: summary.labels.and_then(|mut labels| labels.remove(SERVICE)),
    })
}

fn container_port(port: &PortSummary) -> Port {
    Port {
        protocol: port
            .typ
            .map_or_else(|| "tcp".to_owned(), |protocol| protocol.to_string()),
        target: port.private_port,
        published: port.public_port,
        address: port.ip.clone().filter(|address| !address.is_empty()),
        mode: None,
    }
}

pub(super) async fn services(docker: &Docker) -> Result<Vec<Service>, ProvisionError> {
    let options = ListServicesOptionsBuilder::default().status(true).build();
    let list = docker
        .list_services(Some(options))
        .await
        .map_err(failed_on_node("The services could not be listed"))?;
    let mut services: Vec<_> = list.into_iter().filter_map(service).collect();
    services.sort_by(|one, other| one.name.cmp(&other.name));
    services.truncate(MAX_LISTED);
    Ok(services)
}

fn service(service: SwarmService) -> Option<Service> {
    let spec = service.spec?;
    let (mode, replicas) = mode(spec.mode.as_ref());
    let status = service.service_status;
    let template = spec.task_template.unwrap_or_default();
    let resources = template.resources.unwrap_or_default();
    let image = template
        .container_spec
        .and_then(|container| container.image);
    let ports = service.endpoint.and_then(|endpoint| endpoint.ports);
    let mut ports: Vec<_> = ports.iter().flatten().filter_map(service_port).collect();
    ports.sort();
    Some(Service {
        id: service.id?,
        name: spec.name.unwrap_or_default(),
        image: without_digest(image.unwrap_or_default()),
        mode: mode.to_owned(),
        wished: status
            .as_ref()
            .and_then(|status| status.desired_tasks)
            .or(replicas),
        running: status.as_ref().and_then(|status| status.running_tasks),
        reservation: resources
            .reservations
            .map_or_else(Resources::default, |reserved| {
                amount(reserved.nano_cpus, reserved.memory_bytes)
            }),
        limit: resources.limits.map_or_else(Resources::default, |limit| {
            amount(limit.nano_cpus, limit.memory_bytes)
        }),
        ports,
        updated_at: service.updated_at.and_then(|at| at.parse().ok()),
    })
}

/// The word for a mode, and how many containers it wishes for where it says so.
fn mode(mode: Option<&ServiceSpecMode>) -> (&'static str, Option<u64>) {
    let count = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
    match mode {
        Some(ServiceSpecMode {
            replicated: Some(replicated),
            ..
        }) => ("replicated", count(replicated.replicas)),
        Some(ServiceSpecMode {
            replicated_job: Some(job),
            ..
        }) => ("replicated-job", count(job.total_completions)),
        Some(ServiceSpecMode {
            global_job: Some(_),
            ..
        }) => ("global-job", None),
        Some(ServiceSpecMode {
            global: Some(_), ..
        }) => ("global", None),
        _ => ("unknown", None),
    }
}

fn service_port(port: &EndpointPortConfig) -> Option<Port> {
    let number = |port: Option<i64>| port.and_then(|port| u16::try_from(port).ok());
    Some(Port {
        protocol: port
            .protocol
            .map_or_else(|| "tcp".to_owned(), |protocol| protocol.to_string()),
        target: number(port.target_port)?,
        published: number(port.published_port).filter(|port| *port > 0),
        address: None,
        mode: port.publish_mode.map(|mode| mode.to_string()),
    })
}

/// What a person calls an image: a swarm adds the digest that it resolved the name to.
fn without_digest(image: String) -> String {
    match image.split_once("@sha256:") {
        Some((name, _)) if !name.is_empty() => name.to_owned(),
        _ => image,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_string};

    use super::*;

    #[test]
    fn nothing_but_what_is_named_is_passed_on() {
        let secret = "hunter2";
        let summary = json!({
            "Id": "abc", "Names": ["/web.1.xyz"], "Image": "web@sha256:00ff", "Created": 1_700_000_000,
            "Command": format!("web --password {secret}"), "State": "exited",
            "Status": "Exited (1) 3 minutes ago",
            "Labels": {SERVICE: "web", "password": secret},
            "Ports": [
                {"IP": "::", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
                {"PrivatePort": 53, "Type": "udp"}
            ],
        });
        let read = container("node-2", serde_json::from_value(summary).unwrap()).unwrap();
        assert_eq!((read.node.as_str(), read.image.as_str()), ("node-2", "web"));
        assert_eq!(
            (read.names[0].as_str(), read.state.as_str()),
            ("web.1.xyz", "exited")
        );
        assert_eq!(read.service.as_deref(), Some("web"));
        assert_eq!(
            (read.ports[0].published, read.ports[0].address.as_deref()),
            (Some(8080), Some("::"))
        );
        assert_eq!((read.ports[1].target, read.ports[1].published), (53, None));
        assert!(!to_string(&read).unwrap().contains(secret));

        let answer = json!({
            "ID": "s1", "UpdatedAt": "2026-11-23T17:00:00.5Z",
            "Spec": {
                "Name": "web", "Labels": {"password": secret}, "Mode": {"Replicated": {"Replicas": 3}},
                "TaskTemplate": {
                    "ContainerSpec": {
                        "Image": "web:1@sha256:00ff", "Env": [format!("PASSWORD={secret}")],
                        "Args": [secret], "Labels": {"password": secret},
                        "Secrets": [{"SecretID": secret, "SecretName": secret}]
                    },
                    "Resources": {
                        "Limits": {"NanoCPUs": 2_000_000_000_i64, "MemoryBytes": 2048},
                        "Reservations": {"NanoCPUs": 250_000_000, "MemoryBytes": 1024}
                    }
                }
            },
            "Endpoint": {"Ports": [{"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080, "PublishMode": "host"}]},
            "ServiceStatus": {"RunningTasks": 2, "DesiredTasks": 3},
        });
        let read = service(serde_json::from_value(answer).unwrap()).unwrap();
        assert_eq!(
            (read.image.as_str(), read.mode.as_str()),
            ("web:1", "replicated")
        );
        assert_eq!((read.wished, read.running), (Some(3), Some(2)));
        assert_eq!(
            read.reservation,
            Resources {
                cpus: 0.25,
                memory_bytes: 1024
            }
        );
        assert_eq!(
            read.limit,
            Resources {
                cpus: 2.0,
                memory_bytes: 2048
            }
        );
        assert_eq!(read.ports[0].mode.as_deref(), Some("host"));
        assert!(read.updated_at.is_some());
        assert!(!to_string(&read).unwrap().contains(secret));
    }

    #[test]
    fn every_mode_has_its_word() {
        for (answer, word, count) in [
            (
                json!({"Replicated": {"Replicas": 2}}),
                "replicated",
                Some(2),
            ),
            (json!({"Global": {}}), "global", None),
            (
                json!({"ReplicatedJob": {"TotalCompletions": 4}}),
                "replicated-job",
                Some(4),
            ),
            (json!({"GlobalJob": {}}), "global-job", None),
            (json!({}), "unknown", None),
        ] {
            let read = serde_json::from_value(answer).unwrap();
            assert_eq!(mode(Some(&read)), (word, count));
        }
    }
}
