//! The switch between themes.
#![expect(
    missing_docs,
    reason = "the struct that the macro makes: an island's properties"
)]

use leptos::{prelude::*, server_fn::ServerFn};

use super::{Theme, server_fns::SetTheme};
use crate::ui::icon::icon;

/// The themes, as buttons of a form. With scripts the page changes at once.
#[island]
pub fn ThemeSwitch(
    /// The theme of the page.
    theme: Theme,
    /// What each theme is called, in the order of [`Theme::ALL`].
    words: Vec<String>,
) -> impl IntoView {
    let current = RwSignal::new(theme);
    let choices: Vec<_> = Theme::ALL
        .into_iter()
        .zip(words)
        .map(|(theme, words)| choice(theme, words, current))
        .collect();
    view! {
        <form method="post" action=SetTheme::url() data-plain>
            {choices}
        </form>
    }
}

fn choice(theme: Theme, words: String, current: RwSignal<Theme>) -> impl IntoView + use<> {
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
            {words}
        </button>
    }
}
