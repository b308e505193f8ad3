//! What the control plane says, in the language of the page: problems, and the sentences of timelines.

mod sentences;

use cluster_api::{
    AccountRule, CloudRule, ClusterStatus, HelpRule, NameRule, NodeRule, PolicyRule, Problem,
    RequestId,
};
use leptos::prelude::use_context;

pub use self::sentences::{sentence, sentences};
use crate::{dashboard::CurrentDashboard, t};

/// The sentence of a problem.
#[must_use]
pub fn problem(problem: Problem) -> String {
    match problem {
        Problem::Malformed => t!("problem-malformed"),
        Problem::TooLarge => t!("problem-too-large"),
        Problem::NameInvalid { rule } => name_rule(rule),
        Problem::NameTaken => t!("problem-name-taken"),
        Problem::NodesInvalid { max } => t!("problem-nodes-invalid", max = max.get()),
        Problem::NodeInvalid { rule } => node_rule(rule),
        Problem::TypeUnknown => t!("problem-type-unknown"),
        Problem::LabelsInvalid => t!("problem-labels-invalid"),
        Problem::PolicyInvalid { rule } => policy_rule(rule),
        Problem::FlavorUnknown => t!("problem-flavor-unknown"),
        Problem::QuotaClusters { limit } => t!("problem-quota-clusters", limit = limit),
        Problem::QuotaNodes { limit } => t!("problem-quota-nodes", limit = limit.get()),
        Problem::Busy { status } => busy(status),
        Problem::Protected => t!("problem-protected"),
        Problem::CredentialsNotReady => t!("problem-credentials-not-ready"),
        Problem::IdempotencyKeyReused => t!("problem-idempotency-key-reused"),
        Problem::IdempotencyKeyInvalid => t!("problem-idempotency-key-invalid"),
        Problem::NameMismatch => t!("problem-name-mismatch"),
        Problem::Help { rule } => help_rule(rule),
        Problem::NotFound => t!("problem-not-found"),
        Problem::NoRoute => t!("problem-no-route"),
        Problem::MethodNotAllowed => t!("problem-method-not-allowed"),
        Problem::UnsupportedMediaType => t!("problem-unsupported-media-type"),
        Problem::VersionUnsupported => t!("problem-version-unsupported"),
        Problem::SignedOut => t!("problem-signed-out"),
        Problem::WrongCredentials => t!("problem-wrong-credentials"),
        Problem::ScopeMissing { scope } => t!("problem-scope-missing", scope = scope.as_str()),
        Problem::Account { rule } => account_rule(rule),
        Problem::TooManyTries { retry_after_s } => {
            t!("problem-too-many-tries", seconds = retry_after_s)
        }
        Problem::TooManyStreams { limit } => t!("problem-too-many-streams", limit = limit),
        Problem::NotOffered => t!("problem-not-offered"),
        Problem::Cloud { rule } => match rule {
            CloudRule::Managers => t!("managers-invalid"),
            CloudRule::Workers => t!("workers-invalid"),
            CloudRule::Template => t!("template-unknown"),
            CloudRule::Group => t!("group-invalid"),
        },
        Problem::Refused { status, request_id } => refused(status, request_id),
        Problem::NotBegun => t!("problem-not-begun"),
        Problem::NotTheOwner => t!("problem-not-the-owner"),
        Problem::NodeSilent => t!("problem-node-silent"),
        Problem::Unreachable => t!("problem-unreachable"),
        Problem::Unsure => t!("problem-unsure"),
        Problem::Internal { request_id } => t!("problem-internal", id = request_id.to_string()),
    }
}

/// What a cloud said when it refused or failed, in its own words, for the one it was said to.
fn refused(status: u16, request_id: RequestId) -> String {
    let failed = status >= 500;
    let id = request_id.to_string();
    let said = use_context::<CurrentDashboard>().and_then(|it| it.0.said(request_id));
    match said {
        Some(said) => {
            let end = if said.ends_with(['.', '!', '?']) {
                ""
            } else {
                "."
            };
            let said = format!("{said}{end}");
            if failed {
                t!("problem-cloud-failed-said", said = said, id = id)
            } else {
                t!("problem-refused-said", said = said, id = id)
            }
        }
        None if failed => t!("problem-cloud-failed", id = id),
        None => t!("problem-refused", id = id),
    }
}

fn node_rule(rule: NodeRule) -> String {
    match rule {
        NodeRule::Unknown => t!("problem-node-unknown"),
        NodeRule::Manager => t!("problem-node-manager"),
        NodeRule::Leaving => t!("problem-node-leaving"),
        NodeRule::Number => t!("problem-node-number"),
    }
}

