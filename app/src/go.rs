//! A way to every page and cluster by its name: a page, and the palette over all pages.

pub mod find;
pub mod go_page;
pub mod palette;
