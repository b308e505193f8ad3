//! The reconciler: brings what is there to what is wished, task by task.
//!
//! It takes the open tasks from the store, one a cluster, several clusters at once. A task is a
//! [`Plan`] of steps; each step looks before it acts, runs under a time limit, and is written down
//! when it is done. What fails for a passing reason is tried again with growing pauses; what does not
//! pass ends in `error` with a reason. Killed at any moment, it finds the open tasks at the next start
//! and carries on.

mod backoff;
mod converge;
mod health;
pub(crate) mod keys;
mod owe;
mod plan;
mod report;
mod run;
mod sweep;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use cluster_api::{ClusterId, TaskId};
use futures::FutureExt;
use tokio::{
    sync::{Notify, Semaphore},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

pub use backoff::Pauses;
pub use health::Health;
#[cfg(test)]
pub(crate) use health::Memory;
pub(crate) use owe::{Owed, owe, progress};
pub use plan::Plan;
pub use sweep::Sweeper;

use self::report::Tries;

use crate::{
    Core,
    clock::SharedClock,
    provisioner::{FailureKind, ProvisionError, Provisioner},
    store::{Store, StoreError, TaskRecord},
    vault::Vault,
};

/// Clusters that are worked on at once.
const CLUSTERS_AT_ONCE: usize = 8;

/// Nodes that start at once, over all clusters: each start keeps a processor busy for a second.
const NODES_AT_ONCE: usize = 16;

/// How often the store is looked at even if nobody called: for tasks that another process wrote.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// How often what nobody needs any more is forgotten.
const TIDY: Duration = Duration::from_secs(3600);

/// Brings what is there to what is wished.
pub struct Reconciler {
    store: Arc<Store>,
    vault: Arc<Vault>,
    provisioner: Arc<dyn Provisioner>,
    clock: SharedClock,
    new_task: Arc<Notify>,
    pauses: Pauses,
    clusters: Semaphore,
    nodes: Semaphore,
}

impl Reconciler {
    /// A reconciler whose pauses between tries grow like that.
    #[must_use]
    pub fn new(core: Core, pauses: Pauses) -> Self {
        Self {
            store: core.store,
            vault: core.vault,
            provisioner: core.provisioner,
            clock: core.clock,
            new_task: core.new_task,
            pauses,
            clusters: Semaphore::new(CLUSTERS_AT_ONCE),
            nodes: Semaphore::new(NODES_AT_ONCE),
        }
    }

    /// Works until it is stopped. What is under way then is left where it is, for the next start.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut running: HashMap<ClusterId, (TaskId, CancellationToken)> = HashMap::new();
        let mut work = JoinSet::new();
        let mut is_first_look = true;
        let mut tidy = tokio::time::interval(TIDY);
        loop {
            match self.look().await {
                Ok(tasks) => {
                    for task in tasks {
                        match running.get(&task.cluster_id) {
                            Some((id, _)) if *id == task.id => {}
                            // Superseded: a delete during a create. It starts when the old one ended.
                            Some((_, cancel)) => cancel.cancel(),
                            None => {
                                let cancel = stop.child_token();
                                running.insert(task.cluster_id, (task.id, cancel.clone()));
                                let this = Arc::clone(&self);
                                work.spawn(async move {
                                    let done = this.take(task, is_first_look);
                                    cancel.run_until_cancelled(done).await;
                                    task.cluster_id
                                });
                            }
                        }
                    }
                    is_first_look = false;
                }
                Err(error) => {
                    let error = chain(&error);
                    tracing::error!("the open tasks could not be read: {error}");
                }
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.new_task.notified() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                _ = tidy.tick() => {
                    if let Err(error) = self.store.forget_old(self.clock.now()).await {
                        tracing::warn!("old entries could not be removed: {}", chain(&error));
                    }
                }
                Some(ended) = work.join_next() => match ended {
                    Ok(cluster) => {
                        running.remove(&cluster);
                    }
                    Err(error) => tracing::error!("a task ended without a word: {error}"),
                },
            }
        }
        while work.join_next().await.is_some() {}
    }

    async fn look(&self) -> Result<Vec<TaskRecord>, StoreError> {
        self.store.notice_other_writers().await?;
        self.store.open_tasks().await
    }

    async fn take(&self, task: TaskRecord, is_resumed: bool) {
        // The semaphore is never closed.
        let Ok(_slot) = self.clusters.acquire().await else {
            return;
        };
        let work = AssertUnwindSafe(self.work(task, is_resumed)).catch_unwind();
        if work.await.is_err() {
            // The panic itself is in the log already. The cluster must not look busy for ever.
            let failure = ProvisionError {
                kind: FailureKind::Permanent,
                message:
                    "Something failed on our side. Retry; if it stays so, write into the ticket \
                          that was opened for this."
                        .to_owned(),
                source: None,
            };
            let tries = Tries {
                times: 1,
                since: self.clock.now(),
            };
            if let Err(error) = self.say_failed(&task, &failure, Some((tries, None))).await {
                tracing::error!(cluster.id = %task.cluster_id, "a failure could not be noted: {}", chain(&error));
            }
        }
    }
}

/// An error and all that lies behind it, on one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
