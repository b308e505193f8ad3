//! What those hear who do not see the page.

use leptos::prelude::*;

use super::Live;

/// Says what has changed, without interrupting.
#[island]
pub fn Announcer() -> impl IntoView {
    let live = Live::expect();
    view! {
        <p class="unseen" role="status" aria-live="polite">
            {move || live.announcement.get()}
        </p>
    }
}
