//! The pages and their server functions, and what is at no other address.

use std::{
    convert::Infallible,
    sync::{Arc, OnceLock},
};

use app::{
    answer::CurrentRequest, dashboard::CurrentDashboard, error::AppError, when::Clock, words::Lang,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    middleware::{Next, from_fn},
    response::Response,
};
use cluster_api::Problem;
use http::{StatusCode, request::Parts};
use leptos::{nonce::Nonce, prelude::*, server_fn::error::SERVER_FN_ERROR_HEADER};
use leptos_axum::{
    AxumRouteListing, LeptosRoutes, generate_route_list, render_app_async_with_context,
};
use tower::service_fn;
use tower_http::{CompressionLevel, compression::CompressionLayer};

use super::{AppState, Site, answer, headers::ScriptNonce, request};
use crate::dashboard::Services;

/// No problem is longer than this, in bytes.
const MAX_PROBLEM: usize = 4 << 10;

/// The router's part that Leptos answers, with the public files before "not found".
pub(super) fn routes(state: &AppState, site: &Site) -> Router<AppState> {
    let options = state.options.clone();
    let context = {
        let services = Arc::clone(&state.services);
        move || provide_request(&services)
    };
    // Complete before it is sent, as all pages are.
    let not_found = {
        let options = state.options.clone();
        let page =
            render_app_async_with_context(context.clone(), move || app::shell(options.clone()));
        service_fn(move |request| {
            let page = page(request);
            async move { Ok::<_, Infallible>(page.await) }
        })
    };
    Router::new()
        .leptos_routes_with_context(state, listing(), context, move || {
            app::shell(options.clone())
        })
        .fallback_service(site.public_files(not_found))
        .layer(from_fn(unread_arguments))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
}

/// A server function whose arguments cannot be read never runs and so sets no status; Leptos answers
/// 500 for it. The status is that of the problem in the body.
async fn unread_arguments(request: Request, next: Next) -> Response {
    let answer = next.run(request).await;
    let failed = answer.status() == StatusCode::INTERNAL_SERVER_ERROR
        && answer.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if !failed {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let Ok(body) = to_bytes(body, MAX_PROBLEM).await else {
        return answer::text(Problem::Malformed);
    };
    if let Ok(AppError(problem)) = serde_json::from_slice(&body) {
        parts.status = answer::status(problem);
    }
    Response::from_parts(parts, Body::from(body))
}

/// The pages there are. While they are listed no page anywhere in the process loads its data, so this
/// is done once, before there is anybody to wait for a page.
fn listing() -> Vec<AxumRouteListing> {
    static LISTING: OnceLock<Vec<AxumRouteListing>> = OnceLock::new();
    LISTING
        .get_or_init(|| generate_route_list(app::App))
        .clone()
}

/// What a page may ask, as context. While the routes are listed there is no request, and nothing to
/// provide.
fn provide_request(services: &Arc<Services>) {
    let Some(parts) = use_context::<Parts>() else {
        return;
    };
    if let Some(dashboard) = request::dashboard(&parts, services) {
        provide_context(CurrentDashboard(Arc::new(dashboard)));
    }
    Lang::of(&parts).provide();
    provide_context(CurrentRequest(request::id(&parts)));
    provide_context(Clock::of(&parts, services.clock.now()));
    if let Some(ScriptNonce(nonce)) = parts.extensions.get() {
        provide_context(Nonce::from_value(nonce.as_str()));
    }
}
