//! The page of whoever is signed in.

use cluster_api::{Offer, Problem, Role, WhoAmI};
use leptos::prelude::*;

use super::{
    keys::{keys_panel, make_key_panel, scope_words},
    preferences::preferences_panel,
    sessions::sessions_panel,
};
use crate::{
    answer::revealed,
    dashboard::{ask, dashboard, offers},
    error::AppError,
    layout::frame::{Page, signed_in},
    paths, says, t,
    ui::{icon::icon, shown_once::shown_once},
    view::User,
};

/// How often it is brought up to date, in seconds: no stream tells of keys and sessions.
const EVERY_S: u32 = 10;

/// Who one is, API keys, sessions, theme and language.
#[component]
pub fn AccountPage() -> AnyView {
    signed_in(|frame| async move {
        if !offers(Offer::Account) {
            let body = view! {
                <div class="head">
                    <h1>{t!("nav-account")}</h1>
                </div>
                <div class="split">
                    <div class="stack">{member_panel(&frame.user)}</div>
                    <div class="stack">{preferences_panel()}</div>
                </div>
            };
            return Ok(Page::new(t!("nav-account"), body).every(EVERY_S));
        }
        let shown = shown_once(revealed().await?, &t!("key-secret"), t!("key-secret-why"));
        let who = ask(|up| async move { up.control_plane.account(&up.token).await });
        let who = part(who.await, |who| {
            who_panel(&who, frame.known.snapshot.clusters.len())
        })?;
        let keys = ask(|up| async move { up.control_plane.keys(&up.token).await });
        let keys = part(keys.await, |list| keys_panel(list.keys))?;
        let sessions = ask(|up| async move { up.control_plane.sessions(&up.token).await });
        let sessions = part(sessions.await, |list| sessions_panel(list.sessions))?;
        let body = view! {
            <div class="head">
                <h1>{t!("nav-account")}</h1>
            </div>
            {shown}
            <div class="split">
                <div class="stack">{who}</div>
                <div class="stack">{preferences_panel()}</div>
            </div>
            <div class="stack">
                {keys}
                {make_key_panel()}
                {sessions}
            </div>
        };
        Ok(Page::new(t!("nav-account"), body).every(EVERY_S))
    })
}

/// Who one is, where keys and sign-ins are the cloud's own business.
fn member_panel(user: &User) -> Option<AnyView> {
    let membership = dashboard().membership()?;
    let about = if !membership.can_change() {
        Some(t!("reader-only", roles = membership.roles.join(", ")))
    } else if membership.is_restricted {
        Some(t!("restricted-credential"))
    } else {
        None
    };
    Some(
        view! {
            <section class="panel" aria-labelledby="who-title">
                <header>
                    <h2 id="who-title">{t!("who")}</h2>
                </header>
                <dl class="body about">
                    <dt>{t!("username")}</dt>
                    <dd>{user.username.clone()}</dd>
                    <dt>{t!("project")}</dt>
                    <dd>
                        <a href=paths::PROJECTS>{membership.project.name.clone()}</a>
                    </dd>
                    <dt>{t!("role")}</dt>
                    <dd>{membership.roles.join(", ")}</dd>
                </dl>
                {about.map(|about| view! { <p class="body small">{about}</p> })}
            </section>
        }
        .into_any(),
    )
}

/// A part of a page. What the control plane does not offer, or refuses, is said in the part's place.
///
/// # Errors
/// The session is over.
pub fn part<T>(
    answer: Result<T, AppError>,
    show: impl FnOnce(T) -> AnyView,
) -> Result<AnyView, AppError> {
    match answer {
        Ok(value) => Ok(show(value)),
        Err(AppError(Problem::SignedOut)) => Err(AppError(Problem::SignedOut)),
        Err(AppError(problem)) => Ok(view! {
            <p class="notice bad">
                {icon("bad", "")}
                <span>{says::problem(problem)}</span>
            </p>
        }
        .into_any()),
    }
}

/// The word for a role.
#[must_use]
pub fn role_word(role: Role) -> String {
    match role {
        Role::Admin => t!("role-admin"),
        Role::Member => t!("role-member"),
    }
}

fn who_panel(who: &WhoAmI, clusters: usize) -> AnyView {
    let by = match &who.key {
        Some(key) => t!("by-key", name = key.as_str()),
        None => t!("password"),
    };
    let limit = who.quotas.max_clusters;
    view! {
        <section class="panel" aria-labelledby="who-title">
            <header>
                <h2 id="who-title">{t!("who")}</h2>
            </header>
            <dl class="body about">
                <dt>{t!("username")}</dt>
                <dd>{who.username.clone()}</dd>
                <dt>{t!("role")}</dt>
                <dd>{role_word(who.role)}</dd>
                <dt>{t!("session-by")}</dt>
                <dd>{by}</dd>
                <dt>{t!("may-do")}</dt>
                <dd>{scope_words(&who.scopes)}</dd>
                <dt>{t!("nav-clusters")}</dt>
                <dd>{t!("quota-used", count = clusters, limit = limit)}</dd>
                <dt>{t!("quota-nodes")}</dt>
                <dd>{who.quotas.max_nodes_per_cluster.get().to_string()}</dd>
            </dl>
        </section>
    }
    .into_any()
}
