//! A menu that opens without scripts.

use leptos::prelude::*;

/// A `<details>` that looks like a menu. With scripts Escape and a click elsewhere close it:
/// `behaviour` does that.
#[component]
pub fn Menu(
    /// What its button shows.
    button: AnyView,
    /// The button's name, for those who hear the page.
    label: &'static str,
    /// What it opens.
    children: Children,
) -> AnyView {
    view! {
        <details class="menu">
            <summary class="btn" aria-label=label>
                {button}
            </summary>
            <div class="sheet">{children()}</div>
        </details>
    }
    .into_any()
}
