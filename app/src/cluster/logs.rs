//! What containers write: which lines are asked for ([`query`]), reading several logs at once ([`read`]),
//! and lines as people read them ([`lines`]).
//!
//! The page, the stream that goes on with it and the download are made of the same three.

pub mod lines;
pub mod query;
pub mod read;
