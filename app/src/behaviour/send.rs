//! Forms: sent once, without leaving the page.
//!
//! - What answers a form is a page, and is written into the one that is open. A session that ended
//!   meanwhile loses nothing: the way in opens over the page, and then the form goes again.
//! - Where no page answers a form, it says so, and stays as it was filled in: nothing is sent twice by
//!   itself.
//! - A form with `data-plain` is the browser's own business: it leads away from this page for good.
//! - A form with `data-check` is shown to the server while it is filled in, without being sent: its page
//!   is asked for with what was typed, and comes back with what is wrong and what would be.
//! - A button with `aria-disabled` sends nothing. A choice with `data-submits` sends its form.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use leptos::{ev, prelude::*, task::spawn_local, wasm_bindgen::JsCast};
use web_sys::{
    Element, FormData, HtmlDialogElement, HtmlElement, HtmlFormElement, HtmlInputElement,
    SubmitEvent, UrlSearchParams,
};

use super::{
    all, attribute, closest, first, focus, focus_on, live, mark_top, page, palette, top_attribute,
};
use crate::paths;

/// When a form that was sent may be sent again if no answer came: longer than the server takes for any.
const FORGET_SENT: Duration = Duration::from_secs(110);

/// What says at a form that no page answered it. No newer page takes it away: the next answer does.
pub(super) const UNANSWERED: &str = "unanswered";

/// How long somebody pauses before what was typed is looked at.
const TYPED: Duration = Duration::from_millis(150);

thread_local! {
    static SENDING: Cell<bool> = const { Cell::new(false) };
    static ENDED: Cell<bool> = const { Cell::new(false) };
    /// The form that waits for somebody to sign in again, with the button that sent it.
    static WAITING: RefCell<Option<(HtmlFormElement, Option<HtmlElement>)>> =
        const { RefCell::new(None) };
    /// Counts what was typed: only the last is looked at.
    static TYPING: Cell<u32> = const { Cell::new(0) };
}

/// Whether a form is on its way.
pub(super) fn is_sending() -> bool {
    SENDING.with(Cell::get)
}

/// Whether the session has ended while the page was open.
pub(super) fn session_ended() -> bool {
    ENDED.with(Cell::get)
}

pub(super) fn start() {
    window_event_listener(ev::submit, |event| submitted(&event));
    set_timeout(catch_up, Duration::ZERO);
    window_event_listener(ev::pageshow, |_| forget_sent());
    window_event_listener(ev::input, |event| {
        if let Some(input) = event.target().and_then(|it| it.dyn_into::<Element>().ok()) {
            checked(&input);
        }
    });
    window_event_listener(ev::change, |event| {
        let input = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        let form = input
            .filter(|it| it.has_attribute("data-submits"))
            .and_then(|it| closest(&it, "form"))
            .and_then(|it| it.dyn_into::<HtmlFormElement>().ok());
        if let Some(form) = form {
            // A form that refuses itself says so.
            let _ = form.request_submit();
        }
    });
}

/// Looks at what was typed and chosen before scripts arrived.
fn catch_up() {
    let typed = all("form[data-check] input, form[data-finds] input");
    let changed = typed.into_iter().find(|input| {
        input.dyn_ref::<HtmlInputElement>().is_some_and(|it| {
            it.value() != it.default_value() || it.checked() != it.default_checked()
        })
    });
    if let Some(input) = changed {
        checked(&input);
    }
}

/// Looks at a form as it is now, if it wants that. Called for each input that changes.
pub(super) fn checked(input: &Element) {
    let form = closest(input, "form[data-check], form[data-finds]");
    let Some(form) = form.and_then(|it| it.dyn_into::<HtmlFormElement>().ok()) else {
        return;
    };
    let turn = TYPING.with(|typing| {
        typing.set(typing.get() + 1);
        typing.get()
    });
    set_timeout(
        move || {
            if TYPING.with(Cell::get) == turn {
                spawn_local(check(form, turn));
            }
        },
        TYPED,
    );
}

