//! `carina autoscale`

use clap::{Args, builder::BoolishValueParser};
use cluster_api::{Autoscale as State, AutoscaleChange, NodeCount};

use super::{Context, create::node_count};
use crate::{failure::Failure, table::Table};

#[derive(Args)]
pub(crate) struct Autoscale {
    /// Its name or id
    name: String,

    /// on or off; without it, how it scales is shown
    #[arg(value_name = "on|off", value_parser = BoolishValueParser::new())]
    on: Option<bool>,

    /// Never fewer nodes
    #[arg(long, value_name = "N", value_parser = node_count, requires = "on")]
    min: Option<NodeCount>,

    /// Never more nodes; the quota holds too
    #[arg(long, value_name = "N", value_parser = node_count, requires = "on")]
    max: Option<NodeCount>,
}

impl Autoscale {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let session = &context.session;
        let cluster = session.cluster(&self.name).await?;
        let id = cluster.id;
        let Some(enabled) = self.on else {
            let state = session
                .ask(async |plane, token| plane.autoscale(token, id).await)
                .await?;
            return context
                .output()
                .print(&state, &table(cluster.name.as_str(), &state));
        };
        let mut policy = None;
        if self.min.is_some() || self.max.is_some() {
            let state = session
                .ask(async |plane, token| plane.autoscale(token, id).await)
                .await?;
            let mut changed = state.policy;
            changed.min = self.min.unwrap_or(changed.min);
            changed.max = self.max.or(changed.max);
            policy = Some(changed);
        }
        let change = AutoscaleChange { enabled, policy };
        session
            .ask(async |plane, token| plane.set_autoscale(token, id, &change).await)
            .await?;
        let cluster = session
            .ask(async |plane, token| plane.cluster(token, id).await)
            .await?;
        context.show(&cluster)
    }
}

fn table(name: &str, state: &State) -> Table {
    let State {
        enabled, policy, ..
    } = state;
    let max = policy
        .max
        .map_or_else(|| "quota".to_owned(), |max| max.get().to_string());
    Table {
        columns: &["ClusterName", "AutoScale", "Min", "Max", "Found"],
        rows: vec![vec![
            name.to_owned(),
            enabled.to_string(),
            policy.min.get().to_string(),
            max,
            state.found.clone().unwrap_or_else(|| "-".to_owned()),
        ]],
    }
}
