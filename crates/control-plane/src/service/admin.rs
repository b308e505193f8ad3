//! What admins do: accounts, their roles and quotas, and a look at what all have.

use cluster_api::{
    AccountDetails, AccountId, AccountList, AccountRule, Cluster, NodeCount, Problem, Role, Scopes,
};
use secrecy::SecretString;

use super::{Fault, Service, keys::broken};
use crate::{
    account::{self, AccountFault, Opening, random_secret},
    store::{AccountChanged, AccountPatch, AccountRecord, Actor, Limits},
};

/// How many accounts are listed at once.
const SHOWN: u32 = 500;

/// What is asked for an account, new or not. None: nothing is said of it.
#[derive(Default)]
pub struct AccountRequest {
    /// What it is to the others.
    pub role: Option<Role>,
    /// Its own number of clusters; the inner None: as the settings say.
    pub max_clusters: Option<Option<u32>>,
    /// Its own number of nodes; the inner None: as the settings say.
    pub max_nodes: Option<Option<NodeCount>>,
    /// Its password.
    pub password: Option<SecretString>,
}

impl AccountRequest {
    /// Whether nothing is asked for.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.role.is_none()
            && self.max_clusters.is_none()
            && self.max_nodes.is_none()
            && self.password.is_none()
    }
}

impl Service {
    /// Whether somebody is an admin at all.
    ///
    /// # Errors
    /// [`Problem::NoRoute`] for members: for them there are no such addresses.
    pub fn check_admin(&self, actor: &Actor) -> Result<(), Problem> {
        actor.is_admin().then_some(()).ok_or(Problem::NoRoute)
    }

    /// The accounts after a name, by name.
    ///
    /// # Errors
    /// [`Problem::NoRoute`] for members, or a fault inside.
    pub async fn accounts(&self, actor: &Actor, after: &str) -> Result<AccountList, Fault> {
        self.check_admin(actor)?;
        let records = self.store.accounts(after, SHOWN).await?;
        let is_full = records.len() == SHOWN as usize;
        let last = records.last().filter(|_| is_full);
        Ok(AccountList {
            next: last.map(|record| record.account.username.clone()),
            accounts: records.iter().map(|record| self.details(record)).collect(),
        })
    }

    /// One account.
    ///
    /// # Errors
    /// [`Problem::NoRoute`] for members and if there is no such account, or a fault inside.
    pub async fn account(&self, actor: &Actor, id: AccountId) -> Result<AccountDetails, Fault> {
        self.check_admin(actor)?;
        let record = self.store.account(id).await?.ok_or(Problem::NoRoute)?;
        Ok(self.details(&record))
    }

    /// The clusters of an account, newest first.
    ///
    /// # Errors
    /// As [`Service::account`].
    pub async fn clusters_of(&self, actor: &Actor, id: AccountId) -> Result<Vec<Cluster>, Fault> {
        self.account(actor, id).await?;
        let records = self.store.clusters_of(id).await?;
        Ok(records.into_iter().map(|record| record.cluster).collect())
    }

    /// Makes an account, with its password, which nobody sees again. It makes keys for itself.
    ///
    /// # Errors
    /// [`Problem::NoRoute`] for members, a scope that is missing, the [`AccountRule`] that the request
    /// breaks, or a fault inside.
    pub async fn add_account(
        &self,
        actor: &Actor,
        username: &str,
        request: AccountRequest,
    ) -> Result<(AccountDetails, SecretString), Fault> {
        self.check_admin(actor)?;
        needs_everything(actor)?;
        let password = request
            .password
            .unwrap_or_else(|| random_secret::<15>().into());
        let opening = Opening {
            username,
            password: &password,
            api_key: None,
            role: request.role.unwrap_or(Role::Member),
            limits: Limits {
                max_clusters: request.max_clusters.flatten(),
                max_nodes: request.max_nodes.flatten(),
            },
        };
        let now = self.clock.now();
        let id = account::add(&self.store, opening, Some(actor), now).await?;
        Ok((self.account(actor, id).await?, password))
    }

    /// Changes an account. A new password ends the sign-ins with the old one.
    ///
    /// # Errors
    /// As [`Service::add_account`]; and [`AccountRule::LastAdmin`].
    pub async fn change_account(
        &self,
        actor: &Actor,
        id: AccountId,
        request: AccountRequest,
    ) -> Result<AccountDetails, Fault> {
        self.check_admin(actor)?;
        let mut told = Vec::new();
        if let Some(role) = request.role {
            needs_everything(actor)?;
            told.push(format!("role {}", role.as_str()));
        }
        if let Some(count) = request.max_clusters {
            let own = count.map(|count| format!("clusters {count}"));
            told.push(own.unwrap_or_else(|| "clusters default".to_owned()));
        }
        if let Some(count) = request.max_nodes {
            let own = count.map(|count| format!("nodes a cluster {}", count.get()));
            told.push(own.unwrap_or_else(|| "nodes a cluster default".to_owned()));
        }
        let mut password_hash = None;
        if let Some(password) = request.password {
            needs_everything(actor)?;
            password_hash = Some(account::hash_password(password).await?);
            told.push("a new password".to_owned());
        }
        let username = self.account(actor, id).await?.username;
        let detail = format!("Changed the account {username}: {}", told.join(", "));
        let patch = AccountPatch {
            role: request.role,
            max_clusters: request.max_clusters,
            max_nodes: request.max_nodes,
            password_hash,
        };
        let now = self.clock.now();
        let done = self
            .store
            .change_account(id, &patch, Some(actor), detail, now)
            .await?;
        changed(done)?;
        self.account(actor, id).await
    }

    /// Closes an account: its keys and tokens stop at once, and its clusters are deleted.
    ///
    /// # Errors
    /// As [`Service::change_account`].
    pub async fn close_account(&self, actor: &Actor, id: AccountId) -> Result<(), Fault> {
        self.check_admin(actor)?;
        needs_everything(actor)?;
        let now = self.clock.now();
        changed(self.store.close_account(id, Some(actor), now).await?)?;
        self.new_task.notify_one();
        Ok(())
    }

    fn details(&self, record: &AccountRecord) -> AccountDetails {
        let account = &record.account;
        AccountDetails {
            id: account.id,
            username: account.username.clone(),
            role: account.role,
            quotas: self.quotas(account),
            max_clusters: account.limits.max_clusters,
            max_nodes_per_cluster: account.limits.max_nodes,
            clusters: record.clusters,
            created_at: record.created_at,
        }
    }
}

/// Whoever sets a password can sign in with it, and a sign-in with a password may do everything. So what
/// leads to one takes a key that may do everything already.
fn needs_everything(actor: &Actor) -> Result<(), Problem> {
    match Scopes::all().beyond(&actor.scopes) {
        Some(scope) => Err(Problem::ScopeMissing { scope }),
        None => Ok(()),
    }
}

fn changed(outcome: AccountChanged) -> Result<(), Fault> {
    match outcome {
        AccountChanged::Done => Ok(()),
        AccountChanged::Unknown => Err(Problem::NoRoute.into()),
        AccountChanged::LastAdmin => Err(broken(AccountRule::LastAdmin)),
    }
}

impl From<AccountFault> for Fault {
    fn from(fault: AccountFault) -> Self {
        match fault {
            AccountFault::Name => broken(AccountRule::Username),
            AccountFault::Taken => broken(AccountRule::UsernameTaken),
            AccountFault::Password => broken(AccountRule::Password),
            AccountFault::LastAdmin => broken(AccountRule::LastAdmin),
            AccountFault::Unknown => Problem::NoRoute.into(),
            inner => Self::Internal(inner.into()),
        }
    }
}
