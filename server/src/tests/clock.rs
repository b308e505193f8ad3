//! A clock that moves with Tokio's time and can be put forward.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use cluster_api::Timestamp;

use crate::clock::Clock;

/// Begins at one moment and only moves when it is told to.
#[derive(Clone)]
pub(crate) struct ManualClock(Arc<Mutex<Timestamp>>);

impl Default for ManualClock {
    fn default() -> Self {
        let start = "2026-11-23T10:00:00Z".parse().unwrap();
        Self(Arc::new(Mutex::new(start)))
    }
}

impl ManualClock {
    pub(crate) fn advance(&self, by: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
