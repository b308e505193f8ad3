//! Answers that no page gives: problems, as the asking side can read them.

use std::convert::Infallible;

use app::error::AppError;
use axum::{
    Json,
    extract::FromRequestParts,
    response::{Html, IntoResponse, Response},
};
use cluster_api::{Problem, RequestId};
use http::{
    HeaderValue, StatusCode,
    header::{ACCEPT, RETRY_AFTER},
    request::Parts,
};

/// What the one who asks can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// A browser that shows what comes.
    Html,
    /// The dashboard's own script, or a program.
    Json,
    /// Anything else.
    Text,
}

impl Wants {
    pub(crate) fn of(parts: &Parts) -> Self {
        let accept = parts
            .headers
            .get(ACCEPT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("");
        if accept.contains("text/html") {
            Self::Html
        } else if accept.contains("json") || parts.uri.path().starts_with("/api/") {
            Self::Json
        } else {
            Self::Text
        }
    }

    /// A problem, with its status.
    pub(crate) fn problem(self, problem: Problem) -> Response {
        self.with_status(
            status(problem),
            problem,
            problem.title(),
            &problem.to_string(),
        )
    }

    /// What a request from another site gets.
    pub(crate) fn refusal(self) -> Response {
        self.with_status(
            StatusCode::FORBIDDEN,
            Problem::Malformed,
            "Request refused",
            "The request came from another site, and nothing was done. Go to the dashboard and try \
             again there.",
        )
    }

    fn with_status(
        self,
        status: StatusCode,
        problem: Problem,
        title: &str,
        detail: &str,
    ) -> Response {
        let mut response = match self {
            // Both texts are ours, without a character that HTML would read as its own.
            Self::Html => Html(format!(
                "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
                 <meta name=\"viewport\" content=\"width=device-width\">\n\
                 <title>{title} - Carina</title>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
                 <p>{detail}</p>\n<p><a href=\"/\">Go to the dashboard</a></p>\n</main>\n</body>\n\
                 </html>\n"
            ))
            .into_response(),
            Self::Json => Json(AppError::from(problem)).into_response(),
            Self::Text => format!("{detail}\n").into_response(),
        };
        *response.status_mut() = status;
        if let Problem::TooManyTries { retry_after_s } = problem {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(retry_after_s));
        }
        response
    }
}

impl<S: Sync> FromRequestParts<S> for Wants {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

/// A problem as one line of text, whatever was asked for.
pub(crate) fn text(problem: Problem) -> Response {
    Wants::Text.problem(problem)
}

/// What there is at an address of the API that does not exist.
pub(super) async fn no_route(wants: Wants) -> Response {
    wants.problem(Problem::NoRoute)
}

/// What an address answers that does not take the method.
pub(super) async fn method_not_allowed(wants: Wants) -> Response {
    wants.problem(Problem::MethodNotAllowed)
}

/// What is left to say after a panic.
pub(super) fn panicked(wants: Wants, request_id: RequestId) -> Response {
    wants.problem(Problem::Internal { request_id })
}

/// The status that a problem is answered with.
pub(super) fn status(problem: Problem) -> StatusCode {
    StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
