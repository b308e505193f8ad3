//! Pieces that pages are made of.

use std::time::Duration;

pub mod badge;
pub mod copy;
#[cfg(feature = "ssr")]
pub mod crumbs;
pub mod field;
pub mod icon;
pub mod link_or;
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

/// When a form that was sent may be sent again, if no answer came: longer than the server takes for
/// any.
pub const FORGET_SENT: Duration = Duration::from_secs(40);
