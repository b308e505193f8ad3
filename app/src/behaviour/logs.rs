//! Logs go on: what containers write is added to the lines of the page as it is written.
//!
//! `#log` says which stream goes on with it (`data-stream`) and where (`data-after`). It may come with a
//! page that brings itself up to date. What the stream brings is markup, made by the server as that of the
//! page was. The state of the stream stands at `#log-panel`, as `data-state`, and chooses among the words
//! there.

use std::{
    cell::{Cell, RefCell},
    iter::repeat,
    rc::Rc,
    time::Duration,
};

use futures::StreamExt;
use gloo_net::eventsource::futures::{EventSource, EventSourceSubscription};
use leptos::{ev, prelude::*, task::spawn_local, wasm_bindgen::JsCast};
use web_sys::{Element, HtmlInputElement};

use super::{attribute, closest, first, now, send};
use crate::cluster::logs::marks::marked;

/// So many lines are kept.
const MOST_LINES: u32 = 2_000;
/// Whoever is so near to the end, in pixels, is at the end, and is kept there.
const NEAR: i32 = 40;
/// How long to wait before a stream that was refused is asked for again.
const REOPEN_MS: f64 = 5_000.0;

thread_local! {
    static READER: RefCell<Option<Rc<Reader>>> = const { RefCell::new(None) };
}

/// Goes on with the logs of this page for as long as it has any.
pub(super) fn start() {
    window_event_listener(ev::click, |event| {
        let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        let button = target.and_then(|it| closest(&it, "[data-log]"));
        if let (Some(button), Some(reader)) = (button, reader()) {
            reader.pressed(&attribute(&button, "data-log"));
        }
    });
    window_event_listener(ev::input, |event| {
        let input = event
            .target()
            .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        if let (Some(input), Some(reader)) = (input.filter(|it| it.id() == "log-q"), reader()) {
            reader.search(&input.value());
        }
    });
    window_event_listener(ev::submit, |event| {
        let form = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        // What it finds is found already. Not its property: a form with an input named `id` has that there.
        if form.is_some_and(|it| attribute(&it, "id") == "log-find") {
            event.prevent_default();
        }
    });
    // Only when every island is awake.
    set_timeout(tick, Duration::ZERO);
    set_interval(tick, Duration::from_secs(1));
}

/// Reads on. The page may have got a log since it was loaded, or another one.
fn tick() {
    if let Some(reader) = reader() {
        reader.tick();
        if reader.log.is_connected() {
            return;
        }
    }
    let log = document().get_element_by_id("log");
    let reader = log.map(|log| Rc::new(Reader::new(log)));
    if let Some(reader) = &reader {
        reader.to_end();
        reader.tick();
    }
    READER.with(|there| *there.borrow_mut() = reader);
}

fn reader() -> Option<Rc<Reader>> {
    READER.with(|reader| reader.borrow().clone())
}

struct Reader {
    log: Element,
    source: RefCell<Option<EventSource>>,
    /// Which stream is the present one.
    generation: Cell<u32>,
    tried: Cell<f64>,
    /// Where the next stream goes on.
    after: RefCell<String>,
    ended: Cell<bool>,
    paused: Cell<bool>,
    /// What came while paused, with its number of lines.
    held: RefCell<Vec<(String, u32)>>,
    text: RefCell<String>,
}

impl Reader {
    fn new(log: Element) -> Self {
        let text = document()
            .get_element_by_id("log-q")
            .and_then(|it| it.dyn_into::<HtmlInputElement>().ok())
            .map(|input| input.value())
            .unwrap_or_default();
        Self {
            after: RefCell::new(attribute(&log, "data-after")),
            log,
            source: RefCell::new(None),
            generation: Cell::new(0),
            tried: Cell::new(0.0),
            ended: Cell::new(false),
            paused: Cell::new(false),
            held: RefCell::new(Vec::new()),
            text: RefCell::new(text.trim().to_owned()),
        }
    }

    /// Opens the stream when there is none and should be one, and ends it with the page.
    fn tick(self: &Rc<Self>) {
        if !self.log.is_connected() || send::session_ended() {
            self.close();
            return;
        }
        if self.ended.get() || self.source.borrow().is_some() {
            return;
        }
        if now() - self.tried.get() >= REOPEN_MS {
            self.open();
        }
    }

    fn open(self: &Rc<Self>) {
        self.close();
        self.tried.set(now());
        let generation = self.generation.get();
        let stream = attribute(&self.log, "data-stream");
        let after = self.after.borrow().clone();
        // Positions are plain characters.
        let Ok(mut source) = EventSource::new(&format!("{stream}&after={after}")) else {
            return;
        };
        for name in ["lines", "done"] {
            if let Ok(messages) = source.subscribe(name) {
                spawn_local(Rc::clone(self).listen(messages, generation));
            }
        }
        self.source.replace(Some(source));
    }

    fn close(&self) {
        self.generation.set(self.generation.get() + 1);
        // Dropping it closes the connection, and the listeners end.
        self.source.take();
    }

