//! What Magnum writes, the parts that are read. Everything may be missing but what names a thing: clouds
//! run releases from 18.0 on.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use crate::{
    CloudFacts, ClusterId, ClusterStatus, Health, NodeRole, Nodegroup, NodegroupId, Taint,
    TaintEffect, Template, TemplateId, Timestamp,
};

/// A value that may be null where it is not known.
fn or_default<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// The values of a map, as text whatever they are.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let map = Option::<BTreeMap<String, serde_json::Value>>::deserialize(deserializer)?;
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        serde_json::Value::Null => String::new(),
        value => value.to_string(),
    };
    Ok(map
        .unwrap_or_default()
        .into_iter()
        .map(|(key, value)| (key, text(value)))
        .collect())
}

/// A cluster.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ClusterBody {
    pub(super) uuid: ClusterId,
    pub(super) name: String,
    pub(super) cluster_template_id: TemplateId,
    #[serde(default)]
    pub(super) keypair: Option<String>,
    #[serde(default)]
    pub(super) node_count: u32,
    #[serde(default)]
    pub(super) master_count: u32,
    #[serde(default, deserialize_with = "texts")]
    pub(super) labels: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "texts")]
    pub(super) labels_added: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "texts")]
    pub(super) labels_overridden: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) flavor_id: Option<String>,
    #[serde(default)]
    pub(super) master_flavor_id: Option<String>,
    #[serde(default)]
    pub(super) fixed_network: Option<String>,
    pub(super) status: Status,
    #[serde(default)]
    pub(super) status_reason: Option<String>,
    #[serde(default)]
    pub(super) health_status: Option<HealthWord>,
    #[serde(default, deserialize_with = "texts")]
    pub(super) health_status_reason: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) api_address: Option<String>,
    #[serde(default)]
    pub(super) coe_version: Option<String>,
    #[serde(default)]
    pub(super) project_id: Option<String>,
    #[serde(default)]
    pub(super) user_id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) node_addresses: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) master_addresses: Vec<String>,
    #[serde(default, deserialize_with = "texts")]
    pub(super) faults: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) created_at: Option<Timestamp>,
    #[serde(default)]
    pub(super) updated_at: Option<Timestamp>,
}

impl ClusterBody {
    /// What only a cloud knows of it, for the user of that id.
    pub(super) fn facts(&self, user: &str) -> CloudFacts {
        CloudFacts {
            template: self.cluster_template_id,
            health: self.health_status.map(HealthWord::health),
            checks: self.health_status_reason.clone(),
            engine_version: self.coe_version.clone(),
            keypair: self.keypair.clone(),
            is_mine: self.user_id == user,
            owner: self.user_id.clone(),
            managers: self.master_count,
            flavor: self.flavor_id.clone(),
            failed: None,
            manager_flavor: self.master_flavor_id.clone(),
            labels: self.labels.clone(),
            faults: self.faults.clone(),
            rotates: false,
        }
    }
}

/// `HEALTHY` and the like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum HealthWord {
    Healthy,
    Unhealthy,
    #[serde(other)]
    Unknown,
}

impl HealthWord {
    const fn health(self) -> Health {
        match self {
            Self::Healthy => Health::Healthy,
            Self::Unhealthy => Health::Unhealthy,
            Self::Unknown => Health::Unknown,
        }
    }
}

/// `CREATE_IN_PROGRESS` and the like: what was done, and how far it is (magnum/objects/fields.py).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(super) struct Status {
    pub(super) word: String,
    pub(super) work: Work,
    pub(super) stage: Stage,
}

/// What is done to a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    Create,
    Update,
    Delete,
    /// What only Heat did: rollback, resume, restore, snapshot, check, adopt.
    Other,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    InProgress,
    Complete,
    Failed,
}

impl From<String> for Status {
    /// A word that nobody knows yet does not hide the whole list: it counts as something that is done.
    fn from(word: String) -> Self {
        let work = match word.split('_').next() {
            Some("CREATE") => Work::Create,
            Some("UPDATE") => Work::Update,
            Some("DELETE") => Work::Delete,
            _ => Work::Other,
        };
        let stage = if word.ends_with("_IN_PROGRESS") {
            Stage::InProgress
        } else if word.ends_with("_FAILED") {
            Stage::Failed
        } else {
            Stage::Complete
        };
        Self { word, work, stage }
    }
}

