//! A form field with its label, its hint and what is wrong with it.

use leptos::prelude::*;

use super::icon::Icon;

/// What stands under an input: its error, announced when it appears. Its id is `{of}-error`; the input
/// refers to it with `aria-describedby`.
#[component]
pub fn FieldError(
    /// The id of the input.
    of: &'static str,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> AnyView {
    view! {
        <p class="error" id=format!("{of}-error") role="status" aria-live="polite">
            {move || error.get().map(|error| view! { <Icon name="bad"/> <span>{error}</span> }.into_any())}
        </p>
    }
    .into_any()
}

/// What is wrong with a form as a whole.
#[component]
pub fn FormError(
    /// What is wrong.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> AnyView {
    view! {
        <div role="alert">
            {move || {
                error
                    .get()
                    .map(|error| {
                        view! {
                            <p class="notice bad">
                                <Icon name="bad"/>
                                <span>{error}</span>
                            </p>
                        }.into_any()
                    })
            }}
        </div>
    }
    .into_any()
}
