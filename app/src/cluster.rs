//! The pages of one cluster: tabs with addresses of their own, under one head.

#[cfg(feature = "ssr")]
pub mod amount;
#[cfg(feature = "ssr")]
pub mod frame;
#[cfg(feature = "ssr")]
pub mod metrics_page;
#[cfg(feature = "ssr")]
pub mod overview_page;
#[cfg(feature = "ssr")]
pub mod plot;
#[cfg(feature = "ssr")]
pub mod topology;
