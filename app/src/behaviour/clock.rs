//! Ages and times that go on, once a second: elements with `data-ago` and `data-elapsed`, in
//! milliseconds since 1970 on the server's clock.

use std::{cell::Cell, time::Duration};

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

use super::{all, attribute, mark_root, now, root_attribute};
use crate::ages::Units;

/// What is shown is older than it should be: the server says how current it is every 5 s.
const STALE_MS: f64 = 20_000.0;

thread_local! {
    /// How far the server's clock is ahead of the browser's, in milliseconds.
    static AHEAD: Cell<f64> = const { Cell::new(0.0) };
}

pub(super) fn start() {
    set();
    remember_zone();
    set_interval(tick, Duration::from_secs(1));
}

/// Takes the server's clock from the document, which was made just now.
pub(super) fn set() {
    if let Ok(server) = root_attribute("data-now").parse::<f64>() {
        AHEAD.with(|ahead| ahead.set(server - now()));
    }
}

/// The server's clock, in milliseconds since 1970.
pub(super) fn server_now() -> f64 {
    now() + AHEAD.with(Cell::get)
}

/// Writes all ages and times anew.
pub(super) fn tick() {
    let units = Units::read(&root_attribute("data-units"), &root_attribute("data-ago"));
    let now = server_now();
    let since = |at: &str| at.parse::<f64>().ok().map(|at| now - at);
    for element in all("[data-ago]:not(html)") {
        let Some(age) = since(&attribute(&element, "data-ago")) else {
            continue;
        };
        write(&element, &units.ago(whole(age)));
        if element
            .parent_element()
            .and_then(|it| it.closest("#fresh").ok().flatten())
            .is_some()
        {
            mark_root("data-stale", (age > STALE_MS).then_some(""));
        }
    }
    for element in all("[data-elapsed]") {
        if let Some(age) = since(&attribute(&element, "data-elapsed")) {
            write(&element, &units.elapsed(whole(age)));
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a page is not open for 285 000 years"
)]
const fn whole(milliseconds: f64) -> i64 {
    milliseconds as i64
}

fn write(element: &web_sys::Element, words: &str) {
    if element.text_content().as_deref() != Some(words) {
        element.set_text_content(Some(words));
    }
}

/// Tells the server how many minutes the browser is ahead of UTC, so that it writes moments on the
/// reader's clock from the next page on.
fn remember_zone() {
    let ahead = -web_sys::js_sys::Date::new_0().get_timezone_offset();
    if let Some(document) = document().dyn_ref::<web_sys::HtmlDocument>() {
        // A browser that refuses cookies shows UTC, and says so.
        let _ = document.set_cookie(&format!(
            "zone={ahead}; Path=/; Max-Age=31536000; SameSite=Lax"
        ));
    }
}
