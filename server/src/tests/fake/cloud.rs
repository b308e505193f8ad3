//! What only a cloud has, as far as the tests need it: whose a cluster is decides.

use async_trait::async_trait;
use cluster_api::{
    Cluster, ClusterId, ClusterStatus, FromTemplate, IdempotencyKey, NewNodegroup, NodegroupId,
    Problem, TemplateId,
    client::{CloudApi, Grant},
};
use secrecy::SecretString;

use super::{FakeControlPlane, cluster};

impl FakeControlPlane {
    fn own(&self, call: &str, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem> {
        let mut state = self.called(call);
        let account = state.account(token)?;
        state.find(&account, id).cloned()
    }
}

#[async_trait]
impl CloudApi for FakeControlPlane {
    async fn choose_project(&self, token: &SecretString, _: &str) -> Result<Grant, Problem> {
        self.called("choose_project").account(token)?;
        Err(Problem::WrongCredentials)
    }

    async fn create_from(
        &self,
        token: &SecretString,
        wish: &FromTemplate,
        _: &IdempotencyKey,
    ) -> Result<Cluster, Problem> {
        let mut state = self.called("create_from");
        let account = state.account(token)?;
        state.journal += 1;
        let mut made = cluster(wish.name.as_str(), state.journal);
        made.status = ClusterStatus::Creating;
        state
            .clusters
            .entry(account)
            .or_default()
            .insert(0, made.clone());
        Ok(made)
    }

    async fn upgrade(
        &self,
        token: &SecretString,
        id: ClusterId,
        _: TemplateId,
        _: u32,
    ) -> Result<Cluster, Problem> {
        self.own("upgrade", token, id)
    }

    async fn add_nodegroup(
        &self,
        token: &SecretString,
        id: ClusterId,
        _: &NewNodegroup,
    ) -> Result<(), Problem> {
        self.own("add_nodegroup", token, id).map(drop)
    }

    async fn resize_nodegroup(
        &self,
        token: &SecretString,
        id: ClusterId,
        _: NodegroupId,
        _: u32,
        _: &[String],
    ) -> Result<(), Problem> {
        self.own("resize_nodegroup", token, id).map(drop)
    }

    async fn bound_nodegroup(
        &self,
        token: &SecretString,
        id: ClusterId,
        _: NodegroupId,
        _: u32,
        _: Option<u32>,
    ) -> Result<(), Problem> {
        self.own("bound_nodegroup", token, id).map(drop)
    }

    async fn delete_nodegroup(
        &self,
        token: &SecretString,
        id: ClusterId,
        _: NodegroupId,
    ) -> Result<(), Problem> {
        self.own("delete_nodegroup", token, id).map(drop)
    }
}
