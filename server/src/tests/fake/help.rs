//! Tickets and subscriptions: one ticket of the owner's, and a subscription for whoever asks.

use async_trait::async_trait;
use cluster_api::{
    Delivery, DeliveryId, DeliveryState, HelpRule, NewSubscription, OpenTicket, Problem, Subscribe,
    Subscription, SubscriptionChange, SubscriptionId, Target, Ticket, TicketChange, TicketId,
    TicketNote, TicketState, TicketStory, Timestamp, Trial, WriteNote, client::HelpApi,
};
use secrecy::SecretString;
use uuid::Uuid;

use super::FakeControlPlane;

/// The ticket that there is.
pub(crate) const TICKET: TicketId = TicketId(Uuid::from_u128(7));

/// The subscription that the owner has.
pub(crate) const SUBSCRIPTION: SubscriptionId = SubscriptionId(Uuid::from_u128(8));

/// What its webhooks are signed with.
pub(crate) const SIGNING_SECRET: &str = "whsec-of-the-owner";

fn at() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

fn story(account: &str, subject: &str, text: &str) -> TicketStory {
    TicketStory {
        ticket: Ticket {
            id: TICKET,
            account: account.to_owned(),
            cluster: None,
            subject: subject.to_owned(),
            state: TicketState::Open,
            opened_by: None,
            created_at: at(),
            updated_at: at(),
            notes: 1,
            version: 1,
        },
        notes: vec![TicketNote {
            at: at(),
            author: None,
            is_admin: false,
            state: TicketState::Open,
            text: text.to_owned(),
        }],
    }
}

fn subscription(target: Target) -> Subscription {
    Subscription {
        id: SUBSCRIPTION,
        target,
        events: Vec::new(),
        cluster_id: None,
        all_accounts: false,
        enabled: true,
        note: None,
        created_at: at(),
    }
}

fn hook() -> Subscription {
    let url = "https://hooks.example.com/x".to_owned();
    subscription(Target::Webhook { url })
}

impl FakeControlPlane {
    fn owners_ticket(&self, token: &SecretString, id: TicketId) -> Result<TicketStory, Problem> {
        let account = self.called("ticket").account(token)?;
        let rule = HelpRule::NoTicket;
        (account == "owner" && id == TICKET)
            .then(|| story("owner", "shop: the create failed", "Node 2 did not start."))
            .ok_or(Problem::Help { rule })
    }

    fn owners_subscription(
        &self,
        token: &SecretString,
        id: SubscriptionId,
    ) -> Result<Subscription, Problem> {
        let account = self.called("subscription").account(token)?;
        let rule = HelpRule::NoSubscription;
        (account == "owner" && id == SUBSCRIPTION)
            .then(hook)
            .ok_or(Problem::Help { rule })
    }
}

#[async_trait]
impl HelpApi for FakeControlPlane {
    async fn tickets(
        &self,
        token: &SecretString,
        _: Option<TicketState>,
        _: Option<cluster_api::ClusterId>,
    ) -> Result<Vec<Ticket>, Problem> {
        Ok(self
            .owners_ticket(token, TICKET)
            .map(|story| vec![story.ticket])
            .unwrap_or_default())
    }

    async fn ticket(&self, token: &SecretString, id: TicketId) -> Result<TicketStory, Problem> {
        self.owners_ticket(token, id)
    }

    async fn open_ticket(
        &self,
        token: &SecretString,
        ticket: &OpenTicket,
    ) -> Result<TicketStory, Problem> {
        let account = self.called("open_ticket").account(token)?;
        if ticket.subject.trim().is_empty() {
            let rule = HelpRule::Subject;
            return Err(Problem::Help { rule });
        }
        Ok(story(&account, &ticket.subject, &ticket.text))
    }

    async fn write_note(
        &self,
        token: &SecretString,
        id: TicketId,
        _: &WriteNote,
    ) -> Result<TicketStory, Problem> {
        self.owners_ticket(token, id)
    }

    async fn change_ticket(
        &self,
        token: &SecretString,
        id: TicketId,
        _: TicketChange,
    ) -> Result<TicketStory, Problem> {
        self.owners_ticket(token, id)
    }

    async fn subscriptions(&self, token: &SecretString) -> Result<Vec<Subscription>, Problem> {
        let owned = self.owners_subscription(token, SUBSCRIPTION);
        Ok(owned.map(|it| vec![it]).unwrap_or_default())
    }

    async fn subscription(
        &self,
        token: &SecretString,
        id: SubscriptionId,
    ) -> Result<Subscription, Problem> {
        self.owners_subscription(token, id)
    }

    async fn subscribe(
        &self,
        token: &SecretString,
        subscribe: &Subscribe,
    ) -> Result<NewSubscription, Problem> {
        self.called("subscribe").account(token)?;
        Ok(NewSubscription {
            subscription: subscription(subscribe.target.clone()),
            secret: Some(SIGNING_SECRET.to_owned()),
        })
    }

    async fn change_subscription(
        &self,
        token: &SecretString,
        id: SubscriptionId,
        _: SubscriptionChange,
    ) -> Result<Subscription, Problem> {
        self.owners_subscription(token, id)
    }

    async fn unsubscribe(&self, token: &SecretString, id: SubscriptionId) -> Result<(), Problem> {
        self.owners_subscription(token, id).map(|_| ())
    }

    async fn test_subscription(
        &self,
        token: &SecretString,
        id: SubscriptionId,
    ) -> Result<Trial, Problem> {
        self.owners_subscription(token, id)?;
        Ok(Trial {
            delivered: false,
            outcome: "The receiver refused the connection.".to_owned(),
            delivery: DeliveryId(Uuid::nil()),
        })
    }

    async fn deliveries(
        &self,
        token: &SecretString,
        id: SubscriptionId,
    ) -> Result<Vec<Delivery>, Problem> {
        self.owners_subscription(token, id)?;
        Ok(vec![Delivery {
            id: DeliveryId(Uuid::nil()),
            kind: "test".to_owned(),
            state: DeliveryState::GivenUp,
            tries: 1,
            created_at: at(),
            next_try_at: None,
            outcome: Some("The receiver refused the connection.".to_owned()),
        }])
    }
}
