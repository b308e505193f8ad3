//! The port between the pages and the process that serves them.
//!
//! Pages know what they need (who is signed in, the clusters, "create this one"); they know nothing of
//! sessions, the hub or HTTP. The server makes one [`Dashboard`] a request, for the person at hand, and
//! provides it as context to rendering and server functions alike. Every method but `sign_in` authorises
//! first: without a session that holds a good token it answers [`Problem::SignedOut`] and does nothing.
//!
//! What the hub knows is asked of it here; all else is asked of the control plane with [`ask`], and
//! changed with [`act`].

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use cluster_api::{Cluster, ClusterId, Membership, Offer, Problem, RequestId};
use leptos::prelude::*;
use secrecy::SecretString;

pub use cluster_api::client::{ControlPlane, Secret, Who};

use crate::{
    answer::reject,
    error::AppError,
    session::Backend,
    view::{ClusterView, Known, User},
};

/// What the pages may ask, always on behalf of the one who sent the request.
#[async_trait]
pub trait Dashboard: Send + Sync {
    /// Who is signed in.
    async fn user(&self) -> Result<User, Problem>;

    /// The control planes that one may sign in to: at least one, the usual one first.
    fn backends(&self) -> &[Backend];

    /// Begins a session: checks the limits, signs in upstream, and gives the session a new id.
    async fn sign_in(&self, backend: Backend, who: Who, secret: Secret) -> Result<(), Problem>;

    /// Goes over to another project, in the same session.
    async fn choose_project(&self, id: &str) -> Result<(), Problem>;

    /// Whether the control plane of the session has something that not every one has. It is asked once it
    /// is known who is signed in.
    fn offers(&self, what: Offer) -> bool;

    /// The project that the session is in, where there are some.
    fn membership(&self) -> Option<Membership>;

    /// What the control plane of the session said, word for word, when it refused that request.
    fn said(&self, request_id: RequestId) -> Option<String>;

    /// Ends the session here and the token upstream.
    async fn sign_out(&self) -> Result<(), Problem>;

    /// Counts as use of the session, and answers with who is signed in and until when.
    async fn stay(&self) -> Result<User, Problem>;

    /// What is known of the account's clusters. Answers from the hub's memory when its watch is up, and
    /// with the last known state when the control plane is gone.
    async fn known(&self) -> Result<Known, Problem>;

    /// One cluster with its timeline.
    async fn cluster(&self, id: ClusterId) -> Result<ClusterView, Problem>;

    /// The way to the control plane with the token of the one who asks.
    async fn upstream(&self) -> Result<Upstream, Problem>;

    /// Keeps a secret for the next page of the same session, sealed, for a few minutes. What it answers
    /// is no secret: it takes the secret once, from this session and no other. A later one takes its
    /// place.
    async fn keep_secret(&self, secret: &SecretString) -> Result<String, Problem>;

    /// Takes what was kept. None if it was taken before, or its time is over.
    async fn take_secret(&self, ticket: &str) -> Result<Option<SecretString>, Problem>;

    /// Where programs reach the control plane of the session, as people write it: `https://api.example.com`.
    fn api_url(&self) -> &str;

    /// The control plane has turned the token away: the session is over.
    async fn turned_away(&self);

    /// Takes in what the control plane answered, so that the next page shows it.
    async fn take_in(&self, cluster: Cluster);

    /// Reads a cluster again after something was asked for it, so that the next page shows that.
    async fn read_again(&self, id: ClusterId);
}

/// The dashboard of the request at hand, as context.
#[derive(Clone)]
pub struct CurrentDashboard(pub Arc<dyn Dashboard>);

/// The dashboard of the request at hand.
#[must_use]
pub fn dashboard() -> Arc<dyn Dashboard> {
    expect_context::<CurrentDashboard>().0
}

/// Whether the control plane of the session has something that not every one has.
#[must_use]
pub fn offers(what: Offer) -> bool {
    use_context::<CurrentDashboard>().map_or_else(|| what.is_ours(), |it| it.0.offers(what))
}

/// Nothing, where the control plane of the session has that.
///
/// # Errors
/// [`Problem::NotOffered`] where it has not.
pub fn needs(what: Offer) -> Result<(), Problem> {
    if offers(what) {
        Ok(())
    } else {
        Err(Problem::NotOffered)
    }
}

/// The control plane, and the token of the one who asks.
#[derive(Clone)]
pub struct Upstream {
    /// Whom to ask.
    pub control_plane: Arc<dyn ControlPlane>,
    /// On whose behalf.
    pub token: SecretString,
}

/// Asks the control plane, as a server function: `ask(|up| async move {
/// up.control_plane.keys(&up.token).await })`.
///
/// # Errors
/// What it answered. A script gets its status.
pub async fn ask<T, F>(question: impl FnOnce(Upstream) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, Problem>>,
{
    act(question).await.map_err(reject)
}

/// The same for what answers a form, which then decides where to go.
///
/// # Errors
/// What the control plane answered.
pub async fn act<T, F>(question: impl FnOnce(Upstream) -> F) -> Result<T, Problem>
where
    F: Future<Output = Result<T, Problem>>,
{
    let dashboard = dashboard();
    let answer = question(dashboard.upstream().await?).await;
    if matches!(answer, Err(Problem::SignedOut)) {
        dashboard.turned_away().await;
    }
    answer
}

/// How long a page waits for what lies inside a cluster, which is asked of its nodes: a node that died a
/// moment ago answers nothing for long, and the page has to say so meanwhile.
pub const SOON: Duration = Duration::from_millis(1500);

/// The same as [`act`] for what a page can do without for now.
///
/// # Errors
/// What the control plane answered, or [`Problem::NodeSilent`] if it did not in time.
pub async fn act_soon<T, F>(question: impl FnOnce(Upstream) -> F) -> Result<T, Problem>
where
    F: Future<Output = Result<T, Problem>>,
{
    let answer = tokio::time::timeout(SOON, act(question)).await;
    answer.unwrap_or(Err(Problem::NodeSilent))
}
