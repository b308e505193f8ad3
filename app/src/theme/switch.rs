//! The switch between themes.
#![expect(
    missing_docs,
    reason = "the struct that the macro makes: an island's properties"
)]

use leptos::{prelude::*, server_fn::ServerFn};

use super::{Theme, server_fns::SetTheme};
use crate::ui::{icon::icon, menu::menu};

/// A menu of themes. Without scripts its buttons send a form; with scripts the page changes at once.
#[island]
pub fn ThemeSwitch(
    /// The theme of the page.
    theme: Theme,
) -> impl IntoView {
    let current = RwSignal::new(theme);
    let choices: Vec<_> = Theme::ALL
        .into_iter()
        .map(|theme| choice(theme, current))
        .collect();
    let form = view! {
        <form method="post" action=SetTheme::url()>
            {choices}
        </form>
    };
    menu("Theme", icon("theme", ""), form)
}

fn choice(theme: Theme, current: RwSignal<Theme>) -> impl IntoView + use<> {
    let choose = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        theme.show();
        current.set(theme);
    };
    let icon_name = match theme {
        Theme::System => "system",
        Theme::Light => "sun",
        Theme::Dark => "moon",
    };
    view! {
        <button
            type="submit"
            name="theme"
            value=theme.as_str()
            aria-pressed=move || if current.get() == theme { "true" } else { "false" }
            on:click=choose
        >
            {icon(icon_name, "")}
            {theme.word()}
        </button>
    }
}
