//! A secret that is shown once.

use leptos::prelude::*;
use secrecy::ExposeSecret;

use super::{copy::copied, icon::icon};
use crate::{answer::Revealed, t};

/// A secret just made, with the button that copies it and the words that it is not shown again; `what`
/// names it, `note` says what it is for. Where the page was loaded again, it says that the secret is
/// gone.
///
/// The page that brings itself up to date leaves it as it is: only the first answer holds the secret.
#[must_use]
pub fn shown_once(revealed: Option<Revealed>, what: &str, note: String) -> Option<AnyView> {
    let Revealed { ticket, secret } = revealed?;
    let id = format!("shown-{ticket}");
    Some(match secret {
        Some(secret) => view! {
            <div class="notice shown-once" id=id data-keep="">
                {icon("key", "")}
                <div class="stack">
                    <p>
                        <b>{t!("shown-once")}</b>
                        " "
                        {note}
                    </p>
                    {copied(secret.expose_secret().to_owned(), None, what)}
                </div>
            </div>
        }
        .into_any(),
        None => view! {
            <p class="notice" id=id>
                {icon("key", "")}
                <span>{t!("shown-gone")}</span>
            </p>
        }
        .into_any(),
    })
}
