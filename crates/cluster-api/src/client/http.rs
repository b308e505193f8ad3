//! A control plane somewhere on the network, spoken to as the original clients do.

use std::{collections::BTreeSet, time::Duration};

use async_trait::async_trait;
use eventsource_stream::Eventsource;
use futures::{StreamExt, TryStreamExt};
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

use super::{ControlPlane, Grant, Origin, Secret, Watch};
use crate::{
    Access, Cluster, ClusterChange, ClusterId, CreateCluster, ErrorBody, Event, EventId, EventList,
    IDEMPOTENCY_KEY_HEADER, IdempotencyKey, NodeCount, Problem, RequestId, ResizeInput, Role,
    Scope, Scopes, Snapshot, TaskRequest, Timestamp, WatchMessage,
};

/// The original clients' own limit for a whole request (libcarina, v2).
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// A control plane that has not taken a connection by then is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// A stream that has been silent for longer than two heartbeats and a bit is dead.
const WATCH_SILENCE: Duration = Duration::from_secs(35);

/// The most that any JSON answer or zip may weigh: 10,000 clusters of 10 nodes fit.
const MAX_ANSWER_BYTES: usize = 64 << 20;

/// A control plane reached over HTTP.
#[derive(Clone, Debug)]
pub struct HttpControlPlane {
    calls: reqwest::Client,
    streams: reqwest::Client,
    base: String,
}

