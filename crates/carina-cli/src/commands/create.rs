//! `carina create`

use std::collections::BTreeMap;

use clap::Args;
use cluster_api::{
    AutoscalePolicy, ClusterName, ClusterType, CreateCluster, Flavor, IdempotencyKey, Labels,
    NodeCount, client::ControlPlane,
};

use super::{Context, templates};
use crate::{
    failure::Failure,
    wait::{Goal, Wait},
};

#[derive(Args)]
pub(crate) struct Create {
    /// Its name: lower-case letters, digits and hyphens
    name: String,

    /// How many nodes it has
    #[arg(long, alias = "segments", value_name = "N", default_value = "1", value_parser = node_count)]
    nodes: NodeCount,

    /// It grows and shrinks by itself
    #[arg(long)]
    autoscale: bool,

    /// With --autoscale: never fewer nodes [default: as many as it has]
    #[arg(long, value_name = "N", value_parser = node_count, requires = "autoscale")]
    min: Option<NodeCount>,

    /// With --autoscale: never more nodes [default: the quota]
    #[arg(long, value_name = "N", value_parser = node_count, requires = "autoscale")]
    max: Option<NodeCount>,

    /// The size of its nodes: container1-1G, container1-2G or container1-4G [default: container1-1G]
    #[arg(long, value_parser = flavor, value_name = "FLAVOR")]
    flavor: Option<Flavor>,

    /// What it is made of, by name; * stands for anything [default: the first there is]
    #[arg(long, short, value_name = "PATTERN")]
    template: Option<String>,

    /// A label; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = label)]
    label: Vec<(String, String)>,

    /// It is protected against deletion
    #[arg(long)]
    protect: bool,

    #[command(flatten)]
    wait: Wait,
}

impl Create {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let name = ClusterName::try_from(self.name.clone());
        let labels = Labels::try_from(self.label.into_iter().collect::<BTreeMap<_, _>>());
        let wished = CreateCluster {
            name: name.map_err(|rule| Failure::Usage(rule.to_string()))?,
            labels: labels.map_err(|rule| Failure::Usage(rule.to_string()))?,
            cluster_type_id: match &self.template {
                Some(pattern) => templates::the_one(context, pattern).await?.id,
                None => ClusterType::swarm().id,
            },
            node_count: self.nodes,
            flavor: self.flavor.unwrap_or_default(),
            autoscale: self.autoscale.then(|| AutoscalePolicy {
                max: self.max,
                ..AutoscalePolicy::of_size(self.min.unwrap_or(self.nodes))
            }),
            deletion_protection: self.protect,
        };
        // The same for every try of this command: there is never a second cluster.
        let key = IdempotencyKey::try_from(uuid::Uuid::new_v4().to_string())
            .map_err(|error| Failure::Inside(error.to_string()))?;
        let session = &context.session;
        let made = session.ask(async |plane, token| plane.create(token, &wished, &key).await);
        let cluster = self.wait.until(Goal::Settled, session, made.await?).await?;
        context.show(&cluster)
    }
}

/// Reads a number of nodes.
pub(super) fn node_count(text: &str) -> Result<NodeCount, String> {
    NodeCount::try_from(text).map_err(|error| error.to_string())
}

fn flavor(text: &str) -> Result<Flavor, String> {
    text.parse().map_err(|_| {
        let names = Flavor::ALL.map(Flavor::name);
        format!("there are {}", names.join(", "))
    })
}

/// Reads `KEY=VALUE`.
pub(super) fn label(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(key, _)| !key.is_empty());
    pair.map(|(key, value)| (key.to_owned(), value.to_owned()))
        .ok_or_else(|| "a label is KEY=VALUE".to_owned())
}
