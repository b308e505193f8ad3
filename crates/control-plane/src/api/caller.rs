//! Who asks, whether their key lets them, and about which cluster.

use std::{collections::HashMap, str::FromStr, sync::Arc};

use axum::{
    extract::{FromRef, FromRequestParts, MatchedPath, Path},
    http::{Method, request::Parts},
};
use cluster_api::{ClusterId, HelpRule, Problem, Scope, SubscriptionId, TicketId};
use serde::de::DeserializeOwned;
use utoipa::{
    IntoParams, PartialSchema,
    openapi::{
        Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

use super::answer::Refusal;
use crate::{
    service::{Origin, Service},
    store::Actor,
};

/// Whose token came with the request. A handler that takes one is never reached without, nor with a key
/// that lacks the scope for it.
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
        let origin = parts.extensions.get::<Origin>().cloned();
        let service = Arc::<Service>::from_ref(state);
        let actor = service
            .identify(&token, &origin.unwrap_or_default())
            .await?;
        let route = parts.extensions.get::<MatchedPath>();
        let route = route.map_or("", MatchedPath::as_str);
        match needed(&parts.method, route) {
            Some(scope) if !actor.scopes.has(scope) => Err(Problem::ScopeMissing { scope }.into()),
            _ => Ok(Self { actor, token }),
        }
    }
}

/// The scope that a request takes; the one place where that is decided. None: any token will do.
fn needed(method: &Method, route: &str) -> Option<Scope> {
    match route {
        // To ask whether one's own token is good, and to end it, is never more than it allows.
        "/v2.0/tokens/{token}" => None,
        // Secrets leave through addresses of this ending alone.
        route if route.ends_with("/zip") => Some(Scope::Credentials),
        _ if method.is_safe() => Some(Scope::Read),
        _ => Some(Scope::Write),
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
                let id = id_in(parts, state).await;
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

/// What else is in the path: a key, a sign-in, an account. Text that is no id names none.
pub(super) struct Named<T>(pub(super) T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Named<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let id = id_in(parts, state).await;
        id.map(Self).ok_or_else(|| Problem::NoRoute.into())
    }
}

/// What the path calls `id`.
async fn id_in<T: FromStr, S: Send + Sync>(parts: &mut Parts, state: &S) -> Option<T> {
    let named = Path::<HashMap<String, String>>::from_request_parts(parts, state).await;
    let Path(named) = named.ok()?;
    named.get("id")?.parse().ok()
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
