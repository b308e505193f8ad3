//! Sealing: what makes a stolen copy of the database worthless.
//!
//! Secrets, the tokens of the control plane above all, are encrypted with XChaCha20-Poly1305 under a key
//! that lies in a file of its own, and bound to what they belong to, as the account, so that what is in
//! one row cannot be put into another.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use rand::RngCore;
use secrecy::{ExposeSecret, SecretString};

use super::OpenSessionsError;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// Seals secrets and opens them again.
pub(super) struct Sealer(XChaCha20Poly1305);

impl Sealer {
    /// Reads the key, or makes one that only the owner of the process can read.
    pub(super) fn open(path: &Path) -> Result<Self, OpenSessionsError> {
        if !path.try_exists()? {
            write_new(path)?;
        }
        let mut bytes = Vec::with_capacity(KEY_BYTES);
        File::open(path)?
            .take(KEY_BYTES as u64 + 1)
            .read_to_end(&mut bytes)?;
        let key: [u8; KEY_BYTES] = bytes
            .try_into()
            .map_err(|_| OpenSessionsError::Key(path.to_owned()))?;
        Ok(Self(XChaCha20Poly1305::new(Key::from_slice(&key))))
    }

    /// A secret that is sealed and bound to `owner`, as text.
    pub(super) fn seal(&self, secret: &SecretString, owner: &str) -> String {
        let mut sealed = vec![0; NONCE_BYTES];
        rand::rng().fill_bytes(&mut sealed);
        let payload = Payload {
            msg: secret.expose_secret().as_bytes(),
            aad: owner.as_bytes(),
        };
        match self.0.encrypt(XNonce::from_slice(&sealed), payload) {
            Ok(encrypted) => sealed.extend(encrypted),
            // Only for more than 256 GiB; what is left cannot be opened, so it is no secret.
            Err(chacha20poly1305::Error) => sealed.clear(),
        }
        STANDARD_NO_PAD.encode(sealed)
    }

    /// The secret; None if this key did not seal it for this owner.
    pub(super) fn open_sealed(&self, sealed: &str, owner: &str) -> Option<SecretString> {
        let bytes = STANDARD_NO_PAD.decode(sealed).ok()?;
        let (nonce, encrypted) = bytes.split_at_checked(NONCE_BYTES)?;
        let payload = Payload {
            msg: encrypted,
            aad: owner.as_bytes(),
        };
        let secret = self.0.decrypt(XNonce::from_slice(nonce), payload).ok()?;
        String::from_utf8(secret).ok().map(SecretString::from)
    }
}

/// Makes the key file in one step: a start that is killed half-way leaves no half a key, with which no
/// later one could begin. If another process is first, its key is the one.
fn write_new(path: &Path) -> io::Result<()> {
    let mut key = [0; KEY_BYTES];
    rand::rng().fill_bytes(&mut key);
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    // Readable by its owner alone, as all temporary files of that crate.
    let mut draft = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    draft.write_all(&key)?;
    draft.as_file().sync_all()?;
    match draft.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_token_opens_for_its_account_and_with_its_key_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let sealer = Sealer::open(&path).unwrap();
        let sealed = sealer.seal(&"secret-token".to_owned().into(), "1");
        assert!(!sealed.contains("secret"));

        let again = Sealer::open(&path).unwrap();
        let opened = again.open_sealed(&sealed, "1").unwrap();
        assert_eq!(opened.expose_secret(), "secret-token");
        assert!(again.open_sealed(&sealed, "2").is_none());
        for broken in ["", "AAAA", &sealed[..sealed.len() - 2], "not base64!"] {
            assert!(again.open_sealed(broken, "1").is_none(), "{broken}");
        }
        let other = Sealer::open(&folder.path().join("other")).unwrap();
        assert!(other.open_sealed(&sealed, "1").is_none());
    }

    #[test]
    fn the_key_is_the_owners_alone_and_never_half_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        Sealer::open(&path).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);

        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 1, "the key alone");

        std::fs::write(&path, [0; KEY_BYTES - 1]).unwrap();
        assert!(matches!(
            Sealer::open(&path),
            Err(OpenSessionsError::Key(_))
        ));
    }
}
