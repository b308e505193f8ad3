//! What stands around the pages.

pub mod banners;
pub mod frame;
pub mod freshness;
pub mod header;
pub mod plain;
