//! Signing in, and clusters.

use std::{collections::BTreeSet, future::ready};

use async_trait::async_trait;
use futures::StreamExt;
use reqwest::{Method, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::{HttpControlPlane, SLOW_TIMEOUT, address::Address, answer::garbled};
use crate::{
    Access, Autoscale, AutoscaleChange, Cluster, ClusterChange, ClusterId, ClusterList,
    ClusterQuery, ClusterTypeId, ClusterTypeList, CreateCluster, DrainNode, Event, EventId,
    EventList, EventQuery, IDEMPOTENCY_KEY_HEADER, IdempotencyKey, Ledger, NodeCount, NodeId,
    Problem, Quotas, ResizeInput, Role, Scope, Scopes, Snapshot, TaskRequest, Timestamp,
    UsualTimes, WatchMessage,
    client::{CloudApi, ControlPlane, Grant, Origin, Secret, Watch, Who},
};

impl HttpControlPlane {
    async fn task(
        &self,
        token: &SecretString,
        id: ClusterId,
        task: &TaskRequest,
    ) -> Result<Cluster, Problem> {
        let path = format!("/v2/clusters/{id}/tasks");
        self.send_json(Method::POST, token, &path, task).await
    }
}

impl CloudApi for HttpControlPlane {}

#[async_trait]
impl ControlPlane for HttpControlPlane {
    async fn sign_in(&self, who: &Who, secret: &Secret, origin: &Origin) -> Result<Grant, Problem> {
        let username = &who.username;
        let auth = match secret {
            Secret::Password(password) => json!({
                "passwordCredentials": {"username": username, "password": password.expose_secret()}
            }),
            Secret::ApiKey(key) => json!({
                "RAX-KSKEY:apiKeyCredentials": {"username": username, "apiKey": key.expose_secret()}
            }),
        };
        let mut request = self
            .calls
            .post(format!("{}/v2.0/tokens", self.base))
            .json(&json!({ "auth": auth }));
        if let Some(address) = origin.address {
            request = request.header("x-forwarded-for", address.to_string());
        }
        if let Some(user_agent) = &origin.user_agent {
            request = request.header(header::USER_AGENT, user_agent);
        }
        let IdentityAnswer { access } = self.json(request).await?;
        let roles = access.user.roles.iter();
        let scopes: BTreeSet<Scope> = roles.flat_map(|role| role.name.parse()).collect();
        let is_admin = (access.user.roles.iter()).any(|role| role.name == Role::Admin.as_str());
        Ok(Grant {
            is_admin,
            token: access.token.id,
            expires_at: access.token.expires,
            account_id: access.user.id,
            username: access.user.name,
            // Other Identity v2 servers have no such roles, and no scopes.
            scopes: (!scopes.is_empty()).then_some(Scopes(scopes)),
        })
    }

    async fn check_token(&self, token: &SecretString) -> Result<bool, Problem> {
        let path = format!("/v2.0/tokens/{}", token.expose_secret());
        match self.send(self.request(Method::HEAD, &path, token)).await {
            Ok(_) => Ok(true),
            Err(Problem::SignedOut | Problem::NotFound | Problem::NoRoute) => Ok(false),
            Err(problem) => Err(problem),
        }
    }

    async fn sign_out(&self, token: &SecretString) -> Result<(), Problem> {
        let path = format!("/v2.0/tokens/{}", token.expose_secret());
        match self.send(self.request(Method::DELETE, &path, token)).await {
            Ok(_) | Err(Problem::SignedOut | Problem::NotFound | Problem::NoRoute) => Ok(()),
            Err(problem) => Err(problem),
        }
    }

    async fn snapshot(&self, token: &SecretString) -> Result<Snapshot, Problem> {
        self.get(token, "/v2/snapshot").await
    }

    async fn clusters(
        &self,
        token: &SecretString,
        query: &ClusterQuery,
    ) -> Result<ClusterList, Problem> {
        let mut address = Address::new("/v2/clusters".to_owned())
            .with_some("limit", query.limit)
            .with_some("marker", query.marker.as_ref())
            .with_some("type", query.type_id.map(|ClusterTypeId(id)| id))
            .with_some("q", query.q.as_ref())
            .with("sort", query.sort);
        for status in &query.status {
            address = address.with("status", status.as_str());
        }
        self.get(token, address.as_str()).await
    }

    async fn cluster_types(&self, token: &SecretString) -> Result<ClusterTypeList, Problem> {
        self.get(token, "/v2/cluster_types").await
    }

    async fn quotas(&self, token: &SecretString) -> Result<Quotas, Problem> {
        self.get(token, "/v2/quotas").await
    }

    async fn usual(&self, token: &SecretString) -> Result<UsualTimes, Problem> {
        self.get(token, "/v2/usual").await
    }

    async fn cluster(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem> {
        self.get(token, &format!("/v2/clusters/{id}")).await
    }

    async fn events(&self, token: &SecretString, id: ClusterId) -> Result<Vec<Event>, Problem> {
        let query = EventQuery::default();
        Ok(self.page_of_events(token, id, &query).await?.events)
    }

    async fn page_of_events(
        &self,
        token: &SecretString,
        id: ClusterId,
        query: &EventQuery,
    ) -> Result<EventList, Problem> {
        let address = Address::new(format!("/v2/clusters/{id}/events"))
            .with_some("limit", query.limit)
            .with_some("marker", query.marker.as_ref());
        self.get(token, address.as_str()).await
    }

    async fn create(
        &self,
        token: &SecretString,
        cluster: &CreateCluster,
        key: &IdempotencyKey,
    ) -> Result<Cluster, Problem> {
        let request = self
            .request(Method::POST, "/v2/clusters", token)
            .header(IDEMPOTENCY_KEY_HEADER, key.as_str())
            .json(cluster);
        self.json(request).await
    }

    async fn resize(
        &self,
        token: &SecretString,
        id: ClusterId,
        nodes: NodeCount,
    ) -> Result<(), Problem> {
        self.shrink(token, id, nodes, &[]).await
    }

    async fn shrink(
        &self,
        token: &SecretString,
        id: ClusterId,
        nodes: NodeCount,
        remove: &[NodeId],
    ) -> Result<(), Problem> {
        let input = ResizeInput {
            node_count: nodes,
            remove: remove.iter().map(NodeId::to_string).collect(),
        };
        let task = TaskRequest::Resize { input };
        self.task(token, id, &task).await.map(drop)
    }

    async fn replace_node(
        &self,
        token: &SecretString,
        id: ClusterId,
        node: NodeId,
    ) -> Result<Cluster, Problem> {
        let path = format!("/v2/clusters/{id}/nodes/{node}/replace");
        self.json(self.request(Method::POST, &path, token)).await
    }

    async fn drain_node(
        &self,
        token: &SecretString,
        id: ClusterId,
        node: NodeId,
        on: bool,
    ) -> Result<Cluster, Problem> {
        let path = format!("/v2/clusters/{id}/nodes/{node}/drain");
        self.send_json(Method::POST, token, &path, &DrainNode { on })
            .await
    }

    async fn retry(&self, token: &SecretString, id: ClusterId) -> Result<(), Problem> {
        self.task(token, id, &TaskRequest::Retry).await.map(drop)
    }

    async fn rebuild(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem> {
        self.task(token, id, &TaskRequest::Rebuild).await
    }

    async fn rotate(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem> {
        self.task(token, id, &TaskRequest::Rotate).await
    }

    async fn change(
        &self,
        token: &SecretString,
        id: ClusterId,
        change: &ClusterChange,
    ) -> Result<Cluster, Problem> {
        let path = format!("/v2/clusters/{id}");
        self.send_json(Method::PATCH, token, &path, change).await
    }

    async fn autoscale(&self, token: &SecretString, id: ClusterId) -> Result<Autoscale, Problem> {
        self.get(token, &format!("/v2/clusters/{id}/autoscale"))
            .await
    }

    async fn set_autoscale(
        &self,
        token: &SecretString,
        id: ClusterId,
        change: &AutoscaleChange,
    ) -> Result<Autoscale, Problem> {
        let path = format!("/v2/clusters/{id}/autoscale");
        self.send_json(Method::PUT, token, &path, change).await
    }

    async fn delete(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem> {
        self.json(self.request(Method::DELETE, &format!("/v2/clusters/{id}"), token))
            .await
    }

    async fn access(&self, token: &SecretString, id: ClusterId) -> Result<Access, Problem> {
        self.get(token, &format!("/v2/clusters/{id}/credentials"))
            .await
    }

    async fn credentials_zip(
        &self,
        token: &SecretString,
        id: ClusterId,
    ) -> Result<Vec<u8>, Problem> {
        let path = format!("/v2/clusters/{id}/credentials/zip");
        self.bytes(self.request(Method::GET, &path, token)).await
    }

    async fn ledger(&self, token: &SecretString, id: ClusterId) -> Result<Ledger, Problem> {
        self.get(token, &format!("/v2/clusters/{id}/credentials/ledger"))
            .await
    }

    async fn support_bundle(
        &self,
        token: &SecretString,
        id: ClusterId,
    ) -> Result<Vec<u8>, Problem> {
        let path = format!("/v2/clusters/{id}/support.zip");
        let request = self.request(Method::GET, &path, token);
        self.bytes(request.timeout(SLOW_TIMEOUT)).await
    }

    async fn watch(&self, token: &SecretString, last: Option<EventId>) -> Result<Watch, Problem> {
        let last = last.map(|last| last.to_string());
        let events = self
            .event_stream(token, "/v2/watch", last.as_deref())
            .await?;
        Ok(Box::pin(events.filter_map(|event| {
            let message = event.and_then(|event| {
                WatchMessage::from_parts(&event.event, &event.data).map_err(garbled)
            });
            ready(message.transpose())
        })))
    }
}

/// What Identity v2 answers to a sign-in; the parts we use.
#[derive(Deserialize)]
struct IdentityAnswer {
    access: IdentityAccess,
}

#[derive(Deserialize)]
struct IdentityAccess {
    token: IdentityToken,
    user: IdentityUser,
}

#[derive(Deserialize)]
struct IdentityToken {
    id: SecretString,
    expires: Timestamp,
}

#[derive(Deserialize)]
struct IdentityUser {
    id: String,
    name: String,
    #[serde(default)]
    roles: Vec<IdentityRole>,
}

#[derive(Deserialize)]
struct IdentityRole {
    #[serde(default)]
    name: String,
}
