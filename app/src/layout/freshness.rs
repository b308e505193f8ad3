//! How current the page is, always in sight.

use cluster_api::Timestamp;
use leptos::prelude::*;

use crate::{live::Live, ui::words, view::Freshness};

/// What the mark says.
struct Mark {
    class: &'static str,
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
                words: format!("As of {}", words::hour_minute(since, zone)),
            },
            Freshness::Live { at } => {
                let age = since(at).max(0);
                let ago = words::age(age);
                if age > STALE_MS {
                    Self {
                        class: "fresh busy",
                        words: format!("Updated {ago} ago"),
                    }
                } else if open {
                    Self {
                        class: "fresh good",
                        words: format!("Live \u{b7} updated {ago} ago"),
                    }
                } else {
                    Self {
                        class: "fresh",
                        words: format!("Updated {ago} ago"),
                    }
                }
            }
        }
    }
}

/// How current the page is: a dot and words, the words alone for those who hear it.
#[component]
pub fn FreshnessMark() -> AnyView {
    let live = Live::expect();
    let mark = move || {
        let clock = live.clock;
        Mark::of(live.freshness(), live.is_open(), clock.zone(), |at| {
            clock.since(at)
        })
    };
    view! {
        <span class=move || mark().class title=move || mark().words>
            <i></i>
            <span class="words">{move || mark().words}</span>
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::timestamp;

    fn live(age_ms: i64, open: bool) -> String {
        let at = timestamp(100_000);
        Mark::of(Freshness::Live { at }, open, None, |_| age_ms).words
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
