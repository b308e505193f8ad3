//! Changing a cluster together with the journal.

use cluster_api::{
    AuditAction, AutoscalePolicy, ClusterId, ClusterName, ClusterStatus, EventId, EventKind,
    Labels, NodeCount, NodeId, Progress, Provisioning, Reason, TaskId, TaskKind, Timestamp,
};
use serde::Serialize;
use sqlx::{Sqlite, Transaction};
use uuid::Uuid;

use super::{
    Actor, AuditDraft, ClusterRecord, Duty, NodeRecord, Result, Store, audit,
    clusters::{COLUMNS, NODE_COLUMNS, node, record},
    convert::{self, Word},
};

/// An entry for the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventDraft {
    /// Who asked, and for what, which goes into the audit log too; None: the control plane did it by
    /// itself.
    pub asked: Option<(Actor, AuditAction)>,
    /// The task it belongs to.
    pub task_id: Option<TaskId>,
    /// What sort of thing happened.
    pub kind: EventKind,
    /// One sentence without a full stop.
    pub message: String,
    /// The engine's own words.
    pub detail: Option<String>,
    /// How long it took.
    pub duration_ms: Option<u64>,
}

impl EventDraft {
    /// Somebody asked for something, in one sentence without a full stop.
    #[must_use]
    pub fn asked(
        actor: &Actor,
        action: AuditAction,
        task_id: Option<TaskId>,
        message: String,
    ) -> Self {
        Self {
            asked: Some((actor.clone(), action)),
            task_id,
            kind: EventKind::Requested,
            message,
            detail: None,
            duration_ms: None,
        }
    }

    /// The control plane did or saw something by itself.
    #[must_use]
    pub const fn of_itself(kind: EventKind, task_id: Option<TaskId>, message: String) -> Self {
        Self {
            asked: None,
            task_id,
            kind,
            message,
            detail: None,
            duration_ms: None,
        }
    }
}

impl Store {
    /// Begins a change of one cluster. Nothing is kept before [`Store::commit`].
    ///
    /// # Errors
    /// The database failed.
    pub async fn change(&self, id: ClusterId, now: Timestamp) -> Result<Change> {
        Ok(Change::within(self.writer.begin().await?, id, now))
    }

    /// Ends a change: all of it is on the disk, and watchers know.
    ///
    /// # Errors
    /// The database failed; nothing was kept.
    pub async fn commit(&self, change: Change) -> Result<()> {
        change.tx.commit().await?;
        self.announce(change.last);
        Ok(())
    }
}

/// A change of one cluster in the making: rows first, then the event that tells of them.
pub struct Change {
    pub(super) tx: Transaction<'static, Sqlite>,
    pub(super) id: ClusterId,
    pub(super) now: Timestamp,
    last: EventId,
}

impl Change {
    /// A change that is part of a larger transaction.
    pub(super) fn within(tx: Transaction<'static, Sqlite>, id: ClusterId, now: Timestamp) -> Self {
        Self {
            tx,
            id,
            now,
            last: EventId::default(),
        }
    }

    /// The transaction to go on with, and the event that is to be announced after its commit.
    pub(super) fn into_parts(self) -> (Transaction<'static, Sqlite>, EventId) {
        (self.tx, self.last)
    }

