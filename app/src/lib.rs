//! The dashboard's pages.
//!
//! Pages are made on the server, complete, and work without scripts. What changes while somebody looks
//! is an island: rendered on the server with the page, hydrated in the browser, kept current by
//! [`live`]. So there are three sorts of modules here:
//!
//! - with feature `ssr` alone: [`router`], the pages (`*_page`), the frame around them, and
//!   [`dashboard`], what the pages ask of the process that serves them;
//! - on both sides: the islands ([`clusters::list`], [`clusters::detail`], …), which are functions of
//!   what is known, and everything pure;
//! - with feature `hydrate` alone: [`behaviour`], what scripts add to every page, and the live stream.

// The type of a page is as deep as the page.
#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
pub mod answer;
#[cfg(feature = "hydrate")]
pub mod behaviour;
pub mod clusters;
#[cfg(feature = "ssr")]
pub mod dashboard;
pub mod error;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod layout;
pub mod live;
#[cfg(feature = "ssr")]
pub mod not_found;
pub mod paths;
#[cfg(feature = "ssr")]
pub mod router;
pub mod session;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod theme;
pub mod ui;
pub mod view;
pub mod wire;

#[cfg(feature = "ssr")]
pub use router::App;
#[cfg(feature = "ssr")]
pub use shell::shell;

/// Wakes the page up in the browser: the script in its head calls this, and then every island.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
    behaviour::start();
}
