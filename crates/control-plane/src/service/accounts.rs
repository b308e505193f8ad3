//! Sign-in and tokens.

use std::num::NonZeroU32;

use argon2::{Argon2, PasswordHash, PasswordVerifier};
use cluster_api::{Problem, Timestamp};
use governor::{DefaultKeyedRateLimiter, Quota, clock::Clock as _};
use secrecy::{ExposeSecret, SecretString};

use super::{Fault, Service};
use crate::{
    account::random_secret,
    store::{Account, hash_secret},
};

/// How long a token is good for.
const TOKEN_LIFE: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// Password tries of one account: this many at once, and then one every few seconds. API keys are
/// 256 random bits and need no such thing.
const TRIES_AT_ONCE: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");
const SECONDS_A_TRY: u64 = 6;

/// Forgotten accounts leave the limiter once it holds that many.
const TRIES_KEPT: usize = 10_000;

/// Counts password tries, by account name.
pub(super) type Tries = DefaultKeyedRateLimiter<String>;

pub(super) fn tries() -> Tries {
    let quota = Quota::with_period(std::time::Duration::from_secs(SECONDS_A_TRY))
        .unwrap_or(Quota::per_minute(TRIES_AT_ONCE))
        .allow_burst(TRIES_AT_ONCE);
    Tries::keyed(quota)
}

/// A sign-in that succeeded.
pub struct Grant {
    /// The token, to be sent as `X-Auth-Token`.
    pub token: SecretString,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// Whose it is.
    pub account: Account,
}

impl Service {
    /// Signs in with a password.
    ///
    /// # Errors
    /// [`Problem::WrongCredentials`], [`Problem::TooManyTries`], or a fault inside.
    pub async fn sign_in_with_password(
        &self,
        username: &str,
        password: SecretString,
    ) -> Result<Grant, Fault> {
        self.count_try(username)?;
        let known = self.store.account_by_name(username).await?;
        // An unknown name costs as much time as a known one, so that names cannot be found out.
        let (account, hash) = match known {
            Some((account, hash)) => (Some(account), hash),
            None => (None, UNKNOWN_ACCOUNT.to_owned()),
        };
        let is_right = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&hash).is_ok_and(|hash| {
                Argon2::default()
                    .verify_password(password.expose_secret().as_bytes(), &hash)
                    .is_ok()
            })
        })
        .await?;
        match account {
            Some(account) if is_right => self.grant(account).await,
            _ => Err(Problem::WrongCredentials.into()),
        }
    }

    /// Signs in with an API key.
    ///
    /// # Errors
    /// [`Problem::WrongCredentials`], or a fault inside.
    pub async fn sign_in_with_api_key(
        &self,
        username: &str,
        api_key: &SecretString,
    ) -> Result<Grant, Fault> {
        let hash = hash_secret(api_key.expose_secret());
        match self.store.account_by_api_key(username, &hash).await? {
            Some(account) => self.grant(account).await,
            None => Err(Problem::WrongCredentials.into()),
        }
    }

    /// Whose token that is.
    ///
    /// # Errors
    /// [`Problem::SignedOut`] if nobody's, or a fault inside.
    pub async fn account_of(&self, token: &str) -> Result<Account, Fault> {
        let account = self
            .store
            .account_by_token(&hash_secret(token), self.clock.now())
            .await?;
        account.ok_or_else(|| Problem::SignedOut.into())
    }

    /// Ends a token.
    ///
    /// # Errors
    /// A fault inside.
    pub async fn sign_out(&self, token: &str) -> Result<(), Fault> {
        Ok(self.store.end_token(&hash_secret(token)).await?)
    }

    async fn grant(&self, account: Account) -> Result<Grant, Fault> {
        let now = self.clock.now();
        let grant = Grant {
            token: random_secret::<32>().into(),
            expires_at: now + TOKEN_LIFE,
            account,
        };
        let hash = hash_secret(grant.token.expose_secret());
        self.store
            .add_token(&hash, grant.account.id, now, grant.expires_at)
            .await?;
        tracing::info!(account.name = grant.account.username, "signed in");
        Ok(grant)
    }

    fn count_try(&self, username: &str) -> Result<(), Fault> {
        if self.tries.len() > TRIES_KEPT {
            self.tries.retain_recent();
        }
        // Longer names belong to nobody, and are not worth the memory.
        let key: String = username.to_lowercase().chars().take(64).collect();
        self.tries.check_key(&key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.tries.clock().now());
            let retry_after_s = u32::try_from(wait.as_secs())
                .unwrap_or(u32::MAX)
                .saturating_add(1);
            Problem::TooManyTries { retry_after_s }.into()
        })
    }
}

/// The hash of a password that nobody has.
const UNKNOWN_ACCOUNT: &str = "$argon2id$v=19$m=19456,t=2,p=1$YWJjZGVmZ2hpamtsbW5vcA$\
                               AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_for_unknown_names_is_one_that_takes_time() {
        let hash = PasswordHash::new(UNKNOWN_ACCOUNT).unwrap();
        let default = argon2::Params::DEFAULT;
        let params = argon2::Params::try_from(&hash).unwrap();
        assert_eq!(
            (params.m_cost(), params.t_cost()),
            (default.m_cost(), default.t_cost())
        );
        assert_eq!(hash.hash.unwrap().len(), 32);
    }
}
