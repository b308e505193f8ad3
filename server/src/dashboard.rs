//! What the pages ask, answered for the one who sent the request.

use std::{sync::Arc, time::Duration};

use app::{
    dashboard::{Dashboard, Secret, Upstream, Who},
    session::Backend,
    view::{ClusterView, Freshness, Known, User},
};
use async_trait::async_trait;
use cluster_api::{
    AuditFormat, AuditQuery, Cluster, ClusterId, Event, Membership, Offer, Problem, RequestId,
    Scope,
    client::{Download, Grant, Origin},
};
use secrecy::SecretString;

use crate::{
    backends::{Backends, Place},
    chain::Chain,
    clock::Clock,
    hub::Entry,
    limits::SignInLimits,
    session::{CurrentSession, SessionError, Sessions, Visitor},
};

/// The control plane has so long to end a token; the session here is over in any case.
const SIGN_OUT: Duration = Duration::from_secs(3);

/// What is shared by all requests.
pub(crate) struct Services {
    pub(crate) backends: Backends,
    pub(crate) sessions: Sessions,
    pub(crate) limits: Arc<SignInLimits>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// The dashboard of one request.
pub(crate) struct RequestDashboard {
    services: Arc<Services>,
    visitor: Visitor,
    origin: Origin,
    request_id: RequestId,
}

/// Somebody whose session holds and whose token is good, and the way to the account's data.
pub(crate) struct Authorised<'d> {
    pub(crate) session: &'d CurrentSession,
    /// The control plane of the session.
    pub(crate) place: &'d Place,
    pub(crate) entry: Entry,
}

impl RequestDashboard {
    pub(crate) const fn new(
        services: Arc<Services>,
        visitor: Visitor,
        origin: Origin,
        request_id: RequestId,
    ) -> Self {
        Self {
            services,
            visitor,
            origin,
            request_id,
        }
    }

    /// Who it is, if they may do anything at all.
    pub(crate) async fn authorise(&self) -> Result<Authorised<'_>, Problem> {
        let session = self.session().await?.ok_or(Problem::SignedOut)?;
        let place = self.services.backends.of(session.backend)?;
        let entered = place
            .hub
            .enter(
                &session.account_id,
                &session.token,
                session.token_expires_at,
            )
            .await;
        let entry = self.checked(session, entered).await?;
        Ok(Authorised {
            session,
            place,
            entry,
        })
    }

    /// Ends the session if the control plane says that its token has ended.
    pub(crate) async fn checked<T>(
        &self,
        session: &CurrentSession,
        answer: Result<T, Problem>,
    ) -> Result<T, Problem> {
        if matches!(answer, Err(Problem::SignedOut)) {
            self.forget(session);
            self.services
                .sessions
                .end(&self.visitor)
                .await
                .map_err(|error| self.failed(&error))?;
        }
        answer
    }

    async fn session(&self) -> Result<Option<&CurrentSession>, Problem> {
        self.services
            .sessions
            .current(&self.visitor)
            .await
            .map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &SessionError) -> Problem {
        internal(self.request_id, error)
    }

    async fn look(&self, authorised: &Authorised<'_>) -> Result<Known, Problem> {
        let seen = authorised.entry.overview().await;
        let (snapshot, freshness) = self.checked(authorised.session, seen).await?;
        Ok(Known {
            snapshot,
            freshness,
        })
    }

    /// One cluster, from memory or else from the control plane: it may have been made elsewhere a
    /// moment ago.
    pub(crate) async fn find(
        &self,
        authorised: &Authorised<'_>,
        id: ClusterId,
    ) -> Result<Cluster, Problem> {
        if let Some(cluster) = authorised.entry.cluster(id) {
            return Ok(cluster);
        }
        let Authorised {
            session,
            place,
            entry,
        } = authorised;
        let answer = place.control_plane.cluster(&session.token, id).await;
        let cluster = self.checked(session, answer).await?;
        entry.take_in(cluster.clone());
        Ok(cluster)
    }

    async fn timeline(
        &self,
        authorised: &Authorised<'_>,
        id: ClusterId,
        freshness: Freshness,
    ) -> Result<Vec<Event>, Problem> {
        let Authorised {
            session,
            place,
            entry,
        } = authorised;
        if let Some(events) = entry.whole_timeline(id) {
            return Ok(events);
        }
        if matches!(freshness, Freshness::Unreachable { .. }) {
            return Ok(entry.known_timeline(id));
        }
        let ticket = entry.timeline_ticket();
        let answer = place.control_plane.events(&session.token, id).await;
        match self.checked(session, answer).await {
            Ok(events) => Ok(entry.take_timeline_in(id, events, ticket)),
            Err(Problem::Unreachable) => Ok(entry.known_timeline(id)),
            Err(problem) => Err(problem),
        }
    }

    /// Reads a cluster again after something was asked for it, so that the next page shows that.
    async fn read_again_as(&self, authorised: &Authorised<'_>, id: ClusterId) {
        let Authorised {
            session,
            place,
            entry,
        } = authorised;
        // It was asked for: if it cannot be read now, the stream will bring it.
        if let Ok(cluster) = place.control_plane.cluster(&session.token, id).await {
            entry.take_in(cluster);
        }
    }

    /// A new credentials bundle of a cluster, with its name.
    pub(crate) async fn credentials(&self, id: ClusterId) -> Result<(Cluster, Vec<u8>), Problem> {
        let authorised = self.authorise().await?;
        let cluster = self.find(&authorised, id).await?;
        let session = authorised.session;
        let answer = (authorised.place.control_plane)
            .credentials_zip(&session.token, id)
            .await;
        Ok((cluster, self.checked(session, answer).await?))
    }

    /// The audit log as a file.
    pub(crate) async fn export_audit(
        &self,
        query: &AuditQuery,
        format: AuditFormat,
    ) -> Result<Download, Problem> {
        let Authorised { session, place, .. } = self.authorise().await?;
        let answer = place
            .control_plane
            .export_audit(&session.token, query, format)
            .await;
        self.checked(session, answer).await
    }

    /// What somebody who helps with a cluster has to see, with the cluster.
    pub(crate) async fn support(&self, id: ClusterId) -> Result<(Cluster, Vec<u8>), Problem> {
        let authorised = self.authorise().await?;
        let cluster = self.find(&authorised, id).await?;
        let session = authorised.session;
        let answer = (authorised.place.control_plane)
            .support_bundle(&session.token, id)
            .await;
        Ok((cluster, self.checked(session, answer).await?))
    }
}

