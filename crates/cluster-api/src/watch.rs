//! The watch stream: an account's clusters, kept current by messages.
//!
//! `GET /v2/watch` answers Server-Sent Events. Each message has an event name (`snapshot`, `cluster`,
//! `event`, `heartbeat`), JSON data and, but for heartbeats, an id to resume from with
//! `Last-Event-ID`. Every `cluster` is complete: a reader replaces the row it has when the version is
//! higher, and never merges.

use serde::{Deserialize, Serialize};

use crate::{Cluster, ClusterType, Event, EventId, Problem, Provisioning, Quotas};

/// All that a list page shows, at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Snapshot {
    /// Everything up to this journal entry is in it.
    pub version: EventId,
    /// All clusters of the account, newest first.
    pub clusters: Vec<Cluster>,
    /// What the account may have.
    pub quotas: Quotas,
    /// What clusters can be made of.
    pub cluster_types: Vec<ClusterType>,
    /// Where clusters come from.
    pub provisioning: Provisioning,
}

impl Snapshot {
    /// Takes a newer state of a cluster in: replaces its row, adds it in front, or drops it once it
    /// is deleted. A row that is not newer changes nothing.
    pub fn take_in(&mut self, cluster: Cluster) {
        use crate::ClusterStatus::Deleted;
        self.version = self.version.max(cluster.version);
        match self
            .clusters
            .iter()
            .position(|known| known.id == cluster.id)
        {
            Some(at) if self.clusters[at].version >= cluster.version => {}
            Some(at) if cluster.status == Deleted => {
                self.clusters.remove(at);
            }
            Some(at) => self.clusters[at] = cluster,
            None if cluster.status == Deleted => {}
            None => self.clusters.insert(0, cluster),
        }
    }

    /// Whether one more cluster may be made.
    ///
    /// # Errors
    /// [`Problem::QuotaClusters`] when the account has as many as it may have.
    pub fn can_create(&self) -> Result<(), Problem> {
        let limit = self.quotas.max_clusters;
        if self.clusters.len() >= limit as usize {
            return Err(Problem::QuotaClusters { limit });
        }
        Ok(())
    }
}

/// One message of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(target_family = "wasm"),
    expect(
        clippy::large_enum_variant,
        reason = "messages are made, passed on once and dropped"
    )
)]
pub enum WatchMessage {
    /// The whole state; the first message unless the reader resumed.
    Snapshot(Snapshot),
    /// The new state of one cluster.
    Cluster(Cluster),
    /// Something was added to a timeline.
    Event(Event),
    /// Nothing happened; the connection is alive. Every 15 s.
    Heartbeat,
}

impl WatchMessage {
    /// The event name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Snapshot(_) => "snapshot",
            Self::Cluster(_) => "cluster",
            Self::Event(_) => "event",
            Self::Heartbeat => "heartbeat",
        }
    }

    /// The id to resume after.
    #[must_use]
    pub const fn id(&self) -> Option<EventId> {
        match self {
            Self::Snapshot(snapshot) => Some(snapshot.version),
            Self::Cluster(cluster) => Some(cluster.version),
            Self::Event(event) => Some(event.id),
            Self::Heartbeat => None,
        }
    }

    /// The data on the wire.
    ///
    /// # Errors
    /// None in practice: all of these types have a JSON form.
    pub fn to_json(&self) -> serde_json::Result<String> {
        match self {
            Self::Snapshot(snapshot) => serde_json::to_string(snapshot),
            Self::Cluster(cluster) => serde_json::to_string(cluster),
            Self::Event(event) => serde_json::to_string(event),
            Self::Heartbeat => Ok("{}".to_owned()),
        }
    }

    /// Reads a message back. None for a name this version does not know: newer servers may say more.
    ///
    /// # Errors
    /// The data is not what the name promises.
    pub fn from_parts(name: &str, data: &str) -> serde_json::Result<Option<Self>> {
        Ok(Some(match name {
            "snapshot" => Self::Snapshot(serde_json::from_str(data)?),
            "cluster" => Self::Cluster(serde_json::from_str(data)?),
            "event" => Self::Event(serde_json::from_str(data)?),
            "heartbeat" => Self::Heartbeat,
            _ => return Ok(None),
        }))
    }
}
