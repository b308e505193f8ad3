//! All accounts, for those who look after them.

#[cfg(feature = "ssr")]
pub mod accounts_page;
#[cfg(feature = "ssr")]
pub mod engine;
#[cfg(feature = "ssr")]
pub mod fields;
#[cfg(feature = "ssr")]
pub mod one_account_page;
pub mod server_fns;
