//! A menu that opens without scripts.

use leptos::prelude::*;

/// A `<details>` that looks like a menu: what its button shows, its name for those who hear the page,
/// and what it opens. With scripts Escape and a click elsewhere close it: `behaviour` does that.
#[must_use]
pub fn menu(
    label: &'static str,
    button: impl IntoView + 'static,
    sheet: impl IntoView + 'static,
) -> impl IntoView {
    view! {
        <details class="menu">
            <summary class="btn" aria-label=label>
                {button}
            </summary>
            <div class="sheet">{sheet}</div>
        </details>
    }
}
