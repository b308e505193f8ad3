//! Owing a cluster work: the one way in which a task comes about.

use cluster_api::{Progress, TaskId, TaskKind, Timestamp};
use uuid::Uuid;

use super::Plan;
use crate::provisioner::Provisioner;
use crate::store::{Change, EventDraft, NodeRecord, Store, StoreError};

/// What is owed.
pub(crate) struct Owed<'a> {
    /// What is to be done.
    pub(crate) kind: TaskKind,
    /// The nodes as they are within the change.
    pub(crate) nodes: &'a [NodeRecord],
    /// What will do it.
    pub(crate) provisioner: &'a dyn Provisioner,
    /// Whether a node stays where its work finds no other place.
    pub(crate) gentle: bool,
    /// What is written down for it. It gets the task's id.
    pub(crate) event: EventDraft,
}

/// Ends a change with a task for the reconciler, which has to be told of it afterwards. What was to be
/// done before is dropped: the new wish stands for both.
///
/// # Errors
/// The database failed; nothing was kept.
pub(crate) async fn owe(
    store: &Store,
    mut change: Change,
    owed: Owed<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let task_id = change.open_task(owed.kind, owed.gentle).await?;
    change.set_status(owed.kind.status()).await?;
    let progress = progress(store, owed.provisioner, owed.kind, owed.nodes, now).await?;
    change
        .set_progress(&Progress {
            task_id,
            ..progress
        })
        .await?;
    change
        .record(EventDraft {
            task_id: Some(task_id),
            ..owed.event
        })
        .await?;
    store.commit(change).await
}

/// How far a task is that has just been asked for.
pub(crate) async fn progress(
    store: &Store,
    provisioner: &dyn Provisioner,
    kind: TaskKind,
    nodes: &[NodeRecord],
    now: Timestamp,
) -> Result<Progress, StoreError> {
    let plan = Plan::new(kind, nodes, !provisioner.scripts().is_empty());
    let typical_ms = store.typical_ms(kind, provisioner.kind()).await?;
    Ok(plan.progress(TaskId(Uuid::new_v4()), kind, now, typical_ms))
}
