//! Signing in and out, and who is signed in.

#[cfg(feature = "ssr")]
pub mod account_menu;
#[cfg(feature = "ssr")]
pub mod backend;
pub mod relative_path;
pub mod server_fns;
#[cfg(feature = "ssr")]
pub mod sign_in_page;

#[cfg(feature = "ssr")]
pub use backend::{Backend, UnknownBackend};
pub use relative_path::{NotRelative, RelativePath};

/// The cookie of a session: with TLS, or on the machine itself. Its prefix makes browsers refuse any
/// weaker cookie of the name.
pub const COOKIE: &str = "__Host-carina";

/// The same over plain HTTP from elsewhere, where browsers would not take the other.
pub const PLAIN_COOKIE: &str = "carina";
