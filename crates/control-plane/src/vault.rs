//! Secrets at rest: sealed with a key that lies in a file of its own, apart from the database.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use chacha20poly1305::{
    AeadCore, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, OsRng, Payload},
};
use secrecy::SecretString;

/// Bytes of an XChaCha20 nonce; each sealed secret begins with its own.
const NONCE_BYTES: usize = 24;

/// Seals and opens secrets.
pub struct Vault {
    cipher: XChaCha20Poly1305,
}

/// Why there is no vault, or why a secret stays shut.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The key file cannot be made or read.
    #[error("the key file {} cannot be used", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The key file does not hold a key.
    #[error("the key file {} does not hold 64 hexadecimal digits", path.display())]
    KeyFormat {
        /// The file.
        path: PathBuf,
    },
    /// The secret was sealed with another key, for another purpose, or was changed since.
    #[error("a sealed secret does not open with this key")]
    Sealed,
}

impl Vault {
    /// Opens the vault of the key in `path`; makes the file, readable by its owner alone, when it is
    /// not there.
    ///
    /// # Errors
    /// The file cannot be made or read, or holds no key.
    pub fn open(path: &Path) -> Result<Self, VaultError> {
        let wrap = |source| VaultError::KeyFile {
            path: path.to_owned(),
            source,
        };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = hex::encode(XChaCha20Poly1305::generate_key(&mut OsRng));
                write_new(path, &key).map_err(wrap)?;
                // Another process may have been first: what is there is the key.
                fs::read_to_string(path).map_err(wrap)?
            }
            Err(error) => return Err(wrap(error)),
        };
        let key = hex::decode(text.trim()).ok().filter(|key| key.len() == 32);
        let key = key.ok_or_else(|| VaultError::KeyFormat {
            path: path.to_owned(),
        })?;
        Ok(Self {
            cipher: XChaCha20Poly1305::new(key.as_slice().into()),
        })
    }

    /// Seals a secret for one purpose, such as "the CA key of cluster 1"; it opens for that alone.
    ///
    /// # Errors
    /// None in practice: the cipher only refuses secrets of hundreds of gigabytes.
    pub fn seal(&self, purpose: &str, secret: &str) -> Result<Vec<u8>, VaultError> {
        let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        let payload = Payload {
            msg: secret.as_bytes(),
            aad: purpose.as_bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(&nonce, payload)
            .map_err(|_| VaultError::Sealed)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for that purpose.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] for everything else.
    pub fn open_sealed(&self, purpose: &str, sealed: &[u8]) -> Result<SecretString, VaultError> {
        let (nonce, sealed) = sealed
            .split_at_checked(NONCE_BYTES)
            .ok_or(VaultError::Sealed)?;
        let payload = Payload {
            msg: sealed,
            aad: purpose.as_bytes(),
        };
        let secret = self
            .cipher
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| VaultError::Sealed)?;
        String::from_utf8(secret)
            .map(SecretString::from)
            .map_err(|_| VaultError::Sealed)
    }
}

/// Makes the key file in one step. Killed half-way, or on a full disk, it is not there rather than
/// empty: an empty one would keep every later start from working.
fn write_new(path: &Path, key: &str) -> io::Result<()> {
    let draft = path.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(key.as_bytes())?;
    file.sync_all()?;
    match fs::hard_link(&draft, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => fs::remove_file(&draft)?,
    }
    // The name is on the disk only when its folder is.
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_secret_opens_for_its_purpose_and_after_a_restart_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let sealed = Vault::open(&path)
            .unwrap()
            .seal("ca of a", "secret")
            .unwrap();
        assert!(!sealed.windows(6).any(|bytes| bytes == b"secret"));

        let vault = Vault::open(&path).unwrap();
        assert_eq!(
            vault
                .open_sealed("ca of a", &sealed)
                .unwrap()
                .expose_secret(),
            "secret"
        );
        assert!(vault.open_sealed("ca of b", &sealed).is_err());
        assert!(vault.open_sealed("ca of a", &sealed[..10]).is_err());

        let other = Vault::open(&folder.path().join("other")).unwrap();
        assert!(other.open_sealed("ca of a", &sealed).is_err());
    }

    #[test]
    fn a_start_that_was_killed_while_it_made_the_key_file_keeps_no_other_from_making_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control-plane.key");
        fs::write(path.with_extension("new"), "0123").unwrap();
        let sealed = Vault::open(&path).unwrap().seal("a", "secret").unwrap();
        assert!(
            Vault::open(&path)
                .unwrap()
                .open_sealed("a", &sealed)
                .is_ok()
        );
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "the draft is gone: {left:?}");
    }

    #[test]
    fn a_key_file_that_is_there_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "ab".repeat(32)).unwrap();
        write_new(&path, &"cd".repeat(32)).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "ab".repeat(32));
    }

    #[test]
    fn the_key_file_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        Vault::open(&path).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        fs::write(&path, "short").unwrap();
        assert!(matches!(
            Vault::open(&path),
            Err(VaultError::KeyFormat { .. })
        ));
    }
}
