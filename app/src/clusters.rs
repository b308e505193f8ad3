//! Clusters: the list, the form for a new one, and the pages of one.

pub mod about;
pub mod access_page;
pub mod access_steps;
pub mod add_tile;
pub mod card;
pub mod cells;
pub mod create_form;
pub mod create_page;
pub mod delete;
pub mod detail_page;
pub mod doing;
pub mod draft;
pub mod filter;
pub mod filter_bar;
pub mod list_page;
pub mod nodes;
pub mod nodes_input;
pub mod quota;
pub mod resize;
pub mod retry;
pub mod server_fns;
pub mod shells;
pub mod size_change;
pub mod timeline;
pub mod why;
