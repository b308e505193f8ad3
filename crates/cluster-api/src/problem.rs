//! Problems: everything the API may answer instead of what was asked, as a closed set.
//!
//! A [`Problem`] is for people and programs alike: its `Display` is the sentence a person reads, its
//! variant is what code matches on. It carries numbers, never free text, so it can travel in a URL
//! and can never leak what went wrong inside. The inner story goes to the log, with the request id.

use serde::{Deserialize, Serialize};

use crate::{
    AccountRule, CloudRule, ClusterStatus, HelpRule, NameRule, NodeCount, NodeRule, PolicyRule,
    RequestId, Scope,
};

/// Why something was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Problem {
    /// The request cannot be read at all.
    #[error("The request could not be read. Check that it is JSON of the documented shape.")]
    Malformed,
    /// The body is larger than anything the API takes.
    #[error("The request is too large.")]
    TooLarge,
    /// The name breaks a rule.
    #[error("{rule}")]
    NameInvalid {
        /// Which one.
        rule: NameRule,
    },
    /// The account has a cluster of that name already.
    #[error("You already have a cluster of that name. Choose another one.")]
    NameTaken,
    /// Not a number of nodes.
    #[error("A cluster has 1 to {} nodes, in whole numbers.", max.get())]
    NodesInvalid {
        /// The largest number that would do.
        max: NodeCount,
    },
    /// Not a node for that.
    #[error("{rule}")]
    NodeInvalid {
        /// Why not.
        rule: NodeRule,
    },
    /// There is no cluster type of that id, or it is no longer offered.
    #[error("There is no such cluster type. Choose one from the list.")]
    TypeUnknown,
    /// The labels break the rule.
    #[error("{}", crate::Labels::RULE)]
    LabelsInvalid,
    /// The policy for autoscaling breaks a rule.
    #[error("{rule}")]
    PolicyInvalid {
        /// Which one.
        rule: PolicyRule,
    },
    /// There is no flavor of that name.
    #[error("There is no such flavor. Choose one from the list.")]
    FlavorUnknown,
    /// The account has as many clusters as it may have.
    #[error("You have {limit} of {limit} clusters. Delete one to make room.")]
    QuotaClusters {
        /// How many it may have.
        limit: u32,
    },
    /// More nodes than a cluster of this account may have.
    #[error("A cluster of yours may have up to {limit}.")]
    QuotaNodes {
        /// How many it may have.
        limit: NodeCount,
    },
    /// Not in the state that it is in.
    #[error("{}", busy(*status))]
    Busy {
        /// That state.
        status: ClusterStatus,
    },
    /// It is protected against deletion.
    #[error("The cluster is protected against deletion. Take the protection off first.")]
    Protected,
    /// There are no credentials: it was never ready, or it is being deleted.
    #[error("Cluster credentials do not exist yet. They are made once the cluster is active.")]
    CredentialsNotReady,
    /// The same key was used for another request.
    #[error("This idempotency key was used for a different request. Use a new one.")]
    IdempotencyKeyReused,
    /// The text given cannot be an idempotency key.
    #[error("An idempotency key is 1 to 64 letters, digits, hyphens and underscores.")]
    IdempotencyKeyInvalid,
    /// The typed name is not the cluster's.
    #[error("That is not the name of this cluster. Nothing was deleted.")]
    NameMismatch,
    /// A ticket or a subscription is not there, or breaks a rule.
    #[error("{rule}")]
    Help {
        /// Which one.
        rule: HelpRule,
    },
    /// There is no such thing, or it belongs to another account.
    #[error("There is no such cluster. It may have been deleted.")]
    NotFound,
    /// There is no such address.
    #[error("There is nothing at this address.")]
    NoRoute,
    /// The address is right, the method is not.
    #[error("This address does not take that method.")]
    MethodNotAllowed,
    /// The body is not JSON.
    #[error("The body has to be JSON, with the header Content-Type: application/json.")]
    UnsupportedMediaType,
    /// The `API-Version` header names a version that is not spoken here.
    #[error(
        "If the api-version header is sent, it must be in the format 'rax:container X.Y' where 1.0 <= X.Y <= 1.0"
    )]
    VersionUnsupported,
    /// Nobody is signed in: no token, a forged one, or one that has ended.
    #[error("You are not signed in, or your session has ended. Sign in again.")]
    SignedOut,
    /// The username and the password or key do not belong together.
    #[error("The username and the password or API key do not match.")]
    WrongCredentials,
    /// The API key is not allowed to do that.
    #[error("This API key lacks the scope {scope}. Use another one, or sign in with the password.")]
    ScopeMissing {
        /// The scope that would be needed.
        scope: Scope,
    },
    /// A rule of accounts and keys.
    #[error("{rule}")]
    Account {
        /// Which one.
        rule: AccountRule,
    },
    /// Too many wrong tries.
    #[error("Too many tries. Try again in {retry_after_s} s.")]
    TooManyTries {
        /// When it may be tried again, in seconds.
        retry_after_s: u32,
    },
    /// The account reads as many logs as it may at once.
    #[error("You read {limit} logs at once already. End one of them first.")]
    TooManyStreams {
        /// How many it may read at once.
        limit: u32,
    },
    /// Another control plane than ours, which has nothing of the kind.
    #[error("This control plane does not offer that.")]
    NotOffered,
    /// A wish that a cloud could not be asked.
    #[error("{rule}")]
    Cloud {
        /// Why not.
        rule: CloudRule,
    },
    /// The cloud refused, or failed at it; what it said is kept for those who ask by the id.
    #[error("{} Its request id is req-{request_id}.", said_no(*.status))]
    Refused {
        /// The HTTP status that it refused with; 502: it failed.
        status: u16,
        /// The request in whose log the story stands: `req-` and this.
        request_id: RequestId,
    },
    /// The cloud took the wish and did nothing about it.
    #[error(
        "The cloud took the request and has not begun with it. Look at the cluster, and try again once nothing else is being done to it."
    )]
    NotBegun,
    /// What was sent got no answer, and may have been done.
    #[error(
        "Nobody answered in time, and it may have been done all the same. Look before you ask again."
    )]
    Unsure,
    /// Another member made the cluster.
    #[error("Only the member who made this cluster gets credentials of it.")]
    NotTheOwner,
    /// The node that would know does not answer.
    #[error("The node does not answer. Try again in a moment.")]
    NodeSilent,
    /// The control plane does not answer.
    #[error("The control plane cannot be reached. Nothing was changed; try again in a moment.")]
    Unreachable,
    /// A fault on our side.
    #[error(
        "Something failed on our side. Give the request id {request_id} when you ask for help."
    )]
    Internal {
        /// The request in whose log the story stands.
        request_id: RequestId,
    },
}

