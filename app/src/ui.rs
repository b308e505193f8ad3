//! Pieces that pages are made of.

pub mod badge;
pub mod copy;
#[cfg(feature = "ssr")]
pub mod crumbs;
pub mod field;
pub mod icon;
pub mod link_or;
#[cfg(feature = "ssr")]
pub mod menu;
#[cfg(feature = "ssr")]
pub mod problem_page;
pub mod prose;
#[cfg(feature = "ssr")]
pub mod refresh;
#[cfg(feature = "ssr")]
pub mod said;
pub mod submit;
pub mod time;
pub mod words;