/// Asks for the page with what was typed in its address, and writes it into this one.
async fn check(form: HtmlFormElement, turn: u32) {
    let Some(query) = fields(&form, None).map(|it| it.to_string().as_string().unwrap_or_default())
    else {
        return;
    };
    // What is looked at while it is typed is no secret: it stands in the address, for a reload.
    let at = if form.has_attribute("data-finds") {
        paths::CLUSTERS.to_owned()
    } else {
        window().location().pathname().unwrap_or_default()
    };
    let to = format!("{at}?{query}");
    let answer = page::ask(&to, None, true).await;
    if TYPING.with(Cell::get) != turn || is_sending() {
        return;
    }
    match answer {
        Ok(arrived) if arrived.is_sign_in() => end_session(),
        Ok(arrived) if arrived.is_failure() => page::show_outage(&arrived),
        Ok(arrived) => {
            page::at(&to, false);
            page::show(&arrived, false);
        }
        // It is looked at again when it is sent.
        Err(_) => {}
    }
}

/// What a form would send.
fn fields(form: &HtmlFormElement, button: Option<&HtmlElement>) -> Option<UrlSearchParams> {
    let data = FormData::new_with_form(form).ok()?;
    let fields = UrlSearchParams::new().ok()?;
    for entry in data.entries() {
        let entry = web_sys::js_sys::Array::from(&entry.ok()?);
        if let (Some(name), Some(value)) = (entry.get(0).as_string(), entry.get(1).as_string()) {
            fields.append(&name, &value);
        }
    }
    if let Some(button) = button {
        let (name, value) = (attribute(button, "name"), attribute(button, "value"));
        if !name.is_empty() {
            fields.append(&name, &value);
        }
    }
    Some(fields)
}

/// Lets a form go once.
fn submitted(event: &SubmitEvent) {
    let form = event
        .target()
        .and_then(|it| it.dyn_into::<HtmlFormElement>().ok());
    let Some(form) = form else {
        return;
    };
    if form.has_attribute("data-finds") {
        event.prevent_default();
        checked(&form);
        return;
    }
    if event.default_prevented() || form.get_attribute("method").as_deref() != Some("post") {
        return;
    }
    let button = event.submitter();
    let is_off = |button: &HtmlElement| attribute(button, "aria-disabled") == "true";
    if form.has_attribute("data-sent") || button.as_ref().is_some_and(is_off) {
        event.prevent_default();
        return;
    }
    // The name is valid.
    let _ = form.set_attribute("data-sent", "");
    if let Some(button) = &button {
        let _ = button.set_attribute("aria-busy", "true");
    }
    // Nothing tells when somebody stops the browser from waiting.
    set_timeout(forget_sent, FORGET_SENT);
    if closest(&form, "#sign-in-again").is_some() {
        event.prevent_default();
        spawn_local(sign_in(form));
    } else if !form.has_attribute("data-plain") {
        event.prevent_default();
        spawn_local(send(form, button));
    }
}

async fn send(form: HtmlFormElement, button: Option<HtmlElement>) {
    let Some(fields) = fields(&form, button.as_ref()) else {
        return;
    };
    // Whatever was typed before is in it.
    TYPING.with(|typing| typing.set(typing.get() + 1));
    forget_unanswered();
    SENDING.with(|sending| sending.set(true));
    let answer = page::ask(&attribute(&form, "action"), Some(&fields), true).await;
    SENDING.with(|sending| sending.set(false));
    forget_sent();
    match answer {
        Ok(arrived) if arrived.is_sign_in() => {
            WAITING.with(|waiting| *waiting.borrow_mut() = Some((form, button)));
            end_session();
        }
        Ok(arrived) if arrived.is_failure() || arrived.is_direct() => {
            page::show_outage(&arrived);
            // What answers the form itself knows what became of it.
            let why = arrived.document.query_selector("#main p").ok().flatten();
            let why = why.filter(|_| arrived.is_direct());
            fail(&form, why.and_then(|it| it.text_content()), arrived.request);
        }
        Ok(arrived) => {
            page::go_to(&arrived);
            let wrong = all("[aria-invalid=true], #main [role=alert]");
            if let Some(wrong) = wrong.first() {
                focus_on(wrong, true);
            } else if form.is_connected() {
                // What was typed has been sent, and is not to be sent again.
                form.reset();
            }
        }
        Err(answer) => fail(&form, None, answer.as_string()),
    }
}