fn busy(status: ClusterStatus) -> &'static str {
    match status {
        ClusterStatus::Creating => "The cluster is still being created. Wait until it is active.",
        ClusterStatus::Active => "The cluster is active; there is nothing to try again.",
        ClusterStatus::Resizing => "Nodes of the cluster are changing. Wait until it is active.",
        ClusterStatus::Deleting | ClusterStatus::Deleted => "The cluster is being deleted.",
        ClusterStatus::Repairing => {
            "A node of the cluster is being replaced. Wait until it is active."
        }
        ClusterStatus::Rebuilding => "The cluster is being rebuilt. Wait until it is active.",
        ClusterStatus::Rotating => "The cluster gets new certificates. Wait until it is active.",
        ClusterStatus::Error => "The cluster is in error. Retry or delete it.",
    }
}

/// The input of a form that a problem is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The cluster's name.
    Name,
    /// The number of nodes.
    Nodes,
    /// The cluster type.
    Type,
    /// The flavor.
    Flavor,
}

/// What a cloud did that answered with this status, in a sentence: who fails has refused nothing.
#[must_use]
pub const fn said_no(status: u16) -> &'static str {
    if status >= 500 {
        "The cloud failed at that."
    } else {
        "The cloud refused that."
    }
}

impl Problem {
    /// The HTTP status it is answered with.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed
            | Self::NameInvalid { .. }
            | Self::NodesInvalid { .. }
            | Self::TypeUnknown
            | Self::FlavorUnknown
            | Self::LabelsInvalid
            | Self::PolicyInvalid { .. }
            | Self::IdempotencyKeyInvalid
            | Self::NameMismatch
            | Self::Cloud { .. } => 400,
            Self::SignedOut | Self::WrongCredentials => 401,
            Self::QuotaClusters { .. }
            | Self::QuotaNodes { .. }
            | Self::ScopeMissing { .. }
            | Self::NotTheOwner => 403,
            Self::Account { rule } => rule.status(),
            Self::NodeInvalid { rule } => rule.status(),
            Self::NotFound | Self::NoRoute | Self::CredentialsNotReady => 404,
            Self::MethodNotAllowed => 405,
            Self::VersionUnsupported => 406,
            Self::NameTaken | Self::Busy { .. } | Self::Protected | Self::NotBegun => 409,
            Self::TooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::IdempotencyKeyReused => 422,
            Self::TooManyTries { .. } | Self::TooManyStreams { .. } => 429,
            Self::Help { rule } => rule.status(),
            Self::Internal { .. } => 500,
            Self::NotOffered => 501,
            Self::Refused { status, .. } => status,
            Self::Unreachable | Self::NodeSilent => 503,
            Self::Unsure => 504,
        }
    }

    /// Its code on the wire: stable, for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "carina.malformed",
            Self::TooLarge => "carina.too-large",
            Self::NameInvalid { .. } => "carina.name-invalid",
            Self::NameTaken => "carina.name-taken",
            Self::NodesInvalid { .. } => "carina.nodes-invalid",
            Self::NodeInvalid { .. } => "carina.node-invalid",
            Self::TypeUnknown => "carina.type-unknown",
            Self::LabelsInvalid => "carina.labels-invalid",
            Self::PolicyInvalid { .. } => "carina.policy-invalid",
            Self::FlavorUnknown => "carina.flavor-unknown",
            Self::QuotaClusters { .. } => "carina.quota-clusters",
            Self::QuotaNodes { .. } => "carina.quota-nodes",
            Self::Busy { .. } => "carina.busy",
            Self::Protected => "carina.protected",
            Self::CredentialsNotReady => "carina.credentials-not-ready",
            Self::IdempotencyKeyReused => "carina.idempotency-key-reused",
            Self::IdempotencyKeyInvalid => "carina.idempotency-key-invalid",
            Self::NameMismatch => "carina.name-mismatch",
            Self::NotFound => "carina.not-found",
            Self::NoRoute => "carina.no-route",
            Self::MethodNotAllowed => "carina.method-not-allowed",
            Self::UnsupportedMediaType => "carina.unsupported-media-type",
            // The original server's own spelling, which its clients may match on.
            Self::VersionUnsupported => "make-coe-api.microverion-unsupported",
            Self::SignedOut => "carina.signed-out",
            Self::WrongCredentials => "carina.wrong-credentials",
            Self::ScopeMissing { .. } => "carina.scope-missing",
            Self::Account { .. } => "carina.account",
            Self::TooManyTries { .. } => "carina.too-many-tries",
            Self::Help { rule } => rule.code(),
            Self::TooManyStreams { .. } => "carina.too-many-streams",
            Self::NotOffered => "carina.not-offered",
            Self::Cloud { .. } => "carina.cloud",
            Self::Refused { .. } => "carina.refused",
            Self::NotBegun => "carina.not-begun",
            Self::Unsure => "carina.unsure",
            Self::NotTheOwner => "carina.not-the-owner",
            Self::NodeSilent => "carina.node-silent",
            Self::Unreachable => "carina.unreachable",
            Self::Internal { .. } => "carina.internal",
        }
    }

    /// Two or three words for the head of a message.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Malformed | Self::UnsupportedMediaType => "Request not understood",
            Self::TooLarge => "Request too large",
            Self::NameInvalid { .. } => "Name not allowed",
            Self::NameTaken => "Name taken",
            Self::NodesInvalid { .. } => "Number of nodes not allowed",
            Self::NodeInvalid { .. } => "Not possible with this node",
            Self::TypeUnknown => "Unknown cluster type",
            Self::LabelsInvalid => "Labels not allowed",
            Self::PolicyInvalid { .. } => "Policy not allowed",
            Self::FlavorUnknown => "Unknown flavor",
            Self::QuotaClusters { .. } | Self::QuotaNodes { .. } => "Quota reached",
            Self::Busy { .. } => "Not possible now",
            Self::Protected => "Protected",
            Self::CredentialsNotReady => "No credentials",
            Self::IdempotencyKeyReused | Self::IdempotencyKeyInvalid => "Idempotency key",
            Self::NameMismatch => "Names differ",
            Self::NotFound | Self::NoRoute => "Not found",
            Self::Help { rule } if rule.status() == 404 => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::VersionUnsupported => "Microversion unsupported",
            Self::SignedOut => "Not signed in",
            Self::WrongCredentials => "Sign-in failed",
            Self::ScopeMissing { .. } => "Not allowed",
            Self::Account { .. } => "Account",
            Self::TooManyTries { .. } => "Too many tries",
            Self::Help { .. } => "Not possible",
            Self::TooManyStreams { .. } => "Too many logs at once",
            Self::NotOffered => "Not offered",
            Self::Cloud { .. } => "Not possible",
            Self::Refused { status, .. } if status >= 500 => "The cloud failed",
            Self::Refused { .. } => "Refused by the cloud",
            Self::NotBegun => "Not begun",
            Self::Unsure => "Not known if done",
            Self::NotTheOwner => "Not your cluster",
            Self::NodeSilent => "Node unreachable",
            Self::Unreachable => "Control plane unreachable",
            Self::Internal { .. } => "Something failed",
        }
    }

    /// The form field it belongs beside; None: the whole form.
    #[must_use]
    pub const fn field(self) -> Option<Field> {
        match self {
            Self::NameInvalid { .. } | Self::NameTaken | Self::NameMismatch => Some(Field::Name),
            Self::NodesInvalid { .. } | Self::QuotaNodes { .. } => Some(Field::Nodes),
            Self::TypeUnknown => Some(Field::Type),
            Self::FlavorUnknown => Some(Field::Flavor),
            _ => None,
        }
    }
}

