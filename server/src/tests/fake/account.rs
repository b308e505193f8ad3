//! Accounts, keys, sessions and the audit log of the fake: `admin` looks after the others.

use async_trait::async_trait;
use cluster_api::{
    AccountDetails, AccountId, AccountList, AccountRule, AddAccount, ApiKey, ApiKeyList,
    AuditAction, AuditEntry, AuditFormat, AuditList, AuditQuery, ChangeAccount, Cluster,
    EngineHealth, KeyId, MadeAccount, MadeKey, MakeKey, NodeCount, Problem, Provisioning, Quotas,
    Role, Scopes, SecretText, Session, SessionId, SessionList, Timestamp, WhoAmI,
    client::{AccountApi, Download},
};
use futures::stream;
use secrecy::SecretString;
use uuid::Uuid;

use super::{FakeControlPlane, State};

/// The secret of every key, and the password of every account.
pub(crate) const SECRET: &str = "cak_swordfish";

/// The sign-in beside the one that asks.
pub(crate) const OTHER: SessionId = SessionId(Uuid::from_u128(7));

fn at() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

fn quotas() -> Quotas {
    Quotas {
        max_clusters: 10,
        max_nodes_per_cluster: NodeCount::MAX,
    }
}

impl State {
    fn admin(&self, token: &SecretString) -> Result<(), Problem> {
        match &*self.account(token)? {
            "admin" => Ok(()),
            _ => Err(Problem::NotFound),
        }
    }

    fn account_by_id(&mut self, id: AccountId) -> Result<&mut AccountDetails, Problem> {
        let mut accounts = self.accounts.iter_mut();
        accounts.find(|it| it.id == id).ok_or(Problem::NotFound)
    }
}

#[async_trait]
impl AccountApi for FakeControlPlane {
    async fn account(&self, token: &SecretString) -> Result<WhoAmI, Problem> {
        let username = self.called("account").account(token)?;
        Ok(WhoAmI {
            id: AccountId(Uuid::from_u128(1)),
            role: if username == "admin" {
                Role::Admin
            } else {
                Role::Member
            },
            username,
            scopes: Scopes::all(),
            key: None,
            quotas: quotas(),
        })
    }

    async fn keys(&self, token: &SecretString) -> Result<ApiKeyList, Problem> {
        let state = self.called("keys");
        let account = state.account(token)?;
        Ok(ApiKeyList {
            keys: state.keys.get(&account).cloned().unwrap_or_default(),
        })
    }

    async fn make_key(&self, token: &SecretString, key: &MakeKey) -> Result<MadeKey, Problem> {
        let mut state = self.called("make_key");
        let account = state.account(token)?;
        let keys = state.keys.entry(account).or_default();
        if keys.iter().any(|known| known.name == key.name) {
            return Err(Problem::Account {
                rule: AccountRule::KeyNameTaken,
            });
        }
        let key = ApiKey {
            id: KeyId(Uuid::from_u128(100 + keys.len() as u128)),
            name: key.name.clone(),
            scopes: key.scopes.clone(),
            created_at: at(),
            expires_at: key.expires_at,
            last_used_at: None,
            revoked_at: None,
        };
        keys.push(key.clone());
        let secret = SecretText(SECRET.to_owned());
        Ok(MadeKey { key, secret })
    }

    async fn revoke_key(&self, token: &SecretString, id: KeyId) -> Result<(), Problem> {
        let mut state = self.called("revoke_key");
        let account = state.account(token)?;
        let mut keys = state.keys.entry(account).or_default().iter_mut();
        let key = keys.find(|it| it.id == id).ok_or(Problem::NotFound)?;
        key.revoked_at = Some(at());
        Ok(())
    }

    async fn sessions(&self, token: &SecretString) -> Result<SessionList, Problem> {
        self.called("sessions").account(token)?;
        let session = |id, is_this| Session {
            id,
            key: None,
            scopes: Scopes::all(),
            address: Some("192.0.2.7".to_owned()),
            user_agent: Some("curl/8.14.1".to_owned()),
            created_at: at(),
            last_used_at: at(),
            expires_at: at(),
            is_this,
        };
        let this = SessionId(Uuid::from_u128(6));
        Ok(SessionList {
            sessions: vec![session(OTHER, false), session(this, true)],
        })
    }

    async fn end_session(&self, token: &SecretString, id: SessionId) -> Result<(), Problem> {
        self.called("end_session").account(token)?;
        (id == OTHER).then_some(()).ok_or(Problem::NotFound)
    }

