//! `GET /activity/export.csv` and `.jsonl`: the audit log as a file.
//!
//! It is saved or read by a program, so it is never a page: whatever goes wrong is one line of text
//! with its status.

use app::{activity::query::Filter, when::Clock};
use axum::{
    body::Body,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use cluster_api::{AuditFormat, Problem};
use futures::{StreamExt, stream};
use http::{
    HeaderValue,
    header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    request::Parts,
};

use super::{AppState, answer::Wants};
use crate::dashboard::RequestDashboard;

pub(super) async fn csv(
    State(state): State<AppState>,
    dashboard: RequestDashboard,
    parts: Parts,
) -> Response {
    download(&state, &dashboard, &parts, AuditFormat::Csv).await
}

pub(super) async fn json_lines(
    State(state): State<AppState>,
    dashboard: RequestDashboard,
    parts: Parts,
) -> Response {
    download(&state, &dashboard, &parts, AuditFormat::JsonLines).await
}

async fn download(
    state: &AppState,
    dashboard: &RequestDashboard,
    parts: &Parts,
    format: AuditFormat,
) -> Response {
    // A query that cannot be read asks for nothing.
    let fields = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
    let fields = fields.map(|Query(fields)| fields).unwrap_or_default();
    let filter = Filter::read(|name| {
        let field = fields.iter().find(|(known, _)| known == name);
        field.map(|(_, value)| value.clone())
    });
    let zone = Clock::of(parts, state.services.clock.now()).zone;
    match file(dashboard, &filter, zone.unwrap_or(0), format).await {
        Ok(response) => response,
        Err(problem) => Wants::of(parts).text().problem(problem),
    }
}

async fn file(
    dashboard: &RequestDashboard,
    filter: &Filter,
    zone: i32,
    format: AuditFormat,
) -> Result<Response, Problem> {
    // Who asks is found out before what for.
    dashboard.authorise().await?;
    let mut pieces = dashboard
        .export_audit(&filter.wanted(zone)?, format)
        .await?;
    // A problem that comes before anything else is told as one; later it breaks the download off.
    let first = pieces.next().await.transpose()?;
    let body = stream::iter(first.map(Ok)).chain(pieces);
    let name = format!("attachment; filename=\"activity.{}\"", format.as_str());
    let name = HeaderValue::try_from(name).map_err(|_| Problem::NoRoute)?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(format.media_type())),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}
