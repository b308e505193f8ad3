//! The audit log: who did what, of what, when and from where.

#[cfg(feature = "ssr")]
pub mod activity_page;
#[cfg(feature = "ssr")]
pub mod query;
#[cfg(feature = "ssr")]
pub mod table;
