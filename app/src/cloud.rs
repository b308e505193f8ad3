//! What only clouds have: projects, templates, groups of nodes. Pages show it where the control plane
//! offers it.

#[cfg(feature = "ssr")]
pub mod create_page;
#[cfg(feature = "ssr")]
pub mod draft;
#[cfg(feature = "ssr")]
pub mod facts;
#[cfg(feature = "ssr")]
pub mod groups;
#[cfg(feature = "ssr")]
pub mod projects_page;
pub mod server_fns;
#[cfg(feature = "ssr")]
pub mod template_page;
#[cfg(feature = "ssr")]
pub mod templates_page;
#[cfg(feature = "ssr")]
pub mod upgrade;
