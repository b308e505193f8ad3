//! `carina rename`, `carina labels` and `carina protect`

use std::collections::BTreeMap;

use clap::{ArgAction, Args, builder::BoolishValueParser};
use cluster_api::{Cluster, ClusterChange, ClusterName, Labels as Written};

use super::{Context, create::label};
use crate::{failure::Failure, table::Table};

#[derive(Args)]
pub(crate) struct Rename {
    /// Its name or id
    name: String,

    /// Its name from now on
    new_name: String,
}

#[derive(Args)]
pub(crate) struct Labels {
    /// Its name or id
    name: String,

    /// What is written on it, and KEY- for what is taken off; without any, its labels are shown
    #[arg(value_name = "KEY=VALUE|KEY-")]
    changes: Vec<String>,
}

#[derive(Args)]
pub(crate) struct Protect {
    /// Its name or id
    name: String,

    /// on or off
    #[arg(value_name = "on|off", default_value = "on", action = ArgAction::Set, value_parser = BoolishValueParser::new())]
    on: bool,
}

impl Rename {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let name = ClusterName::try_from(self.new_name);
        let change = ClusterChange {
            name: Some(name.map_err(|rule| Failure::Usage(rule.to_string()))?),
            ..ClusterChange::default()
        };
        context.show(&changed(context, &self.name, |_| Ok(change)).await?)
    }
}

impl Protect {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let change = ClusterChange {
            deletion_protection: Some(self.on),
            ..ClusterChange::default()
        };
        context.show(&changed(context, &self.name, |_| Ok(change)).await?)
    }
}

impl Labels {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let cluster = if self.changes.is_empty() {
            context.session.cluster(&self.name).await?
        } else {
            let labels = |cluster: &Cluster| {
                Ok(ClusterChange {
                    labels: Some(with(&cluster.labels, &self.changes)?),
                    ..ClusterChange::default()
                })
            };
            changed(context, &self.name, labels).await?
        };
        let labels = cluster.labels.as_map();
        let table = Table {
            columns: &["Key", "Value"],
            rows: labels
                .iter()
                .map(|(key, value)| vec![key.clone(), value.clone()])
                .collect(),
        };
        context.output().print(labels, &table)
    }
}

async fn changed(
    context: &Context,
    name: &str,
    change: impl FnOnce(&Cluster) -> Result<ClusterChange, Failure>,
) -> Result<Cluster, Failure> {
    let cluster = context.session.cluster(name).await?;
    let change = change(&cluster)?;
    let session = &context.session;
    session
        .ask(async |plane, token| plane.change(token, cluster.id, &change).await)
        .await
}

fn with(labels: &Written, changes: &[String]) -> Result<Written, Failure> {
    let mut map: BTreeMap<String, String> = labels.as_map().clone();
    for change in changes {
        match change.strip_suffix('-').filter(|key| !key.contains('=')) {
            Some(key) => drop(map.remove(key)),
            None => {
                let (key, value) = label(change).map_err(|_| {
                    Failure::Usage(format!("A change is KEY=VALUE or KEY-, not {change:?}."))
                })?;
                map.insert(key, value);
            }
        }
    }
    Written::try_from(map).map_err(|rule| Failure::Usage(rule.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_written_and_taken_off() {
        let change = |labels: &Written, changes: &[&str]| {
            let changes: Vec<_> = changes.iter().map(|&change| change.to_owned()).collect();
            with(labels, &changes)
        };
        let some = change(&Written::default(), &["env=prod", "team=a=b", "old=-"]).unwrap();
        let less = change(&some, &["env-", "nothing-"]).unwrap();
        let pairs: Vec<_> = less.as_map().iter().collect();
        assert_eq!(format!("{pairs:?}"), r#"[("old", "-"), ("team", "a=b")]"#);
        assert!(change(&some, &["env"]).is_err());
        assert!(change(&some, &["a b=c"]).is_err());
    }
}
