//! `GET /clusters/{id}/support.zip`: what somebody who helps with a cluster has to see.
//!
//! As with credentials, whatever goes wrong is one line of text with its status, never a page.

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use cluster_api::Problem;

use super::{answer::Wants, credentials::attachment};
use crate::dashboard::RequestDashboard;

pub(super) async fn download(
    dashboard: RequestDashboard,
    Path(id): Path<String>,
    wants: Wants,
) -> Response {
    match bundle(&dashboard, &id).await {
        Ok(response) => response,
        Err(problem) => wants.text().problem(problem),
    }
}

async fn bundle(dashboard: &RequestDashboard, id: &str) -> Result<Response, Problem> {
    // Who asks is found out before what for.
    dashboard.authorise().await?;
    let id = id.parse().map_err(|_| Problem::NotFound)?;
    let (cluster, zip) = dashboard.support(id).await?;
    Ok((attachment(&format!("{}-support.zip", cluster.name))?, zip).into_response())
}
