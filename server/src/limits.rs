//! Limits on signing in, so that passwords cannot be tried out.
//!
//! A try costs one of few for the account's name and one of more for the address it comes from; both
//! come back with time. A try is counted before its secret is checked, so that many at once count as
//! many, and an account whose owner gets in begins anew.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use cluster_api::Problem;
use governor::{
    NotUntil, Quota, RateLimiter, middleware::NoOpMiddleware, state::keyed::DashMapStateStore,
};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;

/// Wrong passwords for one account: 5 at once, then one every 12 s.
const ACCOUNT: (u32, Duration) = (5, Duration::from_secs(12));

/// Tries from one address: 20 at once, then one every 3 s.
const ADDRESS: (u32, Duration) = (20, Duration::from_secs(3));

/// What has recovered is forgotten so often.
const SWEEP: Duration = Duration::from_secs(60);

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, SinceEpoch, NoOpMiddleware<Duration>>;

/// The hash of an account's name: as long for any name that somebody types.
type NameHash = [u8; 32];

/// The limits on signing in.
pub(crate) struct SignInLimits {
    accounts: Limiter<(NameHash, u64)>,
    addresses: Limiter<IpAddr>,
    /// How often each account's owner got in. A limiter cannot give tries back; a new key has all.
    entries: Mutex<HashMap<NameHash, u64>>,
    clock: SinceEpoch,
}

/// A try that may be made.
pub(crate) struct Try(NameHash);

impl SignInLimits {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let clock = SinceEpoch(clock);
        Self {
            accounts: limiter(ACCOUNT, &clock),
            addresses: limiter(ADDRESS, &clock),
            entries: Mutex::default(),
            clock,
        }
    }

    /// Counts a try.
    ///
    /// # Errors
    /// [`Problem::TooManyTries`], with the time after which the next one may be made.
    pub(crate) fn begin(&self, username: &str, address: Option<IpAddr>) -> Result<Try, Problem> {
        // First, so that an address that has used up its tries cannot lock accounts.
        if let Some(address) = address {
            self.addresses
                .check_key(&network(address))
                .map_err(|until| self.refusal(&until))?;
        }
        let name = NameHash::from(Sha256::digest(username.trim().to_lowercase()));
        let entry = self.entries().get(&name).copied().unwrap_or_default();
        self.accounts
            .check_key(&(name, entry))
            .map_err(|until| self.refusal(&until))?;
        Ok(Try(name))
    }

    /// The try was right: what was wrong before it is forgiven.
    pub(crate) fn succeeded(&self, Try(name): Try) {
        *self.entries().entry(name).or_default() += 1;
    }

    /// Forgets what has recovered, now and then, until it is told to stop.
    pub(crate) async fn sweep(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(SWEEP) => {}
            }
            self.accounts.retain_recent();
            self.addresses.retain_recent();
        }
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<NameHash, u64>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refusal(&self, until: &NotUntil<Duration>) -> Problem {
        let wait = until.wait_time_from(governor::clock::Clock::now(&self.clock));
        let seconds = wait.as_millis().div_ceil(1000).max(1);
        Problem::TooManyTries {
            retry_after_s: u32::try_from(seconds).unwrap_or(u32::MAX),
        }
    }
}

fn limiter<K: std::hash::Hash + Eq + Clone>(
    (burst, period): (u32, Duration),
    clock: &SinceEpoch,
) -> Limiter<K> {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::with_period(period).unwrap_or(Quota::per_second(NonZeroU32::MIN));
    RateLimiter::new(
        quota.allow_burst(burst),
        DashMapStateStore::default(),
        clock.clone(),
    )
}

/// What counts as one address: of IPv6, the network that one household gets.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

/// Our clock, as the limiters read it.
#[derive(Clone)]
struct SinceEpoch(Arc<dyn Clock>);

impl governor::clock::Clock for SinceEpoch {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::try_from(self.0.now().as_duration()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::ManualClock;

    fn limits() -> (SignInLimits, ManualClock) {
        let clock = ManualClock::default();
        (SignInLimits::new(Arc::new(clock.clone())), clock)
    }

    fn address(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([10, 0, 0, last]))
    }

    #[test]
    fn an_account_has_five_tries_and_one_more_every_twelve_seconds() {
        let (limits, clock) = limits();
        for last in 1..=5 {
            // Neither the case of the letters nor another address makes it another account.
            let name = if last % 2 == 0 { "Admin" } else { "admin " };
            assert!(limits.begin(name, address(last)).is_ok(), "{last}");
        }
        let refused = limits.begin("admin", address(6)).map(|_| ());
        assert_eq!(refused, Err(Problem::TooManyTries { retry_after_s: 12 }));
        assert!(limits.begin("somebody-else", address(6)).is_ok());

        clock.advance(Duration::from_secs(12));
        assert!(limits.begin("admin", address(6)).is_ok());
        assert!(limits.begin("admin", address(6)).is_err());
    }

    #[test]
    fn getting_in_forgives_the_account_but_not_the_address() {
        let (limits, _) = limits();
        for round in 0..4 {
            for _ in 0..4 {
                assert!(limits.begin("admin", address(1)).is_ok());
            }
            let right = limits
                .begin("admin", address(1))
                .unwrap_or_else(|_| panic!("{round}"));
            limits.succeeded(right);
        }
        let refused = limits.begin("other", address(1)).map(|_| ());
        assert_eq!(refused, Err(Problem::TooManyTries { retry_after_s: 3 }));
    }

    #[test]
    fn an_address_that_is_out_of_tries_locks_no_account() {
        let (limits, _) = limits();
        for number in 0..20 {
            assert!(limits.begin(&format!("user-{number}"), address(1)).is_ok());
        }
        for _ in 0..10 {
            assert!(limits.begin("admin", address(1)).is_err());
        }
        assert!(limits.begin("admin", address(2)).is_ok());
    }

    #[test]
    fn one_network_is_one_address() {
        let parse = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(
            network(parse("2001:db8:1:2:3:4:5:6")),
            network(parse("2001:db8:1:2::1"))
        );
        assert_ne!(
            network(parse("2001:db8:1:2::1")),
            network(parse("2001:db8:1:3::1"))
        );
        assert_eq!(network(parse("::ffff:10.0.0.1")), parse("10.0.0.1"));
    }

    #[test]
    fn what_has_recovered_is_forgotten() {
        let (limits, clock) = limits();
        for last in 1..=50 {
            assert!(limits.begin(&format!("user-{last}"), address(last)).is_ok());
        }
        clock.advance(Duration::from_secs(120));
        limits.accounts.retain_recent();
        limits.addresses.retain_recent();
        assert!(limits.accounts.is_empty() && limits.addresses.is_empty());
    }
}
