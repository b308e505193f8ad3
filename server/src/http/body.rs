//! The limit on what is sent to the dashboard: a form or a few arguments, and no more.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::Response,
};
use cluster_api::Problem;
use http::header::CONTENT_LENGTH;

use super::answer::Wants;

/// The largest body, in bytes.
const LIMIT: usize = 64 << 10;

/// Reads the body before anything else does, up to the limit.
pub(super) async fn limit(wants: Wants, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let announced = parts
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    let announced = announced
        .and_then(|text| text.parse::<u64>().ok())
        .unwrap_or_default();
    if announced > LIMIT as u64 {
        return wants.problem(Problem::TooLarge);
    }
    match to_bytes(body, LIMIT).await {
        Ok(bytes) => {
            next.run(Request::from_parts(parts, Body::from(bytes)))
                .await
        }
        Err(_) => wants.problem(Problem::TooLarge),
    }
}
