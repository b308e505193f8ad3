//! Credentials of a cluster of Magnum's, made here: the key in memory, the certificate signed by Magnum.
//!
//! What `openstack coe cluster config` does (python-magnumclient, common/utils.py): a request for
//! `CN=admin, O=system:masters`, signed by the cluster's authority. With P-256 in place of RSA-2048, which
//! Magnum signs as well (seen on 23.0).

use std::io::{Cursor, Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::{ClusterName, Fingerprint, Timestamp};

/// How many days a certificate is good for that Magnum signs: five years (seen on 23.0).
pub(super) const CERTIFICATE_DAYS: u32 = 5 * 365 + 1;

/// A bundle could not be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum BundleError {
    /// The key or the request for a certificate.
    #[error("no request for a certificate could be made")]
    Request(#[from] rcgen::Error),
    /// What Magnum answered is no certificate.
    #[error("what was answered is no certificate")]
    Certificate,
    /// The address of the cluster has something in it that a shell would act upon.
    #[error("the address of the cluster is none")]
    Address,
    /// The file.
    #[error("the file could not be written")]
    File(#[from] ZipError),
    /// The same.
    #[error("the file could not be written")]
    Write(#[from] std::io::Error),
}

/// A key, and the request for its certificate.
pub(super) struct Request {
    /// PEM.
    pub(super) key: SecretString,
    /// PEM.
    pub(super) request: String,
}

impl Request {
    /// A new one.
    pub(super) fn new() -> Result<Self, BundleError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut wish = CertificateParams::default();
        wish.distinguished_name = rcgen::DistinguishedName::new();
        wish.distinguished_name.push(DnType::CommonName, "admin");
        wish.distinguished_name
            .push(DnType::OrganizationName, "system:masters");
        Ok(Self {
            request: wish.serialize_request(&key)?.pem()?,
            key: key.serialize_pem().into(),
        })
    }
}

/// What is known of a certificate.
pub(super) struct Known {
    pub(super) fingerprint: Fingerprint,
    pub(super) expires_at: Timestamp,
}

impl Known {
    /// Of a certificate as PEM.
    pub(super) fn of(pem: &str) -> Result<Self, BundleError> {
        let (_, pem) = x509_parser::pem::parse_x509_pem(pem.as_bytes())
            .map_err(|_| BundleError::Certificate)?;
        let certificate = pem.parse_x509().map_err(|_| BundleError::Certificate)?;
        let end = certificate.validity().not_after.timestamp();
        let digest = Sha256::digest(&pem.contents);
        let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self {
            fingerprint: Fingerprint(pairs.join(":")),
            expires_at: Timestamp::from_second(end).map_err(|_| BundleError::Certificate)?,
        })
    }
}

/// What goes into a bundle.
pub(super) struct Bundle<'b> {
    pub(super) name: &'b ClusterName,
    pub(super) endpoint: &'b str,
    pub(super) authority: &'b str,
    /// None: the cluster has no TLS, and so no users.
    pub(super) client: Option<(&'b str, &'b SecretString)>,
    pub(super) now: Timestamp,
}

