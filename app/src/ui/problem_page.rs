//! A whole page that says what went wrong.

use cluster_api::Problem;
use leptos::prelude::*;

use crate::{
    answer,
    layout::frame::{Page, here},
    paths, says,
    session::RelativePath,
    t,
};

/// What went wrong, why, and the way on.
#[must_use]
pub fn problem_page(problem: Problem) -> Page {
    answer::status(problem.status());
    let (address, label) = match problem {
        Problem::SignedOut => (
            paths::sign_in(&RelativePath::or_home(&here())),
            t!("sign-in"),
        ),
        Problem::Unreachable | Problem::Internal { .. } | Problem::TooManyTries { .. } => {
            (here(), t!("try-again"))
        }
        _ => (paths::CLUSTERS.to_owned(), t!("back-to-clusters")),
    };
    let body = view! {
        <div class="plain-page">
            <h1>{says::title(problem)}</h1>
            <p>{says::problem(problem)}</p>
            <p>
                <a class="btn main" href=address>
                    {label}
                </a>
            </p>
        </div>
    };
    Page::new(says::title(problem), body)
}
