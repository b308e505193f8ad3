//! What a server function says in HTTP besides its value: a status, a redirect, a cookie.
//!
//! The same function is called by three kinds of callers, and each needs another answer: a page that
//! is being rendered (its errors are part of the page), a plain HTML form (it must be sent on, with
//! what went wrong in the address), and a script (it wants a status and a body).

use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use cluster_api::{Problem, RequestId};
use leptos::{
    prelude::{WithUntracked, use_context},
    server_fn::error::ServerFnUrlError,
};
use leptos_axum::ResponseOptions;
use leptos_router::hooks::use_query_map;
use secrecy::SecretString;

use crate::{dashboard::dashboard, error::AppError, paths, session::RelativePath, words::Lang};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    /// A page that is being rendered.
    Page,
    /// A form, posted by a browser.
    Form,
    /// A script, ours or another.
    Script,
}

impl Caller {
    fn of(parts: &Parts) -> Self {
        let wants_html = parts
            .headers
            .get(header::ACCEPT)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains("text/html"));
        if !parts.uri.path().starts_with("/api/") {
            Self::Page
        } else if wants_html {
            Self::Form
        } else {
            Self::Script
        }
    }

    fn current() -> Option<(Self, ResponseOptions)> {
        Some((Self::of(&use_context::<Parts>()?), use_context()?))
    }
}

/// The request at hand, as context: what the log knows it by.
#[derive(Clone, Copy, Debug)]
pub struct CurrentRequest(pub RequestId);

/// What the log knows the request at hand by.
#[must_use]
pub fn request_id() -> Option<RequestId> {
    use_context::<CurrentRequest>().map(|CurrentRequest(id)| id)
}

/// Whether the page being rendered is only brought up to date, by itself: nobody asked for it just now.
#[must_use]
pub fn is_refresh() -> bool {
    use_context::<Parts>().is_some_and(|parts| parts.headers.contains_key("x-carina-refresh"))
}

/// The page of this site that led to the request at hand.
#[must_use]
pub fn came_from() -> Option<RelativePath> {
    came_from_of(&use_context::<Parts>()?)
}

fn came_from_of(parts: &Parts) -> Option<RelativePath> {
    let header = |name| parts.headers.get(name)?.to_str().ok();
    let (_, rest) = header(header::REFERER)?.split_once("://")?;
    let (host, path) = rest.split_at(rest.find('/')?);
    (header(header::HOST)? == host)
        .then_some(path)?
        .try_into()
        .ok()
}

/// Gives the page being rendered its status.
pub fn status(code: u16) {
    if let (Some(response), Ok(code)) =
        (use_context::<ResponseOptions>(), StatusCode::from_u16(code))
    {
        response.set_status(code);
    }
}

/// Sends whoever asks on to another page of this site.
pub fn redirect(to: &str) {
    if let Some((caller, response)) = Caller::current() {
        send_on(caller, &response, to);
    }
}

/// Sends a plain form on to another page; a script stays where it is.
pub fn redirect_form(to: &str) {
    if let Some((Caller::Form, response)) = Caller::current() {
        send_on(Caller::Form, &response, to);
    }
}

fn send_on(caller: Caller, response: &ResponseOptions, to: &str) {
    let Ok(location) = HeaderValue::from_str(to) else {
        return;
    };
    response.insert_header(header::LOCATION, location);
    // A script reads where to go, and goes or stays.
    if caller != Caller::Script {
        response.set_status(StatusCode::SEE_OTHER);
    }
}

/// Answers with a problem: a script gets its status, a page shows it.
#[must_use]
pub fn reject(problem: Problem) -> AppError {
    if let Some((Caller::Script, response)) = Caller::current() {
        if let Ok(code) = StatusCode::from_u16(problem.status()) {
            response.set_status(code);
        }
        if let Problem::TooManyTries { retry_after_s } = problem {
            response.insert_header(header::RETRY_AFTER, retry_after_s.into());
        }
    }
    AppError(problem)
}

