//! The input for a number of nodes.

use leptos::prelude::*;

use super::field::{describedby, invalid};
use crate::t;

/// A number of nodes, sent as `nodes`, with a button to either side. Its hint and its error have the ids
/// of a [`super::field::field`]; `limit` is the largest number that makes sense.
#[must_use]
pub fn stepper(id: &'static str, value: &str, limit: u32, wrong: Option<&String>) -> AnyView {
    view! {
        <div class="stepper">
            <button type="button" class="btn icon-only scripted" aria-label=t!("one-less") data-step="-1">
                "\u{2212}"
            </button>
            <input
                id=id
                name="nodes"
                type="number"
                inputmode="numeric"
                required
                min="1"
                max=limit.to_string()
                step="1"
                value=value.to_owned()
                aria-describedby=describedby(id)
                aria-invalid=invalid(wrong)
            />
            <button type="button" class="btn icon-only scripted" aria-label=t!("one-more") data-step="1">
                "+"
            </button>
        </div>
    }
    .into_any()
}
