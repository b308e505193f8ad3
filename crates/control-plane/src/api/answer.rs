//! Errors on their way out: one shape, one place, and the inner story in the log, once.

use std::{any::Any, sync::Arc};

use axum::{
    Json,
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use cluster_api::{ErrorBody, Problem, RequestId};
use serde_json::json;
use tracing::Instrument;
use uuid::Uuid;

use crate::{reconciler::chain, service::Fault};

/// The header that names a request; the original clients show any whose name contains this.
const REQUEST_ID_HEADER: &str = "x-request-id";

/// What a handler answers instead of what was asked.
pub(super) struct Refusal {
    fault: Arc<Fault>,
    shape: Shape,
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
            shape: Shape::Second,
        }
    }
}

impl Refusal {
    /// The same as Identity v2 writes it.
    pub(super) fn of_identity(fault: impl Into<Fault>) -> Self {
        Self {
            fault: Arc::new(fault.into()),
            shape: Shape::Identity,
        }
    }
}

/// What the envelope finds on a response that is to be written.
#[derive(Clone)]
struct Pending {
    fault: Arc<Fault>,
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
            shape: self.shape,
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
        path if path.starts_with("/zips/") => "/zips/{ticket}".to_owned(),
        path => path.to_owned(),
    };
    let span = tracing::info_span!("request", %request_id, %method, path);
    async move {
        let mut response = next.run(request).await;
        if let Some(pending) = response.extensions_mut().remove::<Pending>() {
            response = write(&pending, request_id);
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
    let problem = match pending.fault.as_ref() {
        Fault::Problem(problem) => *problem,
        Fault::Internal(error) => {
            tracing::error!("a request failed: {}", chain(error.as_ref()));
            Problem::Internal { request_id }
        }
    };
    let status =
        StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = ErrorBody::new(problem, request_id);
    let answer = match pending.shape {
        Shape::Second => json!(body),
        Shape::First => json!({ "error": problem.to_string(), "errors": body.errors }),
        Shape::Identity => {
            // Identity v2 names the object after the status.
            let name = match status {
                StatusCode::UNAUTHORIZED => "unauthorized",
                StatusCode::NOT_FOUND => "itemNotFound",
                StatusCode::TOO_MANY_REQUESTS => "overLimit",
                status if status.is_client_error() => "badRequest",
                _ => "identityFault",
            };
            let fault = json!({ "code": status.as_u16(), "message": problem.to_string() });
            json!({ name: fault, "errors": body.errors })
        }
    };
    let mut response = (status, Json(answer)).into_response();
    if let Problem::TooManyTries { retry_after_s } = problem {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, retry_after_s.into());
    }
    if problem == Problem::SignedOut {
        let scheme = HeaderValue::from_static("X-Auth-Token");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, scheme);
    }
    response.map(Body::new)
}
