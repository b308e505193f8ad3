//! Asking for help, and being told of what happens.

use async_trait::async_trait;
use secrecy::SecretString;

use crate::{
    ClusterId, Delivery, NewSubscription, OpenTicket, Problem, Subscribe, Subscription,
    SubscriptionChange, SubscriptionId, Ticket, TicketChange, TicketId, TicketState, TicketStory,
    Trial, WriteNote,
};

/// Tickets and subscriptions.
///
/// # Errors
/// Every method answers a [`Problem`]; [`Problem::NotOffered`] where nobody says otherwise.
#[expect(
    unused_variables,
    reason = "names say what an argument is, also where nothing is done with it"
)]
#[async_trait]
pub trait HelpApi: Send + Sync {
    /// The tickets of the account, or of everybody for an admin; the one that changed last first. Only
    /// those in a state, or about a cluster.
    async fn tickets(
        &self,
        token: &SecretString,
        state: Option<TicketState>,
        cluster: Option<ClusterId>,
    ) -> Result<Vec<Ticket>, Problem> {
        Err(Problem::NotOffered)
    }

    /// A ticket with its notes.
    async fn ticket(&self, token: &SecretString, id: TicketId) -> Result<TicketStory, Problem> {
        Err(Problem::NotOffered)
    }

    /// Opens a ticket.
    async fn open_ticket(
        &self,
        token: &SecretString,
        ticket: &OpenTicket,
    ) -> Result<TicketStory, Problem> {
        Err(Problem::NotOffered)
    }

    /// Writes into a ticket. The note of an admin answers it, any other opens it again.
    async fn write_note(
        &self,
        token: &SecretString,
        id: TicketId,
        note: &WriteNote,
    ) -> Result<TicketStory, Problem> {
        Err(Problem::NotOffered)
    }

    /// Resolves a ticket, or opens it again.
    async fn change_ticket(
        &self,
        token: &SecretString,
        id: TicketId,
        change: TicketChange,
    ) -> Result<TicketStory, Problem> {
        Err(Problem::NotOffered)
    }

    /// Where the account is told of what happens.
    async fn subscriptions(&self, token: &SecretString) -> Result<Vec<Subscription>, Problem> {
        Err(Problem::NotOffered)
    }

    /// One of those.
    async fn subscription(
        &self,
        token: &SecretString,
        id: SubscriptionId,
    ) -> Result<Subscription, Problem> {
        Err(Problem::NotOffered)
    }

    /// Has the account told of what happens. The secret of a webhook is in the answer, this once.
    async fn subscribe(
        &self,
        token: &SecretString,
        subscribe: &Subscribe,
    ) -> Result<NewSubscription, Problem> {
        Err(Problem::NotOffered)
    }

    /// Enables or disables a subscription.
    async fn change_subscription(
        &self,
        token: &SecretString,
        id: SubscriptionId,
        change: SubscriptionChange,
    ) -> Result<Subscription, Problem> {
        Err(Problem::NotOffered)
    }

    /// Deletes a subscription.
    async fn unsubscribe(&self, token: &SecretString, id: SubscriptionId) -> Result<(), Problem> {
        Err(Problem::NotOffered)
    }

    /// Sends something to a subscription now, and says whether it arrived.
    async fn test_subscription(
        &self,
        token: &SecretString,
        id: SubscriptionId,
    ) -> Result<Trial, Problem> {
        Err(Problem::NotOffered)
    }

    /// What was sent to a subscription, newest first.
    async fn deliveries(
        &self,
        token: &SecretString,
        id: SubscriptionId,
    ) -> Result<Vec<Delivery>, Problem> {
        Err(Problem::NotOffered)
    }
}