impl Status {
    /// The same in the words of all control planes.
    pub(super) const fn status(&self) -> ClusterStatus {
        match (self.work, self.stage) {
            (_, Stage::Failed) => ClusterStatus::Error,
            (Work::Delete, Stage::Complete) => ClusterStatus::Deleted,
            (_, Stage::Complete) => ClusterStatus::Active,
            (Work::Create, Stage::InProgress) => ClusterStatus::Creating,
            (Work::Delete, Stage::InProgress) => ClusterStatus::Deleting,
            (_, Stage::InProgress) => ClusterStatus::Resizing,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct ClustersBody {
    pub(super) clusters: Vec<ClusterBody>,
    /// There is another page, or may be.
    #[serde(default)]
    pub(super) next: Option<String>,
}

/// What is answered to what is asked for: which cluster it is.
#[derive(Deserialize)]
pub(super) struct MadeBody {
    pub(super) uuid: ClusterId,
}

#[derive(Deserialize)]
pub(super) struct TemplatesBody {
    pub(super) clustertemplates: Vec<TemplateBody>,
    #[serde(default)]
    pub(super) next: Option<String>,
}

/// A template.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct TemplateBody {
    pub(super) uuid: TemplateId,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    coe: String,
    #[serde(default, deserialize_with = "or_default")]
    image_id: String,
    #[serde(default)]
    flavor_id: Option<String>,
    #[serde(default)]
    master_flavor_id: Option<String>,
    #[serde(default)]
    keypair_id: Option<String>,
    #[serde(default)]
    external_network_id: Option<String>,
    #[serde(default)]
    fixed_network: Option<String>,
    #[serde(default)]
    network_driver: Option<String>,
    #[serde(default)]
    driver: Option<String>,
    #[serde(default)]
    master_lb_enabled: bool,
    #[serde(default)]
    pub(super) tls_disabled: bool,
    #[serde(default, deserialize_with = "texts")]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    public: bool,
    #[serde(default, deserialize_with = "or_default")]
    hidden: bool,
    #[serde(default)]
    created_at: Option<Timestamp>,
}

impl From<TemplateBody> for Template {
    fn from(body: TemplateBody) -> Self {
        Self {
            id: body.uuid,
            name: body.name,
            engine: body.coe,
            image: body.image_id,
            flavor: body.flavor_id,
            manager_flavor: body.master_flavor_id,
            keypair: body.keypair_id,
            external_network: body.external_network_id,
            network: body.fixed_network,
            network_driver: body.network_driver,
            driver: body.driver.filter(|it| !it.is_empty()),
            balanced: body.master_lb_enabled,
            labels: body.labels,
            public: body.public,
            hidden: body.hidden,
            created_at: body.created_at,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct NodegroupsBody {
    pub(super) nodegroups: Vec<NodegroupBrief>,
}

#[derive(Deserialize)]
pub(super) struct NodegroupBrief {
    pub(super) uuid: NodegroupId,
}

/// A group of nodes.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct NodegroupBody {
    pub(super) uuid: NodegroupId,
    pub(super) name: String,
    #[serde(default)]
    flavor_id: Option<String>,
    #[serde(default)]
    image_id: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) node_addresses: Vec<String>,
    #[serde(default)]
    pub(super) node_count: u32,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) role: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) min_node_count: u32,
    #[serde(default)]
    pub(super) max_node_count: Option<u32>,
    #[serde(default)]
    is_default: bool,
    #[serde(default)]
    pub(super) status: Option<Status>,
    #[serde(default)]
    status_reason: Option<String>,
    #[serde(default, deserialize_with = "texts")]
    node_labels: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "or_default")]
    node_taints: Vec<TaintBody>,
}

#[derive(Clone, Debug, Deserialize)]
struct TaintBody {
    key: String,
    #[serde(default, deserialize_with = "or_default")]
    value: String,
    effect: TaintEffect,
}

impl From<NodegroupBody> for Nodegroup {
    fn from(body: NodegroupBody) -> Self {
        Self {
            id: body.uuid,
            role: if body.role == "master" {
                NodeRole::Manager
            } else {
                NodeRole::Worker
            },
            name: body.name,
            flavor: body.flavor_id,
            image: body.image_id,
            count: body.node_count,
            min: body.min_node_count,
            max: body.max_node_count,
            status: (body.status).map_or(ClusterStatus::Active, |it| it.status()),
            reason: body.status_reason.filter(|it| !it.is_empty()),
            is_default: body.is_default,
            addresses: body.node_addresses,
            node_labels: body.node_labels,
            taints: body
                .node_taints
                .into_iter()
                .map(|it| Taint {
                    key: it.key,
                    value: it.value,
                    effect: it.effect,
                })
                .collect(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct QuotaBody {
    pub(super) hard_limit: i64,
}

#[derive(Deserialize)]
pub(super) struct StatsBody {
    #[serde(default)]
    pub(super) clusters: u32,
    #[serde(default)]
    pub(super) nodes: u32,
}

#[derive(Deserialize)]
pub(super) struct CertificateBody {
    pub(super) pem: String,
}

#[derive(Deserialize)]
pub(super) struct VersionsBody {
    pub(super) versions: Vec<VersionBody>,
}

#[derive(Deserialize)]
pub(super) struct VersionBody {
    #[serde(default)]
    pub(super) max_version: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_word_of_ours() {
        for (word, status) in [
            ("CREATE_IN_PROGRESS", ClusterStatus::Creating),
            ("CREATE_FAILED", ClusterStatus::Error),
            ("CREATE_COMPLETE", ClusterStatus::Active),
            ("UPDATE_IN_PROGRESS", ClusterStatus::Resizing),
            ("UPDATE_COMPLETE", ClusterStatus::Active),
            ("DELETE_IN_PROGRESS", ClusterStatus::Deleting),
            ("DELETE_FAILED", ClusterStatus::Error),
            ("DELETE_COMPLETE", ClusterStatus::Deleted),
            ("ROLLBACK_IN_PROGRESS", ClusterStatus::Resizing),
            ("ADOPT_COMPLETE", ClusterStatus::Active),
            ("RESTORE_FAILED", ClusterStatus::Error),
            ("SOMETHING_NEW", ClusterStatus::Active),
        ] {
            assert_eq!(Status::from(word.to_owned()).status(), status, "{word}");
        }
    }
}
