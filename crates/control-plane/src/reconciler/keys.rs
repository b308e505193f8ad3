//! What opens the nodes of a cluster: its authority, and certificates of our own that it signs.

use cluster_api::Timestamp;

use crate::{
    certificates::{Authority, CertificateError},
    provisioner::ClusterAccess,
    store::ClusterRecord,
    vault::{Vault, VaultError},
};

/// The control plane's own client certificates last a day: whoever keeps one makes another in time.
const OWN_CERTIFICATE_DAYS: u32 = 1;

/// The keys of a cluster cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    /// They do not open.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// They sign nothing.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

/// The authority of a cluster.
pub(crate) fn authority(vault: &Vault, record: &ClusterRecord) -> Result<Authority, KeyError> {
    let purpose = ClusterRecord::ca_purpose(record.cluster.id);
    let key = vault.open_sealed(&purpose, &record.ca_key)?;
    Ok(Authority::from_parts(record.ca_pem.clone(), key))
}

/// What opens its nodes.
pub(crate) fn access(
    record: &ClusterRecord,
    authority: &Authority,
    now: Timestamp,
) -> Result<ClusterAccess, KeyError> {
    let own = authority.issue_client("carina", OWN_CERTIFICATE_DAYS, now)?;
    Ok(ClusterAccess {
        id: record.cluster.id,
        name: record.made_as.clone(),
        ca_pem: authority.certificate_pem.clone(),
        client_pem: own.certificate_pem,
        client_key: own.key_pem,
    })
}

/// What opens those of its nodes that still answer to the authority before this one.
pub(crate) fn old_access(
    vault: &Vault,
    record: &ClusterRecord,
    now: Timestamp,
) -> Result<Option<ClusterAccess>, KeyError> {
    let Some((pem, sealed)) = &record.old_ca else {
        return Ok(None);
    };
    let key = vault.open_sealed(&ClusterRecord::ca_purpose(record.cluster.id), sealed)?;
    access(record, &Authority::from_parts(pem.clone(), key), now).map(Some)
}
