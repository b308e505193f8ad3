//! Accounts, their keys and sign-ins, and the audit log.

use async_trait::async_trait;
use reqwest::Method;
use secrecy::SecretString;

use super::{HttpControlPlane, address::Address};
use crate::{
    AccountDetails, AccountId, AccountList, AddAccount, ApiKeyList, AuditAction, AuditFormat,
    AuditList, AuditQuery, ChangeAccount, Cluster, ClustersOfAccount, EngineHealth, KeyId,
    MadeAccount, MadeKey, MakeKey, Problem, SessionId, SessionList, WhoAmI,
    client::{AccountApi, Download},
};

#[async_trait]
impl AccountApi for HttpControlPlane {
    async fn account(&self, token: &SecretString) -> Result<WhoAmI, Problem> {
        self.get(token, "/v2/account").await
    }

    async fn keys(&self, token: &SecretString) -> Result<ApiKeyList, Problem> {
        self.get(token, "/v2/keys").await
    }

    async fn make_key(&self, token: &SecretString, key: &MakeKey) -> Result<MadeKey, Problem> {
        self.send_json(Method::POST, token, "/v2/keys", key).await
    }

    async fn revoke_key(&self, token: &SecretString, id: KeyId) -> Result<(), Problem> {
        self.call(Method::DELETE, token, &format!("/v2/keys/{id}"))
            .await
    }

    async fn sessions(&self, token: &SecretString) -> Result<SessionList, Problem> {
        self.get(token, "/v2/sessions").await
    }

    async fn end_session(&self, token: &SecretString, id: SessionId) -> Result<(), Problem> {
        self.call(Method::DELETE, token, &format!("/v2/sessions/{id}"))
            .await
    }

    async fn end_sessions(&self, token: &SecretString, keep_this: bool) -> Result<(), Problem> {
        let keep = keep_this.then_some("this");
        let address = Address::new("/v2/sessions".to_owned()).with_some("keep", keep);
        self.call(Method::DELETE, token, address.as_str()).await
    }

    async fn accounts(
        &self,
        token: &SecretString,
        marker: Option<&str>,
    ) -> Result<AccountList, Problem> {
        let address = Address::new("/v2/accounts".to_owned()).with_some("marker", marker);
        self.get(token, address.as_str()).await
    }

    async fn account_of(
        &self,
        token: &SecretString,
        id: AccountId,
    ) -> Result<AccountDetails, Problem> {
        self.get(token, &format!("/v2/accounts/{id}")).await
    }

    async fn clusters_of(
        &self,
        token: &SecretString,
        id: AccountId,
    ) -> Result<Vec<Cluster>, Problem> {
        let path = format!("/v2/accounts/{id}/clusters");
        let list: ClustersOfAccount = self.get(token, &path).await?;
        Ok(list.clusters)
    }

    async fn add_account(
        &self,
        token: &SecretString,
        account: &AddAccount,
    ) -> Result<MadeAccount, Problem> {
        self.send_json(Method::POST, token, "/v2/accounts", account)
            .await
    }

    async fn change_account(
        &self,
        token: &SecretString,
        id: AccountId,
        change: &ChangeAccount,
    ) -> Result<AccountDetails, Problem> {
        self.send_json(Method::PATCH, token, &format!("/v2/accounts/{id}"), change)
            .await
    }

    async fn close_account(&self, token: &SecretString, id: AccountId) -> Result<(), Problem> {
        self.call(Method::DELETE, token, &format!("/v2/accounts/{id}"))
            .await
    }

    async fn engine_health(&self, token: &SecretString) -> Result<EngineHealth, Problem> {
        self.get(token, "/v2/health/engine").await
    }

    async fn audit(&self, token: &SecretString, query: &AuditQuery) -> Result<AuditList, Problem> {
        self.get(token, asked(query, "json").as_str()).await
    }

    async fn export_audit(
        &self,
        token: &SecretString,
        query: &AuditQuery,
        format: AuditFormat,
    ) -> Result<Download, Problem> {
        self.download(token, asked(query, format.as_str()).as_str())
            .await
    }
}

fn asked(query: &AuditQuery, format: &str) -> Address {
    Address::new("/v2/audit".to_owned())
        .with("format", format)
        .with_some("account", query.account)
        .with_some("action", query.action.map(AuditAction::as_str))
        .with_some("cluster", query.cluster.as_ref())
        .with_some("actor", query.actor.as_ref())
        .with_some("since", query.since)
        .with_some("until", query.until)
        .with_some("limit", query.limit)
        .with_some("marker", query.marker)
}
