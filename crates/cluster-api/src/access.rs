//! Access: what is needed to use a cluster, and what was handed out.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// What `GET /v2/clusters/{id}/credentials` answers: all about the credentials but the secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Access {
    /// Where the Docker API answers, as `DOCKER_HOST` wants it.
    pub endpoint: String,
    /// The fingerprint of the cluster's certificate authority, `ca.pem` in every bundle.
    pub ca_fingerprint: Fingerprint,
    /// When that authority ends.
    pub ca_expires_at: Timestamp,
    /// How many days the certificate in a bundle is good for.
    pub certificate_days: u32,
    /// The bundle that was downloaded last.
    pub last_issued: Option<IssuedCertificate>,
}

/// A client certificate that was handed out in a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct IssuedCertificate {
    /// Its serial number, in hexadecimal.
    pub serial: String,
    /// The fingerprint of `cert.pem`.
    pub fingerprint: Fingerprint,
    /// When it was handed out.
    pub issued_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// What `GET /v2/clusters/{id}/credentials/ledger` answers: every certificate that was handed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Ledger {
    /// Newest first, at most 500.
    pub certificates: Vec<LedgerEntry>,
}

/// A client certificate, and to whom it was handed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LedgerEntry {
    /// What is known of the certificate itself.
    #[serde(flatten)]
    pub certificate: IssuedCertificate,
    /// The name of the account.
    pub username: String,
    /// The name of the API key that was used; None: a password.
    pub key: Option<String>,
    /// Where the request came from.
    pub address: Option<String>,
    /// When a rotation of the cluster's authority made it worthless; None: that has not happened.
    pub revoked_at: Option<Timestamp>,
}

/// The SHA-256 of a certificate's DER form, as pairs of lower-case hexadecimal digits with colons,
/// like `openssl x509 -fingerprint -sha256` in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub String);

impl Fingerprint {
    /// Shortened in the middle for reading: `9f:2c:…:b1`.
    #[must_use]
    pub fn short(&self) -> String {
        match (
            self.0.get(..5),
            self.0.len().checked_sub(2).and_then(|at| self.0.get(at..)),
        ) {
            (Some(start), Some(end)) => format!("{start}:…:{end}"),
            _ => self.0.clone(),
        }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
