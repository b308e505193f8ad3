//! Pauses between tries.

use std::time::Duration;

use rand::Rng;

/// How pauses grow.
#[derive(Clone, Copy, Debug)]
pub struct Pauses {
    /// The first one.
    pub first: Duration,
    /// None is longer.
    pub longest: Duration,
}

impl Default for Pauses {
    /// From a quarter of a second to fifteen.
    fn default() -> Self {
        Self {
            first: Duration::from_millis(250),
            longest: Duration::from_secs(15),
        }
    }
}

impl Pauses {
    /// The pause after so many tries before: each twice as long as the one before, and shortened by a
    /// random part of up to a half, so that many that failed together do not come back together.
    #[must_use]
    pub fn after(self, tries: u32) -> Duration {
        self.full(tries)
            .mul_f64(rand::rng().random_range(0.5..=1.0))
    }

    fn full(self, tries: u32) -> Duration {
        self.first
            .saturating_mul(2_u32.saturating_pow(tries))
            .min(self.longest)
    }
}

/// The pauses of one task, one after the other.
pub(super) struct Backoff {
    pauses: Pauses,
    tries: u32,
}

impl Backoff {
    pub(super) const fn new(pauses: Pauses) -> Self {
        Self { pauses, tries: 0 }
    }

    /// The next pause.
    pub(super) fn pause(&mut self) -> Duration {
        let pause = self.pauses.after(self.tries);
        self.tries = self.tries.saturating_add(1);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound() {
        let pauses = Pauses {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(5),
        };
        let mut backoff = Backoff::new(pauses);
        for full in [1, 2, 4, 5, 5, 5].map(Duration::from_secs) {
            let pause = backoff.pause();
            assert!((full / 2..=full).contains(&pause), "{pause:?} of {full:?}");
        }
    }
}
