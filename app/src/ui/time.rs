//! Moments on the page: relative words, the exact moment on demand.

use cluster_api::Timestamp;
use leptos::prelude::*;

use super::words;
use crate::live::Live;

/// How long ago something was; the exact moment is in its title.
#[component]
pub fn Ago(
    /// When it was.
    at: Timestamp,
    /// Written after it: " ago".
    #[prop(optional)]
    after: &'static str,
) -> AnyView {
    let clock = Live::expect().clock;
    view! {
        <time datetime=move || at.to_string() title=move || words::moment(at, clock.zone())>
            {move || words::age(clock.since(at))}
            {after}
        </time>
    }
    .into_any()
}
