//! Tickets: requests for help, opened by a member or by a cluster that failed.

use serde::{Deserialize, Serialize};

use crate::{ClusterId, TicketId, Timestamp};

/// A request for help. What happens to it is a list of notes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// Its identity.
    pub id: TicketId,
    /// The name of the account it belongs to.
    pub account: String,
    /// The cluster it is about, if it is about one.
    pub cluster: Option<TicketCluster>,
    /// What it is about, in one line.
    pub subject: String,
    /// Whose turn it is.
    pub state: TicketState,
    /// The name of the account that opened it; None: it opened by itself.
    pub opened_by: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When its last note was written.
    pub updated_at: Timestamp,
    /// How many notes it has.
    pub notes: u32,
    /// The number of its last note in the control plane's one journal of notes. A ticket with a
    /// higher version is newer.
    pub version: i64,
}

/// The cluster of a ticket, which may be gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TicketCluster {
    /// Its identity.
    pub id: ClusterId,
    /// Its name when the ticket was opened.
    pub name: String,
}

/// What `POST /v2/tickets` takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OpenTicket {
    /// What it is about: one line.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200))]
    pub subject: String,
    /// Its first note: plain text.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 10_000))]
    pub text: String,
    /// The cluster it is about; one of the account's own.
    #[serde(default)]
    pub cluster_id: Option<ClusterId>,
}

/// What `PATCH /v2/tickets/{id}` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TicketChange {
    /// `open` or `resolved`; an admin's note makes it `answered`.
    #[cfg_attr(feature = "schema", schema(schema_with = crate::schema::settable_state))]
    pub state: TicketState,
}

/// What `POST /v2/tickets/{id}/notes` takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WriteNote {
    /// Plain text.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 10_000))]
    pub text: String,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum TicketState {
    /// Somebody is asked for help.
    Open,
    /// An admin has written; the member may write again, or resolve it.
    Answered,
    /// It is done with.
    Resolved,
}

impl TicketState {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Resolved => "resolved",
        }
    }
}

/// One entry of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TicketNote {
    /// When it was written.
    pub at: Timestamp,
    /// The name of the account that wrote it; None: the control plane did by itself.
    pub author: Option<String>,
    /// Whether it was written as an admin, to somebody else.
    pub is_admin: bool,
    /// The state of the ticket from then on.
    pub state: TicketState,
    /// Plain text.
    pub text: String,
}

/// What `GET /v2/tickets/{id}` answers: the ticket, and all its notes in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TicketStory {
    /// The ticket.
    pub ticket: Ticket,
    /// Its notes, the first one first.
    pub notes: Vec<TicketNote>,
}

/// What `GET /v2/tickets` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TicketList {
    /// The one that changed last first, at most 200.
    pub tickets: Vec<Ticket>,
}
