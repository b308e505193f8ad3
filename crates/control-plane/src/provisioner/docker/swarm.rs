//! Joining nodes to a Docker Swarm, spoken to through their own engines.

use std::time::Duration;

use bollard::{
    Docker,
    errors::Error,
    models::{
        LocalNodeState, Node, NodeSpecAvailabilityEnum, NodeState, SwarmInfo, SwarmInitRequest,
        SwarmJoinRequest, TaskState,
    },
    query_parameters::{
        DeleteNodeOptionsBuilder, LeaveSwarmOptionsBuilder, ListNodesOptions,
        ListTasksOptionsBuilder, UpdateNodeOptionsBuilder, UpdateSwarmOptionsBuilder,
    },
};
use std::collections::HashMap;

use super::{
    error::{failed_on_node, is_not_found},
    tls,
};
use crate::provisioner::{
    ClusterAccess, Drained, FailureKind, JoinTicket, NodeFacts, ProvisionError, Reservation,
    node_name,
};

/// Where a manager listens for other nodes: Docker's own port for that.
const SWARM_PORT: u16 = 2377;

/// How often the swarm is asked whether it has come to what is wished.
const POLL: Duration = Duration::from_millis(50);

/// How long the work of a node may take to move elsewhere.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(60);

pub(super) async fn ensure_swarm(
    cluster: &ClusterAccess,
    manager: &NodeFacts,
) -> Result<JoinTicket, ProvisionError> {
    let what = "The swarm could not be made";
    let docker = connect(cluster, manager).await?;
    if state(&docker).await? != LocalNodeState::ACTIVE {
        let request = SwarmInitRequest {
            listen_addr: Some(format!("0.0.0.0:{SWARM_PORT}")),
            advertise_addr: Some(manager.address.clone()),
            ..SwarmInitRequest::default()
        };
        docker
            .init_swarm(request)
            .await
            .map_err(failed_on_node(what))?;
    }
    ticket(&docker, manager).await
}

/// What a worker needs to join the swarm that this manager leads.
async fn ticket(docker: &Docker, manager: &NodeFacts) -> Result<JoinTicket, ProvisionError> {
    let what = "The swarm could not be asked for its token";
    let swarm = docker.inspect_swarm().await.map_err(failed_on_node(what))?;
    let token = swarm
        .join_tokens
        .and_then(|tokens| tokens.worker)
        .unwrap_or_default();
    let members = members(docker).await?;
    Ok(JoinTicket {
        token: token.into(),
        manager: format!("{}:{SWARM_PORT}", manager.address),
        members: members.into_iter().filter_map(|node| node.id).collect(),
    })
}

pub(super) async fn renew_swarm(
    cluster: &ClusterAccess,
    manager: &NodeFacts,
) -> Result<JoinTicket, ProvisionError> {
    let what = "The swarm could not be made anew";
    let docker = connect(cluster, manager).await?;
    let request = |force| SwarmInitRequest {
        listen_addr: Some(format!("0.0.0.0:{SWARM_PORT}")),
        advertise_addr: Some(manager.address.clone()),
        force_new_cluster: Some(force),
        ..SwarmInitRequest::default()
    };
    let was = state(&docker).await?;
    let is_in_one = !matches!(was, LocalNodeState::INACTIVE | LocalNodeState::EMPTY);
    if let Err(error) = docker.init_swarm(request(is_in_one)).await {
        if !is_in_one {
            return Err(failed_on_node(what)(error));
        }
        // What there was of a swarm cannot be read any more: without it, then.
        tracing::warn!(cluster.id = %cluster.id, "the swarm's state is given up: {error}");
        let options = LeaveSwarmOptionsBuilder::default().force(true).build();
        docker
            .leave_swarm(Some(options))
            .await
            .map_err(failed_on_node(what))?;
        docker
            .init_swarm(request(false))
            .await
            .map_err(failed_on_node(what))?;
    }
    renew_tokens(&docker).await?;
    ticket(&docker, manager).await
}

/// Tokens that were given out before let nobody in any more.
async fn renew_tokens(docker: &Docker) -> Result<(), ProvisionError> {
    let what = "The tokens of the swarm could not be made anew";
    // An update made from an older version is refused, and versions move by themselves at first.
    const TRIES: usize = 10;
    for _ in 0..TRIES {
        let swarm = docker.inspect_swarm().await.map_err(failed_on_node(what))?;
        let version = swarm.version.and_then(|version| version.index);
        let options = UpdateSwarmOptionsBuilder::default()
            .version(i64::try_from(version.unwrap_or_default()).unwrap_or_default())
            .rotate_worker_token(true)
            .rotate_manager_token(true)
            .build();
        match docker
            .update_swarm(swarm.spec.unwrap_or_default(), options)
            .await
        {
            Ok(()) => return Ok(()),
            Err(Error::DockerResponseServerError { message, .. })
                if message.contains("out of sequence") => {}
            Err(error) => return Err(failed_on_node(what)(error)),
        }
    }
    Err(super::error::failure(
        FailureKind::Transient,
        format!("{what}: the swarm is too busy."),
    ))
}

