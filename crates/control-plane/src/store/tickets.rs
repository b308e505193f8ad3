//! Tickets and their notes.
//!
//! Every change of a ticket is a note, written together with the ticket's row; the note's number is the
//! ticket's version, and the journal that subscriptions follow.

use cluster_api::{
    Cluster, ClusterId, Event, TaskId, Ticket, TicketCluster, TicketId, TicketNote, TicketState,
    TicketStory, Timestamp,
};
use sqlx::{Row, Sqlite, SqliteConnection, Transaction, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    AccountId, Actor, Change, Result, Store,
    convert::{self, Word},
    events,
};

/// Notes that a ticket may have.
pub(super) const MOST_NOTES: u32 = 500;

/// Open tickets that an account may have, but for those that open by themselves: one a cluster.
pub(super) const MOST_OPEN: u32 = 100;

/// A ticket that somebody opens.
pub struct TicketDraft<'a> {
    /// Who opens it, and has it.
    pub actor: &'a Actor,
    /// The cluster it is about.
    pub cluster: Option<&'a Cluster>,
    /// What it is about.
    pub subject: &'a str,
    /// Its first note.
    pub text: &'a str,
}

/// A note that is to be written.
pub struct NoteDraft<'a> {
    /// Who writes it; None: the control plane by itself.
    pub author: Option<&'a str>,
    /// Whether as an admin, to somebody else.
    pub is_admin: bool,
    /// The state of the ticket from then on.
    pub state: TicketState,
    /// Plain text.
    pub text: &'a str,
}

/// Which tickets a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct TicketFilter {
    /// Of that account alone; None: of all.
    pub account: Option<AccountId>,
    /// In that state alone.
    pub state: Option<TicketState>,
    /// About that cluster alone.
    pub cluster: Option<ClusterId>,
}

const COLUMNS: &str = "SELECT tickets.id, tickets.account_id, username, cluster_id, cluster_name, subject, state, \
                       opened_by, tickets.created_at, updated_at, notes, version \
                       FROM tickets JOIN accounts ON accounts.id = tickets.account_id";

impl Store {
    /// Opens a ticket. None: the account has as many open ones as it may have.
    ///
    /// # Errors
    /// The database failed.
    pub async fn open_ticket(
        &self,
        draft: TicketDraft<'_>,
        now: Timestamp,
    ) -> Result<Option<TicketId>> {
        let mut tx = self.writer.begin().await?;
        let account = draft.actor.account.id;
        let open: u32 = sqlx::query_scalar(
            "SELECT count(*) FROM tickets WHERE account_id = ? AND state <> 'resolved'
             AND opened_by IS NOT NULL",
        )
        .bind(account.to_string())
        .fetch_one(&mut *tx)
        .await?;
        if open >= MOST_OPEN {
            return Ok(None);
        }
        let row = NewTicket {
            account,
            cluster: draft
                .cluster
                .map(|cluster| (cluster.id, cluster.name.as_str())),
            subject: draft.subject,
            opened_by: Some(&draft.actor.account.username),
        };
        let id = insert(&mut tx, row, now).await?;
        let note = NoteDraft {
            author: Some(&draft.actor.account.username),
            is_admin: false,
            state: TicketState::Open,
            text: draft.text,
        };
        add_note(&mut tx, id, &note, now).await?;
        tx.commit().await?;
        self.announce_note();
        Ok(Some(id))
    }

    /// Writes a note into a ticket. `false`: it has as many as it may have.
    ///
    /// # Errors
    /// The database failed, or there is no such ticket.
    pub async fn add_ticket_note(
        &self,
        id: TicketId,
        note: NoteDraft<'_>,
        now: Timestamp,
    ) -> Result<bool> {
        let mut tx = self.writer.begin().await?;
        let notes: u32 = sqlx::query_scalar("SELECT notes FROM tickets WHERE id = ?")
            .bind(id.to_string())
            .fetch_one(&mut *tx)
            .await?;
        // A full ticket can still be resolved: that takes one more.
        let most = MOST_NOTES + u32::from(note.state == TicketState::Resolved);
        if notes >= most {
            return Ok(false);
        }
        add_note(&mut tx, id, &note, now).await?;
        tx.commit().await?;
        self.announce_note();
        Ok(true)
    }

