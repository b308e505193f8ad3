//! Microversions: the `API-Version` header, and what is spoken here.

use axum::{
    Json,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use cluster_api::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use super::{answer::Refusal, openapi::SERVICE};

/// The versions that are spoken.
#[derive(Serialize, ToSchema)]
pub(super) struct Versions {
    /// One today.
    versions: [Version; 1],
}

/// A version that is spoken.
#[derive(Serialize, ToSchema)]
struct Version {
    /// Its name.
    id: &'static str,
    /// `current`.
    status: &'static str,
    /// The oldest microversion of it.
    min_version: &'static str,
    /// The newest microversion of it.
    max_version: &'static str,
}

/// List versions. Early clients ask for them.
#[utoipa::path(get, path = "/", operation_id = "list_versions", tag = SERVICE, security(()),
    responses((status = 200, description = "The versions.", body = Versions)))]
pub(super) async fn versions() -> Json<Versions> {
    Json(Versions {
        versions: [Version {
            id: "v1.0",
            status: "current",
            min_version: "1.0",
            max_version: "1.0",
        }],
    })
}

/// List versions, where the service catalog points to.
#[utoipa::path(get, path = "/", operation_id = "list_versions_of_v2", tag = SERVICE, security(()),
    responses((status = 200, description = "The versions.", body = Versions)))]
pub(super) async fn versions_of_v2() -> Json<Versions> {
    versions().await
}

/// Check whether the process runs.
#[utoipa::path(get, path = "/healthz", operation_id = "show_health", tag = SERVICE, security(()),
    responses((status = 200, description = "It does.", body = String, content_type = "text/plain; charset=utf-8")))]
pub(super) async fn health() -> &'static str {
    "ok\n"
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
