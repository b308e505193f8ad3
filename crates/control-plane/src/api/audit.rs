//! `/v2/audit`: the audit log, in pages, or all of it as CSV or JSON lines.

use std::{borrow::Cow, io, sync::Arc};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use cluster_api::{AccountId, AccountRule, AuditAction, AuditEntry, AuditList, Problem, Timestamp};
use futures::{StreamExt, stream};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    answer::Refusal,
    caller::Caller,
    openapi::{ADMIN, AuditLog, BadFilter, NotYours},
};
use crate::{
    reconciler::chain,
    service::{Fault, Service},
    store::{Actor, AuditFilter, WhichCluster},
};

/// How many entries are shown unless it is said.
const PAGE: u32 = 100;

/// No more are asked for at once but all of them.
const MAX_LIMIT: u32 = 1_000_000;

/// No more are shown, or read at once for an export.
const MAX_PAGE: u32 = 1000;

/// What is asked for. Unknown words are refused: a filter with a slip in it would show too much.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// Of whose log. Only admins read those of others.
    #[param(value_type = Option<AccountId>)]
    account: Option<String>,
    /// Which action.
    #[param(value_type = Option<AuditAction>)]
    action: Option<String>,
    /// About which cluster: its id, or a name that it had then.
    cluster: Option<String>,
    /// By which account: its name.
    actor: Option<String>,
    /// From that moment on.
    #[param(value_type = Option<Timestamp>)]
    since: Option<String>,
    /// Before that moment.
    #[param(value_type = Option<Timestamp>)]
    until: Option<String>,
    /// How many at most; 100 unless it is said, 1000 at most. An export has all unless it is said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1_000_000)]
    limit: Option<String>,
    /// The `next` of the page before.
    #[param(value_type = Option<i64>)]
    marker: Option<String>,
    /// `json`, `csv` or `jsonl`; without it, as `Accept` says.
    #[param(pattern = "^(json|csv|jsonl)$")]
    format: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    Csv,
    JsonLines,
}

/// Read the audit log: who did what, from where, with which key.
///
/// Newest first. Admins read all of it, members their own.
#[utoipa::path(get, path = "/audit", operation_id = "read_audit", tag = ADMIN, params(Asked),
    responses(AuditLog, BadFilter, NotYours))]
pub(super) async fn audit(
    caller: Caller,
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(asked) = query.map_err(|_| unreadable())?;
    let format = format(asked.format.as_deref(), &headers)?;
    let limit: Option<u32> = read(asked.limit.as_deref())?;
    if limit.is_some_and(|limit| !(1..=MAX_LIMIT).contains(&limit)) {
        return Err(unreadable().into());
    }
    let filter = into_filter(&asked)?;
    if format == Format::Json {
        let limit = limit.unwrap_or(PAGE).min(MAX_PAGE);
        let entries = service.audit(&caller.actor, &filter, limit).await?;
        let is_full = entries.len() == limit as usize;
        let last = entries.last().filter(|_| is_full);
        let next = last.map(|entry| entry.id);
        return Ok(Json(AuditList { entries, next }).into_response());
    }
    let export = Export {
        service,
        actor: caller.actor,
        filter,
        format,
        left: limit.unwrap_or(u32::MAX),
        is_begun: false,
    };
    export.answer().await
}

/// An export on its way: a page at a time, whatever the log holds.
struct Export {
    service: Arc<Service>,
    actor: Actor,
    filter: AuditFilter,
    format: Format,
    left: u32,
    is_begun: bool,
}

