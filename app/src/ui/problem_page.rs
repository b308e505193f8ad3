//! A whole page that says what went wrong.

use cluster_api::{ClusterId, Offer, Problem, RequestId};
use leptos::prelude::*;

use super::copy::copied;
use crate::{
    answer,
    dashboard::offers,
    layout::frame::{Page, here},
    paths, says,
    session::RelativePath,
    t,
};

/// What went wrong, why, what helps, and the way on.
#[must_use]
pub fn problem_page(problem: Problem) -> Page {
    answer::status(problem.status());
    let here = here();
    let back = answer::came_from().filter(|from| from.as_str() != here);
    let body = Failed::of(problem, Some(&here), answer::request_id(), back).view();
    Page::new(says::title(problem), body)
}

/// What is said of a request that failed.
pub struct Failed {
    /// What, in a few words.
    pub title: String,
    /// Why, in a sentence.
    pub words: String,
    /// What that means for whoever reads it.
    pub advice: Option<String>,
    /// What the log knows it by.
    pub request: Option<RequestId>,
    /// Where one may go from here: the addresses and their words, the best one first.
    pub ways: Vec<(String, String)>,
}

impl Failed {
    /// What is said of a problem. `here` is the address to try again, where there is one; `back` where one
    /// came from.
    #[must_use]
    pub fn of(
        problem: Problem,
        here: Option<&str>,
        request: Option<RequestId>,
        back: Option<RelativePath>,
    ) -> Self {
        let request = match problem {
            Problem::Internal { request_id } => Some(request_id),
            _ => request,
        };
        let advice = match problem {
            Problem::TooManyTries { .. } => Some(t!("error-slow-down")),
            problem => match problem.status() {
                403 => Some(t!("error-not-yours")),
                404 => Some(t!("error-went-away")),
                500 => Some(t!("error-at-fault")),
                503 => Some(t!("error-comes-back")),
                _ => None,
            },
        };
        Self {
            title: says::title(problem),
            words: says::problem(problem),
            advice,
            request,
            ways: ways(problem, here, request, back),
        }
    }

    /// The page.
    #[must_use]
    pub fn view(self) -> AnyView {
        let ways: Vec<_> = self
            .ways
            .into_iter()
            .enumerate()
            .map(|(number, (address, words))| {
                let class = if number == 0 { "btn main" } else { "btn" };
                let download = address.ends_with(".zip").then_some("");
                view! {
                    <a class=class href=address download=download>
                        {words}
                    </a>
                }
            })
            .collect();
        let request = self.request.map(|id| {
            view! {
                <p class="failed-request small">
                    {t!("error-request-id")}
                    {copied(id.to_string(), None, &t!("error-what-the-id"))}
                </p>
            }
        });
        view! {
            <div class="plain-page">
                <h1>{self.title}</h1>
                <p>{self.words}</p>
                {self.advice.map(|advice| view! { <p class="quiet">{advice}</p> })}
                {request}
                <p class="acts">{ways}</p>
            </div>
        }
        .into_any()
    }
}

/// Where one may go from a problem.
fn ways(
    problem: Problem,
    here: Option<&str>,
    request: Option<RequestId>,
    back: Option<RelativePath>,
) -> Vec<(String, String)> {
    let mut ways = Vec::new();
    if problem == Problem::SignedOut {
        let next = RelativePath::or_home(here.unwrap_or_default());
        ways.push((paths::sign_in(&next), t!("sign-in")));
    }
    let passes = matches!(problem.status(), 429 | 500 | 503);
    if let Some(here) = here.filter(|_| passes) {
        ways.push((here.to_owned(), t!("try-again")));
    }
    if let Some(back) = back {
        ways.push((back.as_str().to_owned(), t!("error-back")));
    }
    ways.push((paths::CLUSTERS.to_owned(), t!("back-to-clusters")));
    let cluster = here.and_then(cluster_at);
    // Who helps looks for the request in the log. What cannot be reached opens no ticket either.
    if matches!(problem.status(), 403 | 404 | 500) && offers(Offer::Help) {
        ways.push((ticket_for(request, cluster), t!("error-open-ticket")));
    }
    let broken = matches!(problem, Problem::Internal { .. } | Problem::NodeSilent);
    if let Some(cluster) = cluster.filter(|_| broken) {
        ways.push((paths::support(cluster), t!("error-support-bundle")));
    }
    ways
}

/// The form for a ticket about a request that failed, and about a cluster if it was about one.
#[must_use]
pub fn ticket_for(request: Option<RequestId>, cluster: Option<ClusterId>) -> String {
    let id = |it: Option<String>| it.unwrap_or_default();
    let cluster = id(cluster.map(|it| it.to_string()));
    let request = id(request.map(|it| it.to_string()));
    paths::with_query(
        paths::NEW_TICKET,
        &[("cluster", &*cluster), ("request", &*request)],
    )
}

/// The cluster that an address of a page is about.
#[must_use]
pub fn cluster_at(address: &str) -> Option<ClusterId> {
    let rest = address.strip_prefix(paths::CLUSTERS)?.strip_prefix('/')?;
    rest.split(['/', '?', '#']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    const ID: &str = "0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1";

    fn ways_from(problem: Problem, here: &str) -> Vec<String> {
        Owner::new().with(|| {
            Lang::En.provide();
            let request = ID.parse().ok();
            let back = RelativePath::try_from("/help").ok();
            let failed = Failed::of(problem, Some(here), request, back);
            failed.ways.into_iter().map(|(to, _)| to).collect()
        })
    }

    #[test]
    fn a_failure_inside_can_be_tried_again_and_told_of() {
        let here = format!("/clusters/{ID}/nodes?pause=1");
        let request_id = ID.parse().unwrap();
        assert_eq!(
            ways_from(Problem::Internal { request_id }, &here),
            [
                here.clone(),
                "/help".to_owned(),
                "/clusters".to_owned(),
                format!("/help/tickets/new?cluster={ID}&request={ID}"),
                format!("/clusters/{ID}/support.zip"),
            ]
        );
    }

    #[test]
    fn what_is_not_there_is_not_tried_again_and_an_outage_opens_no_ticket() {
        assert_eq!(
            ways_from(Problem::NoRoute, "/nowhere"),
            [
                "/help".to_owned(),
                "/clusters".to_owned(),
                format!("/help/tickets/new?request={ID}")
            ]
        );
        assert_eq!(
            ways_from(Problem::Unreachable, "/clusters/new"),
            ["/clusters/new", "/help", "/clusters"]
        );
    }
}
