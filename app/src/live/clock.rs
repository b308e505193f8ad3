//! The server's clock, as the page knows it.

use cluster_api::Timestamp;
use leptos::prelude::*;

/// The server's clock: what it showed when it answered, and how long ago that is. Until scripts run it
/// stands still, so that server and browser write the same words at first.
#[derive(Clone, Copy)]
pub struct Clock {
    /// What it shows.
    pub now: RwSignal<Now>,
    /// How many minutes the reader is ahead of UTC, if known.
    pub zone: RwSignal<Option<i32>>,
}

/// A moment on the server's clock.
#[derive(Clone, Copy, Default)]
pub struct Now {
    /// What it showed, in milliseconds.
    base: i64,
    /// How long ago that is, in milliseconds.
    passed: i64,
    /// What the browser's clock showed at `base`.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "on the server no time passes")
    )]
    started: f64,
}

impl Now {
    /// How many milliseconds ago something was.
    #[must_use]
    pub fn since(self, at: Timestamp) -> i64 {
        self.base + self.passed - at.as_millisecond()
    }
}

impl Clock {
    pub(super) fn new() -> Self {
        Self {
            now: RwSignal::new(Now::default()),
            zone: RwSignal::new(None),
        }
    }

    /// Sets it to what the server said just now.
    pub(super) fn set(self, now: Timestamp) {
        self.now.set(Now {
            base: now.as_millisecond(),
            passed: 0,
            started: browser_now(),
        });
    }

    /// Moves it on to the present moment.
    #[cfg(feature = "hydrate")]
    pub(super) fn tick(self) {
        self.now.update(|now| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a page is not open for 285 000 years"
            )]
            let passed = (browser_now() - now.started) as i64;
            now.passed = passed.max(0);
        });
    }

    /// From now on moments are shown in the reader's own time zone.
    #[cfg(feature = "hydrate")]
    pub(super) fn go_local(self) {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "at most 14 hours in minutes"
        )]
        let ahead = -web_sys::js_sys::Date::new_0().get_timezone_offset() as i32;
        self.zone.set(Some(ahead));
    }
}

#[cfg(feature = "hydrate")]
fn browser_now() -> f64 {
    web_sys::js_sys::Date::now()
}

#[cfg(not(feature = "hydrate"))]
const fn browser_now() -> f64 {
    0.0
}