    async fn end_sessions(&self, token: &SecretString, keep_this: bool) -> Result<(), Problem> {
        let state = self.called(format!("end_sessions, this one stays: {keep_this}"));
        state.account(token).map(|_| ())
    }

    async fn accounts(
        &self,
        token: &SecretString,
        _: Option<&str>,
    ) -> Result<AccountList, Problem> {
        let state = self.called("accounts");
        state.admin(token)?;
        Ok(AccountList {
            accounts: state.accounts.clone(),
            next: None,
        })
    }

    async fn account_of(
        &self,
        token: &SecretString,
        id: AccountId,
    ) -> Result<AccountDetails, Problem> {
        let mut state = self.called("account_of");
        state.admin(token)?;
        state.account_by_id(id).cloned()
    }

    async fn clusters_of(
        &self,
        token: &SecretString,
        id: AccountId,
    ) -> Result<Vec<Cluster>, Problem> {
        let mut state = self.called("clusters_of");
        state.admin(token)?;
        let name = state.account_by_id(id)?.username.clone();
        Ok(state.clusters.get(&name).cloned().unwrap_or_default())
    }

    async fn add_account(
        &self,
        token: &SecretString,
        account: &AddAccount,
    ) -> Result<MadeAccount, Problem> {
        let mut state = self.called("add_account");
        state.admin(token)?;
        let account = AccountDetails {
            id: AccountId(Uuid::from_u128(200 + state.accounts.len() as u128)),
            username: account.username.clone(),
            role: account.role.unwrap_or(Role::Member),
            quotas: quotas(),
            max_clusters: account.max_clusters,
            max_nodes_per_cluster: account.max_nodes_per_cluster,
            clusters: 0,
            created_at: at(),
        };
        state.accounts.push(account.clone());
        let password = SecretText(SECRET.to_owned());
        Ok(MadeAccount { account, password })
    }

    async fn change_account(
        &self,
        token: &SecretString,
        id: AccountId,
        change: &ChangeAccount,
    ) -> Result<AccountDetails, Problem> {
        let wire = serde_json::to_string(change).unwrap();
        let mut state = self.called(format!("change_account {wire}"));
        state.admin(token)?;
        state.account_by_id(id).cloned()
    }

    async fn close_account(&self, token: &SecretString, id: AccountId) -> Result<(), Problem> {
        let mut state = self.called("close_account");
        state.admin(token)?;
        state.account_by_id(id)?;
        state.accounts.retain(|it| it.id != id);
        Ok(())
    }

    async fn engine_health(&self, token: &SecretString) -> Result<EngineHealth, Problem> {
        self.hear("engine_health").await;
        self.called("engine_health").admin(token)?;
        Ok(EngineHealth {
            provisioning: Provisioning::Docker,
            reachable: false,
            unreachable_since: Some(at()),
            reason: Some("The engine does not answer".to_owned()),
            version: None,
            containers: None,
            networks: None,
            last_sweep: None,
            last_look: Some(at()),
        })
    }

    async fn audit(&self, token: &SecretString, query: &AuditQuery) -> Result<AuditList, Problem> {
        let wire = serde_json::to_string(query).unwrap();
        let actor = self.called(format!("audit {wire}")).account(token)?;
        if query.actor.as_deref() == Some("nobody") {
            return Ok(AuditList {
                entries: Vec::new(),
                next: None,
            });
        }
        Ok(AuditList {
            entries: vec![AuditEntry {
                id: 17,
                at: at(),
                account_id: None,
                actor: Some(actor),
                key: Some("ci".to_owned()),
                address: Some("192.0.2.7".to_owned()),
                action: AuditAction::SessionRefuse,
                cluster_id: None,
                cluster_name: None,
                detail: "Wrong password".to_owned(),
            }],
            next: Some(16).filter(|_| query.marker.is_none()),
        })
    }

    async fn export_audit(
        &self,
        token: &SecretString,
        query: &AuditQuery,
        format: AuditFormat,
    ) -> Result<Download, Problem> {
        let wire = serde_json::to_string(query).unwrap();
        let state = self.called(format!("export {} {wire}", format.as_str()));
        state.account(token)?;
        let pieces = if query.actor.as_deref() == Some("broken") {
            vec![Err(Problem::Unreachable)]
        } else {
            vec![Ok(b"id,at\n".to_vec()), Ok(b"17,x\n".to_vec())]
        };
        Ok(Box::pin(stream::iter(pieces)))
    }
}
