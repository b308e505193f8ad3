//! The live stream of a page: one for all of it, for as long as it is shown. It tells that something has
//! changed, and the page is asked for again as it is now.
//!
//! `<main data-live>` says what the page follows: `all` clusters, or one by its id. `data-every` says
//! after how many seconds it is asked for again although no stream tells. A tick a second drives the
//! rest: a stream that has been silent for too long is opened anew, and while there is none the page is
//! asked for every few seconds.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use futures::StreamExt;
use gloo_net::eventsource::futures::{EventSource, EventSourceSubscription};
use leptos::{ev, prelude::*, task::spawn_local};

use super::{attribute, mark_root, morph, now, page, say, send, top_attribute};
use crate::paths;

/// A stream that has been silent for this long is dead, whatever the browser thinks: the server sends
/// its freshness every 5 s.
const SILENCE_MS: f64 = 20_000.0;
/// How long to wait before the stream is tried again after it was refused.
const REOPEN_MS: f64 = 30_000.0;
/// How often to ask while there is no stream.
const POLL_MS: f64 = 5_000.0;
/// Between two questions for the page, at least: many changes at once are one question.
const PAUSE_MS: f64 = 100.0;
/// How long to wait after the page did not come; twice as long each time, up to the second.
const RETRY_MS: (f64, f64) = (1_000.0, 15_000.0);

thread_local! {
    static TAB: RefCell<Option<Rc<Tab>>> = const { RefCell::new(None) };
}

/// Follows what happens for as long as the page is there, if anybody is signed in.
pub(super) fn start() {
    if top_attribute("data-version").is_empty() {
        return;
    }
    let tab = Rc::new(Tab::new());
    TAB.with(|there| *there.borrow_mut() = Some(Rc::clone(&tab)));
    // Only when every island is awake: until then the page has to be as the server made it.
    set_timeout(move || tab.begin(), Duration::ZERO);
}

/// Follows again after the session had ended, and asks for the page as it is now.
pub(super) fn resume() {
    TAB.with(|tab| {
        if let Some(tab) = &*tab.borrow() {
            tab.open();
            tab.want_now();
        }
    });
}

struct Tab {
    source: RefCell<Option<EventSource>>,
    /// Which stream is the present one: what an earlier one still says does not count.
    generation: Cell<u32>,
    /// Whether the present stream has said anything.
    spoke: Cell<bool>,
    heard: Cell<f64>,
    opened: Cell<f64>,
    asked: Cell<f64>,
    asking: Cell<bool>,
    wanted: Cell<bool>,
    /// Counts how often it was decided when to ask: only the last counts.
    turn: Cell<u32>,
    /// How often in a row the page did not come.
    failures: Cell<u32>,
    /// Something has changed that the page does not show yet: it is as old as it was.
    behind: Cell<bool>,
    reachable: Cell<bool>,
    /// What the page showed is gone: there is nothing to ask for any more.
    gone: Cell<bool>,
}

impl Tab {
    fn new() -> Self {
        let now = now();
        Self {
            source: RefCell::new(None),
            generation: Cell::new(0),
            spoke: Cell::new(false),
            heard: Cell::new(now),
            opened: Cell::new(now),
            asked: Cell::new(now),
            asking: Cell::new(false),
            wanted: Cell::new(false),
            turn: Cell::new(0),
            failures: Cell::new(0),
            behind: Cell::new(false),
            gone: Cell::new(false),
            reachable: Cell::new(
                document()
                    .query_selector("#banners .bad")
                    .ok()
                    .flatten()
                    .is_none(),
            ),
        }
    }

    fn begin(self: &Rc<Self>) {
        self.open();
        let each_second = {
            let tab = Rc::clone(self);
            move || tab.tick()
        };
        set_interval(each_second, Duration::from_secs(1));
        let back = {
            let tab = Rc::clone(self);
            move || {
                if is_visible() {
                    tab.come_back();
                }
            }
        };
        let online = back.clone();
        // They go with the page. The change of visibility bubbles up to the window.
        window_event_listener(ev::online, move |_| online());
        window_event_listener_untyped("visibilitychange", move |_| back());
    }

    fn tick(self: &Rc<Self>) {
        if send::session_ended() {
            self.close();
            return;
        }
        let now = now();
        let (silent, most) = if self.source.borrow().is_some() {
            (now - self.heard.get(), SILENCE_MS)
        } else {
            (now - self.opened.get(), REOPEN_MS)
        };
        if silent > most {
            self.open();
        }
        let since = now - self.asked.get();
        let every = main_attribute("data-every")
            .parse::<f64>()
            .ok()
            .map(|it| it * 1000.0);
        let due = every.is_some_and(|every| since > every) && is_visible();
        // Either there is no stream, or it has said nothing yet: a proxy may hold it back.
        if due || (!self.spoke.get() && since > POLL_MS) || morph::is_behind() {
            self.want();
        }
    }

    /// Somebody looks at the page again.
    fn come_back(self: &Rc<Self>) {
        if now() - self.heard.get() > SILENCE_MS && !send::session_ended() {
            self.open();
        }
        self.want_now();
    }

