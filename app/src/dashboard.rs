//! The port between the pages and the process that serves them.
//!
//! Pages know what they need (who is signed in, the clusters, "create this one"); they know nothing of
//! sessions, tokens, the hub or HTTP. The server makes one [`Dashboard`] a request, for the person at
//! hand, and provides it as context to rendering and server functions alike. Every method but
//! `sign_in` authorises first: without a session that holds a good token it answers
//! [`Problem::SignedOut`] and does nothing.

use std::sync::Arc;

use async_trait::async_trait;
use cluster_api::{Access, ClusterId, CreateCluster, IdempotencyKey, NodeCount, Problem};

use crate::view::{ClusterView, Overview, User};

pub use cluster_api::client::Secret;

/// What the pages may ask, always on behalf of the one who sent the request.
#[async_trait]
pub trait Dashboard: Send + Sync {
    /// Who is signed in.
    async fn user(&self) -> Result<User, Problem>;

    /// Begins a session: checks the limits, signs in upstream, and gives the session a new id.
    async fn sign_in(&self, username: &str, secret: Secret) -> Result<(), Problem>;

    /// Ends the session here and the token upstream.
    async fn sign_out(&self) -> Result<(), Problem>;

    /// Everything the list shows. Answers from the hub's memory when its watch is up, and with the
    /// last known state when the control plane is gone.
    async fn overview(&self) -> Result<Overview, Problem>;

    /// One cluster with its timeline.
    async fn cluster(&self, id: ClusterId) -> Result<ClusterView, Problem>;

    /// Asks for a cluster; the same key twice makes one.
    async fn create(
        &self,
        cluster: &CreateCluster,
        key: &IdempotencyKey,
    ) -> Result<ClusterId, Problem>;

    /// Asks for another number of nodes.
    async fn resize(&self, id: ClusterId, nodes: NodeCount) -> Result<(), Problem>;

    /// Asks for the failed task to be tried again.
    async fn retry(&self, id: ClusterId) -> Result<(), Problem>;

    /// Puts the protection against deletion on or takes it off.
    async fn protect(&self, id: ClusterId, on: bool) -> Result<(), Problem>;

    /// Asks for the end of a cluster.
    async fn delete(&self, id: ClusterId) -> Result<(), Problem>;

    /// All about a cluster's credentials but the secrets.
    async fn access(&self, id: ClusterId) -> Result<Access, Problem>;
}

/// The dashboard of the request at hand, as context.
#[derive(Clone)]
pub struct CurrentDashboard(pub Arc<dyn Dashboard>);
