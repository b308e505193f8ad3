//! Errors on their way out: one shape, one place, and the inner story in the log, once.

#[cfg(test)]
mod tests;

use std::{any::Any, sync::Arc};

use axum::{
    Json,
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use cluster_api::{ErrorBody, ErrorItem, Problem, RequestId};
use serde::Serialize;
use serde_json::json;
use tracing::Instrument;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{reconciler::chain, service::Fault};

/// The header that names a request; the original clients show any whose name contains this.
const REQUEST_ID_HEADER: &str = "x-request-id";

/// What a handler answers instead of what was asked.
pub(super) struct Refusal {
    fault: Arc<Fault>,
    /// A more precise sentence than the problem's own.
    words: Option<Arc<str>>,
}

/// How errors are written; each generation of clients reads another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `{"errors":[…]}`: the second generation.
    Second,
    /// `{"error":"…"}`, and the other beside it: the first.
    First,
    /// An object named after the status, and the other beside it: Identity v2.
    Identity,
}

impl<F: Into<Fault>> From<F> for Refusal {
    fn from(fault: F) -> Self {
        Self {
            fault: Arc::new(fault.into()),
            words: None,
        }
    }
}

impl Refusal {
    /// The request cannot be read, for a reason that fits in a sentence. It has nothing of the request
    /// in it.
    pub(super) fn malformed(words: String) -> Self {
        Self {
            words: Some(words.into()),
            ..Problem::Malformed.into()
        }
    }
}

/// An error as the first generation's clients read it.
#[derive(Serialize, ToSchema)]
pub(super) struct FirstError {
    /// What a person reads.
    error: String,
    /// The same as the second generation writes it.
    errors: Vec<ErrorItem>,
}

/// An error as Identity v2 writes it: in an object named after the status.
#[derive(Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct IdentityError {
    /// 401.
    #[serde(skip_serializing_if = "Option::is_none")]
    unauthorized: Option<IdentityFault>,
    /// 404.
    #[serde(skip_serializing_if = "Option::is_none")]
    item_not_found: Option<IdentityFault>,
    /// 429.
    #[serde(skip_serializing_if = "Option::is_none")]
    over_limit: Option<IdentityFault>,
    /// Any other fault of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    bad_request: Option<IdentityFault>,
    /// A fault on our side.
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_fault: Option<IdentityFault>,
    /// The same as the second generation writes it.
    errors: Vec<ErrorItem>,
}

/// What Identity v2 says of an error.
#[derive(Serialize, ToSchema)]
struct IdentityFault {
    /// The HTTP status, once more.
    code: u16,
    /// What a person reads.
    message: String,
}

/// What the envelope finds on a response that is to be written.
#[derive(Clone)]
struct Pending {
    fault: Arc<Fault>,
    words: Option<Arc<str>>,
    shape: Shape,
}

/// Has the error of a response, if it is one, written in that shape.
pub(super) fn shape(mut response: Response, shape: Shape) -> Response {
    if let Some(pending) = response.extensions_mut().get_mut::<Pending>() {
        pending.shape = shape;
    }
    response
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        // The envelope writes the body: only it knows the request's id.
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        let pending = Pending {
            fault: self.fault,
            words: self.words,
            shape: Shape::Second,
        };
        response.extensions_mut().insert(pending);
        response
    }
}

/// A handler that panicked is a fault like any other.
pub(super) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a word");
    Refusal::from(Fault::Internal(
        format!("a handler panicked: {words}").into(),
    ))
    .into_response()
}

/// Around every request: its id, its log, its errors, and the headers that every answer has.
pub(super) async fn envelope(request: Request, next: Next) -> Response {
    let request_id = RequestId(Uuid::new_v4());
    let method = request.method().clone();
    // Identity v2 has tokens in its paths, and so have the first generation's addresses of zips.
    let path = match request.uri().path() {
        path if path.starts_with("/v2.0/tokens/") => "/v2.0/tokens/{token}".to_owned(),
        path if path.starts_with("/zips/") => "/zips/{secret}".to_owned(),
        path => path.to_owned(),
    };
    let span = tracing::info_span!("request", %request_id, %method, path);
    async move {
        let mut response = next.run(request).await;
        if let Some(pending) = response.extensions_mut().remove::<Pending>() {
            // Which methods there are is said by the router, around the handler that refuses.
            let allow = response.headers_mut().remove(header::ALLOW);
            response = write(&pending, request_id);
            if let Some(allow) = allow {
                response.headers_mut().insert(header::ALLOW, allow);
            }
        }
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(&request_id.to_string()) {
            headers.insert(REQUEST_ID_HEADER, id);
        }
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert_with(|| HeaderValue::from_static("no-store"));
        tracing::debug!(http.status = response.status().as_u16(), "answered");
        response
    }
    .instrument(span)
    .await
}

fn write(pending: &Pending, request_id: RequestId) -> Response {
    let (problem, sentence) = match pending.fault.as_ref() {
        Fault::Problem(problem) => (*problem, problem.to_string()),
        Fault::Said(problem, sentence) => (*problem, sentence.clone()),
        Fault::Internal(error) => {
            tracing::error!("a request failed: {}", chain(error.as_ref()));
            let problem = Problem::Internal { request_id };
            (problem, problem.to_string())
        }
    };
    let status =
        StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let sentence = match &pending.words {
        Some(words) => words.as_ref().to_owned(),
        None => sentence,
    };
    let mut body = ErrorBody::new(problem, request_id);
    for error in &mut body.errors {
        error.detail.clone_from(&sentence);
    }
    let answer = match pending.shape {
        Shape::Second => Json(json!(body)),
        Shape::First => Json(json!(FirstError {
            error: sentence,
            errors: body.errors,
        })),
        Shape::Identity => {
            let fault = Some(IdentityFault {
                code: status.as_u16(),
                message: sentence,
            });
            let mut answer = IdentityError {
                errors: body.errors,
                ..IdentityError::default()
            };
            match status {
                StatusCode::UNAUTHORIZED => answer.unauthorized = fault,
                StatusCode::NOT_FOUND => answer.item_not_found = fault,
                StatusCode::TOO_MANY_REQUESTS => answer.over_limit = fault,
                status if status.is_client_error() => answer.bad_request = fault,
                _ => answer.identity_fault = fault,
            }
            Json(json!(answer))
        }
    };
    let mut response = (status, answer).into_response();
    let retry_after_s = match problem {
        Problem::TooManyTries { retry_after_s } => Some(retry_after_s),
        // As soon as one of them has ended: nobody knows when.
        Problem::TooManyStreams { .. } => Some(1),
        _ => None,
    };
    if let Some(seconds) = retry_after_s {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    if problem == Problem::SignedOut {
        let scheme = HeaderValue::from_static("X-Auth-Token");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, scheme);
    }
    response.map(Body::new)
}
