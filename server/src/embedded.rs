//! The control plane in the same process: the one place where the dashboard knows it as anything but
//! an address.

use cluster_api::Provisioning;
pub(crate) use control_plane::StartError;
use control_plane::{FirstAccount, Settings};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A control plane that runs.
pub(crate) struct Embedded {
    /// Its address, as for any other.
    pub(crate) url: String,
    /// What was made on the very first start.
    pub(crate) first_account: Option<FirstAccount>,
    /// Its clusters are not real ones.
    pub(crate) simulated: bool,
    /// Ends once it has come to rest.
    pub(crate) done: JoinHandle<()>,
}

/// Starts it.
pub(crate) async fn start(
    settings: Settings,
    stop: CancellationToken,
) -> Result<Embedded, StartError> {
    let running = control_plane::start(settings, stop).await?;
    Ok(Embedded {
        url: format!("http://{}", running.address),
        first_account: running.first_account,
        simulated: running.provisioning == Provisioning::Simulated,
        done: running.done,
    })
}
