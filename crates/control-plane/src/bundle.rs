//! The credentials bundle: a zip that turns a shell into a client of one cluster.
//!
//! One folder named after the cluster holds the certificates, a script for every common shell and a
//! README (the layout of the original's second generation). Keys are 0600. The scripts are templates
//! in `bundle/`, with `{{NAME}}` and the like in them.

use std::io::{Cursor, Write};

use cluster_api::{ClusterName, Fingerprint, Timestamp};
use secrecy::ExposeSecret;
use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::certificates::Identity;

/// What goes into a bundle.
pub struct Bundle<'a> {
    /// The cluster's name: the folder, and `CARINA_CLUSTER_NAME`.
    pub name: &'a ClusterName,
    /// Where its Docker API answers, as `DOCKER_HOST` wants it.
    pub endpoint: &'a str,
    /// The version of its Docker Engine, for version managers of the client (`dvm use`).
    pub engine_version: &'a str,
    /// The cluster's authority, as PEM.
    pub ca_pem: &'a str,
    /// The certificate and key made for this download.
    pub client: &'a Identity,
    /// The fingerprint of that certificate.
    pub fingerprint: &'a Fingerprint,
    /// When it was made.
    pub now: Timestamp,
}

impl Bundle<'_> {
    /// The bytes of the zip.
    ///
    /// # Errors
    /// None in practice: it is written to memory.
    pub fn to_zip(&self) -> Result<Vec<u8>, ZipError> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let base = SimpleFileOptions::default().last_modified_time(self.modified());
        let folder = base.unix_permissions(0o700);
        zip.add_directory(self.name.as_str(), folder)?;
        let files: [(&str, u32, &str, bool); 8] = [
            ("README.md", 0o644, include_str!("bundle/README.md"), true),
            ("ca.pem", 0o644, self.ca_pem, false),
            ("cert.pem", 0o644, &self.client.certificate_pem, false),
            ("key.pem", 0o600, self.client.key_pem.expose_secret(), false),
            ("docker.env", 0o644, include_str!("bundle/docker.env"), true),
            (
                "docker.fish",
                0o644,
                include_str!("bundle/docker.fish"),
                true,
            ),
            ("docker.ps1", 0o644, include_str!("bundle/docker.ps1"), true),
            ("docker.cmd", 0o644, include_str!("bundle/docker.cmd"), true),
        ];
        for (file, permissions, content, is_template) in files {
            let options = base
                .compression_method(CompressionMethod::Deflated)
                .unix_permissions(permissions);
            zip.start_file(format!("{}/{file}", self.name), options)?;
            if is_template {
                let filled = self.fill(content);
                // cmd.exe misreads labels and long lines of files with bare line feeds.
                let filled = if file.ends_with(".cmd") {
                    filled.replace('\n', "\r\n")
                } else {
                    filled
                };
                zip.write_all(filled.as_bytes())?;
            } else {
                zip.write_all(content.as_bytes())?;
            }
        }
        Ok(zip.finish()?.into_inner())
    }

    /// The moment it was made, as zips keep it: in UTC, and from 1980 on.
    fn modified(&self) -> zip::DateTime {
        let made = jiff::tz::Offset::UTC.to_datetime(self.now);
        let part = |number: i8| u8::try_from(number).unwrap_or_default();
        let time = [part(made.hour()), part(made.minute()), part(made.second())];
        zip::DateTime::from_date_and_time(
            u16::try_from(made.year()).unwrap_or_default(),
            part(made.month()),
            part(made.day()),
            time[0],
            time[1],
            time[2],
        )
        .unwrap_or_default()
    }

    /// Every value is of letters, digits and a few signs that no shell acts on: names and hosts are
    /// checked types, versions are reduced here.
    fn fill(&self, template: &str) -> String {
        let version: String = self
            .engine_version
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'))
            .collect();
        template
            .replace("{{NAME}}", self.name.as_str())
            .replace("{{ENDPOINT}}", self.endpoint)
            .replace("{{VERSION}}", &version)
            .replace("{{FINGERPRINT}}", &self.fingerprint.0)
            .replace("{{MADE}}", &day(self.now))
            .replace("{{EXPIRES}}", &day(self.client.expires_at))
    }
}

/// The day of a moment, in UTC: `2026-11-23`.
fn day(moment: Timestamp) -> String {
    moment.to_string().chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt, process::Command};

    use super::*;
    use crate::certificates::{Authority, fingerprint};

    fn unpacked() -> tempfile::TempDir {
        let now = Timestamp::now();
        let name = ClusterName::try_from("shop").unwrap();
        let authority = Authority::generate("shop", now).unwrap();
        let client = authority.issue_client("bob", 90, now).unwrap();
        let bundle = Bundle {
            name: &name,
            endpoint: "tcp://127.0.0.1:23760",
            engine_version: "20.10.24+dfsg1",
            ca_pem: &authority.certificate_pem,
            fingerprint: &fingerprint(&client.certificate_pem).unwrap(),
            client: &client,
            now,
        };
        let folder = tempfile::tempdir().unwrap();
        let bytes = bundle.to_zip().unwrap();
        zip::ZipArchive::new(Cursor::new(bytes))
            .unwrap()
            .extract(folder.path())
            .unwrap();
        folder
    }

    #[test]
    fn one_folder_holds_the_eight_files_and_the_key_is_private() {
        let folder = unpacked();
        let top: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(top.len(), 1);
        let inner = folder.path().join("shop");
        let mut names: Vec<_> = fs::read_dir(&inner)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "README.md",
                "ca.pem",
                "cert.pem",
                "docker.cmd",
                "docker.env",
                "docker.fish",
                "docker.ps1",
                "key.pem"
            ]
        );
        let mode = fs::metadata(inner.join("key.pem"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        for name in names {
            let text = fs::read_to_string(inner.join(&name)).unwrap();
            assert!(!text.contains("{{"), "{name} has an unfilled place");
        }
    }

    /// Sourced from another folder, in every shell of the `sh` family that this machine has. `bash`
    /// and `sh` are everywhere; the others are tried where they are.
    #[test]
    fn docker_env_finds_its_folder_in_every_shell() {
        let folder = unpacked();
        let inner = folder.path().join("shop");
        let script = inner.join("docker.env");
        let mut tried = 0;
        for shell in ["bash", "sh", "dash", "zsh", "busybox"] {
            for line in [". \"$1\"", "( . \"$1\"; print ) && . \"$1\""] {
                let print = "print() { printf '%s %s %s %s\\n' \"$DOCKER_CERT_PATH\" \
                             \"$DOCKER_HOST\" \"$DOCKER_TLS_VERIFY\" \"$CARINA_CLUSTER_NAME\"; }";
                let code = format!("set -eu; {print}; {line}; print");
                let mut command = Command::new(shell);
                if shell == "busybox" {
                    command.arg("sh");
                }
                command
                    .args(["-c", &code, "x"])
                    .arg(&script)
                    .current_dir("/");
                let Ok(output) = command.output() else {
                    continue;
                };
                tried += 1;
                let wanted = format!("{} tcp://127.0.0.1:23760 1 shop", inner.display());
                let out = String::from_utf8_lossy(&output.stdout).into_owned();
                let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(!out.is_empty(), "{shell} {line}: {complaint}");
                for printed in out.lines() {
                    assert_eq!(printed, wanted, "{shell} {line}: {complaint}");
                }
            }
        }
        assert!(tried >= 4, "neither bash nor sh ran");
    }
}
