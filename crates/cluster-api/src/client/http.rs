//! A control plane somewhere on the network, spoken to as the original clients do.

mod account;
mod address;
pub(super) mod answer;
mod clusters;
mod help;
mod inside;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use eventsource_stream::{Event, EventStreamError, Eventsource};
use futures::{Stream, StreamExt, TryStreamExt};
use reqwest::{Method, RequestBuilder, Response, header};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};

use self::answer::{EventSize, MAX_ANSWER_BYTES, body, checked, decode, garbled, unreachable};
use super::Download;
use crate::{Problem, RequestId};

/// The original clients' own limit for a whole request (libcarina, v2).
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// A control plane that has not taken a connection by then is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// A stream that has been silent for longer than two heartbeats and a bit is dead.
const WATCH_SILENCE: Duration = Duration::from_secs(35);

/// What takes its time: a support bundle asks every node, a test waits for its receiver.
const SLOW_TIMEOUT: Duration = Duration::from_secs(60);

/// A control plane reached over HTTP.
#[derive(Clone, Debug)]
pub struct HttpControlPlane {
    calls: reqwest::Client,
    streams: reqwest::Client,
    base: String,
    answered: Arc<Mutex<Option<RequestId>>>,
}

impl HttpControlPlane {
    /// A client for the control plane at `base`, such as `http://127.0.0.1:4000`.
    ///
    /// # Errors
    /// The TLS library could not be set up.
    pub fn new(base: &str) -> Result<Self, reqwest::Error> {
        Self::named(
            base,
            concat!("carina-dashboard/", env!("CARGO_PKG_VERSION")),
        )
    }

    /// The same for a program that calls itself `user_agent`.
    ///
    /// # Errors
    /// As for [`Self::new`].
    pub fn named(base: &str, user_agent: &str) -> Result<Self, reqwest::Error> {
        let client = || {
            let client = reqwest::Client::builder()
                .user_agent(user_agent)
                .connect_timeout(CONNECT_TIMEOUT)
                .redirect(reqwest::redirect::Policy::none())
                // Its one upstream is named in the settings; a proxy of the environment is for others.
                .no_proxy();
            // Nothing is checked over plain HTTP: the machine need not know any authority.
            if base.starts_with("http://") {
                client.tls_certs_only([])
            } else {
                client
            }
        };
        Ok(Self {
            calls: client().timeout(REQUEST_TIMEOUT).build()?,
            streams: client().read_timeout(WATCH_SILENCE).build()?,
            base: base.trim_end_matches('/').to_owned(),
            answered: Arc::default(),
        })
    }

    /// The request that was answered last, by the id under which the control plane has it in its log: what
    /// an answer lacks is asked about by that too.
    #[must_use]
    pub fn last_answered(&self) -> Option<RequestId> {
        *self.answered.lock().unwrap_or_else(PoisonError::into_inner)
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
        let id = response.headers().get("x-request-id");
        let id = id.and_then(|id| id.to_str().ok()?.parse().ok());
        *self.answered.lock().unwrap_or_else(PoisonError::into_inner) = id;
        checked(response).await
    }

    async fn bytes(&self, request: RequestBuilder) -> Result<Vec<u8>, Problem> {
        body(self.send(request).await?, MAX_ANSWER_BYTES).await
    }

    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Problem> {
        decode(&self.bytes(request).await?)
    }

    async fn get<T: DeserializeOwned>(
        &self,
        token: &SecretString,
        path: &str,
    ) -> Result<T, Problem> {
        self.json(self.request(Method::GET, path, token)).await
    }

    async fn send_json<T: DeserializeOwned>(
        &self,
        method: Method,
        token: &SecretString,
        path: &str,
        content: &(impl Serialize + Sync),
    ) -> Result<T, Problem> {
        self.json(self.request(method, path, token).json(content))
            .await
    }

    /// Asks for what has no answer but that it is done.
    async fn call(&self, method: Method, token: &SecretString, path: &str) -> Result<(), Problem> {
        self.send(self.request(method, path, token)).await.map(drop)
    }

    /// A file, passed on as it comes.
    async fn download(&self, token: &SecretString, path: &str) -> Result<Download, Problem> {
        let request = self.request_on(&self.streams, Method::GET, path, token);
        let chunks = self.send(request).await?.bytes_stream();
        Ok(Box::pin(
            chunks.map(|chunk| chunk.map(Vec::from).map_err(unreachable)),
        ))
    }

    /// Server-Sent Events, from after `last` if given. An error is the last of them.
    async fn event_stream(
        &self,
        token: &SecretString,
        path: &str,
        last: Option<&str>,
    ) -> Result<impl Stream<Item = Result<Event, Problem>> + Send + use<>, Problem> {
        let mut request = self
            .request_on(&self.streams, Method::GET, path, token)
            .header(header::ACCEPT, "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let mut size = EventSize::default();
        let chunks = self.send(request).await?.bytes_stream();
        let chunks = chunks.map(move |chunk| {
            let chunk = chunk.map_err(unreachable)?;
            size.count(&chunk).map(|()| chunk)
        });
        Ok(chunks.eventsource().map_err(|error| match error {
            EventStreamError::Transport(problem) => problem,
            error => garbled(error),
        }))
    }
}
