//! Pauses between tries.

use std::time::Duration;

use rand::Rng;

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(15);

/// Pauses that double from a quarter of a second to fifteen, each shortened by a random part of up to
/// a half, so that many clusters that failed together do not come back together.
#[derive(Default)]
pub(super) struct Backoff {
    tries: u32,
}

impl Backoff {
    /// The next pause.
    pub(super) fn pause(&mut self) -> Duration {
        let full = FIRST
            .saturating_mul(2_u32.saturating_pow(self.tries))
            .min(LONGEST);
        self.tries = self.tries.saturating_add(1);
        full.mul_f64(rand::rng().random_range(0.5..=1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound() {
        let mut backoff = Backoff::default();
        for tries in 0..40 {
            let pause = backoff.pause();
            let full = FIRST
                .saturating_mul(2_u32.saturating_pow(tries))
                .min(LONGEST);
            assert!((full / 2..=full).contains(&pause), "{tries}: {pause:?}");
        }
    }
}
