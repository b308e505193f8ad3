//! `carina watch`

use std::{collections::BTreeMap, time::Duration};

use clap::Args;
use cluster_api::{ClusterId, ClusterStatus, EventId, Problem, WatchMessage};
use futures::StreamExt;
use tokio::time::sleep;

use super::{Context, events};
use crate::failure::Failure;

/// After a stream broke off, before the next try.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Args)]
pub(crate) struct Watch {
    /// Only this cluster, by name or id, until it is gone
    name: Option<String>,
}

impl Watch {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let only = match &self.name {
            Some(name) => Some(context.session.cluster(name).await?.id),
            None => None,
        };
        let is_wanted = |id: ClusterId| only.is_none_or(|only| only == id);
        let mut names = BTreeMap::new();
        follow(context, None, |message| match message {
            WatchMessage::Snapshot(snapshot) => {
                names = snapshot
                    .clusters
                    .into_iter()
                    .map(|it| (it.id, it.name.to_string()))
                    .collect();
                Ok(only.is_none_or(|only| names.contains_key(&only)))
            }
            WatchMessage::Cluster(cluster) if is_wanted(cluster.id) => {
                names.insert(cluster.id, cluster.name.to_string());
                Ok(only.is_none() || cluster.status != ClusterStatus::Deleted)
            }
            WatchMessage::Event(event) if is_wanted(event.cluster_id) => {
                let unknown = event.cluster_id.to_string();
                let name = names.get(&event.cluster_id).unwrap_or(&unknown);
                let [time, kind, what] = events::cells(&event);
                let line = format!("{time}  {name}  {kind:<9}  {what}");
                context
                    .output()
                    .print_next(&event, &line, name)
                    .map(|()| true)
            }
            _ => Ok(true),
        })
        .await
    }
}

/// Passes on what comes, from after `last` if given, until `take` has enough.
pub(super) async fn follow(
    context: &Context,
    mut last: Option<EventId>,
    mut take: impl FnMut(WatchMessage) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    loop {
        let watch = context
            .session
            .ask(async |plane, token| plane.watch(token, last).await);
        match watch.await {
            Ok(mut watch) => {
                while let Some(Ok(message)) = watch.next().await {
                    last = last.max(message.id());
                    if !take(message)? {
                        return Ok(());
                    }
                }
            }
            // It went away while somebody watched; that it never was there is told at once.
            Err(Failure::Refused {
                problem: Problem::Unreachable,
                ..
            }) if last.is_some() => {}
            Err(failure) => return Err(failure),
        }
        sleep(PAUSE).await;
    }
}