/// The body of every answer of 400 and above.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// What was wrong; one entry today.
    pub errors: Vec<ErrorItem>,
}

/// One problem on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ErrorItem {
    /// [`Problem::code`].
    pub code: String,
    /// What a person reads.
    pub detail: String,
    /// Where to read on.
    pub links: Vec<ErrorLink>,
    /// The request it was answered to.
    pub request_id: String,
    /// The HTTP status, once more.
    pub status: u16,
    /// [`Problem::title`].
    pub title: String,
    /// The newest version spoken, in answers of 406.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub max_version: Option<String>,
    /// The oldest version spoken, in answers of 406.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub min_version: Option<String>,
    /// The same for programs; ours.
    #[serde(default)]
    pub problem: Option<Problem>,
}

/// A link of an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ErrorLink {
    /// Where to.
    pub href: String,
    /// What it is: `help`.
    pub rel: String,
}

impl ErrorBody {
    /// The body for a problem.
    #[must_use]
    pub fn new(problem: Problem, request_id: RequestId) -> Self {
        let version = matches!(problem, Problem::VersionUnsupported).then(|| "1.0".to_owned());
        Self {
            errors: vec![ErrorItem {
                code: problem.code().to_owned(),
                detail: problem.to_string(),
                links: vec![ErrorLink {
                    href: "/".to_owned(),
                    rel: "help".to_owned(),
                }],
                request_id: request_id.to_string(),
                status: problem.status(),
                title: problem.title().to_owned(),
                max_version: version.clone(),
                min_version: version,
                problem: Some(problem),
            }],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_survives_its_wire_form() {
        let problem = Problem::QuotaNodes {
            limit: NodeCount::MIN,
        };
        let body = ErrorBody::new(problem, RequestId(uuid::Uuid::nil()));
        let text = serde_json::to_string(&body).unwrap();
        let back: ErrorBody = serde_json::from_str(&text).unwrap();
        assert_eq!(back.errors[0].problem, Some(problem));
        assert_eq!(
            back.errors[0].detail,
            "A cluster of yours may have up to 1 node."
        );
        assert!(!text.contains("max_version"));
    }
}
