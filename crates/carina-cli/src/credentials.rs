//! Credentials of clusters on this machine: a folder each, named after the cluster's id, so that a new
//! cluster of an old name never meets the old one's certificates.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use cluster_api::{Access, Cluster, ClusterId};
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use crate::{failure::Failure, files, session::Session, shell};

/// A sort of bundle.
#[derive(Debug, PartialEq, Eq)]
struct Kind {
    /// What it is for: its scripts are called so.
    program: &'static str,
    /// What it consists of. A shell reads the scripts, so that they come last: where the last of them is,
    /// all else is.
    files: &'static [&'static str],
    /// The file with the certificate.
    certificate: &'static str,
}

/// Bundles for `docker`.
const DOCKER: Kind = Kind {
    program: "docker",
    files: &[
        "README.md",
        "ca.pem",
        "cert.pem",
        "key.pem",
        "docker.cmd",
        "docker.ps1",
        "docker.fish",
        "docker.env",
    ],
    certificate: "cert.pem",
};

/// Bundles for `docker` of clouds that still have swarms: one script alone.
const OLD_DOCKER: Kind = Kind {
    files: &["README.md", "ca.pem", "cert.pem", "key.pem", "docker.env"],
    ..DOCKER
};

/// Bundles for clusters with Kubernetes.
const KUBECTL: Kind = Kind {
    program: shell::KUBECTL,
    files: &[
        "README.md",
        "kubeconfig",
        "kubectl.cmd",
        "kubectl.ps1",
        "kubectl.fish",
        "kubectl.env",
    ],
    certificate: "kubeconfig",
};

/// All sorts; of two that begin alike, the one with more files first.
const KINDS: [&Kind; 3] = [&DOCKER, &OLD_DOCKER, &KUBECTL];

/// All names that files of bundles have, each once.
fn all_files() -> impl Iterator<Item = &'static str> {
    let more = KUBECTL.files.iter().filter(|name| **name != READ_ME);
    DOCKER.files.iter().chain(more).copied()
}

/// The file of a bundle that other folders have, too: one that is somebody else's stays as it is.
const READ_ME: &str = "README.md";

/// What the one of a bundle begins with.
const ITS_HEAD: &str = "# Credentials for ";

/// The most that a file of a bundle may weigh.
const MOST_BYTES: u64 = 1 << 20;

/// A certificate that ends within that time is replaced.
const MARGIN: Duration = Duration::from_secs(24 * 3_600);

/// The credentials of one cluster.
pub(crate) struct Folder {
    /// Where they are.
    pub(crate) path: PathBuf,
    /// Whether it is below the home, where nothing else is.
    is_ours: bool,
}

impl Folder {
    /// Where they are: where somebody wants them, or else below the home.
    pub(crate) fn of(path: Option<&Path>, home: &Path, id: ClusterId) -> Result<Self, Failure> {
        let is_ours = path.is_none();
        let path = path.map_or_else(
            || home.join("clusters").join(id.to_string()),
            Path::to_owned,
        );
        // What is printed here is read elsewhere.
        match std::path::absolute(&path) {
            Ok(path) => Ok(Self { path, is_ours }),
            Err(error) => Err(Failure::file(path)(error)),
        }
    }

    /// Downloads a new bundle into it.
    pub(crate) async fn download(&self, session: &Session, id: ClusterId) -> Result<(), Failure> {
        // Before a certificate is made that goes nowhere.
        self.need_room()?;
        let zip = session
            .ask(async |plane, token| plane.credentials_zip(token, id).await)
            .await?;
        self.unpack(zip).map_err(|failure| match failure {
            Failure::Inside(text) => session.bad_answer(text),
            failure => failure,
        })
    }

