//! Clusters for unit tests.

use cluster_api::{
    Cluster, ClusterId, ClusterStatus, ClusterType, EventId, Flavor, Node, NodeCount, NodeId,
    NodeRole, NodeState, Timestamp,
};
use uuid::Uuid;

pub(crate) fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap()
}

pub(crate) fn cluster(name: &str, states: &[NodeState], wished: i64) -> Cluster {
    Cluster {
        id: ClusterId(Uuid::from_u128(u128::from(name.as_bytes()[0]))),
        name: name.try_into().unwrap(),
        status: ClusterStatus::Active,
        cluster_type: ClusterType::swarm(),
        node_count: NodeCount::try_from(wished).unwrap(),
        created_at: timestamp(0),
        updated_at: timestamp(0),
        flavor: Flavor::Container1G,
        nodes: states
            .iter()
            .enumerate()
            .map(|(index, state)| Node {
                id: NodeId(Uuid::from_u128(index as u128)),
                name: format!("node-{}", index + 1),
                role: if index == 0 {
                    NodeRole::Manager
                } else {
                    NodeRole::Worker
                },
                state: *state,
                drained: false,
                address: None,
                image: "carina-node".to_owned(),
                engine_version: None,
            })
            .collect(),
        endpoint: Some("tcp://127.0.0.1:23760".to_owned()),
        progress: None,
        reason: None,
        deletion_protection: false,
        labels: cluster_api::Labels::default(),
        autoscale: false,
        version: EventId(1),
        cloud: None,
    }
}
