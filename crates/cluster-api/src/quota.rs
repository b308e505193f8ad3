//! Quotas: how much an account may have.

use serde::{Deserialize, Serialize};

use crate::NodeCount;

/// What an account may have; also what `GET /v2/quotas` answers (the names are the original's).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Quotas {
    /// Clusters in all, those in `error` too.
    pub max_clusters: u32,
    /// Nodes in one cluster.
    pub max_nodes_per_cluster: NodeCount,
}

/// Where clusters come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Provisioning {
    /// Real ones: Docker Engines in containers.
    #[default]
    Docker,
    /// Real ones: machines of a cloud.
    Cloud,
    /// None at all: states without machines behind them, for interface work and load. Every page says
    /// so.
    Simulated,
}

impl Provisioning {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Cloud => "cloud",
            Self::Simulated => "simulated",
        }
    }
}
