//! Identifiers: a distinct type for every kind of thing, so that one is never passed for another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            /// A lower-case UUID, as the original clients demand.
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, formatter)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

uuid_id! {
    /// Names one cluster, for good: never used again after the cluster is deleted.
    ClusterId
}
uuid_id! {
    /// Names one node of a cluster.
    NodeId
}
uuid_id! {
    /// Names one piece of work on a cluster: a create, a resize, a delete.
    TaskId
}
uuid_id! {
    /// Names one ticket.
    TicketId
}
uuid_id! {
    /// Names one subscription.
    SubscriptionId
}
uuid_id! {
    /// Names one notice on its way to one subscription, over all tries.
    DeliveryId
}
uuid_id! {
    /// Names one template of a cloud.
    TemplateId
}
uuid_id! {
    /// Names one group of nodes of a cluster in a cloud.
    NodegroupId
}
uuid_id! {
    /// Names one account.
    AccountId
}
uuid_id! {
    /// Names one API key.
    KeyId
}
uuid_id! {
    /// Names one sign-in that goes on.
    SessionId
}
uuid_id! {
    /// Names one HTTP request; shown to people so that the log line can be found.
    RequestId
}

/// The place of an event in the control plane's one journal. Strictly increasing; also the version
/// of the cluster row that the event changed.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct EventId(pub i64);

impl fmt::Display for EventId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
