//! The dashboard's pages.
//!
//! One crate for both sides: with feature `ssr` it renders pages and answers server functions, with
//! feature `hydrate` it wakes them up in the browser. Pages are complete without scripts; scripts make
//! them live. See [`router`] for what there is, [`live`] for how it stays current, and, on the server,
//! `dashboard` for what the pages ask of the process that serves them.

#![expect(
    clippy::redundant_closure,
    reason = "view! erases the type of a closure that it sees: each one less is 4 kB less to download"
)]

#[cfg(feature = "ssr")]
pub mod answer;
pub mod clusters;
#[cfg(feature = "ssr")]
pub mod dashboard;
pub mod error;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod layout;
pub mod live;
pub mod not_found;
pub mod paths;
pub mod router;
pub mod session;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod theme;
pub mod ui;
pub mod view;
pub mod wire;

pub use router::App;
#[cfg(feature = "ssr")]
pub use shell::shell;

/// Wakes the page up in the browser.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
}