    /// Tickets, the one that changed last first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn tickets(&self, filter: TicketFilter, limit: u32) -> Result<Vec<Ticket>> {
        sqlx::query(&format!(
            "{COLUMNS} WHERE (?1 IS NULL OR tickets.account_id = ?1) AND (?2 IS NULL OR state = ?2)
             AND (?3 IS NULL OR cluster_id = ?3) ORDER BY updated_at DESC, version DESC LIMIT ?4"
        ))
        .bind(filter.account.map(|id| id.to_string()))
        .bind(filter.state.map(TicketState::as_str))
        .bind(filter.cluster.map(|id| id.to_string()))
        .bind(limit)
        .fetch_all(&self.reader)
        .await?
        .iter()
        .map(ticket)
        .collect()
    }

    /// A ticket with all its notes, and the account it belongs to.
    ///
    /// # Errors
    /// The database failed.
    pub async fn ticket(&self, id: TicketId) -> Result<Option<(AccountId, TicketStory)>> {
        let mut tx = self.reader.begin().await?;
        let row = sqlx::query(&format!("{COLUMNS} WHERE tickets.id = ?"))
            .bind(id.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let notes = sqlx::query(
            "SELECT at, author, is_admin, state, text FROM ticket_notes
             WHERE ticket_id = ? ORDER BY id",
        )
        .bind(id.to_string())
        .fetch_all(&mut *tx)
        .await?
        .iter()
        .map(note)
        .collect::<Result<_>>()?;
        let account: &str = row.try_get("account_id")?;
        let story = TicketStory {
            ticket: ticket(&row)?,
            notes,
        };
        Ok(Some((AccountId(convert::id(account)?), story)))
    }
}

impl Change {
    /// Asks for help with the cluster: opens a ticket, or adds to the one that opened by itself before
    /// and is not resolved.
    ///
    /// # Errors
    /// The database failed.
    pub async fn open_ticket(&mut self, subject: &str, text: &str) -> Result<()> {
        let note = NoteDraft {
            author: None,
            is_admin: false,
            state: TicketState::Open,
            text,
        };
        if let Some((id, notes)) = self.own_ticket().await? {
            if notes < MOST_NOTES {
                return add_note(&mut self.tx, id, &note, self.now).await;
            }
            let full = NoteDraft {
                state: TicketState::Resolved,
                text: "This ticket is full. A new one was opened.",
                ..note
            };
            add_note(&mut self.tx, id, &full, self.now).await?;
        }
        let row = sqlx::query("SELECT account_id, name FROM clusters WHERE id = ?")
            .bind(self.id.to_string())
            .fetch_one(&mut *self.tx)
            .await?;
        let (account, name): (&str, &str) = (row.try_get("account_id")?, row.try_get("name")?);
        let row = NewTicket {
            account: AccountId(convert::id(account)?),
            cluster: Some((self.id, name)),
            subject,
            opened_by: None,
        };
        let id = insert(&mut self.tx, row, self.now).await?;
        add_note(&mut self.tx, id, &note, self.now).await
    }

    /// Notes in the ticket that the cluster opened by itself, if there is one, that what it was about
    /// is over; resolves it if nobody has written into it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn ease_ticket(&mut self, text: &str) -> Result<()> {
        let Some((id, notes)) = self.own_ticket().await? else {
            return Ok(());
        };
        let row = sqlx::query(
            "SELECT state, EXISTS (SELECT 1 FROM ticket_notes WHERE ticket_id = ?1
                                   AND author IS NOT NULL) AS written
             FROM tickets WHERE id = ?1",
        )
        .bind(id.to_string())
        .fetch_one(&mut *self.tx)
        .await?;
        let state = if row.try_get("written")? {
            convert::word("ticket state", row.try_get("state")?)?
        } else {
            TicketState::Resolved
        };
        if state != TicketState::Resolved && notes >= MOST_NOTES {
            return Ok(());
        }
        let note = NoteDraft {
            author: None,
            is_admin: false,
            state,
            text,
        };
        add_note(&mut self.tx, id, &note, self.now).await
    }

    /// What was done for a task, in order.
    ///
    /// # Errors
    /// The database failed.
    pub async fn events_of_task(&mut self, task: TaskId) -> Result<Vec<Event>> {
        events::of_task(&mut self.tx, self.id, task).await
    }

    /// The ticket that the cluster opened by itself and that is not resolved, and how many notes it
    /// has.
    async fn own_ticket(&mut self) -> Result<Option<(TicketId, u32)>> {
        sqlx::query(
            "SELECT id, notes FROM tickets
             WHERE cluster_id = ? AND opened_by IS NULL AND state <> 'resolved'",
        )
        .bind(self.id.to_string())
        .fetch_optional(&mut *self.tx)
        .await?
        .map(|row| Ok((convert::id(row.try_get("id")?)?, row.try_get("notes")?)))
        .transpose()
    }
}

