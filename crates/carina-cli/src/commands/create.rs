//! `carina create`

use std::collections::BTreeMap;

use clap::Args;
use cluster_api::{
    AutoscalePolicy, Cluster, ClusterName, ClusterType, CreateCluster, Flavor, FromTemplate,
    IdempotencyKey, Labels, NodeCount, NodeCountError, Offer,
};

use super::{Context, templates};
use crate::{
    failure::Failure,
    output::say,
    session::Session,
    wait::{Goal, Wait},
};

/// The most that clouds are asked for: what `carina quotas` says of one.
const MOST_IN_CLOUD: u32 = 1000;

#[derive(Args)]
pub(crate) struct Create {
    /// Its name: lower-case letters, digits and hyphens
    name: String,

    /// How many nodes it has
    #[arg(long, alias = "segments", value_name = "N", default_value = "1", value_parser = nodes_anywhere)]
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

    /// The size of its nodes: container1-1G, container1-2G or container1-4G [default: container1-1G]; in a
    /// cloud, a flavor of its workers [default: the template's]
    #[arg(long, value_name = "FLAVOR")]
    flavor: Option<String>,

    /// In a cloud: the key pair that opens its machines [default: the template's]
    #[arg(long, value_name = "NAME")]
    keypair: Option<String>,

    /// What it is made of, by name; * stands for anything [default: the only one there is]
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
    pub(crate) async fn run(mut self, context: &Context) -> Result<(), Failure> {
        let name = ClusterName::try_from(std::mem::take(&mut self.name));
        let name = name.map_err(|rule| Failure::Usage(rule.to_string()))?;
        let labels = std::mem::take(&mut self.label);
        let labels = Labels::try_from(labels.into_iter().collect::<BTreeMap<_, _>>());
        let labels = labels.map_err(|rule| Failure::Usage(rule.to_string()))?;
        // The same for every try of this command: there is never a second cluster.
        let key = IdempotencyKey::try_from(uuid::Uuid::new_v4().to_string())
            .map_err(|error| Failure::Inside(error.to_string()))?;
        let made = if context.session.offers(Offer::Templates) {
            self.in_cloud(context, name, labels, &key).await?
        } else {
            self.of_type(context, name, labels, &key).await?
        };
        let session = &context.session;
        let cluster = self.wait.until(Goal::Settled, session, made).await?;
        context.show(&cluster)
    }

    async fn of_type(
        &self,
        context: &Context,
        name: ClusterName,
        labels: Labels,
        key: &IdempotencyKey,
    ) -> Result<Cluster, Failure> {
        fits(&context.session, self.nodes)?;
        if self.keypair.is_some() {
            context.session.need(Offer::Templates)?;
        }
        let flavor = self.flavor.as_deref().map(flavor).transpose();
        let wished = CreateCluster {
            name,
            labels,
            cluster_type_id: match &self.template {
                Some(pattern) => templates::the_one(context, pattern).await?.id,
                None => ClusterType::swarm().id,
            },
            node_count: self.nodes,
            flavor: flavor?.unwrap_or_default(),
            autoscale: self.autoscale.then(|| AutoscalePolicy {
                max: self.max,
                ..AutoscalePolicy::of_size(self.min.unwrap_or(self.nodes))
            }),
            deletion_protection: self.protect,
        };
        let session = &context.session;
        session
            .ask(async |plane, token| plane.create(token, &wished, key).await)
            .await
    }

    /// In a cloud. One of the nodes is the manager.
    async fn in_cloud(
        &self,
        context: &Context,
        name: ClusterName,
        labels: Labels,
        key: &IdempotencyKey,
    ) -> Result<Cluster, Failure> {
        let session = &context.session;
        if self.autoscale {
            session.need(Offer::Autoscale)?;
        }
        if self.protect {
            session.need(Offer::Change)?;
        }
        let template = templates::of_cloud(context, self.template.as_deref()).await?;
        let wished = FromTemplate {
            name,
            template: template.id,
            managers: 1,
            workers: self.nodes.get() - 1,
            flavor: self.flavor.clone(),
            manager_flavor: None,
            keypair: self.keypair.clone(),
            network: None,
            labels: labels.into(),
        };
        session
            .ask(async |plane, token| {
                if plane.membership(token).is_some_and(|it| it.is_restricted) {
                    say(
                        "The application credential is restricted; clouds that make one for each cluster fail with it.",
                    );
                }
                plane.create_from(token, &wished, key).await
            })
            .await
    }
}

/// Reads a number of nodes.
pub(super) fn node_count(text: &str) -> Result<NodeCount, String> {
    NodeCount::try_from(text).map_err(|error| error.to_string())
}

/// Reads a number of nodes, which may be larger in a cloud.
pub(super) fn nodes_anywhere(text: &str) -> Result<NodeCount, String> {
    let in_cloud = text.trim().parse().ok();
    let in_cloud = in_cloud.filter(|number| (1..=MOST_IN_CLOUD).contains(number));
    in_cloud.map_or_else(
        || node_count(text),
        |number| Ok(NodeCount::of_a_cloud(number)),
    )
}

/// Whether clusters of the control plane may have so many nodes at all.
pub(super) fn fits(session: &Session, nodes: NodeCount) -> Result<(), Failure> {
    if nodes <= NodeCount::MAX || session.offers(Offer::Templates) {
        return Ok(());
    }
    Err(Failure::Usage(NodeCountError.to_string()))
}

fn flavor(text: &str) -> Result<Flavor, Failure> {
    text.parse().map_err(|_| {
        let names = Flavor::ALL.map(Flavor::name);
        Failure::Usage(format!(
            "There is no flavor {text:?}: there are {}.",
            names.join(", ")
        ))
    })
}

/// Reads `KEY=VALUE`.
pub(super) fn label(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(key, _)| !key.is_empty());
    pair.map(|(key, value)| (key.to_owned(), value.to_owned()))
        .ok_or_else(|| "a label is KEY=VALUE".to_owned())
}
