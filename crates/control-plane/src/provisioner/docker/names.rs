//! Names and labels of what we put on an engine.

use std::collections::HashMap;

use cluster_api::{ClusterId, NodeId};
use uuid::Uuid;

use crate::provisioner::{ClusterAccess, node_name};

/// Whose it is: the id of the data folder.
const INSTALLATION: &str = "io.carina.installation";
/// The cluster it belongs to.
const CLUSTER: &str = "io.carina.cluster";
/// The node it belongs to.
const NODE: &str = "io.carina.node";

/// Knows how the things of one installation are called.
pub(super) struct Names {
    id: Uuid,
    installation: String,
}

impl Names {
    pub(super) fn new(installation: Uuid) -> Self {
        Self {
            id: installation,
            installation: installation.to_string(),
        }
    }

    /// The installation they are of.
    pub(super) const fn installation(&self) -> Uuid {
        self.id
    }

    /// `carina-shop-1a2b3c4d`: readable in `docker ps`, and unique.
    pub(super) fn network(cluster: &ClusterAccess) -> String {
        let id = cluster.id.0.simple().to_string();
        format!("carina-{}-{}", cluster.name, &id[..8])
    }

    /// The container of a node, and its volume.
    pub(super) fn node(cluster: &ClusterAccess, ordinal: u32) -> String {
        format!("{}-{}", Self::network(cluster), node_name(ordinal))
    }

    /// The labels of something that belongs to the whole installation.
    pub(super) fn labels(&self) -> HashMap<String, String> {
        HashMap::from([(INSTALLATION.to_owned(), self.installation.clone())])
    }

    /// The labels of something that belongs to a cluster.
    pub(super) fn cluster_labels(&self, id: ClusterId) -> HashMap<String, String> {
        let mut labels = self.labels();
        labels.insert(CLUSTER.to_owned(), id.to_string());
        labels
    }

    /// The labels of something that belongs to a node.
    pub(super) fn node_labels(&self, id: ClusterId, node: NodeId) -> HashMap<String, String> {
        let mut labels = self.cluster_labels(id);
        labels.insert(NODE.to_owned(), node.to_string());
        labels
    }

    /// Whether labels are those of this cluster, in this installation.
    pub(super) fn owns(&self, labels: Option<&HashMap<String, String>>, id: ClusterId) -> bool {
        labels.is_some_and(|labels| {
            labels.get(INSTALLATION) == Some(&self.installation)
                && labels.get(CLUSTER) == Some(&id.to_string())
        })
    }

    /// The node that something belongs to, by its labels.
    pub(super) fn node_of(labels: &HashMap<String, String>) -> Option<NodeId> {
        labels.get(NODE)?.parse().ok()
    }

    /// The cluster that labels name.
    pub(super) fn cluster_of(labels: &HashMap<String, String>) -> Option<ClusterId> {
        labels.get(CLUSTER)?.parse().ok()
    }

    /// The filter that finds everything of one node.
    pub(super) fn node_filter(&self, id: ClusterId, node: NodeId) -> HashMap<String, Vec<String>> {
        let mut filter = self.filter(Some(id));
        let labels = filter.entry("label".to_owned()).or_default();
        labels.push(format!("{NODE}={node}"));
        filter
    }

    /// The filter that finds everything of this installation, of one cluster if given.
    pub(super) fn filter(&self, id: Option<ClusterId>) -> HashMap<String, Vec<String>> {
        let mut labels = vec![format!("{INSTALLATION}={}", self.installation)];
        labels.extend(id.map(|id| format!("{CLUSTER}={id}")));
        HashMap::from([("label".to_owned(), labels)])
    }
}
