//! OpenStack Magnum as a control plane: Keystone for who it is, Magnum for clusters.
//!
//! Facts about Magnum are those of releases 18.0 to 23.0, seen on a real 23.0 and read in the source of the
//! others. What is not as one expects stands where it is dealt with:
//!
//! - `login`: tokens end, and are renewed; a revoked one is accepted for minutes.
//! - `calls`: four shapes of refusals.
//! - `watch`: there is no stream, so one poll an account makes one; lists fail for moments while a cluster
//!   is born or dies.
//! - below: a create is answered before there is anything to read, and 202 is no promise.

mod bundle;
mod calls;
mod cloud;
mod clusters;
mod journal;
mod keystone;
mod login;
mod map;
mod watch;
mod wire;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::lock::Mutex as AsyncMutex;
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::sleep;

pub use self::journal::{Entry, Journal, MemoryJournal};
use self::{
    calls::{Answer, Said},
    journal::Places,
    keystone::Keystone,
    login::{Login, Logins},
    watch::Accounts,
    wire::VersionsBody,
};
use crate::{ClusterId, EventId, EventKind, Problem, Timestamp};

/// What a list of 1000 clusters may take on a busy cloud.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);

/// Upgrades and certificates are answered once they are done: Magnum waits up to 60 s for its conductor.
const WAITING_TIMEOUT: Duration = Duration::from_secs(90);

/// A service that has not taken a connection by then is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The newest version of the API that is spoken here; the oldest that has all that is needed (nodegroups,
/// clusters without workers).
const NEWEST: (u32, u32) = (1, 14);
const OLDEST: (u32, u32) = (1, 10);

/// Reads that fail while a cluster is born or dies are tried so often again, after so long each time.
const TRIES: u32 = 6;
const PAUSE: Duration = Duration::from_millis(300);

/// What is asked for has begun by then, or was dropped without a word.
const BEGUN: u32 = 20;

/// Where the cloud is, and which part of it is used.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Keystone, with or without `/v3`.
    pub auth_url: String,
    /// The region; None: the first of the catalog.
    pub region: Option<String>,
    /// `public`, `internal` or `admin`.
    pub interface: String,
    /// Authorities besides those of the system, as PEM.
    pub authorities: Option<Vec<u8>>,
    /// Names or ids of the projects that people may sign in to; none given: all of theirs.
    pub projects: Vec<String>,
    /// The domain of users who do not say theirs.
    pub domain: String,
    /// Names of Magnum's drivers that are known to carry new certificates to their machines. With another
    /// one nobody gets into a cluster any more whose authority was made anew: Magnum writes the new one
    /// first and asks the driver second.
    pub rotating: Vec<String>,
}

