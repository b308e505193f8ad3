//! Moments on the page: relative words, the exact moment on demand.

use cluster_api::Timestamp;
use leptos::prelude::*;

use super::words;
use crate::live::clock::Clock;

/// How long ago something was: "4 s ago". The exact moment is in its title.
#[must_use]
pub fn ago(at: Timestamp, clock: Clock) -> impl IntoView + use<> {
    let words = words::age(clock.now.get().since(at)) + " ago";
    view! {
        <time datetime=at.to_string() title=words::moment(at, clock.zone.get())>
            {words}
        </time>
    }
}
