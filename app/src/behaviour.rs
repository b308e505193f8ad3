//! What scripts add to every page, wherever its parts were made: one listener each on the window, and
//! attributes that say what is meant.
//!
//! - A form that is being sent cannot be sent again; its button says so. A button with
//!   `aria-disabled` sends nothing.
//! - A click elsewhere and Escape close menus.
//! - A button with `data-copy` copies that text.

use leptos::{ev, prelude::*, task::spawn_local, wasm_bindgen::JsCast};
use web_sys::{Element, HtmlDetailsElement, HtmlElement, Node, SubmitEvent};

use std::time::Duration;

use crate::ui::FORGET_SENT;

/// Begins to listen, and marks the document with `data-hydrated` once all islands are awake.
pub fn start() {
    window_event_listener(ev::submit, |event| send_once(&event));
    window_event_listener(ev::pageshow, |_| forget_sent());
    window_event_listener(ev::click, |event| {
        let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        close_menus(target.as_ref());
        let copy = target.and_then(|it| it.closest("[data-copy]").ok().flatten());
        if let Some(button) = copy {
            spawn_local(copy_from(button));
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
    // The script in the head wakes the islands one after the other, right after this.
    set_timeout(mark_hydrated, Duration::ZERO);
}

fn mark_hydrated() {
    // None of these can fail: the names are valid.
    for form in all("form[data-checked]") {
        let _ = form.set_attribute("novalidate", "");
    }
    if let Some(root) = document().document_element() {
        if window().is_secure_context() {
            let _ = root.set_attribute("data-clipboard", "");
        }
        let _ = root.set_attribute("data-hydrated", "");
    }
}

/// Lets a form go once. What it answers is another page.
fn send_once(event: &SubmitEvent) {
    let form = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let Some(form) = form.filter(|form| form.get_attribute("method").as_deref() == Some("post"))
    else {
        return;
    };
    if event.default_prevented() {
        return;
    }
    let button = event.submitter();
    let is_off =
        |button: &HtmlElement| button.get_attribute("aria-disabled").as_deref() == Some("true");
    if form.has_attribute("data-sent") || button.as_ref().is_some_and(is_off) {
        event.prevent_default();
        return;
    }
    let _ = form.set_attribute("data-sent", "");
    // Nothing tells when somebody stops the browser from waiting.
    set_timeout(forget_sent, FORGET_SENT);
    if let Some(button) = button {
        let _ = button.set_attribute("aria-busy", "true");
    }
}

/// Somebody came back to the page as it was left: the forms can be sent again.
fn forget_sent() {
    for form in all("form[data-sent]") {
        let _ = form.remove_attribute("data-sent");
    }
    for button in all("button[aria-busy]") {
        let _ = button.remove_attribute("aria-busy");
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
    let text = button.get_attribute("data-copy").unwrap_or_default();
    let promise = window().navigator().clipboard().write_text(&text);
    let written = leptos::__reexports::wasm_bindgen_futures::JsFuture::from(promise).await;
    if written.is_err() {
        return;
    }
    let _ = button.set_attribute("data-done", "");
    if let Some(said) = document().get_element_by_id("said") {
        let what = button.get_attribute("data-what").unwrap_or_default();
        said.set_text_content(Some(&format!("Copied {what}")));
    }
    set_timeout(
        move || {
            let _ = button.remove_attribute("data-done");
        },
        Duration::from_secs(2),
    );
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

/// Moves the focus. An element that cannot have it stays as it is.
pub(crate) fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
}
