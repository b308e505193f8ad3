//! What a cloud has that one machine has not: projects, templates, groups of nodes, and facts of clusters
//! that only it knows. And what any control plane offers at all: [`Offer`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ClusterName, ClusterStatus, NodeRole, NodegroupId, TaskKind, TemplateId, Timestamp};

/// Something that not every control plane has. Pages ask for it before they show it; none asks which
/// control plane it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Offer {
    /// Clusters that scale by themselves, within a policy.
    Autoscale,
    /// The swarm and the certificates of a cluster made anew.
    Rebuild,
    /// The name, the labels and the protection of a cluster changed.
    Change,
    /// Single nodes replaced and drained.
    NodeCare,
    /// Containers, services, logs and what nodes use.
    Inside,
    /// API keys, sign-ins and the audit log.
    Account,
    /// Other accounts, and the engine.
    Admin,
    /// Tickets and notices.
    Help,
    /// Protocol of the control plane for programs: `curl`, recipes with keys of their own.
    Recipes,
    /// Templates that clusters are made from, with their labels, flavors and networks.
    Templates,
    /// Groups of nodes, each of its own size.
    Nodegroups,
    /// Projects that one signs in to, one at a time.
    Projects,
}

impl Offer {
    /// Whether a control plane of ours has it: all but what needs a cloud.
    #[must_use]
    pub const fn is_ours(self) -> bool {
        !matches!(self, Self::Templates | Self::Nodegroups | Self::Projects)
    }
}

/// A project of a cloud: what clusters, quotas and members belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its id.
    pub id: String,
    /// Its name; unique within its domain.
    pub name: String,
}

/// The project that somebody is signed in to, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The project.
    pub project: Project,
    /// The roles there: `member`, `reader`.
    pub roles: Vec<String>,
    /// An application credential that may make no others: drivers that make one for each cluster fail
    /// with it.
    pub is_restricted: bool,
}

impl Membership {
    /// Whether more may be done than to look (the policies of Magnum from 2023.2 on).
    #[must_use]
    pub fn can_change(&self) -> bool {
        self.roles
            .iter()
            .any(|role| role == "member" || role == "admin")
    }
}

/// How well the machines of a cluster are, by the cloud's own judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// All is well.
    Healthy,
    /// Something is not.
    Unhealthy,
    /// Nobody can say.
    Unknown,
}

/// What only a cloud knows of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudFacts {
    /// What it was made from.
    pub template: TemplateId,
    /// How its machines are; None: nobody has looked yet.
    pub health: Option<Health>,
    /// What was looked at, and what was found: `api` → `ok`.
    pub checks: BTreeMap<String, String>,
    /// The version of its orchestration engine: `v1.31.1`.
    pub engine_version: Option<String>,
    /// The name of the key pair that opens its machines.
    pub keypair: Option<String>,
    /// Whether the one who asks made it: only they get credentials of it.
    pub is_mine: bool,
    /// The id of the user who made it.
    pub owner: String,
    /// How many of its nodes are managers.
    pub managers: u32,
    /// The flavor of its workers.
    pub flavor: Option<String>,
    /// The flavor of its managers.
    pub manager_flavor: Option<String>,
    /// The work that failed, if it is in error: what was never made cannot be tried again, only made anew.
    pub failed: Option<TaskKind>,
    /// Its labels, those of the template among them.
    pub labels: BTreeMap<String, String>,
    /// What failed, by the name of the group of nodes.
    pub faults: BTreeMap<String, String>,
    /// Whether what makes its machines is known to carry new certificates to them.
    pub rotates: bool,
}

/// A template: what clusters are made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Its identity.
    pub id: TemplateId,
    /// Its name; not always unique.
    pub name: String,
    /// The orchestration engine: `kubernetes`.
    pub engine: String,
    /// The image of its machines.
    pub image: String,
    /// The flavor of workers.
    pub flavor: Option<String>,
    /// The flavor of managers.
    pub manager_flavor: Option<String>,
    /// The key pair that opens the machines.
    pub keypair: Option<String>,
    /// The network that leads out.
    pub external_network: Option<String>,
    /// The network that machines are in, if it is not made for each cluster.
    pub network: Option<String>,
    /// The driver of the network between containers.
    pub network_driver: Option<String>,
    /// What makes the machines: the name of Magnum's driver, where it says so.
    pub driver: Option<String>,
    /// Whether managers are behind a load balancer: more than one need that.
    pub balanced: bool,
    /// Settings of clusters made from it.
    pub labels: BTreeMap<String, String>,
    /// Everybody may use it, and not its project alone.
    pub public: bool,
    /// It is in use and not offered any more.
    pub hidden: bool,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

