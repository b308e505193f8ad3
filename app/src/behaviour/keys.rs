//! The keyboard: `/` to the search, `j` and `k` from row to row, Ctrl or ⌘ with K to the palette.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::{all, closest, first, focus};

/// What letters are typed into. A box that is ticked takes none.
const TYPES: &str =
    "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select";

pub(super) fn start() {
    window_event_listener(ev::keydown, |event| pressed(&event));
}

fn pressed(event: &KeyboardEvent) {
    let key = shortcut(&event.key(), &event.code());
    if key == Some("k") && (event.ctrl_key() || event.meta_key()) {
        // The link to the page that does the same without scripts.
        let link = document().query_selector("[data-palette]").ok().flatten();
        if let Some(link) = link.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            event.prevent_default();
            link.click();
        }
        return;
    }
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let typing = target
        .as_ref()
        .is_some_and(|it| it.matches(TYPES).unwrap_or(false) || closest(it, "dialog").is_some());
    if typing || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    match key {
        Some("/") => {
            let search = document().query_selector("[data-search]").ok().flatten();
            if let Some(search) = search {
                event.prevent_default();
                focus(&search);
            }
        }
        Some("j") => step(target.as_ref(), 1),
        Some("k") => step(target.as_ref(), -1),
        _ => {}
    }
}

/// Which of ours a key is, by its letter, or by its place where the layout has other letters there.
fn shortcut(key: &str, code: &str) -> Option<&'static str> {
    let foreign = !key.is_ascii();
    match (key, code) {
        // A Russian layout has the full stop there.
        ("/", _) | (".", "Slash") => Some("/"),
        ("j" | "J", _) => Some("j"),
        ("k" | "K", _) => Some("k"),
        (_, "Slash") if foreign => Some("/"),
        (_, "KeyJ") if foreign => Some("j"),
        (_, "KeyK") if foreign => Some("k"),
        _ => None,
    }
}

/// Moves the focus to the link of the next row, or of the one before.
fn step(from: Option<&Element>, by: isize) {
    let rows = all("[data-row]");
    let current = from
        .and_then(|it| closest(it, "[data-row]"))
        .and_then(|row| rows.iter().position(|it| *it == row));
    let next = match current {
        Some(at) => at.checked_add_signed(by).filter(|at| *at < rows.len()),
        None => Some(0),
    };
    let link = next
        .and_then(|at| rows.get(at))
        .and_then(|row| first(row, "a[href]"));
    if let Some(link) = link {
        focus(&link);
    }
}
