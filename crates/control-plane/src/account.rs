//! Accounts: making and closing them. On the machine itself, by whoever may read the data folder.

use argon2::{
    Argon2, PasswordHasher,
    password_hash::{SaltString, rand_core::OsRng},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cluster_api::{ClusterStatus, EventKind, TaskKind, Timestamp};
use rand::RngCore;
use secrecy::{ExposeSecret, SecretString};

use crate::store::{EventDraft, NewAccount, Store, StoreError, hash_secret};

/// What a new account signs in with; shown once.
pub struct Secrets {
    /// For people.
    pub password: SecretString,
    /// For programs.
    pub api_key: SecretString,
}

impl Secrets {
    /// Makes up whatever is not given.
    #[must_use]
    pub fn or_random(password: Option<SecretString>, api_key: Option<SecretString>) -> Self {
        Self {
            password: password.unwrap_or_else(|| random_secret::<15>().into()),
            api_key: api_key.unwrap_or_else(|| random_secret::<32>().into()),
        }
    }
}

/// An account could not be made or closed.
#[derive(Debug, thiserror::Error)]
pub enum AccountFault {
    /// The name breaks the rule.
    #[error("A username is 1 to 64 letters, digits and . _ @ - signs.")]
    Name,
    /// The name is taken.
    #[error("There is an account of that name already.")]
    Taken,
    /// No such account.
    #[error("There is no account of that name.")]
    Unknown,
    /// The password is too short to be one.
    #[error("A password has at least 8 characters.")]
    Password,
    /// The password could not be hashed.
    #[error("the password could not be hashed: {0}")]
    Hash(argon2::password_hash::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes an account.
///
/// # Errors
/// The name is not allowed or taken, the password too short, or the database failed.
pub async fn add(
    store: &Store,
    username: &str,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<(), AccountFault> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '@' | '-');
    if !(1..=64).contains(&username.len()) || !username.chars().all(allowed) {
        return Err(AccountFault::Name);
    }
    if secrets.password.expose_secret().chars().count() < 8 {
        return Err(AccountFault::Password);
    }
    let salt = SaltString::generate(&mut OsRng);
    let hash = Argon2::default()
        .hash_password(secrets.password.expose_secret().as_bytes(), &salt)
        .map_err(AccountFault::Hash)?;
    let account = NewAccount {
        username: username.to_owned(),
        password_hash: hash.to_string(),
        api_key_hash: hash_secret(secrets.api_key.expose_secret()),
    };
    if store.add_account(account, now).await? {
        Ok(())
    } else {
        Err(AccountFault::Taken)
    }
}

/// Closes an account: its keys and tokens stop at once, and its clusters are deleted.
///
/// # Errors
/// There is no such account, or the database failed.
pub async fn close(store: &Store, username: &str, now: Timestamp) -> Result<(), AccountFault> {
    let (account, _) = store
        .account_by_name(username)
        .await?
        .ok_or(AccountFault::Unknown)?;
    store.close_account(account.id, now).await?;
    for record in store.clusters_of(account.id).await? {
        if record.cluster.can_delete().is_ok() {
            let mut change = store.change(record.cluster.id, now).await?;
            change.set_status(ClusterStatus::Deleting).await?;
            let task_id = change.open_task(TaskKind::Delete, false).await?;
            change
                .record(EventDraft::of_itself(
                    EventKind::Requested,
                    Some(task_id),
                    "The account was closed".to_owned(),
                ))
                .await?;
            store.commit(change).await?;
        }
    }
    Ok(())
}

/// Random bytes from the system, as text that is safe in URLs.
pub(crate) fn random_secret<const BYTES: usize>() -> String {
    let mut bytes = [0; BYTES];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
