//! What is around every page.

pub mod banners;
pub mod frame;
pub mod freshness;
pub mod header;
pub mod plain;
