//! A link that may lead nowhere now.

use leptos::prelude::*;

use super::icon::Icon;

/// A link that looks like a button, or the same without the link when it leads nowhere now; then it
/// says why.
#[component]
pub fn LinkOr(
    /// Where it leads.
    #[prop(into)]
    to: String,
    /// Why it leads nowhere, if so.
    refused: Signal<Option<String>>,
    /// Its words.
    label: &'static str,
    /// Of what, for those who hear the page.
    #[prop(optional)]
    of: String,
    /// Its icon.
    icon: &'static str,
    /// Its classes.
    #[prop(default = "btn")]
    class: &'static str,
) -> AnyView {
    // A link without an address is no link: it cannot be followed and says that it is disabled.
    view! {
        <a
            class=class
            href=move || refused.with(Option::is_none).then(|| to.clone())
            role=move || refused.with(Option::is_some).then_some("link")
            aria-disabled=move || refused.with(Option::is_some).then_some("true")
            title=move || refused.get()
        >
            <Icon name=icon/>
            {label}
            <span class="unseen">" " {of}</span>
        </a>
    }
    .into_any()
}
