//! The button that sends a form.

use leptos::{ev, prelude::*};

/// A submit button that can be pressed once: while the answer is awaited it says what it does and
/// sends nothing more. It keeps the focus all the while.
#[component]
pub fn Submit(
    /// Its words.
    #[prop(into)]
    label: Signal<String>,
    /// Its words while the answer is awaited: "Creating …".
    busy: &'static str,
    /// Whether the answer is awaited.
    #[prop(into)]
    pending: Signal<bool>,
    /// Why it cannot be pressed now, if so.
    #[prop(optional, into)]
    refused: Signal<Option<String>>,
    /// Its classes.
    #[prop(default = "btn")]
    class: &'static str,
) -> AnyView {
    let off = move || pending.get() || refused.with(Option::is_some);
    let guard = move |event: ev::MouseEvent| {
        if untrack(off) {
            event.prevent_default();
        }
    };
    view! {
        <button
            type="submit"
            class=class
            aria-disabled=move || off().then_some("true")
            aria-busy=move || pending.get().then_some("true")
            title=move || refused.get()
            on:click=guard
        >
            {move || if pending.get() { busy.to_owned() } else { label.get() }}
        </button>
    }
    .into_any()
}
