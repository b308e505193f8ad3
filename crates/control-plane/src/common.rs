//! What all parts of a control plane share.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::{clock::SharedClock, provisioner::Provisioner, store::Store, vault::Vault};

/// What all parts of a control plane share; cheap to clone.
#[derive(Clone)]
pub struct Core {
    /// What is wished and what happened.
    pub store: Arc<Store>,
    /// Opens what is sealed in it.
    pub vault: Arc<Vault>,
    /// Makes machines and joins them.
    pub provisioner: Arc<dyn Provisioner>,
    /// Tells the time.
    pub clock: SharedClock,
    /// Told whenever there is work for the reconciler.
    pub new_task: Arc<Notify>,
}
