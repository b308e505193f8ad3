//! What is wrong with a form or one of its fields.

use leptos::prelude::*;

use super::icon::icon;

/// What stands under an input: its error, announced when it appears. Its id is `{of}-error`; the input
/// refers to it with `aria-describedby`.
#[component]
pub fn FieldError(
    /// The id of the input.
    of: &'static str,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let words = move || {
        error
            .get()
            .map(|error| view! { {icon("bad", "")} <span>{error}</span> })
    };
    view! {
        <p class="error" id=format!("{of}-error") role="status" aria-live="polite">
            {words}
        </p>
    }
}

/// The id of what [`form_error`] makes.
pub const FORM_ERROR: &str = "form-error";

/// What the server said against a form as a whole; nothing when it said nothing.
#[must_use]
pub fn form_error(error: Option<String>) -> Option<impl IntoView> {
    error.map(|error| {
        view! {
            <p class="notice bad" role="alert" id=FORM_ERROR>
                {icon("bad", "")}
                <span>{error}</span>
            </p>
        }
    })
}
