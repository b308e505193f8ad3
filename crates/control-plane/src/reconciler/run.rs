//! One task from its first try to its end.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use cluster_api::{ClusterStatus, EventKind, Progress, Reason, TaskKind};

use super::{
    Reconciler,
    backoff::Backoff,
    chain,
    plan::{Plan, Step},
    report::{Report, Tries},
};
use crate::{
    provisioner::{FailureKind, ProvisionError},
    store::{Change, ClusterRecord, Duty, EventDraft, NodeRecord, StoreError, TaskRecord},
};

/// How long one step may take before it is given up and tried again.
const STEP_TIMEOUT: Duration = Duration::from_secs(120);

/// How often a task is tried when what fails may pass. (An engine that cannot be reached is waited
/// for without counting.)
const TRIES: u32 = 5;

/// Why a try ended early.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stop {
    /// A step failed.
    #[error(transparent)]
    Failed(#[from] ProvisionError),
    /// Nobody wishes for it any more: another task stands in its place.
    #[error("the task was superseded")]
    Superseded,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Certificates or keys cannot be used.
    #[error(transparent)]
    Secret(Box<dyn std::error::Error + Send + Sync>),
}

/// A try of a task: the plan, and the journal it is ticked off in.
pub(super) struct Run<'a> {
    pub(super) reconciler: &'a Reconciler,
    pub(super) task: TaskRecord,
    /// Kept from try to try: what was done once is not told again.
    plan: &'a Mutex<Option<Plan>>,
    typical_ms: Option<u64>,
}

impl Reconciler {
    /// Tries until the task is done, failed for good, or nobody wishes for it any more.
    pub(super) async fn work(&self, task: TaskRecord, is_resumed: bool) {
        let mut backoff = Backoff::new(self.pauses);
        let mut counted = 0;
        let mut tries = Tries {
            times: 0,
            since: self.clock.now(),
        };
        let plan = Mutex::new(None);
        if is_resumed && let Err(error) = self.say_resumed(&task).await {
            tracing::warn!(cluster.id = %task.cluster_id, "the restart could not be noted: {}", chain(&error));
        }
        loop {
            let failure = match self.attempt(task, &plan).await {
                Ok(()) | Err(Stop::Superseded) => return,
                Err(Stop::Failed(failure)) => failure,
                Err(Stop::Store(error)) => ProvisionError {
                    kind: FailureKind::Unreachable,
                    message: "The control plane's database failed. Work goes on when it is back."
                        .to_owned(),
                    source: Some(error.into()),
                },
                Err(Stop::Secret(error)) => ProvisionError {
                    kind: FailureKind::Permanent,
                    message: "The keys of this cluster cannot be read. Put the key file back that \
                              belongs to this database, then retry."
                        .to_owned(),
                    source: Some(error),
                },
            };
            tracing::warn!(
                cluster.id = %task.cluster_id,
                task.kind = task.kind.as_str(),
                task.tries = tries.times + 1,
                "a try failed: {}",
                chain(&failure)
            );
            tries.times = tries.times.saturating_add(1);
            counted += u32::from(failure.kind == FailureKind::Transient);
            let gives_up = failure.kind == FailureKind::Permanent || counted >= TRIES;
            let end = gives_up.then(|| (tries, lock(&plan).clone()));
            match self.say_failed(&task, &failure, end).await {
                Ok(()) if gives_up => return,
                Ok(()) => {}
                Err(Stop::Superseded) => return,
                Err(error) => {
                    tracing::error!(cluster.id = %task.cluster_id, "a failure could not be noted: {}", chain(&error));
                }
            }
            tokio::time::sleep(backoff.pause()).await;
        }
    }

