//! Sessions: who sent this request.
//!
//! The cookie holds a random id and nothing else. What belongs to it is a row of SQLite: who is signed
//! in, with the control plane's token sealed in it, and for a moment a secret that the next page shows. The rules about time are kept
//! here and not by the cookie, so that a kept cookie is worth nothing later: a session ends after
//! 8 hours without use, and 24 hours after the sign-in whatever happens.
//!
//! [`Visitor`] is the way in: each request carries one, and it looks into the store only when it is
//! asked who is there.

mod seal;
mod store;

use std::{io, path::Path, sync::Arc};

use app::session::{Backend, COOKIE, PLAIN_COOKIE};
use cluster_api::{Timestamp, client::Grant};
use jiff::SignedDuration;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use tower_sessions::{
    Expiry, Session, SessionManagerLayer,
    cookie::{SameSite, time},
};
use uuid::Uuid;

use self::seal::Sealer;
pub(crate) use self::store::Store;
use crate::{chain::Chain, clock::Clock, public_url::PublicUrl};

/// A session nobody uses for so long is over.
pub(crate) const IDLE: SignedDuration = SignedDuration::from_hours(8);

/// A session is over so long after its sign-in.
pub(crate) const ABSOLUTE: SignedDuration = SignedDuration::from_hours(24);

/// Use is written down at most so often.
const SLIDE: SignedDuration = SignedDuration::from_secs(60);

/// The key of who is signed in.
const KEY: &str = "signed-in";

/// The key of a secret that the next page shows.
const SECRET: &str = "secret";

/// The next page is asked for within so long.
const NEXT_PAGE: SignedDuration = SignedDuration::from_mins(5);

/// What a session holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct SignedIn {
    #[serde(default)]
    backend: Backend,
    username: String,
    #[serde(default)]
    is_admin: bool,
    account_id: String,
    token_sealed: String,
    token_expires_at: Timestamp,
    signed_in_at: Timestamp,
    seen_at: Timestamp,
}

impl SignedIn {
    fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.seen_at) >= IDLE
            || now.duration_since(self.signed_in_at) >= ABSOLUTE
            || now >= self.token_expires_at
    }
}

/// A secret that the next page shows.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    sealed: String,
    kept_at: Timestamp,
}

/// What a kept secret is bound to: another account does not open it, nor another ticket.
fn bound_to(session: &CurrentSession, ticket: &str) -> String {
    format!("{}/{ticket}", session.account_id)
}

/// Somebody with a session that holds.
#[derive(Clone, Debug)]
pub(crate) struct CurrentSession {
    pub(crate) backend: Backend,
    pub(crate) username: String,
    pub(crate) is_admin: bool,
    pub(crate) account_id: String,
    pub(crate) token: SecretString,
    pub(crate) token_expires_at: Timestamp,
    /// When it ends if nobody uses it.
    pub(crate) ends_at: Timestamp,
    /// When it ends whatever happens.
    pub(crate) ends_at_last: Timestamp,
}

