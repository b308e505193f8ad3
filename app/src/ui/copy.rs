//! Copying a text with one click.

use std::time::Duration;

use leptos::prelude::*;

use super::{hydrated::use_hydrated, icon::Icon};
use crate::live::Live;

/// A button that copies a text to the clipboard. It is hidden where that is not possible: without
/// scripts, and on pages that did not come over a safe connection.
#[component]
pub fn CopyButton(
    /// What it copies.
    text: String,
    /// What that is, for those who hear the page: "the fingerprint".
    what: &'static str,
) -> AnyView {
    let hydrated = use_hydrated();
    let live = Live::expect();
    let copied = RwSignal::new(false);
    let hidden = move || !(hydrated.get() && window().is_secure_context());
    let copy = move |_| {
        let text = text.clone();
        leptos::task::spawn_local(async move {
            if write(&text).await {
                copied.set(true);
                live.announce(format!("Copied {what}"));
                let reset = move || {
                    // None: the page is gone.
                    let _ = copied.try_set(false);
                };
                set_timeout(reset, Duration::from_secs(2));
            }
        });
    };
    view! {
        <button type="button" class="btn copy" hidden=move || hidden() on:click=copy>
            {move || if copied.get() { view! { <Icon name="check"/> }.into_any() } else { view! { <Icon name="copy"/> }.into_any() }}
            <span>{move || if copied.get() { "Copied".to_owned() } else { "Copy".to_owned() }}</span>
            <span class="unseen">" "{what}</span>
        </button>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
async fn write(text: &str) -> bool {
    let promise = window().navigator().clipboard().write_text(text);
    leptos::__reexports::wasm_bindgen_futures::JsFuture::from(promise)
        .await
        .is_ok()
}

#[cfg(not(feature = "hydrate"))]
async fn write(_text: &str) -> bool {
    false
}

/// A text, shown as code, with the button that copies it.
#[component]
pub fn Copied(
    /// The text.
    text: String,
    /// What is shown of it, if not all.
    #[prop(optional)]
    short: Option<String>,
    /// What it is, for those who hear the page.
    what: &'static str,
) -> AnyView {
    let title = short.is_some().then(|| text.clone());
    let shown = short.unwrap_or_else(|| text.clone());
    view! {
        <code title=title>{shown}</code>
        <CopyButton text what/>
    }
    .into_any()
}
