//! The way in.

use cluster_api::Problem;
use leptos::{html, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{RelativePath, server_fns::SignIn};
use crate::{
    layout::{frame::start, plain::Plain},
    ui::{actions::problem_of, field::FormError, go::Go, submit::Submit},
};

/// Asks for a username and a password or an API key. Who is signed in already goes straight on.
#[component]
pub fn SignInPage() -> AnyView {
    let query = use_query_map();
    let next = move || {
        query.with(|query| RelativePath::or_home(query.get_str("next").unwrap_or_default()))
    };
    let start = Resource::new(|| (), |()| start());
    view! {
        <Title text="Sign in"/>
        <Plain>
            <Suspense fallback=|| ()>
                {move || Suspend::new(async move {
                    match start.await {
                        Ok(_) => view! { <Go to=untrack(next).as_str()/> }.into_any(),
                        Err(_) => view! { <SignInForm next=untrack(next)/> }.into_any(),
                    }
                })}
            </Suspense>
        </Plain>
    }
    .into_any()
}

/// The form.
#[component]
fn SignInForm(
    /// Where to go from here.
    next: RelativePath,
) -> AnyView {
    let action = ServerAction::<SignIn>::new();
    let problem = problem_of(action);
    let by_key = use_query_map()
        .with_untracked(|query| query.get_str("kind").is_some_and(|kind| kind == "api-key"));
    let secret = NodeRef::<html::Input>::new();
    // Whoever was refused types the secret again.
    Effect::new(move |_| {
        if problem.get().is_some()
            && let Some(secret) = secret.get_untracked()
        {
            secret.select();
        }
    });
    let error = Signal::derive(move || {
        problem
            .get()
            .filter(|problem| *problem != Problem::SignedOut)
            .map(|problem| problem.to_string())
    });
    view! {
        <div class="sign-in">
            <h1>"Sign in to Carina"</h1>
            <p class="quiet">"Docker Swarm clusters of your own, ready in seconds."</p>
            <ActionForm action attr:class="panel form">
                <FormError error/>
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
                        autofocus
                        maxlength="200"
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
                        maxlength="1000"
                        node_ref=secret
                        aria-invalid=move || error.get().map(|_| "true")
                    />
                </div>
                <Submit label="Sign in" busy="Signing in …" pending=action.pending() class="btn main large"/>
            </ActionForm>
        </div>
    }
    .into_any()
}
