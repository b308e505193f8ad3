//! The session is about to end: a notice over the page says so two minutes before, with what can be done.
//!
//! `data-session-ends` at the top of the page says when it ends if nobody uses it, and `data-session-ends-last` when it
//! ends whatever happens, in milliseconds since 1970 on the server's clock.

use std::{cell::Cell, time::Duration};

use leptos::{
    ev,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast, JsValue},
};
use web_sys::{Element, Headers, Request, RequestInit, Response};

use super::{
    all, attribute, clock, closest, live, mark_root, mark_top, page::await_js, say, send,
    top_attribute,
};

/// So long before the end it is said.
const SOON_MS: f64 = 120_000.0;

/// A page that was asked for has come after so long, or does not come.
const LOOK_MS: f64 = 3_000.0;

thread_local! {
    /// The end that was looked at again, and when that was. Another tab may have used the session since
    /// this page came.
    static LOOKED: Cell<(f64, f64)> = const { Cell::new((0.0, 0.0)) };
    /// The end that was seen to be over.
    static OVER: Cell<f64> = const { Cell::new(0.0) };
    /// Whether it is being said.
    static SAID: Cell<bool> = const { Cell::new(false) };
}

pub(super) fn start() {
    window_event_listener(ev::click, |event| {
        let Some(target) = event.target().and_then(|it| it.dyn_into::<Element>().ok()) else {
            return;
        };
        if closest(&target, "[data-stay]").is_some() {
            spawn_local(stay());
        } else if closest(&target, "[data-sign-in-again]").is_some() {
            send::sign_in_early();
        }
    });
    set_interval(tick, Duration::from_secs(1));
}

/// Looks at the clock.
pub(super) fn tick() {
    let moment = |name: &str| top_attribute(name).parse::<f64>().ok();
    let (Some(ends), Some(last)) = (
        moment("data-session-ends"),
        moment("data-session-ends-last"),
    ) else {
        return;
    };
    let now = clock::server_now();
    let left = ends - now;
    if left > SOON_MS || send::session_ended() {
        hide();
        return;
    }
    if left <= 0.0 {
        // The page that comes tells whether it is.
        if OVER.with(|over| over.replace(ends)) < ends {
            live::resume();
        }
        return;
    }
    let (looked, at) = LOOKED.with(Cell::get);
    if looked < ends {
        LOOKED.with(|it| it.set((ends, now)));
        live::resume();
    } else if now - at > LOOK_MS {
        show(ends, ends >= last);
    }
}

/// Says when it ends, and whether staying is possible.
fn show(ends: f64, is_last: bool) {
    let (kind, words) = if is_last {
        ("last", "#session-soon .if-last[data-words]")
    } else {
        ("stay", "#session-soon .if-stay[data-words]")
    };
    let at = web_sys::js_sys::Date::new(&JsValue::from_f64(ends));
    let at = format!("{:02}:{:02}", at.get_hours(), at.get_minutes());
    for element in all(words) {
        let text = attribute(&element, "data-words").replace("{}", &at);
        if element.text_content().as_ref() != Some(&text) {
            element.set_text_content(Some(&text));
        }
        if !SAID.with(|said| said.replace(true)) {
            say(&text);
        }
    }
    mark_root("data-session-soon", Some(kind));
}

fn hide() {
    if SAID.with(|said| said.replace(false)) {
        mark_root("data-session-soon", None);
    }
}

/// Uses the session, so that it goes on.
async fn stay() {
    match ask_to_stay().await {
        Ok(Stayed::Until(ends)) => {
            mark_top("data-session-ends", &ends);
            tick();
        }
        Ok(Stayed::Over) => send::end_session(),
        Err(_) => say(&send::unreachable_words()),
    }
}

enum Stayed {
    /// When it ends now.
    Until(String),
    /// It has ended already.
    Over,
}

/// # Errors
/// No answer, or none that can be read.
async fn ask_to_stay() -> Result<Stayed, JsValue> {
    let notice = document().get_element_by_id("session-soon");
    let url = notice
        .map(|it| attribute(&it, "data-url"))
        .unwrap_or_default();
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    headers.set("content-type", "application/x-www-form-urlencoded")?;
    let init = RequestInit::new();
    init.set_headers(&headers);
    init.set_method("POST");
    let request = Request::new_with_str_and_init(&url, &init)?;
    let response: Response = await_js(window().fetch_with_request(&request))
        .await?
        .dyn_into()?;
    if response.status() == 401 {
        return Ok(Stayed::Over);
    }
    let text = await_js(response.text()?).await?.as_string();
    let text = text.filter(|it| response.ok() && it.parse::<f64>().is_ok());
    text.map(Stayed::Until).ok_or(JsValue::NULL)
}
