//! Clusters as rows, in the columns and the words that are known.

use cluster_api::{Cluster, ClusterStatus, Progress};

use super::Context;
use crate::{failure::Failure, table::Table};

/// A table of clusters.
pub(super) fn clusters<'a>(clusters: impl IntoIterator<Item = &'a Cluster>) -> Table {
    Table {
        columns: &["ClusterName", "Flavor", "Nodes", "AutoScale", "Status"],
        rows: clusters.into_iter().map(row).collect(),
    }
}

impl Context {
    /// Prints one cluster.
    pub(super) fn show(&self, cluster: &Cluster) -> Result<(), Failure> {
        self.output().print(cluster, &clusters([cluster]))
    }
}

fn row(cluster: &Cluster) -> Vec<String> {
    vec![
        cluster.name.to_string(),
        flavor(cluster),
        cluster.node_count.get().to_string(),
        cluster.autoscale.to_string(),
        status(cluster).to_owned(),
    ]
}

/// A cloud has flavors of its own, and need not say which.
fn flavor(cluster: &Cluster) -> String {
    match &cluster.cloud {
        Some(facts) => facts.flavor.clone().unwrap_or_else(|| "-".to_owned()),
        None => cluster.flavor.to_string(),
    }
}

/// The first generation's word, where it had one.
fn status(cluster: &Cluster) -> &'static str {
    match cluster.status {
        ClusterStatus::Creating => match cluster.progress {
            Some(Progress { number: 2.., .. }) => "building",
            _ => "new",
        },
        ClusterStatus::Resizing => "growing",
        ClusterStatus::Rebuilding => "rebuilding-swarm",
        status => status.as_str(),
    }
}
