//! What surrounds each request: its id, its line in the log, its time limit, and a net under it.

use std::{net::SocketAddr, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use cluster_api::{Problem, RequestId, client::Origin};
use futures::FutureExt;
use http::{HeaderName, HeaderValue, header::USER_AGENT, request::Parts};
use tokio::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

use super::answer::{Wants, panicked};
use crate::{
    dashboard::{RequestDashboard, Services},
    session::Visitor,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// No page takes longer; what does has been given up by the one who asked.
const LIMIT: Duration = Duration::from_secs(30);

/// A change may: some clouds answer once it is done, up to a minute and a half later.
const CHANGE_LIMIT: Duration = Duration::from_secs(100);

/// The id of the request at hand.
pub(super) fn id(parts: &Parts) -> RequestId {
    parts
        .extensions
        .get()
        .copied()
        .unwrap_or(RequestId(Uuid::nil()))
}

/// The dashboard for the request at hand; None if it came past the session.
pub(super) fn dashboard(parts: &Parts, services: &Arc<Services>) -> Option<RequestDashboard> {
    let visitor = parts.extensions.get::<Visitor>()?.clone();
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let user_agent = parts.headers.get(USER_AGENT);
    let origin = Origin {
        address: peer.map(|peer| peer.0.ip()),
        // Text that can stand in a header again.
        user_agent: user_agent.and_then(|words| words.to_str().ok().map(str::to_owned)),
    };
    Some(RequestDashboard::new(
        Arc::clone(services),
        visitor,
        origin,
        id(parts),
    ))
}

/// Gives a request its id, its line in the log, and an answer even if its handler panics.
pub(super) async fn request(wants: Wants, mut request: Request, next: Next) -> Response {
    // A proxy in front may have given it one already.
    let given = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let id = given.unwrap_or_else(|| RequestId(Uuid::new_v4()));
    request.extensions_mut().insert(id);

    // The matched path, not the path: addresses can hold what does not belong in a log.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("-", MatchedPath::as_str);
    let span = tracing::info_span!("request", request.id = %id, http.method = %request.method(), http.route = route);
    async move {
        let began = Instant::now();
        let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
        let mut response = answered.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<&str>().copied();
            let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            tracing::error!("the handler panicked: {}", text.unwrap_or("without a word"));
            panicked(wants, id)
        });
        if let Ok(value) = HeaderValue::try_from(id.to_string()) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        let status = response.status().as_u16();
        let duration_ms = began.elapsed().as_secs_f64() * 1000.0;
        tracing::debug!(
            http.status = status,
            duration_ms,
            "answered {status} in {duration_ms:.1} ms"
        );
        response
    }
    .instrument(span)
    .await
}

/// Gives up on a request that takes too long to answer. Streams answer at once and then take their
/// time.
pub(super) async fn timeout(wants: Wants, request: Request, next: Next) -> Response {
    let (limit, problem) = if request.method().is_safe() {
        (LIMIT, Problem::Unreachable)
    } else {
        (CHANGE_LIMIT, Problem::Unsure)
    };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("gave up after {} s", limit.as_secs());
            wants.problem(problem)
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        Router,
        body::to_bytes,
        middleware::from_fn,
        routing::{get, post},
    };
    use http::StatusCode;
    use tower::ServiceExt;

    use super::*;

    async fn text(router: Router) -> (StatusCode, String, String) {
        let request = Request::get("/").body(axum::body::Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let (status, id) = (
            response.status(),
            response.headers().get(REQUEST_ID).cloned(),
        );
        let body = to_bytes(response.into_body(), 1024).await.unwrap();
        let id = id.map_or(String::new(), |id| id.to_str().unwrap().to_owned());
        (status, id, String::from_utf8(body.into()).unwrap())
    }

    #[tokio::test]
    async fn a_panic_is_told_by_the_requests_id_and_nothing_else() {
        async fn handler() -> &'static str {
            panic!("the secret is swordfish")
        }
        let router = Router::new()
            .route("/", get(handler))
            .layer(from_fn(request));
        let (status, id, text) = text(router).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(text.contains(&id) && !text.contains("swordfish"), "{text}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_too_long_is_given_up() {
        let router = Router::new()
            .route("/", get(std::future::pending::<&str>))
            .layer(from_fn(timeout));
        assert_eq!(text(router).await.0, StatusCode::SERVICE_UNAVAILABLE);
    }
    #[tokio::test(start_paused = true)]
    async fn a_change_that_takes_too_long_may_have_been_done() {
        let router = Router::new()
            .route("/", post(std::future::pending::<&str>))
            .layer(from_fn(timeout));
        let request = Request::post("/").body(axum::body::Body::empty()).unwrap();
        let answer = router.oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::GATEWAY_TIMEOUT);
    }
}
