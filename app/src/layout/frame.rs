//! The frame of everything behind the sign-in: it finds out who is signed in and what there is, and
//! sends everybody else to the way in.

use cluster_api::Problem;
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};

use super::{banners::Banners, header::Header, plain::Plain};
use crate::{
    clusters::server_fns::load_overview,
    error::AppError,
    live::Live,
    paths,
    session::{RelativePath, server_fns::load_user},
    ui::{go::Go, problem_page::ProblemPage},
    view::{Overview, User},
};

/// The frame, with the page of the address in it.
#[component]
pub fn Frame() -> AnyView {
    let live = Live::expect();
    let start = Resource::new(|| (), |()| start());
    on_cleanup(move || live.clear());
    view! {
        <Suspense fallback=|| view! { <Waiting/> }>
            {move || Suspend::new(async move {
                match start.await {
                    Ok((user, overview)) => {
                        live.seed(overview);
                        view! { <SignedIn user/> }.into_any()
                    }
                    Err(AppError(Problem::SignedOut)) => view! { <ToSignIn/> }.into_any(),
                    Err(AppError(problem)) => {
                        view! {
                            <Plain>
                                <ProblemPage problem/>
                            </Plain>
                        }
                            .into_any()
                    }
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// Who is signed in, and what there is.
///
/// # Errors
/// Nobody is, or nothing is known.
pub async fn start() -> Result<(User, Overview), AppError> {
    // Two requests in the browser, none on the server.
    let user = load_user().await?;
    Ok((user, load_overview().await?))
}

/// What stands there until the first answer comes.
#[component]
fn Waiting() -> AnyView {
    view! {
        <main id="main" aria-busy="true">
            <p class="quiet" role="status">"Loading …"</p>
        </main>
    }
    .into_any()
}

/// Goes to the way in, and comes back to this address from there.
#[component]
fn ToSignIn() -> AnyView {
    let location = use_location();
    let mut here = location.pathname.get_untracked();
    let query = location.search.get_untracked();
    if !query.is_empty() {
        here.push('?');
        here.push_str(&query);
    }
    view! { <Go to=paths::sign_in(&RelativePath::or_home(&here))/> }.into_any()
}

/// The frame for somebody who is signed in.
#[component]
fn SignedIn(
    /// Who it is.
    user: User,
) -> AnyView {
    let live = Live::expect();
    Effect::new(move |_| live.follow());
    follow_navigation();
    view! {
        <a class="skip btn" href="#main" rel="external">"Skip to content"</a>
        <header>
            <Header user/>
            <Banners/>
        </header>
        <main id="main" tabindex="-1">
            <Outlet/>
        </main>
        <p class="unseen" role="status" aria-live="polite">{move || live.announcement()}</p>
    }
    .into_any()
}

/// After a navigation within the page the focus is at the top of the new one, as it would be after a
/// real one.
fn follow_navigation() {
    let pathname = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let now = pathname.get();
        if before.is_some_and(|before| before != now) {
            request_animation_frame(|| {
                use leptos::wasm_bindgen::JsCast;
                let main = document().get_element_by_id("main");
                if let Some(main) =
                    main.and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok())
                {
                    // An element that cannot be focused stays as it is.
                    let _ = main.focus();
                }
            });
        }
        now
    });
}
