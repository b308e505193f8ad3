//! How current the page is, always in sight.

use leptos::prelude::*;

use crate::{
    t,
    view::Freshness,
    when::{ago, at, hour_minute},
};

/// How current the page is: a dot and words. The browser keeps the age current, says whether the stream
/// is open (`data-stream` at the document), and whether what is shown is older than it should be
/// (`data-stale`).
#[must_use]
pub fn freshness_mark(freshness: Freshness) -> AnyView {
    match freshness {
        Freshness::Live { at } => view! {
            <span class="fresh" id="fresh">
                <i></i>
                <span class="long">
                    <span class="streaming">{t!("fresh-live")}</span>
                    <span class="still">{t!("fresh-updated")}</span>
                </span>
                " "
                {ago(at)}
            </span>
        }
        .into_any(),
        Freshness::Unreachable { since } => view! {
            <span class="fresh bad" id="fresh">
                <i></i>
                {at(since, t!("fresh-as-of", time = hour_minute(since)))}
            </span>
        }
        .into_any(),
    }
}
