//! Flavors: how much memory and processor a node gets.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The size of every node of a cluster. The names are the original's (`container1-4G` was its one
/// flavor); the limits are real ones, enforced by the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum Flavor {
    /// 1 GB of memory, 1 processor.
    #[default]
    #[serde(rename = "container1-1G")]
    Container1G,
    /// 2 GB of memory, 2 processors.
    #[serde(rename = "container1-2G")]
    Container2G,
    /// 4 GB of memory, 4 processors.
    #[serde(rename = "container1-4G")]
    Container4G,
}

/// There is no flavor of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("There is no flavor of that name.")]
pub struct UnknownFlavor;

impl Flavor {
    /// All of them, smallest first.
    pub const ALL: [Self; 3] = [Self::Container1G, Self::Container2G, Self::Container4G];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Container1G => "container1-1G",
            Self::Container2G => "container1-2G",
            Self::Container4G => "container1-4G",
        }
    }

    /// Memory of one node, in GB (2^30 bytes).
    #[must_use]
    pub const fn memory_gb(self) -> u32 {
        match self {
            Self::Container1G => 1,
            Self::Container2G => 2,
            Self::Container4G => 4,
        }
    }

    /// Processors of one node. A host with fewer gives what it has.
    #[must_use]
    pub const fn cpus(self) -> u32 {
        match self {
            Self::Container1G => 1,
            Self::Container2G => 2,
            Self::Container4G => 4,
        }
    }
}

impl fmt::Display for Flavor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Flavor {
    type Err = UnknownFlavor;

    fn from_str(text: &str) -> Result<Self, UnknownFlavor> {
        Self::ALL
            .into_iter()
            .find(|flavor| flavor.name() == text)
            .ok_or(UnknownFlavor)
    }
}