/// The sessions could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum OpenSessionsError {
    /// The folder for data or a file in it.
    #[error("the folder for data cannot be used")]
    Folder(#[from] io::Error),
    /// The database.
    #[error("the dashboard's database cannot be opened")]
    Database(#[from] sqlx::Error),
    /// The file is there, and is not a key.
    #[error("{0} is not a key of this program; move it away to have a new one made")]
    Key(std::path::PathBuf),
}

/// All sessions.
#[derive(Clone)]
pub(crate) struct Sessions {
    store: Store,
    sealer: Arc<Sealer>,
    clock: Arc<dyn Clock>,
}

/// A session's value could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the session store failed")]
pub(crate) struct SessionError(#[from] tower_sessions::session::Error);

impl Sessions {
    /// Opens the database and the key in the folder for data, and makes what is missing.
    pub(crate) async fn open(
        folder: &Path,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenSessionsError> {
        tokio::fs::create_dir_all(folder).await?;
        Ok(Self {
            store: Store::open(&folder.join("dashboard.db")).await?,
            sealer: Arc::new(Sealer::open(&folder.join("dashboard.key"))?),
            clock,
        })
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// The layer that reads and writes the cookie.
    pub(crate) fn layer(&self, url: &PublicUrl) -> SessionManagerLayer<Store> {
        let secure = url.is_https() || url.is_loopback();
        if !secure {
            tracing::warn!(
                "the dashboard is reached at {url}, without TLS: passwords and session cookies \
                 cross the network in the clear; put a reverse proxy with TLS in front and name its \
                 address in CARINA_PUBLIC_URL"
            );
        }
        SessionManagerLayer::new(self.store.clone())
            .with_name(if secure { COOKIE } else { PLAIN_COOKIE })
            .with_secure(secure)
            .with_http_only(true)
            .with_same_site(SameSite::Lax)
            .with_path("/")
            .with_expiry(Expiry::OnInactivity(time::Duration::seconds(
                IDLE.as_secs(),
            )))
    }

    /// Somebody has signed in: gives the session a new id, so that an id from before is worth
    /// nothing, and writes down who it is.
    pub(crate) async fn begin(
        &self,
        visitor: &Visitor,
        backend: Backend,
        grant: &Grant,
    ) -> Result<(), SessionError> {
        let now = self.clock.now();
        let value = SignedIn {
            backend,
            username: grant.username.clone(),
            is_admin: grant.is_admin,
            account_id: grant.account_id.clone(),
            token_sealed: self.sealer.seal(&grant.token, &grant.account_id),
            token_expires_at: grant.expires_at,
            signed_in_at: now,
            seen_at: now,
        };
        visitor.session.cycle_id().await?;
        visitor.session.insert(KEY, value).await?;
        Ok(())
    }

    /// Ends the visitor's session, at once and whatever becomes of the answer.
    pub(crate) async fn end(&self, visitor: &Visitor) -> Result<(), SessionError> {
        visitor.session.flush().await?;
        Ok(())
    }

    /// Who the visitor is. The store is asked once a request.
    pub(crate) async fn current<'v>(
        &self,
        visitor: &'v Visitor,
    ) -> Result<Option<&'v CurrentSession>, SessionError> {
        let found = visitor.found.get_or_try_init(|| self.find(visitor)).await?;
        Ok(found.as_ref())
    }

    async fn find(&self, visitor: &Visitor) -> Result<Option<CurrentSession>, SessionError> {
        let session = &visitor.session;
        if session.id().is_none() {
            return Ok(None);
        }
        let Some(mut value) = session.get::<SignedIn>(KEY).await? else {
            return Ok(None);
        };
        let now = self.clock.now();
        let token = self
            .sealer
            .open_sealed(&value.token_sealed, &value.account_id);
        let Some(token) = token.filter(|_| !value.is_over(now)) else {
            session.flush().await?;
            return Ok(None);
        };
        if visitor.uses && now.duration_since(value.seen_at) >= SLIDE {
            value.seen_at = now;
            session.insert(KEY, value.clone()).await?;
        }
        let ends_at_last = value.token_expires_at.min(value.signed_in_at + ABSOLUTE);
        Ok(Some(CurrentSession {
            backend: value.backend,
            username: value.username,
            is_admin: value.is_admin,
            account_id: value.account_id,
            token,
            token_expires_at: value.token_expires_at,
            ends_at: ends_at_last.min(value.seen_at + IDLE),
            ends_at_last,
        }))
    }

    /// Who the visitor is, if that was asked before.
    pub(crate) fn found<'v>(&self, visitor: &'v Visitor) -> Option<&'v CurrentSession> {
        visitor.found.get()?.as_ref()
    }

    /// Keeps a secret for the next page of the session, and gives the ticket that takes it.
    pub(crate) async fn keep_secret(
        &self,
        visitor: &Visitor,
        session: &CurrentSession,
        secret: &SecretString,
    ) -> Result<String, SessionError> {
        let ticket = Uuid::new_v4().simple().to_string();
        let kept = Kept {
            sealed: self.sealer.seal(secret, &bound_to(session, &ticket)),
            kept_at: self.clock.now(),
        };
        visitor.session.insert(SECRET, kept).await?;
        Ok(ticket)
    }

    /// The secret that was kept, once.
    pub(crate) async fn take_secret(
        &self,
        visitor: &Visitor,
        session: &CurrentSession,
        ticket: &str,
    ) -> Result<Option<SecretString>, SessionError> {
        let Some(kept) = visitor.session.get::<Kept>(SECRET).await? else {
            return Ok(None);
        };
        let is_over = self.clock.now().duration_since(kept.kept_at) >= NEXT_PAGE;
        let opened = self
            .sealer
            .open_sealed(&kept.sealed, &bound_to(session, ticket));
        if is_over || opened.is_some() {
            visitor.session.remove_value(SECRET).await?;
        }
        Ok(opened.filter(|_| !is_over))
    }

    /// Whether the session still holds, for streams that outlive their request. It does not count
    /// as use: a tab left open does not keep its session alive. A store that fails ends nothing.
    pub(crate) async fn still_holds(&self, visitor: &Visitor) -> bool {
        let Some(id) = visitor.session.id() else {
            return false;
        };
        match self.store.value::<SignedIn>(id, KEY).await {
            Ok(value) => value.is_some_and(|value| !value.is_over(self.clock.now())),
            Err(error) => {
                tracing::error!("a session cannot be looked up: {}", Chain(&error));
                true
            }
        }
    }
}