    /// The cluster as it is within this change, or None when it is gone. Writers queue, so what was
    /// read here still holds when the change is committed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn current(&mut self) -> Result<Option<ClusterRecord>> {
        let row = sqlx::query(&format!("{COLUMNS} WHERE id = ? AND status <> 'deleted'"))
            .bind(self.id.to_string())
            .fetch_optional(&mut *self.tx)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let nodes = sqlx::query(&format!(
            "{NODE_COLUMNS} WHERE cluster_id = ? ORDER BY ordinal"
        ))
        .bind(self.id.to_string())
        .fetch_all(&mut *self.tx)
        .await?
        .iter()
        .map(node)
        .collect::<Result<_>>()?;
        record(&row, nodes).map(Some)
    }

    /// Sets the status; the reason and the progress that belonged to the old one go.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_status(&mut self, status: ClusterStatus) -> Result<()> {
        sqlx::query("UPDATE clusters SET status = ?, reason = NULL, progress = NULL WHERE id = ?")
            .bind(status.to_word())
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Sets what is happening.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_progress(&mut self, progress: &Progress) -> Result<()> {
        self.set_json("progress", Some(progress)).await
    }

    /// Sets or clears why it is not as it should be.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_reason(&mut self, reason: Option<&Reason>) -> Result<()> {
        self.set_json("reason", reason).await
    }

    async fn set_json<T: Serialize>(&mut self, column: &str, value: Option<&T>) -> Result<()> {
        let json = value.map(serde_json::to_string).transpose()?;
        sqlx::query(&format!("UPDATE clusters SET {column} = ? WHERE id = ?"))
            .bind(json)
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Sets how many nodes are wished.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_node_count(&mut self, count: NodeCount) -> Result<()> {
        sqlx::query("UPDATE clusters SET node_count = ? WHERE id = ?")
            .bind(count.get())
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Gives it another name. `false`: the account has a cluster of that name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn rename(&mut self, name: &ClusterName) -> Result<bool> {
        let result = sqlx::query(
            "UPDATE clusters SET name = ?1 WHERE id = ?2 AND NOT EXISTS
                (SELECT 1 FROM clusters AS other WHERE other.account_id = clusters.account_id
                 AND other.name = ?1 AND other.id <> ?2 AND other.status <> 'deleted')",
        )
        .bind(name.as_str())
        .bind(self.id.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(result.rows_affected() == 1)
    }

    /// Sets its labels.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_labels(&mut self, labels: &Labels) -> Result<()> {
        self.set_json("labels", Some(labels)).await
    }

    /// Sets whether and how it scales by itself. What was found before counts no more.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_autoscale(&mut self, enabled: bool, policy: &AutoscalePolicy) -> Result<()> {
        sqlx::query(
            "UPDATE clusters SET autoscale = ?, autoscale_policy = ?, autoscale_checked_at = NULL,
                autoscale_found = NULL, autoscale_paused_until = NULL WHERE id = ?",
        )
        .bind(enabled)
        .bind(serde_json::to_string(policy)?)
        .bind(self.id.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// It does not scale by itself before that moment.
    ///
    /// # Errors
    /// The database failed.
    pub async fn pause_autoscale(&mut self, until: Timestamp) -> Result<()> {
        sqlx::query("UPDATE clusters SET autoscale_paused_until = ? WHERE id = ?")
            .bind(until.as_microsecond())
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Gives it a new authority. The one before is kept until [`Change::forget_old_authority`]: there
    /// are nodes that answer to it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_authority(&mut self, ca_pem: &str, ca_key: &[u8]) -> Result<()> {
        sqlx::query(
            "UPDATE clusters SET old_ca_pem = ca_pem, old_ca_key = ca_key, ca_pem = ?, ca_key = ?,
                ca_made_at = ? WHERE id = ?",
        )
        .bind(ca_pem)
        .bind(ca_key)
        .bind(self.now.as_microsecond())
        .bind(self.id.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// No node answers to the authority before this one any more.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_old_authority(&mut self) -> Result<()> {
        sqlx::query("UPDATE clusters SET old_ca_pem = NULL, old_ca_key = NULL WHERE id = ?")
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Sets whether it is protected against deletion.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_protection(&mut self, on: bool) -> Result<()> {
        sqlx::query("UPDATE clusters SET deletion_protection = ? WHERE id = ?")
            .bind(on)
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Sets where the Docker API answers.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_endpoint(&mut self, endpoint: &str) -> Result<()> {
        sqlx::query("UPDATE clusters SET endpoint = ? WHERE id = ?")
            .bind(endpoint)
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Adds a node, or replaces what is known of it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_node(&mut self, node: &NodeRecord) -> Result<()> {
        sqlx::query(
            "INSERT INTO nodes (id, cluster_id, ordinal, state, duty, address, api_port, image,
                engine_version)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, duty = excluded.duty, address = excluded.address,
                api_port = excluded.api_port, image = excluded.image,
                engine_version = excluded.engine_version",
        )
        .bind(node.id.to_string())
        .bind(self.id.to_string())
        .bind(node.ordinal)
        .bind(node.state.to_word())
        .bind(node.duty.to_word())
        .bind(&node.address)
        .bind(node.api_port)
        .bind(&node.image)
        .bind(&node.engine_version)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Sets whether a node takes work.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_duty(&mut self, id: NodeId, duty: Duty) -> Result<()> {
        sqlx::query("UPDATE nodes SET duty = ? WHERE id = ?")
            .bind(duty.to_word())
            .bind(id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Forgets a node.
    ///
    /// # Errors
    /// The database failed.
    pub async fn drop_node(&mut self, id: NodeId) -> Result<()> {
        sqlx::query("DELETE FROM nodes WHERE id = ?")
            .bind(id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Forgets the key of the authority: nothing is signed for a cluster that is gone.
    ///
    /// # Errors
    /// The database failed.
    pub async fn drop_ca_key(&mut self) -> Result<()> {
        sqlx::query("UPDATE clusters SET ca_key = x'', old_ca_key = NULL WHERE id = ?")
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Owes the cluster a new task. What was open before is dropped: the new wish stands for both. A
    /// gentle one leaves a node where it is when its work finds no other place.
    ///
    /// # Errors
    /// The database failed.
    pub async fn open_task(&mut self, kind: TaskKind, gentle: bool) -> Result<TaskId> {
        self.end_tasks("dropped").await?;
        let id = TaskId(Uuid::new_v4());
        sqlx::query(
            "INSERT INTO tasks (id, cluster_id, kind, state, created_at, gentle)
             VALUES (?, ?, ?, 'open', ?, ?)",
        )
        .bind(id.to_string())
        .bind(self.id.to_string())
        .bind(kind.to_word())
        .bind(self.now.as_microsecond())
        .bind(gentle)
        .execute(&mut *self.tx)
        .await?;
        Ok(id)
    }

    /// Whether a task is still the one that the cluster is owed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_open(&mut self, id: TaskId) -> Result<bool> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM tasks WHERE id = ? AND state = 'open')",
        )
        .bind(id.to_string())
        .fetch_one(&mut *self.tx)
        .await?)
    }

    /// The kind of the task that failed last: by its place in the table, for clocks go back.
    ///
    /// # Errors
    /// The database failed.
    pub async fn failed_task(&mut self) -> Result<Option<TaskKind>> {
        let kind: Option<String> = sqlx::query_scalar(
            "SELECT kind FROM tasks WHERE cluster_id = ? AND state = 'failed'
             ORDER BY rowid DESC LIMIT 1",
        )
        .bind(self.id.to_string())
        .fetch_optional(&mut *self.tx)
        .await?;
        kind.as_deref()
            .map(|kind| convert::word("task kind", kind))
            .transpose()
    }

    /// Ends the open task well. Its time counts for what comes from there.
    ///
    /// # Errors
    /// The database failed.
    pub async fn finish_task(&mut self, provisioning: Provisioning) -> Result<()> {
        sqlx::query("UPDATE tasks SET provisioning = ? WHERE cluster_id = ? AND state = 'open'")
            .bind(provisioning.as_str())
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        self.end_tasks("done").await
    }

    /// Ends the open task badly.
    ///
    /// # Errors
    /// The database failed.
    pub async fn fail_task(&mut self) -> Result<()> {
        self.end_tasks("failed").await
    }

    async fn end_tasks(&mut self, state: &str) -> Result<()> {
        sqlx::query(
            "UPDATE tasks SET state = ?, finished_at = ? WHERE cluster_id = ? AND state = 'open'",
        )
        .bind(state)
        .bind(self.now.as_microsecond())
        .bind(self.id.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Writes an event; its number becomes the version of the cluster. What somebody asked for goes into
    /// the audit log as well.
    ///
    /// # Errors
    /// The database failed.
    pub async fn record(&mut self, event: EventDraft) -> Result<()> {
        if let Some((actor, action)) = &event.asked {
            let entry = AuditDraft::by(Some(actor), *action, event.message.clone()).about(self.id);
            audit::write(&mut self.tx, entry, self.now).await?;
        }
        let result = sqlx::query(
            "INSERT INTO events (account_id, cluster_id, actor, task_id, at, kind, message, detail, duration_ms)
             SELECT account_id, id, ?, ?, ?, ?, ?, ?, ? FROM clusters WHERE id = ?",
        )
        .bind(event.asked.map(|(actor, _)| actor.account.username))
        .bind(event.task_id.map(|id| id.to_string()))
        .bind(self.now.as_microsecond())
        .bind(event.kind.to_word())
        .bind(event.message)
        .bind(event.detail)
        .bind(event.duration_ms.and_then(|ms| i64::try_from(ms).ok()))
        .bind(self.id.to_string())
        .execute(&mut *self.tx)
        .await?;
        self.last = EventId(result.last_insert_rowid());
        sqlx::query("UPDATE clusters SET version = ?, updated_at = ? WHERE id = ?")
            .bind(self.last.0)
            .bind(self.now.as_microsecond())
            .bind(self.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}
