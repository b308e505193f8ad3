//! The hub: what the dashboard knows of each account, kept current by one watch upstream.
//!
//! However many tabs and sessions an account has, the control plane sees one stream of it, and pages
//! are answered from memory. The watch begins when somebody looks, goes on while anybody listens or
//! has looked within ten minutes, comes back by itself when the connection is lost, and leaves what
//! it saw behind, so that pages still have something to show when the control plane is gone.
//!
//! Nothing is handed out without a token that the control plane has called good within the last half
//! minute. An account's tokens are those of its live sessions; the watch uses one of them, and goes
//! over to another when that one ends.

mod account;
mod announce;
mod backoff;
mod subscription;
mod timeline;
mod tokens;
mod watch;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use app::view::Freshness;
use cluster_api::{Cluster, ClusterId, Event, Problem, Snapshot, Timestamp, client::ControlPlane};
use jiff::SignedDuration;
use secrecy::SecretString;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{
    account::{Account, Phase},
    tokens::{Check, TokenHash},
};
pub(crate) use self::{announce::Changes, subscription::Subscription};
use crate::clock::Clock;

/// The watch goes on for so long after somebody last looked.
const KEPT_WATCHED: SignedDuration = SignedDuration::from_mins(10);

/// What was seen is kept for so long after that.
const KEPT_KNOWN: SignedDuration = SignedDuration::from_mins(30);

/// How many accounts are kept.
const MAX_ACCOUNTS: usize = 1000;

/// Somebody who looks waits for so long for a watch that has just begun: a slow cloud takes seconds for its
/// first list.
const SETTLE: Duration = Duration::from_secs(12);

/// The control plane has so long to say whether a token is good.
const CHECK: Duration = Duration::from_secs(3);

/// Accounts that nobody needs are looked for so often.
const SWEEP: Duration = Duration::from_secs(60);

/// One message of an account's hub to those who listen. The first is a snapshot, always; then whatever
/// changes, complete; and the freshness every 5 s and whenever it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one at a time, and not for long")]
pub(crate) enum LiveMessage {
    /// The whole state.
    Snapshot(Arc<Snapshot>),
    /// The new state of one cluster.
    Cluster(Cluster),
    /// Something was added to a timeline.
    Event(Event),
    /// States have changed, to be said to those who hear the page.
    Changes(Changes),
    /// How current all this is.
    Freshness(Freshness),
}

/// All accounts that somebody looks at.
#[derive(Clone)]
pub(crate) struct Hub(Arc<Inner>);

struct Inner {
    upstream: Arc<dyn ControlPlane>,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
    tasks: TaskTracker,
    accounts: Mutex<HashMap<String, Arc<Account>>>,
}

impl Inner {
    fn accounts(&self) -> MutexGuard<'_, HashMap<String, Arc<Account>>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn let_go(&self, account: &Arc<Account>) {
        self.accounts()
            .retain(|_, kept| !Arc::ptr_eq(kept, account));
    }
}

impl Hub {
    pub(crate) fn new(
        upstream: Arc<dyn ControlPlane>,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
        tasks: TaskTracker,
    ) -> Self {
        let accounts = Mutex::default();
        Self(Arc::new(Inner {
            upstream,
            clock,
            stop,
            tasks,
            accounts,
        }))
    }

    /// Takes a token in that the control plane has just granted.
    pub(crate) fn admit(&self, account_id: &str, token: &SecretString, expires_at: Timestamp) {
        let now = self.0.clock.now();
        while !self.account(account_id, now).admit(token, expires_at, now) {}
    }

    /// The way to an account's data, for the holder of a good token.
    ///
    /// # Errors
    /// [`Problem::SignedOut`] if the control plane does not call the token good; other problems if
    /// that cannot be found out and nothing was known before.
    pub(crate) async fn enter(
        &self,
        account_id: &str,
        token: &SecretString,
        expires_at: Timestamp,
    ) -> Result<Entry, Problem> {
        let hash = TokenHash::of(token);
        loop {
            let now = self.0.clock.now();
            let account = self.account(account_id, now);
            let reachable = account.phase() != Phase::Unreachable;
            match account.tokens(|tokens| tokens.check(hash, token, expires_at, now, reachable)) {
                Check::Good => {}
                Check::Bad => return Err(self.turn_away(&account, hash)),
                Check::Due { otherwise_good } => match self.check(token).await {
                    Ok(true) => account.tokens(|tokens| tokens.found_good(hash)),
                    Ok(false) => return Err(self.turn_away(&account, hash)),
                    // What was found last holds until the control plane can be asked again.
                    Err(_) if otherwise_good => {}
                    Err(problem) => return Err(problem),
                },
            }
            // While this token was looked at, the account may have lost all others.
            if !account.closed().is_cancelled() {
                return Ok(Entry {
                    hub: Arc::clone(&self.0),
                    account,
                    hash,
                });
            }
        }
    }

    async fn check(&self, token: &SecretString) -> Result<bool, Problem> {
        match tokio::time::timeout(CHECK, self.0.upstream.check_token(token)).await {
            Ok(Err(Problem::SignedOut)) => Ok(false),
            Ok(answer) => answer,
            Err(_) => Err(Problem::Unreachable),
        }
    }

