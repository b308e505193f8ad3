//! The way in.

use cluster_api::Problem;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::{
    Backend, COOKIE, PLAIN_COOKIE, RelativePath,
    server_fns::{SignIn, TYPED_USERNAME},
};
use crate::{
    answer,
    dashboard::dashboard,
    layout::{frame::Page, plain::plain},
    says, t,
    ui::{
        field::{FORM_ERROR, form_error},
        said::said,
        submit::{Submit, submit},
    },
};

/// Asks for a username and a password or an API key. Who is signed in already goes straight on.
#[component]
pub fn SignInPage() -> AnyView {
    let next = use_query_map()
        .with_untracked(|query| RelativePath::or_home(query.get_str("next").unwrap_or_default()));
    Suspend::new(async move {
        let user = dashboard().user().await;
        if user.is_ok() {
            answer::redirect(next.as_str());
        }
        let has_session = [COOKIE, PLAIN_COOKIE]
            .into_iter()
            .any(|it| answer::cookie(it).is_some());
        let ended = has_session && user == Err(Problem::SignedOut);
        let problem = said(SignIn::PATH);
        let lead = if ended && problem.is_none() {
            t!("sign-in-ended")
        } else if dashboard().backends() == [Backend::Magnum] {
            t!("cloud-sign-in-lead")
        } else {
            t!("sign-in-lead")
        };
        let body = view! {
            <div class="sign-in">
                <h1>{t!("sign-in-title")}</h1>
                <p class="quiet">{lead}</p>
                {sign_in_form(&next, problem, None)}
            </div>
        };
        plain(Page::new(t!("sign-in"), body))
    })
    .into_any()
}

/// The form over a page of somebody whose session has ended.
#[derive(Clone, Copy, Debug)]
pub struct Again<'u> {
    /// Who that was.
    pub username: &'u str,
    /// Where to.
    pub backend: Backend,
}

/// Which control plane, where there are several.
fn backends(chosen: Backend) -> AnyView {
    let all = dashboard().backends().to_vec();
    if all.len() < 2 {
        return view! { <input type="hidden" name="backend" value=chosen.as_str()/> }.into_any();
    }
    let choices: Vec<_> = all
        .into_iter()
        .map(|backend| {
            let words = match backend {
                Backend::Carina => t!("backend-carina"),
                Backend::Magnum => t!("backend-magnum"),
            };
            let class = format!("to-{backend}");
            view! {
                <label>
                    <input
                        type="radio"
                        class=class
                        name="backend"
                        value=backend.as_str()
                        checked=backend == chosen
                    />
                    <span>{words}</span>
                </label>
            }
        })
        .collect();
    view! {
        <fieldset class="segments">
            <legend>{t!("backend")}</legend>
            {choices}
        </fieldset>
    }
    .into_any()
}

/// The domain of the user, where clouds have some.
fn domain(id: String) -> Option<AnyView> {
    if !dashboard().backends().contains(&Backend::Magnum) {
        return None;
    }
    let hint = format!("{id}-hint");
    Some(
        view! {
            <div class="field if-cloud">
                <label for=id.clone()>{t!("domain")}</label>
                <input
                    id=id
                    name="domain"
                    type="text"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="200"
                    aria-describedby=hint.clone()
                />
                <p class="hint" id=hint>
                    {t!("domain-hint")}
                </p>
            </div>
        }
        .into_any(),
    )
}

/// The form. There may be two on a page, so the one over a page has other ids.
#[must_use]
pub fn sign_in_form(
    next: &RelativePath,
    problem: Option<Problem>,
    over: Option<Again<'_>>,
) -> AnyView {
    let prefix = if over.is_some() { "again-" } else { "" };
    let known = dashboard().backends()[0];
    let backend = match over {
        Some(Again { backend, .. }) => backend,
        None => use_query_map()
            .with_untracked(|query| query.get_str("backend").and_then(|it| it.parse().ok()))
            .unwrap_or(known),
    };
    // Over a page it goes back to where that page is of.
    let project = over.and_then(|_| dashboard().membership());
    let project = project.map(|it| it.project.id);
    let by_key = use_query_map().with_untracked(|query| query.get_str("kind") == Some("api-key"));
    // Whoever was refused types the secret again.
    let username = match over {
        Some(Again { username, .. }) => Some(username.to_owned()),
        None => problem.and_then(|_| answer::cookie(TYPED_USERNAME)),
    };
    let key_word = if dashboard().backends() == [Backend::Magnum] {
        t!("application-credential")
    } else {
        t!("api-key")
    };
    let again = username.is_some();
    let id = |name: &str| format!("{prefix}{name}");
    view! {
        <form method="post" action=SignIn::url() class="panel form sign-in-form" data-plain>
            {form_error(problem.map(says::problem))}
            {over.map(|_| view! { <p class="refused error" id="again-refused" role="alert"></p> })}
            <input type="hidden" name="next" value=next.as_str().to_owned()/>
            {match over {
                Some(_) => view! { <input type="hidden" name="backend" value=backend.as_str()/> }.into_any(),
                None => backends(backend),
            }}
            {project.map(|id| view! { <input type="hidden" name="project" value=id/> })}
            <div class="field">
                <label for=id("username")>{t!("username")}</label>
                <input
                    id=id("username")
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
                <legend>{t!("sign-in-with")}</legend>
                <label>
                    <input type="radio" name="kind" value="password" checked=!by_key/>
                    <span>{t!("password")}</span>
                </label>
                <label>
                    <input type="radio" class="with-key" name="kind" value="api-key" checked=by_key/>
                    <span>{key_word.clone()}</span>
                </label>
            </fieldset>
            <div class="field">
                <label for=id("secret")>
                    <span class="if-password">{t!("password")}</span>
                    <span class="if-key">{key_word}</span>
                </label>
                <input
                    id=id("secret")
                    name="secret"
                    type="password"
                    autocomplete="current-password"
                    required
                    autofocus=again
                    maxlength="1000"
                    aria-invalid=problem.map(|_| "true")
                    aria-describedby=problem.map(|_| FORM_ERROR).or(over.map(|_| "again-refused"))
                />
            </div>
            {(over.is_none() || backend == Backend::Magnum).then(|| domain(id("domain")))}
            {submit(Submit {
                label: t!("sign-in"),
                busy: t!("signing-in"),
                class: "btn main large",
                ..Submit::default()
            })}
        </form>
    }
    .into_any()
}
