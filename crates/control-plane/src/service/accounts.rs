//! Sign-in and tokens.

use std::{net::IpAddr, num::NonZeroU32};

use argon2::{Argon2, PasswordHash, PasswordVerifier};
use cluster_api::{ApiKey, Problem, Scopes, SessionId, Timestamp};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, clock::Clock as _};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::{Fault, Service};
use crate::{
    account::random_secret,
    store::{Account, Actor, ActorKey, AuditDraft, NewSession, hash_secret},
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

/// Refused sign-ins are written into the audit log this many at once, and then one every few seconds:
/// guessing does not fill the disk. All of them are in the process's own log.
const REFUSALS_AT_ONCE: NonZeroU32 = NonZeroU32::new(100).expect("a hundred is not zero");
const SECONDS_A_REFUSAL: u64 = 6;

/// Counts refused sign-ins, of everybody.
pub(super) type Refusals = DefaultDirectRateLimiter;

pub(super) fn refusals() -> Refusals {
    let quota = Quota::with_period(std::time::Duration::from_secs(SECONDS_A_REFUSAL))
        .unwrap_or(Quota::per_minute(REFUSALS_AT_ONCE))
        .allow_burst(REFUSALS_AT_ONCE);
    Refusals::direct(quota)
}

/// Names are kept so far, and what programs call themselves.
const NAME_KEPT: usize = 64;
const USER_AGENT_KEPT: usize = 256;

/// Where a request comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address; None: not known.
    pub address: Option<IpAddr>,
    /// The address is that of a trusted proxy, which did not say for whom it asks: a dashboard, say.
    pub is_proxy: bool,
    /// What it was sent with, in its own words.
    pub user_agent: Option<String>,
}

impl Origin {
    /// Where a request of somebody who is signed in comes from: whom a trusted proxy asks for is where
    /// their sign-in came from.
    pub(super) fn address_of(&self, actor: &Actor) -> Option<IpAddr> {
        if self.is_proxy {
            actor.address.or(self.address)
        } else {
            self.address
        }
    }
}

/// A sign-in that succeeded.
pub struct Grant {
    /// The token, to be sent as `X-Auth-Token`.
    pub token: SecretString,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// Whose it is.
    pub account: Account,
    /// What it may do.
    pub scopes: Scopes,
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
        origin: &Origin,
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
            Some(account) if is_right => self.grant(account, None, origin).await,
            account => {
                let what = "Refused: not the password";
                Err(self.refuse(username, account, what, origin).await)
            }
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
        origin: &Origin,
    ) -> Result<Grant, Fault> {
        let hash = hash_secret(api_key.expose_secret());
        let now = self.clock.now();
        let found = self.store.account_by_api_key(username, &hash, now).await?;
        if let Some((account, key)) = found {
            return self.grant(account, Some(key), origin).await;
        }
        let account = self.store.account_by_name(username).await?;
        let account = account.map(|(account, _)| account);
        let what = "Refused: not an API key that is good";
        Err(self.refuse(username, account, what, origin).await)
    }

    /// Who asks with that token, from there. It counts as use of the token.
    ///
    /// # Errors
    /// [`Problem::SignedOut`] if nobody's, or a fault inside.
    pub async fn identify(&self, token: &str, origin: &Origin) -> Result<Actor, Fault> {
        let now = self.clock.now();
        let actor = self.store.use_token(&hash_secret(token), now).await?;
        let mut actor = actor.ok_or(Problem::SignedOut)?;
        actor.address = origin.address_of(&actor);
        Ok(actor)
    }

    /// Whether a token is still good, for streams that outlive their request. It does not count as use.
    ///
    /// # Errors
    /// [`Problem::SignedOut`] if not, or a fault inside.
    pub async fn check_token(&self, token: &str) -> Result<(), Fault> {
        let now = self.clock.now();
        let actor = self.store.actor_by_token(&hash_secret(token), now).await?;
        actor.map(drop).ok_or_else(|| Problem::SignedOut.into())
    }

    async fn grant(
        &self,
        account: Account,
        key: Option<ApiKey>,
        origin: &Origin,
    ) -> Result<Grant, Fault> {
        let now = self.clock.now();
        let key_ends = key.as_ref().and_then(|key| key.expires_at);
        let expires_at = (now + TOKEN_LIFE).min(key_ends.unwrap_or(Timestamp::MAX));
        let token: SecretString = random_secret::<32>().into();
        let actor = Actor {
            account,
            session: SessionId(Uuid::new_v4()),
            scopes: key
                .as_ref()
                .map_or_else(Scopes::all, |key| key.scopes.clone()),
            key: key.as_ref().map(|key| ActorKey {
                name: key.name.clone(),
                expires_at: key.expires_at,
            }),
            address: origin.address,
        };
        let user_agent = origin
            .user_agent
            .as_ref()
            .map(|words| words.chars().take(USER_AGENT_KEPT).collect::<String>());
        let session = NewSession {
            hash: hash_secret(token.expose_secret()),
            actor: &actor,
            key: key.as_ref().map(|key| key.id),
            user_agent: user_agent.as_deref(),
            expires_at,
        };
        if !self.store.add_session(session, now).await? {
            return Err(Problem::WrongCredentials.into());
        }
        tracing::info!(account.name = actor.account.username, "signed in");
        Ok(Grant {
            token,
            expires_at,
            account: actor.account,
            scopes: actor.scopes,
        })
    }

    /// Writes a refused sign-in down, and gives the answer to it: the same for all.
    async fn refuse(
        &self,
        username: &str,
        account: Option<Account>,
        what: &str,
        origin: &Origin,
    ) -> Fault {
        let name: String = username.chars().take(NAME_KEPT).collect();
        tracing::warn!(account.name = name, address = ?origin.address, "a sign-in was refused");
        if self.refusals.check().is_ok() {
            let account = account.map(|account| account.id);
            let entry = AuditDraft::refused(name, account, origin.address, what.to_owned());
            if let Err(error) = self.store.add_audit(entry, self.clock.now()).await {
                return error.into();
            }
        }
        Problem::WrongCredentials.into()
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
