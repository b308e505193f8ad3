//! Addresses under which credentials can be fetched without a token: the first generation of the API
//! hands them out.
//!
//! An address opens one door, once, for five minutes. What is secret in it lives in memory alone,
//! hashed: after a restart the client asks for another one.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use cluster_api::{AuditAction, Cluster, ClusterId, Problem, Timestamp};
use jiff::SignedDuration;

use super::{Fault, Origin, Service};
use crate::{
    account::random_secret,
    store::{Actor, AuditDraft, hash_secret},
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
    /// [`Problem::CredentialsNotReady`], or a fault inside.
    pub async fn zip_address(&self, actor: &Actor, cluster: &Cluster) -> Result<String, Fault> {
        cluster.can_access()?;
        let now = self.clock.now();
        let detail = "Handed out an address for one download of credentials".to_owned();
        let entry = AuditDraft::by(Some(actor), AuditAction::CredentialsAddress, detail);
        self.store.add_audit(entry.about(cluster.id), now).await?;
        Ok(self.zip_addresses.add(actor.clone(), cluster.id, now))
    }

    /// Whose credentials, of which cluster, an address is good for. It is used up by asking. `origin` is
    /// where the one who asks is.
    ///
    /// # Errors
    /// [`Problem::NotFound`]: there is no such address, it was used or it has ended, or the sign-in that
    /// asked for it has ended since; or a fault inside.
    pub async fn redeem_zip(
        &self,
        secret: &str,
        origin: &Origin,
    ) -> Result<(Actor, ClusterId), Fault> {
        let now = self.clock.now();
        let door = self.zip_addresses.take(secret, now);
        let door = door.ok_or(Problem::NotFound)?;
        let mut actor = door.actor;
        if !self.store.is_session(actor.session, now).await? {
            return Err(Problem::NotFound.into());
        }
        actor.address = origin.address_of(&actor);
        Ok((actor, door.cluster))
    }
}

#[cfg(test)]
mod tests {
    use cluster_api::{AccountId, Role, Scopes, SessionId};
    use uuid::Uuid;

    use super::*;
    use crate::store::{Account, Limits};

    fn actor() -> Actor {
        Actor {
            account: Account {
                id: AccountId(Uuid::nil()),
                username: "owner".to_owned(),
                role: Role::Member,
                limits: Limits::default(),
            },
            session: SessionId(Uuid::nil()),
            key: None,
            scopes: Scopes::all(),
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
