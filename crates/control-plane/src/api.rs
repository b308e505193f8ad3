//! The API: HTTP in front of the rules. Thin: a handler reads the request, says who asks, calls one
//! method of [`Service`], and writes the answer.
//!
//! - `/clusters/{username}` and beside it: clusters, as the original's first generation speaks of them
//!   ([`first`]).
//! - `/v2.0`: Identity, as the original clients sign in ([`identity`]).
//! - `/v2`: clusters, as the original's second generation speaks of them, with our additions
//!   ([`clusters`], [`watch`]).
//!
//! Handlers answer errors as a [`answer::Refusal`]; one middleware writes them all, with the id of the
//! request ([`answer::envelope`]).

mod answer;
mod body;
mod caller;
mod clusters;
mod first;
mod identity;
#[cfg(test)]
mod tests;
mod version;
mod watch;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::FromRef,
    http::{HeaderMap, header},
    middleware::{from_fn, map_response},
    response::Response,
    routing::{get, post, put},
};
use cluster_api::Problem;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;

use self::answer::Refusal;
use crate::service::Service;

/// What the handlers share.
#[derive(Clone, FromRef)]
pub struct ApiState {
    /// The rules.
    pub service: Arc<Service>,
    /// What the API calls itself; None: as the client called it.
    pub public_url: PublicUrl,
    /// Ends the watch streams when the process stops.
    pub stop: CancellationToken,
    /// How often a watch stream shows that it is alive.
    pub heartbeat: Heartbeat,
}

/// The address of the API as clients know it, such as `https://api.example.com`.
#[derive(Clone, Debug)]
pub struct PublicUrl(pub Option<String>);

impl PublicUrl {
    /// The address for whoever sent those headers, without a slash at its end.
    fn of(&self, headers: &HeaderMap) -> String {
        if let Self(Some(url)) = self {
            return url.trim_end_matches('/').to_owned();
        }
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        format!("http://{}", host.unwrap_or("127.0.0.1"))
    }
}

/// How often a watch stream shows that it is alive, and its token is looked at again.
#[derive(Clone, Copy, Debug)]
pub struct Heartbeat(pub Duration);

impl Default for Heartbeat {
    fn default() -> Self {
        Self(Duration::from_secs(15))
    }
}

/// Where every answer makes a certificate, whoever only looks gets none.
async fn no_head() -> Refusal {
    Problem::MethodNotAllowed.into()
}

/// All routes of the API.
pub fn router(state: ApiState) -> Router {
    let v2 = Router::new()
        .route("/", get(version::versions))
        .route("/cluster_types", get(clusters::list_types))
        .route("/clusters", get(clusters::list).post(clusters::create))
        .route(
            "/clusters/{id}",
            get(clusters::show)
                .patch(clusters::change)
                .delete(clusters::delete),
        )
        .route("/clusters/{id}/tasks", post(clusters::add_task))
        .route(
            "/clusters/{id}/autoscale",
            get(clusters::autoscale).put(clusters::set_autoscale),
        )
        .route("/clusters/{id}/events", get(clusters::events))
        .route("/clusters/{id}/credentials", get(clusters::access))
        .route(
            "/clusters/{id}/credentials/zip",
            get(clusters::credentials_zip).head(no_head),
        )
        .route("/quotas", get(clusters::quotas))
        .route("/snapshot", get(clusters::snapshot))
        .route("/watch", get(watch::watch))
        .layer(from_fn(version::check));
    let first = Router::new()
        .route("/clusters/{username}", get(first::list).post(first::create))
        .route(
            "/clusters/{username}/{name}",
            get(first::show).delete(first::delete),
        )
        .route("/clusters/{username}/{name}/grow", post(first::grow))
        .route(
            "/clusters/{username}/{name}/autoscale/{on}",
            put(first::autoscale),
        )
        .route("/clusters/{username}/{name}/action", post(first::act))
        .route("/clusters/{username}/{name}/zip", get(first::zip))
        .route("/zips/{ticket}", get(first::redeem).head(no_head))
        .route("/quotas/{username}", get(first::quotas))
        .layer(map_response(async |response: Response| {
            first::shaped(response)
        }));
    Router::new()
        .merge(first)
        .route("/", get(version::versions))
        .route("/healthz", get(async || "ok\n"))
        .nest("/v2", v2)
        .route("/v2.0/tokens", post(identity::sign_in))
        .route(
            "/v2.0/tokens/{token}",
            get(identity::check).delete(identity::sign_out),
        )
        .fallback(async || Refusal::from(Problem::NoRoute))
        .method_not_allowed_fallback(async || Refusal::from(Problem::MethodNotAllowed))
        .layer(CatchPanicLayer::custom(answer::panicked))
        .layer(from_fn(answer::envelope))
        .with_state(state)
}
