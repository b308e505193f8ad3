//! The watch: the one stream of an account, opened again whenever it ends.

use std::{sync::Arc, time::Duration};

use cluster_api::{Problem, client::ControlPlane};
use futures::StreamExt;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    account::{Account, Phase},
    backoff::Backoff,
    tokens::Chosen,
};
use crate::clock::Clock;

/// A stream that does not open by then is not going to. A cloud is asked for several lists first, and each
/// may take its time.
const OPEN: Duration = Duration::from_secs(60);

/// A connection that was lost may be back by then without anybody being told.
const GRACE: Duration = Duration::from_secs(1);

/// A stream that says nothing for so long, not even that it is alive, is dead. Ours has a heartbeat every
/// 15 s; of a cloud a list is read every 30 s, which may take its time.
const SILENCE: Duration = Duration::from_secs(75);

/// Whether anybody still needs it is asked so often.
const NEED: Duration = Duration::from_secs(30);

/// What the watch needs.
pub(super) struct Watch {
    pub(super) account: Arc<Account>,
    pub(super) upstream: Arc<dyn ControlPlane>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) stop: CancellationToken,
}

/// Why the watch is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Nobody needs it, or the process stops.
    Unneeded,
    /// The account has no token left that the control plane would take.
    TurnedAway,
}

/// Why one stream is over.
enum StreamEnd {
    Lost,
    TokenEnded,
    Unneeded,
}

impl Watch {
    /// Runs until nobody needs it.
    pub(super) async fn run(self) -> Ended {
        let mut backoff = Backoff::new();
        loop {
            let Some(chosen) = self.account.choose_token(self.clock.now()) else {
                return Ended::TurnedAway;
            };
            let end = tokio::select! {
                biased;
                () = self.stop.cancelled() => return Ended::Unneeded,
                () = self.account.closed().cancelled() => return Ended::TurnedAway,
                // Its session has ended here; the next round takes another one's.
                () = chosen.ended.cancelled() => continue,
                end = self.follow(&chosen, &mut backoff) => end,
            };
            match end {
                StreamEnd::Unneeded => return Ended::Unneeded,
                StreamEnd::TokenEnded => {
                    tracing::info!("the control plane ended the token of an account's watch");
                    self.account.end_token(chosen.hash);
                    continue;
                }
                StreamEnd::Lost => {}
            }
            if self.account.end_if_unneeded(self.clock.now()) {
                return Ended::Unneeded;
            }
            tokio::select! {
                () = self.stop.cancelled() => return Ended::Unneeded,
                () = self.account.closed().cancelled() => return Ended::TurnedAway,
                () = sleep(backoff.next()) => {}
            }
        }
    }

    /// Opens the stream and takes in what comes, until it ends.
    async fn follow(&self, chosen: &Chosen, backoff: &mut Backoff) -> StreamEnd {
        let resume_after = self.account.resume_after();
        let open = timeout(OPEN, self.upstream.watch(&chosen.token, resume_after));
        tokio::pin!(open);
        let opened = tokio::select! {
            opened = &mut open => opened,
            () = sleep(GRACE), if self.account.phase() == Phase::Live => {
                self.account.unreachable(self.clock.now());
                open.await
            }
        };
        let mut stream = match opened {
            Ok(Ok(stream)) => stream,
            Ok(Err(Problem::SignedOut)) => return StreamEnd::TokenEnded,
            Ok(Err(_)) | Err(_) => {
                self.account.unreachable(self.clock.now());
                return StreamEnd::Lost;
            }
        };
        if resume_after.is_some() {
            self.account.resumed(self.clock.now());
        }
        let mut needed = interval(NEED);
        needed.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut silent_until = Instant::now() + SILENCE;
        loop {
            tokio::select! {
                item = stream.next() => match item {
                    Some(Ok(message)) => {
                        backoff.reset();
                        silent_until = Instant::now() + SILENCE;
                        self.account.take(message, self.clock.now());
                    }
                    Some(Err(Problem::SignedOut)) => return StreamEnd::TokenEnded,
                    Some(Err(_)) | None => break,
                },
                () = sleep_until(silent_until) => break,
                _ = needed.tick() => {
                    if self.account.end_if_unneeded(self.clock.now()) {
                        return StreamEnd::Unneeded;
                    }
                }
            }
        }
        self.account.lost(self.clock.now());
        StreamEnd::Lost
    }
}
