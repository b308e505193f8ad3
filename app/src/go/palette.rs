//! The palette: the search for pages and clusters, over the page that is open.

use leptos::prelude::*;

use super::{find::Place, go_page::kind};
use crate::{paths, t};

/// The dialog with its list. Scripts open it and bring the list up to date: that of the page [`paths::GO`]
/// has what was found there.
#[must_use]
pub fn palette(found: &[Place]) -> AnyView {
    let options: Vec<_> = found
        .iter()
        .enumerate()
        .map(|(number, place)| {
            let selected = if number == 0 { "true" } else { "false" };
            view! {
                <li
                    role="option"
                    id=format!("place-{number}")
                    aria-selected=selected
                    data-to=place.to.clone()
                >
                    <b>{place.name.clone()}</b>
                    " "
                    <span class="small quiet">{kind(place)}</span>
                </li>
            }
        })
        .collect();
    view! {
        <dialog id="palette" class="panel palette" aria-labelledby="palette-title">
            <h2 class="unseen" id="palette-title">
                {t!("go-title")}
            </h2>
            <form method="get" action=paths::GO>
                <input
                    id="palette-words"
                    name="q"
                    type="text"
                    role="combobox"
                    aria-label=t!("go-label")
                    aria-expanded="true"
                    aria-controls="palette-list"
                    aria-autocomplete="list"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength="100"
                    placeholder=t!("go-label")
                />
            </form>
            <ul role="listbox" id="palette-list" aria-label=t!("go-found")>
                {options}
            </ul>
            <p class="quiet palette-none">{t!("go-none")}</p>
            <p class="small quiet palette-keys">{t!("go-keys")}</p>
        </dialog>
    }
    .into_any()
}
