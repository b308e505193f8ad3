//! A menu that opens without scripts.

use leptos::prelude::*;

/// A `<details>` that looks like a menu: its name for those who hear the page, what its button shows,
/// and what it opens. With scripts Escape and a click elsewhere close it: `behaviour` does that.
#[must_use]
pub fn menu(
    label: String,
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
