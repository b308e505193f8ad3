//! Subscriptions: where an account wants to be told of events and tickets. Everybody has their own.

use std::{num::NonZeroU32, time::Duration};

use cluster_api::{
    Delivery, DeliveryId, DeliveryState, HelpRule, NewSubscription, Notice, Problem, Subscribe,
    Subscription, SubscriptionId, Target, Trial,
};
use governor::{DefaultKeyedRateLimiter, Quota, clock::Clock as _};
use lettre::Address;
use uuid::Uuid;

use super::{Fault, Service, tickets::broken};
use crate::{
    account::random_secret,
    store::{AccountId, Actor, SubscriptionRecord, Tried},
};

/// How many deliveries are shown.
const DELIVERIES_SHOWN: u32 = 50;

/// Tests of one account: this many at once, and then one every few seconds.
const TRIALS_AT_ONCE: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");
const SECONDS_A_TRIAL: u64 = 6;

/// The kind of a notice that was asked for as a test.
const TEST: &str = "test";

/// Counts tests, by account.
pub(super) type Trials = DefaultKeyedRateLimiter<AccountId>;

pub(super) fn trials() -> Trials {
    let quota = Quota::with_period(Duration::from_secs(SECONDS_A_TRIAL))
        .unwrap_or(Quota::per_minute(TRIALS_AT_ONCE))
        .allow_burst(TRIALS_AT_ONCE);
    Trials::keyed(quota)
}

impl Service {
    /// The account's subscriptions, the oldest first.
    ///
    /// # Errors
    /// A fault inside.
    pub async fn subscriptions(&self, actor: &Actor) -> Result<Vec<Subscription>, Fault> {
        let records = self.store.subscriptions_of(actor.account.id).await?;
        let subscriptions = records.into_iter().map(|record| record.subscription);
        Ok(subscriptions.collect())
    }

    /// One subscription.
    ///
    /// # Errors
    /// [`HelpRule::NoSubscription`], also for other accounts' ones; or a fault inside.
    pub async fn subscription(
        &self,
        actor: &Actor,
        id: SubscriptionId,
    ) -> Result<Subscription, Fault> {
        Ok(self.own_subscription(actor, id).await?.subscription)
    }

    /// Subscribes to what happens from now on. The secret of a webhook is in the answer, and nowhere
    /// else in clear.
    ///
    /// # Errors
    /// What the wish breaks, a cluster that is not there, too many subscriptions; or a fault inside.
    pub async fn subscribe(
        &self,
        actor: &Actor,
        wish: Subscribe,
    ) -> Result<NewSubscription, Fault> {
        let sender = &self.help.sender;
        match &wish.target {
            Target::Webhook { url } => {
                sender.guard().check_url(url).map_err(broken)?;
            }
            Target::Mail { address } => {
                if !sender.has_mail() {
                    return Err(broken(HelpRule::NoMail).into());
                }
                let is_address = address.len() <= 254 && address.parse::<Address>().is_ok();
                if !is_address {
                    return Err(broken(HelpRule::MailAddress).into());
                }
            }
        }
        if wish.all_accounts && !actor.is_admin() {
            return Err(broken(HelpRule::NotAdmin).into());
        }
        match wish.cluster_id {
            Some(id) if !wish.all_accounts => {
                self.cluster(actor, id).await?;
            }
            _ => {}
        }
        let subscription = Subscription {
            id: SubscriptionId(Uuid::new_v4()),
            target: wish.target,
            events: wish.events,
            cluster_id: wish.cluster_id,
            all_accounts: wish.all_accounts,
            enabled: true,
            note: None,
            created_at: self.clock.now(),
        };
        let is_signed = matches!(subscription.target, Target::Webhook { .. });
        let secret = is_signed.then(|| format!("whsec_{}", random_secret::<32>()));
        let purpose = SubscriptionRecord::secret_purpose(subscription.id);
        let sealed = secret
            .as_deref()
            .map(|secret| self.vault.seal(&purpose, secret));
        let is_kept = self
            .store
            .add_subscription(
                actor.account.id,
                &subscription,
                sealed.transpose()?.as_deref(),
            )
            .await?;
        if !is_kept {
            return Err(broken(HelpRule::SubscriptionsFull).into());
        }
        tracing::info!(subscription.id = %subscription.id, subscription.kind = subscription.target.kind(), account.name = actor.account.username, "subscribed");
        Ok(NewSubscription {
            subscription,
            secret,
        })
    }

    /// Enables a subscription, from now on, or disables it: what waits for it is given up.
    ///
    /// # Errors
    /// As [`Service::subscription`].
    pub async fn enable_subscription(
        &self,
        actor: &Actor,
        id: SubscriptionId,
        enabled: bool,
    ) -> Result<Subscription, Fault> {
        self.own_subscription(actor, id).await?;
        self.store.set_subscription(id, enabled, None).await?;
        self.subscription(actor, id).await
    }

    /// Ends a subscription.
    ///
    /// # Errors
    /// As [`Service::subscription`].
    pub async fn unsubscribe(&self, actor: &Actor, id: SubscriptionId) -> Result<(), Fault> {
        self.own_subscription(actor, id).await?;
        Ok(self.store.drop_subscription(id).await?)
    }

    /// Sends something now, once, and says how that went.
    ///
    /// # Errors
    /// As [`Service::subscription`]; [`Problem::TooManyTries`].
    pub async fn try_subscription(
        &self,
        actor: &Actor,
        id: SubscriptionId,
    ) -> Result<Trial, Fault> {
        let record = self.own_subscription(actor, id).await?;
        self.count_trial(actor.account.id)?;
        let now = self.clock.now();
        let notice = Notice {
            delivery: DeliveryId(Uuid::new_v4()),
            kind: TEST.to_owned(),
            at: now,
            event: None,
            ticket: None,
            cluster: None,
        };
        let body = serde_json::to_string(&notice)?;
        let sent = self.help.sender.send(&record, notice.delivery, &body).await;
        let delivered = sent.is_ok();
        let outcome = sent.unwrap_or_else(|refused| refused.words);
        let tried = Tried {
            state: if delivered {
                DeliveryState::Delivered
            } else {
                DeliveryState::GivenUp
            },
            next_try_at: now,
            outcome: outcome.clone(),
        };
        self.store.add_trial(id, &notice, &tried, now).await?;
        Ok(Trial {
            delivered,
            outcome,
            delivery: notice.delivery,
        })
    }

    /// What was and is being sent to a subscription, the newest first.
    ///
    /// # Errors
    /// As [`Service::subscription`].
    pub async fn deliveries(
        &self,
        actor: &Actor,
        id: SubscriptionId,
    ) -> Result<Vec<Delivery>, Fault> {
        self.own_subscription(actor, id).await?;
        Ok(self.store.deliveries_of(id, DELIVERIES_SHOWN).await?)
    }

    async fn own_subscription(
        &self,
        actor: &Actor,
        id: SubscriptionId,
    ) -> Result<SubscriptionRecord, Fault> {
        let record = self.store.subscription(id).await?;
        record
            .filter(|record| record.account.id == actor.account.id)
            .ok_or_else(|| broken(HelpRule::NoSubscription).into())
    }

    fn count_trial(&self, account: AccountId) -> Result<(), Problem> {
        self.trials.retain_recent();
        self.trials.check_key(&account).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.trials.clock().now());
            let retry_after_s = u32::try_from(wait.as_secs())
                .unwrap_or(u32::MAX)
                .saturating_add(1);
            Problem::TooManyTries { retry_after_s }
        })
    }
}
