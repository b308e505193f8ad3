//! What an account does with its own keys and sign-ins.

use cluster_api::{
    AccountRule, ApiKey, KeyId, Problem, Scopes, Session, SessionId, Timestamp, WhoAmI,
};
use secrecy::{ExposeSecret, SecretString};

use super::{Fault, Service};
use crate::{
    account::random_secret,
    store::{Actor, KeyMade, NewKey, Which, hash_secret},
};

/// The longest name of a key, in characters.
const MAX_NAME: usize = 64;

/// A key that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRequest {
    /// What people are to call it.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// Until when it is good; None: as long as whoever asks.
    pub expires_at: Option<Timestamp>,
}

impl Service {
    /// Who asks.
    #[must_use]
    pub fn who_am_i(&self, actor: &Actor) -> WhoAmI {
        WhoAmI {
            id: actor.account.id,
            username: actor.account.username.clone(),
            role: actor.account.role,
            scopes: actor.scopes.clone(),
            key: actor.key.as_ref().map(|key| key.name.clone()),
            quotas: self.quotas(&actor.account),
        }
    }

    /// The account's keys: live ones first, each part newest first.
    ///
    /// # Errors
    /// A fault inside.
    pub async fn keys(&self, actor: &Actor) -> Result<Vec<ApiKey>, Fault> {
        Ok(self.store.keys_of(actor.account.id).await?)
    }

    /// Makes a key, with its secret, which nobody sees again. It may do no more and lasts no longer than
    /// the key that was signed in with.
    ///
    /// # Errors
    /// The [`AccountRule`] that the request breaks, or a fault inside.
    pub async fn make_key(
        &self,
        actor: &Actor,
        request: &KeyRequest,
    ) -> Result<(ApiKey, SecretString), Fault> {
        let now = self.clock.now();
        let name = request.name.trim();
        if !(1..=MAX_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(broken(AccountRule::KeyName));
        }
        if request.scopes.0.is_empty() {
            return Err(broken(AccountRule::KeyScopes));
        }
        if request.expires_at.is_some_and(|moment| moment <= now) {
            return Err(broken(AccountRule::KeyExpiry));
        }
        let longest = actor.key.as_ref().and_then(|key| key.expires_at);
        let expires_at = request.expires_at.or(longest);
        let is_longer = longest.is_some_and(|longest| expires_at.is_none_or(|it| it > longest));
        if is_longer || request.scopes.beyond(&actor.scopes).is_some() {
            return Err(broken(AccountRule::KeyPower));
        }
        let secret: SecretString = random_secret::<32>().into();
        let key = NewKey {
            name,
            hash: hash_secret(secret.expose_secret()),
            scopes: &request.scopes,
            expires_at,
        };
        match self.store.add_key(actor, &key, now).await? {
            KeyMade::New(key) => Ok((key, secret)),
            KeyMade::NameTaken => Err(broken(AccountRule::KeyNameTaken)),
            KeyMade::LimitReached => Err(broken(AccountRule::KeyLimit)),
        }
    }

    /// Revokes a key; the sign-ins with it end at once.
    ///
    /// # Errors
    /// [`Problem::NoRoute`]: the account has no such live key; or a fault inside.
    pub async fn revoke_key(&self, actor: &Actor, id: KeyId) -> Result<(), Fault> {
        if self.store.revoke_key(actor, id, self.clock.now()).await? {
            Ok(())
        } else {
            Err(Problem::NoRoute.into())
        }
    }

    /// The account's sign-ins, newest first.
    ///
    /// # Errors
    /// A fault inside.
    pub async fn sessions(&self, actor: &Actor) -> Result<Vec<Session>, Fault> {
        let (account, this) = (actor.account.id, actor.session);
        let now = self.clock.now();
        Ok(self.store.sessions_of(account, this, now).await?)
    }

    /// Ends one sign-in of the account.
    ///
    /// # Errors
    /// [`Problem::NoRoute`]: it has no such sign-in; or a fault inside.
    pub async fn end_session(&self, actor: &Actor, id: SessionId) -> Result<(), Fault> {
        let now = self.clock.now();
        match self.store.end_sessions(actor, Which::One(id), now).await? {
            0 => Err(Problem::NoRoute.into()),
            _ => Ok(()),
        }
    }

    /// Ends all sign-ins of the account, or all but the one that asks.
    ///
    /// # Errors
    /// A fault inside.
    pub async fn end_sessions(&self, actor: &Actor, keeps_this: bool) -> Result<(), Fault> {
        let which = if keeps_this {
            Which::Others
        } else {
            Which::All
        };
        self.store
            .end_sessions(actor, which, self.clock.now())
            .await?;
        Ok(())
    }
}

pub(super) fn broken(rule: AccountRule) -> Fault {
    Problem::Account { rule }.into()
}
