//! Asking the control plane, with a token that is kept between commands; or a cloud, with one that is not.

mod cache;
mod cloud;

use std::cell::RefCell;

use cluster_api::{
    Cluster, ClusterId, ClusterQuery, ClusterSort, Offer, Problem, RequestId, SortKey, Timestamp,
    client::{ControlPlane, HttpControlPlane, Origin, Secret, magnum::Magnum},
};
use secrecy::SecretString;

use self::cache::Cache;
use crate::{
    failure::{Failure, Side},
    settings::{self, Proof, Settings},
};

/// A token that ends within so many seconds is not used any more.
const MARGIN_S: i64 = 60;

/// A connection to the control plane, as the account of the settings.
pub(crate) struct Session {
    plane: Plane,
    token: RefCell<Option<SecretString>>,
    /// The name of the cluster that was looked up last: what comes after that is about it.
    cluster: RefCell<Option<String>>,
}

/// Who is asked, and as whom.
enum Plane {
    /// A control plane of ours.
    Own {
        plane: HttpControlPlane,
        username: String,
        apikey: SecretString,
        cache: Option<Cache>,
    },
    /// A cloud. Its tokens do all that somebody may do, and are granted again in a moment: none is
    /// written anywhere.
    Cloud { plane: Magnum, who: Proof },
}

/// A client for the control plane of the settings.
pub(crate) fn client(endpoint: &str) -> Result<HttpControlPlane, Failure> {
    if !settings::is_address(endpoint) {
        return Err(Failure::Usage(format!(
            "The endpoint is an address such as https://carina.example.com, not {endpoint:?}."
        )));
    }
    prepare_tls();
    HttpControlPlane::named(endpoint, concat!("carina/", env!("CARGO_PKG_VERSION")))
        .map_err(|error| no_tls(&error))
}

fn prepare_tls() {
    // It fails when one is set already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn no_tls(error: &dyn std::fmt::Display) -> Failure {
    Failure::Inside(format!(
        "TLS cannot be set up: {error}. Does this machine have certificates of authorities (ca-certificates)?"
    ))
}

/// What the control plane refused.
pub(crate) fn refused(plane: &HttpControlPlane, problem: Problem) -> Failure {
    let request = match problem {
        // It has not seen the request.
        Problem::Unreachable => None,
        _ => plane.last_answered(),
    };
    Failure::Refused {
        problem,
        request,
        cluster: None,
        said: None,
        side: Side::Own,
    }
}

impl Session {
    /// Opens a session; nothing is asked yet.
    pub(crate) fn open(settings: Settings) -> Result<Self, Failure> {
        let plane = match settings.cloud {
            Some(cloud) => cloud::open(cloud, &settings.home)?,
            None => {
                let username = settings
                    .username
                    .ok_or(Failure::NoCredentials("username"))?;
                let apikey = settings.apikey.ok_or(Failure::NoCredentials("API key"))?;
                let cache = settings
                    .keeps_tokens
                    .then(|| Cache::new(&settings.home, &settings.endpoint, &username, &apikey));
                Plane::Own {
                    plane: client(&settings.endpoint)?,
                    username,
                    apikey,
                    cache,
                }
            }
        };
        Ok(Self {
            plane,
            token: RefCell::new(None),
            cluster: RefCell::new(None),
        })
    }

    fn plane(&self) -> &dyn ControlPlane {
        match &self.plane {
            Plane::Own { plane, .. } => plane,
            Plane::Cloud { plane, .. } => plane,
        }
    }

    /// Whether the control plane has something that not every one has.
    pub(crate) fn offers(&self, what: Offer) -> bool {
        self.plane().offers(what)
    }

    /// What an answer is to somebody who asks for what is not offered.
    pub(crate) fn need(&self, what: Offer) -> Result<(), Failure> {
        if self.offers(what) {
            return Ok(());
        }
        Err(self.refused(Problem::NotOffered))
    }

    /// Asks, and signs in first where that is needed: once more if a token that was kept has ended.
    pub(crate) async fn ask<T>(
        &self,
        call: impl AsyncFn(&dyn ControlPlane, &SecretString) -> Result<T, Problem>,
    ) -> Result<T, Failure> {
        let kept = self.kept_token();
        let was_kept = kept.is_some();
        let token = match kept {
            Some(token) => token,
            None => self.sign_in().await?,
        };
        match call(self.plane(), &token).await {
            Err(Problem::SignedOut) if was_kept => {
                let token = self.sign_in().await?;
                call(self.plane(), &token).await
            }
            answer => answer,
        }
        .map_err(|problem| self.refused(problem))
    }