/// Says at a form that no page answered it: why, if that is known, and what the log knows its request by.
fn fail(form: &HtmlFormElement, why: Option<String>, request: Option<String>) {
    let by_id = |id: &str| document().get_element_by_id(id);
    let (Some(words), Some(main)) = (by_id("unanswered-words"), by_id("main")) else {
        return;
    };
    let (at, place): (&Element, _) = if !form.is_connected() {
        // A newer page has no such form.
        (&main, "afterbegin")
    } else if form.has_attribute("hidden") {
        (form, "beforebegin")
    } else {
        (form, "afterbegin")
    };
    forget_unanswered();
    // A valid place.
    let _ = at.insert_adjacent_html(place, &words.inner_html());
    let Some(said) = by_id(UNANSWERED) else {
        return;
    };
    if let Some(why) = why
        && let Some(place) = first(&said, "p > span")
    {
        place.set_text_content(Some(&why));
    }
    if let Some(place) = first(&said, ".request") {
        match request {
            Some(id) => place.append_with_str_1(&id).unwrap_or_default(),
            None => place.remove(),
        }
    }
    focus_on(&said, true);
}

fn forget_unanswered() {
    if let Some(said) = document().get_element_by_id(UNANSWERED) {
        said.remove();
    }
}

/// The session is over: the way in opens over the page, which stays as it is.
pub(super) fn end_session() {
    ENDED.with(|ended| ended.set(true));
    open_dialog(false);
}

/// Opens the way in although the session still holds: it ends soon, and staying is not possible.
pub(super) fn sign_in_early() {
    open_dialog(true);
}

fn open_dialog(early: bool) {
    let Some(dialog) = dialog() else {
        return;
    };
    // The name is valid.
    let _ = dialog.toggle_attribute_with_force("data-early", early);
    if !dialog.open() {
        palette::close();
        // It is no dialog that is open already.
        let _ = dialog.show_modal();
    }
}

/// What is said when nothing answers.
pub(super) fn unreachable_words() -> String {
    dialog()
        .map(|dialog| attribute(&dialog, "data-unreachable"))
        .unwrap_or_default()
}

fn dialog() -> Option<HtmlDialogElement> {
    document()
        .get_element_by_id("sign-in-again")?
        .dyn_into()
        .ok()
}

/// Signs in from the dialog over the page.
async fn sign_in(form: HtmlFormElement) {
    let Some(fields) = fields(&form, None) else {
        return;
    };
    let answer = page::ask(&attribute(&form, "action"), Some(&fields), true).await;
    forget_sent();
    let arrived = match answer {
        Ok(arrived) if arrived.is_sign_in() => {
            // Refused: what it says stands in the same form of the page that came.
            let said = arrived.document.query_selector("[role=alert]");
            let said = said.ok().flatten().and_then(|it| it.text_content());
            refuse(&form, &said.unwrap_or_default());
            return;
        }
        Ok(arrived) if !arrived.account().is_empty() => arrived,
        // No answer, or a page of nobody: whether somebody is signed in now is not known.
        _ => {
            refuse(&form, &unreachable_words());
            return;
        }
    };
    if arrived.account() != top_attribute("data-account") {
        // What was typed here is not theirs to send.
        WAITING.with(|waiting| waiting.borrow_mut().take());
        page::reload(&window().location().href().unwrap_or_default());
        return;
    }
    ENDED.with(|ended| ended.set(false));
    form.reset();
    refuse(&form, "");
    for name in ["data-session-ends", "data-session-ends-last"] {
        mark_top(name, &arrived.says(name));
    }
    if let Some(dialog) = dialog() {
        dialog.close();
    }
    if let Some((form, button)) = WAITING.with(|waiting| waiting.borrow_mut().take()) {
        send(form, button).await;
    }
    live::resume();
}

/// Says in the form why nobody is signed in, and asks for the secret again. Without words: it is forgotten.
fn refuse(form: &HtmlFormElement, why: &str) {
    if let Some(there) = first(form, ".refused") {
        there.set_text_content(Some(why));
    }
    let secret = first(form, "input[name=secret]");
    if let Some(secret) = secret.and_then(|it| it.dyn_into::<HtmlInputElement>().ok()) {
        // The name is valid.
        let _ = if why.is_empty() {
            secret.remove_attribute("aria-invalid")
        } else {
            secret.set_value("");
            focus(&secret);
            secret.set_attribute("aria-invalid", "true")
        };
    }
}

/// The forms can be sent again.
fn forget_sent() {
    for form in all("form[data-sent]") {
        let _ = form.remove_attribute("data-sent");
    }
    for button in all("button[aria-busy]") {
        let _ = button.remove_attribute("aria-busy");
    }
}
