//! What the pages show, as data: sent from the server once with the page, and by the live stream
//! after that.

use cluster_api::{Cluster, Event, Snapshot, Timestamp};
use serde::{Deserialize, Serialize};

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The account's name.
    pub username: String,
}

/// Everything the list page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The account's clusters, quotas and choices.
    pub snapshot: Snapshot,
    /// How current that is.
    pub freshness: Freshness,
    /// The server's clock when this was made. Ages are counted from it, so that server and browser
    /// write the same words at first, whatever the browser's clock says.
    pub now: Timestamp,
}

/// Everything the page of one cluster shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterView {
    /// The cluster.
    pub cluster: Cluster,
    /// Its timeline, newest first.
    pub events: Vec<Event>,
    /// The rest of what the list knows: quotas, other clusters, freshness.
    pub overview: Overview,
}

/// How current what is shown is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Freshness {
    /// The watch upstream is up.
    Live {
        /// When it was last heard.
        at: Timestamp,
    },
    /// The control plane does not answer; what is shown was known before.
    Unreachable {
        /// Since when.
        since: Timestamp,
    },
}

/// One message of `/live`, the dashboard's own stream to a tab (Server-Sent Events). The first is a
/// snapshot, always; then whatever changes, complete; and the freshness every 5 s and whenever it
/// changes. The names on the wire are `snapshot`, `cluster`, `event` and `freshness`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(target_family = "wasm"),
    expect(clippy::large_enum_variant, reason = "one at a time, and not for long")
)]
pub enum LiveMessage {
    /// The whole state.
    Snapshot(Snapshot),
    /// The new state of one cluster.
    Cluster(Cluster),
    /// Something was added to a timeline.
    Event(Event),
    /// How current all this is.
    Freshness(Freshness),
}
