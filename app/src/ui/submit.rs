//! The button that sends a form.

use leptos::prelude::*;

/// A submit button. While the answer is awaited it says what it does and sends nothing more; that is
/// the work of `behaviour`.
#[component]
pub fn Submit(
    /// Its words.
    #[prop(into)]
    label: Signal<String>,
    /// Its words while the answer is awaited: "Creating …".
    busy: &'static str,
    /// Why it cannot be pressed now, if so.
    #[prop(optional, into)]
    refused: Signal<Option<String>>,
    /// Its classes.
    #[prop(default = "btn")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=class
            aria-disabled=move || refused.with(Option::is_some).then_some("true")
            title=move || refused.get()
        >
            <span class="before">{move || label.get()}</span>
            <span class="after">{busy}</span>
        </button>
    }
}
