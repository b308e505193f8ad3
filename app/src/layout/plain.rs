//! The frame of pages that nobody has to sign in for.

use leptos::prelude::*;

use crate::{
    paths,
    theme::{Theme, switch::ThemeSwitch},
    ui::icon::icon,
};

/// A header with the brand, and the page.
#[component]
pub fn Plain(
    /// The page.
    children: Children,
) -> AnyView {
    view! {
        <a class="skip btn" href="#main">"Skip to content"</a>
        <header class="top">
            <div class="bar">
                <a class="brand" href=paths::HOME aria-label="Carina, home">
                    {icon("logo", "logo")}
                    <span>"Carina"</span>
                </a>
                <div class="end">
                    <ThemeSwitch theme=Theme::current()/>
                </div>
            </div>
        </header>
        <main id="main" tabindex="-1">
            {children()}
        </main>
    }
    .into_any()
}