/// The one who sent a request, as far as the session tells.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    session: Session,
    /// Whether the request counts as use of the session.
    uses: bool,
    found: Arc<OnceCell<Option<CurrentSession>>>,
}

impl Visitor {
    /// The visitor of a request. A page that brings itself up to date is no use of the session: a tab
    /// left open does not keep its session alive.
    pub(crate) fn new(session: Session, uses: bool) -> Self {
        Self {
            session,
            uses,
            found: Arc::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use secrecy::ExposeSecret;

    use super::*;
    use crate::tests::ManualClock;

    struct Place {
        sessions: Sessions,
        clock: ManualClock,
        folder: tempfile::TempDir,
    }

    impl Place {
        async fn new() -> Self {
            let (folder, clock) = (tempfile::tempdir().unwrap(), ManualClock::default());
            let sessions = Sessions::open(folder.path(), Arc::new(clock.clone()))
                .await
                .unwrap();
            Self {
                sessions,
                clock,
                folder,
            }
        }

        async fn signed_in(&self, account: &str) -> Visitor {
            let session = Session::new(None, Arc::new(self.sessions.store.clone()), None);
            let visitor = Visitor::new(session, true);
            let grant = Grant {
                is_admin: false,
                token: "token".to_owned().into(),
                expires_at: self.clock.now() + ABSOLUTE,
                account_id: account.to_owned(),
                username: account.to_owned(),
                scopes: None,
            };
            self.sessions
                .begin(&visitor, Backend::Carina, &grant)
                .await
                .unwrap();
            visitor.session.save().await.unwrap();
            visitor
        }

        async fn keep(&self, visitor: &Visitor) -> String {
            let session = self.sessions.current(visitor).await.unwrap().unwrap();
            let secret = "cak_secret".to_owned().into();
            let kept = self.sessions.keep_secret(visitor, session, &secret);
            let ticket = kept.await.unwrap();
            visitor.session.save().await.unwrap();
            ticket
        }

        /// What a new request of the same session takes.
        async fn take(&self, visitor: &Visitor, ticket: &str) -> Option<String> {
            let id = visitor.session.id();
            let session = Session::new(id, Arc::new(self.sessions.store.clone()), None);
            let next = Visitor::new(session, true);
            let session = self.sessions.current(&next).await.unwrap().unwrap();
            let taken = self.sessions.take_secret(&next, session, ticket).await;
            next.session.save().await.unwrap();
            taken
                .unwrap()
                .map(|secret| secret.expose_secret().to_owned())
        }
    }

    #[tokio::test]
    async fn a_secret_is_shown_once_and_to_its_own_page_alone() {
        let place = Place::new().await;
        let owner = place.signed_in("owner").await;
        let ticket = place.keep(&owner).await;
        let other = place.signed_in("other").await;
        let others = place.keep(&other).await;

        assert_eq!(place.take(&other, &ticket).await, None);
        assert_eq!(place.take(&owner, &others).await, None);
        let taken = place.take(&owner, &ticket).await;
        assert_eq!(taken.as_deref(), Some("cak_secret"));
        assert_eq!(place.take(&owner, &ticket).await, None);
    }

    #[tokio::test]
    async fn a_secret_that_nobody_looks_at_is_gone_after_minutes() {
        let place = Place::new().await;
        let owner = place.signed_in("owner").await;
        let ticket = place.keep(&owner).await;
        place.clock.advance(Duration::from_secs(300));
        assert_eq!(place.take(&owner, &ticket).await, None);
    }

    #[tokio::test]
    async fn a_kept_secret_is_nowhere_on_disk_in_the_clear() {
        let place = Place::new().await;
        let owner = place.signed_in("owner").await;
        place.keep(&owner).await;
        let mut bytes = 0;
        for file in std::fs::read_dir(place.folder.path()).unwrap() {
            let file = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!String::from_utf8_lossy(&file).contains("cak_secret"));
            bytes += file.len();
        }
        assert!(bytes > 4096);
    }
}
