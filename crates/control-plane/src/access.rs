//! How the control plane itself gets into clusters again and again: with client certificates of their
//! own authorities, made when they are needed and never kept on a disk.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cluster_api::{ClusterId, Timestamp};

use crate::{
    clock::SharedClock,
    provisioner::ClusterAccess,
    reconciler::keys::{self, KeyError},
    store::ClusterRecord,
    vault::Vault,
};

/// How long one is used before another one is made: well before it ends.
const RENEW_AFTER: jiff::SignedDuration = jiff::SignedDuration::from_hours(12);

/// How many clusters' certificates are kept in memory; each is about two kilobytes.
const KEPT: usize = 4096;

/// Keeps what opens clusters for as long as it is good, for those who look inside often.
pub struct Keyring {
    vault: Arc<Vault>,
    clock: SharedClock,
    kept: Mutex<HashMap<ClusterId, Kept>>,
}

struct Kept {
    access: Arc<ClusterAccess>,
    /// When the authority was made that signed it: another one was made at another moment.
    ca_made_at: Timestamp,
    made_at: Timestamp,
}

impl Keyring {
    /// An empty one.
    #[must_use]
    pub fn new(vault: Arc<Vault>, clock: SharedClock) -> Self {
        Self {
            vault,
            clock,
            kept: Mutex::default(),
        }
    }

    /// What opens the nodes of that cluster. It is made anew when it gets old, and at once when the
    /// cluster has another authority.
    ///
    /// # Errors
    /// The authority's key does not open or signs nothing.
    pub(crate) fn access(&self, record: &ClusterRecord) -> Result<Arc<ClusterAccess>, KeyError> {
        let id = record.cluster.id;
        if let Some(access) = self.known(id, record.ca_made_at) {
            return Ok(access);
        }
        let now = self.clock.now();
        let authority = keys::authority(&self.vault, record)?;
        let access = Arc::new(keys::access(record, &authority, now)?);
        let mut all = self.lock();
        if all.len() >= KEPT && !all.contains_key(&id) {
            let oldest = all.iter().min_by_key(|(_, kept)| kept.made_at);
            let oldest = oldest.map(|(id, _)| *id);
            oldest.and_then(|id| all.remove(&id));
        }
        let kept = Kept {
            access: Arc::clone(&access),
            ca_made_at: record.ca_made_at,
            made_at: now,
        };
        all.insert(id, kept);
        Ok(access)
    }

    /// The same, if it is there and good. A clock that went back makes it useless too: it would not have
    /// begun yet.
    pub(crate) fn known(
        &self,
        cluster: ClusterId,
        ca_made_at: Timestamp,
    ) -> Option<Arc<ClusterAccess>> {
        let now = self.clock.now();
        let kept = self.lock();
        let kept = kept.get(&cluster)?;
        let age = now.duration_since(kept.made_at);
        let is_good = kept.ca_made_at == ca_made_at && !age.is_negative() && age < RENEW_AFTER;
        is_good.then(|| Arc::clone(&kept.access))
    }

    /// Forgets all clusters but these.
    pub fn keep_only(&self, clusters: &HashSet<ClusterId>) {
        self.lock().retain(|id, _| clusters.contains(id));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ClusterId, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{certificates::Authority, clock::Clock, testing::ControlPlane};

    #[tokio::test]
    async fn a_certificate_is_made_again_when_it_gets_old_or_the_authority_changes() {
        let plane = ControlPlane::idle().await;
        let id = plane.client("owner").await.create("shop", 1).await;
        let mut record = plane.store.cluster(id).await.unwrap().unwrap();
        let keyring = &plane.keyring;
        let first = keyring.access(&record).unwrap();
        assert!(Arc::ptr_eq(&first, &keyring.access(&record).unwrap()));
        plane.clock.advance(jiff::SignedDuration::from_hours(12));
        let second = keyring.access(&record).unwrap();
        assert_ne!(first.client_pem, second.client_pem);

        let other = Authority::generate("shop", plane.clock.now()).unwrap();
        let purpose = ClusterRecord::ca_purpose(id);
        let key = secrecy::ExposeSecret::expose_secret(other.key_pem()).to_owned();
        record.ca_key = plane.vault.seal(&purpose, &key).unwrap();
        record.ca_pem = other.certificate_pem;
        record.ca_made_at = plane.clock.now();
        let third = keyring.access(&record).unwrap();
        assert_eq!(third.ca_pem, record.ca_pem);
        assert_ne!(second.client_pem, third.client_pem);

        plane.clock.advance(jiff::SignedDuration::from_hours(-1));
        let fourth = keyring.access(&record).unwrap();
        assert_ne!(third.client_pem, fourth.client_pem, "it has not begun yet");

        keyring.keep_only(&HashSet::new());
        assert!(!Arc::ptr_eq(&fourth, &keyring.access(&record).unwrap()));
    }
}