#[async_trait]
impl Dashboard for RequestDashboard {
    async fn user(&self) -> Result<User, Problem> {
        let authorised = self.authorise().await?;
        let session = authorised.session;
        Ok(User {
            username: session.username.clone(),
            backend: session.backend,
            is_admin: session.is_admin,
            ends_at: session.ends_at,
            ends_at_last: session.ends_at_last,
        })
    }

    fn backends(&self) -> &[Backend] {
        self.services.backends.names()
    }

    async fn sign_in(&self, backend: Backend, who: Who, secret: Secret) -> Result<(), Problem> {
        let services = &self.services;
        let place = services.backends.of(backend)?;
        let attempt = services.limits.begin(&who.username, self.origin.address)?;
        let grant = place
            .control_plane
            .sign_in(&who, &secret, &self.origin)
            .await?;
        services.limits.succeeded(attempt);
        // Pages show what is read once for all sessions of an account: a key that may not read would see
        // it too.
        let scope = Scope::Read;
        if grant
            .scopes
            .as_ref()
            .is_some_and(|scopes| !scopes.has(scope))
        {
            self.end_upstream(place, &grant.token).await;
            return Err(Problem::ScopeMissing { scope });
        }
        self.begin(place, &grant).await
    }

    async fn choose_project(&self, id: &str) -> Result<(), Problem> {
        let Authorised { session, place, .. } = self.authorise().await?;
        let chosen = place.control_plane.choose_project(&session.token, id).await;
        let grant = self.checked(session, chosen).await?;
        self.begin(place, &grant).await
    }

    fn offers(&self, what: Offer) -> bool {
        self.place().control_plane.offers(what)
    }

    fn membership(&self) -> Option<Membership> {
        let session = self.services.sessions.found(&self.visitor)?;
        self.place().control_plane.membership(&session.token)
    }

    fn said(&self, request_id: RequestId) -> Option<String> {
        let session = self.services.sessions.found(&self.visitor)?;
        self.place().control_plane.said(&session.token, request_id)
    }

    async fn sign_out(&self) -> Result<(), Problem> {
        let session = self.session().await?.ok_or(Problem::SignedOut)?;
        self.services
            .sessions
            .end(&self.visitor)
            .await
            .map_err(|error| self.failed(&error))?;
        self.end_token(session).await;
        Ok(())
    }

