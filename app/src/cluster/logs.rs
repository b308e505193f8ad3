//! What containers write: which lines are asked for ([`query`]), reading several logs at once ([`read`]),
//! lines as people read them ([`lines`]), and what is searched in them ([`marks`]).
//!
//! The page, the stream that goes on with it and the download are made of the same.

#[cfg(feature = "ssr")]
pub mod lines;
pub mod marks;
#[cfg(feature = "ssr")]
pub mod query;
#[cfg(feature = "ssr")]
pub mod read;