/// A file of a bundle: its name, its permissions, what is in it.
pub(super) type File = (&'static str, u32, String);

impl Bundle<'_> {
    /// The bundle for `kubectl`: one file with all, and scripts that name it.
    pub(super) fn for_kubectl(&self) -> Result<Vec<u8>, BundleError> {
        self.check()?;
        let files = [
            (
                "README.md",
                0o644,
                self.fill(include_str!("bundle/README.md"))?,
            ),
            ("kubeconfig", 0o600, self.kubeconfig()),
            (
                "kubectl.env",
                0o644,
                self.fill(include_str!("bundle/kubectl.env"))?,
            ),
            (
                "kubectl.fish",
                0o644,
                self.fill(include_str!("bundle/kubectl.fish"))?,
            ),
            (
                "kubectl.ps1",
                0o644,
                self.fill(include_str!("bundle/kubectl.ps1"))?,
            ),
            (
                "kubectl.cmd",
                0o644,
                self.fill(include_str!("bundle/kubectl.cmd"))?
                    .replace('\n', "\r\n"),
            ),
        ];
        zip(self.name, &files)
    }

    /// The bundle for `docker`, of clouds before 18.0 that still have swarms.
    pub(super) fn for_docker(&self) -> Result<Vec<u8>, BundleError> {
        self.check()?;
        let mut files: Vec<File> = vec![(
            "README.md",
            0o644,
            self.fill(include_str!("bundle/docker.md"))?,
        )];
        if let Some((certificate, key)) = self.client {
            files.push(("ca.pem", 0o644, self.authority.to_owned()));
            files.push(("cert.pem", 0o644, certificate.to_owned()));
            files.push(("key.pem", 0o600, key.expose_secret().to_owned()));
        }
        let scripts = [
            ("docker.env", include_str!("bundle/docker.env")),
            ("docker.fish", include_str!("bundle/docker.fish")),
            ("docker.ps1", include_str!("bundle/docker.ps1")),
            ("docker.cmd", include_str!("bundle/docker.cmd")),
        ];
        for (name, script) in scripts {
            let mut script = self.fill(script)?;
            if self.client.is_none() {
                // Without TLS docker must not be told of certificates.
                let is_of_tls =
                    |line: &str| line.contains("CERT_PATH") || line.contains("TLS_VERIFY");
                script = script
                    .split_inclusive('\n')
                    .filter(|line| !is_of_tls(line))
                    .collect();
            }
            let is_for_windows = name.ends_with(".cmd");
            let script = if is_for_windows {
                script.replace('\n', "\r\n")
            } else {
                script
            };
            files.push((name, 0o644, script));
        }
        zip(self.name, &files)
    }

    /// Everything but letters, digits and a few signs is for a shell to act upon.
    fn check(&self) -> Result<(), BundleError> {
        let harmless = |c: char| c.is_ascii_alphanumeric() || ":/._-[]".contains(c);
        if self.endpoint.chars().all(harmless) {
            Ok(())
        } else {
            Err(BundleError::Address)
        }
    }

    fn kubeconfig(&self) -> String {
        let name = self.name.as_str();
        let endpoint = self.endpoint;
        let authority = match self.client {
            Some(_) => format!(
                "\n    certificate-authority-data: {}",
                STANDARD.encode(self.authority)
            ),
            None => String::new(),
        };
        let user = match self.client {
            Some((certificate, key)) => format!(
                "users:\n- name: admin\n  user:\n    client-certificate-data: {}\n    client-key-data: {}\n",
                STANDARD.encode(certificate),
                STANDARD.encode(key.expose_secret()),
            ),
            None => "users: []\n".to_owned(),
        };
        let as_user = if self.client.is_some() {
            "\n    user: admin"
        } else {
            ""
        };
        format!(
            "apiVersion: v1\nkind: Config\npreferences: {{}}\ncurrent-context: {name}\nclusters:\n- name: {name}\n  \
             cluster:\n    server: {endpoint}{authority}\ncontexts:\n- name: {name}\n  context:\n    \
             cluster: {name}{as_user}\n{user}"
        )
    }

    fn fill(&self, template: &str) -> Result<String, BundleError> {
        let known = match self.client {
            Some((certificate, _)) => Some(Known::of(certificate)?),
            None => None,
        };
        let (fingerprint, expires) = known.map_or_else(
            || {
                (
                    "none: the cluster has no TLS".to_owned(),
                    "the cluster ends".to_owned(),
                )
            },
            |known| (known.fingerprint.0, day(known.expires_at)),
        );
        Ok(template
            .replace("{{NAME}}", self.name.as_str())
            .replace("{{ENDPOINT}}", self.endpoint)
            .replace("{{FINGERPRINT}}", &fingerprint)
            .replace("{{MADE}}", &day(self.now))
            .replace("{{EXPIRES}}", &expires))
    }
}

