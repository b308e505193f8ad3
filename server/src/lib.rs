//! The dashboard's process.
//!
//! [`build`] makes the router: everything a request can reach, in one value that tests call without a
//! port. [`lifecycle::run`] puts it on the network, with the control plane in the same process unless
//! another one is named, and takes both down again.
//!
//! - `http`: addresses, headers, limits; the live stream and the downloads.
//! - `dashboard`: what pages ask, for the person at hand.
//! - `hub`: what is known of each account, from one watch upstream.
//! - `session`, `limits`: who it is, and how often they may try to say so.

mod backends;
mod chain;
pub mod clock;
mod dashboard;
mod embedded;
mod http;
mod hub;
pub mod lifecycle;
mod limits;
pub mod public_url;
mod session;
pub mod settings;
mod timeline;

#[cfg(test)]
mod tests;

use std::{io, path::PathBuf, sync::Arc};

use app::session::Backend;
use axum::Router;
use cluster_api::client::ControlPlane;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    backends::{Backends, Place},
    clock::Clock,
    dashboard::Services,
    hub::Hub,
    limits::SignInLimits,
    public_url::PublicUrl,
    session::Sessions,
};
pub use crate::{http::OriginError, session::OpenSessionsError};

/// What the router is made of.
pub struct Parts {
    /// Where clusters come from that people are taken to who do not say.
    pub first: Source,
    /// Where else they come from.
    pub others: Vec<Source>,
    /// What tells the time.
    pub clock: Arc<dyn Clock>,
    /// Folder for the database and the key of sessions.
    pub data_dir: PathBuf,
    /// Folder of the built site.
    pub site_root: PathBuf,
    /// How browsers reach it.
    pub public_url: PublicUrl,
    /// Ends streams and background tasks.
    pub stop: CancellationToken,
    /// Where background tasks run.
    pub tasks: TaskTracker,
}

/// A control plane that people may sign in to.
pub struct Source {
    /// What it is called.
    pub backend: Backend,
    /// The way to it.
    pub control_plane: Arc<dyn ControlPlane>,
    /// Where programs reach it, for the commands that pages show.
    pub api_url: String,
}

/// The router could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Sessions have nowhere to be.
    #[error(transparent)]
    Sessions(#[from] OpenSessionsError),
    /// The folder of the site has no absolute name.
    #[error("the folder of the site cannot be used")]
    Site(#[from] io::Error),
    /// The public URL.
    #[error(transparent)]
    Origin(#[from] OriginError),
}

/// Makes the router and starts what works behind it.
///
/// # Errors
/// The folder for data cannot be used, or a setting makes no sense.
pub async fn build(parts: Parts) -> Result<Router, BuildError> {
    let Parts {
        first,
        others,
        clock,
        data_dir,
        site_root,
        public_url,
        stop,
        tasks,
    } = parts;
    let sessions = Sessions::open(&data_dir, Arc::clone(&clock)).await?;
    let limits = Arc::new(SignInLimits::new(Arc::clone(&clock)));
    let place = |source: Source| Place {
        hub: Hub::new(
            Arc::clone(&source.control_plane),
            Arc::clone(&clock),
            stop.clone(),
            tasks.clone(),
        ),
        backend: source.backend,
        control_plane: source.control_plane,
        api_url: source.api_url,
    };
    let backends = Backends::new(place(first), others.into_iter().map(place).collect());
    tasks.spawn(sessions.store().clone().sweep(stop.clone()));
    tasks.spawn(Arc::clone(&limits).sweep(stop.clone()));
    for place in backends.all() {
        tasks.spawn(place.hub.clone().sweep());
    }
    let services = Arc::new(Services {
        backends,
        sessions,
        limits,
        clock,
    });
    let site = http::Site::new(&site_root)?;
    Ok(http::router(&services, &site, &public_url, &stop)?)
}
