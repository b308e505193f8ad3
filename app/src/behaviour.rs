//! What scripts add to every page, wherever its parts were made. The page says what is meant with
//! attributes, and there is one listener each on the window:
//!
//! - [`live`]: the page is brought up to date when something changes;
//! - [`send`]: forms are sent without leaving the page, once, and what comes back is written into it;
//! - [`keys`]: the keyboard, the search while one types;
//! - [`palette`]: the search for pages and clusters over the page;
//! - [`session`]: the session that is about to end;
//! - [`logs`]: what containers write is added to the page;
//! - [`clock`]: ages and times that go on;
//! - menus and toasts that close, and buttons that copy.

mod clock;
mod keys;
mod live;
mod logs;
mod morph;
mod page;
mod palette;
mod send;
mod session;

use std::time::Duration;

use leptos::{ev, prelude::*, task::spawn_local, wasm_bindgen::JsCast};
use web_sys::{Element, HtmlDetailsElement, HtmlElement, Node};

/// Begins to listen, and marks the document with `data-hydrated` once all islands are awake.
pub fn start() {
    window_event_listener(ev::click, |event| {
        let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        close_menus(target.as_ref());
        let copy = target.as_ref().and_then(|it| closest(it, "[data-copy]"));
        if let Some(button) = copy {
            spawn_local(copy_from(button));
        }
        if let Some(step) = target.as_ref().and_then(|it| closest(it, "[data-step]")) {
            step_number(&step);
        }
        let toast = target.and_then(|it| closest(&it, "[data-close]"));
        if let Some(toast) = toast.and_then(|it| closest(&it, ".toast")) {
            toast.remove();
            page::find_focus(&["main".to_owned()], false);
        }
    });
    window_event_listener(ev::keydown, |event| {
        if event.key() == "Escape" {
            for menu in close_menus(None) {
                if let Some(summary) = first(&menu, "summary") {
                    focus(&summary);
                }
            }
        }
    });
    page::start();
    morph::start();
    clock::start();
    keys::start();
    palette::start();
    session::start();
    send::start();
    live::start();
    logs::start();
    // The script in the head wakes the islands one after the other, right after this.
    set_timeout(mark_hydrated, Duration::ZERO);
}

fn mark_hydrated() {
    // None of these can fail: the names are valid.
    if let Some(root) = document().document_element() {
        if window().is_secure_context() {
            let _ = root.set_attribute("data-clipboard", "");
        }
        let _ = root.set_attribute("data-hydrated", "");
    }
}

/// Closes the open menus that `target` is not in.
fn close_menus(target: Option<&Element>) -> Vec<Element> {
    let mut closed = all("details.menu[open]");
    closed.retain(|menu| !menu.contains(target.map(AsRef::<Node>::as_ref)));
    for menu in &closed {
        if let Some(menu) = menu.dyn_ref::<HtmlDetailsElement>() {
            menu.set_open(false);
        }
    }
    closed
}

async fn copy_from(button: Element) {
    let text = attribute(&button, "data-copy");
    let promise = window().navigator().clipboard().write_text(&text);
    if leptos::__reexports::wasm_bindgen_futures::JsFuture::from(promise)
        .await
        .is_err()
    {
        return;
    }
    let _ = button.set_attribute("data-done", "");
    say(&attribute(&button, "data-said"));
    set_timeout(
        move || {
            let _ = button.remove_attribute("data-done");
        },
        Duration::from_secs(2),
    );
}

/// A button with `data-step="1"` or `-1` moves the number in the input before or after it, within that
/// input's bounds.
fn step_number(button: &Element) {
    let input = button.parent_element().and_then(|it| first(&it, "input"));
    let Some(input) = input.and_then(|it| it.dyn_into::<web_sys::HtmlInputElement>().ok()) else {
        return;
    };
    let number = |text: String, otherwise: i32| text.trim().parse::<i32>().unwrap_or(otherwise);
    let step = number(attribute(button, "data-step"), 1);
    let (min, max) = (number(input.min(), 1), number(input.max(), i32::MAX));
    let next = number(input.value(), min)
        .saturating_add(step)
        .clamp(min, max);
    input.set_value(&next.to_string());
    send::checked(&input);
}

/// Says something to those who hear the page.
fn say(text: &str) {
    if let Some(said) = document().get_element_by_id("said") {
        said.set_text_content(Some(text));
    }
}

fn all(selector: &str) -> Vec<Element> {
    let Ok(found) = document().query_selector_all(selector) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|index| found.item(index)?.dyn_into().ok())
        .collect()
}

fn first(within: &Element, selector: &str) -> Option<Element> {
    within.query_selector(selector).ok().flatten()
}

fn closest(element: &Element, selector: &str) -> Option<Element> {
    element.closest(selector).ok().flatten()
}

/// The value of an attribute; empty if there is none.
fn attribute(element: &Element, name: &str) -> String {
    element.get_attribute(name).unwrap_or_default()
}

/// What the page says about itself, at its top: whose it is, and what it knows.
fn top_attribute(name: &str) -> String {
    top_attribute_of(&document(), name)
}

/// The same of a page that came.
fn top_attribute_of(page: &web_sys::Document, name: &str) -> String {
    page.get_element_by_id("top")
        .map(|top| attribute(&top, name))
        .unwrap_or_default()
}

/// The page knows better since it came.
fn mark_top(name: &str, value: &str) {
    if let Some(top) = document().get_element_by_id("top") {
        // The names are valid.
        let _ = top.set_attribute(name, value);
    }
}

/// An attribute of the document.
fn root_attribute(name: &str) -> String {
    document()
        .document_element()
        .map(|root| attribute(&root, name))
        .unwrap_or_default()
}

/// Sets an attribute of the document, or takes it away.
fn mark_root(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        // The names are valid.
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// Moves the focus. An element that cannot have it stays as it is.
fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// Moves the focus to something that has it only when it is put there, and brings that into sight if it
/// `scrolls`.
fn focus_on(element: &Element, scrolls: bool) {
    const HAVE_IT: &str = "a[href], button, input, select, textarea, [tabindex]";
    if !element.matches(HAVE_IT).unwrap_or(false) {
        // The name is valid.
        let _ = element.set_attribute("tabindex", "-1");
    }
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(!scrolls);
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus_with_options(&options);
    }
}

fn now() -> f64 {
    web_sys::js_sys::Date::now()
}
