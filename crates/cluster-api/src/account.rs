//! Accounts: who may do what, with which keys, and where they are signed in.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{AccountId, Cluster, KeyId, NodeCount, Quotas, SecretText, SessionId, Timestamp};

/// What an account is to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Makes accounts, sets quotas, and sees what all of them have.
    Admin,
    /// Sees its own.
    Member,
}

impl Role {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }
}

/// A sort of request that a key may be allowed to make. None includes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// To look: every `GET` that hands no secrets out.
    Read,
    /// To change: clusters, keys, sessions, accounts.
    Write,
    /// To have credentials of clusters.
    Credentials,
}

impl Scope {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Credentials];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Credentials => "credentials",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The text names no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A scope is one of: read, write, credentials.")]
pub struct ScopeError;

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let mut known = Self::ALL.into_iter();
        known.find(|scope| scope.as_str() == text).ok_or(ScopeError)
    }
}

/// A set of scopes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Scopes(pub BTreeSet<Scope>);

impl Scopes {
    /// Everything: what a sign-in with a password may do.
    #[must_use]
    pub fn all() -> Self {
        Self(Scope::ALL.into())
    }

    /// Whether a scope is among them.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// One that `self` has and `other` has not.
    #[must_use]
    pub fn beyond(&self, other: &Self) -> Option<Scope> {
        self.0.difference(&other.0).next().copied()
    }
}

impl fmt::Display for Scopes {
    /// The words, with spaces between.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, scope) in self.0.iter().enumerate() {
            let space = if number == 0 { "" } else { " " };
            write!(formatter, "{space}{scope}")?;
        }
        Ok(())
    }
}

impl FromStr for Scopes {
    type Err = ScopeError;

    /// Reads words with spaces between.
    fn from_str(text: &str) -> Result<Self, ScopeError> {
        text.split_whitespace()
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// A rule of accounts and their keys that a request broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AccountRule {
    /// The name of a key.
    #[error("A key's name has 1 to 64 characters.")]
    KeyName,
    /// The name of a live key, once more.
    #[error("You already have a key of that name. Choose another one.")]
    KeyNameTaken,
    /// No scope, or one that there is not.
    #[error("Give the key scopes of its own: read, write, credentials.")]
    KeyScopes,
    /// An expiry that is no moment to come.
    #[error("The expiry has to be a moment in the future, such as 2030-01-31T12:00:00Z.")]
    KeyExpiry,
    /// More than the key that asks has itself.
    #[error("A key cannot make one that may do more or lasts longer than itself.")]
    KeyPower,
    /// As many live keys as there may be.
    #[error("You have 50 of 50 API keys. Revoke one to make room.")]
    KeyLimit,
    /// The name of an account.
    #[error("A username is 1 to 64 letters, digits and . _ @ - signs.")]
    Username,
    /// The name of an account, once more.
    #[error("There is an account of that name already.")]
    UsernameTaken,
    /// A password that is none.
    #[error("A password has 8 to 1024 characters.")]
    Password,
    /// Without it, nobody could make accounts.
    #[error("This is the last admin. Make another one first.")]
    LastAdmin,
    /// A filter of the audit log.
    #[error("A filter could not be read. Moments look like 2030-01-31T12:00:00Z.")]
    Filter,
}

impl AccountRule {
    /// The HTTP status it is answered with.
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::KeyNameTaken | Self::UsernameTaken | Self::LastAdmin => 409,
            Self::KeyPower | Self::KeyLimit => 403,
            _ => 400,
        }
    }
}

/// What `GET /v2/account` answers: whom the token belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WhoAmI {
    /// The account's identity.
    pub id: AccountId,
    /// The name it signs in with.
    pub username: String,
    /// What it is to the others.
    pub role: Role,
    /// What this token may do.
    pub scopes: Scopes,
    /// The name of the API key that was signed in with; None: a password.
    pub key: Option<String>,
    /// What the account may have.
    pub quotas: Quotas,
}

/// An account, as admins see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AccountDetails {
    /// Its identity.
    pub id: AccountId,
    /// The name it signs in with.
    pub username: String,
    /// What it is to the others.
    pub role: Role,
    /// What it may have.
    pub quotas: Quotas,
    /// Its own number of clusters; None: as the settings say.
    pub max_clusters: Option<u32>,
    /// Its own number of nodes; None: as the settings say.
    pub max_nodes_per_cluster: Option<NodeCount>,
    /// How many clusters it has.
    pub clusters: u32,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What `GET /v2/accounts` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AccountList {
    /// By name, at most 500.
    pub accounts: Vec<AccountDetails>,
    /// The `marker` of the next page, if there is one: a username.
    pub next: Option<String>,
}

