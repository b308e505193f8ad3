//! A whole page that says what went wrong.

use cluster_api::Problem;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::{answer, paths, session::RelativePath};

/// What went wrong, why, and the way on.
#[component]
pub fn ProblemPage(
    /// What went wrong.
    problem: Problem,
) -> AnyView {
    answer::status(problem.status());
    let here = use_location().pathname.get_untracked();
    let (address, label) = match problem {
        Problem::SignedOut => (paths::sign_in(&RelativePath::or_home(&here)), "Sign in"),
        Problem::Unreachable | Problem::Internal { .. } | Problem::TooManyTries { .. } => {
            (here, "Try again")
        }
        _ => (paths::CLUSTERS.to_owned(), "Back to the clusters"),
    };
    view! {
        <Title text=problem.title()/>
        <div class="plain-page">
            <h1>{problem.title()}</h1>
            <p>{problem.to_string()}</p>
            <p>
                <a class="btn main" href=address>
                    {label}
                </a>
            </p>
        </div>
    }
    .into_any()
}
