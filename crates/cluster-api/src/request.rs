//! What is sent to the API.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{AutoscalePolicy, ClusterName, ClusterTypeId, Flavor, Labels, NodeCount};

/// The body of `POST /v2/clusters`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CreateCluster {
    /// Its name.
    pub name: ClusterName,
    /// What it is to be made of.
    #[cfg_attr(feature = "schema", schema(schema_with = crate::schema::type_on_offer))]
    pub cluster_type_id: ClusterTypeId,
    /// How many nodes it is to have.
    #[serde(default = "one")]
    pub node_count: NodeCount,
    /// The size of its nodes; ours, the original has none.
    #[serde(default)]
    pub flavor: Flavor,
    /// What its owner writes on it; ours.
    #[serde(default)]
    pub labels: Labels,
    /// How it scales by itself, if it does; ours.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(schema_with = crate::schema::policy_or_flag))]
    pub autoscale: Option<AutoscalePolicy>,
    /// Whether it is protected against deletion; ours.
    #[serde(default)]
    pub deletion_protection: bool,
}

const fn one() -> NodeCount {
    NodeCount::MIN
}

/// The body of `PATCH /v2/clusters/{id}`: what is not given stays. Ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    feature = "schema",
    derive(utoipa::ToSchema),
    schema(min_properties = 1)
)]
pub struct ClusterChange {
    /// Its name from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<ClusterName>,
    /// Its labels from now on, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Labels>,
    /// Whether it is protected against deletion from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_protection: Option<bool>,
}

/// The body of `POST /v2/clusters/{id}/tasks`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum TaskRequest {
    /// Grow or shrink to an absolute number of nodes.
    Resize {
        /// The new size.
        input: ResizeInput,
    },
    /// Go on with the task that failed, from the step that failed; ours.
    Retry,
    /// Make its swarm and its certificates anew; ours.
    Rebuild,
    /// Make its certificates anew: bundles handed out before are refused. Ours.
    Rotate,
}

/// The input of a resize.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ResizeInput {
    /// How many nodes the cluster is to have afterwards.
    pub node_count: NodeCount,
    /// Of a shrink, the workers that go, by id or name: as many as it has fewer afterwards. Nothing here:
    /// the last ones. Ours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<String>>))]
    pub remove: Vec<String>,
}

/// The body of `POST /v2/clusters/{id}/nodes/{node}/drain`. Ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DrainNode {
    /// Whether it is drained from now on; `false`: it takes work again.
    pub on: bool,
}

/// The header that carries an [`IdempotencyKey`].
pub const IDEMPOTENCY_KEY_HEADER: &str = "idempotency-key";

/// Made once for a form or a command and sent with every try of it, so that a repeated or doubled
/// create makes one cluster. 1 to 64 letters, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdempotencyKey(String);

/// The text cannot be an idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("An idempotency key is 1 to 64 letters, digits, hyphens and underscores.")]
pub struct IdempotencyKeyError;

impl IdempotencyKey {
    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for IdempotencyKey {
    type Error = IdempotencyKeyError;

    fn try_from(text: String) -> Result<Self, IdempotencyKeyError> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if (1..=64).contains(&text.len()) && text.chars().all(allowed) {
            Ok(Self(text))
        } else {
            Err(IdempotencyKeyError)
        }
    }
}

impl From<IdempotencyKey> for String {
    fn from(key: IdempotencyKey) -> Self {
        key.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_create_bodies_are_read() {
        for body in [
            r#"{"name":"c1","cluster_type_id":1,"node_count":1}"#,
            r#"{"name":"c1","cluster_type_id":"1"}"#,
        ] {
            let create: CreateCluster = serde_json::from_str(body).unwrap();
            assert_eq!(create.cluster_type_id, ClusterTypeId(1));
            assert_eq!(create.node_count, NodeCount::MIN);
        }
    }

    #[test]
    fn the_documented_resize_body_is_read() {
        let task: TaskRequest =
            serde_json::from_str(r#"{"type":"resize","input":{"node_count":2}}"#).unwrap();
        let TaskRequest::Resize { input } = task else {
            panic!("not a resize: {task:?}")
        };
        assert_eq!(input.node_count.get(), 2);
        assert!(input.remove.is_empty());
    }
}