    /// Downloads a new bundle if the one in it is not whole, not for this cluster as it is now, or about
    /// to end.
    pub(crate) async fn refresh(
        &self,
        session: &Session,
        cluster: &Cluster,
    ) -> Result<(), Failure> {
        let id = cluster.id;
        if self.kind().is_some() {
            let access = session
                .ask(async |plane, token| plane.access(token, id).await)
                .await?;
            if self.is_current(cluster, &access) {
                return Ok(());
            }
        }
        self.download(session, id).await
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path.join(file)).unwrap_or_default()
    }

    /// What is here, if it is whole.
    fn kind(&self) -> Option<&'static Kind> {
        let is_here = |kind: &&&Kind| kind.files.iter().all(|it| self.path.join(it).is_file());
        KINDS.iter().find(is_here).copied()
    }

    /// The program that what is here is for.
    pub(crate) fn program(&self) -> &'static str {
        self.kind().unwrap_or(&DOCKER).program
    }

    /// Whether a script says that.
    fn says(&self, line: &str) -> bool {
        let mut scripts = KINDS.iter().map(|kind| format!("{}.env", kind.program));
        scripts.any(|script| self.read(&script).lines().any(|it| it == line))
    }

    fn is_called(&self, cluster: &Cluster) -> bool {
        self.says(&format!("export CARINA_CLUSTER_NAME={}", cluster.name))
    }

    fn is_at(&self, access: &Access) -> bool {
        self.says(&format!("export DOCKER_HOST={}", access.endpoint))
            || self.of_config("server:").as_ref() == Some(&access.endpoint)
    }

    /// What the file for `kubectl` says after a word.
    fn of_config(&self, word: &str) -> Option<String> {
        let config = self.read(KUBECTL.certificate);
        let mut lines = config.lines().map(str::trim);
        lines.find_map(|line| Some(line.strip_prefix(word)?.trim().to_owned()))
    }

    fn is_signed_by(&self, access: &Access) -> bool {
        let in_config = self.of_config("certificate-authority-data:");
        let in_config = in_config.and_then(|data| BASE64_STANDARD.decode(data).ok());
        let in_config = in_config.and_then(|pem| String::from_utf8(pem).ok());
        [Some(self.read("ca.pem")), in_config]
            .into_iter()
            .flatten()
            .any(|pem| fingerprint(&pem).as_ref() == Some(&access.ca_fingerprint.0))
    }

    fn is_current(&self, cluster: &Cluster, access: &Access) -> bool {
        let Some(kind) = self.kind() else {
            return false;
        };
        let lasts = Duration::from_secs(u64::from(access.certificate_days) * 24 * 3_600);
        let age = fs::metadata(self.path.join(kind.certificate))
            .and_then(|file| file.modified())
            .map(|made| made.elapsed().unwrap_or_default());
        self.is_at(access)
            && self.is_called(cluster)
            && self.is_signed_by(access)
            && age.is_ok_and(|age| age + MARGIN < lasts)
    }

    /// Whether the files of that name here are of a bundle, of whatever cluster.
    fn is_bundle(&self) -> bool {
        let is_script = |name: &&str| {
            let mut programs = KINDS.iter().map(|kind| kind.program);
            programs.any(|program| name.starts_with(&format!("{program}.")))
        };
        let mut scripts = all_files().filter(is_script).map(|name| self.read(name));
        scripts.any(|script| script.contains("CARINA_CLUSTER_NAME"))
    }

    /// Whether a file here is one that must not be touched.
    fn is_foreign(&self, name: &str) -> bool {
        name == READ_ME
            && !self.is_ours
            && fs::symlink_metadata(self.path.join(name)).is_ok()
            && !self.read(name).starts_with(ITS_HEAD)
    }

    /// Somebody else's keys are not overwritten.
    fn need_room(&self) -> Result<(), Failure> {
        let mut others = all_files().filter(|name| *name != READ_ME);
        let is_taken = others.any(|name| fs::symlink_metadata(self.path.join(name)).is_ok());
        if self.is_ours || !is_taken || self.is_bundle() {
            return Ok(());
        }
        Err(Failure::InTheWay(self.path.clone()))
    }

    fn unpack(&self, zip: Vec<u8>) -> Result<(), Failure> {
        let bundle = read_bundle(zip)?;
        self.need_room()?;
        files::make_folder(&self.path)?;
        // A bundle that is half there is seen as such.
        for kind in KINDS {
            remove(&self.path.join(format!("{}.env", kind.program)))?;
        }
        for (name, content) in bundle {
            if !self.is_foreign(name) {
                files::write(&self.path.join(name), &content)?;
            }
        }
        Ok(())
    }

    /// Whether what is in it was handed out for this cluster, also before it was renamed or rotated.
    pub(crate) fn is_of(&self, cluster: &Cluster, access: &Access) -> bool {
        self.is_signed_by(access) || self.is_called(cluster) && self.is_at(access)
    }

    /// Whether there are any.
    pub(crate) fn has_any(&self) -> bool {
        KINDS
            .iter()
            .any(|kind| self.path.join(kind.certificate).is_file())
    }

    /// Removes what `download` wrote, and the folder if nothing else is in it.
    pub(crate) fn remove(&self) -> Result<(), Failure> {
        if !self.has_any() {
            return Ok(());
        }
        for name in all_files() {
            if !self.is_foreign(name) {
                remove(&self.path.join(name))?;
            }
        }
        // Somebody else's files stay, and so does the folder.
        let _ = fs::remove_dir(&self.path);
        Ok(())
    }
}

fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::file(path)(error)),
        _ => Ok(()),
    }
}