/// A zip of a folder with files in it.
pub(super) fn zip(folder: &ClusterName, files: &[File]) -> Result<Vec<u8>, BundleError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let base = SimpleFileOptions::default();
    zip.add_directory(folder.as_str(), base.unix_permissions(0o700))?;
    for (file, permissions, content) in files {
        let options = base
            .compression_method(CompressionMethod::Deflated)
            .unix_permissions(*permissions);
        zip.start_file(format!("{folder}/{file}"), options)?;
        zip.write_all(content.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The day of a moment, in UTC: `2026-11-23`.
fn day(moment: Timestamp) -> String {
    moment.to_string().chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn signed() -> (String, SecretString) {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let certificate = CertificateParams::default().self_signed(&key).unwrap();
        (certificate.pem(), key.serialize_pem().into())
    }

    fn bundle(
        endpoint: &str,
        make: fn(&Bundle<'_>) -> Result<Vec<u8>, BundleError>,
    ) -> Result<Vec<u8>, BundleError> {
        let (certificate, key) = signed();
        make(&Bundle {
            name: &ClusterName::try_from("shop").unwrap(),
            endpoint,
            authority: "-----AUTHORITY-----",
            client: Some((&certificate, &key)),
            now: Timestamp::UNIX_EPOCH,
        })
    }

    fn files(bytes: Vec<u8>) -> Vec<(String, u32, String)> {
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        (0..zip.len())
            .map(|at| {
                let mut file = zip.by_index(at).unwrap();
                let mut content = String::new();
                file.read_to_string(&mut content).unwrap();
                (
                    file.name().unwrap().into_owned(),
                    file.unix_mode().unwrap() & 0o777,
                    content,
                )
            })
            .collect()
    }

    #[test]
    fn a_bundle_for_kubectl_has_all_in_one_file_for_its_owner_alone() {
        let files = files(bundle("https://192.0.2.10:6443", |it| it.for_kubectl()).unwrap());
        let names: Vec<_> = files
            .iter()
            .map(|(name, mode, _)| (name.as_str(), *mode))
            .collect();
        assert_eq!(
            names,
            [
                ("shop/", 0o700),
                ("shop/README.md", 0o644),
                ("shop/kubeconfig", 0o600),
                ("shop/kubectl.env", 0o644),
                ("shop/kubectl.fish", 0o644),
                ("shop/kubectl.ps1", 0o644),
                ("shop/kubectl.cmd", 0o644),
            ]
        );
        let config = &files[2].2;
        assert!(config.contains("server: https://192.0.2.10:6443\n"));
        assert!(config.contains(&STANDARD.encode("-----AUTHORITY-----")));
        assert!(config.contains("client-key-data: "));
        for (name, _, content) in &files {
            assert!(!content.contains("{{"), "{name}");
        }
    }

    #[test]
    fn a_bundle_for_docker_has_three_certificates() {
        let files = files(bundle("tcp://192.0.2.10:2376", |it| it.for_docker()).unwrap());
        let names: Vec<_> = files.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "shop/",
                "shop/README.md",
                "shop/ca.pem",
                "shop/cert.pem",
                "shop/key.pem",
                "shop/docker.env",
                "shop/docker.fish",
                "shop/docker.ps1",
                "shop/docker.cmd"
            ]
        );
    }

    #[test]
    fn a_bundle_without_tls_tells_docker_of_no_certificates() {
        let bundle = Bundle {
            name: &ClusterName::try_from("shop").unwrap(),
            endpoint: "tcp://192.0.2.10:2375",
            authority: "",
            client: None,
            now: Timestamp::UNIX_EPOCH,
        };
        let files = files(bundle.for_docker().unwrap());
        let scripts: Vec<_> = (files.iter())
            .filter(|(name, ..)| name.contains("docker."))
            .collect();
        assert_eq!(scripts.len(), 4);
        for (name, _, content) in scripts {
            assert!(content.contains("tcp://192.0.2.10:2375"), "{name}");
            assert!(!content.contains("TLS"), "{name}: {content}");
        }
        assert!(files.iter().all(|(name, ..)| !name.ends_with(".pem")));
    }

    #[test]
    fn an_address_that_a_shell_would_act_upon_is_refused() {
        for address in [
            "https://x; rm -rf /",
            "https://$(id)",
            "https://x\nserver: y",
        ] {
            assert!(
                matches!(
                    bundle(address, |it| it.for_kubectl()),
                    Err(BundleError::Address)
                ),
                "{address}"
            );
        }
    }

    #[test]
    fn a_request_is_for_an_administrator() {
        let request = Request::new().unwrap();
        let (_, pem) = x509_parser::pem::parse_x509_pem(request.request.as_bytes()).unwrap();
        use x509_parser::prelude::FromDer;
        let (_, csr) =
            x509_parser::certification_request::X509CertificationRequest::from_der(&pem.contents)
                .unwrap();
        let subject = csr.certification_request_info.subject.to_string();
        assert!(
            subject.contains("CN=admin") && subject.contains("O=system:masters"),
            "{subject}"
        );
    }
}
