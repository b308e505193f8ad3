//! From counters to what was used.

use std::time::Duration;

use cluster_api::{Timestamp, inside::Sample};

use crate::provisioner::inside::Counters;

/// Two looks further apart say too little about the time between them.
const FURTHEST: Duration = Duration::from_secs(60);

/// Two looks closer together say more about the clock than about the node.
const CLOSEST: Duration = Duration::from_millis(500);

/// What was used between two looks, as seen at `at`. None: nothing can be said, for the looks are too
/// close or too far apart, or the node began anew between them.
pub(super) fn used(before: &Counters, after: &Counters, at: Timestamp) -> Option<Sample> {
    let elapsed = Duration::try_from(after.at.duration_since(before.at)).ok()?;
    if !(CLOSEST..=FURTHEST).contains(&elapsed) {
        return None;
    }
    let seconds = elapsed.as_secs_f64();
    // A counter that is less than it was began again at zero, at a moment that nobody knows.
    let cpu_ns = after.cpu_ns.checked_sub(before.cpu_ns)?;
    let rx = after.rx_bytes.checked_sub(before.rx_bytes)?;
    let tx = after.tx_bytes.checked_sub(before.tx_bytes)?;
    Some(Sample {
        at,
        cpus: Duration::from_nanos(cpu_ns).as_secs_f64() / seconds,
        memory_bytes: after.memory_bytes,
        rx_bytes_per_s: per_second(rx, seconds),
        tx_bytes_per_s: per_second(tx, seconds),
    })
}

fn per_second(amount: u64, seconds: f64) -> u64 {
    (amount as f64 / seconds).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn counters(at_ms: i64, cpu_ns: u64, rx_bytes: u64, tx_bytes: u64) -> Counters {
        Counters {
            at: Timestamp::from_millisecond(at_ms).unwrap(),
            cpu_ns,
            memory_bytes: 7,
            rx_bytes,
            tx_bytes,
        }
    }

    #[test]
    fn what_was_used_is_the_difference_over_the_time_between() {
        let before = counters(0, 5 * SECOND, 100, 1_000);
        let at = Timestamp::from_second(10).unwrap();
        let sample = used(&before, &counters(9_500, 24 * SECOND, 100, 20_000), at).unwrap();
        assert!((sample.cpus - 2.0).abs() < 1e-9, "{}", sample.cpus);
        assert_eq!((sample.rx_bytes_per_s, sample.tx_bytes_per_s), (0, 2_000));
        assert_eq!((sample.at, sample.memory_bytes), (at, 7));
    }

    #[test]
    fn a_node_that_began_anew_says_nothing_once() {
        let before = counters(0, 5 * SECOND, 100, 100);
        for after in [
            counters(10_000, SECOND, 200, 200),
            counters(10_000, 6 * SECOND, 99, 200),
            counters(10_000, 6 * SECOND, 200, 99),
        ] {
            assert_eq!(used(&before, &after, after.at), None);
        }
        let after = counters(10_000, SECOND, 10, 10);
        let next = counters(20_000, 11 * SECOND, 10, 10);
        assert!((used(&after, &next, next.at).unwrap().cpus - 1.0).abs() < 1e-9);
    }

    #[test]
    fn looks_at_odd_distances_say_nothing() {
        let before = counters(0, 0, 0, 0);
        for ms in [-10_000, 0, 499, 60_001] {
            let after = counters(ms, SECOND, 0, 0);
            assert_eq!(used(&before, &after, after.at), None, "{ms}");
        }
        for ms in [500, 10_000, 60_000] {
            let after = counters(ms, SECOND, 0, 0);
            assert!(used(&before, &after, after.at).is_some(), "{ms}");
        }
    }
}
