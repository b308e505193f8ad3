//! The API: HTTP in front of the rules. Thin: a handler reads the request, says who asks, calls one
//! method of [`Service`], and writes the answer.
//!
//! - `/clusters/{username}` and beside it: clusters, as the original's first generation speaks of them
//!   ([`first`]).
//! - `/v2.0`: Identity, as the original clients sign in ([`identity`]).
//! - `/v2`: clusters, as the original's second generation speaks of them, with our additions
//!   ([`clusters`], [`watch`], [`inside`], [`logs`]), tickets ([`tickets`]) and subscriptions
//!   ([`subscriptions`]); beside them what belongs to an account ([`keys`]), what admins set
//!   ([`accounts`]), and the audit log ([`audit`]).
//!
//! Handlers answer errors as a [`answer::Refusal`]; one middleware writes them all, with the id of the
//! request ([`answer::envelope`]). What each takes and answers is said beside it, and served as OpenAPI
//! ([`openapi`]).

mod accounts;
mod answer;
mod audit;
mod body;
mod caller;
#[cfg(test)]
mod client_tests;
mod clusters;
mod docs;
mod engine;
mod first;
#[cfg(test)]
mod help_tests;
mod identity;
mod inside;
mod keys;
mod logs;
mod nodes;
mod openapi;
mod origin;
mod page;
mod query;
mod subscriptions;
#[cfg(test)]
mod tests;
mod tickets;
mod version;
mod watch;

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    extract::FromRef,
    http::{HeaderMap, header},
    middleware::{from_fn, from_fn_with_state, map_response},
    response::Response,
};
use cluster_api::Problem;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

use self::{
    answer::{Refusal, Shape},
    openapi::Published,
};
use crate::{service::Service, settings::TrustedProxies};

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
    /// Who is believed about where a request comes from.
    pub trusted_proxies: TrustedProxies,
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

/// All routes of the API, each with its description: there is no other way in here (`clippy.toml`).
fn routes() -> OpenApiRouter<ApiState> {
    let v2 = OpenApiRouter::default()
        .routes(routes!(version::versions_of_v2))
        .routes(routes!(clusters::list_types))
        .routes(routes!(clusters::list, clusters::create))
        .routes(routes!(clusters::show, clusters::change, clusters::delete))
        .routes(routes!(clusters::add_task))
        .routes(routes!(clusters::autoscale, clusters::set_autoscale))
        .routes(routes!(clusters::events))
        .routes(routes!(clusters::access))
        .routes(routes!(clusters::credentials_zip).map(|zip| zip.head(no_head)))
        .routes(routes!(clusters::support_zip))
        .routes(routes!(tickets::list, tickets::open))
        .routes(routes!(tickets::show, tickets::change))
        .routes(routes!(tickets::add_note))
        .routes(routes!(subscriptions::list, subscriptions::add))
        .routes(routes!(
            subscriptions::show,
            subscriptions::change,
            subscriptions::remove
        ))
        .routes(routes!(subscriptions::test))
        .routes(routes!(subscriptions::deliveries))
        .routes(routes!(inside::nodes))
        .routes(routes!(nodes::replace))
        .routes(routes!(nodes::drain))
        .routes(routes!(inside::containers))
        .routes(routes!(logs::logs))
        .routes(routes!(inside::services))
        .routes(routes!(inside::metrics))
        .routes(routes!(clusters::ledger))
        .routes(routes!(clusters::quotas))
        .routes(routes!(clusters::usual))
        .routes(routes!(clusters::snapshot))
        .routes(routes!(watch::watch))
        .routes(routes!(keys::who_am_i))
        .routes(routes!(keys::list, keys::make))
        .routes(routes!(keys::revoke))
        .routes(routes!(keys::sessions, keys::end_sessions))
        .routes(routes!(keys::end_session))
        .routes(routes!(accounts::list, accounts::add))
        .routes(routes!(accounts::show, accounts::change, accounts::close))
        .routes(routes!(accounts::clusters))
        .routes(routes!(engine::health))
        .routes(routes!(audit::audit))
        .routes(routes!(openapi::document))
        .routes(routes!(openapi::page))
        .layer(from_fn(version::check));
    let identity = OpenApiRouter::default()
        .routes(routes!(identity::sign_in))
        .routes(routes!(identity::check, identity::sign_out))
        .layer(map_response(async |response: Response| {
            answer::shape(response, Shape::Identity)
        }));
    let first = OpenApiRouter::default()
        .routes(routes!(first::list, first::create))
        .routes(routes!(first::show, first::delete))
        .routes(routes!(first::grow))
        .routes(routes!(first::autoscale))
        .routes(routes!(first::act))
        .routes(routes!(first::zip))
        .routes(routes!(first::redeem).map(|zip| zip.head(no_head)))
        .routes(routes!(first::quotas))
        .layer(map_response(async |response: Response| {
            answer::shape(response, Shape::First)
        }));
    OpenApiRouter::with_openapi(openapi::base())
        .merge(first)
        .merge(identity)
        .routes(routes!(version::versions))
        .routes(routes!(version::health))
        .nest("/v2", v2)
}

/// The API.
pub fn router(state: ApiState) -> Router {
    let (router, document) = routes().split_for_parts();
    router
        .layer(Extension(Arc::new(Published::new(document))))
        .fallback(async || Refusal::from(Problem::NoRoute))
        .method_not_allowed_fallback(async || Refusal::from(Problem::MethodNotAllowed))
        .layer(from_fn_with_state(state.clone(), origin::note))
        .layer(CatchPanicLayer::custom(answer::panicked))
        .layer(from_fn(answer::envelope))
        .with_state(state)
}
