//! Asking for help, and being told of what happens: tickets and subscriptions.

#[cfg(feature = "ssr")]
pub mod help_page;
#[cfg(feature = "ssr")]
pub mod new_ticket_page;
pub mod server_fns;
#[cfg(feature = "ssr")]
mod states;
#[cfg(feature = "ssr")]
pub mod subscription_page;
#[cfg(feature = "ssr")]
pub mod subscriptions;
#[cfg(feature = "ssr")]
pub mod ticket_page;
#[cfg(feature = "ssr")]
mod tickets;
