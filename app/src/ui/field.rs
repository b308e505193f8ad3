//! Fields of forms, and what is wrong with a form or one of its fields.

use cluster_api::{Offer, Problem};
use leptos::prelude::*;

use super::{
    icon::icon,
    problem_page::{cluster_at, ticket_for},
    said::refusal,
};
use crate::{dashboard::offers, layout::frame::here, says, t};

/// One field: its label, its input, what helps to fill it in, and what is wrong with it. The input refers
/// to the last two with [`describedby`] and says [`invalid`].
#[must_use]
pub fn field(
    id: &str,
    label: String,
    hint: Option<String>,
    error: Option<String>,
    input: impl IntoView,
) -> AnyView {
    let hint_id = format!("{id}-hint");
    view! {
        <div class="field">
            <label for=id.to_owned()>{label}</label>
            {input.into_any()}
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            {field_error(id, error)}
        </div>
    }
    .into_any()
}

/// What stands under an input: its error, announced when it appears. Its id is `{id}-error`.
#[must_use]
pub fn field_error(id: &str, error: Option<String>) -> AnyView {
    view! {
        <p class="error" id=format!("{id}-error") role="status">
            {error.map(|error| view! {
                {icon("bad", "")}
                <span>{error}</span>
            })}
        </p>
    }
    .into_any()
}

/// The value of `aria-describedby` for the input of a field.
#[must_use]
pub fn describedby(id: &str) -> String {
    format!("{id}-hint {id}-error")
}

/// The value of `aria-invalid` for the input of a field.
#[must_use]
pub fn invalid(error: Option<&String>) -> Option<&'static str> {
    error.map(|_| "true")
}

/// The id of what [`form_error`] makes.
pub const FORM_ERROR: &str = "form-error";

/// What the server said against a form as a whole; nothing when it said nothing. It comes with what the log
/// knows the refused request by, and a failure inside leads on to a ticket.
#[must_use]
pub fn form_error(error: Option<String>) -> Option<AnyView> {
    error.map(|error| {
        // Whoever could not sign in has nobody to tell yet: there the sentence is all.
        let refused = refusal().filter(|(problem, _)| {
            // What a cloud refused has the id of the cloud's own log in its sentence.
            !matches!(problem, Problem::Refused { .. })
                && !matches!(problem.status(), 401 | 429)
                && says::problem(*problem) == error
        });
        let after = refused.and_then(|(problem, request)| {
            let id = request?;
            if problem.status() == 500 {
                if !offers(Offer::Help) {
                    return None;
                }
                let to = ticket_for(Some(id), cluster_at(&here()));
                return Some(view! { <a href=to>{t!("error-open-ticket")}</a> }.into_any());
            }
            let id = view! {
                <span class="small request">
                    {t!("error-request-id")} " " <code>{id.to_string()}</code>
                </span>
            };
            Some(id.into_any())
        });
        view! {
            <div class="notice bad" role="alert" id=FORM_ERROR>
                {icon("bad", "")}
                <p>{error} " " {after}</p>
            </div>
        }
        .into_any()
    })
}
