//! The palette: the search for pages and clusters over the page that is open.
//!
//! The link with `data-palette` leads to a page that does the same without scripts. Here it opens the
//! dialog instead, and while somebody types, the list in it is that of the same page. The focus stays in
//! the input; the arrows choose (`aria-activedescendant`), Enter goes, Escape closes, and the browser
//! gives the focus back to where it was.

use std::{cell::Cell, time::Duration};

use leptos::{
    ev,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast, JsValue},
};
use web_sys::{
    Element, HtmlDialogElement, HtmlElement, HtmlInputElement, KeyboardEvent, MouseEvent,
};

use super::{all, attribute, closest, focus, morph, page, send};
use crate::paths;

/// How long somebody pauses before what was typed is looked for.
const TYPED: Duration = Duration::from_millis(80);

thread_local! {
    /// Counts what was typed: only the last is looked for.
    static TYPING: Cell<u32> = const { Cell::new(0) };
    /// Which of those the list is of.
    static SHOWN: Cell<u32> = const { Cell::new(0) };
    /// Enter was pressed before the list had come.
    static GOES: Cell<bool> = const { Cell::new(false) };
}

pub(super) fn start() {
    window_event_listener(ev::click, |event| clicked(&event));
    window_event_listener(ev::keydown, |event| pressed(&event));
    window_event_listener(ev::input, |event| {
        if is_words(event.target()) {
            look(TYPED);
        }
    });
    window_event_listener(ev::submit, |event| {
        let form = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        if form.is_some_and(|it| closest(&it, "#palette").is_some()) {
            event.prevent_default();
            enter();
        }
    });
}

/// Closes it, if it is open: something else needs the place.
pub(super) fn close() {
    if let Some(dialog) = dialog() {
        dialog.close();
    }
}

fn clicked(event: &MouseEvent) {
    let Some(target) = event.target().and_then(|it| it.dyn_into::<Element>().ok()) else {
        return;
    };
    let elsewhere =
        event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0;
    if closest(&target, "[data-palette]").is_some() && !elsewhere {
        if open() {
            event.prevent_default();
        }
    } else if let Some(option) = closest(&target, "#palette [role=option]") {
        go(&option);
    } else if target.id() == "palette" {
        // What is beside the dialog is clicked as the dialog itself.
        close();
    }
}

/// Opens it, or closes it if it is open. False: there is none on this page.
fn open() -> bool {
    let (Some(dialog), Some(words)) = (dialog(), words()) else {
        return false;
    };
    if dialog.open() {
        dialog.close();
    } else if all("dialog[open]").is_empty() {
        words.set_value("");
        // It is in the document, and not open.
        let _ = dialog.show_modal();
        focus(&words);
        look(Duration::ZERO);
    }
    true
}

fn pressed(event: &KeyboardEvent) {
    if !is_words(event.target()) {
        return;
    }
    let options = options();
    let current = options
        .iter()
        .position(|it| attribute(it, "aria-selected") == "true");
    let next = match (&*event.key(), current) {
        (_, None) => None,
        ("ArrowDown", Some(at)) => Some((at + 1) % options.len()),
        ("ArrowUp", Some(at)) => Some((at + options.len() - 1) % options.len()),
        _ => None,
    };
    if let Some(next) = next {
        event.prevent_default();
        select(&options, next);
    }
}

/// Goes where the chosen one leads, at once or when the list has come.
fn enter() {
    if SHOWN.with(Cell::get) != TYPING.with(Cell::get) {
        GOES.with(|goes| goes.set(true));
        return;
    }
    let options = options();
    let chosen = options
        .iter()
        .find(|it| attribute(it, "aria-selected") == "true");
    if let Some(chosen) = chosen {
        go(chosen);
    }
}

fn go(option: &Element) {
    let to = attribute(option, "data-to");
    close();
    // It is an address of this site.
    let _ = window().location().set_href(&to);
}

/// Looks for what was typed, after a pause.
fn look(pause: Duration) {
    GOES.with(|goes| goes.set(false));
    let turn = TYPING.with(|typing| {
        typing.set(typing.get() + 1);
        typing.get()
    });
    set_timeout(
        move || {
            if TYPING.with(Cell::get) == turn {
                spawn_local(find(turn));
            }
        },
        pause,
    );
}

async fn find(turn: u32) {
    let typed = words().map(|it| it.value()).unwrap_or_default();
    let typed = web_sys::js_sys::encode_uri_component(&typed);
    let answer = page::ask(&format!("{}?q={typed}", paths::GO), None, true).await;
    if TYPING.with(Cell::get) != turn {
        return;
    }
    let arrived = match answer {
        Ok(arrived) if arrived.is_sign_in() => {
            send::end_session();
            return;
        }
        Ok(arrived) => arrived,
        // The list stays as it is.
        Err(_) => return,
    };
    let lists = (
        document().get_element_by_id("palette-list"),
        arrived.document.get_element_by_id("palette-list"),
    );
    if let (Some(old), Some(new)) = lists {
        morph::morph(&old, &new);
        SHOWN.with(|shown| shown.set(turn));
        select(&options(), 0);
        if GOES.with(|goes| goes.replace(false)) {
            enter();
        }
    }
}

/// Chooses one of the list, if there is any.
fn select(options: &[Element], chosen: usize) {
    // The names are valid.
    for (number, option) in options.iter().enumerate() {
        let selected = if number == chosen { "true" } else { "false" };
        let _ = option.set_attribute("aria-selected", selected);
    }
    let Some(words) = words() else {
        return;
    };
    match options.get(chosen) {
        Some(option) => {
            let _ = words.set_attribute("aria-activedescendant", &option.id());
            let _ = words.set_attribute("aria-expanded", "true");
            reveal(option);
        }
        None => {
            let _ = words.remove_attribute("aria-activedescendant");
            let _ = words.set_attribute("aria-expanded", "false");
        }
    }
}

/// Scrolls the list, which the place of its options is counted from, no further than it takes.
fn reveal(option: &Element) {
    let (Some(list), Some(option)) = (option.parent_element(), option.dyn_ref::<HtmlElement>())
    else {
        return;
    };
    let (top, height) = (option.offset_top(), option.offset_height());
    let lowest = top + height - list.client_height();
    let now = list.scroll_top();
    if now > top || now < lowest {
        list.set_scroll_top(if now > top { top } else { lowest });
    }
}

fn options() -> Vec<Element> {
    all("#palette-list > [role=option]")
}

fn dialog() -> Option<HtmlDialogElement> {
    document().get_element_by_id("palette")?.dyn_into().ok()
}

fn words() -> Option<HtmlInputElement> {
    document()
        .get_element_by_id("palette-words")?
        .dyn_into()
        .ok()
}

fn is_words(target: Option<impl AsRef<JsValue>>) -> bool {
    let target = target.and_then(|it| it.as_ref().dyn_ref::<Element>().map(Element::id));
    target.is_some_and(|id| id == "palette-words")
}