/// Answers the form of the server function at `function` with a problem. A browser goes back to
/// `page`, which says what was wrong; Leptos alone would send it to the `Referer`, which not every
/// browser tells. Who is signed out signs in first.
#[must_use]
pub fn reject_form(problem: Problem, function: &str, page: &str) -> AppError {
    if let Some((Caller::Form, response)) = Caller::current() {
        let to = if problem == Problem::SignedOut {
            let page = page.split('#').next().unwrap_or(page);
            paths::sign_in(&RelativePath::or_home(page))
        } else {
            with_problem(problem, function, page, request_id())
        };
        send_on(Caller::Form, &response, &to);
    }
    reject(problem)
}

/// The field of an address that names the request that was refused.
pub const REFUSED: &str = "__request";

/// The address of `page` with a problem in it, where Leptos looks for it, and what the log knows the
/// refused request by.
fn with_problem(
    problem: Problem,
    function: &str,
    page: &str,
    request: Option<RequestId>,
) -> String {
    const HERE: &str = "http://carina.invalid";
    ServerFnUrlError::new(function, AppError(problem))
        .to_url(&format!("{HERE}{page}"))
        .ok()
        .map(|mut url| {
            if let Some(id) = request {
                url.query_pairs_mut().append_pair(REFUSED, &id.to_string());
            }
            url
        })
        .and_then(|url| url.as_str().strip_prefix(HERE).map(ToOwned::to_owned))
        .unwrap_or_else(|| page.to_owned())
}

/// Answers a form whose work is done or refused: on to `to`, where `done` is said (the name of a text
/// that begins with `done-`), or back to `back`, which says what was wrong.
///
/// # Errors
/// The problem, for a script.
pub fn form<T>(
    result: Result<T, Problem>,
    function: &str,
    back: &str,
    to: &str,
    done: &'static str,
) -> Result<(), AppError> {
    match result {
        Ok(_) => {
            set_cookie(&format!("{DONE}={done}; Path=/; Max-Age=30; SameSite=Lax"));
            redirect(to);
            Ok(())
        }
        Err(problem) => Err(reject_form(problem, function, back)),
    }
}

/// Answers a form that made a secret, which the next page shows once: on to `to`, which asks for it with
/// [`revealed`], or back to `back`, which says what was wrong. The secret itself is in no address, no
/// cookie and no answer but that page.
///
/// # Errors
/// The problem, for a script.
pub async fn reveal(
    result: Result<SecretString, Problem>,
    function: &str,
    back: &str,
    to: &str,
    done: &'static str,
) -> Result<(), AppError> {
    let kept = match result {
        Ok(secret) => dashboard().keep_secret(&secret).await,
        Err(problem) => Err(problem),
    };
    let to = (kept.as_ref()).map_or(String::new(), |ticket| with_ticket(to, ticket));
    form(kept, function, back, &to, done)
}

/// An address whose page asks for what was kept.
fn with_ticket(to: &str, ticket: &str) -> String {
    let (page, fragment) = to.split_at(to.find('#').unwrap_or(to.len()));
    let mark = if page.contains('?') { '&' } else { '?' };
    // A ticket is hexadecimal.
    format!("{page}{mark}{SHOWN}={ticket}{fragment}")
}

/// The address of a form that gives a long text back, which asks for it with [`revealed`]. Without scripts
/// it would be lost, and it is too long for an address.
pub async fn with_text(back: &str, text: &str) -> String {
    let kept = dashboard().keep_secret(&text.into()).await;
    kept.map_or_else(|_| back.to_owned(), |ticket| with_ticket(back, &ticket))
}

/// The field of an address that takes a secret.
pub const SHOWN: &str = "shown";

/// What a page that was sent to by [`reveal`] shows.
#[derive(Debug)]
pub struct Revealed {
    /// What took it: other secrets have others.
    pub ticket: String,
    /// The secret; None when it was shown before, or nobody looked for too long.
    pub secret: Option<SecretString>,
}

