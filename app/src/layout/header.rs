//! The bar at the top.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::freshness::FreshnessMark;
use crate::{
    paths, session::account_menu::AccountMenu, theme::switch::ThemeSwitch, ui::icon::Icon,
    view::User,
};

/// The brand, where one can go, how current everything is, and who is signed in.
#[component]
pub fn Header(
    /// Who is signed in.
    user: User,
) -> AnyView {
    let pathname = use_location().pathname;
    let current = move || match &*pathname.get() {
        paths::CLUSTERS => Some("page"),
        path if path.starts_with(paths::CLUSTERS) => Some("true"),
        _ => None,
    };
    view! {
        <div class="bar">
            <a class="brand" href=paths::CLUSTERS aria-label="Carina, to the clusters">
                <Icon name="logo" class="logo"/>
                <span>"Carina"</span>
            </a>
            <nav aria-label="Main">
                <a href=paths::CLUSTERS aria-current=move || current()>"Clusters"</a>
            </nav>
            <div class="end">
                <FreshnessMark/>
                <ThemeSwitch/>
                <AccountMenu username=user.username/>
            </div>
        </div>
    }
    .into_any()
}