pub(super) async fn ensure_joined(
    cluster: &ClusterAccess,
    worker: &NodeFacts,
    ticket: &JoinTicket,
) -> Result<(), ProvisionError> {
    use secrecy::ExposeSecret;
    let what = format!("Node {} could not join the swarm", worker.ordinal);
    let docker = connect(cluster, worker).await?;
    let swarm = swarm_of(&docker).await?;
    let is_member = swarm.node_id.is_some_and(|id| ticket.members.contains(&id));
    match swarm.local_node_state.unwrap_or(LocalNodeState::INACTIVE) {
        LocalNodeState::ACTIVE if is_member => return Ok(()),
        LocalNodeState::INACTIVE | LocalNodeState::EMPTY => {}
        // Half a join, from before, or a swarm that is no more: a clean start is the way out.
        LocalNodeState::ACTIVE
        | LocalNodeState::PENDING
        | LocalNodeState::ERROR
        | LocalNodeState::LOCKED => {
            let options = LeaveSwarmOptionsBuilder::default().force(true).build();
            docker
                .leave_swarm(Some(options))
                .await
                .map_err(failed_on_node(what.clone()))?;
        }
    }
    let request = SwarmJoinRequest {
        listen_addr: Some(format!("0.0.0.0:{SWARM_PORT}")),
        advertise_addr: Some(worker.address.clone()),
        remote_addrs: Some(vec![ticket.manager.clone()]),
        join_token: Some(ticket.token.expose_secret().to_owned()),
        ..SwarmJoinRequest::default()
    };
    docker
        .join_swarm(request)
        .await
        .map_err(failed_on_node(what))
}

pub(super) async fn await_ready(
    cluster: &ClusterAccess,
    manager: &NodeFacts,
    nodes: u32,
) -> Result<(), ProvisionError> {
    let docker = connect(cluster, manager).await?;
    loop {
        let members = members(&docker).await?;
        let ready = members.iter().filter(|node| is_ready(node)).count();
        if ready == members.len() && u32::try_from(ready) == Ok(nodes) {
            return Ok(());
        }
        // A node that was made anew is in the list twice: once as it was, down for good.
        forget_ghosts(&docker, &members).await?;
        tokio::time::sleep(POLL).await;
    }
}