/// The client could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client for the cloud cannot be set up")]
pub struct SetUpError(#[from] reqwest::Error);

/// A cloud.
#[derive(Clone)]
pub struct Magnum(Arc<Inner>);

struct Inner {
    settings: Settings,
    http: reqwest::Client,
    keystone: Keystone,
    logins: Logins,
    said: Arc<Said>,
    journal: Arc<dyn Journal>,
    places: Places,
    accounts: Accounts,
    /// The version to speak with the Magnum at an address.
    versions: Mutex<HashMap<String, String>>,
    /// Clusters that were asked for, by the key of the wish.
    made: Mutex<HashMap<String, Arc<AsyncMutex<Made>>>>,
}

/// What came of a wish for a cluster.
#[derive(Default)]
struct Made {
    id: Option<ClusterId>,
    /// Since when it may have been made without an answer.
    maybe_since: Option<Timestamp>,
}

impl Magnum {
    /// A client that keeps the timeline in `journal`.
    ///
    /// # Errors
    /// The TLS library could not be set up, or the authorities are none.
    pub fn new(settings: Settings, journal: Arc<dyn Journal>) -> Result<Self, SetUpError> {
        let mut client = reqwest::Client::builder()
            .user_agent(concat!("carina/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        if let Some(pem) = &settings.authorities {
            client = client.tls_certs_merge(reqwest::Certificate::from_pem_bundle(pem)?);
        } else if settings.auth_url.starts_with("http://") {
            // Nothing is checked over plain HTTP: the machine need not know any authority.
            client = client.tls_certs_only([]);
        }
        let http = client.build()?;
        let said = Arc::<Said>::default();
        Ok(Self(Arc::new(Inner {
            keystone: Keystone::new(http.clone(), &settings.auth_url, Arc::clone(&said)),
            settings,
            http,
            logins: Logins::default(),
            said,
            journal,
            places: Places::default(),
            accounts: Accounts::default(),
            versions: Mutex::default(),
            made: Mutex::default(),
        })))
    }

    fn login(&self, token: &SecretString) -> Result<Arc<Login>, Problem> {
        self.0.logins.of(token)
    }

    /// The version to speak: the newest that both sides know.
    async fn version(&self, magnum: &str) -> Result<String, Problem> {
        let known = |versions: &Mutex<HashMap<String, String>>| {
            let versions = versions.lock().unwrap_or_else(PoisonError::into_inner);
            versions.get(magnum).cloned()
        };
        if let Some(version) = known(&self.0.versions) {
            return Ok(version);
        }
        let root = magnum.trim_end_matches("/v1");
        let answer = calls::send_twice(self.0.http.get(format!("{root}/"))).await?;
        let VersionsBody { versions } = answer.checked()?.json()?;
        let newest = versions
            .iter()
            .find_map(|it| parse_version(&it.max_version));
        let spoken = newest.unwrap_or(OLDEST).min(NEWEST);
        if spoken < OLDEST {
            tracing::error!(
                "this Magnum speaks {}.{} at the most; {}.{} is needed",
                spoken.0,
                spoken.1,
                OLDEST.0,
                OLDEST.1
            );
            return Err(Problem::NotOffered);
        }
        // The short name: up to release 20.0 it is the only one that is taken.
        let version = format!("container-infra {}.{}", spoken.0, spoken.1);
        let mut versions = self
            .0
            .versions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        versions.insert(magnum.to_owned(), version.clone());
        Ok(version)
    }

    /// Asks Magnum.
    async fn magnum(
        &self,
        login: &Login,
        method: Method,
        path: &str,
        content: Option<&Value>,
    ) -> Result<Answer, Problem> {
        let magnum = &login.places.magnum;
        let version = self.version(magnum).await?;
        let waits = path.starts_with("/certificates") || path.ends_with("/actions/upgrade");
        let timeout = if waits {
            WAITING_TIMEOUT
        } else {
            REQUEST_TIMEOUT
        };
        let answer = self
            .ask(login, method, &format!("{magnum}{path}"), |request| {
                let request = request.header("openstack-api-version", version.as_str());
                let request = request.timeout(timeout);
                match content {
                    Some(content) => request.json(content),
                    None => request,
                }
            })
            .await?;
        self.0.said.checked(answer, Some(&login.account()))
    }

    /// Asks a service, once more with another token if it turns the first one away.
    async fn ask(
        &self,
        login: &Login,
        method: Method,
        address: &str,
        finish: impl Fn(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Result<Answer, Problem> {
        let keystone = &self.0.keystone;
        let send = async |token: &SecretString| {
            let request = self.0.http.request(method.clone(), address);
            let request = finish(request.header("x-auth-token", token.expose_secret()));
            match method {
                Method::GET => calls::send_twice(request).await,
                _ => calls::send_change(request).await,
            }
        };
        let token = login.token(keystone, Timestamp::now()).await?;
        let answer = send(&token).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        send(&login.token_after(keystone, &token).await?).await
    }

    /// Reads from Magnum. While a cluster is born or dies, it and the whole list are refused for moments
    /// with a 400 about `master_count` (seen 5 times in 629 lists): read again, that is over.
    async fn read(&self, login: &Login, path: &str) -> Result<Answer, Problem> {
        let mut tries = 0;
        loop {
            let answer = self.magnum(login, Method::GET, path, None).await;
            let Err(Problem::Refused { request_id, .. }) = answer else {
                return answer;
            };
            let said = self.0.said.find(&login.account(), request_id);
            let passes = said.is_some_and(|it| it.contains("field/attribute master_count"));
            tries += 1;
            if !passes || tries == TRIES {
                return answer;
            }
            sleep(PAUSE).await;
        }
    }

    /// Writes down what somebody asked for.
    async fn write_down(&self, login: &Login, cluster: ClusterId, message: &str) -> EventId {
        let now = Timestamp::now();
        let id = self.0.places.next(now);
        let mut event = journal::event(id, cluster, now, EventKind::Requested, message);
        event.actor = Some(login.user.name.clone());
        self.0
            .accounts
            .of(&login.account())
            .add_event(event.clone());
        self.0
            .journal
            .keep(Entry {
                project: login.project.id.clone(),
                event,
                seen: None,
            })
            .await;
        id
    }
}

/// `1.14` as numbers.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
