//! One listener: a tab of somebody's browser.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, Interval, MissedTickBehavior, interval_at},
};
use tokio_util::sync::CancellationToken;

use super::{LiveMessage, account::Account};
use crate::clock::Clock;

/// How current everything is, is said so often.
const FRESHNESS: Duration = Duration::from_secs(5);

/// What one listener hears: a snapshot first, then changes, and the freshness every 5 s and whenever
/// it changes.
pub(crate) struct Subscription {
    account: Arc<Account>,
    waiting: VecDeque<Arc<LiveMessage>>,
    receiver: Receiver<Arc<LiveMessage>>,
    ended: CancellationToken,
    stop: CancellationToken,
    clock: Arc<dyn Clock>,
    tick: Interval,
}

impl Subscription {
    pub(super) fn new(
        account: Arc<Account>,
        first: [Arc<LiveMessage>; 2],
        receiver: Receiver<Arc<LiveMessage>>,
        ended: CancellationToken,
        stop: CancellationToken,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let mut tick = interval_at(Instant::now() + FRESHNESS, FRESHNESS);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            account,
            waiting: first.into(),
            receiver,
            ended,
            stop,
            clock,
            tick,
        }
    }

    /// The next message; None: the session or the process has come to its end. Dropped before it is
    /// done, it loses nothing.
    pub(crate) async fn next(&mut self) -> Option<Arc<LiveMessage>> {
        loop {
            if self.ended.is_cancelled() {
                return None;
            }
            if let Some(message) = self.waiting.pop_front() {
                return Some(message);
            }
            tokio::select! {
                biased;
                () = self.ended.cancelled() => return None,
                () = self.account.closed().cancelled() => return None,
                () = self.stop.cancelled() => return None,
                received = self.receiver.recv() => match received {
                    Ok(message) => return Some(message),
                    // Too far behind: everything anew.
                    Err(RecvError::Lagged(_)) => {
                        let (first, receiver) = self.account.listen(self.clock.now()).ok()?;
                        self.receiver = receiver;
                        self.waiting = first.map(Arc::new).into();
                    }
                    Err(RecvError::Closed) => return None,
                },
                _ = self.tick.tick() => {
                    let freshness = self.account.freshness(self.clock.now());
                    return Some(Arc::new(LiveMessage::Freshness(freshness)));
                }
            }
        }
    }
}
