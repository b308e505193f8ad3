//! Asking for a page, and writing it into the one that is open.

use std::cell::RefCell;

use leptos::{
    ev,
    prelude::*,
    wasm_bindgen::{JsCast, JsValue},
};
use web_sys::{
    Document, DomParser, Element, Headers, Request, RequestInit, Response, SupportedType,
};

use super::{
    attribute, clock, closest, first, focus_on, mark_root, morph, top_attribute, top_attribute_of,
};
use crate::theme::Theme;

thread_local! {
    /// The address of what is shown.
    static SHOWN: RefCell<String> = const { RefCell::new(String::new()) };
}

pub(super) fn start() {
    SHOWN.with(|shown| *shown.borrow_mut() = address());
    window_event_listener(ev::popstate, |_| {
        // What was written into this page belongs to another address. The part after `#` is a place on
        // the same page.
        if SHOWN.with(|shown| *shown.borrow() != address()) {
            let _ = window().location().reload();
        }
    });
}

/// The address at hand, without the place on the page.
fn address() -> String {
    let location = window().location();
    let part = |part: Result<String, JsValue>| part.unwrap_or_default();
    part(location.pathname()) + &part(location.search())
}

/// Gives the page the address of what is shown in it now, as a step of its own or in the place of the
/// one there is.
pub(super) fn at(url: &str, is_step: bool) {
    // Without a history the address stays as it was.
    if let Ok(history) = window().history() {
        let _ = if is_step {
            history.push_state_with_url(&JsValue::NULL, "", Some(url))
        } else {
            history.replace_state_with_url(&JsValue::NULL, "", Some(url))
        };
    }
    SHOWN.with(|shown| *shown.borrow_mut() = address());
}

/// A page that came.
pub(super) struct Arrived {
    /// Where it is, after all redirects.
    pub(super) url: String,
    /// The answer's status.
    pub(super) status: u16,
    /// What the log knows the request by, if the answer says it.
    pub(super) request: Option<String>,
    /// Itself.
    pub(super) document: Document,
}

impl Arrived {
    /// Whose page it is; empty: nobody's.
    pub(super) fn account(&self) -> String {
        self.says("data-account")
    }

    /// What it says about itself.
    pub(super) fn says(&self, name: &str) -> String {
        top_attribute_of(&self.document, name)
    }

    /// Whether it only says that something failed. It is no newer page than the one that is open, with
    /// what was typed in it and the secrets that are shown once.
    pub(super) const fn is_failure(&self) -> bool {
        self.status >= 500
    }

    /// Whether the address that a form was sent to has answered itself: it leads on to a page otherwise.
    pub(super) fn is_direct(&self) -> bool {
        path(&self.url).is_some_and(|path| path.starts_with("/api/"))
    }

    /// Whether it is the way in: the session is over.
    pub(super) fn is_sign_in(&self) -> bool {
        path(&self.url).is_some_and(|path| path == crate::paths::SIGN_IN)
    }
}

/// The path of an address.
pub(super) fn path(url: &str) -> Option<String> {
    web_sys::Url::new(url).ok().map(|url| url.pathname())
}

/// Asks for a page. `body`: sends a form instead. A question that only keeps the page current does not
/// count as use of the session.
///
/// # Errors
/// No answer, or no page; then what the log knows the request by, if the answer says it.
pub(super) async fn ask(url: &str, body: Option<&JsValue>, uses: bool) -> Result<Arrived, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "text/html")?;
    if !uses {
        headers.set("x-carina-refresh", "1")?;
    }
    let init = RequestInit::new();
    init.set_headers(&headers);
    if let Some(body) = body {
        init.set_method("POST");
        init.set_body(body);
    }
    let request = Request::new_with_str_and_init(url, &init)?;
    let response: Response = await_js(window().fetch_with_request(&request))
        .await?
        .dyn_into()?;
    let request = response.headers().get("x-request-id")?;
    let text = await_js(response.text()?)
        .await?
        .as_string()
        .unwrap_or_default();
    let document = DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)?;
    // The parser takes what is for browsers without scripts for elements like others, and one of them
    // would load the page anew.
    while let Some(plain) = document.query_selector("noscript")? {
        plain.remove();
    }
    // Something else than a page of ours: a proxy's words, a file.
    if document.get_element_by_id("main").is_none() {
        return Err(request.into());
    }
    take_toast(&document);
    Ok(Arrived {
        url: response.url(),
        status: response.status(),
        request,
        document,
    })
}

/// Says what was done, if the page that came says it. It is said with one page alone, whatever that was
/// asked for, and outlives the pages that come after it.
fn take_toast(came: &Document) {
    let toast = came.get_element_by_id("done");
    if let (Some(place), Some(toast)) = (document().get_element_by_id("toasts"), toast) {
        place.replace_children_with_node_1(&toast);
    }
}

/// Waits for what a promise brings.
///
/// # Errors
/// What it was rejected with.
pub(super) async fn await_js(promise: web_sys::js_sys::Promise) -> Result<JsValue, JsValue> {
    leptos::__reexports::wasm_bindgen_futures::JsFuture::from(promise).await
}

