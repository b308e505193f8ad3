//! The frame of pages that nobody has to sign in for.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    frame::Page,
    header::{lang_menu, theme_menu},
};
use crate::{paths, t, ui::icon::icon};

/// A header with the brand, and the page.
#[must_use]
pub fn plain(page: Page) -> AnyView {
    let (title, body) = page.parts();
    view! {
        <Title text=title/>
        <a class="skip btn" href="#main">
            {t!("skip")}
        </a>
        <header class="top" id="top">
            <div class="bar">
                <a class="brand" href=paths::HOME aria-label=t!("brand-home")>
                    {icon("logo", "logo")}
                    <span>{t!("brand")}</span>
                </a>
                <div class="end">
                    {lang_menu()}
                    {theme_menu()}
                </div>
            </div>
        </header>
        <main id="main" tabindex="-1">
            {body}
        </main>
    }
    .into_any()
}
