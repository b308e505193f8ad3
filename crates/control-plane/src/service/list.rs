//! Lists: what an account has, a page at a time.

use cluster_api::{ClusterId, Event, EventId};

use super::{Fault, Service};
use crate::store::{Actor, ClusterPage, ClusterQuery};

impl Service {
    /// A page of the account's clusters, and how many there are.
    ///
    /// # Errors
    /// A fault inside.
    pub async fn page_of_clusters(
        &self,
        actor: &Actor,
        query: &ClusterQuery,
    ) -> Result<ClusterPage, Fault> {
        Ok(self.store.page_of_clusters(actor.account.id, query).await?)
    }

    /// A page of a cluster's timeline, newest first: at most `limit` events from before `before`, and
    /// the id to go on before if there are more.
    ///
    /// # Errors
    /// As [`Service::cluster`].
    pub async fn page_of_events(
        &self,
        actor: &Actor,
        id: ClusterId,
        before: Option<EventId>,
        limit: u32,
    ) -> Result<(Vec<Event>, Option<EventId>), Fault> {
        self.visible(actor, id).await?;
        Ok(self.store.page_of_events(id, before, limit).await?)
    }
}
