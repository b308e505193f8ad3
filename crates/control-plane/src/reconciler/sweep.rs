//! Removing what belongs to no cluster any more.
//!
//! A request to the engine that was on its way when its task ended (superseded by a delete, or killed
//! with the process) may be carried out after the delete has looked at what there is. Nobody would come
//! back for what it made, so now and then everything that carries our labels is looked at.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::chain;
use crate::{
    Core,
    provisioner::{FailureKind, ProvisionError},
    store::StoreError,
};

/// How often is looked.
const LOOK: Duration = Duration::from_secs(15);

/// Why nothing was swept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SweepError {
    /// The engine refused.
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Removes what belongs to no cluster any more.
pub struct Sweeper {
    core: Core,
}

impl Sweeper {
    /// Sweeps after the clusters of that control plane.
    #[must_use]
    pub const fn new(core: Core) -> Self {
        Self { core }
    }

    /// Sweeps until it is stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = looks.tick() => {}
            }
            match stop.run_until_cancelled(self.sweep()).await {
                None | Some(Ok(())) => {}
                // Whoever watches the nodes says so already.
                Some(Err(SweepError::Provision(error)))
                    if error.kind == FailureKind::Unreachable => {}
                Some(Err(error)) => {
                    tracing::warn!("what is left over could not be removed: {}", chain(&error));
                }
            }
        }
    }

    /// Sweeps once.
    ///
    /// # Errors
    /// The engine or the database failed; what is left is found the next time.
    pub(crate) async fn sweep(&self) -> Result<(), SweepError> {
        // The engine first: a cluster is in the store before anything is made for it, so what is seen
        // here and not there is of a cluster that is gone.
        for id in self.core.provisioner.clusters().await? {
            if self.core.store.cluster(id).await?.is_none() {
                tracing::info!(cluster.id = %id, "something was left over of a deleted cluster");
                self.core.provisioner.remove_cluster(id).await?;
            }
        }
        self.core.engine.swept(self.core.clock.now());
        Ok(())
    }
}