/// The body of `POST /v2/accounts`: an account that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AddAccount {
    /// The name it is to sign in with.
    #[cfg_attr(
        feature = "schema",
        schema(pattern = "^[A-Za-z0-9._@-]{1,64}$", examples("carol"))
    )]
    pub username: String,
    /// What it is to the others; `member` unless it is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub role: Option<Role>,
    /// Clusters in all; null: as the settings say.
    #[cfg_attr(feature = "schema", schema(maximum = 10_000))]
    pub max_clusters: Option<u32>,
    /// Nodes in one cluster; null: as the settings say.
    pub max_nodes_per_cluster: Option<NodeCount>,
    /// Its password; without it one is made up.
    #[cfg_attr(
        feature = "schema",
        schema(value_type = Option<String>, min_length = 8, max_length = 1024, format = Password)
    )]
    pub password: Option<SecretText>,
}

/// The body of `PATCH /v2/accounts/{id}`: what is not given stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ChangeAccount {
    /// What it is to the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub role: Option<Role>,
    /// Clusters in all; null: as the settings say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<u32>, maximum = 10_000))]
    pub max_clusters: Option<Limit<u32>>,
    /// Nodes in one cluster; null: as the settings say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<NodeCount>))]
    pub max_nodes_per_cluster: Option<Limit<NodeCount>>,
    /// A password.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schema(value_type = Option<String>, min_length = 8, max_length = 1024, format = Password)
    )]
    pub password: Option<SecretText>,
}

/// What bounds an account from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Limit<T> {
    /// A number of its own.
    Own(T),
    /// What the settings say: null on the wire.
    Usual,
}

/// An account that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MadeAccount {
    /// The account.
    #[serde(flatten)]
    pub account: AccountDetails,
    /// What it signs in with; nobody sees it again.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub password: SecretText,
}

/// The clusters of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ClustersOfAccount {
    /// Newest first.
    pub clusters: Vec<Cluster>,
}

/// The body of `POST /v2/keys`: a key that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MakeKey {
    /// What people are to call it.
    #[cfg_attr(
        feature = "schema",
        schema(
            min_length = 1,
            max_length = 64,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
            examples("ci")
        )
    )]
    pub name: String,
    /// What it may do: one scope or more.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<Scope>, min_items = 1))]
    pub scopes: Scopes,
    /// Until when it is good. Without it, as long as the key that asks, or until it is revoked.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

/// A key that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MadeKey {
    /// The key.
    #[serde(flatten)]
    pub key: ApiKey,
    /// What programs sign in with; nobody sees it again.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub secret: SecretText,
}

/// An API key; its secret is shown once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ApiKey {
    /// Its identity.
    pub id: KeyId,
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good; None: until it is revoked.
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// What `GET /v2/keys` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ApiKeyList {
    /// All that are not revoked and then those of the last month, each newest first; at most 200.
    pub keys: Vec<ApiKey>,
}

/// A sign-in that goes on: a token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Session {
    /// Its identity.
    pub id: SessionId,
    /// The name of the API key that was signed in with; None: a password.
    pub key: Option<String>,
    /// What it may do.
    pub scopes: Scopes,
    /// Where the sign-in came from.
    pub address: Option<String>,
    /// What it was made with, in its own words.
    pub user_agent: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_used_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// It is the one that asks.
    pub is_this: bool,
}

/// What `GET /v2/sessions` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SessionList {
    /// Newest first, at most 500.
    pub sessions: Vec<Session>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_words_and_sets() {
        let some: Scopes = "write read write".parse().unwrap();
        assert_eq!(some.to_string(), "read write");
        assert_eq!(serde_json::to_string(&some).unwrap(), r#"["read","write"]"#);
        assert_eq!("read root".parse::<Scopes>(), Err(ScopeError));
        assert_eq!(some.beyond(&Scopes::all()), None);
        assert_eq!(Scopes::all().beyond(&some), Some(Scope::Credentials));
        for scope in Scope::ALL {
            assert_eq!(scope.as_str().parse(), Ok(scope));
            let wire = serde_json::to_string(&scope).unwrap();
            assert_eq!(wire, format!("\"{scope}\""));
        }
    }

    #[test]
    fn a_limit_is_a_number_or_null_and_one_that_stays_is_not_sent() {
        let mut change = ChangeAccount {
            max_clusters: Some(Limit::Own(4)),
            max_nodes_per_cluster: Some(Limit::Usual),
            ..ChangeAccount::default()
        };
        let wire = serde_json::to_string(&change).unwrap();
        assert_eq!(wire, r#"{"max_clusters":4,"max_nodes_per_cluster":null}"#);
        change.password = Some(SecretText("correct horse".to_owned()));
        assert!(!format!("{change:?}").contains("horse"));
    }
}
