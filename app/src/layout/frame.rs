//! The frame of everything behind the sign-in: it finds out who is signed in and what there is, and
//! sends everybody else to the way in.

use cluster_api::Problem;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{banners::Banners, header::Header, plain::Plain};
use crate::{
    answer,
    clusters::server_fns::load_overview,
    error::AppError,
    live::{
        Live,
        announcer::Announcer,
        root::{LiveRoot, overview_data},
    },
    paths,
    session::{RelativePath, server_fns::load_user},
    ui::problem_page::ProblemPage,
    view::{Overview, User},
};

/// A page for somebody who is signed in. `page` is made when that is known, and may read [`Live`].
pub fn signed_in<F>(page: impl FnOnce() -> F + Send + 'static) -> AnyView
where
    F: Future<Output = Result<AnyView, AppError>> + Send + 'static,
{
    Suspend::new(async move {
        let (user, overview) = match start().await {
            Ok(start) => start,
            Err(AppError(Problem::SignedOut)) => return to_sign_in(),
            Err(AppError(problem)) => {
                return view! {
                    <Plain>
                        <ProblemPage problem/>
                    </Plain>
                }
                .into_any();
            }
        };
        let data = overview_data(&overview).into_any();
        Live::expect().seed(overview);
        let page = match page().await {
            Ok(page) => page,
            Err(AppError(Problem::SignedOut)) => return to_sign_in(),
            Err(AppError(problem)) => view! { <ProblemPage problem/> }.into_any(),
        };
        view! { <SignedIn user data page/> }.into_any()
    })
    .into_any()
}

/// Who is signed in, and what there is.
///
/// # Errors
/// Nobody is, or nothing is known.
pub async fn start() -> Result<(User, Overview), AppError> {
    Ok((load_user().await?, load_overview().await?))
}

/// Goes to the way in, and comes back to this address from there.
fn to_sign_in() -> AnyView {
    let location = use_location();
    let mut here = location.pathname.get_untracked();
    let query = location.search.get_untracked();
    if !query.is_empty() {
        here.push('?');
        here.push_str(&query);
    }
    answer::redirect(&paths::sign_in(&RelativePath::or_home(&here)));
    ().into_any()
}

/// The frame around a page.
#[component]
fn SignedIn(
    /// Who is signed in.
    user: User,
    /// What there is, for scripts.
    data: AnyView,
    /// The page.
    page: AnyView,
) -> AnyView {
    view! {
        <a class="skip btn" href="#main">"Skip to content"</a>
        {data}
        <LiveRoot>
            <header class="top">
                <Header user/>
                <Banners/>
            </header>
            <main id="main" tabindex="-1">
                {page}
            </main>
            <Announcer/>
        </LiveRoot>
    }
    .into_any()
}
