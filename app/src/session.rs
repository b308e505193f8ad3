//! Signing in and out, and who is signed in.

pub mod account_menu;
pub mod relative_path;
pub mod server_fns;
pub mod sign_in_page;

pub use relative_path::{NotRelative, RelativePath};
