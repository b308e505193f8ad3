//! Tickets and subscriptions.

use async_trait::async_trait;
use reqwest::Method;
use secrecy::SecretString;

use super::{HttpControlPlane, SLOW_TIMEOUT, address::Address};
use crate::{
    ClusterId, Delivery, DeliveryList, NewSubscription, OpenTicket, Problem, Subscribe,
    Subscription, SubscriptionChange, SubscriptionId, SubscriptionList, Ticket, TicketChange,
    TicketId, TicketList, TicketState, TicketStory, Trial, WriteNote, client::HelpApi,
};

#[async_trait]
impl HelpApi for HttpControlPlane {
    async fn tickets(
        &self,
        token: &SecretString,
        state: Option<TicketState>,
        cluster: Option<ClusterId>,
    ) -> Result<Vec<Ticket>, Problem> {
        let address = Address::new("/v2/tickets".to_owned())
            .with_some("state", state.map(TicketState::as_str))
            .with_some("cluster", cluster);
        let list: TicketList = self.get(token, address.as_str()).await?;
        Ok(list.tickets)
    }

    async fn ticket(&self, token: &SecretString, id: TicketId) -> Result<TicketStory, Problem> {
        self.get(token, &format!("/v2/tickets/{id}")).await
    }

    async fn open_ticket(
        &self,
        token: &SecretString,
        ticket: &OpenTicket,
    ) -> Result<TicketStory, Problem> {
        self.send_json(Method::POST, token, "/v2/tickets", ticket)
            .await
    }

    async fn write_note(
        &self,
        token: &SecretString,
        id: TicketId,
        note: &WriteNote,
    ) -> Result<TicketStory, Problem> {
        self.send_json(
            Method::POST,
            token,
            &format!("/v2/tickets/{id}/notes"),
            note,
        )
        .await
    }

    async fn change_ticket(
        &self,
        token: &SecretString,
        id: TicketId,
        change: TicketChange,
    ) -> Result<TicketStory, Problem> {
        self.send_json(Method::PATCH, token, &format!("/v2/tickets/{id}"), &change)
            .await
    }

    async fn subscriptions(&self, token: &SecretString) -> Result<Vec<Subscription>, Problem> {
        let list: SubscriptionList = self.get(token, "/v2/subscriptions").await?;
        Ok(list.subscriptions)
    }

    async fn subscription(
        &self,
        token: &SecretString,
        id: SubscriptionId,
    ) -> Result<Subscription, Problem> {
        self.get(token, &format!("/v2/subscriptions/{id}")).await
    }

    async fn subscribe(
        &self,
        token: &SecretString,
        subscribe: &Subscribe,
    ) -> Result<NewSubscription, Problem> {
        self.send_json(Method::POST, token, "/v2/subscriptions", subscribe)
            .await
    }

    async fn change_subscription(
        &self,
        token: &SecretString,
        id: SubscriptionId,
        change: SubscriptionChange,
    ) -> Result<Subscription, Problem> {
        self.send_json(
            Method::PATCH,
            token,
            &format!("/v2/subscriptions/{id}"),
            &change,
        )
        .await
    }

    async fn unsubscribe(&self, token: &SecretString, id: SubscriptionId) -> Result<(), Problem> {
        self.call(Method::DELETE, token, &format!("/v2/subscriptions/{id}"))
            .await
    }

    async fn test_subscription(
        &self,
        token: &SecretString,
        id: SubscriptionId,
    ) -> Result<Trial, Problem> {
        let path = format!("/v2/subscriptions/{id}/test");
        let request = self.request(Method::POST, &path, token);
        self.json(request.timeout(SLOW_TIMEOUT)).await
    }

    async fn deliveries(
        &self,
        token: &SecretString,
        id: SubscriptionId,
    ) -> Result<Vec<Delivery>, Problem> {
        let path = format!("/v2/subscriptions/{id}/deliveries");
        let list: DeliveryList = self.get(token, &path).await?;
        Ok(list.deliveries)
    }
}
