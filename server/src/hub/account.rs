//! What is known of one account, and who listens to it.
//!
//! All changes go through here, under one lock that is never held across an await: a listener that
//! takes the snapshot and joins the channel under that lock misses nothing and hears nothing twice.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use app::view::Freshness;
use cluster_api::{
    Cluster, ClusterId, ClusterStatus, Event, EventId, Problem, Snapshot, Timestamp, WatchMessage,
};
use jiff::SignedDuration;
use secrecy::SecretString;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

use super::{
    KEPT_WATCHED, LiveMessage,
    announce::Changes,
    timeline::Timelines,
    tokens::{Chosen, TokenHash, Tokens},
};

/// A listener that is so many messages behind gets a new snapshot instead.
const BACKLOG: usize = 256;

/// So many deleted clusters are remembered, so that a late answer cannot bring one back.
const MAX_GONE: usize = 1024;

/// A request that looked at the account is done with it by then.
const AT_WORK: SignedDuration = SignedDuration::from_secs(60);

/// How the watch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It does not run.
    Idle,
    /// It has begun; nothing was heard yet.
    Connecting,
    /// It is up.
    Live,
    /// The control plane does not answer; it is tried again and again.
    Unreachable,
    /// The control plane turned all of the account's tokens away.
    Closed,
}

impl Phase {
    /// There is nothing to wait for.
    pub(super) const fn is_settled(self) -> bool {
        matches!(self, Self::Live | Self::Unreachable | Self::Closed)
    }
}

/// One account.
pub(super) struct Account {
    state: Mutex<State>,
    messages: broadcast::Sender<Arc<LiveMessage>>,
    phase: watch::Sender<Phase>,
    closed: CancellationToken,
}

/// What a new listener gets at once.
pub(super) type First = [LiveMessage; 2];

struct State {
    tokens: Tokens,
    watching: bool,
    looked_at: Timestamp,
    snapshot: Option<Arc<Snapshot>>,
    /// Rows that came as answers and were not in the stream yet.
    answered: HashMap<ClusterId, Cluster>,
    gone: Gone,
    timelines: Timelines,
    /// Counts the snapshots: between two of them something may have been missed.
    epoch: u64,
    journal: Journal,
    heard_at: Option<Timestamp>,
    lost_at: Option<Timestamp>,
}

/// How far the stream was read.
#[derive(Clone, Copy, Debug, Default)]
struct Journal {
    /// Everything up to here has come.
    complete: Option<EventId>,
    /// The last entry something came of. More of the same entry may follow: an event and the row it
    /// changed have one number.
    last: Option<EventId>,
}

impl Journal {
    fn read(&mut self, id: EventId) {
        if self.last.is_none_or(|last| last < id) {
            self.complete = self.last;
            self.last = Some(id);
        }
    }
}

#[derive(Default)]
struct Gone {
    ids: HashSet<ClusterId>,
    order: VecDeque<ClusterId>,
}

impl Gone {
    fn insert(&mut self, id: ClusterId) {
        if self.ids.insert(id) {
            self.order.push_back(id);
        }
        if self.order.len() > MAX_GONE
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }
}

impl State {
    /// Takes a row in. False: it is not news.
    fn accept(&mut self, cluster: &Cluster) -> bool {
        let Some(snapshot) = &mut self.snapshot else {
            return false;
        };
        if self.gone.ids.contains(&cluster.id) {
            return false;
        }
        let known = snapshot
            .clusters
            .iter()
            .find(|known| known.id == cluster.id);
        let news = match known {
            Some(known) => known.version < cluster.version,
            None => cluster.status != ClusterStatus::Deleted,
        };
        if cluster.status == ClusterStatus::Deleted {
            self.gone.insert(cluster.id);
            self.answered.remove(&cluster.id);
            self.timelines.remove(cluster.id);
        }
        if news {
            Arc::make_mut(snapshot).take_in(cluster.clone());
        }
        news
    }

    fn replace(&mut self, mut snapshot: Snapshot) -> Arc<Snapshot> {
        self.epoch += 1;
        self.timelines.doubt_all();
        self.journal = Journal {
            complete: Some(snapshot.version),
            last: Some(snapshot.version),
        };
        snapshot
            .clusters
            .retain(|cluster| !self.gone.ids.contains(&cluster.id));
        // Made while an answer was on its way, it may be older than that.
        self.answered
            .retain(|_, cluster| cluster.version > snapshot.version);
        let mut answered: Vec<_> = self.answered.values().cloned().collect();
        answered.sort_by_key(|cluster| cluster.version);
        for cluster in answered {
            snapshot.take_in(cluster);
        }
        let snapshot = Arc::new(snapshot);
        self.snapshot = Some(Arc::clone(&snapshot));
        snapshot
    }
}

