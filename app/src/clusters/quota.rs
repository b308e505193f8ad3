//! What is left of a quota: now, after what the form asks for, and at most.

use cluster_api::{ClusterName, Flavor, NodeCount, Problem, Snapshot};

/// What the form for a new cluster would use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Clusters now.
    pub clusters: u32,
    /// Clusters the account may have.
    pub max_clusters: u32,
    /// Nodes of the new cluster, if what was typed is a number.
    pub nodes: Option<u32>,
    /// Nodes a cluster may have.
    pub max_nodes: u32,
    /// Memory of the new cluster, in GB.
    pub memory_gb: Option<u32>,
}

impl Preview {
    /// The preview of a cluster with so many nodes, as typed, of this flavor.
    #[must_use]
    pub fn of(snapshot: &Snapshot, nodes: &str, flavor: &str) -> Self {
        let flavor = flavor.parse::<Flavor>().unwrap_or_default();
        let nodes = NodeCount::try_from(nodes).ok().map(NodeCount::get);
        Self {
            clusters: u32::try_from(snapshot.clusters.len()).unwrap_or(u32::MAX),
            max_clusters: snapshot.quotas.max_clusters,
            nodes,
            max_nodes: snapshot.quotas.max_nodes_per_cluster.get(),
            memory_gb: nodes.map(|nodes| nodes * flavor.memory_gb()),
        }
    }
}

/// What is wrong with a name, as far as the browser can tell.
///
/// # Errors
/// It breaks the rule, or it is taken.
pub fn check_name(text: &str, snapshot: &Snapshot) -> Result<(), Problem> {
    let name = ClusterName::try_from(text.trim()).map_err(|rule| Problem::NameInvalid { rule })?;
    if snapshot.clusters.iter().any(|cluster| cluster.name == name) {
        return Err(Problem::NameTaken);
    }
    Ok(())
}

/// What is wrong with a number of nodes, as far as the browser can tell.
///
/// # Errors
/// It is no number of nodes, or more than the quota.
pub fn check_nodes(text: &str, limit: NodeCount) -> Result<NodeCount, Problem> {
    let nodes = NodeCount::typed(text, limit).map_err(|_| Problem::NodesInvalid { max: limit })?;
    if nodes > limit {
        Err(Problem::QuotaNodes { limit })
    } else {
        Ok(nodes)
    }
}

#[cfg(test)]
mod tests {
    use cluster_api::{EventId, NameRule, NodeState, Provisioning, Quotas};

    use super::*;
    use crate::fixtures;

    fn snapshot() -> Snapshot {
        Snapshot {
            version: EventId(1),
            clusters: vec![fixtures::cluster("shop", &[NodeState::Ready], 1)],
            quotas: Quotas {
                max_clusters: 10,
                max_nodes_per_cluster: NodeCount::try_from(5_i64).unwrap(),
            },
            cluster_types: Vec::new(),
            provisioning: Provisioning::Docker,
        }
    }

    #[test]
    fn the_preview_counts_what_is_asked_for() {
        let preview = Preview::of(&snapshot(), "3", "container1-2G");
        assert_eq!((preview.clusters, preview.max_clusters), (1, 10));
        assert_eq!((preview.nodes, preview.max_nodes), (Some(3), 5));
        assert_eq!(preview.memory_gb, Some(6));
        assert_eq!(
            Preview::of(&snapshot(), "x", "container1-2G").memory_gb,
            None
        );
    }

    #[test]
    fn names_are_checked_while_they_are_typed() {
        let snapshot = snapshot();
        assert_eq!(check_name(" docs ", &snapshot), Ok(()));
        assert_eq!(check_name("shop", &snapshot), Err(Problem::NameTaken));
        assert_eq!(
            check_name("Docs", &snapshot),
            Err(Problem::NameInvalid {
                rule: NameRule::Character
            })
        );
    }

    #[test]
    fn numbers_are_checked_against_the_quota() {
        let limit = snapshot().quotas.max_nodes_per_cluster;
        assert_eq!(check_nodes("5", limit).map(NodeCount::get), Ok(5));
        assert_eq!(check_nodes("6", limit), Err(Problem::QuotaNodes { limit }));
        // Clouds bound clusters and not their nodes.
        let of_a_cloud = NodeCount::of_a_cloud(1000);
        assert_eq!(check_nodes("150", of_a_cloud).map(NodeCount::get), Ok(150));
        assert_eq!(
            check_nodes("1001", of_a_cloud),
            Err(Problem::NodesInvalid { max: of_a_cloud })
        );
        assert_eq!(
            check_nodes("0", limit),
            Err(Problem::NodesInvalid { max: limit })
        );
    }
}
