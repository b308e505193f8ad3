//! Tickets: asking for help, and helping. Members see their own, admins all.

use cluster_api::{ClusterId, HelpRule, Problem, Ticket, TicketId, TicketState, TicketStory};

use super::{Fault, Service};
use crate::store::{Actor, NoteDraft, TicketDraft, TicketFilter};

/// How many tickets a list shows.
const TICKETS_SHOWN: u32 = 200;

/// The longest subject, in characters.
const MOST_SUBJECT: usize = 200;

/// The longest note, in characters.
const MOST_NOTE: usize = 10_000;

impl Service {
    /// The tickets that somebody may see, the one that changed last first.
    ///
    /// # Errors
    /// A fault inside.
    pub async fn tickets(
        &self,
        actor: &Actor,
        state: Option<TicketState>,
        cluster: Option<ClusterId>,
    ) -> Result<Vec<Ticket>, Fault> {
        let filter = TicketFilter {
            account: (!actor.is_admin()).then_some(actor.account.id),
            state,
            cluster,
        };
        Ok(self.store.tickets(filter, TICKETS_SHOWN).await?)
    }

    /// A ticket with its notes.
    ///
    /// # Errors
    /// [`HelpRule::NoTicket`], also for other accounts' tickets; or a fault inside.
    pub async fn ticket(&self, actor: &Actor, id: TicketId) -> Result<TicketStory, Fault> {
        Ok(self.seen_ticket(actor, id).await?.1)
    }

    /// Opens a ticket by hand, about a cluster of the account's own or about none.
    ///
    /// # Errors
    /// What the request breaks, a cluster that is not there, too many open tickets; or a fault inside.
    pub async fn open_ticket(
        &self,
        actor: &Actor,
        subject: &str,
        text: &str,
        cluster: Option<ClusterId>,
    ) -> Result<TicketStory, Fault> {
        let subject = checked_subject(subject)?;
        let text = checked_note(text)?;
        let cluster = match cluster {
            Some(id) => Some(self.cluster(actor, id).await?),
            None => None,
        };
        let draft = TicketDraft {
            actor,
            cluster: cluster.as_ref(),
            subject,
            text,
        };
        let opened = self.store.open_ticket(draft, self.clock.now()).await?;
        let id = opened.ok_or_else(|| broken(HelpRule::TicketsFull))?;
        tracing::info!(ticket.id = %id, account.name = actor.account.username, "ticket opened");
        self.ticket(actor, id).await
    }

    /// Writes into a ticket. The member it belongs to asks again with it, also when it was resolved;
    /// an admin answers with it.
    ///
    /// # Errors
    /// As [`Service::ticket`]; the text is none, or there are too many notes.
    pub async fn add_ticket_note(
        &self,
        actor: &Actor,
        id: TicketId,
        text: &str,
    ) -> Result<TicketStory, Fault> {
        let (is_helper, _) = self.seen_ticket(actor, id).await?;
        let state = if is_helper {
            TicketState::Answered
        } else {
            TicketState::Open
        };
        self.write_note(actor, id, is_helper, state, checked_note(text)?)
            .await
    }

    /// Resolves a ticket, or opens it again. That leaves a note.
    ///
    /// # Errors
    /// As [`Service::ticket`]; [`HelpRule::State`] for `answered`, which only an admin's note makes.
    pub async fn set_ticket(
        &self,
        actor: &Actor,
        id: TicketId,
        state: TicketState,
    ) -> Result<TicketStory, Fault> {
        let (is_helper, story) = self.seen_ticket(actor, id).await?;
        let text = match state {
            TicketState::Open => "Opened again.",
            TicketState::Resolved => "Resolved.",
            TicketState::Answered => return Err(broken(HelpRule::State).into()),
        };
        if story.ticket.state == state {
            return Ok(story);
        }
        self.write_note(actor, id, is_helper, state, text).await
    }

    async fn write_note(
        &self,
        actor: &Actor,
        id: TicketId,
        is_admin: bool,
        state: TicketState,
        text: &str,
    ) -> Result<TicketStory, Fault> {
        let note = NoteDraft {
            author: Some(&actor.account.username),
            is_admin,
            state,
            text,
        };
        let now = self.clock.now();
        if self.store.add_ticket_note(id, note, now).await? {
            self.ticket(actor, id).await
        } else {
            Err(broken(HelpRule::NotesFull).into())
        }
    }

    /// A ticket that the actor may see, and whether it is somebody else's: an admin who asks for help
    /// asks as a member.
    async fn seen_ticket(&self, actor: &Actor, id: TicketId) -> Result<(bool, TicketStory), Fault> {
        match self.store.ticket(id).await? {
            Some((account, story)) if account == actor.account.id => Ok((false, story)),
            Some((_, story)) if actor.is_admin() => Ok((true, story)),
            _ => Err(broken(HelpRule::NoTicket).into()),
        }
    }
}

pub(super) const fn broken(rule: HelpRule) -> Problem {
    Problem::Help { rule }
}

fn checked_subject(text: &str) -> Result<&str, Problem> {
    let text = text.trim();
    let is_good =
        (1..=MOST_SUBJECT).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    is_good.then_some(text).ok_or(broken(HelpRule::Subject))
}

fn checked_note(text: &str) -> Result<&str, Problem> {
    let text = text.trim();
    let is_foreign = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let is_good = (1..=MOST_NOTE).contains(&text.chars().count()) && !text.chars().any(is_foreign);
    is_good.then_some(text).ok_or(broken(HelpRule::Note))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_a_line_and_notes_are_text() {
        assert_eq!(checked_subject("  no network "), Ok("no network"));
        assert!(checked_subject(&"ü".repeat(200)).is_ok());
        for wrong in ["", "  ", "a\nb", "a\r\nBcc: x", &"ü".repeat(201)] {
            assert_eq!(checked_subject(wrong), Err(broken(HelpRule::Subject)));
        }
        assert_eq!(checked_note("a\n\tb\n"), Ok("a\n\tb"));
        assert!(checked_note(&"ü".repeat(10_000)).is_ok());
        for wrong in ["", "\n", "a\0b", "\u{1b}[31m", &"ü".repeat(10_001)] {
            assert_eq!(checked_note(wrong), Err(broken(HelpRule::Note)));
        }
    }
}
