//! The island that all others of a page are in.
#![expect(
    missing_docs,
    reason = "the struct that the macro makes: an island's properties"
)]

use leptos::prelude::*;

use crate::view::Overview;

/// Gives what is in it [`Live`], from `overview` on, and keeps that up to date in the browser.
#[island]
pub fn LiveRoot(
    /// What is known when the page is made.
    overview: Overview,
    /// The page.
    children: Children,
) -> impl IntoView {
    wake(overview);
    children()
}

/// On the server the page has it already: parts of it are made before this one.
#[cfg(not(feature = "hydrate"))]
fn wake(overview: Overview) {
    drop(overview);
}

#[cfg(feature = "hydrate")]
fn wake(overview: Overview) {
    let live = super::Live::provide();
    live.seed(overview);
    // Only when every island is awake: until then the page has to be as the server made it.
    set_timeout(
        move || super::stream::follow(live),
        std::time::Duration::ZERO,
    );
}
