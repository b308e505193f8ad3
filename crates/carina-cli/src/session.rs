//! Asking the control plane, with a token that is kept between commands.

mod cache;

use std::cell::RefCell;

use cluster_api::{
    Cluster, ClusterId, ClusterQuery, ClusterSort, Problem, SortKey, Timestamp,
    client::{ControlPlane, HttpControlPlane, Origin, Secret},
};
use secrecy::SecretString;

use self::cache::Cache;
use crate::{failure::Failure, settings::Settings};

/// A token that ends within so many seconds is not used any more.
const MARGIN_S: i64 = 60;

/// A connection to the control plane, as the account of the settings.
pub(crate) struct Session {
    plane: HttpControlPlane,
    username: String,
    apikey: SecretString,
    cache: Option<Cache>,
    token: RefCell<Option<SecretString>>,
    /// The name of the cluster that was looked up last: what comes after that is about it.
    cluster: RefCell<Option<String>>,
}

/// A client for the control plane of the settings.
pub(crate) fn client(endpoint: &str) -> Result<HttpControlPlane, Failure> {
    let is_url = reqwest::Url::parse(endpoint)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !is_url {
        return Err(Failure::Usage(format!(
            "The endpoint is an address such as https://carina.example.com, not {endpoint:?}."
        )));
    }
    // It fails when one is set already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    HttpControlPlane::named(endpoint, concat!("carina/", env!("CARGO_PKG_VERSION")))
        .map_err(|error| {
            Failure::Inside(format!(
                "TLS cannot be set up: {error}. Does this machine have certificates of authorities (ca-certificates)?"
            ))
        })
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
    }
}

impl Session {
    /// Opens a session; nothing is asked yet.
    pub(crate) fn open(settings: &Settings) -> Result<Self, Failure> {
        let username = settings
            .username
            .clone()
            .ok_or(Failure::NoCredentials("username"))?;
        let apikey = settings
            .apikey
            .clone()
            .ok_or(Failure::NoCredentials("API key"))?;
        let cache = settings
            .keeps_tokens
            .then(|| Cache::new(&settings.home, &settings.endpoint, &username, &apikey));
        Ok(Self {
            plane: client(&settings.endpoint)?,
            username,
            apikey,
            cache,
            token: RefCell::new(None),
            cluster: RefCell::new(None),
        })
    }

    /// Asks, and signs in first where that is needed: once more if a token that was kept has ended.
    pub(crate) async fn ask<T>(
        &self,
        call: impl AsyncFn(&HttpControlPlane, &SecretString) -> Result<T, Problem>,
    ) -> Result<T, Failure> {
        let kept = self.kept_token();
        let was_kept = kept.is_some();
        let token = match kept {
            Some(token) => token,
            None => self.sign_in().await?,
        };
        match call(&self.plane, &token).await {
            Err(Problem::SignedOut) if was_kept => {
                let token = self.sign_in().await?;
                call(&self.plane, &token).await
            }
            answer => answer,
        }
        .map_err(|problem| self.refused(problem))
    }

    fn refused(&self, problem: Problem) -> Failure {
        let mut failure = refused(&self.plane, problem);
        if let Failure::Refused { cluster, .. } = &mut failure {
            *cluster = self.cluster.borrow().clone();
        }
        failure
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
            request: self.plane.last_answered(),
        }
    }

    /// What is wrong with the answer to the last request.
    pub(crate) fn bad_answer(&self, text: String) -> Failure {
        Failure::BadAnswer {
            text,
            request: self.plane.last_answered(),
        }
    }

    fn kept_token(&self) -> Option<SecretString> {
        let mut token = self.token.borrow_mut();
        if token.is_none() {
            let now = Timestamp::now().as_second();
            *token = self
                .cache
                .as_ref()
                .and_then(|cache| cache.token(now + MARGIN_S));
        }
        token.clone()
    }

    async fn sign_in(&self) -> Result<SecretString, Failure> {
        let secret = Secret::ApiKey(self.apikey.clone());
        let grant = self
            .plane
            .sign_in(&self.username.as_str().into(), &secret, &Origin::default())
            .await;
        let grant = grant.map_err(|problem| refused(&self.plane, problem))?;
        if let Some(cache) = &self.cache {
            cache.keep(&grant);
        }
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
}
