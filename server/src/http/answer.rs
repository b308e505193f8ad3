//! Answers that no page gives: problems, as the asking side can read them, in its language.

use std::convert::Infallible;

use app::{
    answer::cookie_of, error::AppError, shell::failed_document, theme::Theme,
    ui::problem_page::Failed, words::Lang,
};
use axum::{
    Json,
    extract::FromRequestParts,
    response::{Html, IntoResponse, Response},
};
use cluster_api::{Problem, RequestId};
use http::{
    HeaderValue, Method, StatusCode,
    header::{ACCEPT, RETRY_AFTER},
    request::Parts,
};
use leptos::{config::LeptosOptions, prelude::Owner};

/// What the one who asks can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// A browser that shows what comes.
    Html,
    /// The dashboard's own script, or a program.
    Json,
    /// Anything else.
    Text,
}

/// What the one who asks can read, and how it is to look.
#[derive(Clone, Debug)]
pub(crate) struct Wants {
    format: Format,
    lang: Lang,
    theme: Theme,
    /// Where the style is; it comes with the request.
    options: Option<LeptosOptions>,
    request: Option<RequestId>,
    /// The address to try again: that of a page.
    here: Option<String>,
}

impl Wants {
    pub(crate) fn of(parts: &Parts) -> Self {
        let accept = parts
            .headers
            .get(ACCEPT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("");
        let format = if accept.contains("text/html") {
            Format::Html
        } else if accept.contains("json") || parts.uri.path().starts_with("/api/") {
            Format::Json
        } else {
            Format::Text
        };
        let theme = cookie_of(parts, Theme::COOKIE).unwrap_or_default();
        Self {
            format,
            lang: Lang::of(parts),
            theme: Theme::named(&theme),
            options: parts.extensions.get().cloned(),
            request: parts.extensions.get().copied(),
            here: (parts.method == Method::GET)
                .then(|| parts.uri.path_and_query().map(ToString::to_string))
                .flatten(),
        }
    }

    /// A line of text, for what is saved to a file or read by a program.
    pub(crate) fn text(mut self) -> Self {
        self.format = Format::Text;
        self
    }

    /// A problem, with its status.
    pub(crate) fn problem(self, problem: Problem) -> Response {
        let (here, request) = (self.here.clone(), self.request);
        let failed = self.said(|| Failed::of(problem, here.as_deref(), request, None));
        self.with_status(status(problem), problem, failed)
    }

    /// What a request from another site gets.
    pub(crate) fn refusal(self) -> Response {
        let request = self.request;
        let failed = self.said(|| Failed {
            title: app::t!("error-refused"),
            words: app::t!("error-refused-why"),
            advice: None,
            request,
            ways: vec![(app::paths::HOME.to_owned(), app::t!("error-to-dashboard"))],
        });
        self.with_status(StatusCode::FORBIDDEN, Problem::Malformed, failed)
    }

    /// Says something in the language of the one who asks.
    fn said<T>(&self, say: impl FnOnce() -> T) -> T {
        Owner::new().with(|| {
            self.lang.provide();
            say()
        })
    }

    fn with_status(self, status: StatusCode, problem: Problem, failed: Failed) -> Response {
        let mut response = match self.format {
            Format::Html => {
                let document =
                    self.said(|| failed_document(self.options.clone(), self.theme, failed));
                Html(document).into_response()
            }
            Format::Json => Json(AppError::from(problem)).into_response(),
            Format::Text => format!("{}\n", failed.words).into_response(),
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
    (status(problem), format!("{problem}\n")).into_response()
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
