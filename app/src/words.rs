//! The languages of the dashboard: every text that a person reads, and the choice between them.

pub mod server_fns;
#[cfg(feature = "ssr")]
mod texts;

#[cfg(feature = "ssr")]
pub use texts::{FluentValue, Lang};
