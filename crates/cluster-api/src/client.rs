//! The port to a control plane, and its implementation over HTTP.
//!
//! [`ControlPlane`] is all of it: what belongs to clusters, and by way of its supertraits what is inside
//! them ([`InsideApi`]), what belongs to accounts ([`AccountApi`]), asking for help ([`HelpApi`]), and what
//! only clouds have ([`CloudApi`]). [`magnum`] is another implementation, of OpenStack.
//! What a control plane need not have answers [`Problem::NotOffered`] unless it says otherwise.

mod account;
mod cloud;
mod help;
mod http;
mod inside;
pub mod magnum;

use std::{net::IpAddr, pin::Pin};

pub use account::AccountApi;
use async_trait::async_trait;
pub use cloud::CloudApi;
use futures::Stream;
pub use help::HelpApi;
pub use http::HttpControlPlane;
pub use inside::{InsideApi, LogItem, LogQuery, Logs, Tail};
use secrecy::SecretString;

use crate::{
    Access, Autoscale, AutoscaleChange, Cluster, ClusterChange, ClusterId, ClusterList,
    ClusterQuery, ClusterTypeList, CreateCluster, Event, EventId, EventList, EventQuery,
    IdempotencyKey, Ledger, NodeCount, NodeId, Problem, Quotas, Scopes, Snapshot, Timestamp,
    UsualTimes, WatchMessage,
};

/// Who somebody says they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// The name of the account; of an application credential, its id.
    pub username: String,
    /// The domain of the user, where there are some; None: the usual one.
    pub domain: Option<String>,
    /// The id of the project to go to, where there are some; None: the first.
    pub project: Option<String>,
}

impl From<&str> for Who {
    fn from(username: &str) -> Self {
        Self {
            username: username.to_owned(),
            ..Self::default()
        }
    }
}

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

/// A file on its way, in pieces. An error is its last item: what came before it is not the whole.
pub type Download = Pin<Box<dyn Stream<Item = Result<Vec<u8>, Problem>> + Send>>;

/// All that can be asked of a control plane. Every call carries the caller's own token: a dashboard
/// has no rights of its own.
///
/// # Errors
/// Every method answers a [`Problem`]; what lay behind it is in the log already.
#[expect(
    unused_variables,
    reason = "names say what an argument is, also where nothing is done with it"
)]
#[async_trait]
pub trait ControlPlane: InsideApi + AccountApi + HelpApi + CloudApi + Send + Sync {
    /// Exchanges a secret for a token.
    async fn sign_in(&self, who: &Who, secret: &Secret, origin: &Origin) -> Result<Grant, Problem>;

    /// Whether a token is still good.
    async fn check_token(&self, token: &SecretString) -> Result<bool, Problem>;

    /// Ends a token.
    async fn sign_out(&self, token: &SecretString) -> Result<(), Problem>;

    /// All that a list page shows, at once.
    async fn snapshot(&self, token: &SecretString) -> Result<Snapshot, Problem>;

    /// A page of the account's clusters, with totals.
    async fn clusters(
        &self,
        token: &SecretString,
        query: &ClusterQuery,
    ) -> Result<ClusterList, Problem> {
        Err(Problem::NotOffered)
    }

    /// What clusters can be made of.
    async fn cluster_types(&self, token: &SecretString) -> Result<ClusterTypeList, Problem> {
        Err(Problem::NotOffered)
    }

    /// What the account may have.
    async fn quotas(&self, token: &SecretString) -> Result<Quotas, Problem> {
        Err(Problem::NotOffered)
    }

