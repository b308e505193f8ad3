//! How current the page is, always in sight.

use cluster_api::Timestamp;
use leptos::prelude::*;

use crate::{
    live::{Live, clock::Clock},
    ui::words,
    view::Freshness,
};

/// What the mark says.
struct Mark {
    class: &'static str,
    /// Left out where there is little room.
    long: &'static str,
    words: String,
}

/// Older than this is no longer current.
const STALE_MS: i64 = 20_000;

impl Mark {
    fn of(
        freshness: Freshness,
        open: bool,
        zone: Option<i32>,
        since: impl Fn(Timestamp) -> i64,
    ) -> Self {
        match freshness {
            Freshness::Unreachable { since } => Self {
                class: "fresh bad",
                long: "",
                words: format!("As of {}", words::hour_minute(since, zone)),
            },
            Freshness::Live { at } => {
                let age = since(at).max(0);
                let (class, long) = if age > STALE_MS {
                    ("fresh busy", "Updated ")
                } else if open {
                    ("fresh good", "Live \u{b7} updated ")
                } else {
                    ("fresh", "Updated ")
                };
                Self {
                    class,
                    long,
                    words: format!("{} ago", words::age(age)),
                }
            }
        }
    }
}

/// How current the page is: a dot and words, the words alone for those who hear it.
#[island]
pub fn FreshnessMark() -> impl IntoView {
    let live = Live::expect();
    let Clock { now, zone } = live.clock;
    move || {
        let mark = Mark::of(live.freshness.get(), live.open.get(), zone.get(), |at| {
            now.get().since(at)
        });
        view! {
            <span class=mark.class>
                <i></i>
                <span>
                    <span class="long">{mark.long}</span>
                    {mark.words}
                </span>
            </span>
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::timestamp;

    fn live(age_ms: i64, open: bool) -> String {
        let at = timestamp(100_000);
        let mark = Mark::of(Freshness::Live { at }, open, None, |_| age_ms);
        format!("{}{}", mark.long, mark.words)
    }

    #[test]
    fn it_says_live_only_while_it_is() {
        assert_eq!(live(3_000, true), "Live \u{b7} updated 3 s ago");
        assert_eq!(live(3_000, false), "Updated 3 s ago");
        assert_eq!(live(40_000, true), "Updated 40 s ago");
        assert_eq!(live(-2_000, true), "Live \u{b7} updated 0 s ago");
    }

    #[test]
    fn an_unreachable_control_plane_is_red() {
        let since = timestamp(14 * 3_600_000 + 120_000);
        let mark = Mark::of(Freshness::Unreachable { since }, true, None, |_| 0);
        assert_eq!(mark.words, "As of 14:02 UTC");
        assert_eq!(mark.class, "fresh bad");
    }
}
