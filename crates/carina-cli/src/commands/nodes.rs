//! `carina nodes`, `carina replace` and `carina drain`

use clap::{ArgAction, Args, builder::BoolishValueParser};
use cluster_api::{
    Cluster, Node, NodeId, Offer,
    inside::{NodeDetail, Resources},
};

use super::Context;
use crate::{
    failure::Failure,
    session::Session,
    table::Table,
    wait::{Goal, Wait},
};

#[derive(Args)]
pub(crate) struct Nodes {
    /// Its name or id
    name: String,
}

#[derive(Args)]
pub(crate) struct Replace {
    /// Its name or id
    name: String,

    /// The worker: node-2
    node: String,

    #[command(flatten)]
    wait: Wait,
}

#[derive(Args)]
pub(crate) struct Drain {
    /// Its name or id
    name: String,

    /// The worker: node-2
    node: String,

    /// on, or off: it works again
    #[arg(value_name = "on|off", default_value = "on", action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    on: bool,

    #[command(flatten)]
    wait: Wait,
}

impl Nodes {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let cluster = context.session.cluster(&self.name).await?;
        if !context.session.offers(Offer::Inside) {
            return show_outside(context, &cluster);
        }
        let id = cluster.id;
        let nodes = context
            .session
            .ask(async |plane, token| plane.nodes(token, id).await);
        let nodes = nodes.await?.nodes;
        let table = Table {
            columns: &[
                "Name",
                "Role",
                "State",
                "Engine",
                "Containers",
                "Processors",
                "Memory",
            ],
            rows: nodes.iter().map(row).collect(),
        };
        context.output().print(&nodes, &table)
    }
}

impl Replace {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let session = &context.session;
        let cluster = session.cluster(&self.name).await?;
        let (id, node) = (cluster.id, id_of(session, &cluster, &self.node)?);
        let cluster = session.ask(async |plane, token| plane.replace_node(token, id, node).await);
        context.show(
            &self
                .wait
                .until(Goal::Settled, session, cluster.await?)
                .await?,
        )
    }
}

impl Drain {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let session = &context.session;
        let cluster = session.cluster(&self.name).await?;
        let (id, node, on) = (cluster.id, id_of(session, &cluster, &self.node)?, self.on);
        let cluster = session.ask(async |plane, token| plane.drain_node(token, id, node, on).await);
        context.show(
            &self
                .wait
                .until(Goal::Settled, session, cluster.await?)
                .await?,
        )
    }
}

/// What is known of nodes that cannot be looked into.
fn show_outside(context: &Context, cluster: &Cluster) -> Result<(), Failure> {
    let row = |node: &Node| {
        vec![
            node.name.clone(),
            node.role.word().to_lowercase(),
            node.state.word().to_lowercase(),
            node.address.clone().unwrap_or_else(|| "-".to_owned()),
        ]
    };
    let table = Table {
        columns: &["Name", "Role", "State", "Address"],
        rows: cluster.nodes.iter().map(row).collect(),
    };
    context.output().print(&cluster.nodes, &table)
}

/// The id of a node that is called by its name or id.
pub(super) fn id_of(session: &Session, cluster: &Cluster, name: &str) -> Result<NodeId, Failure> {
    let mut nodes = cluster.nodes.iter();
    let node = nodes.find(|node| node.name == name || node.id.to_string() == name);
    node.map(|node| node.id).ok_or_else(|| {
        let hint = format!("Its nodes: carina nodes {}.", cluster.name);
        session.missing("node", name, hint)
    })
}

fn row(node: &NodeDetail) -> Vec<String> {
    let state = match (&node.unreachable, node.drained) {
        (Some(_), _) => "unreachable",
        (None, true) => "drained",
        (None, false) => node.state.word(),
    };
    let unknown = || "-".to_owned();
    let used = node.last.map(|last| (last.cpus, last.memory_bytes));
    let capacity = |of: fn(Resources) -> String| node.capacity.map_or_else(unknown, of);
    let shared = |used: Option<String>, all: String| match used {
        Some(used) => format!("{used} / {all}"),
        None => all,
    };
    vec![
        node.name.clone(),
        node.role.word().to_lowercase(),
        state.to_lowercase(),
        node.engine_version.clone().unwrap_or_else(unknown),
        node.containers_running
            .map_or_else(unknown, |count| count.to_string()),
        shared(
            used.map(|(cpus, _)| format!("{cpus:.2}")),
            capacity(|it| format!("{}", it.cpus)),
        ),
        shared(
            used.map(|(_, memory)| mebibytes(memory)),
            capacity(|it| mebibytes(it.memory_bytes)),
        ),
    ]
}

fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}