impl HttpControlPlane {
    /// A client for the control plane at `base`, such as `http://127.0.0.1:4000`.
    ///
    /// # Errors
    /// The TLS library could not be set up.
    pub fn new(base: &str) -> Result<Self, reqwest::Error> {
        let client = || {
            reqwest::Client::builder()
                .user_agent(concat!("carina-dashboard/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(CONNECT_TIMEOUT)
                .redirect(reqwest::redirect::Policy::none())
                // Its one upstream is named in the settings; a proxy of the environment is for others.
                .no_proxy()
        };
        Ok(Self {
            calls: client().timeout(REQUEST_TIMEOUT).build()?,
            streams: client().read_timeout(WATCH_SILENCE).build()?,
            base: base.trim_end_matches('/').to_owned(),
        })
    }

    fn request(&self, method: Method, path: &str, token: &SecretString) -> RequestBuilder {
        self.request_on(&self.calls, method, path, token)
    }

    fn request_on(
        &self,
        client: &reqwest::Client,
        method: Method,
        path: &str,
        token: &SecretString,
    ) -> RequestBuilder {
        client
            .request(method, format!("{}{path}", self.base))
            .header(header::ACCEPT, "application/json")
            .header("x-auth-token", token.expose_secret())
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Problem> {
        let response = request.send().await.map_err(unreachable)?;
        checked(response).await
    }

    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Problem> {
        decode(&body(self.send(request).await?).await?)
    }

    async fn task(
        &self,
        token: &SecretString,
        id: ClusterId,
        task: &TaskRequest,
    ) -> Result<(), Problem> {
        let path = format!("/v2/clusters/{id}/tasks");
        self.send(self.request(Method::POST, &path, token).json(task))
            .await
            .map(drop)
    }
}

#[async_trait]
impl ControlPlane for HttpControlPlane {
    async fn sign_in(
        &self,
        username: &str,
        secret: &Secret,
        origin: &Origin,
    ) -> Result<Grant, Problem> {
        let auth = match secret {
            Secret::Password(password) => json!({
                "passwordCredentials": {"username": username, "password": password.expose_secret()}
            }),
            Secret::ApiKey(key) => json!({
                "RAX-KSKEY:apiKeyCredentials": {"username": username, "apiKey": key.expose_secret()}
            }),
        };
        let mut request = self
            .calls
            .post(format!("{}/v2.0/tokens", self.base))
            .json(&json!({ "auth": auth }));
        if let Some(address) = origin.address {
            request = request.header("x-forwarded-for", address.to_string());
        }
        if let Some(user_agent) = &origin.user_agent {
            request = request.header(header::USER_AGENT, user_agent);
        }
        let IdentityAnswer { access } = self.json(request).await?;
        let roles = access.user.roles.iter();
        let scopes: BTreeSet<Scope> = roles.flat_map(|role| role.name.parse()).collect();
        let is_admin = access
            .user
            .roles
            .iter()
            .any(|role| role.name == Role::Admin.as_str());
        Ok(Grant {
            is_admin,
            token: access.token.id,
            expires_at: access.token.expires,
            account_id: access.user.id,
            username: access.user.name,
            // Other Identity v2 servers have no such roles, and no scopes.
            scopes: (!scopes.is_empty()).then_some(Scopes(scopes)),
        })
    }

    async fn check_token(&self, token: &SecretString) -> Result<bool, Problem> {
        let path = format!("/v2.0/tokens/{}", token.expose_secret());
        match self.send(self.request(Method::HEAD, &path, token)).await {
            Ok(_) => Ok(true),
            Err(Problem::SignedOut | Problem::NotFound | Problem::NoRoute) => Ok(false),
            Err(problem) => Err(problem),
        }
    }

    async fn sign_out(&self, token: &SecretString) -> Result<(), Problem> {
        let path = format!("/v2.0/tokens/{}", token.expose_secret());
        match self.send(self.request(Method::DELETE, &path, token)).await {
            Ok(_) | Err(Problem::SignedOut | Problem::NotFound | Problem::NoRoute) => Ok(()),
            Err(problem) => Err(problem),
        }
    }

    async fn snapshot(&self, token: &SecretString) -> Result<Snapshot, Problem> {
        self.json(self.request(Method::GET, "/v2/snapshot", token))
            .await
    }

    async fn cluster(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem> {
        self.json(self.request(Method::GET, &format!("/v2/clusters/{id}"), token))
            .await
    }

    async fn events(&self, token: &SecretString, id: ClusterId) -> Result<Vec<Event>, Problem> {
        let path = format!("/v2/clusters/{id}/events");
        let list: EventList = self.json(self.request(Method::GET, &path, token)).await?;
        Ok(list.events)
    }

    async fn create(
        &self,
        token: &SecretString,
        cluster: &CreateCluster,
        key: &IdempotencyKey,
    ) -> Result<Cluster, Problem> {
        let request = self
            .request(Method::POST, "/v2/clusters", token)
            .header(IDEMPOTENCY_KEY_HEADER, key.as_str())
            .json(cluster);
        self.json(request).await
    }

    async fn resize(
        &self,
        token: &SecretString,
        id: ClusterId,
        nodes: NodeCount,
    ) -> Result<(), Problem> {
        let input = ResizeInput { node_count: nodes };
        self.task(token, id, &TaskRequest::Resize { input }).await
    }

    async fn retry(&self, token: &SecretString, id: ClusterId) -> Result<(), Problem> {
        self.task(token, id, &TaskRequest::Retry).await
    }

    async fn protect(
        &self,
        token: &SecretString,
        id: ClusterId,
        on: bool,
    ) -> Result<Cluster, Problem> {
        let request = self.request(Method::PATCH, &format!("/v2/clusters/{id}"), token);
        let change = ClusterChange {
            deletion_protection: Some(on),
            ..ClusterChange::default()
        };
        self.json(request.json(&change)).await
    }

    async fn delete(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem> {
        self.json(self.request(Method::DELETE, &format!("/v2/clusters/{id}"), token))
            .await
    }

    async fn access(&self, token: &SecretString, id: ClusterId) -> Result<Access, Problem> {
        let path = format!("/v2/clusters/{id}/credentials");
        self.json(self.request(Method::GET, &path, token)).await
    }

    async fn credentials_zip(
        &self,
        token: &SecretString,
        id: ClusterId,
    ) -> Result<Vec<u8>, Problem> {
        let path = format!("/v2/clusters/{id}/credentials/zip");
        body(self.send(self.request(Method::GET, &path, token)).await?).await
    }

    async fn watch(&self, token: &SecretString, last: Option<EventId>) -> Result<Watch, Problem> {
        let mut request = self
            .request_on(&self.streams, Method::GET, "/v2/watch", token)
            .header(header::ACCEPT, "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let opened = checked(request.send().await.map_err(unreachable)?).await?;
        let events = opened.bytes_stream().map_err(unreachable).eventsource();
        let messages = events.filter_map(|event| async move {
            let event = match event {
                Ok(event) => event,
                Err(eventsource_stream::EventStreamError::Transport(problem)) => {
                    return Some(Err(problem));
                }
                Err(error) => return Some(Err(garbled(error))),
            };
            match WatchMessage::from_parts(&event.event, &event.data) {
                Ok(message) => message.map(Ok),
                Err(error) => Some(Err(garbled(error))),
            }
        });
        Ok(Box::pin(messages))
    }
}

/// What Identity v2 answers to a sign-in; the parts we use.
#[derive(Deserialize)]
struct IdentityAnswer {
    access: IdentityAccess,
}

#[derive(Deserialize)]
struct IdentityAccess {
    token: IdentityToken,
    user: IdentityUser,
}

#[derive(Deserialize)]
struct IdentityToken {
    id: SecretString,
    expires: Timestamp,
}

#[derive(Deserialize)]
struct IdentityUser {
    id: String,
    name: String,
    #[serde(default)]
    roles: Vec<IdentityRole>,
}

#[derive(Deserialize)]
struct IdentityRole {
    #[serde(default)]
    name: String,
}

/// Turns an answer of 400 and above into its problem.
async fn checked(response: Response) -> Result<Response, Problem> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    // An error body is one short object; whatever is longer was not written by a control plane.
    let body = body(response).await.unwrap_or_default();
    let item = serde_json::from_slice::<ErrorBody>(&body)
        .ok()
        .and_then(|body| body.errors.into_iter().next());
    match item.as_ref().and_then(|item| item.problem) {
        Some(problem) => Err(problem),
        // Identity v2 has error bodies of its own, and a HEAD has none.
        None => Err(match status {
            StatusCode::UNAUTHORIZED => Problem::SignedOut,
            StatusCode::NOT_FOUND => Problem::NotFound,
            StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => Problem::Unreachable,
            _ => {
                let request_id = item
                    .and_then(|item| item.request_id.parse().ok())
                    .unwrap_or(RequestId(uuid::Uuid::nil()));
                tracing::error!(http.status = status.as_u16(), %request_id, "the control plane gave an answer without a problem");
                Problem::Internal { request_id }
            }
        }),
    }
}

/// Reads a whole body of at most [`MAX_ANSWER_BYTES`].
async fn body(mut response: Response) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if bytes.len() + chunk.len() > MAX_ANSWER_BYTES {
            tracing::error!("the control plane's answer is over {MAX_ANSWER_BYTES} bytes");
            return Err(Problem::Unreachable);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(garbled)
}

/// The upstream did not answer: logged here with its causes, once.
fn unreachable(error: reqwest::Error) -> Problem {
    // A URL of ours can hold a token (Identity v2 puts it in the path).
    let error = error.without_url();
    let mut causes = String::new();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        causes.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    tracing::warn!("the control plane cannot be reached: {error}{causes}");
    Problem::Unreachable
}

/// The upstream answered something that is not in the contract.
fn garbled(error: impl std::error::Error) -> Problem {
    tracing::error!("the control plane's answer cannot be read: {error}");
    Problem::Unreachable
}
