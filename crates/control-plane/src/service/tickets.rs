//! Addresses under which credentials can be fetched without a token: the first generation of the API
//! hands them out.
//!
//! A ticket opens one door, once, for five minutes. Tickets live in memory alone, hashed: after a
//! restart the client asks for another one.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use cluster_api::{Cluster, ClusterId, Problem, Timestamp};
use jiff::SignedDuration;

use super::{Fault, Service};
use crate::{
    account::random_secret,
    store::{Actor, hash_secret},
};

/// How long a ticket is good.
const LIFE: SignedDuration = SignedDuration::from_mins(5);

/// More are not kept: the oldest goes for a new one.
const MOST: usize = 4096;

/// The tickets that nobody has used yet, by the hash of their secret.
#[derive(Default)]
pub(super) struct Tickets(Mutex<HashMap<[u8; 32], Ticket>>);

struct Ticket {
    actor: Actor,
    cluster: ClusterId,
    ends_at: Timestamp,
}

impl Tickets {
    fn add(&self, actor: Actor, cluster: ClusterId, now: Timestamp) -> String {
        let secret = random_secret::<32>();
        let ends_at = now.saturating_add(LIFE).unwrap_or(Timestamp::MAX);
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.retain(|_, ticket| ticket.ends_at > now);
        if tickets.len() >= MOST {
            let oldest = tickets.iter().min_by_key(|(_, ticket)| ticket.ends_at);
            if let Some(oldest) = oldest.map(|(hash, _)| *hash) {
                tickets.remove(&oldest);
            }
        }
        let ticket = Ticket {
            actor,
            cluster,
            ends_at,
        };
        tickets.insert(hash_secret(&secret), ticket);
        secret
    }

    fn take(&self, secret: &str, now: Timestamp) -> Option<Ticket> {
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ticket = tickets.remove(&hash_secret(secret))?;
        (ticket.ends_at > now).then_some(ticket)
    }
}

impl Service {
    /// A ticket for the credentials of a cluster of the account's own: the secret part of an address.
    ///
    /// # Errors
    /// [`Problem::CredentialsNotReady`].
    pub fn zip_ticket(&self, actor: &Actor, cluster: &Cluster) -> Result<String, Fault> {
        cluster.can_access()?;
        Ok(self
            .tickets
            .add(actor.clone(), cluster.id, self.clock.now()))
    }

    /// Whose credentials, of which cluster, a ticket is good for. It is used up by asking.
    ///
    /// # Errors
    /// [`Problem::NotFound`]: there is no such ticket, it was used or it has ended, or its account was
    /// closed since; or a fault inside.
    pub async fn redeem_zip(&self, ticket: &str) -> Result<(Actor, ClusterId), Fault> {
        let ticket = self.tickets.take(ticket, self.clock.now());
        let ticket = ticket.ok_or(Problem::NotFound)?;
        let known = self
            .store
            .account_by_name(&ticket.actor.account.username)
            .await?;
        known
            .filter(|(account, _)| account.id == ticket.actor.account.id)
            .map(|_| (ticket.actor, ticket.cluster))
            .ok_or_else(|| Problem::NotFound.into())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::store::{Account, AccountId};

    fn actor() -> Actor {
        Actor {
            account: Account {
                id: AccountId(Uuid::nil()),
                username: "owner".to_owned(),
            },
            address: None,
        }
    }

    #[test]
    fn a_ticket_is_good_once_and_for_five_minutes() {
        let tickets = Tickets::default();
        let id = ClusterId(Uuid::nil());
        let now = Timestamp::UNIX_EPOCH;
        let secret = tickets.add(actor(), id, now);
        assert!(tickets.take("another", now).is_none());
        assert!(tickets.take(&secret, now).is_some());
        assert!(tickets.take(&secret, now).is_none());
        let secret = tickets.add(actor(), id, now);
        assert!(tickets.take(&secret, now + LIFE).is_none());
    }

    #[test]
    fn tickets_are_bounded() {
        let tickets = Tickets::default();
        let id = ClusterId(Uuid::nil());
        let first = tickets.add(actor(), id, Timestamp::UNIX_EPOCH);
        let later = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1);
        for _ in 0..MOST {
            tickets.add(actor(), id, later);
        }
        assert_eq!(tickets.0.lock().unwrap().len(), MOST);
        assert!(tickets.take(&first, later).is_none());
    }
}
