//! The live stream of a page: one for all of it, for as long as it is shown.
//!
//! A tick a second drives everything: it moves the clock on, says what changed, opens the stream anew
//! when it has been silent for too long, and asks for the overview while there is no stream.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use cluster_api::Problem;
use futures::StreamExt;
use gloo_net::eventsource::futures::{EventSource, EventSourceSubscription};
use leptos::{ev, prelude::*, task::spawn_local};

use super::{Live, read_message};
use crate::{clusters::server_fns::load_overview, error::AppError, paths, view::LiveMessage};

/// A stream that has been silent for this long is dead, whatever the browser thinks: the server sends
/// its freshness every 5 s.
const SILENCE_MS: f64 = 20_000.0;
/// How long to wait before the stream is tried again after it was refused.
const REOPEN_MS: f64 = 30_000.0;
/// How often to ask while there is no stream and something changes.
const POLL_CHANGING_MS: f64 = 3_000.0;
/// How often to ask while there is no stream and nothing changes.
const POLL_MS: f64 = 15_000.0;

/// Follows what happens for as long as the page is there.
pub(super) fn follow(live: Live) {
    Tab::start(live);
}

struct Tab {
    live: Live,
    source: RefCell<Option<EventSource>>,
    /// Which stream is the present one: what an earlier one still says does not count.
    generation: Cell<u32>,
    /// Whether the present stream has said anything.
    spoke: Cell<bool>,
    heard: Cell<f64>,
    opened: Cell<f64>,
    asked: Cell<f64>,
    asking: Cell<bool>,
}

impl Tab {
    fn start(live: Live) {
        let now = now();
        let tab = Rc::new(Self {
            live,
            source: RefCell::new(None),
            generation: Cell::new(0),
            spoke: Cell::new(false),
            heard: Cell::new(now),
            opened: Cell::new(now),
            asked: Cell::new(now),
            asking: Cell::new(false),
        });
        live.clock.go_local();
        tab.open();

        let each_second = {
            let tab = Rc::clone(&tab);
            move || tab.tick()
        };
        set_interval(each_second, Duration::from_secs(1));
        let back = {
            let tab = Rc::clone(&tab);
            move || {
                if document().visibility_state() == web_sys::VisibilityState::Visible {
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
        self.live.clock.tick();
        self.live.announce_changes();
        if self.live.session_ended.get_untracked() {
            self.close();
            return;
        }
        let now = now();
        let since = if self.source.borrow().is_some() {
            (now - self.heard.get(), SILENCE_MS)
        } else {
            (now - self.opened.get(), REOPEN_MS)
        };
        if since.0 > since.1 {
            self.open();
        } else if self.spoke.get() {
            return;
        }
        // Either there is no stream, or it has said nothing yet: a proxy may hold it back.
        let changing = self.live.snapshot.with_untracked(|snapshot| {
            snapshot
                .clusters
                .iter()
                .any(|cluster| cluster.status.is_changing())
        });
        let wait = if changing { POLL_CHANGING_MS } else { POLL_MS };
        if now - self.asked.get() > wait {
            self.ask();
        }
    }

    /// Somebody looks at the page again.
    fn come_back(self: &Rc<Self>) {
        self.live.clock.tick();
        let silent = now() - self.heard.get() > SILENCE_MS;
        if silent && !self.live.session_ended.get_untracked() {
            self.open();
        }
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
        for name in ["snapshot", "cluster", "event", "freshness"] {
            if let Ok(messages) = source.subscribe(name) {
                spawn_local(Rc::clone(self).listen(messages, generation));
            }
        }
        self.source.replace(Some(source));
    }

    fn close(&self) {
        self.generation.set(self.generation.get() + 1);
        self.spoke.set(false);
        // Dropping it closes the connection, and the listeners end.
        self.source.take();
    }

    async fn listen(self: Rc<Self>, mut messages: EventSourceSubscription, generation: u32) {
        while let Some(message) = messages.next().await {
            if self.generation.get() != generation {
                return;
            }
            let Ok((name, message)) = message else {
                // The browser gave up: it was refused. It tries again by itself after all else.
                self.close();
                self.ask();
                return;
            };
            self.spoke.set(true);
            self.heard.set(now());
            let data = message.data().as_string().unwrap_or_default();
            if let Some(message) = read_message(&name, &data) {
                self.live.open.set(true);
                self.live.clock.tick();
                self.live.hear(message);
            }
        }
    }

    /// Asks for the overview.
    fn ask(self: &Rc<Self>) {
        if self.asking.replace(true) {
            return;
        }
        let tab = Rc::clone(self);
        spawn_local(async move {
            let answer = load_overview().await;
            tab.asking.set(false);
            tab.asked.set(now());
            match answer {
                Ok(overview) => {
                    tab.live.open.set(false);
                    tab.live.clock.set(overview.now);
                    tab.live.hear(LiveMessage::Freshness(overview.freshness));
                    let newer = tab
                        .live
                        .snapshot
                        .with_untracked(|known| known.version <= overview.snapshot.version);
                    if newer {
                        tab.live.hear(LiveMessage::Snapshot(overview.snapshot));
                    }
                }
                Err(AppError(Problem::SignedOut)) => tab.live.session_ended.set(true),
                // The words about freshness say how old everything is.
                Err(_) => {}
            }
        });
    }
}

fn now() -> f64 {
    web_sys::js_sys::Date::now()
}
