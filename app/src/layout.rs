//! What stands around the pages.

pub mod banners;
#[cfg(feature = "ssr")]
pub mod frame;
pub mod freshness;
#[cfg(feature = "ssr")]
pub mod header;
#[cfg(feature = "ssr")]
pub mod plain;
