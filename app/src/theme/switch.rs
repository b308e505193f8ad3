//! The switch between themes.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{Theme, server_fns::SetTheme};
use crate::ui::{icon::Icon, menu::Menu};

/// A menu of themes. Without scripts its buttons send a form; with scripts the page changes at once.
#[component]
pub fn ThemeSwitch() -> AnyView {
    let current = RwSignal::new(Theme::current().as_str().to_owned());
    let choices = Theme::ALL
        .into_iter()
        .map(|theme| choice(theme, current))
        .collect_view();
    let button = view! { <Icon name="theme"/> }.into_any();
    view! {
        <Menu button label="Theme">
            <form method="post" action=SetTheme::url()>
                {choices}
            </form>
        </Menu>
    }
    .into_any()
}

fn choice(theme: Theme, current: RwSignal<String>) -> AnyView {
    let chosen = move || current.with(|current| current == theme.as_str());
    let choose = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        theme.show();
        current.set(theme.as_str().to_owned());
    };
    let icon = match theme {
        Theme::System => "system",
        Theme::Light => "sun",
        Theme::Dark => "moon",
    };
    view! {
        <button
            type="submit"
            name="theme"
            value=theme.as_str()
            aria-pressed=move || if chosen() { "true" } else { "false" }
            on:click=choose
        >
            <Icon name=icon/>
            {theme.word()}
        </button>
    }
    .into_any()
}
