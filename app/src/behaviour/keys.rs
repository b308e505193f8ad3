//! The keyboard: `/` to the search, `j` and `k` from row to row, Ctrl or ⌘ with K to the palette.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::{all, closest, first, focus};

pub(super) fn start() {
    window_event_listener(ev::keydown, |event| pressed(&event));
}

fn pressed(event: &KeyboardEvent) {
    let key = event.key();
    if key.eq_ignore_ascii_case("k") && (event.ctrl_key() || event.meta_key()) {
        // The link to the page that does the same without scripts.
        let link = document().query_selector("[data-palette]").ok().flatten();
        if let Some(link) = link.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            event.prevent_default();
            link.click();
        }
        return;
    }
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let typing = target.as_ref().is_some_and(|it| {
        matches!(&*it.tag_name(), "INPUT" | "TEXTAREA" | "SELECT")
            || closest(it, "dialog").is_some()
    });
    if typing || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    match &*key {
        "/" => {
            let search = document().query_selector("[data-search]").ok().flatten();
            if let Some(search) = search {
                event.prevent_default();
                focus(&search);
            }
        }
        "j" => step(target.as_ref(), 1),
        "k" => step(target.as_ref(), -1),
        _ => {}
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
