//! Certificates: one authority a cluster, with P-256 keys.
//!
//! The authority signs a server certificate for each node and a client certificate for each
//! download. Its key is the only one that is kept (sealed); the others leave with what they are for.

use std::net::IpAddr;

use cluster_api::{Fingerprint, Timestamp};
use rand::RngCore;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    SanType, SerialNumber,
};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// How long an authority and the nodes' own certificates last: longer than a cluster should live.
const AUTHORITY_DAYS: i64 = 3650;

/// How many days the client certificate of a bundle is good for.
pub const CLIENT_DAYS: u32 = 90;

/// Certificates begin a little in the past, for clients whose clocks are behind.
const BACKDATE_MINUTES: i64 = 10;

/// A cluster's certificate authority.
pub struct Authority {
    /// The certificate that everybody trusts, as PEM.
    pub certificate_pem: String,
    key_pem: SecretString,
}

/// A certificate with its key.
pub struct Identity {
    /// The certificate, as PEM.
    pub certificate_pem: String,
    /// Its key, as PKCS#8 PEM.
    pub key_pem: SecretString,
    /// Its serial number, in hexadecimal.
    pub serial: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// A certificate could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// Making it failed.
    #[error("the certificate could not be made")]
    Make(#[from] rcgen::Error),
    /// The text is not a certificate.
    #[error("the certificate could not be read")]
    Read(#[from] rustls::pki_types::pem::Error),
}

impl Authority {
    /// Makes a new authority for the cluster of that name.
    ///
    /// # Errors
    /// Key generation or signing failed.
    pub fn generate(cluster: &str, now: Timestamp) -> Result<Self, CertificateError> {
        let mut params = params(&format!("Carina CA of {cluster}"), now, AUTHORITY_DAYS);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let key_pem = key.serialize_pem().into();
        let issuer = CertifiedIssuer::self_signed(params, key)?;
        Ok(Self {
            certificate_pem: issuer.pem(),
            key_pem,
        })
    }

    /// Brings an authority back from what was kept.
    #[must_use]
    pub fn from_parts(certificate_pem: String, key_pem: SecretString) -> Self {
        Self {
            certificate_pem,
            key_pem,
        }
    }

    /// Its key, to be sealed and kept.
    #[must_use]
    pub fn key_pem(&self) -> &SecretString {
        &self.key_pem
    }

    /// A certificate for the Docker API of a node that is reached under those names and addresses.
    ///
    /// # Errors
    /// Key generation or signing failed, or a name cannot stand in a certificate.
    pub fn issue_server(
        &self,
        common_name: &str,
        names: &[String],
        now: Timestamp,
    ) -> Result<Identity, CertificateError> {
        let mut params = params(common_name, now, AUTHORITY_DAYS);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        for name in names {
            params.subject_alt_names.push(match name.parse::<IpAddr>() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => SanType::DnsName(name.as_str().try_into()?),
            });
        }
        self.issue(params, now, AUTHORITY_DAYS)
    }

    /// A certificate for somebody who uses the cluster, good for `days`.
    ///
    /// # Errors
    /// Key generation or signing failed.
    pub fn issue_client(
        &self,
        common_name: &str,
        days: u32,
        now: Timestamp,
    ) -> Result<Identity, CertificateError> {
        let mut params = params(common_name, now, days.into());
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.issue(params, now, days.into())
    }

    fn issue(
        &self,
        mut params: CertificateParams,
        now: Timestamp,
        days: i64,
    ) -> Result<Identity, CertificateError> {
        let issuer_key = KeyPair::from_pem(self.key_pem.expose_secret())?;
        let issuer = Issuer::from_ca_cert_pem(&self.certificate_pem, issuer_key)?;
        // 127 random bits: positive, and never twice (RFC 5280, 4.1.2.2).
        let mut serial = [0; 16];
        rand::rng().fill_bytes(&mut serial);
        serial[0] &= 0x7f;
        params.serial_number = Some(SerialNumber::from_slice(&serial));
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let certificate = params.signed_by(&key, &issuer)?;
        Ok(Identity {
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem().into(),
            serial: hex::encode(serial),
            expires_at: after_days(now, days),
        })
    }
}

/// The fingerprint of the first certificate in a PEM text.
///
/// # Errors
/// There is none in it.
pub fn fingerprint(certificate_pem: &str) -> Result<Fingerprint, CertificateError> {
    let der = CertificateDer::from_pem_slice(certificate_pem.as_bytes())?;
    let pairs: Vec<String> = Sha256::digest(&der)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(Fingerprint(pairs.join(":")))
}

/// When an authority that was made at `made_at` ends.
#[must_use]
pub fn authority_end(made_at: Timestamp) -> Timestamp {
    after_days(made_at, AUTHORITY_DAYS)
}

fn params(common_name: &str, now: Timestamp, days: i64) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    // X.520 bounds a common name at 64 characters.
    let common_name: String = common_name.chars().take(64).collect();
    name.push(DnType::CommonName, common_name);
    params.distinguished_name = name;
    params.not_before = (now - jiff::SignedDuration::from_mins(BACKDATE_MINUTES)).into_offset();
    params.not_after = after_days(now, days).into_offset();
    params
}

fn after_days(now: Timestamp, days: i64) -> Timestamp {
    now + jiff::SignedDuration::from_hours(24 * days)
}

/// rcgen counts in the `time` crate's type.
trait IntoOffset {
    fn into_offset(self) -> time::OffsetDateTime;
}

impl IntoOffset for Timestamp {
    fn into_offset(self) -> time::OffsetDateTime {
        time::OffsetDateTime::from_unix_timestamp(self.as_second())
            .unwrap_or(time::OffsetDateTime::UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::now()
    }

    #[test]
    fn an_authority_signs_again_after_it_was_kept() {
        let made = Authority::generate("shop", now()).unwrap();
        let kept = Authority::from_parts(made.certificate_pem.clone(), made.key_pem().clone());
        let names = ["127.0.0.1".to_owned(), "docker.example.com".to_owned()];
        let server = kept.issue_server("node-1", &names, now()).unwrap();
        let client = kept.issue_client("bob", CLIENT_DAYS, now()).unwrap();
        assert_ne!(server.serial, client.serial);
        assert_eq!(client.serial.len(), 32);
        let print = fingerprint(&client.certificate_pem).unwrap();
        assert_eq!(print.0.len(), 95);
        assert_ne!(print, fingerprint(&made.certificate_pem).unwrap());
    }

    #[test]
    fn a_name_of_63_characters_does_not_break_its_certificates() {
        assert!(Authority::generate(&"x".repeat(63), now()).is_ok());
    }

    #[test]
    fn text_that_is_no_certificate_has_no_fingerprint() {
        assert!(fingerprint("hello").is_err());
    }
}