/// Takes the secret that the address of the page being rendered leads to. None if it leads to none.
///
/// # Errors
/// The session cannot be read.
pub async fn revealed() -> Result<Option<Revealed>, AppError> {
    let ticket = use_query_map().with_untracked(|query| query.get(SHOWN));
    let is_ticket = |it: &String| it.len() == 32 && it.bytes().all(|it| it.is_ascii_hexdigit());
    let Some(ticket) = ticket.filter(is_ticket) else {
        return Ok(None);
    };
    let secret = dashboard().take_secret(&ticket).await?;
    Ok(Some(Revealed { ticket, secret }))
}

/// The cookie that carries what was done to the next page.
const DONE: &str = "done";

/// What was done just now, in words, once. A page that is only brought up to date, in another tab perhaps,
/// leaves it to the page that comes for it.
#[must_use]
pub fn take_done() -> Option<String> {
    let id = cookie(DONE).filter(|_| !is_refresh())?;
    set_cookie(&format!("{DONE}=; Path=/; Max-Age=0; SameSite=Lax"));
    let lang = Lang::current();
    (id.starts_with("done-") && lang.has(&id)).then(|| lang.text(&id, &[]))
}

/// The value of a cookie of the request at hand.
#[must_use]
pub fn cookie(name: &str) -> Option<String> {
    cookie_of(&use_context::<Parts>()?, name)
}

/// The value of a cookie of a request.
#[must_use]
pub fn cookie_of(parts: &Parts, name: &str) -> Option<String> {
    let cookies = parts.headers.get_all(header::COOKIE).into_iter();
    cookies
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value.to_owned())
        .filter(|value| !value.is_empty())
}

/// Adds a cookie to the answer.
pub fn set_cookie(cookie: &str) {
    if let (Some(response), Ok(cookie)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(cookie),
    ) {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(path: &str, accept: &str) -> Caller {
        let request = http::Request::get(path)
            .header("accept", accept)
            .body(())
            .unwrap();
        Caller::of(&request.into_parts().0)
    }

    #[test]
    fn callers_are_told_apart() {
        assert_eq!(caller("/clusters", "text/html"), Caller::Page);
        assert_eq!(caller("/clusters", "*/*"), Caller::Page);
        assert_eq!(
            caller("/api/sign_in", "text/html,application/xml"),
            Caller::Form
        );
        assert_eq!(caller("/api/sign_in", "application/json"), Caller::Script);
        assert_eq!(caller("/api/sign_in", "*/*"), Caller::Script);
    }

    #[test]
    fn only_pages_of_this_site_are_gone_back_to() {
        let from = |referer: &str| {
            let request = http::Request::get("/clusters")
                .header("host", "carina.example:3000")
                .header("referer", referer)
                .body(())
                .unwrap();
            let from = came_from_of(&request.into_parts().0);
            from.map(|it| it.as_str().to_owned())
        };
        let back = from("https://carina.example:3000/help?state=open");
        assert_eq!(back.as_deref(), Some("/help?state=open"));
        for elsewhere in [
            "https://carina.example/help",
            "https://other.example:3000/",
            "x",
        ] {
            assert_eq!(from(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn a_problem_travels_in_the_address_and_back() {
        let there = with_problem(
            Problem::NameTaken,
            "/api/create_cluster",
            "/clusters/new?name=a%20b#x",
            None,
        );
        let (page, rest) = there.split_once("&__path=").unwrap();
        assert_eq!(page, "/clusters/new?name=a%20b");
        let (path, rest) = rest.split_once("&__err=").unwrap();
        assert_eq!(path, "%2Fapi%2Fcreate_cluster");
        let encoded = rest.strip_suffix("#x").unwrap().replace("%3D", "=");
        assert_eq!(
            ServerFnUrlError::<AppError>::decode_err(&encoded),
            AppError(Problem::NameTaken)
        );
    }
}
