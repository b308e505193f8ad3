//! `GET /clusters/{id}/credentials.zip`: a new bundle of credentials.
//!
//! It is saved to a file or read by a program, so it is never a page: whatever goes wrong is one line
//! of text with its status.

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use cluster_api::Problem;
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
};

use super::answer::Wants;
use crate::dashboard::RequestDashboard;

/// Every download makes a certificate, so another site must not cause one.
const FETCH_SITE: &str = "sec-fetch-site";

pub(super) async fn download(
    dashboard: RequestDashboard,
    Path(id): Path<String>,
    wants: Wants,
    headers: HeaderMap,
) -> Response {
    let wants = wants.text();
    let elsewhere = headers
        .get(FETCH_SITE)
        .is_some_and(|site| site.as_bytes() != b"same-origin" && site.as_bytes() != b"none");
    if elsewhere {
        return wants.refusal();
    }
    match bundle(&dashboard, &id).await {
        Ok(response) => response,
        Err(problem) => wants.problem(problem),
    }
}

async fn bundle(dashboard: &RequestDashboard, id: &str) -> Result<Response, Problem> {
    // Who asks is found out before what for.
    dashboard.authorise().await?;
    let id = id.parse().map_err(|_| Problem::NotFound)?;
    let (cluster, zip) = dashboard.credentials(id).await?;
    Ok((attachment(&format!("{}.zip", cluster.name))?, zip).into_response())
}

/// The headers of a zip that is saved as `file` and kept nowhere else. A cluster's name needs no
/// escaping, by its own rule.
pub(super) fn attachment(file: &str) -> Result<[(HeaderName, HeaderValue); 3], Problem> {
    let disposition = format!("attachment; filename=\"{file}\"");
    let disposition = HeaderValue::try_from(disposition).map_err(|_| Problem::NotFound)?;
    Ok([
        (CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (CONTENT_DISPOSITION, disposition),
    ])
}
