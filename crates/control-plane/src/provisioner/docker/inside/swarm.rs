//! How a swarm is, and what is reserved in it.

use std::collections::HashMap;

use bollard::{
    Docker,
    models::{Node, Task, TaskState},
    query_parameters::{ListNodesOptions, ListTasksOptionsBuilder},
};
use cluster_api::inside::{Resources, SwarmMember};

use super::super::error::failed_on_node;
use crate::provisioner::{
    ProvisionError,
    inside::{Member, Swarm},
};

pub(super) async fn look(docker: &Docker) -> Result<Swarm, ProvisionError> {
    let wished = HashMap::from([("desired-state", vec!["running"])]);
    let options = ListTasksOptionsBuilder::default().filters(&wished).build();
    let (nodes, tasks) = tokio::try_join!(
        docker.list_nodes(None::<ListNodesOptions>),
        docker.list_tasks(Some(options))
    )
    .map_err(failed_on_node("The swarm could not be looked at"))?;
    Ok(summary(&nodes, &tasks))
}

fn summary(nodes: &[Node], tasks: &[Task]) -> Swarm {
    let mut swarm = Swarm::default();
    let mut reserved: HashMap<&str, Resources> = HashMap::new();
    for task in tasks {
        let state = task.status.as_ref().and_then(|status| status.state);
        match (state, task.node_id.as_deref().filter(|id| !id.is_empty())) {
            // It had an end, or will not have a beginning: it holds nothing.
            (
                Some(
                    TaskState::COMPLETE
                    | TaskState::SHUTDOWN
                    | TaskState::FAILED
                    | TaskState::REJECTED
                    | TaskState::REMOVE
                    | TaskState::ORPHANED,
                ),
                _,
            ) => {}
            (Some(TaskState::PENDING), None) => swarm.waiting += 1,
            (_, Some(node)) => {
                let sum = reserved.entry(node).or_default();
                let task = reservation(task);
                sum.cpus += task.cpus;
                sum.memory_bytes = sum.memory_bytes.saturating_add(task.memory_bytes);
            }
            _ => {}
        }
    }
    for node in nodes {
        let Some(ordinal) = ordinal(node) else {
            continue;
        };
        let member = Member {
            seen: seen(node),
            reserved: node
                .id
                .as_deref()
                .and_then(|id| reserved.get(id).copied())
                .unwrap_or_default(),
        };
        // A node that was made anew is there twice for a while: once as it was, down for good.
        let known = swarm.members.get(&ordinal);
        if known.is_none_or(|known| known.seen.status != "ready") {
            swarm.members.insert(ordinal, member);
        }
    }
    swarm
}

fn reservation(task: &Task) -> Resources {
    let resources = task.spec.as_ref().and_then(|spec| spec.resources.as_ref());
    let reserved = resources.and_then(|resources| resources.reservations.as_ref());
    reserved.map_or_else(Resources::default, |reserved| {
        amount(reserved.nano_cpus, reserved.memory_bytes)
    })
}

/// An amount as the swarm writes it.
pub(super) fn amount(nano_cpus: Option<i64>, memory_bytes: Option<i64>) -> Resources {
    let cpus = nano_cpus.unwrap_or_default().max(0) as f64 / 1e9;
    Resources {
        cpus,
        memory_bytes: memory_bytes
            .and_then(|bytes| u64::try_from(bytes).ok())
            .unwrap_or_default(),
    }
}

/// The place of a node in its cluster: it is in its host name.
fn ordinal(node: &Node) -> Option<u32> {
    let name = node.description.as_ref()?.hostname.as_deref()?;
    name.strip_prefix("node-")?.parse().ok()
}

fn seen(node: &Node) -> SwarmMember {
    let state = node.status.as_ref().and_then(|status| status.state);
    let availability = node.spec.as_ref().and_then(|spec| spec.availability);
    SwarmMember {
        status: state.map_or_else(|| "unknown".to_owned(), |state| state.to_string()),
        availability: availability.map_or_else(
            || "active".to_owned(),
            |availability| availability.to_string(),
        ),
        leader: node
            .manager_status
            .as_ref()
            .and_then(|manager| manager.leader)
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn node(id: &str, hostname: &str, state: &str) -> Node {
        let node = json!({
            "ID": id,
            "Description": {"Hostname": hostname},
            "Status": {"State": state},
            "Spec": {"Availability": "drain"},
            "ManagerStatus": {"Leader": hostname == "node-1"},
        });
        serde_json::from_value(node).unwrap()
    }

    fn task(node: &str, state: &str, reservations: &Value) -> Task {
        let task = json!({
            "NodeID": node,
            "Status": {"State": state},
            "Spec": {"Resources": {"Reservations": reservations}},
        });
        serde_json::from_value(task).unwrap()
    }

    #[test]
    fn what_runs_or_is_going_to_holds_its_reservation_and_nothing_else_does() {
        let half = json!({"NanoCPUs": 500_000_000, "MemoryBytes": 1000});
        let tasks = [
            task("a", "running", &half),
            task("a", "preparing", &half),
            task("a", "running", &Value::Null),
            task("a", "failed", &half),
            task("a", "rejected", &half),
            task("b", "running", &json!({"MemoryBytes": -5})),
            task("", "pending", &half),
            task("", "new", &half),
        ];
        let nodes = [node("a", "node-1", "ready"), node("b", "node-2", "down")];
        let swarm = summary(&nodes, &tasks);
        assert_eq!(swarm.waiting, 1);
        let first = &swarm.members[&1];
        assert!((first.reserved.cpus - 1.0).abs() < 1e-9);
        assert_eq!(first.reserved.memory_bytes, 2000);
        assert!(first.seen.leader && first.seen.availability == "drain");
        let second = &swarm.members[&2];
        assert_eq!(second.reserved, Resources::default());
        assert_eq!(second.seen.status, "down");
    }

    #[test]
    fn a_node_that_was_made_anew_is_the_one_that_is_ready() {
        let ghost = node("a", "node-2", "down");
        let ready = node("b", "node-2", "ready");
        for nodes in [[ghost.clone(), ready.clone()], [ready, ghost]] {
            assert_eq!(summary(&nodes, &[]).members[&2].seen.status, "ready");
        }
    }
}
