//! The frame of pages that nobody has to sign in for.

use leptos::prelude::*;

use crate::{paths, theme::switch::ThemeSwitch, ui::icon::Icon};

/// A header with the brand, and the page.
#[component]
pub fn Plain(
    /// The page.
    children: Children,
) -> AnyView {
    view! {
        <a class="skip btn" href="#main" rel="external">"Skip to content"</a>
        <header>
            <div class="bar">
                <a class="brand" href=paths::HOME rel="external" aria-label="Carina, home">
                    <Icon name="logo" class="logo"/>
                    <span>"Carina"</span>
                </a>
                <div class="end">
                    <ThemeSwitch/>
                </div>
            </div>
        </header>
        <main id="main" tabindex="-1">
            {children()}
        </main>
    }
    .into_any()
}
