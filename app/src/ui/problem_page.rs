//! A whole page that says what went wrong.

use cluster_api::Problem;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::{paths, session::RelativePath};

/// Gives the page its HTTP status. In the browser there is none to give.
pub fn set_status(code: u16) {
    #[cfg(feature = "ssr")]
    crate::answer::status(code);
    #[cfg(not(feature = "ssr"))]
    let _ = code;
}

/// What went wrong, why, and the way on.
#[component]
pub fn ProblemPage(
    /// What went wrong.
    problem: Problem,
) -> AnyView {
    set_status(problem.status());
    let location = use_location();
    let here = location.pathname.get_untracked();
    let (address, label) = match problem {
        Problem::SignedOut => (paths::sign_in(&RelativePath::or_home(&here)), "Sign in"),
        Problem::Unreachable | Problem::Internal { .. } | Problem::TooManyTries { .. } => {
            (here, "Try again")
        }
        _ => (paths::CLUSTERS.to_owned(), "Back to the clusters"),
    };
    // "Try again" asks the server anew; everything else is within the page.
    let external = (label == "Try again").then_some("external");
    view! {
        <Title text=problem.title()/>
        <div class="plain-page">
            <h1>{problem.title()}</h1>
            <p>{problem.to_string()}</p>
            <p>
                <a class="btn main" href=address rel=external>
                    {label}
                </a>
            </p>
        </div>
    }
    .into_any()
}