/// The row of a ticket that is to be there.
struct NewTicket<'a> {
    account: AccountId,
    cluster: Option<(ClusterId, &'a str)>,
    subject: &'a str,
    opened_by: Option<&'a str>,
}

async fn insert(
    tx: &mut Transaction<'static, Sqlite>,
    new: NewTicket<'_>,
    now: Timestamp,
) -> Result<TicketId> {
    let id = TicketId(Uuid::new_v4());
    sqlx::query(
        "INSERT INTO tickets (id, account_id, cluster_id, cluster_name, subject, state, opened_by,
                              created_at, updated_at, notes, version)
         VALUES (?1, ?2, ?3, ?4, ?5, 'open', ?6, ?7, ?7, 0, 0)",
    )
    .bind(id.to_string())
    .bind(new.account.to_string())
    .bind(new.cluster.map(|(id, _)| id.to_string()))
    .bind(new.cluster.map(|(_, name)| name))
    .bind(new.subject)
    .bind(new.opened_by)
    .bind(now.as_microsecond())
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

async fn add_note(
    tx: &mut Transaction<'static, Sqlite>,
    id: TicketId,
    note: &NoteDraft<'_>,
    now: Timestamp,
) -> Result<()> {
    let written = sqlx::query(
        "INSERT INTO ticket_notes (ticket_id, account_id, at, author, is_admin, state, text)
         SELECT id, account_id, ?, ?, ?, ?, ? FROM tickets WHERE id = ?",
    )
    .bind(now.as_microsecond())
    .bind(note.author)
    .bind(note.is_admin)
    .bind(note.state.to_word())
    .bind(note.text)
    .bind(id.to_string())
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "UPDATE tickets SET state = ?, updated_at = ?, notes = notes + 1, version = ? WHERE id = ?",
    )
    .bind(note.state.to_word())
    .bind(now.as_microsecond())
    .bind(written.last_insert_rowid())
    .bind(id.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes from `after` on, of one account or of all, with their tickets as they are now.
pub(super) async fn notes_after(
    connection: &mut SqliteConnection,
    account: Option<AccountId>,
    after: i64,
    limit: u32,
) -> Result<Vec<(i64, Ticket, TicketNote)>> {
    let rows = sqlx::query(
        "SELECT ticket_notes.id AS note_id, at, author, is_admin, ticket_notes.state AS note_state,
                text, tickets.id, username, cluster_id, cluster_name, subject, tickets.state,
                opened_by, tickets.created_at, updated_at, notes, version
         FROM ticket_notes
         JOIN tickets ON tickets.id = ticket_id
         JOIN accounts ON accounts.id = tickets.account_id
         WHERE ticket_notes.id > ?1 AND (?2 IS NULL OR ticket_notes.account_id = ?2)
         ORDER BY ticket_notes.id LIMIT ?3",
    )
    .bind(after)
    .bind(account.map(|id| id.to_string()))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let state = convert::word("ticket state", row.try_get("note_state")?)?;
            let note = TicketNote {
                state,
                ..note(row)?
            };
            Ok((row.try_get("note_id")?, ticket(row)?, note))
        })
        .collect()
}

fn ticket(row: &SqliteRow) -> Result<Ticket> {
    let cluster_id: Option<&str> = row.try_get("cluster_id")?;
    let cluster_name: Option<String> = row.try_get("cluster_name")?;
    Ok(Ticket {
        id: convert::id(row.try_get("id")?)?,
        account: row.try_get("username")?,
        cluster: match cluster_id {
            Some(id) => Some(TicketCluster {
                id: convert::id(id)?,
                name: cluster_name.unwrap_or_default(),
            }),
            None => None,
        },
        subject: row.try_get("subject")?,
        state: convert::word("ticket state", row.try_get("state")?)?,
        opened_by: row.try_get("opened_by")?,
        created_at: convert::moment(row.try_get("created_at")?)?,
        updated_at: convert::moment(row.try_get("updated_at")?)?,
        notes: row.try_get("notes")?,
        version: row.try_get("version")?,
    })
}

fn note(row: &SqliteRow) -> Result<TicketNote> {
    Ok(TicketNote {
        at: convert::moment(row.try_get("at")?)?,
        author: row.try_get("author")?,
        is_admin: row.try_get("is_admin")?,
        state: convert::word("ticket state", row.try_get("state")?)?,
        text: row.try_get("text")?,
    })
}
