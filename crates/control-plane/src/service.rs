//! The rules: who may do what, how much of it, and what is written down for it.
//!
//! Handlers of the API call one method here; the methods check, and write the wish, the task and the
//! event in one transaction. The reconciler does the rest.

mod accounts;
mod admin;
mod audit;
pub(crate) mod clusters;
mod engine;
mod inside;
mod keys;
mod list;
mod subscriptions;
mod support;
mod tickets;
mod zip_addresses;

use std::sync::Arc;

use cluster_api::{Problem, Quotas};
use tokio::sync::Notify;

pub use accounts::{Grant, Origin};
pub use admin::AccountRequest;
pub use inside::{Insight, LogStream, WINDOWS, Window};
pub use keys::KeyRequest;

use crate::{
    Core, EngineWatch,
    clock::SharedClock,
    notify::Sender,
    provisioner::Provisioner,
    store::{Account, AccountId, Store},
    vault::Vault,
};

/// The rules, with all they need.
pub struct Service {
    store: Arc<Store>,
    vault: Arc<Vault>,
    provisioner: Arc<dyn Provisioner>,
    clock: SharedClock,
    default_quotas: Quotas,
    new_task: Arc<Notify>,
    engine: Arc<EngineWatch>,
    help: Help,
    tries: accounts::Tries,
    trials: subscriptions::Trials,
    refusals: accounts::Refusals,
    zip_addresses: zip_addresses::ZipAddresses,
    insight: Insight,
    streams: inside::Streams,
}

/// What helping with clusters takes.
pub struct Help {
    /// Sends notices.
    pub sender: Arc<Sender>,
    /// The settings of the control plane, without secrets, for support bundles.
    pub settings: serde_json::Value,
}

/// Why something was not done: what the caller hears, or what stays inside.
#[derive(Debug)]
pub enum Fault {
    /// For the caller.
    Problem(Problem),
    /// For the caller, in a sentence that says more than the problem's own.
    Said(Problem, String),
    /// For the log; the caller hears that something failed, and the request id.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

macro_rules! internal {
    ($($error:ty),+ $(,)?) => {
        $(impl From<$error> for Fault {
            fn from(error: $error) -> Self {
                Self::Internal(error.into())
            }
        })+
    };
}

internal!(
    crate::reconciler::keys::KeyError,
    crate::store::StoreError,
    crate::vault::VaultError,
    crate::certificates::CertificateError,
    zip::result::ZipError,
    serde_json::Error,
    tokio::task::JoinError,
);

impl Service {
    /// Puts the rules together. `default_quotas` are for accounts that have none of their own.
    #[must_use]
    pub fn new(core: Core, default_quotas: Quotas, help: Help, insight: Insight) -> Self {
        let tries = accounts::tries();
        Self {
            store: core.store,
            vault: core.vault,
            provisioner: core.provisioner,
            clock: core.clock,
            default_quotas,
            new_task: core.new_task,
            engine: core.engine,
            help,
            tries,
            trials: subscriptions::trials(),
            refusals: accounts::refusals(),
            zip_addresses: zip_addresses::ZipAddresses::default(),
            insight,
            streams: inside::Streams::default(),
        }
    }

    /// The store, for reading what needs no rules.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What an account may have.
    #[must_use]
    pub fn quotas(&self, account: &Account) -> Quotas {
        account.limits.or(self.default_quotas)
    }

    /// What an account may have now; one that is closed, what all may have.
    ///
    /// # Errors
    /// A fault inside.
    pub async fn quotas_of(&self, id: AccountId) -> Result<Quotas, Fault> {
        let record = self.store.account(id).await?;
        let limits = record.map(|record| record.account.limits);
        Ok(limits.unwrap_or_default().or(self.default_quotas))
    }
}
