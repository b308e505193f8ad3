//! The dashboard's pages.
//!
//! Pages are made on the server, complete, and work without scripts. The browser brings them up to date:
//! the live stream tells that something has changed, the page is asked for again as it is now, and what
//! came out different is written into the one that is open, in place ([`behaviour`]). So each page is
//! written once, and no text, no rule and no view of it is downloaded.
//!
//! - With feature `ssr` alone: [`router`], the pages (`*_page`), the frame around them, the texts
//!   ([`words`]), and [`dashboard`], what the pages ask of the process that serves them.
//! - On both sides: the islands, which hold state of their own in the browser ([`theme::switch`]).
//! - With feature `hydrate` alone: [`behaviour`], what scripts add to every page.

// The type of a page is as deep as the page.
#![recursion_limit = "256"]

pub mod account;
pub mod activity;
pub mod admin;
pub mod ages;
#[cfg(feature = "ssr")]
pub mod answer;
#[cfg(feature = "hydrate")]
pub mod behaviour;
pub mod cloud;
pub mod cluster;
pub mod clusters;
#[cfg(feature = "ssr")]
pub mod dashboard;
pub mod error;
#[cfg(feature = "ssr")]
#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(feature = "ssr")]
pub mod go;
pub mod help;
#[cfg(feature = "ssr")]
pub mod layout;
#[cfg(feature = "ssr")]
pub mod not_found;
pub mod paths;
#[cfg(feature = "ssr")]
pub mod router;
#[cfg(feature = "ssr")]
pub mod says;
pub mod session;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod theme;
pub mod ui;
#[cfg(feature = "ssr")]
pub mod view;
#[cfg(feature = "ssr")]
pub mod when;
pub mod wire;
pub mod words;

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