/// The files of a bundle, by their bare names: whatever folders the zip names, they go into ours.
fn read_bundle(zip: Vec<u8>) -> Result<Vec<(&'static str, Vec<u8>)>, Failure> {
    let broken = |why: &dyn std::fmt::Display| {
        Failure::Inside(format!(
            "The control plane sent a bundle that cannot be used: {why}."
        ))
    };
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(|error| broken(&error))?;
    let mut found = BTreeMap::new();
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|error| broken(&error))?;
        let path = file.name().map_err(|error| broken(&error))?;
        let bare = path.rsplit('/').next();
        let Some(name) = all_files().find(|known| Some(*known) == bare) else {
            continue;
        };
        let mut content = Vec::new();
        let mut file = file.take(MOST_BYTES);
        file.read_to_end(&mut content)
            .map_err(|error| broken(&error))?;
        found.insert(name, content);
    }
    let is_in = |kind: &&&Kind| kind.files.iter().all(|name| found.contains_key(name));
    let kind = KINDS.iter().find(is_in);
    let kind = kind.ok_or_else(|| broken(&"files are missing in it"))?;
    let files = kind.files.iter();
    Ok(files.filter_map(|name| found.remove_entry(name)).collect())
}

/// The SHA-256 of a certificate, as the API writes it.
fn fingerprint(pem: &str) -> Option<String> {
    let body: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let der = BASE64_STANDARD.decode(body).ok()?;
    let pairs = Sha256::digest(der)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>();
    Some(pairs.join(":"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn bundle(folder: &str, names: &[&str]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            let name = format!("{folder}{name}");
            zip.start_file(&name, SimpleFileOptions::default()).unwrap();
            let content = match name.ends_with(READ_ME) {
                true => ITS_HEAD,
                false => "x",
            };
            zip.write_all(content.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn at(path: PathBuf) -> Folder {
        Folder {
            path,
            is_ours: false,
        }
    }

    #[test]
    fn what_is_not_of_a_bundle_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let here = at(folder.path().to_owned());
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        fs::write(folder.path().join("README.md"), "mine").unwrap();
        here.unpack(bundle("shop/", DOCKER.files)).unwrap();
        assert_eq!(
            (read("README.md"), read("key.pem")),
            ("mine".into(), "x".into())
        );
        // Nothing says that these are of a cluster.
        assert!(matches!(
            here.unpack(bundle("shop/", DOCKER.files)),
            Err(Failure::InTheWay(_))
        ));
        fs::write(
            folder.path().join("docker.fish"),
            "set -x CARINA_CLUSTER_NAME shop",
        )
        .unwrap();
        here.unpack(bundle("shop/", DOCKER.files)).unwrap();
        here.remove().unwrap();
        assert_eq!(read("README.md"), "mine");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_bundle_is_unpacked_where_it_is_wanted_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let ours = at(folder.path().join("in/here"));
        ours.unpack(bundle("../../shop/", DOCKER.files)).unwrap();
        fs::write(ours.path.join("mine"), "").unwrap();
        assert_eq!(fs::read_dir(&ours.path).unwrap().count(), 9);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        for name in DOCKER.files {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(ours.path.join(name))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        ours.remove().unwrap();
        assert_eq!(fs::read_dir(&ours.path).unwrap().count(), 1);
    }

    #[test]
    fn a_bundle_for_kubectl_is_told_apart_and_goes_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let ours = Folder {
            path: folder.path().join("here"),
            is_ours: true,
        };
        ours.unpack(bundle("shop/", KUBECTL.files)).unwrap();
        assert!(ours.has_any());
        assert_eq!(ours.program(), "kubectl");
        let authority = "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n";
        let config = format!(
            "    server: https://h:6443\n    certificate-authority-data: {}\n",
            BASE64_STANDARD.encode(authority)
        );
        fs::write(ours.path.join("kubeconfig"), config).unwrap();
        let access = |endpoint: &str| Access {
            endpoint: endpoint.to_owned(),
            ca_fingerprint: cluster_api::Fingerprint(fingerprint(authority).unwrap()),
            ca_expires_at: cluster_api::Timestamp::UNIX_EPOCH,
            certificate_days: 10,
            last_issued: None,
        };
        let other = Access {
            ca_fingerprint: cluster_api::Fingerprint("00".to_owned()),
            ..access("https://h:6443")
        };
        assert!(ours.is_at(&access("https://h:6443")));
        assert!(!ours.is_at(&access("https://h:644")));
        assert!(ours.is_signed_by(&access("")));
        assert!(!ours.is_signed_by(&other));
        ours.unpack(bundle("shop/", OLD_DOCKER.files)).unwrap();
        assert_eq!(ours.program(), "docker");
        ours.remove().unwrap();
        assert!(!ours.path.exists());
    }

    #[test]
    fn a_bundle_with_files_missing_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let ours = at(folder.path().join("here"));
        assert!(ours.unpack(bundle("shop/", &DOCKER.files[..3])).is_err());
        assert!(ours.unpack(b"no zip".to_vec()).is_err());
        assert!(!ours.path.exists());
    }
}
