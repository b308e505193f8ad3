//! `/v2/subscriptions`: being told of events and tickets.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use cluster_api::{
    DeliveryList, HelpRule, NewSubscription, Problem, Subscribe, Subscription, SubscriptionChange,
    SubscriptionList, Target, Topic, Trial,
};
use serde_json::{Map, Value};

use super::{
    answer::Refusal,
    body::Object,
    caller::{Caller, SubscriptionInPath},
    openapi::{HELP, HelpFull, NoMail, TooManyTries},
    tickets::cluster_id,
};
use crate::service::Service;

type Answer<T> = Result<Json<T>, Refusal>;
type Rules = State<Arc<Service>>;

/// List subscriptions: where the account is told of what happens.
#[utoipa::path(get, path = "/subscriptions", operation_id = "list_subscriptions", tag = HELP,
    responses((status = 200, description = "The account's own, the oldest first.", body = SubscriptionList)))]
pub(super) async fn list(caller: Caller, State(service): Rules) -> Answer<SubscriptionList> {
    let subscriptions = service.subscriptions(&caller.actor).await?;
    Ok(Json(SubscriptionList { subscriptions }))
}

/// Subscribe to events and tickets, by webhook or by mail.
///
/// What happens from now on is told at least once. Webhooks are signed with the `secret` that is
/// answered, this once: `Carina-Signature` is `v1=` and the HMAC-SHA-256, in hexadecimal digits, of
/// `Carina-Timestamp`, a dot and the body. The body is a `Notice`.
#[utoipa::path(post, path = "/subscriptions", operation_id = "subscribe", tag = HELP, request_body = Subscribe,
    responses((status = 201, description = "The subscription.", body = NewSubscription), HelpFull, NoMail,
        (status = 404, description = "There is no such cluster.")))]
pub(super) async fn add(
    caller: Caller,
    State(service): Rules,
    Object(body): Object,
) -> Result<(StatusCode, Json<NewSubscription>), Refusal> {
    let new = service.subscribe(&caller.actor, wish(&body)?).await?;
    Ok((StatusCode::CREATED, Json(new)))
}

/// Show a subscription.
#[utoipa::path(get, path = "/subscriptions/{id}", operation_id = "show_subscription", tag = HELP, params(SubscriptionInPath),
    responses((status = 200, description = "The subscription.", body = Subscription)))]
pub(super) async fn show(
    caller: Caller,
    State(service): Rules,
    id: SubscriptionInPath,
) -> Answer<Subscription> {
    Ok(Json(service.subscription(&caller.actor, id.0).await?))
}

/// Enable or disable a subscription.
#[utoipa::path(patch, path = "/subscriptions/{id}", operation_id = "change_subscription", tag = HELP, params(SubscriptionInPath),
    request_body = SubscriptionChange,
    responses((status = 200, description = "The subscription as it is now.", body = Subscription)))]
pub(super) async fn change(
    caller: Caller,
    State(service): Rules,
    id: SubscriptionInPath,
    Object(body): Object,
) -> Answer<Subscription> {
    let enabled = body.get("enabled").and_then(Value::as_bool);
    let enabled = enabled.ok_or(Problem::Malformed)?;
    let changed = service
        .enable_subscription(&caller.actor, id.0, enabled)
        .await?;
    Ok(Json(changed))
}

/// Delete a subscription.
#[utoipa::path(delete, path = "/subscriptions/{id}", operation_id = "delete_subscription", tag = HELP, params(SubscriptionInPath),
    responses((status = 204, description = "It is gone.")))]
pub(super) async fn remove(
    caller: Caller,
    State(service): Rules,
    id: SubscriptionInPath,
) -> Result<StatusCode, Refusal> {
    service.unsubscribe(&caller.actor, id.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Test a subscription: send something now.
#[utoipa::path(post, path = "/subscriptions/{id}/test", operation_id = "test_subscription", tag = HELP, params(SubscriptionInPath),
    responses((status = 200, description = "Whether it arrived, and what the receiver said.", body = Trial), TooManyTries))]
pub(super) async fn test(
    caller: Caller,
    State(service): Rules,
    id: SubscriptionInPath,
) -> Answer<Trial> {
    Ok(Json(service.try_subscription(&caller.actor, id.0).await?))
}

/// List what was sent to a subscription.
#[utoipa::path(get, path = "/subscriptions/{id}/deliveries", operation_id = "list_deliveries", tag = HELP, params(SubscriptionInPath),
    responses((status = 200, description = "The newest first, at most 50.", body = DeliveryList)))]
pub(super) async fn deliveries(
    caller: Caller,
    State(service): Rules,
    id: SubscriptionInPath,
) -> Answer<DeliveryList> {
    let deliveries = service.deliveries(&caller.actor, id.0).await?;
    Ok(Json(DeliveryList { deliveries }))
}

fn wish(body: &Map<String, Value>) -> Result<Subscribe, Problem> {
    let text = |name: &str, rule| {
        let text = body.get(name).and_then(Value::as_str).map(str::to_owned);
        text.ok_or(Problem::Help { rule })
    };
    let target = match body.get("kind").and_then(Value::as_str) {
        Some("webhook") => Target::Webhook {
            url: text("url", HelpRule::Url)?,
        },
        Some("mail") => Target::Mail {
            address: text("address", HelpRule::MailAddress)?,
        },
        _ => return Err(Problem::Malformed),
    };
    let mut events: Vec<Topic> = match body.get("events") {
        None => Vec::new(),
        Some(list) => serde_json::from_value(list.clone()).map_err(|_| Problem::Help {
            rule: HelpRule::Events,
        })?,
    };
    events.sort_by_key(|topic| topic.as_str());
    events.dedup();
    let all_accounts = match body.get("all_accounts") {
        None => false,
        Some(value) => value.as_bool().ok_or(Problem::Malformed)?,
    };
    Ok(Subscribe {
        target,
        events,
        cluster_id: cluster_id(body)?,
        all_accounts,
    })
}