    async fn attempt(&self, task: TaskRecord, plan: &Mutex<Option<Plan>>) -> Result<(), Stop> {
        let Some(record) = self.store.cluster(task.cluster_id).await? else {
            return Err(Stop::Superseded);
        };
        let scripts = !self.provisioner.scripts().is_empty();
        lock(plan).get_or_insert_with(|| Plan::new(task.kind, &record.nodes, scripts));
        let run = Run {
            reconciler: self,
            task,
            plan,
            typical_ms: self
                .store
                .typical_ms(task.kind, self.provisioner.kind())
                .await?,
        };
        match task.kind {
            TaskKind::Delete => run.erase(record).await,
            _ => run.converge(record).await,
        }
    }

    async fn say_resumed(&self, task: &TaskRecord) -> Result<(), Stop> {
        let mut change = self.store.change(task.cluster_id, self.clock.now()).await?;
        if !change.is_open(task.id).await? {
            return Ok(());
        }
        let message = "Work goes on after a restart of the control plane".to_owned();
        change
            .record(draft(task, EventKind::Started, message))
            .await?;
        Ok(self.store.commit(change).await?)
    }

    /// Writes a failure down. With `end`, what was tried and how far it came, the task is given up: the
    /// cluster is in error, and a ticket asks for help with it, all in one transaction.
    pub(super) async fn say_failed(
        &self,
        task: &TaskRecord,
        failure: &ProvisionError,
        end: Option<(Tries, Option<Plan>)>,
    ) -> Result<(), Stop> {
        let now = self.clock.now();
        let gives_up = end.is_some();
        let mut change = self.store.change(task.cluster_id, now).await?;
        if !change.is_open(task.id).await? {
            return Err(Stop::Superseded);
        }
        let Some(record) = change.current().await? else {
            return Err(Stop::Superseded);
        };
        let known = record.cluster.reason;
        if !gives_up && known.is_some_and(|reason| reason.message == failure.message) {
            // An outage of an hour is one line in the timeline, not hundreds.
            return Ok(());
        }
        let detail = failure.source.as_deref().map(|source| chain(source));
        let mut message = failure.message.clone();
        if let Some((tries, plan)) = end {
            change.fail_task().await?;
            change.set_status(ClusterStatus::Error).await?;
            let report = Report {
                task,
                message: &failure.message,
                detail: detail.as_deref(),
                tries,
                events: &change.events_of_task(task.id).await?,
                plan: plan.as_ref(),
                now,
            };
            let subject = report.subject(record.cluster.name.as_str());
            change.open_ticket(&subject, &report.text()).await?;
            message = tries.reason(&failure.message, now);
        }
        let reason = Reason {
            message,
            detail: detail.clone(),
            retrying: !gives_up,
            since: now,
        };
        change.set_reason(Some(&reason)).await?;
        let kind = if gives_up {
            EventKind::Failed
        } else {
            EventKind::Retrying
        };
        let message = failure.message.trim_end_matches('.').to_owned();
        change
            .record(EventDraft {
                detail,
                ..draft(task, kind, message)
            })
            .await?;
        Ok(self.store.commit(change).await?)
    }
}

