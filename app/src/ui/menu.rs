//! A menu that opens without scripts.

use leptos::{ev, html, prelude::*};

/// A `<details>` that behaves like a menu once scripts run: Escape and a click elsewhere close it.
#[component]
pub fn Menu(
    /// What its button shows.
    button: AnyView,
    /// The button's name, for those who hear the page.
    label: &'static str,
    /// What it opens.
    children: Children,
) -> AnyView {
    let details = NodeRef::<html::Details>::new();
    let close = move || {
        if let Some(details) = details.get_untracked() {
            details.set_open(false);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            close();
            if let Some(summary) = details
                .get_untracked()
                .and_then(|details| details.query_selector("summary").ok().flatten())
            {
                focus(&summary);
            }
        }
    };
    Effect::new(move |_| {
        let handle = window_event_listener(ev::click, move |event| {
            let inside = details
                .get_untracked()
                .is_some_and(|details| details.contains(event.target().as_ref().and_then(as_node)));
            if !inside {
                close();
            }
        });
        on_cleanup(move || handle.remove());
    });
    view! {
        <details class="menu" node_ref=details on:keydown=on_key>
            <summary class="btn" aria-label=label>{button}</summary>
            <div class="sheet">{children()}</div>
        </details>
    }
    .into_any()
}

fn focus(element: &leptos::web_sys::Element) {
    use leptos::wasm_bindgen::JsCast;
    if let Some(element) = element.dyn_ref::<leptos::web_sys::HtmlElement>() {
        // An element that cannot be focused stays as it is.
        let _ = element.focus();
    }
}

fn as_node(target: &leptos::web_sys::EventTarget) -> Option<&leptos::web_sys::Node> {
    use leptos::wasm_bindgen::JsCast;
    target.dyn_ref()
}
