//! Looking inside clusters.

use std::future::ready;

use async_trait::async_trait;
use eventsource_stream::Event;
use futures::StreamExt;
use secrecy::SecretString;
use serde::Deserialize;

use super::{
    HttpControlPlane,
    address::{Address, escaped},
    answer::decode,
};
use crate::{
    ClusterId, Problem,
    client::{InsideApi, LogItem, LogQuery, Logs, Tail},
    inside::{ContainerList, Metrics, MetricsWindow, NodeList, ServiceList},
};

#[async_trait]
impl InsideApi for HttpControlPlane {
    async fn nodes(&self, token: &SecretString, id: ClusterId) -> Result<NodeList, Problem> {
        self.get(token, &format!("/v2/clusters/{id}/nodes")).await
    }

    async fn containers(
        &self,
        token: &SecretString,
        id: ClusterId,
    ) -> Result<ContainerList, Problem> {
        self.get(token, &format!("/v2/clusters/{id}/containers"))
            .await
    }

    async fn services(&self, token: &SecretString, id: ClusterId) -> Result<ServiceList, Problem> {
        self.get(token, &format!("/v2/clusters/{id}/services"))
            .await
    }

    async fn metrics(
        &self,
        token: &SecretString,
        id: ClusterId,
        window: MetricsWindow,
        node: Option<&str>,
    ) -> Result<Metrics, Problem> {
        let address = Address::new(format!("/v2/clusters/{id}/metrics"))
            .with("window", window.as_str())
            .with_some("node", node);
        self.get(token, address.as_str()).await
    }

    async fn logs(
        &self,
        token: &SecretString,
        id: ClusterId,
        container: &str,
        query: &LogQuery,
    ) -> Result<Logs, Problem> {
        let container = escaped(container);
        let mut address = Address::new(format!("/v2/clusters/{id}/containers/{container}/logs"))
            .with("follow", query.follow)
            .with("stdout", query.stdout)
            .with("stderr", query.stderr)
            .with_some("since", query.since)
            .with_some("node", query.node.as_ref());
        address = match query.tail {
            Tail::Usual => address,
            Tail::Last(lines) => address.with("tail", lines),
            Tail::All => address.with("tail", "all"),
        };
        let events = self
            .event_stream(token, address.as_str(), query.after.as_deref())
            .await?;
        Ok(Box::pin(events.filter_map(|event| {
            ready(event.and_then(item).transpose())
        })))
    }
}

/// Reads what comes of a log. None for what this version does not know.
fn item(event: Event) -> Result<Option<LogItem>, Problem> {
    #[derive(Deserialize)]
    struct End {
        reason: Option<String>,
    }
    let data = event.data.as_bytes();
    Ok(match event.event.as_str() {
        "line" => Some(LogItem::Line {
            place: Some(event.id).filter(|place| !place.is_empty()),
            line: decode(data)?,
        }),
        "end" => {
            let End { reason } = decode(data)?;
            Some(LogItem::End { reason })
        }
        _ => None,
    })
}
