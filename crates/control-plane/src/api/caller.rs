//! Who asks, and about which cluster.

use std::{collections::HashMap, net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts, Path},
    http::request::Parts,
};
use cluster_api::{ClusterId, HelpRule, Problem, SubscriptionId, TicketId};
use serde::de::DeserializeOwned;
use utoipa::{
    IntoParams, PartialSchema,
    openapi::{
        Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

use super::answer::Refusal;
use crate::{service::Service, store::Actor};

/// Whose token came with the request. A handler that takes one is never reached without.
pub(super) struct Caller {
    pub(super) actor: Actor,
    pub(super) token: String,
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Arc<Service>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let token = parts
            .headers
            .get("x-auth-token")
            .and_then(|token| token.to_str().ok());
        let token = token.ok_or(Problem::SignedOut)?.to_owned();
        let account = Arc::<Service>::from_ref(state).account_of(&token).await?;
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = connection.map(|ConnectInfo(address)| address.ip());
        Ok(Self {
            actor: Actor { account, address },
            token,
        })
    }
}

macro_rules! in_path {
    ($(#[$doc:meta])* $name:ident($id:ty): $what:literal, $problem:expr) => {
        $(#[$doc])*
        pub(super) struct $name(pub(super) $id);

        impl IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                let id = ParameterBuilder::new()
                    .name("id")
                    .parameter_in(ParameterIn::Path)
                    .required(Required::True)
                    .description(Some($what))
                    .schema(Some(<$id>::schema()));
                vec![id.build()]
            }
        }

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Refusal;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
                let named = Path::<HashMap<String, String>>::from_request_parts(parts, state).await;
                let id = named
                    .ok()
                    .and_then(|Path(named)| named.get("id")?.parse().ok());
                id.map(Self).ok_or_else(|| $problem.into())
            }
        }
    };
}

in_path! {
    /// The cluster in the path. Text that is no id names no cluster.
    InPath(ClusterId): "The cluster.", Problem::NotFound
}
in_path! {
    /// The ticket in the path. Text that is no id names no ticket.
    TicketInPath(TicketId): "The ticket.", Problem::Help { rule: HelpRule::NoTicket }
}
in_path! {
    /// The subscription in the path. Text that is no id names no subscription.
    SubscriptionInPath(SubscriptionId): "The subscription.",
    Problem::Help { rule: HelpRule::NoSubscription }
}

/// What stands in a path. Text that cannot be it names nothing.
pub(super) struct Segments<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Segments<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(segments)) => Ok(Self(segments)),
            Err(_) => Err(Problem::NotFound.into()),
        }
    }
}
