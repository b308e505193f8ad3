//! Microversions: the `API-Version` header, and what is spoken here.

use axum::{
    Json,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use cluster_api::Problem;
use serde_json::{Value, json};

use super::answer::Refusal;

/// What is spoken here; asked for by early clients only.
pub(super) async fn versions() -> Json<Value> {
    Json(json!({"versions": [
        {"status": "current", "min_version": "1.0", "max_version": "1.0", "id": "v1.0"}
    ]}))
}

/// Refuses what asks for a version that is not spoken here.
pub(super) async fn check(request: Request, next: Next) -> Response {
    match request.headers().get("api-version") {
        Some(version) if !version.to_str().is_ok_and(is_spoken) => {
            Refusal::from(Problem::VersionUnsupported).into_response()
        }
        _ => next.run(request).await,
    }
}

/// `rax:container 1.0`; one of the original clients said `rax:container-infra`.
fn is_spoken(version: &str) -> bool {
    matches!(
        version.trim(),
        "rax:container 1.0" | "rax:container-infra 1.0"
    )
}
