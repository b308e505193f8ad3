//! Curves: what was used over a time, node by node and in all.

use std::collections::BTreeMap;

use cluster_api::{
    ClusterId, Timestamp,
    inside::{ClusterSeries, Metrics, NodeSeries, Point, Resources},
};

use super::find_node;
use crate::{
    metrics::{ClusterLoad, NodeLoad},
    provisioner::node_name,
    service::{Fault, Service},
    store::{Actor, NodePoints, Resolution},
};

/// A time that is looked back on, and how finely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its name on the wire.
    pub name: &'static str,
    seconds: i64,
    resolution: Resolution,
}

/// The windows that there are.
pub const WINDOWS: [Window; 4] = [
    window("5m", 300, Resolution::TenSeconds),
    window("1h", 3_600, Resolution::TenSeconds),
    window("6h", 6 * 3_600, Resolution::Minute),
    window("24h", 24 * 3_600, Resolution::FiveMinutes),
];

const fn window(name: &'static str, seconds: i64, resolution: Resolution) -> Window {
    Window {
        name,
        seconds,
        resolution,
    }
}

impl Service {
    /// What a cluster and its nodes used, over time; of one node alone, if it is named.
    ///
    /// # Errors
    /// As [`Service::nodes`]; no such node.
    pub async fn metrics(
        &self,
        actor: &Actor,
        id: ClusterId,
        window: Window,
        node: Option<&str>,
    ) -> Result<Metrics, Fault> {
        let record = self.owned(actor, id).await?;
        let only = node.map(|name| find_node(&record, name)).transpose()?;
        let to = self.clock.now();
        let resolution_s = window.resolution.seconds();
        let from = begin_of(to, window)?;
        let metrics = &self.insight.metrics;
        let series = metrics.since(id, window.resolution, from).await?;
        let load = metrics.load(id);
        let cluster = ClusterSeries {
            capacity: total(load.as_ref(), |node| node.capacity),
            reserved: total(load.as_ref(), |node| node.reserved),
            waiting: load.as_ref().and_then(|load| load.waiting),
            points: sum(&series),
        };
        let known = |id| load.as_ref()?.nodes.iter().find(|node| node.id == id);
        let nodes = series
            .into_iter()
            .filter(|series| only.is_none_or(|node| node.id == series.node_id))
            .map(|series| NodeSeries {
                id: series.node_id,
                name: node_name(series.ordinal),
                capacity: known(series.node_id).and_then(|node| node.capacity),
                reserved: known(series.node_id).and_then(|node| node.reserved),
                points: series.points,
            })
            .collect();
        Ok(Metrics {
            window: window.name.to_owned(),
            resolution_s,
            from,
            to,
            cluster,
            nodes,
        })
    }
}

/// When a window begins that ends now: on a full interval, so that the first point is a whole one.
fn begin_of(now: Timestamp, window: Window) -> Result<Timestamp, Fault> {
    let length = i64::from(window.resolution.seconds());
    let begin = (now.as_second() - window.seconds).div_euclid(length) * length;
    Timestamp::from_second(begin).map_err(|error| Fault::Internal(error.into()))
}

/// The sum of an amount over all nodes; None: of none is it known.
fn total(
    load: Option<&ClusterLoad>,
    amount: impl Fn(&NodeLoad) -> Option<Resources>,
) -> Option<Resources> {
    load?
        .nodes
        .iter()
        .filter_map(amount)
        .reduce(|one, other| Resources {
            cpus: one.cpus + other.cpus,
            memory_bytes: one.memory_bytes.saturating_add(other.memory_bytes),
        })
}

/// What all nodes together used.
fn sum(series: &[NodePoints]) -> Vec<Point> {
    let mut sums: BTreeMap<Timestamp, Point> = BTreeMap::new();
    for point in series.iter().flat_map(|series| &series.points) {
        let part = Point {
            cpus_max: None,
            memory_bytes_max: None,
            ..*point
        };
        sums.entry(point.at)
            .and_modify(|sum| {
                sum.cpus += part.cpus;
                sum.memory_bytes = sum.memory_bytes.saturating_add(part.memory_bytes);
                sum.rx_bytes_per_s = sum.rx_bytes_per_s.saturating_add(part.rx_bytes_per_s);
                sum.tx_bytes_per_s = sum.tx_bytes_per_s.saturating_add(part.tx_bytes_per_s);
            })
            .or_insert(part);
    }
    sums.into_values().collect()
}
