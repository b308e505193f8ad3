//! `carina events`

use std::collections::BTreeSet;

use clap::Args;
use cluster_api::{ClusterId, Event, EventId, EventQuery, WatchMessage};

use super::{Context, watch};
use crate::{
    failure::Failure,
    table::{Table, one_line},
};

/// The most that the API gives at once.
const PAGE: u32 = 500;

#[derive(Args)]
pub(crate) struct Events {
    /// Its name or id
    name: String,

    /// Show what comes, too, until the cluster is gone
    #[arg(long, short)]
    follow: bool,

    /// Only the last so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
}

impl Events {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let cluster = context.session.cluster(&self.name).await?;
        let events = last(context, cluster.id, self.limit).await?;
        if !self.follow {
            let table = Table {
                columns: &["Time", "Kind", "What"],
                rows: events.iter().map(|event| cells(event).to_vec()).collect(),
            };
            return context.output().print(&events, &table);
        }
        let newest = events
            .iter()
            .map(|event| event.id)
            .max()
            .unwrap_or(cluster.version);
        let mut shown = BTreeSet::new();
        for event in events {
            show(context, &event)?;
            shown.insert(event.id);
        }
        watch::follow(
            context,
            Some(newest.max(EventId(0))),
            |message| match message {
                WatchMessage::Event(event)
                    if event.cluster_id == cluster.id && !shown.contains(&event.id) =>
                {
                    show(context, &event).map(|()| true)
                }
                WatchMessage::Cluster(changed) if changed.id == cluster.id => {
                    Ok(changed.status != cluster_api::ClusterStatus::Deleted)
                }
                _ => Ok(true),
            },
        )
        .await
    }
}

/// The last events of a cluster, the oldest of them first.
async fn last(context: &Context, id: ClusterId, limit: u32) -> Result<Vec<Event>, Failure> {
    let mut events: Vec<Event> = Vec::new();
    let mut marker = None;
    while events.len() < limit as usize {
        let missing = limit - u32::try_from(events.len()).unwrap_or(limit);
        let query = EventQuery {
            limit: Some(missing.min(PAGE)),
            marker,
        };
        let page = context
            .session
            .ask(async |plane, token| plane.page_of_events(token, id, &query).await)
            .await?;
        events.extend(page.events);
        marker = page.next;
        if marker.is_none() {
            break;
        }
    }
    events.reverse();
    Ok(events)
}

fn show(context: &Context, event: &Event) -> Result<(), Failure> {
    let [time, kind, what] = cells(event);
    context.output().print_next(
        event,
        &format!("{time}  {kind:<9}  {what}"),
        event.kind.as_str(),
    )
}

/// When, what sort of thing, and what.
pub(super) fn cells(event: &Event) -> [String; 3] {
    let mut what = one_line(&event.message);
    if let Some(ms) = event.duration_ms {
        what.push_str(&format!(" ({}.{} s)", ms / 1000, ms % 1000 / 100));
    }
    if let (true, Some(detail)) = (event.kind.is_bad(), &event.detail) {
        what.push_str(": ");
        what.push_str(&one_line(detail));
    }
    [
        format!("{:.0}", event.at),
        event.kind.as_str().to_owned(),
        what,
    ]
}
