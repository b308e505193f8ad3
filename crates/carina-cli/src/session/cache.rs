//! Tokens between commands, in `cache.json`. What cannot be read or written is as good as not there:
//! the next command signs in again.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use cluster_api::{Timestamp, client::Grant};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::files;

/// The place of one token.
pub(crate) struct Cache {
    path: PathBuf,
    /// Of whom, where, and with which key: another key may do other things.
    key: String,
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    tokens: BTreeMap<String, Token>,
}

#[derive(Serialize, Deserialize)]
struct Token {
    token: String,
    expires_at: Timestamp,
}

impl Cache {
    pub(crate) fn new(home: &Path, endpoint: &str, username: &str, apikey: &SecretString) -> Self {
        let whole = format!("{endpoint}\n{username}\n{}", apikey.expose_secret());
        Self {
            path: home.join("cache.json"),
            key: hex::encode(Sha256::digest(whole)),
        }
    }

    /// The token, if it is good for longer than that (in seconds since 1970).
    pub(crate) fn token(&self, until_s: i64) -> Option<SecretString> {
        let token = self.read().tokens.remove(&self.key)?;
        (token.expires_at.as_second() > until_s).then(|| token.token.into())
    }

    /// Keeps a token, and drops those that have ended.
    pub(crate) fn keep(&self, grant: &Grant) {
        let mut content = self.read();
        let now = Timestamp::now();
        content.tokens.retain(|_, token| token.expires_at > now);
        let token = Token {
            token: grant.token.expose_secret().to_owned(),
            expires_at: grant.expires_at,
        };
        content.tokens.insert(self.key.clone(), token);
        if let Ok(json) = serde_json::to_vec(&content) {
            let _ = files::write(&self.path, &json);
        }
    }

    fn read(&self) -> Content {
        let text = files::read(&self.path).ok().flatten().unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_kept_for_its_key_alone_until_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let cache = |key: &str| Cache::new(folder.path(), "http://h", "bob", &key.into());
        let grant = Grant {
            token: "t-1".into(),
            expires_at: Timestamp::from_second(4_000_000_000).unwrap(),
            account_id: String::new(),
            username: "bob".to_owned(),
            scopes: None,
            is_admin: false,
        };
        assert!(cache("k").token(0).is_none());
        cache("k").keep(&grant);
        assert_eq!(cache("k").token(0).unwrap().expose_secret(), "t-1");
        assert!(cache("k").token(4_000_000_000).is_none());
        assert!(cache("other").token(0).is_none());
        let text = std::fs::read_to_string(folder.path().join("cache.json")).unwrap();
        assert!(!text.contains("\"k\""));
    }
}
