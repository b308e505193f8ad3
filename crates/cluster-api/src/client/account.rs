//! Accounts, their keys and sign-ins, and the audit log.

use async_trait::async_trait;
use secrecy::SecretString;

use super::Download;
use crate::{
    AccountDetails, AccountId, AccountList, AddAccount, ApiKeyList, AuditFormat, AuditList,
    AuditQuery, ChangeAccount, Cluster, EngineHealth, KeyId, MadeAccount, MadeKey, MakeKey,
    Problem, SessionId, SessionList, WhoAmI,
};

/// What belongs to accounts.
///
/// # Errors
/// Every method answers a [`Problem`]; [`Problem::NotOffered`] where nobody says otherwise.
#[expect(
    unused_variables,
    reason = "names say what an argument is, also where nothing is done with it"
)]
#[async_trait]
pub trait AccountApi: Send + Sync {
    /// Whom the token belongs to, and what it may do.
    async fn account(&self, token: &SecretString) -> Result<WhoAmI, Problem> {
        Err(Problem::NotOffered)
    }

    /// The API keys of the account, without their secrets.
    async fn keys(&self, token: &SecretString) -> Result<ApiKeyList, Problem> {
        Err(Problem::NotOffered)
    }

    /// Makes an API key. Its secret is in the answer, this once.
    async fn make_key(&self, token: &SecretString, key: &MakeKey) -> Result<MadeKey, Problem> {
        Err(Problem::NotOffered)
    }

    /// Revokes an API key; the sign-ins with it end.
    async fn revoke_key(&self, token: &SecretString, id: KeyId) -> Result<(), Problem> {
        Err(Problem::NotOffered)
    }

    /// Where the account is signed in.
    async fn sessions(&self, token: &SecretString) -> Result<SessionList, Problem> {
        Err(Problem::NotOffered)
    }

    /// Ends a sign-in.
    async fn end_session(&self, token: &SecretString, id: SessionId) -> Result<(), Problem> {
        Err(Problem::NotOffered)
    }

    /// Ends all sign-ins, or all but the one that asks.
    async fn end_sessions(&self, token: &SecretString, keep_this: bool) -> Result<(), Problem> {
        Err(Problem::NotOffered)
    }

    /// A page of all accounts, by name; after that `marker`, the `next` of the page before. Admins only,
    /// as all that follows but the audit log.
    async fn accounts(
        &self,
        token: &SecretString,
        marker: Option<&str>,
    ) -> Result<AccountList, Problem> {
        Err(Problem::NotOffered)
    }

    /// Another account.
    async fn account_of(
        &self,
        token: &SecretString,
        id: AccountId,
    ) -> Result<AccountDetails, Problem> {
        Err(Problem::NotOffered)
    }

    /// The clusters of another account, newest first.
    async fn clusters_of(
        &self,
        token: &SecretString,
        id: AccountId,
    ) -> Result<Vec<Cluster>, Problem> {
        Err(Problem::NotOffered)
    }

    /// Makes an account. Its password is in the answer, this once.
    async fn add_account(
        &self,
        token: &SecretString,
        account: &AddAccount,
    ) -> Result<MadeAccount, Problem> {
        Err(Problem::NotOffered)
    }

    /// Changes the role, the quotas or the password of an account.
    async fn change_account(
        &self,
        token: &SecretString,
        id: AccountId,
        change: &ChangeAccount,
    ) -> Result<AccountDetails, Problem> {
        Err(Problem::NotOffered)
    }

    /// Closes an account: its keys and sign-ins end, and its clusters are deleted, protected ones too.
    async fn close_account(&self, token: &SecretString, id: AccountId) -> Result<(), Problem> {
        Err(Problem::NotOffered)
    }

    /// How the engine is that nodes run on. Admins only.
    async fn engine_health(&self, token: &SecretString) -> Result<EngineHealth, Problem> {
        Err(Problem::NotOffered)
    }

    /// A page of the audit log, newest first: admins read all of it, others their own.
    async fn audit(&self, token: &SecretString, query: &AuditQuery) -> Result<AuditList, Problem> {
        Err(Problem::NotOffered)
    }

    /// All of the audit log that fits, as a file.
    async fn export_audit(
        &self,
        token: &SecretString,
        query: &AuditQuery,
        format: AuditFormat,
    ) -> Result<Download, Problem> {
        Err(Problem::NotOffered)
    }
}
