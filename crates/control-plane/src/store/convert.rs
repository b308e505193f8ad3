//! Between columns and types.

use cluster_api::{
    ClusterStatus, DeliveryState, EventKind, NodeState, Role, Scopes, TaskKind, TicketState,
    Timestamp,
};
use serde::{Deserialize, de::value::StrDeserializer};

use super::{Duty, Result, StoreError};

/// A moment as the store keeps it.
pub(super) fn moment(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|_| StoreError::Unreadable("moment"))
}

/// Reads a word that an enum of the API has on the wire.
pub(super) fn word<'de, T: Deserialize<'de>>(what: &'static str, text: &'de str) -> Result<T> {
    T::deserialize(StrDeserializer::<serde::de::value::Error>::new(text))
        .map_err(|_| StoreError::Unreadable(what))
}

/// Reads an id.
pub(super) fn id<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| StoreError::Unreadable("id"))
}

/// Reads words of scopes.
pub(super) fn scopes(text: &str) -> Result<Scopes> {
    text.parse().map_err(|_| StoreError::Unreadable("scope"))
}

/// An enum whose words the store keeps.
pub(super) trait Word {
    /// The word on the wire and in the store.
    fn to_word(self) -> &'static str;
}

impl Word for ClusterStatus {
    fn to_word(self) -> &'static str {
        self.as_str()
    }
}

impl Word for EventKind {
    fn to_word(self) -> &'static str {
        self.as_str()
    }
}

impl Word for TaskKind {
    fn to_word(self) -> &'static str {
        self.as_str()
    }
}

impl Word for Role {
    fn to_word(self) -> &'static str {
        self.as_str()
    }
}

impl Word for TicketState {
    fn to_word(self) -> &'static str {
        self.as_str()
    }
}

impl Word for DeliveryState {
    fn to_word(self) -> &'static str {
        self.as_str()
    }
}

impl Word for Duty {
    fn to_word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Draining => "draining",
            Self::Drained => "drained",
            Self::Activating => "activating",
        }
    }
}

impl Word for NodeState {
    fn to_word(self) -> &'static str {
        match self {
            Self::Creating => "creating",
            Self::Joining => "joining",
            Self::Ready => "ready",
            Self::Renewing => "renewing",
            Self::Draining => "draining",
            Self::Lost => "lost",
        }
    }
}