    /// A session has ended, or its token is not good any more: whoever listens with it hears no
    /// more, and what is known of the account goes with its last token.
    pub(crate) fn forget(&self, account_id: &str, token: &SecretString) {
        let account = self.0.accounts().get(account_id).cloned();
        if let Some(account) = account {
            self.end_token(&account, TokenHash::of(token));
        }
    }

    /// Lets go of accounts that nobody needs, now and then, until it is told to stop.
    pub(crate) async fn sweep(self) {
        loop {
            tokio::select! {
                () = self.0.stop.cancelled() => return,
                () = tokio::time::sleep(SWEEP) => self.sweep_once(self.0.clock.now()),
            }
        }
    }

    fn sweep_once(&self, now: Timestamp) {
        self.0
            .accounts()
            .retain(|_, account| !account.can_go(now, KEPT_KNOWN));
    }

    fn account(&self, id: &str, now: Timestamp) -> Arc<Account> {
        let mut accounts = self.0.accounts();
        if let Some(account) = accounts
            .get(id)
            .filter(|account| !account.closed().is_cancelled())
        {
            account.looked(now);
            return Arc::clone(account);
        }
        if accounts.len() >= MAX_ACCOUNTS {
            let idle = accounts
                .iter()
                .filter(|(_, account)| account.can_be_retired(now));
            let oldest = idle.min_by_key(|(_, account)| account.looked_at());
            if let Some(id) = oldest.map(|(id, _)| id.clone())
                && let Some(account) = accounts.remove(&id)
            {
                account.retire();
            }
        }
        let account = Arc::new(Account::new(now));
        accounts.insert(id.to_owned(), Arc::clone(&account));
        account
    }

    fn turn_away(&self, account: &Arc<Account>, hash: TokenHash) -> Problem {
        self.end_token(account, hash);
        Problem::SignedOut
    }

    fn end_token(&self, account: &Arc<Account>, hash: TokenHash) {
        if account.end_token(hash) {
            self.0.let_go(account);
        }
    }
}

/// The way to one account's data, held by somebody whose token is good.
pub(crate) struct Entry {
    hub: Arc<Inner>,
    account: Arc<Account>,
    hash: TokenHash,
}

impl Entry {
    /// All that is known, from memory; if the watch has just begun, after its first message.
    ///
    /// # Errors
    /// [`Problem::Unreachable`] if nothing is known, [`Problem::SignedOut`] if the control plane
    /// turned the watch away.
    pub(crate) async fn overview(&self) -> Result<(Arc<Snapshot>, Freshness), Problem> {
        self.settle().await;
        self.account.known(self.hub.clock.now())
    }

    /// One cluster of the account, as far as is known.
    pub(crate) fn cluster(&self, id: ClusterId) -> Option<Cluster> {
        self.account.cluster(id)
    }

    /// Takes an answer of the control plane in, so that the next page shows it already.
    pub(crate) fn take_in(&self, cluster: Cluster) {
        self.account.take_in(cluster);
    }

    /// The timeline of a cluster, newest first, if all of it is known.
    pub(crate) fn whole_timeline(&self, id: ClusterId) -> Option<Vec<Event>> {
        self.account.whole_timeline(id)
    }

    /// What is known of the timeline of a cluster, newest first.
    pub(crate) fn known_timeline(&self, id: ClusterId) -> Vec<Event> {
        self.account.known_timeline(id)
    }

    /// To be asked for before a timeline is read upstream, and given back with it.
    pub(crate) fn timeline_ticket(&self) -> u64 {
        self.account.epoch()
    }

    /// Takes in what the control plane answered for a timeline.
    pub(crate) fn take_timeline_in(
        &self,
        id: ClusterId,
        events: Vec<Event>,
        ticket: u64,
    ) -> Vec<Event> {
        self.account.take_timeline_in(id, events, ticket)
    }

    /// Listens to all that happens from now on; a snapshot first.
    ///
    /// # Errors
    /// As for [`Entry::overview`].
    pub(crate) async fn subscribe(&self) -> Result<Subscription, Problem> {
        self.settle().await;
        let ended = self.account.tokens(|tokens| tokens.ended(self.hash));
        let ended = ended.ok_or(Problem::SignedOut)?;
        let (first, receiver) = self.account.listen(self.hub.clock.now())?;
        Ok(Subscription::new(
            Arc::clone(&self.account),
            first.map(Arc::<LiveMessage>::new),
            receiver,
            ended,
            self.hub.stop.clone(),
            Arc::clone(&self.hub.clock),
        ))
    }

    /// Sees to it that the watch runs, and waits until it is known how that went.
    async fn settle(&self) {
        if self.account.begin_watching() {
            let watch = watch::Watch {
                account: Arc::clone(&self.account),
                upstream: Arc::clone(&self.hub.upstream),
                clock: Arc::clone(&self.hub.clock),
                stop: self.hub.stop.clone(),
            };
            let hub = Arc::clone(&self.hub);
            self.hub.tasks.spawn(async move {
                let account = Arc::clone(&watch.account);
                if watch.run().await == watch::Ended::TurnedAway {
                    hub.let_go(&account);
                }
            });
        }
        let mut phase = self.account.phases();
        // Whatever comes of the wait, the phase says what there is to show.
        let _ = tokio::time::timeout(SETTLE, phase.wait_for(|phase| phase.is_settled())).await;
    }
}