impl Template {
    /// The version that clusters made from it have, where its labels say so.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.labels.get("kube_tag").map(String::as_str)
    }
}

/// A group of nodes of one flavor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nodegroup {
    /// Its identity.
    pub id: NodegroupId,
    /// Its name; unique within its cluster.
    pub name: String,
    /// What its nodes do.
    pub role: NodeRole,
    /// Their flavor.
    pub flavor: Option<String>,
    /// Their image.
    pub image: Option<String>,
    /// How many there are to be.
    pub count: u32,
    /// The least there may be.
    pub min: u32,
    /// The most there may be; None: as many as the quota allows.
    pub max: Option<u32>,
    /// How it is.
    pub status: ClusterStatus,
    /// Why it failed.
    pub reason: Option<String>,
    /// It came with the cluster, and goes with it alone.
    pub is_default: bool,
    /// Where its nodes are.
    pub addresses: Vec<String>,
    /// What the orchestration engine writes on its nodes.
    pub node_labels: BTreeMap<String, String>,
    /// What keeps work away from its nodes.
    pub taints: Vec<Taint>,
}

/// What keeps work away from a node that does not tolerate it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taint {
    /// What it is called.
    pub key: String,
    /// Its value.
    #[serde(default)]
    pub value: String,
    /// What it does.
    pub effect: TaintEffect,
}

/// What a taint does to work that does not tolerate it (the words of Kubernetes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaintEffect {
    /// None is placed there.
    NoSchedule,
    /// None is placed there if it can be helped.
    PreferNoSchedule,
    /// What runs there goes, too.
    NoExecute,
}

impl TaintEffect {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::NoSchedule, Self::PreferNoSchedule, Self::NoExecute];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoSchedule => "NoSchedule",
            Self::PreferNoSchedule => "PreferNoSchedule",
            Self::NoExecute => "NoExecute",
        }
    }
}

/// What a new group of nodes is to be like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewNodegroup {
    /// Its name.
    pub name: String,
    /// The flavor of its nodes; None: the template's.
    pub flavor: Option<String>,
    /// How many there are to be.
    pub count: u32,
    /// The least there may be.
    pub min: u32,
    /// The most there may be.
    pub max: Option<u32>,
    /// What the orchestration engine writes on its nodes.
    pub node_labels: BTreeMap<String, String>,
    /// What keeps work away from its nodes.
    pub taints: Vec<Taint>,
}

/// A cluster to be made from a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FromTemplate {
    /// Its name.
    pub name: ClusterName,
    /// The template.
    pub template: TemplateId,
    /// How many managers: an odd number.
    pub managers: u32,
    /// How many workers.
    pub workers: u32,
    /// The flavor of workers; None: the template's.
    pub flavor: Option<String>,
    /// The flavor of managers; None: the template's.
    pub manager_flavor: Option<String>,
    /// The key pair; None: the template's.
    pub keypair: Option<String>,
    /// The network that machines are in; None: the template's, or one of its own.
    pub network: Option<String>,
    /// Labels beside those of the template; one of the same name takes the template's place.
    pub labels: BTreeMap<String, String>,
}

/// What there is to choose from, where the cloud says so. What it does not say is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// Sizes of machines.
    pub flavors: Vec<CloudFlavor>,
    /// Names of key pairs.
    pub keypairs: Vec<String>,
    /// Networks that machines can be in.
    pub networks: Vec<String>,
}

/// A size of machines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudFlavor {
    /// Its name.
    pub name: String,
    /// Memory, in MB (2^20 bytes).
    pub memory_mb: u64,
    /// Processors.
    pub cpus: u32,
}

/// Why a wish is none that a cloud could be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CloudRule {
    /// The number of managers.
    #[error("The number of managers is odd: 1, 3, 5 or 7.")]
    Managers,
    /// The number of workers.
    #[error("The number of workers is 0 to 999.")]
    Workers,
    /// There is no such template.
    #[error("There is no such template. Choose one from the list.")]
    Template,
    /// A group of nodes.
    #[error(
        "That is not right: a name of letters and digits, whole numbers, and labels and taints as shown."
    )]
    Group,
}

/// What a project has and may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectUse {
    /// Clusters there are.
    pub clusters: u32,
    /// Clusters there may be.
    pub max_clusters: u32,
    /// Nodes there are, managers among them.
    pub nodes: u32,
}
