//! The island that all others of a page are in.
//!
//! What is known when the page is made travels beside it, as a block of data: as a property of the
//! island, in an attribute, every quotation mark of it would be six bytes.

use leptos::prelude::*;

/// Where the data is in the page.
const ID: &str = "overview";

/// The data for [`LiveRoot`], to stand before it.
///
/// A block of another type than a script's is never run
/// ([HTML, data blocks](https://html.spec.whatwg.org/multipage/scripting.html#data-block)); it carries
/// the nonce all the same, so that the rule for what is in a page knows no exception.
#[cfg(feature = "ssr")]
#[must_use]
pub fn overview_data(overview: &crate::view::Overview) -> impl IntoView + use<> {
    // It cannot fail: it is made of texts, numbers and lists. Nothing in it ends the block early.
    let json = serde_json::to_string(overview).unwrap_or_default();
    let json = json.replace('<', "\\u003c");
    let nonce = leptos::nonce::use_nonce();
    view! { <script type="application/json" id=ID nonce=nonce inner_html=json></script> }
}

/// Gives what is in it [`Live`](super::Live), and keeps that up to date in the browser.
#[island]
pub fn LiveRoot(
    /// The page.
    children: Children,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    wake();
    // On the server the page has it already: parts of it are made before this one.
    children()
}

#[cfg(feature = "hydrate")]
fn wake() {
    let live = super::Live::provide();
    let data = document().get_element_by_id(ID);
    let json = data.and_then(|data| data.text_content());
    if let Some(overview) = json.and_then(|json| serde_json::from_str(&json).ok()) {
        live.seed(overview);
    }
    // Only when every island is awake: until then the page has to be as the server made it.
    set_timeout(
        move || super::stream::follow(live),
        std::time::Duration::ZERO,
    );
}
