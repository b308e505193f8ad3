//! Profiles: tables of `config.toml`.
//!
//! ```toml
//! [default]
//! endpoint = "https://carina.example.com"
//! username = "bob"
//! apikey = "…"
//! ```

use std::path::{Path, PathBuf};

use cluster_api::KeyId;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use toml_edit::{DocumentMut, Item, Table, value};

use crate::{failure::Failure, files};

/// The file, as its owner wrote it: comments and what is not ours stay.
pub(crate) struct Profiles {
    path: PathBuf,
    document: DocumentMut,
}

/// Who asks, and where.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Profile {
    /// Where the control plane answers.
    pub(crate) endpoint: Option<String>,
    /// The account.
    pub(crate) username: Option<String>,
    /// Its API key.
    pub(crate) apikey: Option<SecretString>,
    /// The id of that key, where `carina login` made it.
    #[serde(rename = "apikey-id")]
    pub(crate) key_id: Option<KeyId>,
}

impl Profiles {
    /// Reads the file of a folder; where there is none, there are no profiles.
    pub(crate) fn open(home: &Path) -> Result<Self, Failure> {
        let path = home.join("config.toml");
        let text = files::read(&path)?.unwrap_or_default();
        // The message of the parser shows the line, which may be the one with the key.
        let document = text.parse().map_err(|error: toml_edit::TomlError| {
            let before = &text[..error.span().map_or(0, |span| span.start.min(text.len()))];
            let line = before.matches('\n').count() + 1;
            unreadable(&path, &format!("line {line} is not TOML"))
        })?;
        Ok(Self { path, document })
    }

    /// A profile by its name, if there is one.
    pub(crate) fn get(&self, name: &str) -> Result<Option<Profile>, Failure> {
        let Some(table) = self.document.get(name).and_then(Item::as_table_like) else {
            return Ok(None);
        };
        let table: Table = table
            .iter()
            .map(|(key, item)| (key.to_owned(), item.clone()))
            .collect();
        let document = DocumentMut::from(table);
        let profile = toml_edit::de::from_document(document);
        profile.map(Some).map_err(|_| {
            unreadable(
                &self.path,
                &format!("the values of [{name}] are text: endpoint, username, apikey"),
            )
        })
    }

    /// Puts a profile in, and writes the file.
    pub(crate) fn set(&mut self, name: &str, profile: &Profile) -> Result<(), Failure> {
        let table = self.document.entry(name).or_insert_with(toml_edit::table);
        let pairs = [
            ("endpoint", profile.endpoint.clone()),
            ("username", profile.username.clone()),
            (
                "apikey",
                profile
                    .apikey
                    .as_ref()
                    .map(|key| key.expose_secret().to_owned()),
            ),
            ("apikey-id", profile.key_id.map(|id| id.to_string())),
        ];
        let Some(table) = table.as_table_like_mut() else {
            return Err(unreadable(&self.path, &format!("{name} is no table")));
        };
        for (key, text) in pairs {
            match text {
                Some(text) => drop(table.insert(key, value(text))),
                None => drop(table.remove(key)),
            }
        }
        self.write()
    }

    fn write(&self) -> Result<(), Failure> {
        files::write(&self.path, self.document.to_string().as_bytes())
    }
}

fn unreadable(path: &Path, why: &str) -> Failure {
    Failure::Usage(format!("{}: {why}.", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_written_and_what_else_is_in_the_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(
            &path,
            "# mine\n[work]\nendpoint = \"http://w\" # there\ncloud = \"public\"\n",
        )
        .unwrap();
        let mut profiles = Profiles::open(folder.path()).unwrap();
        let profile = Profile {
            endpoint: Some("http://h".to_owned()),
            username: Some("bob".to_owned()),
            apikey: Some("k".into()),
            key_id: None,
        };
        profiles.set("home", &profile).unwrap();
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "# mine\n[work]\nendpoint = \"http://w\" # there\ncloud = \"public\"\n\n\
             [home]\nendpoint = \"http://h\"\nusername = \"bob\"\napikey = \"k\"\n"
        );
        let profiles = Profiles::open(folder.path()).unwrap();
        assert_eq!(
            profiles.get("home").unwrap().unwrap().username.as_deref(),
            Some("bob")
        );
        assert_eq!(
            profiles.get("work").unwrap().unwrap().endpoint.as_deref(),
            Some("http://w")
        );
        assert!(profiles.get("other").unwrap().is_none());
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named_and_its_secrets_are_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("config.toml"),
            "[default]\napikey = \"k-1\n",
        )
        .unwrap();
        let failure = Profiles::open(folder.path()).err().unwrap().to_string();
        assert!(
            failure.ends_with("config.toml: line 2 is not TOML."),
            "{failure}"
        );
        assert!(!failure.contains("k-1"));
    }
}
