//! Magnum's clusters in the words of all control planes.

use std::collections::HashMap;

use uuid::Uuid;

use super::wire::{ClusterBody, Stage, Work};
use crate::{
    CloudFacts, Cluster, ClusterId, ClusterName, ClusterType, ClusterTypeId, EventId, Flavor,
    Labels, Node, NodeCount, NodeId, NodeRole, NodeState, Progress, Reason, TaskId, TaskKind,
    Template, TemplateId, Timestamp,
};

/// The type of clusters made from a template. Types have numbers: the first bits of the template's id.
pub(super) fn type_of(template: &Template) -> ClusterType {
    ClusterType {
        id: type_id(template.id),
        name: template.name.clone(),
        coe: template.engine.clone(),
        host_type: "vm".to_owned(),
        active: !template.hidden,
        flavors: Vec::new(),
    }
}

/// 53 bits, so that scripts read the same number.
pub(super) fn type_id(template: TemplateId) -> ClusterTypeId {
    let (high, _) = template.0.as_u64_pair();
    ClusterTypeId(i64::try_from(high >> 11).unwrap_or(i64::MAX))
}

/// What a cluster is seen with.
pub(super) struct Seen<'s> {
    /// Its row counts as of this place.
    pub(super) version: EventId,
    /// The id of the user who looks.
    pub(super) user: &'s str,
    /// The drivers that make certificates anew.
    pub(super) rotating: &'s [String],
    /// The templates that are known.
    pub(super) templates: &'s HashMap<TemplateId, Template>,
    /// How long its kind of work usually takes, in milliseconds.
    pub(super) usual_ms: &'s dyn Fn(TaskKind) -> Option<u64>,
}

/// The work that goes on, or failed.
pub(super) const fn task(work: Work) -> TaskKind {
    match work {
        Work::Create => TaskKind::Create,
        Work::Update | Work::Other => TaskKind::Resize,
        Work::Delete => TaskKind::Delete,
    }
}

/// The cluster. None: it has a name that no cluster has.
pub(super) fn cluster(body: &ClusterBody, seen: &Seen<'_>) -> Option<Cluster> {
    let Ok(name) = ClusterName::of_a_cloud(body.name.clone()) else {
        tracing::warn!(cluster.id = %body.uuid, "a cluster has a name that none has, and is left out");
        return None;
    };
    let created_at = body.created_at.unwrap_or(Timestamp::UNIX_EPOCH);
    let updated_at = body.updated_at.unwrap_or(created_at);
    let status = body.status.status();
    let template = seen.templates.get(&body.cluster_template_id);
    let cluster_type = template.map_or_else(
        || ClusterType {
            id: type_id(body.cluster_template_id),
            name: "Kubernetes".to_owned(),
            coe: "kubernetes".to_owned(),
            host_type: "vm".to_owned(),
            active: false,
            flavors: Vec::new(),
        },
        type_of,
    );
    let kind = task(body.status.work);
    let progress = (body.status.stage == Stage::InProgress).then(|| Progress {
        task_id: TaskId(body.uuid.0),
        task: kind,
        step: step(kind).to_owned(),
        number: 1,
        of: 1,
        started_at: if kind == TaskKind::Create {
            created_at
        } else {
            updated_at
        },
        typical_ms: (seen.usual_ms)(kind),
    });
    let failed = (body.status.stage == Stage::Failed).then(|| Reason {
        message: failed(body.status.work).to_owned(),
        detail: why(body),
        retrying: false,
        since: updated_at,
    });
    Some(Cluster {
        id: body.uuid,
        name,
        status,
        cluster_type,
        node_count: NodeCount::of_a_cloud(body.node_count + body.master_count),
        created_at,
        updated_at,
        // That of machines of our own; clouds name theirs in the facts.
        flavor: Flavor::default(),
        nodes: nodes(body),
        deletion_protection: false,
        labels: Labels::default(),
        autoscale: false,
        endpoint: body.api_address.clone().filter(|it| !it.is_empty()),
        progress,
        reason: failed,
        version: seen.version,
        cloud: Some(Box::new(CloudFacts {
            failed: (body.status.stage == Stage::Failed).then_some(kind),
            rotates: template
                .and_then(|it| it.driver.as_ref())
                .is_some_and(|it| seen.rotating.contains(it)),
            ..body.facts(seen.user)
        })),
    })
}

/// What happens, in a word for each kind of work.
const fn step(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Create => "Magnum makes the cluster",
        TaskKind::Delete => "Magnum removes the cluster",
        _ => "Magnum changes the cluster",
    }
}

const fn failed(work: Work) -> &'static str {
    match work {
        Work::Create => "Magnum could not make the cluster.",
        Work::Delete => "Magnum could not remove the cluster.",
        Work::Update | Work::Other => "Magnum could not change the cluster.",
    }
}

/// What the cloud says of a failure: the reason of the cluster, and of each group that has one.
pub(super) fn why(body: &ClusterBody) -> Option<String> {
    let reason = body.status_reason.iter().filter(|it| !it.is_empty());
    let faults = body
        .faults
        .iter()
        .map(|(group, why)| format!("{group}: {why}"));
    let all: Vec<String> = reason.cloned().chain(faults).collect();
    (!all.is_empty()).then(|| all.join("\n"))
}

/// The nodes that are to be there, the managers first. Magnum knows how many there are and their
/// addresses, and names none.
fn nodes(body: &ClusterBody) -> Vec<Node> {
    let managers = machines(
        body,
        NodeRole::Manager,
        body.master_count,
        &body.master_addresses,
    );
    let workers = machines(
        body,
        NodeRole::Worker,
        body.node_count,
        &body.node_addresses,
    );
    managers.chain(workers).collect()
}

fn machines<'b>(
    body: &'b ClusterBody,
    role: NodeRole,
    count: u32,
    addresses: &'b [String],
) -> impl Iterator<Item = Node> + 'b {
    let word = match role {
        NodeRole::Manager => "manager",
        NodeRole::Worker => "worker",
    };
    (0..count as usize).map(move |at| {
        let name = format!("{word}-{}", at + 1);
        let address = addresses.get(at).cloned();
        Node {
            id: node_id(body.uuid.0, role, at),
            state: state(body, address.is_some()),
            name,
            role,
            address,
            drained: false,
            image: String::new(),
            engine_version: body.coe_version.clone(),
        }
    })
}

/// A machine that has no address is being made; a cluster that is removed takes its machines along.
fn state(body: &ClusterBody, has_address: bool) -> NodeState {
    match (body.status.work, body.status.stage, has_address) {
        (Work::Delete, Stage::InProgress, _) => NodeState::Draining,
        (_, Stage::Failed, false) => NodeState::Lost,
        (_, _, true) | (_, Stage::Complete, _) => NodeState::Ready,
        (_, Stage::InProgress, false) => NodeState::Creating,
    }
}

/// The id of the worker at a place.
pub(super) fn worker_id(cluster: ClusterId, at: usize) -> NodeId {
    node_id(cluster.0, NodeRole::Worker, at)
}

/// A number of its own for each place of a node in its cluster: the cluster's id with the place in it.
fn node_id(cluster: Uuid, role: NodeRole, at: usize) -> NodeId {
    let place = (at as u128) << 1 | u128::from(role == NodeRole::Worker);
    NodeId(Uuid::from_u128(cluster.as_u128().wrapping_add(place + 1)))
}
