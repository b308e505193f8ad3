//! One try of one notice, whichever way it goes.

use std::sync::Arc;

use cluster_api::{DeliveryId, Target};

use super::{Guard, Mailer, webhook::Webhooks};
use crate::{clock::SharedClock, reconciler::chain, store::SubscriptionRecord, vault::Vault};

/// Sends notices.
pub struct Sender {
    webhooks: Webhooks,
    guard: Guard,
    mailer: Option<Mailer>,
    vault: Arc<Vault>,
    clock: SharedClock,
}

/// A notice that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why, in a sentence for the one who subscribed.
    pub words: String,
    /// Trying again would not help.
    pub is_final: bool,
}

impl Refused {
    /// It may be taken another time.
    pub(super) const fn for_now(words: String) -> Self {
        Self {
            words,
            is_final: false,
        }
    }

    /// It never will be.
    pub(super) const fn for_good(words: String) -> Self {
        Self {
            words,
            is_final: true,
        }
    }
}

impl Sender {
    /// A sender of webhooks where the guard lets them, and of mail if there is a mail server.
    ///
    /// # Errors
    /// The TLS library could not be set up.
    pub fn new(
        guard: Guard,
        mailer: Option<Mailer>,
        vault: Arc<Vault>,
        clock: SharedClock,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            webhooks: Webhooks::new(guard.clone())?,
            guard,
            mailer,
            vault,
            clock,
        })
    }

    /// Where webhooks may go.
    #[must_use]
    pub const fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Whether there is a mail server.
    #[must_use]
    pub const fn has_mail(&self) -> bool {
        self.mailer.is_some()
    }

    /// Tries once: what the receiver said, in a sentence. `body` is the JSON of a
    /// [`cluster_api::Notice`].
    ///
    /// # Errors
    /// It was not taken.
    pub async fn send(
        &self,
        to: &SubscriptionRecord,
        delivery: DeliveryId,
        body: &str,
    ) -> Result<String, Refused> {
        let subscription = &to.subscription;
        match &subscription.target {
            Target::Webhook { url } => {
                let purpose = SubscriptionRecord::secret_purpose(subscription.id);
                let sealed = to.secret.as_deref().unwrap_or_default();
                let secret = self.vault.open_sealed(&purpose, sealed).map_err(|error| {
                    tracing::error!(subscription.id = %subscription.id, "a signing secret stays shut: {}", chain(&error));
                    Refused::for_now(
                        "The signing secret cannot be read. Make the subscription anew.".to_owned(),
                    )
                })?;
                let now = self.clock.now();
                self.webhooks.send(url, &secret, delivery, body, now).await
            }
            Target::Mail { address } => match &self.mailer {
                Some(mailer) => mailer.send(address, to, delivery, body).await,
                None => Err(Refused::for_now(cluster_api::HelpRule::NoMail.to_string())),
            },
        }
    }
}
