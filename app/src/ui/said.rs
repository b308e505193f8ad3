//! What the server said against a form that was sent.

use cluster_api::{Problem, RequestId};
use leptos::{prelude::*, server_fn::error::ServerFnUrlError};
use leptos_router::hooks::use_query_map;

use crate::{answer::REFUSED, error::AppError};

/// What was said against the form of the server function at `function` (its `PATH`). Whoever sent it
/// was sent back to this page with the answer in its address. That one is signed out is no problem of
/// the form.
#[must_use]
pub fn said(function: &str) -> Option<Problem> {
    use_query_map().with_untracked(|query| {
        let ours = query.get_str("__path") == Some(function);
        let error = query.get_str("__err").filter(|_| ours)?;
        let AppError(problem) = ServerFnUrlError::<AppError>::decode_err(error);
        (problem != Problem::SignedOut).then_some(problem)
    })
}

/// What was said against the form that came back, whichever that was, and what the log knows its request
/// by.
#[must_use]
pub fn refusal() -> Option<(Problem, Option<RequestId>)> {
    use_query_map().with_untracked(|query| {
        let error = query.get_str("__err")?;
        let AppError(problem) = ServerFnUrlError::<AppError>::decode_err(error);
        let request = match problem {
            Problem::Internal { request_id } => Some(request_id),
            _ => query.get_str(REFUSED).and_then(|id| id.parse().ok()),
        };
        Some((problem, request))
    })
}
