//! Addresses under which credentials can be fetched without a token: the first generation of the API
//! hands them out.
//!
//! An address opens one door, once, for five minutes. What is secret in it lives in memory alone,
//! hashed: after a restart the client asks for another one.

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

/// How long an address is good.
const LIFE: SignedDuration = SignedDuration::from_mins(5);

/// More are not kept: the oldest goes for a new one.
const MOST: usize = 4096;

/// The addresses that nobody has used yet, by the hash of their secret part.
#[derive(Default)]
pub(super) struct ZipAddresses(Mutex<HashMap<[u8; 32], Door>>);

struct Door {
    actor: Actor,
    cluster: ClusterId,
    ends_at: Timestamp,
}

impl ZipAddresses {
    fn add(&self, actor: Actor, cluster: ClusterId, now: Timestamp) -> String {
        let secret = random_secret::<32>();
        let ends_at = now.saturating_add(LIFE).unwrap_or(Timestamp::MAX);
        let mut doors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        doors.retain(|_, door| door.ends_at > now);
        if doors.len() >= MOST {
            let oldest = doors.iter().min_by_key(|(_, door)| door.ends_at);
            if let Some(oldest) = oldest.map(|(hash, _)| *hash) {
                doors.remove(&oldest);
            }
        }
        let door = Door {
            actor,
            cluster,
            ends_at,
        };
        doors.insert(hash_secret(&secret), door);
        secret
    }

    fn take(&self, secret: &str, now: Timestamp) -> Option<Door> {
        let mut doors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let door = doors.remove(&hash_secret(secret))?;
        (door.ends_at > now).then_some(door)
    }
}

impl Service {
    /// The secret part of an address for the credentials of a cluster of the account's own.
    ///
    /// # Errors
    /// [`Problem::CredentialsNotReady`].
    pub fn zip_address(&self, actor: &Actor, cluster: &Cluster) -> Result<String, Fault> {
        cluster.can_access()?;
        Ok(self
            .zip_addresses
            .add(actor.clone(), cluster.id, self.clock.now()))
    }

    /// Whose credentials, of which cluster, an address is good for. It is used up by asking.
    ///
    /// # Errors
    /// [`Problem::NotFound`]: there is no such address, it was used or it has ended, or its account was
    /// closed since; or a fault inside.
    pub async fn redeem_zip(&self, secret: &str) -> Result<(Actor, ClusterId), Fault> {
        let door = self.zip_addresses.take(secret, self.clock.now());
        let door = door.ok_or(Problem::NotFound)?;
        let known = self
            .store
            .account_by_name(&door.actor.account.username)
            .await?;
        known
            .filter(|(account, _)| account.id == door.actor.account.id)
            .map(|_| (door.actor, door.cluster))
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
    fn an_address_is_good_once_and_for_five_minutes() {
        let addresses = ZipAddresses::default();
        let id = ClusterId(Uuid::nil());
        let now = Timestamp::UNIX_EPOCH;
        let secret = addresses.add(actor(), id, now);
        assert!(addresses.take("another", now).is_none());
        assert!(addresses.take(&secret, now).is_some());
        assert!(addresses.take(&secret, now).is_none());
        let secret = addresses.add(actor(), id, now);
        assert!(addresses.take(&secret, now + LIFE).is_none());
    }

    #[test]
    fn addresses_are_bounded() {
        let addresses = ZipAddresses::default();
        let id = ClusterId(Uuid::nil());
        let first = addresses.add(actor(), id, Timestamp::UNIX_EPOCH);
        let later = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1);
        for _ in 0..MOST {
            addresses.add(actor(), id, later);
        }
        assert_eq!(addresses.0.lock().unwrap().len(), MOST);
        assert!(addresses.take(&first, later).is_none());
    }
}
