//! What only clouds have.

use async_trait::async_trait;
use secrecy::SecretString;

use super::Grant;
use crate::{
    Choices, Cluster, ClusterId, FromTemplate, IdempotencyKey, Membership, NewNodegroup, Nodegroup,
    NodegroupId, Offer, Problem, Project, ProjectUse, RequestId, Template, TemplateId,
};

/// Projects, templates and groups of nodes; and what a control plane offers.
///
/// # Errors
/// Every method answers a [`Problem`]; [`Problem::NotOffered`] where nobody says otherwise.
#[expect(
    unused_variables,
    reason = "names say what an argument is, also where nothing is done with it"
)]
#[async_trait]
pub trait CloudApi: Send + Sync {
    /// Whether it has something that not every control plane has. See [`Offer::is_ours`].
    fn offers(&self, what: Offer) -> bool {
        what.is_ours()
    }

    /// What the control plane itself said when it refused a request, word for word:
    /// [`Problem::Refused`]. It is kept for some minutes.
    fn said(&self, token: &SecretString, request_id: RequestId) -> Option<String> {
        None
    }

    /// The project that the one who asks is signed in to. Nobody has to be asked for it.
    fn membership(&self, token: &SecretString) -> Option<Membership> {
        None
    }

    /// The projects that the one who asks may choose from.
    async fn projects(&self, token: &SecretString) -> Result<Vec<Project>, Problem> {
        Err(Problem::NotOffered)
    }

    /// Goes over to another project.
    async fn choose_project(&self, token: &SecretString, id: &str) -> Result<Grant, Problem> {
        Err(Problem::NotOffered)
    }

    /// What clusters are made from.
    async fn templates(&self, token: &SecretString) -> Result<Vec<Template>, Problem> {
        Err(Problem::NotOffered)
    }

    /// What there is to choose from for machines.
    async fn choices(&self, token: &SecretString) -> Result<Choices, Problem> {
        Err(Problem::NotOffered)
    }

    /// What the project has and may have.
    async fn project_use(&self, token: &SecretString) -> Result<ProjectUse, Problem> {
        Err(Problem::NotOffered)
    }

    /// Asks for a cluster made from a template. The same key makes one cluster, however often it is
    /// sent.
    async fn create_from(
        &self,
        token: &SecretString,
        cluster: &FromTemplate,
        key: &IdempotencyKey,
    ) -> Result<Cluster, Problem> {
        Err(Problem::NotOffered)
    }

    /// What a failed cluster was asked to be, to ask for it again.
    async fn again(&self, token: &SecretString, id: ClusterId) -> Result<FromTemplate, Problem> {
        Err(Problem::NotOffered)
    }

    /// Asks for a cluster to go over to another template, so many nodes at a time.
    async fn upgrade(
        &self,
        token: &SecretString,
        id: ClusterId,
        template: TemplateId,
        at_once: u32,
    ) -> Result<Cluster, Problem> {
        Err(Problem::NotOffered)
    }

    /// The groups of nodes of a cluster, the managers first.
    async fn nodegroups(
        &self,
        token: &SecretString,
        id: ClusterId,
    ) -> Result<Vec<Nodegroup>, Problem> {
        Err(Problem::NotOffered)
    }

    /// Asks for a group of nodes.
    async fn add_nodegroup(
        &self,
        token: &SecretString,
        id: ClusterId,
        group: &NewNodegroup,
    ) -> Result<(), Problem> {
        Err(Problem::NotOffered)
    }

    /// Asks for another number of nodes in a group. Of fewer, `remove` says which go; nothing: the
    /// cloud chooses.
    async fn resize_nodegroup(
        &self,
        token: &SecretString,
        id: ClusterId,
        group: NodegroupId,
        count: u32,
        remove: &[String],
    ) -> Result<(), Problem> {
        Err(Problem::NotOffered)
    }

    /// Changes the least and the most nodes of a group.
    async fn bound_nodegroup(
        &self,
        token: &SecretString,
        id: ClusterId,
        group: NodegroupId,
        min: u32,
        max: Option<u32>,
    ) -> Result<(), Problem> {
        Err(Problem::NotOffered)
    }

    /// Asks for the end of a group of nodes.
    async fn delete_nodegroup(
        &self,
        token: &SecretString,
        id: ClusterId,
        group: NodegroupId,
    ) -> Result<(), Problem> {
        Err(Problem::NotOffered)
    }
}
