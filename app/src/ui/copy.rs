//! Copying a text with one click.

use leptos::prelude::*;

use super::icon::icon;
use crate::t;

/// A button that copies a text to the clipboard; `what` names the text for those who hear the page:
/// "the fingerprint". It is hidden where that is not possible: without scripts, and on pages that did
/// not come over a safe connection. `behaviour` does the work.
#[must_use]
pub fn copy_button(text: String, what: &str) -> impl IntoView + use<> {
    let said = t!("copied-what", what = what);
    view! {
        <button type="button" class="btn copy" data-copy=text data-said=said>
            {icon("copy", "before")}
            {icon("check", "after")}
            <span class="before">{t!("copy")}</span>
            <span class="after">{t!("copied")}</span>
            <span class="unseen">" " {what.to_owned()}</span>
        </button>
    }
}

/// A text, shown as code, with the button that copies it. `short` is shown instead if the text is long.
#[must_use]
pub fn copied(text: String, short: Option<String>, what: &str) -> impl IntoView + use<> {
    let title = short.is_some().then(|| text.clone());
    let shown = short.unwrap_or_else(|| text.clone());
    view! {
        <span class="copied">
            <code title=title>{shown}</code>
            {copy_button(text, what)}
        </span>
    }
}

/// Commands, as a block with the button that copies them.
#[must_use]
pub fn command(text: String, what: &str) -> impl IntoView + use<> {
    view! {
        <div class="command">
            <pre class="code" tabindex="0">{text.clone()}</pre>
            {copy_button(text, what)}
        </div>
    }
}
