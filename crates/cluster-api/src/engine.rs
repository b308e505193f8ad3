//! The engine that nodes run on, for those who run the installation.

use serde::{Deserialize, Serialize};

use crate::{Provisioning, Timestamp};

/// What `GET /v2/health/engine` answers. Admins only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EngineHealth {
    /// Where clusters come from.
    pub provisioning: Provisioning,
    /// Whether the engine answers now.
    pub reachable: bool,
    /// Since when it does not, as far as anybody looked; None: it answers.
    pub unreachable_since: Option<Timestamp>,
    /// Why it does not, in a sentence; None: it answers.
    pub reason: Option<String>,
    /// Its version; None: it does not answer.
    pub version: Option<String>,
    /// The containers on it that belong to this installation, running or not; None: it does not answer.
    pub containers: Option<u64>,
    /// The networks on it that belong to this installation; None: it does not answer.
    pub networks: Option<u64>,
    /// When it was last searched for what belongs to no cluster any more; None: not since the start.
    pub last_sweep: Option<Timestamp>,
    /// When the nodes were last looked at from outside; None: not since the start.
    pub last_look: Option<Timestamp>,
}
