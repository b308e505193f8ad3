//! Sessions: who sent this request.
//!
//! The cookie holds a random id and nothing else. What belongs to it is a row of SQLite: one typed
//! value under one key, with the control plane's token sealed in it. The rules about time are kept
//! here and not by the cookie, so that a kept cookie is worth nothing later: a session ends after
//! 8 hours without use, and 24 hours after the sign-in whatever happens.
//!
//! [`Visitor`] is the way in: each request carries one, and it looks into the store only when it is
//! asked who is there.

mod seal;
mod store;

use std::{io, path::Path, sync::Arc};

use app::session::{COOKIE, PLAIN_COOKIE};
use cluster_api::{Timestamp, client::Grant};
use jiff::SignedDuration;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use tower_sessions::{
    Expiry, Session, SessionManagerLayer,
    cookie::{SameSite, time},
};

use self::seal::Sealer;
pub(crate) use self::store::Store;
use crate::{chain::Chain, clock::Clock, public_url::PublicUrl};

/// A session nobody uses for so long is over.
pub(crate) const IDLE: SignedDuration = SignedDuration::from_hours(8);

/// A session is over so long after its sign-in.
pub(crate) const ABSOLUTE: SignedDuration = SignedDuration::from_hours(24);

/// Use is written down at most so often.
const SLIDE: SignedDuration = SignedDuration::from_secs(60);

/// The one key of the one value of a session.
const KEY: &str = "signed-in";

/// What a session holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct SignedIn {
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

/// Somebody with a session that holds.
#[derive(Clone, Debug)]
pub(crate) struct CurrentSession {
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
    pub(crate) async fn begin(&self, visitor: &Visitor, grant: &Grant) -> Result<(), SessionError> {
        let now = self.clock.now();
        let value = SignedIn {
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
            username: value.username,
            is_admin: value.is_admin,
            account_id: value.account_id,
            token,
            token_expires_at: value.token_expires_at,
            ends_at: ends_at_last.min(value.seen_at + IDLE),
            ends_at_last,
        }))
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
