//! Where requests come from. Noted once, before anything else looks at a request.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request, State},
    http::header::USER_AGENT,
    middleware::Next,
    response::Response,
};

use crate::{service::Origin, settings::TrustedProxies};

const FORWARDED: &str = "x-forwarded-for";

/// Puts the [`Origin`] of a request beside it.
pub(super) async fn note(
    State(trusted): State<TrustedProxies>,
    mut request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let forwarded: Vec<&str> = headers
        .get_all(FORWARDED)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or("unreadable").split(','))
        .collect();
    let user_agent = headers
        .get(USER_AGENT)
        .and_then(|words| words.to_str().ok())
        .map(str::to_owned);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(address)| address.ip());
    let origin = Origin {
        address: peer.map(|peer| trusted.client(peer, forwarded.iter().copied())),
        is_proxy: forwarded.is_empty() && peer.is_some_and(|peer| trusted.trusts(peer)),
        user_agent,
    };
    request.extensions_mut().insert(origin);
    next.run(request).await
}