    /// Opens the stream, anew if there is one.
    fn open(self: &Rc<Self>) {
        self.close();
        let generation = self.generation.get() + 1;
        self.generation.set(generation);
        self.opened.set(now());
        self.heard.set(now());
        let Ok(mut source) = EventSource::new(paths::LIVE) else {
            return;
        };
        for name in ["all", "changed", "said", "live", "unreachable"] {
            if let Ok(messages) = source.subscribe(name) {
                spawn_local(Rc::clone(self).listen(messages, generation));
            }
        }
        self.source.replace(Some(source));
    }

    fn close(&self) {
        self.generation.set(self.generation.get() + 1);
        self.spoke.set(false);
        mark_root("data-stream", None);
        // Dropping it closes the connection, and the listeners end.
        self.source.take();
    }

    async fn listen(self: Rc<Self>, mut messages: EventSourceSubscription, generation: u32) {
        while let Some(message) = messages.next().await {
            if self.generation.get() != generation {
                return;
            }
            let Ok((name, message)) = message else {
                // The browser gave up: it was refused. It is tried again after all else.
                self.close();
                self.want();
                return;
            };
            self.spoke.set(true);
            self.heard.set(now());
            mark_root("data-stream", Some(""));
            self.hear(&name, &message.data().as_string().unwrap_or_default());
        }
    }

    fn hear(self: &Rc<Self>, name: &str, data: &str) {
        let follows = main_attribute("data-live");
        match name {
            // It begins with that: whoever did not answer does now.
            "all" if self.failures.get() > 0 => self.want_now(),
            "all" if data != top_attribute("data-version") => self.want(),
            "changed" if follows == "all" || follows == data => self.want(),
            "said" => say(data),
            "live" => {
                let mark = document().query_selector("#fresh [data-ago]");
                if let Some(mark) = mark.ok().flatten().filter(|_| !self.behind.get()) {
                    // The name is valid.
                    let _ = mark.set_attribute("data-ago", data);
                }
                if !self.reachable.replace(true) {
                    self.want();
                }
            }
            "unreachable" if self.reachable.replace(false) => self.want(),
            _ => {}
        }
    }

    /// Asks for the page, now or after the pause; once, however often it is wanted meanwhile.
    fn want(self: &Rc<Self>) {
        if self.gone.get() {
            return;
        }
        self.behind.set(true);
        if !self.wanted.replace(true) && !self.asking.get() {
            self.ask_soon();
        }
    }

    /// The same, although it did not come before: it may come now.
    fn want_now(self: &Rc<Self>) {
        self.failures.set(0);
        self.wanted.set(false);
        self.want();
    }

    fn ask_soon(self: &Rc<Self>) {
        let turn = self.turn.get() + 1;
        self.turn.set(turn);
        let (least, most) = RETRY_MS;
        let pause = match i32::try_from(self.failures.get()) {
            Ok(0) => PAUSE_MS,
            failures => most.min(least * 2_f64.powi(failures.unwrap_or(i32::MAX) - 1)),
        };
        let wait = (pause - (now() - self.asked.get())).clamp(0.0, pause);
        let tab = Rc::clone(self);
        let ask = move || {
            if tab.turn.get() == turn {
                tab.ask();
            }
        };
        set_timeout(ask, Duration::from_secs_f64(wait / 1000.0));
    }

    fn ask(self: &Rc<Self>) {
        if send::session_ended() {
            // Whoever is away gets a page on coming back.
            self.wanted.set(false);
            return;
        }
        if send::is_sending() {
            // What is being sent brings a page of its own, which may be older than what changed meanwhile.
            self.asked.set(now());
            self.ask_soon();
            return;
        }
        self.wanted.set(false);
        if self.asking.replace(true) {
            return;
        }
        let tab = Rc::clone(self);
        spawn_local(async move {
            let here = window().location().href().unwrap_or_default();
            let answer = page::ask(&here, None, false).await;
            tab.asking.set(false);
            tab.asked.set(now());
            let moved = window().location().href().unwrap_or_default() != here;
            match answer {
                Ok(arrived) if arrived.is_sign_in() => send::end_session(),
                // Somebody went elsewhere meanwhile, or sends a form.
                Ok(_) if moved || send::is_sending() => tab.want(),
                Ok(arrived) if arrived.status == 404 && page::show_gone() => tab.gone.set(true),
                Ok(arrived) if !arrived.is_failure() => {
                    tab.failures.set(0);
                    tab.behind.set(tab.wanted.get());
                    page::show(&arrived, true);
                }
                // The words about freshness say how old everything is.
                failed => {
                    if let Ok(arrived) = failed {
                        page::show_outage(&arrived);
                    }
                    tab.failures.set(tab.failures.get().saturating_add(1));
                    tab.want();
                }
            }
            if tab.wanted.get() && !tab.gone.get() {
                tab.ask_soon();
            }
        });
    }
}

fn main_attribute(name: &str) -> String {
    document()
        .get_element_by_id("main")
        .map(|main| attribute(&main, name))
        .unwrap_or_default()
}

fn is_visible() -> bool {
    document().visibility_state() == web_sys::VisibilityState::Visible
}
