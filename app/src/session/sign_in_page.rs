//! The way in.

use cluster_api::Problem;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{
    COOKIE, PLAIN_COOKIE, RelativePath,
    server_fns::{SignIn, TYPED_USERNAME},
};
use crate::{
    answer,
    error::AppError,
    layout::{frame::start, plain::Plain},
    ui::{
        field::{FORM_ERROR, form_error},
        said::said,
        submit::Submit,
    },
};

/// Asks for a username and a password or an API key. Who is signed in already goes straight on.
#[component]
pub fn SignInPage() -> AnyView {
    let next = use_query_map()
        .with_untracked(|query| RelativePath::or_home(query.get_str("next").unwrap_or_default()));
    Suspend::new(async move {
        let start = start().await;
        if start.is_ok() {
            answer::redirect(next.as_str());
        }
        let has_session = [COOKIE, PLAIN_COOKIE]
            .into_iter()
            .any(|it| answer::cookie(it).is_some());
        let ended = has_session && start == Err(AppError(Problem::SignedOut));
        view! {
            <Title text="Sign in"/>
            <Plain>
                <SignInForm next ended/>
            </Plain>
        }
    })
    .into_any()
}

/// The form.
#[component]
fn SignInForm(
    /// Where to go from here.
    next: RelativePath,
    /// Whether there was a session that has ended.
    ended: bool,
) -> AnyView {
    let problem = said(SignIn::PATH);
    let by_key = use_query_map().with_untracked(|query| query.get_str("kind") == Some("api-key"));
    // Whoever was refused types the secret again.
    let username = problem.and_then(|_| answer::cookie(TYPED_USERNAME));
    let again = username.is_some();
    let ended = ended && problem.is_none();
    view! {
        <div class="sign-in">
            <h1>"Sign in to Carina"</h1>
            <p class="quiet">
                {if ended {
                    "Your session has ended. Sign in to go on where you were."
                } else {
                    "Docker Swarm clusters of your own, ready in seconds."
                }}
            </p>
            <form method="post" action=SignIn::url() class="panel form">
                {form_error(problem.map(|problem| problem.to_string()))}
                <input type="hidden" name="next" value=next.as_str().to_owned()/>
                <div class="field">
                    <label for="username">"Username"</label>
                    <input
                        id="username"
                        name="username"
                        type="text"
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        required
                        autofocus=!again
                        maxlength="200"
                        value=username
                    />
                </div>
                <fieldset class="segments">
                    <legend>"Sign in with"</legend>
                    <label>
                        <input type="radio" name="kind" value="password" checked=!by_key/>
                        <span>"Password"</span>
                    </label>
                    <label>
                        <input type="radio" id="with-key" name="kind" value="api-key" checked=by_key/>
                        <span>"API key"</span>
                    </label>
                </fieldset>
                <div class="field">
                    <label for="secret">
                        <span class="if-password">"Password"</span>
                        <span class="if-key">"API key"</span>
                    </label>
                    <input
                        id="secret"
                        name="secret"
                        type="password"
                        autocomplete="current-password"
                        required
                        autofocus=again
                        maxlength="1000"
                        aria-invalid=problem.map(|_| "true")
                        aria-describedby=problem.map(|_| FORM_ERROR)
                    />
                </div>
                <Submit label="Sign in" busy="Signing in …" class="btn main large"/>
            </form>
        </div>
    }
    .into_any()
}
