//! The port to a control plane, and its implementation over HTTP.

mod http;

use std::{net::IpAddr, pin::Pin};

use async_trait::async_trait;
use futures::Stream;
pub use http::HttpControlPlane;
use secrecy::SecretString;

use crate::{
    Access, Cluster, ClusterId, CreateCluster, Event, EventId, IdempotencyKey, NodeCount, Problem,
    Scopes, Snapshot, Timestamp, WatchMessage,
};

/// What somebody signs in with.
#[derive(Clone, Debug)]
pub enum Secret {
    /// What a person remembers.
    Password(SecretString),
    /// What a program keeps.
    ApiKey(SecretString),
}

/// Where a sign-in really comes from, told by a dashboard that passes it on. The control plane believes
/// it from addresses that it trusts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The browser's address.
    pub address: Option<IpAddr>,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
}

/// The proof of a sign-in: whose it is, and the token that every call carries.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Sent as `X-Auth-Token`.
    pub token: SecretString,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// The account's id.
    pub account_id: String,
    /// The account's name.
    pub username: String,
    /// What the token may do; None: the control plane does not say.
    pub scopes: Option<Scopes>,
    /// Whether the account looks after the others.
    pub is_admin: bool,
}

/// A live stream of what happens to an account's clusters. It ends when the connection does; an error
/// is its last item.
pub type Watch = Pin<Box<dyn Stream<Item = Result<WatchMessage, Problem>> + Send>>;

/// All that can be asked of a control plane. Every call carries the caller's own token: a dashboard
/// has no rights of its own.
///
/// # Errors
/// Every method answers a [`Problem`]; what lay behind it is in the log already.
#[async_trait]
pub trait ControlPlane: Send + Sync {
    /// Exchanges a secret for a token.
    async fn sign_in(
        &self,
        username: &str,
        secret: &Secret,
        origin: &Origin,
    ) -> Result<Grant, Problem>;

    /// Whether a token is still good.
    async fn check_token(&self, token: &SecretString) -> Result<bool, Problem>;

    /// Ends a token.
    async fn sign_out(&self, token: &SecretString) -> Result<(), Problem>;

    /// All that a list page shows, at once.
    async fn snapshot(&self, token: &SecretString) -> Result<Snapshot, Problem>;

    /// One cluster.
    async fn cluster(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem>;

    /// The timeline of a cluster, newest first.
    async fn events(&self, token: &SecretString, id: ClusterId) -> Result<Vec<Event>, Problem>;

    /// Asks for a cluster. The same key makes one cluster, however often it is sent.
    async fn create(
        &self,
        token: &SecretString,
        cluster: &CreateCluster,
        key: &IdempotencyKey,
    ) -> Result<Cluster, Problem>;

    /// Asks for another number of nodes.
    async fn resize(
        &self,
        token: &SecretString,
        id: ClusterId,
        nodes: NodeCount,
    ) -> Result<(), Problem>;

    /// Asks for the failed task to be tried again.
    async fn retry(&self, token: &SecretString, id: ClusterId) -> Result<(), Problem>;

    /// Puts the protection against deletion on or takes it off.
    async fn protect(
        &self,
        token: &SecretString,
        id: ClusterId,
        on: bool,
    ) -> Result<Cluster, Problem>;

    /// Asks for the end of a cluster.
    async fn delete(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem>;

    /// All about the credentials but the secrets.
    async fn access(&self, token: &SecretString, id: ClusterId) -> Result<Access, Problem>;

    /// A new credentials bundle: the bytes of a zip.
    async fn credentials_zip(
        &self,
        token: &SecretString,
        id: ClusterId,
    ) -> Result<Vec<u8>, Problem>;

    /// Follows the account's clusters, from after `last` if given and still known, else from a
    /// snapshot.
    async fn watch(&self, token: &SecretString, last: Option<EventId>) -> Result<Watch, Problem>;
}
