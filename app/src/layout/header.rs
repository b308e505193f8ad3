//! The bar at the top.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::freshness::FreshnessMark;
use crate::{
    paths,
    session::account_menu::AccountMenu,
    theme::{Theme, switch::ThemeSwitch},
    ui::icon::icon,
    view::User,
};

/// The brand, where one can go, how current everything is, and who is signed in.
#[component]
pub fn Header(
    /// Who is signed in.
    user: User,
) -> AnyView {
    let current = use_location()
        .pathname
        .with_untracked(|path| match &**path {
            paths::CLUSTERS => Some("page"),
            path if path.starts_with(paths::CLUSTERS) => Some("true"),
            _ => None,
        });
    view! {
        <div class="bar">
            <a class="brand" href=paths::CLUSTERS aria-label="Carina, to the clusters">
                {icon("logo", "logo")}
                <span>"Carina"</span>
            </a>
            <nav aria-label="Main">
                <a href=paths::CLUSTERS aria-current=current>"Clusters"</a>
            </nav>
            <div class="end">
                <FreshnessMark/>
                <ThemeSwitch theme=Theme::current()/>
                <AccountMenu username=user.username/>
            </div>
        </div>
    }
    .into_any()
}
