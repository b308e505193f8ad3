//! The support bundle of a cluster: for its account, and for admins.

use std::time::Duration;

use cluster_api::{ClusterId, Problem};
use futures::future::join_all;

use super::{Fault, Service};
use crate::{provisioner::ProvisionError, store::Actor, support::Support};

/// Events that a bundle holds at most: the newest.
const MOST_EVENTS: u32 = 20_000;

/// Tasks that a bundle holds at most: the newest.
const MOST_TASKS: u32 = 500;

/// Lines of each node's log.
const LINES: u32 = 500;

/// How long an engine is waited for. A bundle has to come also when nothing works.
const PATIENCE: Duration = Duration::from_secs(8);

impl Service {
    /// The support bundle: the cluster's name and the zip. It comes in every state of the cluster, and
    /// says in its place what could not be read.
    ///
    /// # Errors
    /// [`Problem::NotFound`], also for other accounts' clusters unless an admin asks; or a fault
    /// inside.
    pub async fn support_zip(
        &self,
        actor: &Actor,
        id: ClusterId,
    ) -> Result<(String, Vec<u8>), Fault> {
        let record = self.store.cluster(id).await?;
        let is_seen = |account| account == actor.account.id || actor.is_admin();
        let record = record
            .filter(|record| is_seen(record.account_id))
            .ok_or(Problem::NotFound)?;
        let mut events = self.store.events_of(id, MOST_EVENTS).await?;
        events.reverse();
        let host_engine = within(self.provisioner.engine_version());
        let logs = join_all(record.nodes.iter().map(async |node| {
            let log = within(self.provisioner.node_log(id, node.id, LINES)).await;
            let log =
                log.map(|log| log.unwrap_or_else(|| "Nothing of this node is there.\n".to_owned()));
            (node.name(), log.unwrap_or_else(|why| format!("{why}\n")))
        }));
        let (host_engine, logs) = tokio::join!(host_engine, logs);
        let name = record.cluster.name.to_string();
        let support = Support {
            cluster: record.cluster,
            events,
            tasks: self.store.tasks_of(id, MOST_TASKS).await?,
            host_engine: host_engine.unwrap_or_else(|why| why),
            logs,
            settings: self.help.settings.clone(),
            now: self.clock.now(),
        };
        let zip = tokio::task::spawn_blocking(move || support.to_zip()).await?;
        let zip = zip.map_err(Fault::Internal)?;
        tracing::info!(cluster.id = %id, account.name = actor.account.username, "support bundle handed out");
        Ok((format!("{name}-support"), zip))
    }
}

/// What an engine brings in time, or a sentence on why it did not.
async fn within<T>(action: impl Future<Output = Result<T, ProvisionError>>) -> Result<T, String> {
    match tokio::time::timeout(PATIENCE, action).await {
        Ok(outcome) => outcome.map_err(|error| error.message),
        Err(_) => Err(format!(
            "The engine did not answer within {} s.",
            PATIENCE.as_secs()
        )),
    }
}
