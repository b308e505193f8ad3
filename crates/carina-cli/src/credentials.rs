//! Credentials of clusters on this machine: a folder each, named after the cluster's id, so that a new
//! cluster of an old name never meets the old one's certificates.

use std::{
    fs,
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use cluster_api::{Access, Cluster, ClusterId, client::ControlPlane};
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use crate::{failure::Failure, files, session::Session};

/// What a bundle consists of. A shell reads the scripts, so that they come last: where the first of
/// them is, all else is.
const FILES: [&str; 8] = [
    "README.md",
    "ca.pem",
    "cert.pem",
    "key.pem",
    "docker.cmd",
    "docker.ps1",
    "docker.fish",
    "docker.env",
];

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
        if self.path.join("docker.env").is_file() {
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

    /// Whether its script says that.
    fn says(&self, line: &str) -> bool {
        self.read("docker.env").lines().any(|it| it == line)
    }

    fn is_called(&self, cluster: &Cluster) -> bool {
        self.says(&format!("export CARINA_CLUSTER_NAME={}", cluster.name))
    }

    fn is_at(&self, access: &Access) -> bool {
        self.says(&format!("export DOCKER_HOST={}", access.endpoint))
    }

    fn is_signed_by(&self, access: &Access) -> bool {
        fingerprint(&self.read("ca.pem")).as_ref() == Some(&access.ca_fingerprint.0)
    }

    fn is_current(&self, cluster: &Cluster, access: &Access) -> bool {
        let lasts = Duration::from_secs(u64::from(access.certificate_days) * 24 * 3_600);
        let age = fs::metadata(self.path.join("cert.pem"))
            .and_then(|file| file.modified())
            .map(|made| made.elapsed().unwrap_or_default());
        self.is_at(access)
            && self.is_called(cluster)
            && self.is_signed_by(access)
            && age.is_ok_and(|age| age + MARGIN < lasts)
            && FILES.iter().all(|file| self.path.join(file).is_file())
    }

    /// Whether the files of that name here are of a bundle, of whatever cluster.
    fn is_bundle(&self) -> bool {
        let scripts = FILES.iter().filter(|name| name.starts_with("docker."));
        let mut scripts = scripts.map(|name| self.read(name));
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
        let mut others = FILES.iter().filter(|name| **name != READ_ME);
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
        remove(&self.path.join("docker.env"))?;
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
        self.path.join("ca.pem").is_file()
    }

    /// Removes what `download` wrote, and the folder if nothing else is in it.
    pub(crate) fn remove(&self) -> Result<(), Failure> {
        if !self.has_any() {
            return Ok(());
        }
        for name in FILES {
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
    let mut found = Vec::new();
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|error| broken(&error))?;
        let path = file.name().map_err(|error| broken(&error))?;
        let name = path.rsplit('/').next();
        let Some(place) = FILES.iter().position(|known| Some(*known) == name) else {
            continue;
        };
        let mut content = Vec::new();
        let mut file = file.take(MOST_BYTES);
        file.read_to_end(&mut content)
            .map_err(|error| broken(&error))?;
        found.push((place, content));
    }
    found.sort();
    found.dedup_by_key(|(place, _)| *place);
    match found.len() {
        8 => Ok(found
            .into_iter()
            .map(|(place, content)| (FILES[place], content))
            .collect()),
        _ => Err(broken(&"files are missing in it")),
    }
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
        here.unpack(bundle("shop/", &FILES)).unwrap();
        assert_eq!(
            (read("README.md"), read("key.pem")),
            ("mine".into(), "x".into())
        );
        // Nothing says that these are of a cluster.
        assert!(matches!(
            here.unpack(bundle("shop/", &FILES)),
            Err(Failure::InTheWay(_))
        ));
        fs::write(
            folder.path().join("docker.fish"),
            "set -x CARINA_CLUSTER_NAME shop",
        )
        .unwrap();
        here.unpack(bundle("shop/", &FILES)).unwrap();
        here.remove().unwrap();
        assert_eq!(read("README.md"), "mine");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_bundle_is_unpacked_where_it_is_wanted_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let ours = at(folder.path().join("in/here"));
        ours.unpack(bundle("../../shop/", &FILES)).unwrap();
        fs::write(ours.path.join("mine"), "").unwrap();
        assert_eq!(fs::read_dir(&ours.path).unwrap().count(), 9);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        for name in FILES {
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
    fn a_bundle_with_files_missing_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let ours = at(folder.path().join("here"));
        assert!(ours.unpack(bundle("shop/", &FILES[..7])).is_err());
        assert!(ours.unpack(b"no zip".to_vec()).is_err());
        assert!(!ours.path.exists());
    }
}
