//! Sentences with commands and names in them.

use leptos::{either::Either, prelude::*};

/// A sentence; what stands between backticks in it is shown as code.
#[must_use]
pub fn prose(text: &str) -> impl IntoView + use<> {
    let part = |(index, part): (usize, &str)| {
        let part = part.to_owned();
        if index % 2 == 1 {
            Either::Left(view! { <code>{part}</code> })
        } else {
            Either::Right(part)
        }
    };
    text.split('`').enumerate().map(part).collect::<Vec<_>>()
}
