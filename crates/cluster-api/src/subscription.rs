//! Subscriptions: where events and tickets are told of, by webhook or by mail.

use serde::{Deserialize, Serialize};

use crate::{
    ClusterId, DeliveryId, Event, EventKind, SubscriptionId, Ticket, TicketNote, Timestamp,
};

/// A wish to be told of what happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Subscription {
    /// Its identity.
    pub id: SubscriptionId,
    /// How and where it is told.
    #[serde(flatten)]
    pub target: Target,
    /// What is told; empty: everything.
    pub events: Vec<Topic>,
    /// The one cluster it is about; None: all of them.
    pub cluster_id: Option<ClusterId>,
    /// Whether it covers every account of the installation. Admins only.
    pub all_accounts: bool,
    /// Whether anything is sent.
    pub enabled: bool,
    /// Why it was disabled, if the control plane did that by itself.
    pub note: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How and where it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Target {
    /// A signed POST of JSON.
    Webhook {
        /// Where to.
        url: String,
    },
    /// A mail in plain text.
    Mail {
        /// To whom.
        address: String,
    },
}

impl Target {
    /// The word on the wire.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Webhook { .. } => "webhook",
            Self::Mail { .. } => "mail",
        }
    }

    /// Where it goes: the URL or the mail address.
    #[must_use]
    pub fn place(&self) -> &str {
        match self {
            Self::Webhook { url } => url,
            Self::Mail { address } => address,
        }
    }
}

/// What can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Topic {
    /// An event of that kind in the timeline of a cluster.
    Event(EventKind),
    /// A note in a ticket, the first one too.
    Ticket(TicketTopic),
}

/// The one word for tickets among the topics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum TicketTopic {
    /// `ticket`
    Ticket,
}

impl Topic {
    /// Tickets.
    pub const TICKET: Self = Self::Ticket(TicketTopic::Ticket);

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Event(kind) => kind.as_str(),
            Self::Ticket(TicketTopic::Ticket) => "ticket",
        }
    }
}

/// What `POST /v2/subscriptions` takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Subscribe {
    /// How and where to be told.
    #[serde(flatten)]
    pub target: Target,
    /// What to be told; nothing or an empty list: everything.
    #[serde(default)]
    pub events: Vec<Topic>,
    /// One cluster alone.
    #[serde(default)]
    pub cluster_id: Option<ClusterId>,
    /// The clusters and tickets of all accounts. Admins only.
    #[serde(default)]
    pub all_accounts: bool,
}

/// What `PATCH /v2/subscriptions/{id}` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SubscriptionChange {
    /// Whether anything is sent. What happens while it is off is not told later.
    pub enabled: bool,
}

/// What `POST /v2/subscriptions` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NewSubscription {
    /// The subscription.
    #[serde(flatten)]
    pub subscription: Subscription,
    /// What webhooks are signed with. Shown this once.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub secret: Option<String>,
}

/// What `GET /v2/subscriptions` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SubscriptionList {
    /// The oldest first.
    pub subscriptions: Vec<Subscription>,
}

/// What is sent, as the body of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Notice {
    /// The same however often it is sent: who has it already can throw it away.
    pub delivery: DeliveryId,
    /// The kind of the event, `ticket`, or `test`.
    pub kind: String,
    /// When it happened.
    pub at: Timestamp,
    /// What happened to a cluster.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub event: Option<Event>,
    /// What happened to a ticket.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ticket: Option<TicketNotice>,
    /// The cluster it is about, as it is when this is written.
    pub cluster: Option<NoticeCluster>,
}

/// A ticket, and the note that is told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TicketNotice {
    /// The ticket.
    #[serde(flatten)]
    pub ticket: Ticket,
    /// The note.
    pub note: TicketNote,
}

/// The cluster that a notice is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NoticeCluster {
    /// Its identity.
    pub id: ClusterId,
    /// Its name.
    pub name: String,
    /// How it is: the word of [`crate::ClusterStatus`].
    pub status: String,
}

/// One notice on its way to one subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// Its identity; in the header `Carina-Delivery`.
    pub id: DeliveryId,
    /// The kind of the event, `ticket`, or `test`.
    pub kind: String,
    /// How it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub tries: u32,
    /// When it was written down.
    pub created_at: Timestamp,
    /// When it is tried again, if it is.
    pub next_try_at: Option<Timestamp>,
    /// What the last try brought, in a sentence.
    pub outcome: Option<String>,
}

/// How a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is going to be tried, for the first time or again.
    Pending,
    /// It arrived.
    Delivered,
    /// It did not arrive, and is not tried again.
    GivenUp,
}

impl DeliveryState {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::GivenUp => "given_up",
        }
    }
}

/// What `GET /v2/subscriptions/{id}/deliveries` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DeliveryList {
    /// The newest first, at most 50.
    pub deliveries: Vec<Delivery>,
}

/// What `POST /v2/subscriptions/{id}/test` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Trial {
    /// Whether it arrived.
    pub delivered: bool,
    /// What the receiver said, in a sentence.
    pub outcome: String,
    /// What the receiver knows it by.
    pub delivery: DeliveryId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_words_and_others_are_refused() {
        let topics: Vec<Topic> = serde_json::from_str(r#"["failed","ticket"]"#).unwrap();
        assert_eq!(topics, [Topic::Event(EventKind::Failed), Topic::TICKET]);
        for topic in topics {
            let word = serde_json::to_value(topic).unwrap();
            assert_eq!(word, topic.as_str());
        }
        assert!(serde_json::from_str::<Topic>(r#""everything""#).is_err());
    }
}
