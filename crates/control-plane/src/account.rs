//! Accounts: making and closing them; by admins, or on the machine itself by whoever may read the data
//! folder.

use argon2::{
    Argon2, PasswordHasher,
    password_hash::{SaltString, rand_core::OsRng},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cluster_api::{AccountId, Role, Timestamp};
use rand::RngCore;
use secrecy::{ExposeSecret, SecretString};

use crate::store::{AccountChanged, Actor, Limits, NewAccount, Store, StoreError, hash_secret};

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
    /// The password is too short to be one, or too long.
    #[error("A password has 8 to 1024 characters.")]
    Password,
    /// Without it, nobody could make accounts.
    #[error("This is the last admin. Make another one first: account add --admin NAME.")]
    LastAdmin,
    /// The password could not be hashed.
    #[error("the password could not be hashed: {0}")]
    Hash(argon2::password_hash::Error),
    /// The hashing ended without a word.
    #[error("the password could not be hashed")]
    Interrupted(#[from] tokio::task::JoinError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An account to be made.
pub struct Opening<'a> {
    /// The name it is to sign in with.
    pub username: &'a str,
    /// Its password.
    pub password: &'a SecretString,
    /// Its first API key; None: it begins without one.
    pub api_key: Option<&'a SecretString>,
    /// What it is to the others.
    pub role: Role,
    /// Quotas of its own.
    pub limits: Limits,
}

impl<'a> Opening<'a> {
    /// One with those secrets and no quotas of its own.
    #[must_use]
    pub fn new(username: &'a str, secrets: &'a Secrets, role: Role) -> Self {
        Self {
            username,
            password: &secrets.password,
            api_key: Some(&secrets.api_key),
            role,
            limits: Limits::default(),
        }
    }
}

/// Makes an account. `by` is who asks; None: somebody on the machine itself.
///
/// # Errors
/// The name is not allowed or taken, the password too short, or the database failed.
pub async fn add(
    store: &Store,
    opening: Opening<'_>,
    by: Option<&Actor>,
    now: Timestamp,
) -> Result<AccountId, AccountFault> {
    let username = opening.username;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '@' | '-');
    if !(1..=64).contains(&username.len()) || !username.chars().all(allowed) {
        return Err(AccountFault::Name);
    }
    let account = NewAccount {
        username: username.to_owned(),
        password_hash: hash_password(opening.password.clone()).await?,
        api_key_hash: opening
            .api_key
            .map(|api_key| hash_secret(api_key.expose_secret())),
        role: opening.role,
        limits: opening.limits,
    };
    let added = store.add_account(account, by, now).await?;
    added.ok_or(AccountFault::Taken)
}

/// The argon2id hash of a password, as PHC text. It takes time, off the threads that answer.
///
/// # Errors
/// The password is too short or too long, or could not be hashed.
pub async fn hash_password(password: SecretString) -> Result<String, AccountFault> {
    if !(8..=1024).contains(&password.expose_secret().chars().count()) {
        return Err(AccountFault::Password);
    }
    tokio::task::spawn_blocking(move || {
        let salt = SaltString::generate(&mut OsRng);
        Argon2::default()
            .hash_password(password.expose_secret().as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(AccountFault::Hash)
    })
    .await?
}

/// Closes an account, by somebody on the machine itself: its keys and tokens stop at once, and its
/// clusters are deleted.
///
/// # Errors
/// There is no such account, it is the last admin, or the database failed.
pub async fn close(store: &Store, username: &str, now: Timestamp) -> Result<(), AccountFault> {
    let (account, _) = store
        .account_by_name(username)
        .await?
        .ok_or(AccountFault::Unknown)?;
    match store.close_account(account.id, None, now).await? {
        AccountChanged::Done => Ok(()),
        AccountChanged::Unknown => Err(AccountFault::Unknown),
        AccountChanged::LastAdmin => Err(AccountFault::LastAdmin),
    }
}

/// Random bytes from the system, as text that is safe in URLs.
pub(crate) fn random_secret<const BYTES: usize>() -> String {
    let mut bytes = [0; BYTES];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
