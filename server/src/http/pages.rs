//! The pages and their server functions, and what is at no other address.

use std::sync::{Arc, OnceLock};

use app::dashboard::CurrentDashboard;
use axum::Router;
use http::request::Parts;
use leptos::{nonce::Nonce, prelude::*};
use leptos_axum::{AxumRouteListing, ErrorHandler, LeptosRoutes, generate_route_list};
use tower_http::{CompressionLevel, compression::CompressionLayer};

use super::{AppState, Site, headers::ScriptNonce, request};
use crate::dashboard::Services;

/// The router's part that Leptos answers, with the public files before "not found".
pub(super) fn routes(state: &AppState, site: &Site) -> Router<AppState> {
    let options = state.options.clone();
    let context = {
        let services = Arc::clone(&state.services);
        move || provide_request(&services)
    };
    let not_found =
        ErrorHandler::new_with_context(context.clone(), app::shell, state.options.clone());
    Router::new()
        .leptos_routes_with_context(state, listing(), context, move || {
            app::shell(options.clone())
        })
        .fallback_service(site.public_files(not_found))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
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
    if let Some(ScriptNonce(nonce)) = parts.extensions.get() {
        provide_context(Nonce::from_value(nonce.as_str()));
    }
}
