//! Cluster types: what a cluster can be made of ("template" to the original command).

use serde::{Deserialize, Deserializer, Serialize};

use crate::Flavor;

/// Names a cluster type. A JSON number; a numeric string is accepted too, as the original's
/// documentation showed both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ClusterTypeId(pub i64);

impl<'de> Deserialize<'de> for ClusterTypeId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Number(i64),
            Text(String),
        }
        match Either::deserialize(deserializer)? {
            Either::Number(number) => Ok(Self(number)),
            Either::Text(text) => text.parse().map(Self).map_err(serde::de::Error::custom),
        }
    }
}

/// A kind of cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ClusterType {
    /// Its identity.
    pub id: ClusterTypeId,
    /// Its name, as the original command matches it: `Swarm on Docker Engine`.
    pub name: String,
    /// The container orchestration engine: `swarm`.
    pub coe: String,
    /// What a node is: `container`.
    pub host_type: String,
    /// New clusters may be made of it.
    pub active: bool,
    /// The flavors that its nodes may have; ours, not the original's.
    #[serde(default)]
    pub flavors: Vec<Flavor>,
}

impl ClusterType {
    /// The one type there is today: a Docker Swarm whose nodes are containers.
    #[must_use]
    pub fn swarm() -> Self {
        Self {
            id: ClusterTypeId(1),
            name: "Swarm on Docker Engine".to_owned(),
            coe: "swarm".to_owned(),
            host_type: "container".to_owned(),
            active: true,
            flavors: Flavor::ALL.to_vec(),
        }
    }
}

/// What `GET /v2/cluster_types` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ClusterTypeList {
    /// All types, those no longer offered too.
    pub cluster_types: Vec<ClusterType>,
}
