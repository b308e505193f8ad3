//! The bar at the top.

use cluster_api::Offer;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_location;

use super::{frame::here, freshness::freshness_mark};
use crate::{
    dashboard::{dashboard, offers},
    paths,
    session::account_menu::account_menu,
    t,
    theme::{Theme, switch::ThemeSwitch},
    ui::{icon::icon, menu::menu},
    view::{Known, User},
    words::{Lang, server_fns::SetLang},
};

/// The brand, where one can go, how current everything is, and who is signed in.
#[component]
pub fn Header(
    /// Who is signed in.
    user: User,
    /// What is known of the clusters.
    known: Known,
) -> AnyView {
    let path = use_location().pathname.get_untracked();
    let link = |to: &'static str, words: String| {
        let current = if path == to {
            Some("page")
        } else {
            path.starts_with(&format!("{to}/")).then_some("true")
        };
        view! { <a href=to aria-current=current>{words}</a> }
    };
    view! {
        <div class="bar">
            <a class="brand" href=paths::CLUSTERS aria-label=t!("brand-clusters")>
                {icon("logo", "logo")}
                <span>{t!("brand")}</span>
            </a>
            <nav aria-label=t!("nav-main")>
                {link(paths::CLUSTERS, t!("nav-clusters"))}
                {offers(Offer::Templates).then(|| link(paths::TEMPLATES, t!("nav-templates")))}
                {offers(Offer::Account).then(|| link(paths::ACTIVITY, t!("nav-activity")))}
                {offers(Offer::Help).then(|| link(paths::HELP, t!("nav-help")))}
                {(user.is_admin && offers(Offer::Admin)).then(|| link(paths::ADMIN, t!("nav-admin")))}
            </nav>
            <div class="end">
                {freshness_mark(known.freshness)}
                <a class="btn go" href=paths::GO aria-keyshortcuts="Control+K Meta+K" title=t!("go-title") data-palette>
                    {icon("find", "")}
                    <span class="wide-only">{t!("go")}</span>
                    <kbd class="scripted">{t!("go-shortcut")}</kbd>
                </a>
                {project_link()}
                {lang_menu()}
                {theme_menu()}
                {account_menu(&user.username)}
            </div>
        </div>
    }
    .into_any()
}

/// The project that one is in, and the way to others.
fn project_link() -> Option<AnyView> {
    let project = dashboard().membership()?.project.name;
    let words = t!("project");
    Some(
        view! {
            <a class="btn project" href=paths::PROJECTS title=words.clone()>
                <span class="unseen">{words.clone()} " "</span>
                {project}
            </a>
        }
        .into_any(),
    )
}

/// The word for a theme.
#[must_use]
pub fn theme_word(theme: Theme) -> String {
    match theme {
        Theme::System => t!("theme-system"),
        Theme::Light => t!("theme-light"),
        Theme::Dark => t!("theme-dark"),
    }
}

/// The choice of themes.
#[must_use]
pub fn theme_menu() -> AnyView {
    let words = Theme::ALL.map(theme_word);
    let sheet = view! { <ThemeSwitch theme=Theme::current() words=words.to_vec()/> };
    menu(t!("theme"), icon("theme", ""), sheet).into_any()
}

/// The choice of languages. It leads back to the page at hand.
#[must_use]
pub fn lang_menu() -> AnyView {
    let current = Lang::current();
    let choices = Lang::ALL
        .into_iter()
        .map(|lang| {
            let pressed = if lang == current { "true" } else { "false" };
            view! {
                <button type="submit" name="lang" value=lang.tag() lang=lang.tag() aria-pressed=pressed>
                    {icon(if lang == current { "check" } else { "none" }, "")}
                    {lang.name()}
                </button>
            }
        })
        .collect_view();
    let sheet = view! {
        <form method="post" action=SetLang::url() data-plain>
            <input type="hidden" name="next" value=here()/>
            {choices}
        </form>
    };
    let button = view! {
        <span class="upper" aria-hidden="true">
            {current.tag()}
        </span>
    };
    menu(t!("language"), button, sheet).into_any()
}
