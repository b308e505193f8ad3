//! The button that sends a form.

use leptos::prelude::*;

/// A submit button.
#[derive(Clone, Debug)]
pub struct Submit {
    /// Its words: a verb with its object.
    pub label: String,
    /// Its words while the answer is awaited: "Creating …".
    pub busy: String,
    /// Why it cannot be pressed now, if so.
    pub refused: Option<String>,
    /// Its classes.
    pub class: &'static str,
}

impl Default for Submit {
    fn default() -> Self {
        Self {
            label: String::new(),
            busy: String::new(),
            refused: None,
            class: "btn",
        }
    }
}

/// The button. While the answer is awaited it says what it does and sends nothing more; that is the work
/// of `behaviour`.
#[must_use]
pub fn submit(button: Submit) -> AnyView {
    let Submit {
        label,
        busy,
        refused,
        class,
    } = button;
    view! {
        <button
            type="submit"
            class=class
            aria-disabled=refused.as_ref().map(|_| "true")
            title=refused
        >
            <span class="before">{label}</span>
            <span class="after">{busy}</span>
        </button>
    }
    .into_any()
}