impl Account {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            state: Mutex::new(State {
                tokens: Tokens::default(),
                watching: false,
                looked_at: now,
                snapshot: None,
                answered: HashMap::new(),
                gone: Gone::default(),
                timelines: Timelines::default(),
                epoch: 0,
                journal: Journal::default(),
                heard_at: None,
                lost_at: None,
            }),
            messages: broadcast::Sender::new(BACKLOG),
            phase: watch::Sender::new(Phase::Idle),
            closed: CancellationToken::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, message: LiveMessage) {
        // Nobody listens: then nobody misses it.
        let _ = self.messages.send(Arc::new(message));
    }

    /// Works on the tokens.
    pub(super) fn tokens<T>(&self, work: impl FnOnce(&mut Tokens) -> T) -> T {
        work(&mut self.state().tokens)
    }

    pub(super) fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    pub(super) fn phases(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    pub(super) fn listeners(&self) -> usize {
        self.messages.receiver_count()
    }

    pub(super) const fn closed(&self) -> &CancellationToken {
        &self.closed
    }

    // Looking

    /// Somebody looks.
    pub(super) fn looked(&self, now: Timestamp) {
        self.state().looked_at = now;
    }

    pub(super) fn looked_at(&self) -> Timestamp {
        self.state().looked_at
    }

    /// All that is known.
    pub(super) fn known(&self, now: Timestamp) -> Result<(Arc<Snapshot>, Freshness), Problem> {
        let state = self.state();
        let snapshot = Arc::clone(self.snapshot(&state)?);
        Ok((snapshot, self.freshness_of(&state, now)))
    }

    fn snapshot<'s>(&self, state: &'s State) -> Result<&'s Arc<Snapshot>, Problem> {
        if self.phase() == Phase::Closed {
            return Err(Problem::SignedOut);
        }
        state.snapshot.as_ref().ok_or(Problem::Unreachable)
    }

    pub(super) fn freshness(&self, now: Timestamp) -> Freshness {
        self.freshness_of(&self.state(), now)
    }

    fn freshness_of(&self, state: &State, now: Timestamp) -> Freshness {
        let heard_at = state.heard_at.unwrap_or(now);
        match self.phase() {
            Phase::Live => Freshness::Live { at: heard_at },
            _ => Freshness::Unreachable {
                since: state.lost_at.unwrap_or(heard_at),
            },
        }
    }

    pub(super) fn cluster(&self, id: ClusterId) -> Option<Cluster> {
        let state = self.state();
        state
            .snapshot
            .as_ref()?
            .clusters
            .iter()
            .find(|cluster| cluster.id == id)
            .cloned()
    }

    pub(super) fn epoch(&self) -> u64 {
        self.state().epoch
    }

    pub(super) fn known_timeline(&self, id: ClusterId) -> Vec<Event> {
        self.state().timelines.known(id)
    }

    pub(super) fn whole_timeline(&self, id: ClusterId) -> Option<Vec<Event>> {
        let mut state = self.state();
        if self.phase() != Phase::Live {
            return None;
        }
        state.timelines.whole(id)
    }

    /// Takes a timeline in that was read upstream, and gives it back with what came by meanwhile.
    pub(super) fn take_timeline_in(
        &self,
        id: ClusterId,
        events: Vec<Event>,
        epoch: u64,
    ) -> Vec<Event> {
        let mut state = self.state();
        if state
            .snapshot
            .as_ref()
            .is_none_or(|known| known.clusters.iter().all(|row| row.id != id))
        {
            return events;
        }
        // With the stream up since before it was read, nothing can have been missed since.
        let whole = self.phase() == Phase::Live && state.epoch == epoch;
        state.timelines.take_in(id, events, whole);
        state.timelines.known(id)
    }

    /// Takes an answer in. The journal entry behind it has not come by yet, so the timeline is not
    /// whole until it is read again.
    pub(super) fn take_in(&self, cluster: Cluster) {
        let mut state = self.state();
        state.timelines.doubt(cluster.id);
        if state.gone.ids.contains(&cluster.id) {
            return;
        }
        state.answered.insert(cluster.id, cluster.clone());
        self.accept(&mut state, cluster);
    }

    /// Takes a row in, and tells the listeners what it changes.
    fn accept(&self, state: &mut State, cluster: Cluster) {
        let changes = state
            .snapshot
            .as_ref()
            .map(|known| Changes::to(known, &cluster));
        if state.accept(&cluster) {
            self.send(LiveMessage::Cluster(cluster));
            self.say(changes.unwrap_or_default());
        }
    }

    fn say(&self, changes: Changes) {
        if !changes.is_empty() {
            self.send(LiveMessage::Changes(changes));
        }
    }

    /// Joins the listeners, with what is known at that moment.
    pub(super) fn listen(
        &self,
        now: Timestamp,
    ) -> Result<(First, broadcast::Receiver<Arc<LiveMessage>>), Problem> {
        let state = self.state();
        let snapshot = Arc::clone(self.snapshot(&state)?);
        let first = [
            LiveMessage::Snapshot(snapshot),
            LiveMessage::Freshness(self.freshness_of(&state, now)),
        ];
        Ok((first, self.messages.subscribe()))
    }

    // Watching

    /// True: the caller has to start the watch.
    pub(super) fn begin_watching(&self) -> bool {
        let mut state = self.state();
        if state.watching || self.phase() == Phase::Closed {
            return false;
        }
        state.watching = true;
        // Begun anew it has to begin with a snapshot: nothing else tells when it has caught up.
        state.journal = Journal::default();
        self.phase.send_replace(Phase::Connecting);
        true
    }

    /// True: nobody needs the watch any more, and it counts as ended.
    pub(super) fn end_if_unneeded(&self, now: Timestamp) -> bool {
        let mut state = self.state();
        if self.listeners() > 0 || now.duration_since(state.looked_at) < KEPT_WATCHED {
            return false;
        }
        state.watching = false;
        state.timelines.doubt_all();
        if self.phase() == Phase::Live {
            state.lost_at = None;
        }
        self.phase.send_replace(Phase::Idle);
        true
    }

    /// Nobody listens, and nobody has looked for long enough to be done with it.
    pub(super) fn can_be_retired(&self, now: Timestamp) -> bool {
        self.listeners() == 0 && now.duration_since(self.looked_at()) >= AT_WORK
    }

    /// Nobody has looked for so long, and the watch does not run.
    pub(super) fn can_go(&self, now: Timestamp, kept: SignedDuration) -> bool {
        let state = self.state();
        !state.watching && self.listeners() == 0 && now.duration_since(state.looked_at) >= kept
    }

    /// A token for the watch. Without one the account is closed.
    pub(super) fn choose_token(&self, now: Timestamp) -> Option<Chosen> {
        let mut state = self.state();
        let chosen = state.tokens.choose(now);
        if chosen.is_none() {
            self.close(&mut state);
        }
        chosen
    }

    /// Takes in a token that is good for sure. False: the account is closed.
    pub(super) fn admit(
        &self,
        token: &SecretString,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> bool {
        let mut state = self.state();
        if self.closed.is_cancelled() {
            return false;
        }
        state.tokens.admit(token, expires_at, now);
        true
    }

    /// A token is not good, or not wanted any more. True: it was the last one, and the account is
    /// closed.
    pub(super) fn end_token(&self, hash: TokenHash) -> bool {
        let mut state = self.state();
        let last = state.tokens.end(hash);
        if last {
            self.close(&mut state);
        }
        last
    }

    /// Lets go of an account that nobody looks at.
    pub(super) fn retire(&self) {
        self.close(&mut self.state());
    }

    /// Everybody hears the end, and nothing is kept.
    fn close(&self, state: &mut State) {
        state.watching = false;
        state.snapshot = None;
        self.phase.send_replace(Phase::Closed);
        self.closed.cancel();
    }

    /// Where to resume the stream; None: from a snapshot.
    pub(super) fn resume_after(&self) -> Option<EventId> {
        self.state().journal.complete
    }

    /// The stream is open and goes on where it was left.
    pub(super) fn resumed(&self, now: Timestamp) {
        self.heard(&mut self.state(), now);
    }

    /// The connection is lost. It may be back before anybody has to know.
    pub(super) fn lost(&self, now: Timestamp) {
        self.state().lost_at.get_or_insert(now);
    }

    /// The control plane does not answer.
    pub(super) fn unreachable(&self, now: Timestamp) {
        let mut state = self.state();
        state.lost_at.get_or_insert(now);
        if self.phase() != Phase::Unreachable && self.phase() != Phase::Closed {
            self.phase.send_replace(Phase::Unreachable);
            self.send(LiveMessage::Freshness(self.freshness_of(&state, now)));
        }
    }

    fn heard(&self, state: &mut State, now: Timestamp) {
        state.heard_at = Some(now);
        state.lost_at = None;
        if matches!(self.phase(), Phase::Connecting | Phase::Unreachable) {
            self.phase.send_replace(Phase::Live);
            self.send(LiveMessage::Freshness(Freshness::Live { at: now }));
        }
    }

    /// Takes a message of the stream in.
    pub(super) fn take(&self, message: WatchMessage, now: Timestamp) {
        let mut state = self.state();
        if let Some(id) = message.id() {
            state.journal.read(id);
        }
        match message {
            WatchMessage::Snapshot(snapshot) => {
                let before = state.snapshot.clone();
                let snapshot = state.replace(snapshot);
                self.send(LiveMessage::Snapshot(Arc::clone(&snapshot)));
                if let Some(before) = before {
                    self.say(Changes::between(&before, &snapshot));
                }
            }
            WatchMessage::Cluster(cluster) => {
                if state
                    .answered
                    .get(&cluster.id)
                    .is_some_and(|row| row.version <= cluster.version)
                {
                    state.answered.remove(&cluster.id);
                }
                self.accept(&mut state, cluster);
            }
            WatchMessage::Event(event) => {
                let gone = state.gone.ids.contains(&event.cluster_id);
                if !gone && state.timelines.add(event.clone()) {
                    self.send(LiveMessage::Event(event));
                }
            }
            WatchMessage::Heartbeat => {}
        }
        // Before its snapshot, a stream that begins anew has nothing to show.
        if state.snapshot.is_some() || self.phase() == Phase::Live {
            self.heard(&mut state, now);
        }
    }
}