/// The few words over it.
#[must_use]
pub fn title(problem: Problem) -> String {
    match problem {
        Problem::Malformed | Problem::UnsupportedMediaType => t!("problem-title-malformed"),
        Problem::TooLarge => t!("problem-title-too-large"),
        Problem::NameInvalid { .. } => t!("problem-title-name-invalid"),
        Problem::NameTaken => t!("problem-title-name-taken"),
        Problem::NodesInvalid { .. } => t!("problem-title-nodes-invalid"),
        Problem::NodeInvalid { .. } => t!("problem-title-node-invalid"),
        Problem::TypeUnknown => t!("problem-title-type-unknown"),
        Problem::LabelsInvalid => t!("problem-title-labels-invalid"),
        Problem::PolicyInvalid { .. } => t!("problem-title-policy-invalid"),
        Problem::FlavorUnknown => t!("problem-title-flavor-unknown"),
        Problem::QuotaClusters { .. } | Problem::QuotaNodes { .. } => t!("problem-title-quota"),
        Problem::Busy { .. } => t!("problem-title-busy"),
        Problem::Protected => t!("problem-title-protected"),
        Problem::CredentialsNotReady => t!("problem-title-credentials-not-ready"),
        Problem::IdempotencyKeyReused | Problem::IdempotencyKeyInvalid => {
            t!("problem-title-idempotency-key")
        }
        Problem::NameMismatch => t!("problem-title-name-mismatch"),
        Problem::Help {
            rule: HelpRule::NoTicket | HelpRule::NoSubscription,
        }
        | Problem::NotFound
        | Problem::NoRoute => t!("problem-title-not-found"),
        Problem::MethodNotAllowed => t!("problem-title-method-not-allowed"),
        Problem::VersionUnsupported => t!("problem-title-version-unsupported"),
        Problem::SignedOut => t!("problem-title-signed-out"),
        Problem::WrongCredentials => t!("problem-title-wrong-credentials"),
        Problem::ScopeMissing { .. } => t!("problem-title-scope-missing"),
        Problem::Account { .. } => t!("problem-title-account"),
        Problem::TooManyTries { .. } => t!("problem-title-too-many-tries"),
        Problem::Help { .. } => t!("problem-title-help"),
        Problem::TooManyStreams { .. } => t!("problem-title-too-many-streams"),
        Problem::NotOffered => t!("problem-title-not-offered"),
        Problem::Cloud { .. } => t!("problem-title-cloud"),
        Problem::Refused { status, .. } if status >= 500 => t!("problem-title-cloud-failed"),
        Problem::Refused { .. } => t!("problem-title-refused"),
        Problem::NotBegun => t!("problem-title-not-begun"),
        Problem::NotTheOwner => t!("problem-title-not-the-owner"),
        Problem::NodeSilent => t!("problem-title-node-silent"),
        Problem::Unreachable => t!("problem-title-unreachable"),
        Problem::Unsure => t!("problem-title-unsure"),
        Problem::Internal { .. } => t!("problem-title-internal"),
    }
}

fn name_rule(rule: NameRule) -> String {
    match rule {
        NameRule::Empty => t!("problem-name-empty"),
        NameRule::TooLong => t!("problem-name-too-long"),
        NameRule::Start => t!("problem-name-start"),
        NameRule::End => t!("problem-name-end"),
        NameRule::Character => t!("problem-name-character"),
    }
}

fn policy_rule(rule: PolicyRule) -> String {
    match rule {
        PolicyRule::Order => t!("problem-policy-order"),
        PolicyRule::Target => t!("problem-policy-target"),
        PolicyRule::NoTarget => t!("problem-policy-no-target"),
        PolicyRule::Time => t!("problem-policy-time"),
    }
}

fn busy(status: ClusterStatus) -> String {
    match status {
        ClusterStatus::Creating => t!("problem-busy-creating"),
        ClusterStatus::Active => t!("problem-busy-active"),
        ClusterStatus::Resizing => t!("problem-busy-resizing"),
        ClusterStatus::Deleting | ClusterStatus::Deleted => t!("problem-busy-deleting"),
        ClusterStatus::Repairing => t!("problem-busy-repairing"),
        ClusterStatus::Rebuilding => t!("problem-busy-rebuilding"),
        ClusterStatus::Rotating => t!("problem-busy-rotating"),
        ClusterStatus::Error => t!("problem-busy-error"),
    }
}

fn help_rule(rule: HelpRule) -> String {
    match rule {
        HelpRule::NoTicket => t!("problem-no-ticket"),
        HelpRule::NoSubscription => t!("problem-no-subscription"),
        HelpRule::Subject => t!("problem-ticket-subject"),
        HelpRule::Note => t!("problem-ticket-note"),
        HelpRule::State => t!("problem-ticket-state"),
        HelpRule::TicketsFull => t!("problem-tickets-full"),
        HelpRule::NotesFull => t!("problem-notes-full"),
        HelpRule::SubscriptionsFull => t!("problem-subscriptions-full"),
        HelpRule::Url => t!("problem-webhook-url"),
        HelpRule::PrivateUrl => t!("problem-webhook-private"),
        HelpRule::MailAddress => t!("problem-mail-address"),
        HelpRule::NoMail => t!("problem-no-mail"),
        HelpRule::Events => t!("problem-subscription-events"),
        HelpRule::NotAdmin => t!("problem-not-admin"),
    }
}

fn account_rule(rule: AccountRule) -> String {
    match rule {
        AccountRule::KeyName => t!("problem-key-name"),
        AccountRule::KeyNameTaken => t!("problem-key-name-taken"),
        AccountRule::KeyScopes => t!("problem-key-scopes"),
        AccountRule::KeyExpiry => t!("problem-key-expiry"),
        AccountRule::KeyPower => t!("problem-key-power"),
        AccountRule::KeyLimit => t!("problem-key-limit"),
        AccountRule::Username => t!("problem-username"),
        AccountRule::UsernameTaken => t!("problem-username-taken"),
        AccountRule::Password => t!("problem-password"),
        AccountRule::LastAdmin => t!("problem-last-admin"),
        AccountRule::Filter => t!("problem-filter"),
    }
}

#[cfg(test)]
mod tests;
