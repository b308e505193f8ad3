//! What all parts of a control plane share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cluster_api::Timestamp;
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
    /// How the engine was when it was last looked at.
    pub engine: Arc<EngineWatch>,
}

/// How the engine was when it was last looked at, since the start of the process.
#[derive(Default)]
pub struct EngineWatch(Mutex<EngineSeen>);

/// What is known of the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EngineSeen {
    /// Since when it does not answer; None: it does, or nobody looked.
    pub unreachable_since: Option<Timestamp>,
    /// When the nodes on it were last looked at.
    pub last_look: Option<Timestamp>,
    /// When what belongs to no cluster was last removed from it.
    pub last_sweep: Option<Timestamp>,
}

impl EngineWatch {
    /// What is known.
    #[must_use]
    pub fn seen(&self) -> EngineSeen {
        *self.lock()
    }

    /// The nodes on it were looked at.
    pub fn looked(&self, now: Timestamp) {
        let mut seen = self.lock();
        seen.last_look = Some(now);
        seen.unreachable_since = None;
    }

    /// What belongs to no cluster was removed.
    pub fn swept(&self, now: Timestamp) {
        self.lock().last_sweep = Some(now);
    }

    /// It answered.
    pub fn answered(&self) {
        self.lock().unreachable_since = None;
    }

    /// It did not answer: since when that is so.
    pub fn is_away(&self, now: Timestamp) -> Timestamp {
        *self.lock().unreachable_since.get_or_insert(now)
    }

    fn lock(&self) -> MutexGuard<'_, EngineSeen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
