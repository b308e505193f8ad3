//! Time as a parameter, so that tests set it.

use std::sync::Arc;

use cluster_api::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The moment it is, in whole microseconds: what the store keeps.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        whole_micros(Timestamp::now())
    }
}

/// A clock that several parts share.
pub type SharedClock = Arc<dyn Clock>;

fn whole_micros(moment: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}

#[cfg(test)]
pub(crate) mod testing {
    use std::sync::Mutex;

    use super::*;

    /// A clock that stands still until it is moved.
    pub(crate) struct TestClock(Mutex<Timestamp>);

    impl TestClock {
        pub(crate) fn new() -> Arc<Self> {
            Arc::new(Self(Mutex::new("2026-01-01T00:00:00Z".parse().unwrap())))
        }

        pub(crate) fn advance(&self, by: jiff::SignedDuration) {
            let mut now = self.0.lock().unwrap();
            *now += by;
        }
    }

    impl Clock for TestClock {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }
    }
}