    fn refused(&self, problem: Problem) -> Failure {
        let mut failure = match &self.plane {
            Plane::Own { plane, .. } => refused(plane, problem),
            Plane::Cloud { plane, .. } => {
                cloud::refused(plane, self.token.borrow().as_ref(), problem)
            }
        };
        if let Failure::Refused { cluster, .. } = &mut failure {
            *cluster = self.cluster.borrow().clone();
        }
        failure
    }

    /// The request that was answered last, where the control plane numbers them all.
    fn last_answered(&self) -> Option<RequestId> {
        match &self.plane {
            Plane::Own { plane, .. } => plane.last_answered(),
            Plane::Cloud { .. } => None,
        }
    }

    /// What the answer to the last request lacks.
    pub(crate) fn missing(
        &self,
        kind: &'static str,
        name: &str,
        hint: impl Into<String>,
    ) -> Failure {
        Failure::Missing {
            kind,
            name: name.to_owned(),
            hint: hint.into(),
            request: self.last_answered(),
        }
    }

    /// What is wrong with the answer to the last request.
    pub(crate) fn bad_answer(&self, text: String) -> Failure {
        Failure::BadAnswer {
            text,
            request: self.last_answered(),
        }
    }

    fn kept_token(&self) -> Option<SecretString> {
        let mut token = self.token.borrow_mut();
        if token.is_none()
            && let Plane::Own {
                cache: Some(cache), ..
            } = &self.plane
        {
            *token = cache.token(Timestamp::now().as_second() + MARGIN_S);
        }
        token.clone()
    }

    async fn sign_in(&self) -> Result<SecretString, Failure> {
        let grant = match &self.plane {
            Plane::Own {
                plane,
                username,
                apikey,
                cache,
            } => {
                let secret = Secret::ApiKey(apikey.clone());
                let grant = plane
                    .sign_in(&username.as_str().into(), &secret, &Origin::default())
                    .await;
                let grant = grant.map_err(|problem| refused(plane, problem))?;
                if let Some(cache) = cache {
                    cache.keep(&grant);
                }
                grant
            }
            Plane::Cloud { plane, who } => cloud::sign_in(plane, who).await?,
        };
        *self.token.borrow_mut() = Some(grant.token.clone());
        Ok(grant.token)
    }

    /// A cluster by its name or id.
    pub(crate) async fn cluster(&self, name: &str) -> Result<Cluster, Failure> {
        let cluster = self.look_up(name).await?;
        *self.cluster.borrow_mut() = Some(cluster.name.to_string());
        Ok(cluster)
    }

    async fn look_up(&self, name: &str) -> Result<Cluster, Failure> {
        let missing = || self.missing("cluster", name, "Yours: carina list.");
        if matches!(self.plane, Plane::Cloud { .. }) {
            let mut found = self.look_through(name).await?;
            return match found.len() {
                1 => Ok(found.remove(0)),
                0 => Err(missing()),
                number => Err(ambiguous(name, number, &found)),
            };
        }
        if let Ok(id) = name.parse::<ClusterId>() {
            return match self
                .ask(async |plane, token| plane.cluster(token, id).await)
                .await
            {
                Err(Failure::Refused {
                    problem: Problem::NotFound,
                    ..
                }) => Err(missing()),
                answer => answer,
            };
        }
        let mut query = ClusterQuery {
            q: Some(name.to_owned()),
            sort: ClusterSort {
                key: SortKey::Name,
                descending: false,
            },
            ..ClusterQuery::default()
        };
        loop {
            let page = self
                .ask(async |plane, token| plane.clusters(token, &query).await)
                .await?;
            let mut clusters = page.clusters.into_iter();
            if let Some(found) = clusters.find(|cluster| cluster.name.as_str() == name) {
                return Ok(found);
            }
            query.marker = Some(page.next.ok_or_else(missing)?);
        }
    }

    /// Those of a name or id in a cloud, whose lists have no filter, and whose names are not always unique.
    async fn look_through(&self, name: &str) -> Result<Vec<Cluster>, Failure> {
        let snapshot = self
            .ask(async |plane, token| plane.snapshot(token).await)
            .await?;
        let mut clusters = snapshot.clusters;
        clusters.retain(|it| it.name.as_str() == name || it.id.to_string() == name);
        Ok(clusters)
    }
}

fn ambiguous(name: &str, number: usize, found: &[Cluster]) -> Failure {
    let ids: Vec<_> = found.iter().map(|it| it.id.to_string()).collect();
    Failure::Usage(format!(
        "{number} clusters are called {name:?}; name one of them by its id: {}.",
        ids.join(", ")
    ))
}
