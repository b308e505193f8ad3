//! All clusters of the account: the list, the form for a new one, and what the pages of one cluster share
//! with the list.

#[cfg(feature = "ssr")]
pub mod card;
#[cfg(feature = "ssr")]
pub mod cells;
#[cfg(feature = "ssr")]
pub mod create_page;
#[cfg(feature = "ssr")]
pub mod delete_page;
#[cfg(feature = "ssr")]
pub mod doing;
#[cfg(feature = "ssr")]
pub mod draft;
#[cfg(feature = "ssr")]
pub mod list_page;
#[cfg(feature = "ssr")]
pub mod query;
#[cfg(feature = "ssr")]
pub mod quota;
pub mod server_fns;
#[cfg(feature = "ssr")]
pub mod size_change;
#[cfg(feature = "ssr")]
pub mod table;
#[cfg(feature = "ssr")]
pub mod why;
