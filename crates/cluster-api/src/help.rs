//! Rules of asking for help: what a ticket and a subscription may be.

use serde::{Deserialize, Serialize};

/// What stands against a ticket, a note or a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum HelpRule {
    /// There is no such ticket, or it belongs to another account.
    #[error("There is no such ticket.")]
    NoTicket,
    /// There is no such subscription, or it belongs to another account.
    #[error("There is no such subscription.")]
    NoSubscription,
    /// The subject is empty or too long.
    #[error("A subject is one line of 1 to 200 characters.")]
    Subject,
    /// The text of a note is empty or too long.
    #[error("A note is 1 to 10,000 characters of text.")]
    Note,
    /// A ticket cannot be set to that state, or filtered by it.
    #[error("A ticket can be set to open or resolved; an admin's note makes it answered.")]
    State,
    /// The account has as many open tickets as it may have.
    #[error("You have 100 open tickets. Resolve one to make room.")]
    TicketsFull,
    /// The ticket has as many notes as it may have.
    #[error("This ticket has 500 notes. Open a new one.")]
    NotesFull,
    /// The account has as many subscriptions as it may have.
    #[error("You have 20 subscriptions. Delete one to make room.")]
    SubscriptionsFull,
    /// Not the address of a webhook.
    #[error(
        "A webhook is an http or https address of up to 2,000 characters, without a password in it."
    )]
    Url,
    /// The address is one that webhooks are not sent to.
    #[error(
        "Webhooks are not sent to private addresses. The operator can allow some in \
         CARINA_WEBHOOKS_ALLOW."
    )]
    PrivateUrl,
    /// Not the address of a mailbox.
    #[error("That is not a mail address.")]
    MailAddress,
    /// There is no mail server.
    #[error("No mail is sent here: the operator has set no mail server (CARINA_SMTP_URL).")]
    NoMail,
    /// The list names something that is not told.
    #[error("The list of events holds kinds of events (failed, finished …), and ticket.")]
    Events,
    /// Only an admin may follow the clusters of all accounts.
    #[error("Only an admin can follow all accounts.")]
    NotAdmin,
}

impl HelpRule {
    /// The HTTP status it is answered with.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::NoTicket | Self::NoSubscription => 404,
            Self::TicketsFull | Self::NotesFull | Self::SubscriptionsFull | Self::NotAdmin => 403,
            Self::NoMail => 409,
            Self::Subject
            | Self::Note
            | Self::State
            | Self::Url
            | Self::PrivateUrl
            | Self::MailAddress
            | Self::Events => 400,
        }
    }

    /// Its code on the wire: stable, for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoTicket => "carina.no-ticket",
            Self::NoSubscription => "carina.no-subscription",
            Self::Subject => "carina.ticket-subject",
            Self::Note => "carina.ticket-note",
            Self::State => "carina.ticket-state",
            Self::TicketsFull => "carina.tickets-full",
            Self::NotesFull => "carina.notes-full",
            Self::SubscriptionsFull => "carina.subscriptions-full",
            Self::Url => "carina.webhook-url",
            Self::PrivateUrl => "carina.webhook-private",
            Self::MailAddress => "carina.mail-address",
            Self::NoMail => "carina.no-mail",
            Self::Events => "carina.subscription-events",
            Self::NotAdmin => "carina.not-admin",
        }
    }
}
