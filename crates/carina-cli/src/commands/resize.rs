//! `carina grow` and `carina resize`

use clap::Args;
use cluster_api::{Cluster, NodeCount, NodeId};

use super::{
    Context,
    create::{fits, nodes_anywhere},
    nodes,
};
use crate::{
    failure::Failure,
    wait::{Goal, Wait},
};

#[derive(Args)]
pub(crate) struct Grow {
    /// Its name or id
    name: String,

    /// How many nodes are added
    #[arg(long, visible_alias = "nodes", value_name = "N", value_parser = nodes_anywhere)]
    by: NodeCount,

    #[command(flatten)]
    wait: Wait,
}

#[derive(Args)]
pub(crate) struct Resize {
    /// Its name or id
    name: String,

    /// How many nodes it has afterwards
    #[arg(long, value_name = "N", value_parser = nodes_anywhere)]
    nodes: NodeCount,

    /// A worker that goes, by name or id, rather than the last one; may be given several times
    #[arg(long, value_name = "NODE")]
    remove: Vec<String>,

    #[command(flatten)]
    wait: Wait,
}

impl Grow {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let cluster = context.session.cluster(&self.name).await?;
        let sum = cluster.node_count.get().saturating_add(self.by.get());
        let nodes = NodeCount::of_a_cloud(sum);
        resize(context, cluster, nodes, &[], &self.wait).await
    }
}

impl Resize {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let cluster = context.session.cluster(&self.name).await?;
        let session = &context.session;
        let remove = self.remove.iter();
        let remove = remove.map(|node| nodes::id_of(session, &cluster, node));
        let remove = remove.collect::<Result<Vec<_>, _>>()?;
        resize(context, cluster, self.nodes, &remove, &self.wait).await
    }
}

async fn resize(
    context: &Context,
    cluster: Cluster,
    nodes: NodeCount,
    remove: &[NodeId],
    wait: &Wait,
) -> Result<(), Failure> {
    let session = &context.session;
    fits(session, nodes)?;
    let id = cluster.id;
    session
        .ask(async |plane, token| plane.shrink(token, id, nodes, remove).await)
        .await?;
    let cluster = session
        .ask(async |plane, token| plane.cluster(token, id).await)
        .await?;
    context.show(&wait.until(Goal::Settled, session, cluster).await?)
}
