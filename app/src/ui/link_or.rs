//! A link that may lead nowhere now.

use leptos::prelude::*;

use super::icon::icon;

/// What such a link says.
pub struct Label {
    /// Its words.
    pub words: String,
    /// Of what, for those who hear the page.
    pub of: String,
    /// Its icon.
    pub icon: &'static str,
    /// Its classes.
    pub class: &'static str,
}

/// A link that looks like a button, or the same without the link when it leads nowhere now; then it
/// says why.
#[must_use]
pub fn link_or(to: String, refused: Option<String>, label: Label) -> impl IntoView + use<> {
    // A link without an address is no link: it cannot be followed and says that it is disabled.
    let off = refused.is_some();
    view! {
        <a
            class=label.class
            href=(!off).then_some(to)
            role=off.then_some("link")
            aria-disabled=off.then_some("true")
            title=refused
        >
            {icon(label.icon, "")}
            {label.words}
            <span class="unseen">" " {label.of}</span>
        </a>
    }
}