    async fn stay(&self) -> Result<User, Problem> {
        self.user().await
    }

    async fn known(&self) -> Result<Known, Problem> {
        self.look(&self.authorise().await?).await
    }

    async fn cluster(&self, id: ClusterId) -> Result<ClusterView, Problem> {
        let authorised = self.authorise().await?;
        // First the watch, then the row: what the row has is in what is known too.
        self.look(&authorised).await?;
        let cluster = self.find(&authorised, id).await?;
        let known = self.look(&authorised).await?;
        let events = self.timeline(&authorised, id, known.freshness).await?;
        Ok(ClusterView {
            cluster,
            events,
            known,
        })
    }

    async fn upstream(&self) -> Result<Upstream, Problem> {
        let authorised = self.authorise().await?;
        Ok(Upstream {
            control_plane: Arc::clone(&authorised.place.control_plane),
            token: authorised.session.token.clone(),
        })
    }

    async fn keep_secret(&self, secret: &SecretString) -> Result<String, Problem> {
        let session = self.authorise().await?.session;
        self.services
            .sessions
            .keep_secret(&self.visitor, session, secret)
            .await
            .map_err(|error| self.failed(&error))
    }

    async fn take_secret(&self, ticket: &str) -> Result<Option<SecretString>, Problem> {
        let session = self.authorise().await?.session;
        self.services
            .sessions
            .take_secret(&self.visitor, session, ticket)
            .await
            .map_err(|error| self.failed(&error))
    }

    fn api_url(&self) -> &str {
        &self.place().api_url
    }

    async fn turned_away(&self) {
        if let Ok(Some(session)) = self.session().await {
            // What it answers is known: that the session is over. A store that fails is in the log.
            let _ = self.checked::<()>(session, Err(Problem::SignedOut)).await;
        }
    }

    async fn take_in(&self, cluster: Cluster) {
        if let Ok(Authorised { entry, .. }) = self.authorise().await {
            entry.take_in(cluster);
        }
    }

    async fn read_again(&self, id: ClusterId) {
        if let Ok(authorised) = self.authorise().await {
            self.read_again_as(&authorised, id).await;
        }
    }
}

impl RequestDashboard {
    /// The control plane of the session, once it is known who that is; the usual one before.
    fn place(&self) -> &Place {
        let backends = &self.services.backends;
        let session = self.services.sessions.found(&self.visitor);
        let place = session.and_then(|it| backends.of(it.backend).ok());
        place.unwrap_or_else(|| backends.first())
    }

    /// Begins a session with what was granted, in the place of the one before.
    async fn begin(&self, place: &Place, grant: &Grant) -> Result<(), Problem> {
        let before = self.session().await?;
        self.services
            .sessions
            .begin(&self.visitor, place.backend, grant)
            .await
            .map_err(|error| self.failed(&error))?;
        place
            .hub
            .admit(&grant.account_id, &grant.token, grant.expires_at);
        if let Some(before) = before {
            self.end_token(before).await;
        }
        Ok(())
    }

    /// The hub knows a session's token no more.
    fn forget(&self, session: &CurrentSession) {
        if let Ok(place) = self.services.backends.of(session.backend) {
            place.hub.forget(&session.account_id, &session.token);
        }
    }

    /// Ends a token upstream. If that fails the token ends by itself in its time, and nobody here
    /// holds it any more.
    async fn end_token(&self, session: &CurrentSession) {
        self.forget(session);
        if let Ok(place) = self.services.backends.of(session.backend) {
            self.end_upstream(place, &session.token).await;
        }
    }

    async fn end_upstream(&self, place: &Place, token: &SecretString) {
        let end = place.control_plane.sign_out(token);
        match tokio::time::timeout(SIGN_OUT, end).await {
            Ok(Ok(())) => {}
            Ok(Err(problem)) => tracing::warn!("a token could not be ended upstream: {problem}"),
            Err(_) => tracing::warn!("a token could not be ended upstream: no answer in time"),
        }
    }
}

/// Writes an inner error with all its causes to the log, and hides it behind the request's id.
pub(crate) fn internal(request_id: RequestId, error: &dyn std::error::Error) -> Problem {
    tracing::error!(request.id = %request_id, "{}", Chain(error));
    Problem::Internal { request_id }
}
