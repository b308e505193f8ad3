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

/// The most that a file of a bundle may weigh.
const MOST_BYTES: u64 = 1 << 20;

/// A certificate that ends within that time is replaced.
const MARGIN: Duration = Duration::from_secs(24 * 3_600);

/// The credentials of one cluster.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    /// Where they are: where somebody wants them, or else below the home.
    pub(crate) fn of(path: Option<&Path>, home: &Path, id: ClusterId) -> Result<Self, Failure> {
        let path = path.map_or_else(
            || home.join("clusters").join(id.to_string()),
            Path::to_owned,
        );
        // What is printed here is read elsewhere.
        std::path::absolute(&path)
            .map(Self)
            .map_err(Failure::file(path))
    }

    /// Downloads a new bundle into it.
    pub(crate) async fn download(&self, session: &Session, id: ClusterId) -> Result<(), Failure> {
        let zip = session
            .ask(async |plane, token| plane.credentials_zip(token, id).await)
            .await?;
        self.unpack(zip)
    }

    /// Downloads a new bundle if the one in it is not whole, not for this cluster as it is now, or about
    /// to end.
    pub(crate) async fn refresh(
        &self,
        session: &Session,
        cluster: &Cluster,
    ) -> Result<(), Failure> {
        let id = cluster.id;
        if self.0.join("docker.env").is_file() {
            let access = session
                .ask(async |plane, token| plane.access(token, id).await)
                .await?;
            if self.is_current(cluster, &access) {
                return Ok(());
            }
        }
        self.download(session, id).await
    }

    fn is_current(&self, cluster: &Cluster, access: &Access) -> bool {
        let read = |file: &str| fs::read_to_string(self.0.join(file)).unwrap_or_default();
        let script = read("docker.env");
        let says = |line: String| script.lines().any(|it| it == line);
        let lasts = Duration::from_secs(u64::from(access.certificate_days) * 24 * 3_600);
        let age = fs::metadata(self.0.join("cert.pem"))
            .and_then(|file| file.modified())
            .map(|made| made.elapsed().unwrap_or_default());
        says(format!("export DOCKER_HOST={}", access.endpoint))
            && says(format!("export CARINA_CLUSTER_NAME={}", cluster.name))
            && fingerprint(&read("ca.pem")).as_ref() == Some(&access.ca_fingerprint.0)
            && age.is_ok_and(|age| age + MARGIN < lasts)
            && FILES.iter().all(|file| self.0.join(file).is_file())
    }

    fn unpack(&self, zip: Vec<u8>) -> Result<(), Failure> {
        let bundle = read_bundle(zip)?;
        files::make_folder(&self.0)?;
        // A bundle that is half there is seen as such.
        remove(&self.0.join("docker.env"))?;
        for (name, content) in bundle {
            files::write(&self.0.join(name), &content)?;
        }
        Ok(())
    }

    /// Removes what `download` wrote, and the folder if nothing else is in it.
    pub(crate) fn remove(&self) -> Result<(), Failure> {
        if !self.0.join("ca.pem").is_file() {
            return Ok(());
        }
        for name in FILES {
            remove(&self.0.join(name))?;
        }
        // Somebody else's files stay, and so does the folder.
        let _ = fs::remove_dir(&self.0);
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
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(b"x").unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn a_bundle_is_unpacked_where_it_is_wanted_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let ours = Folder(folder.path().join("in/here"));
        ours.unpack(bundle("../../shop/", &FILES)).unwrap();
        fs::write(ours.0.join("mine"), "").unwrap();
        assert_eq!(fs::read_dir(&ours.0).unwrap().count(), 9);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        for name in FILES {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(ours.0.join(name))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        ours.remove().unwrap();
        assert_eq!(fs::read_dir(&ours.0).unwrap().count(), 1);
    }

    #[test]
    fn a_bundle_with_files_missing_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let ours = Folder(folder.path().join("here"));
        assert!(ours.unpack(bundle("shop/", &FILES[..7])).is_err());
        assert!(ours.unpack(b"no zip".to_vec()).is_err());
        assert!(!ours.0.exists());
    }
}
