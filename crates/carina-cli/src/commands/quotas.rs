//! `carina quotas`

use clap::Args;

use super::Context;
use crate::{failure::Failure, table::Table};

#[derive(Args)]
pub(crate) struct Quotas {}

impl Quotas {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let quotas = context
            .session
            .ask(async |plane, token| plane.quotas(token).await)
            .await?;
        let table = Table {
            columns: &["MaxClusters", "MaxNodesPerCluster"],
            rows: vec![vec![
                quotas.max_clusters.to_string(),
                quotas.max_nodes_per_cluster.get().to_string(),
            ]],
        };
        context.output().print(&quotas, &table)
    }
}
