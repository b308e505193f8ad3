//! Telling of events and tickets: webhooks and mail.
//!
//! The [`Notifier`] reads on in the journals for every subscription, and writes down what is to be sent
//! ([`Store::read_on`]: one transaction, so that nothing is skipped). What is written down is sent until
//! the receiver took it, with growing pauses, for a day. A process that is killed at any moment goes on
//! from what is written; a notice can come twice then, under the same delivery id.

mod guard;
mod mail;
mod sender;
#[cfg(test)]
mod tests;
mod webhook;

use std::{collections::HashMap, sync::Arc, time::Duration};

use cluster_api::{DeliveryState, SubscriptionId};
use tokio::{
    sync::Notify,
    task::{Id, JoinSet},
};
use tokio_util::sync::CancellationToken;

pub use guard::Guard;
pub use mail::{MailError, MailSettings, Mailer};
pub use sender::{Refused, Sender};

use crate::{
    clock::SharedClock,
    reconciler::{Pauses, chain},
    store::{DueDelivery, Store, StoreError, Tried},
};

/// Notices that are on their way at once, over all subscriptions; to each of them one.
const AT_ONCE: usize = 16;

/// How often the store is looked at even if nobody called: for what another process wrote.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Until when a notice is tried, counted from when it was written down.
const LIFE: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// So many notices in a row are given up before a subscription is disabled.
const MOST_GIVEN_UP: u32 = 5;

/// How long a sender rests when the database does not take what it has to say.
const DATABASE_PAUSE: Duration = Duration::from_secs(5);

/// The pauses between tries of a notice: from 5 s to an hour.
#[must_use]
pub const fn pauses() -> Pauses {
    Pauses {
        first: Duration::from_secs(5),
        longest: Duration::from_secs(3600),
    }
}

/// Tells of what happens.
pub struct Notifier {
    store: Arc<Store>,
    clock: SharedClock,
    sender: Arc<Sender>,
    wake: Arc<Notify>,
    pauses: Pauses,
}

impl Notifier {
    /// A notifier that looks again whenever `wake` is notified.
    #[must_use]
    pub const fn new(
        store: Arc<Store>,
        clock: SharedClock,
        sender: Arc<Sender>,
        wake: Arc<Notify>,
        pauses: Pauses,
    ) -> Self {
        Self {
            store,
            clock,
            sender,
            wake,
            pauses,
        }
    }

    /// Works until it is stopped. What is on its way then is sent again after the next start.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let (mut events, mut notes) = (self.store.changes(), self.store.notes());
        let mut work = JoinSet::new();
        let mut busy = HashMap::new();
        loop {
            events.mark_unchanged();
            notes.mark_unchanged();
            let pause = match self.look(&mut work, &mut busy).await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::error!("notices could not be looked at: {}", chain(&error));
                    DATABASE_PAUSE
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                // The senders live as long as the store.
                _ = events.changed() => {}
                _ = notes.changed() => {}
                () = self.wake.notified() => {}
                () = tokio::time::sleep(pause) => {}
                Some(ended) = work.join_next_with_id() => match ended {
                    Ok((id, ())) => {
                        busy.remove(&id);
                    }
                    Err(error) => {
                        busy.remove(&error.id());
                        tracing::error!("a notice ended without a word: {error}");
                    }
                },
            }
        }
    }

    /// Reads on for all subscriptions, sends what is due, and tells how long nothing else is.
    async fn look(
        self: &Arc<Self>,
        work: &mut JoinSet<()>,
        busy: &mut HashMap<Id, SubscriptionId>,
    ) -> Result<Duration, StoreError> {
        let now = self.clock.now();
        let mut is_more = false;
        for reader in self.store.subscriptions_behind().await? {
            let wish = &reader.subscription;
            if wish.all_accounts && !reader.account.is_admin() {
                let why = "Disabled: its account is no longer an admin.";
                self.store
                    .set_subscription(wish.id, false, Some(why))
                    .await?;
                continue;
            }
            is_more |= self.store.read_on(&reader, now).await?;
        }
        let list = |busy: &HashMap<Id, SubscriptionId>| busy.values().copied().collect::<Vec<_>>();
        if busy.len() < AT_ONCE {
            let due = self.store.due(now, &list(busy)).await?;
            for due in due.into_iter().take(AT_ONCE - busy.len()) {
                let (this, subscription) = (Arc::clone(self), due.subscription_id);
                let handle = work.spawn(async move { this.deliver(due).await });
                busy.insert(handle.id(), subscription);
            }
        }
        if is_more {
            return Ok(Duration::ZERO);
        }
        if busy.len() >= AT_ONCE {
            return Ok(LOOK_AGAIN);
        }
        let next = self.store.next_due(&list(busy)).await?;
        let wait = next.and_then(|next| Duration::try_from(next.duration_since(now)).ok());
        Ok(wait.unwrap_or(LOOK_AGAIN).min(LOOK_AGAIN))
    }

    /// Tries one notice, and writes down how that ended.
    async fn deliver(&self, due: DueDelivery) {
        if let Err(error) = self.try_once(&due).await {
            tracing::error!(delivery.id = %due.id, "a try could not be noted: {}", chain(&error));
            tokio::time::sleep(DATABASE_PAUSE).await;
        }
    }

    async fn try_once(&self, due: &DueDelivery) -> Result<(), StoreError> {
        let Some(record) = self.store.subscription(due.subscription_id).await? else {
            return Ok(());
        };
        if !record.subscription.enabled {
            return Ok(());
        }
        let outcome = self.sender.send(&record, due.id, &due.body).await;
        let now = self.clock.now();
        let tried = match outcome {
            Ok(words) => Tried {
                state: DeliveryState::Delivered,
                next_try_at: now,
                outcome: words,
            },
            Err(refused) => {
                let pause = self.pauses.after(due.tries);
                let next_try_at = now
                    .checked_add(pause)
                    .unwrap_or(cluster_api::Timestamp::MAX);
                let is_over = refused.is_final || next_try_at > due.created_at + LIFE;
                tracing::info!(
                    delivery.id = %due.id,
                    subscription.id = %due.subscription_id,
                    delivery.tries = due.tries + 1,
                    "a notice did not arrive: {}", refused.words
                );
                Tried {
                    state: if is_over {
                        DeliveryState::GivenUp
                    } else {
                        DeliveryState::Pending
                    },
                    next_try_at,
                    outcome: refused.words,
                }
            }
        };
        if self.store.tried(due, &tried, MOST_GIVEN_UP).await? {
            tracing::warn!(
                subscription.id = %due.subscription_id,
                account.name = record.account.username,
                "a subscription was disabled: {}", tried.outcome
            );
        }
        Ok(())
    }
}
