//! The audit log: who did what to which cluster, from where, with which key.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{AccountId, ClusterId, Timestamp};

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// What somebody did. The words are stable: programs match on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum AuditAction {
            $($(#[$doc])* #[serde(rename = $word)] $name,)+
        }

        impl AuditAction {
            /// All there are.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

actions! {
    /// Asked for a cluster.
    ClusterCreate = "cluster.create",
    /// Asked for another number of nodes.
    ClusterResize = "cluster.resize",
    /// Asked for a failed task to be tried again.
    ClusterRetry = "cluster.retry",
    /// Protected a cluster against deletion, or no longer.
    ClusterProtect = "cluster.protect",
    /// Gave a cluster another name.
    ClusterRename = "cluster.rename",
    /// Wrote other labels on a cluster.
    ClusterLabel = "cluster.label",
    /// Put autoscaling on or off, or gave it another policy.
    ClusterAutoscale = "cluster.autoscale",
    /// Asked for the certificates of a cluster to be made anew.
    ClusterRotate = "cluster.rotate",
    /// Asked for the swarm of a cluster to be made anew.
    ClusterRebuild = "cluster.rebuild",
    /// Asked for a node to be replaced.
    NodeReplace = "node.replace",
    /// Drained a node, or gave it work again.
    NodeDrain = "node.drain",
    /// Asked for the end of a cluster.
    ClusterDelete = "cluster.delete",
    /// Was given credentials of a cluster.
    CredentialsIssue = "credentials.issue",
    /// Was given an address where credentials can be fetched once.
    CredentialsAddress = "credentials.address",
    /// Signed in.
    SessionBegin = "session.begin",
    /// Was not let in.
    SessionRefuse = "session.refuse",
    /// Ended sign-ins.
    SessionEnd = "session.end",
    /// Made an API key.
    KeyCreate = "key.create",
    /// Revoked an API key.
    KeyRevoke = "key.revoke",
    /// Made an account.
    AccountCreate = "account.create",
    /// Changed an account.
    AccountChange = "account.change",
    /// Closed an account.
    AccountClose = "account.close",
}

impl fmt::Display for AuditAction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The text is the word of no action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("There is no such action.")]
pub struct AuditActionError;

impl FromStr for AuditAction {
    type Err = AuditActionError;

    fn from_str(text: &str) -> Result<Self, AuditActionError> {
        let mut known = Self::ALL.iter();
        known
            .find(|action| action.as_str() == text)
            .copied()
            .ok_or(AuditActionError)
    }
}

/// One entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Its place in the log.
    pub id: i64,
    /// When it was written down.
    pub at: Timestamp,
    /// Whose log it is in: the account whose cluster, key or session it is about. None: a sign-in with
    /// a name that nobody has.
    pub account_id: Option<String>,
    /// The name of the account that did it, or that was tried; None: somebody on the machine itself.
    pub actor: Option<String>,
    /// The name of the API key that was used; None: a password, or none was needed.
    pub key: Option<String>,
    /// Where it came from.
    pub address: Option<String>,
    /// What was done.
    pub action: AuditAction,
    /// The cluster it was done to.
    pub cluster_id: Option<ClusterId>,
    /// The name of that cluster.
    pub cluster_name: Option<String>,
    /// One sentence without a full stop.
    pub detail: String,
}

/// Which entries of the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Of whose log. Only admins read those of others.
    pub account: Option<AccountId>,
    /// Which action.
    pub action: Option<AuditAction>,
    /// About which cluster: its id, or a name that it had then.
    pub cluster: Option<String>,
    /// By which account: its name.
    pub actor: Option<String>,
    /// From that moment on.
    pub since: Option<Timestamp>,
    /// Before that moment.
    pub until: Option<Timestamp>,
    /// How many at most; None: a page of 100, or all in an export.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub marker: Option<i64>,
}

/// What an export of the audit log is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuditFormat {
    /// A table for spreadsheets.
    Csv,
    /// An [`AuditEntry`] a line.
    #[serde(rename = "jsonl")]
    JsonLines,
}

impl AuditFormat {
    /// The word on the wire, and the ending of a file of it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/jsonl",
        }
    }
}

/// What `GET /v2/audit` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AuditList {
    /// Newest first.
    pub entries: Vec<AuditEntry>,
    /// The `marker` of the next page, if there is one.
    pub next: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_word_of_its_own() {
        for action in AuditAction::ALL {
            assert_eq!(action.as_str().parse(), Ok(*action));
            let wire = serde_json::to_string(action).unwrap();
            assert_eq!(wire, format!("\"{action}\""));
            assert_eq!(action.as_str().split('.').count(), 2, "{action}");
        }
        assert!("cluster.explode".parse::<AuditAction>().is_err());
    }
}