    /// One cluster.
    async fn cluster(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem>;

    /// The timeline of a cluster, newest first: as many entries as one answer has.
    async fn events(&self, token: &SecretString, id: ClusterId) -> Result<Vec<Event>, Problem>;

    /// A page of the timeline of a cluster, newest first.
    async fn page_of_events(
        &self,
        token: &SecretString,
        id: ClusterId,
        query: &EventQuery,
    ) -> Result<EventList, Problem> {
        Err(Problem::NotOffered)
    }

    /// Asks for a cluster. The same key makes one cluster, however often it is sent.
    async fn create(
        &self,
        token: &SecretString,
        cluster: &CreateCluster,
        key: &IdempotencyKey,
    ) -> Result<Cluster, Problem>;

    /// How long work on clusters usually takes.
    async fn usual(&self, token: &SecretString) -> Result<UsualTimes, Problem> {
        Err(Problem::NotOffered)
    }

    /// Asks for another number of nodes.
    async fn resize(
        &self,
        token: &SecretString,
        id: ClusterId,
        nodes: NodeCount,
    ) -> Result<(), Problem>;

    /// Asks for fewer nodes, and says which workers go: as many as it has fewer afterwards.
    async fn shrink(
        &self,
        token: &SecretString,
        id: ClusterId,
        nodes: NodeCount,
        remove: &[NodeId],
    ) -> Result<(), Problem> {
        Err(Problem::NotOffered)
    }

    /// Asks for another node in the place of a worker. The new one is there before the old one goes.
    async fn replace_node(
        &self,
        token: &SecretString,
        id: ClusterId,
        node: NodeId,
    ) -> Result<Cluster, Problem> {
        Err(Problem::NotOffered)
    }

    /// Asks for the work of a worker to move elsewhere, for as long as that is `on`. The node stays.
    async fn drain_node(
        &self,
        token: &SecretString,
        id: ClusterId,
        node: NodeId,
        on: bool,
    ) -> Result<Cluster, Problem> {
        Err(Problem::NotOffered)
    }

    /// Asks for the failed task to be tried again.
    async fn retry(&self, token: &SecretString, id: ClusterId) -> Result<(), Problem>;

    /// Asks for the swarm and the certificates of a cluster to be made anew: what runs in it is lost.
    async fn rebuild(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem> {
        Err(Problem::NotOffered)
    }

    /// Asks for the certificates of a cluster to be made anew: bundles handed out before are refused.
    async fn rotate(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem> {
        Err(Problem::NotOffered)
    }

    /// Changes the name of a cluster, its labels, its protection against deletion.
    async fn change(
        &self,
        token: &SecretString,
        id: ClusterId,
        change: &ClusterChange,
    ) -> Result<Cluster, Problem> {
        Err(Problem::NotOffered)
    }

    /// Puts the protection against deletion on or takes it off.
    async fn protect(
        &self,
        token: &SecretString,
        id: ClusterId,
        on: bool,
    ) -> Result<Cluster, Problem> {
        let change = ClusterChange {
            deletion_protection: Some(on),
            ..ClusterChange::default()
        };
        self.change(token, id, &change).await
    }

    /// How a cluster scales by itself, if it does.
    async fn autoscale(&self, token: &SecretString, id: ClusterId) -> Result<Autoscale, Problem> {
        Err(Problem::NotOffered)
    }

    /// Has a cluster scale by itself, or no longer.
    async fn set_autoscale(
        &self,
        token: &SecretString,
        id: ClusterId,
        change: &AutoscaleChange,
    ) -> Result<Autoscale, Problem> {
        Err(Problem::NotOffered)
    }

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

    /// Every certificate that was handed out for a cluster.
    async fn ledger(&self, token: &SecretString, id: ClusterId) -> Result<Ledger, Problem> {
        Err(Problem::NotOffered)
    }

    /// Events, tasks, versions, settings and the nodes' logs for whoever helps, without secrets: the
    /// bytes of a zip.
    async fn support_bundle(
        &self,
        token: &SecretString,
        id: ClusterId,
    ) -> Result<Vec<u8>, Problem> {
        Err(Problem::NotOffered)
    }

    /// Follows the account's clusters, from after `last` if given and still known, else from a
    /// snapshot.
    async fn watch(&self, token: &SecretString, last: Option<EventId>) -> Result<Watch, Problem>;
}