impl Export {
    async fn answer(mut self) -> Result<Response, Refusal> {
        let (media, name) = match self.format {
            Format::Csv => ("text/csv; charset=utf-8", "audit.csv"),
            Format::Json | Format::JsonLines => ("application/jsonl", "audit.jsonl"),
        };
        let headers = [
            (header::CONTENT_TYPE, media.to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{name}\""),
            ),
        ];
        // The first page before the answer begins: what is wrong with the request shows here.
        let first = self.page().await?.unwrap_or_default();
        let rest = stream::unfold(Some(self), async |export| {
            let mut export = export?;
            match export.page().await {
                Ok(page) => Some((Ok(page?), Some(export))),
                Err(fault) => {
                    if let Fault::Internal(error) = fault {
                        tracing::error!("an export was cut off: {}", chain(error.as_ref()));
                    }
                    // The connection breaks, so that nobody takes the part for the whole.
                    let error = io::Error::other("the audit log could not be read on");
                    Some((Err(error), None))
                }
            }
        });
        let pages = stream::iter([Ok(first)]).chain(rest);
        Ok((headers, Body::from_stream(pages)).into_response())
    }

    async fn page(&mut self) -> Result<Option<Bytes>, Fault> {
        let limit = self.left.min(MAX_PAGE);
        if limit == 0 {
            return Ok(None);
        }
        let entries = self.service.audit(&self.actor, &self.filter, limit).await?;
        let is_first = !std::mem::replace(&mut self.is_begun, true);
        let Some(last) = entries.last() else {
            self.left = 0;
            let head = is_first.then(|| self.write(&entries, is_first));
            return head.transpose();
        };
        self.filter.marker = Some(last.id);
        self.left -= limit;
        self.write(&entries, is_first).map(Some)
    }

    fn write(&self, entries: &[AuditEntry], is_first: bool) -> Result<Bytes, Fault> {
        let written = match self.format {
            Format::Csv => to_csv(entries, is_first),
            Format::Json | Format::JsonLines => to_json_lines(entries),
        };
        written.map_err(|error| Fault::Internal(error.into()))
    }
}

fn to_json_lines(entries: &[AuditEntry]) -> io::Result<Bytes> {
    let mut lines = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut lines, entry)?;
        lines.push(b'\n');
    }
    Ok(lines.into())
}

fn to_csv(entries: &[AuditEntry], with_head: bool) -> io::Result<Bytes> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    if with_head {
        csv.write_record([
            "id",
            "at",
            "account_id",
            "actor",
            "key",
            "address",
            "action",
            "cluster_id",
            "cluster_name",
            "detail",
        ])?;
    }
    for entry in entries {
        let cluster = entry.cluster_id.map(|id| id.to_string());
        let cells = [
            Some(entry.id.to_string()),
            Some(entry.at.to_string()),
            entry.account_id.clone(),
            entry.actor.clone(),
            entry.key.clone(),
            entry.address.clone(),
            Some(entry.action.to_string()),
            cluster,
            entry.cluster_name.clone(),
            Some(entry.detail.clone()),
        ];
        let cells = cells.map(Option::unwrap_or_default);
        csv.write_record(cells.iter().map(|cell| harmless(cell).into_owned()))?;
    }
    let bytes = csv.into_inner().map_err(csv::IntoInnerError::into_error)?;
    Ok(bytes.into())
}

/// A cell that no spreadsheet takes for a formula: names are typed by strangers, and `=cmd|…` runs on
/// the machine of whoever opens the file (OWASP, "CSV Injection").
fn harmless(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

fn format(asked: Option<&str>, headers: &HeaderMap) -> Result<Format, Problem> {
    match asked {
        Some("json") => return Ok(Format::Json),
        Some("csv") => return Ok(Format::Csv),
        Some("jsonl") => return Ok(Format::JsonLines),
        Some(_) => return Err(unreadable()),
        None => {}
    }
    let accept = headers.get(header::ACCEPT);
    let accept = accept.and_then(|accept| accept.to_str().ok());
    let first = accept.and_then(|accept| accept.split([',', ';']).next());
    Ok(match first.map(str::trim) {
        Some("text/csv") => Format::Csv,
        Some("application/jsonl" | "application/x-ndjson") => Format::JsonLines,
        _ => Format::Json,
    })
}

fn into_filter(asked: &Asked) -> Result<AuditFilter, Problem> {
    Ok(AuditFilter {
        account: read(asked.account.as_deref())?,
        action: read(asked.action.as_deref())?,
        cluster: asked.cluster.as_ref().map(|text| match text.parse() {
            Ok(id) => WhichCluster::Id(id),
            Err(_) => WhichCluster::Name(text.clone()),
        }),
        actor: asked.actor.clone(),
        since: read::<Timestamp>(asked.since.as_deref())?,
        until: read::<Timestamp>(asked.until.as_deref())?,
        marker: read(asked.marker.as_deref())?,
    })
}

fn read<T: std::str::FromStr>(text: Option<&str>) -> Result<Option<T>, Problem> {
    text.map(str::parse).transpose().map_err(|_| unreadable())
}

const fn unreadable() -> Problem {
    Problem::Account {
        rule: AccountRule::Filter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), written);
        }
    }
}
