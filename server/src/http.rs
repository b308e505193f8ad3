//! The dashboard over HTTP: which address leads where, and what every answer has in common.
//!
//! From the outside in, a request passes: security headers, request id with log and the net for
//! panics, then, unless it is for a file, the wall against other sites' forms, the limits on size and
//! time, and the session.

mod activity;
mod answer;
mod body;
mod credentials;
mod headers;
mod health;
mod live;
mod logs;
mod pages;
mod request;
mod session_watch;
mod site;
mod support;

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{FromRef, FromRequestParts, Request},
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
    routing::{any, get},
};
use cluster_api::Problem;
use http::{HeaderName, request::Parts};
use leptos::config::LeptosOptions;
use tokio_util::sync::CancellationToken;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_sessions::Session;

pub(crate) use self::site::Site;
use self::{answer::Wants, headers::SecurityHeaders};
use crate::{
    dashboard::{RequestDashboard, Services},
    public_url::PublicUrl,
    session::Visitor,
};

/// What handlers share.
#[derive(Clone)]
pub(crate) struct AppState {
    pub(crate) services: Arc<Services>,
    pub(crate) options: LeptosOptions,
    pub(crate) stop: CancellationToken,
    pub(crate) readiness: Arc<health::Readiness>,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.options.clone()
    }
}

/// The dashboard's address cannot be trusted, as it is no origin.
#[derive(Debug, thiserror::Error)]
#[error("the public URL cannot be used as an origin")]
pub struct OriginError(#[from] tower_http::csrf::ConfigError);

/// The whole router.
pub(crate) fn router(
    services: &Arc<Services>,
    site: &Site,
    public_url: &PublicUrl,
    stop: &CancellationToken,
) -> Result<Router, OriginError> {
    let state = AppState {
        services: Arc::clone(services),
        options: site.options(),
        stop: stop.clone(),
        readiness: Arc::default(),
    };
    let page_headers = SecurityHeaders::new(public_url);
    let csrf = CsrfLayer::new().add_trusted_origin(public_url.to_string())?;

    let with_session = pages::routes(&state, site)
        .route("/live", get(live::live))
        .route(
            "/clusters/{id}/credentials.zip",
            get(credentials::download).head(answer::method_not_allowed),
        )
        .route(
            "/activity/export.csv",
            get(activity::csv).head(answer::method_not_allowed),
        )
        .route(
            "/activity/export.jsonl",
            get(activity::json_lines).head(answer::method_not_allowed),
        )
        .route(
            "/clusters/{id}/support.zip",
            get(support::download).head(answer::method_not_allowed),
        )
        .route("/clusters/{id}/logs/stream", get(logs::stream))
        .route(
            "/clusters/{id}/logs.txt",
            get(logs::download).head(answer::method_not_allowed),
        )
        .route("/api/{*rest}", any(answer::no_route))
        .method_not_allowed_fallback(answer::method_not_allowed)
        .layer(from_fn(visitor))
        .layer(services.sessions.layer(public_url))
        .layer(from_fn(body::limit))
        .layer(from_fn(request::timeout))
        .layer(csrf)
        .layer(from_fn(other_sites));
    let without_session = Router::new()
        .merge(site.packages())
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .method_not_allowed_fallback(answer::method_not_allowed);

    Ok(with_session
        .merge(without_session)
        .with_state(state)
        .layer(from_fn(request::request))
        .layer(Extension(site.options()))
        .layer(from_fn_with_state(page_headers, headers::apply)))
}

/// What a page that brings itself up to date sends along.
const REFRESH: HeaderName = HeaderName::from_static("x-carina-refresh");

/// Lets handlers ask who is there.
async fn visitor(session: Session, mut request: Request, next: Next) -> Response {
    let uses = !request.headers().contains_key(REFRESH);
    request.extensions_mut().insert(Visitor::new(session, uses));
    next.run(request).await
}

/// Says in words that a request from another site was refused.
async fn other_sites(wants: Wants, request: Request, next: Next) -> Response {
    let answer = next.run(request).await;
    match answer.extensions().get::<ProtectionError>() {
        Some(error) => {
            tracing::warn!("a request from another site was refused: {error}");
            wants.refusal()
        }
        None => answer,
    }
}

/// The dashboard of the request at hand; handlers take it as an argument.
impl FromRequestParts<AppState> for RequestDashboard {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        request::dashboard(parts, &state.services).ok_or_else(|| {
            answer::text(Problem::Internal {
                request_id: request::id(parts),
            })
        })
    }
}