pub(super) async fn drain(
    cluster: &ClusterAccess,
    manager: &NodeFacts,
    ordinal: u32,
) -> Result<Drained, ProvisionError> {
    let what = format!("Node {ordinal} could not be drained");
    let docker = connect(cluster, manager).await?;
    let drain = NodeSpecAvailabilityEnum::DRAIN;
    let Some(id) = set_availability(&docker, ordinal, drain, &what).await? else {
        return Ok(Drained::Moved);
    };
    let filters = HashMap::from([("node", vec![id.as_str()])]);
    let emptied = async {
        loop {
            let options = ListTasksOptionsBuilder::default().filters(&filters).build();
            let tasks = docker
                .list_tasks(Some(options))
                .await
                .map_err(failed_on_node(what.clone()))?;
            let busy = tasks.iter().any(|task| {
                let state = task.status.as_ref().and_then(|status| status.state);
                matches!(
                    state,
                    Some(
                        TaskState::ASSIGNED
                            | TaskState::ACCEPTED
                            | TaskState::PREPARING
                            | TaskState::READY
                            | TaskState::STARTING
                            | TaskState::RUNNING
                    )
                )
            });
            if !busy {
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
    };
    match tokio::time::timeout(DRAIN_TIMEOUT, emptied).await {
        Ok(done) => done.map(|()| Drained::Moved),
        Err(_) => Ok(Drained::TimedOut),
    }
}

/// The node takes work again.
pub(super) async fn undrain(
    cluster: &ClusterAccess,
    manager: &NodeFacts,
    ordinal: u32,
) -> Result<(), ProvisionError> {
    let what = format!("Node {ordinal} could not be given work again");
    let docker = connect(cluster, manager).await?;
    let active = NodeSpecAvailabilityEnum::ACTIVE;
    set_availability(&docker, ordinal, active, &what)
        .await
        .map(drop)
}

/// Tells the swarm whether the node takes work. None: it is not in the swarm.
async fn set_availability(
    docker: &Docker,
    ordinal: u32,
    availability: NodeSpecAvailabilityEnum,
    what: &str,
) -> Result<Option<String>, ProvisionError> {
    // The swarm refuses an update made from an older version of the node, and versions move by
    // themselves while it joins; reading again is all it takes.
    const TRIES: usize = 10;
    for _ in 0..TRIES {
        let Some(node) = member(docker, ordinal).await? else {
            return Ok(None);
        };
        let (Some(id), Some(mut spec)) = (node.id, node.spec) else {
            return Ok(None);
        };
        if spec.availability == Some(availability) {
            return Ok(Some(id));
        }
        spec.availability = Some(availability);
        let version = node
            .version
            .and_then(|version| version.index)
            .unwrap_or_default();
        let options = UpdateNodeOptionsBuilder::default()
            .version(i64::try_from(version).unwrap_or_default())
            .build();
        match docker.update_node(&id, spec, options).await {
            Ok(()) => return Ok(Some(id)),
            Err(Error::DockerResponseServerError { message, .. })
                if message.contains("out of sequence") => {}
            Err(error) => return Err(failed_on_node(what)(error)),
        }
    }
    Err(super::error::failure(
        FailureKind::Transient,
        format!("{what}: the swarm is too busy."),
    ))
}

/// Takes a node that is gone out of the swarm's list.
pub(super) async fn forget(
    cluster: &ClusterAccess,
    manager: &NodeFacts,
    ordinal: u32,
) -> Result<(), ProvisionError> {
    let docker = connect(cluster, manager).await?;
    let Some(id) = member(&docker, ordinal).await?.and_then(|node| node.id) else {
        return Ok(());
    };
    delete_member(&docker, &id).await
}

async fn forget_ghosts(docker: &Docker, members: &[Node]) -> Result<(), ProvisionError> {
    for ghost in members.iter().filter(|node| !is_ready(node)) {
        let has_successor = members
            .iter()
            .any(|node| is_ready(node) && hostname(node) == hostname(ghost));
        if let (true, Some(id)) = (has_successor, &ghost.id) {
            delete_member(docker, id).await?;
        }
    }
    Ok(())
}

async fn delete_member(docker: &Docker, id: &str) -> Result<(), ProvisionError> {
    let options = DeleteNodeOptionsBuilder::default().force(true).build();
    match docker.delete_node(id, Some(options)).await {
        Err(error) if !is_not_found(&error) => {
            Err(failed_on_node("A node could not be taken out of the swarm")(error))
        }
        _ => Ok(()),
    }
}

async fn connect(cluster: &ClusterAccess, node: &NodeFacts) -> Result<Docker, ProvisionError> {
    tls::connect(cluster, node.api_port)?
        .negotiate_version()
        .await
        .map_err(failed_on_node(format!(
            "Node {} cannot be reached",
            node.ordinal
        )))
}

async fn swarm_of(docker: &Docker) -> Result<SwarmInfo, ProvisionError> {
    let info = docker
        .info()
        .await
        .map_err(failed_on_node("A node could not be asked about its swarm"))?;
    Ok(info.swarm.unwrap_or_default())
}

async fn state(docker: &Docker) -> Result<LocalNodeState, ProvisionError> {
    let swarm = swarm_of(docker).await?;
    Ok(swarm.local_node_state.unwrap_or(LocalNodeState::INACTIVE))
}

/// The tasks that services want to run and what each reserves, with the nodes they are on.
pub(super) async fn reservations(
    cluster: &ClusterAccess,
    manager: &NodeFacts,
) -> Result<Vec<Reservation>, ProvisionError> {
    let what = "The services of the cluster could not be looked at";
    let docker = connect(cluster, manager).await?;
    let ordinals: HashMap<String, u32> = members(&docker)
        .await?
        .into_iter()
        .filter_map(|node| {
            let ordinal = hostname(&node)?.strip_prefix("node-")?.parse().ok()?;
            Some((node.id?, ordinal))
        })
        .collect();
    let filters = HashMap::from([("desired-state", vec!["running"])]);
    let options = ListTasksOptionsBuilder::default().filters(&filters).build();
    let tasks = docker
        .list_tasks(Some(options))
        .await
        .map_err(failed_on_node(what))?;
    Ok(tasks
        .into_iter()
        .filter_map(|task| {
            let reserved = task.spec?.resources?.reservations?;
            let status = task.status.unwrap_or_default();
            let number = |value: Option<i64>| {
                // Exact up to 2^53: eight petabytes.
                #[expect(clippy::cast_precision_loss, reason = "as said")]
                let number = value.unwrap_or_default() as f64;
                number
            };
            Some(Reservation {
                ordinal: task.node_id.and_then(|id| ordinals.get(&id).copied()),
                // A task is pending for a moment anyway; only the scheduler says that there is no room.
                has_no_room: status.state == Some(TaskState::PENDING)
                    && status.err.is_some_and(|words| !words.is_empty()),
                cpus: number(reserved.nano_cpus) / 1e9,
                memory: number(reserved.memory_bytes),
            })
        })
        .filter(|task| task.cpus > 0.0 || task.memory > 0.0)
        .collect())
}

async fn members(docker: &Docker) -> Result<Vec<Node>, ProvisionError> {
    docker
        .list_nodes(None::<ListNodesOptions>)
        .await
        .map_err(failed_on_node("The nodes of the swarm could not be listed"))
}

async fn member(docker: &Docker, ordinal: u32) -> Result<Option<Node>, ProvisionError> {
    let name = node_name(ordinal);
    let mut named: Vec<Node> = members(docker)
        .await?
        .into_iter()
        .filter(|node| hostname(node) == Some(name.as_str()))
        .collect();
    named.sort_by_key(|node| !is_ready(node));
    Ok(named.into_iter().next())
}

fn hostname(node: &Node) -> Option<&str> {
    node.description.as_ref()?.hostname.as_deref()
}

fn is_ready(node: &Node) -> bool {
    node.status.as_ref().and_then(|status| status.state) == Some(NodeState::READY)
}