impl Run<'_> {
    /// Runs a step under its time limit; `note` writes what it brought into the store, together with
    /// the event.
    pub(super) async fn step<T>(
        &self,
        step: Step,
        action: impl Future<Output = Result<T, ProvisionError>>,
        note: impl AsyncFnOnce(&mut Change, &T) -> Result<(), StoreError>,
    ) -> Result<T, Stop> {
        let began = Instant::now();
        let outcome = match tokio::time::timeout(STEP_TIMEOUT, action).await {
            Ok(outcome) => outcome,
            Err(_) => Err(ProvisionError {
                kind: FailureKind::Transient,
                message: format!(
                    "This took longer than {} s: {}.",
                    STEP_TIMEOUT.as_secs(),
                    step.doing(),
                ),
                source: None,
            }),
        };
        let brought = outcome.inspect_err(|_| {
            if let Some(plan) = lock(self.plan).as_mut() {
                plan.fail(step);
            }
        })?;
        let duration_ms = u64::try_from(began.elapsed().as_millis()).ok();
        let Some(progress) = self.tick(step) else {
            return Ok(brought);
        };
        let mut change = self.change().await?;
        note(&mut change, &brought).await?;
        // What held it up does not any more.
        change.set_reason(None).await?;
        change.set_progress(&progress).await?;
        let event = draft(&self.task, EventKind::Done, step.done());
        change
            .record(EventDraft {
                duration_ms,
                ..event
            })
            .await?;
        self.reconciler.store.commit(change).await?;
        Ok(brought)
    }

    /// Ends the task well.
    pub(super) async fn finish(
        &self,
        status: ClusterStatus,
        message: String,
        note: impl AsyncFnOnce(&mut Change) -> Result<(), StoreError>,
    ) -> Result<(), Stop> {
        let mut change = self.change().await?;
        note(&mut change).await?;
        let provisioning = self.reconciler.provisioner.kind();
        change.finish_task(provisioning).await?;
        change.set_status(status).await?;
        change.ease_ticket(&format!("{message}.")).await?;
        let taken = self
            .reconciler
            .clock
            .now()
            .duration_since(self.task.created_at);
        let duration_ms = u64::try_from(taken.as_millis()).ok();
        let event = draft(&self.task, EventKind::Finished, message);
        change
            .record(EventDraft {
                duration_ms,
                ..event
            })
            .await?;
        Ok(self.reconciler.store.commit(change).await?)
    }

    async fn erase(&self, record: ClusterRecord) -> Result<(), Stop> {
        let provisioner = &self.reconciler.provisioner;
        let id = record.cluster.id;
        self.step(
            Step::Erase,
            provisioner.remove_cluster(id),
            async |change, ()| {
                for node in &record.nodes {
                    change.drop_node(node.id).await?;
                }
                Ok(())
            },
        )
        .await?;
        self.finish(
            ClusterStatus::Deleted,
            "Deleted".to_owned(),
            async |change| change.drop_ca_key().await,
        )
        .await?;
        tracing::info!(cluster.id = %id, cluster.name = %record.cluster.name, "cluster deleted");
        Ok(())
    }

    /// A change in the name of this task, if it is still wished for.
    pub(super) async fn change(&self) -> Result<Change, Stop> {
        let store = &self.reconciler.store;
        let mut change = store
            .change(self.task.cluster_id, self.reconciler.clock.now())
            .await?;
        if change.is_open(self.task.id).await? {
            Ok(change)
        } else {
            Err(Stop::Superseded)
        }
    }

    /// Whether a step is planned and not done.
    pub(super) fn is_to_do(&self, step: Step) -> bool {
        lock(self.plan)
            .as_ref()
            .is_some_and(|plan| plan.is_to_do(step))
    }

    /// Ticks a step off; None: it was not planned, so there is nothing to tell.
    fn tick(&self, step: Step) -> Option<Progress> {
        let mut plan = lock(self.plan);
        let plan = plan.as_mut()?;
        plan.tick(step).then(|| {
            plan.progress(
                self.task.id,
                self.task.kind,
                self.task.created_at,
                self.typical_ms,
            )
        })
    }
}

fn lock(plan: &Mutex<Option<Plan>>) -> MutexGuard<'_, Option<Plan>> {
    plan.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a step found out about a node, as the store keeps it.
pub(super) fn known(
    node: &NodeRecord,
    facts: &crate::provisioner::NodeFacts,
    state: cluster_api::NodeState,
    image: &str,
) -> NodeRecord {
    NodeRecord {
        state,
        duty: match node.duty {
            // It may have come back without that.
            Duty::Drained => Duty::Draining,
            duty => duty,
        },
        address: Some(facts.address.clone()),
        api_port: Some(facts.api_port),
        engine_version: Some(facts.engine_version.clone()),
        image: image.to_owned(),
        ..node.clone()
    }
}

fn draft(task: &TaskRecord, kind: EventKind, message: String) -> EventDraft {
    EventDraft::of_itself(kind, Some(task.id), message)
}