    async fn listen(self: Rc<Self>, mut messages: EventSourceSubscription, generation: u32) {
        while let Some(message) = messages.next().await {
            if self.generation.get() != generation {
                return;
            }
            let Ok((name, message)) = message else {
                // Refused; the browser itself comes back after all else.
                self.close();
                self.show("lost");
                return;
            };
            let markup = message.data().as_string().unwrap_or_default();
            *self.after.borrow_mut() = message.last_event_id();
            if name == "done" {
                self.ended.set(true);
                self.close();
                self.show("ended");
                return;
            }
            self.show("live");
            if !markup.is_empty() {
                self.take(markup);
            }
        }
    }

    /// Adds lines, or holds them back.
    fn take(&self, markup: String) {
        if !self.paused.get() {
            self.add(&markup);
            return;
        }
        let lines = u32::try_from(markup.matches("<p ").count()).unwrap_or(u32::MAX);
        let mut held = self.held.borrow_mut();
        held.push((markup, lines));
        let count = |held: &[(String, u32)]| held.iter().map(|(_, lines)| lines).sum::<u32>();
        while held.len() > 1 && count(&held) > MOST_LINES {
            held.remove(0);
        }
        let words = format!("+{}", count(&held));
        write("held", &words);
    }

    fn add(&self, markup: &str) {
        let at_end = self.is_at_end();
        let last = self.log.last_element_child();
        // A valid place.
        let _ = self.log.insert_adjacent_html("beforeend", markup);
        let mut next = match last {
            Some(last) => last.next_element_sibling(),
            None => self.log.first_element_child(),
        };
        let text = self.text.borrow().clone();
        while let Some(line) = next {
            seek(&line, &text);
            next = line.next_element_sibling();
        }
        while self.log.child_element_count() > MOST_LINES {
            match self.log.first_element_child() {
                Some(oldest) => oldest.remove(),
                None => break,
            }
        }
        if at_end {
            self.to_end();
        }
        self.count();
    }

    fn pressed(&self, what: &str) {
        match what {
            "pause" => {
                let paused = !self.paused.get();
                self.paused.set(paused);
                if let Some(panel) = panel() {
                    // The name is valid.
                    let _ = panel.toggle_attribute_with_force("data-paused", paused);
                }
                if !paused {
                    let held: Vec<_> = self.held.borrow_mut().drain(..).collect();
                    for (markup, _) in held {
                        self.add(&markup);
                    }
                    write("held", "");
                    self.to_end();
                }
            }
            "end" => self.to_end(),
            _ => {}
        }
    }

    /// Shows the lines that hold a text, marks it there, and hides the others.
    fn search(&self, text: &str) {
        let text = text.trim().to_owned();
        let mut next = self.log.first_element_child();
        while let Some(line) = next {
            seek(&line, &text);
            next = line.next_element_sibling();
        }
        *self.text.borrow_mut() = text;
        self.to_end();
        self.count();
    }

    fn count(&self) {
        let lines = |selector: &str| {
            let found = self.log.query_selector_all(selector);
            found.map_or(0, |found| found.length()).to_string()
        };
        write("count", &lines("p:not(.note)"));
        write("shown", &lines("p:not(.note):not([hidden])"));
    }

    fn is_at_end(&self) -> bool {
        let log = &self.log;
        log.scroll_height() - log.scroll_top() - log.client_height() < NEAR
    }

    fn to_end(&self) {
        self.log.set_scroll_top(self.log.scroll_height());
    }

    fn show(&self, state: &str) {
        if let Some(panel) = panel()
            && attribute(&panel, "data-state") != state
        {
            // The name is valid.
            let _ = panel.set_attribute("data-state", state);
        }
    }
}

fn panel() -> Option<Element> {
    document().get_element_by_id("log-panel")
}

/// Writes a number beside the log.
fn write(name: &str, words: &str) {
    let place = panel().and_then(|panel| first(&panel, &format!("b[data-log={name}]")));
    if let Some(place) = place {
        place.set_text_content(Some(words));
    }
}

/// Marks the text in a line, or hides the line if it does not hold it. What is said of a log is always
/// shown.
fn seek(line: &Element, text: &str) {
    if line.class_list().contains("note") {
        return;
    }
    let mut parts = Vec::new();
    let mut next = line.first_element_child();
    while let Some(part) = next {
        next = part.next_element_sibling();
        parts.push((part.text_content().unwrap_or_default(), part));
    }
    let texts: Vec<_> = parts.iter().map(|(text, _)| &**text).collect();
    let found = marked(&texts, " ", text);
    // The name is valid.
    let _ = line.toggle_attribute_with_force("hidden", found.is_none());
    let found = found.unwrap_or_default().into_iter().chain(repeat(None));
    for ((text, part), markup) in parts.iter().zip(found) {
        match markup {
            Some(markup) => part.set_inner_html(&markup),
            None if part.child_element_count() > 0 => part.set_text_content(Some(text)),
            None => {}
        }
    }
}