/// Writes a page into the one that is open. If somebody else has signed in meanwhile, in another tab, all
/// of it is loaded anew, and the answer is false: nothing of one account stays on a page of another.
///
/// `by_itself`: nobody asked for it, so rows that somebody points at keep still.
pub(super) fn show(arrived: &Arrived, by_itself: bool) -> bool {
    let (ours, theirs) = (top_attribute("data-account"), arrived.account());
    if !ours.is_empty() && !theirs.is_empty() && ours != theirs {
        reload(&arrived.url);
        return false;
    }
    let here = document();
    let there = &arrived.document;
    here.set_title(&there.title());
    if let (Some(old), Some(new)) = (here.document_element(), there.document_element()) {
        // Another may have been chosen after this page was asked for. The name is valid.
        let _ = new.set_attribute("data-theme", Theme::kept().as_str());
        morph::attributes(&old, &new);
    }
    let around = here.active_element().map(|it| places(&it));
    morph::keep_still(by_itself);
    for id in ["top", "main"] {
        if let (Some(old), Some(new)) = (here.get_element_by_id(id), there.get_element_by_id(id)) {
            morph::morph(&old, &new);
        }
    }
    morph::keep_still(false);
    if let Some(around) = around.filter(|it| !it.is_empty()) {
        find_focus(&around, !by_itself);
    }
    clock::set();
    clock::tick();
    true
}

/// Shows of a page that failed that the control plane is away, and since when, if it says so to the one
/// who is signed in here. All else stays as it is.
pub(super) fn show_outage(arrived: &Arrived) {
    let away = arrived.document.query_selector("#fresh.bad").ok().flatten();
    if away.is_none() || arrived.account() != top_attribute("data-account") {
        return;
    }
    let top = |page: &Document| page.get_element_by_id("top");
    if let (Some(old), Some(new)) = (top(&document()), top(&arrived.document)) {
        morph::morph(&old, &new);
    }
}

/// Where the focus goes when what has it is gone: the parts of the page around it, by their ids, from the
/// inside out, and then those beside it. Empty: what has it is no part of the page.
fn places(of: &Element) -> Vec<String> {
    const PART: &str = "#main [id], #main";
    let mut places = Vec::new();
    let mut outermost = None;
    let mut at = closest(of, PART);
    while let Some(part) = at {
        let id = attribute(&part, "id");
        at = part.parent_element().and_then(|it| closest(&it, PART));
        // The first of the rows is as good as any other: the list is not where the work went.
        if id != "rows" {
            places.push(id);
        }
        if at.is_some() {
            outermost = Some(part);
        }
    }
    let main = places.pop();
    let mut beside = outermost.and_then(|it| it.next_element_sibling());
    while let Some(part) = beside {
        places.push(attribute(&part, "id"));
        beside = part.next_element_sibling();
    }
    places.extend(main);
    places
}

/// Gives the focus to the first of these places that is there, if nothing has it.
pub(super) fn find_focus(places: &[String], scrolls: bool) {
    let page = document();
    let lost = match (page.active_element(), page.body()) {
        (Some(active), Some(body)) => active == *body,
        _ => true,
    };
    if !lost {
        return;
    }
    let heading = |id: &String| {
        let part = page.get_element_by_id(id)?;
        if id == "main" {
            Some(part)
        } else {
            first(&part, "h1, h2, h3")
        }
    };
    if let Some(heading) = places.iter().find_map(heading) {
        focus_on(&heading, scrolls);
    }
}

/// Shows that what the page was about is gone, if the page has words for that.
pub(super) fn show_gone() -> bool {
    let words = document().get_element_by_id("gone");
    let words = words.and_then(|it| it.dyn_into::<web_sys::HtmlTemplateElement>().ok());
    let (Some(words), Some(main)) = (words, document().get_element_by_id("main")) else {
        return false;
    };
    let around = document().active_element().map(|it| places(&it));
    main.replace_children_with_node_1(&words.content());
    if around.is_some_and(|it| !it.is_empty()) {
        find_focus(&["main".to_owned()], false);
    }
    true
}

/// Loads a page of this site anew.
pub(super) fn reload(url: &str) {
    let location = window().location();
    // Neither fails for an address of this site.
    let _ = if location.href().is_ok_and(|here| here == url) {
        location.reload()
    } else {
        location.set_href(url)
    };
}

/// Writes the answer of a form into the page: another page gets its address, and is read from its
/// beginning.
pub(super) fn go_to(arrived: &Arrived) {
    let before = window().location().pathname().unwrap_or_default();
    if !show(arrived, false) {
        return;
    }
    at(&arrived.url, true);
    if path(&arrived.url).is_some_and(|path| path != before) {
        mark_root("data-moved", Some(""));
        morph::forget_pointer();
        window().scroll_to_with_x_and_y(0.0, 0.0);
        if let Some(main) = document().get_element_by_id("main") {
            super::focus(&main);
        }
    }
}
