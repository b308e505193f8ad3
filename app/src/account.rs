//! What belongs to whoever is signed in: who that is, API keys, sessions, theme and language.

#[cfg(feature = "ssr")]
pub mod account_page;
#[cfg(feature = "ssr")]
pub mod agent;
#[cfg(feature = "ssr")]
pub mod keys;
#[cfg(feature = "ssr")]
pub mod preferences;
pub mod server_fns;
#[cfg(feature = "ssr")]
pub mod sessions;
