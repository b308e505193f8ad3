//! `/v2/account`, `/v2/keys`, `/v2/sessions`: what belongs to whoever asks.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use cluster_api::{
    AccountRule, ApiKeyList, KeyId, MadeKey, MakeKey, Problem, Scope, Scopes, SecretText,
    SessionId, SessionList, WhoAmI,
};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::{
    answer::Refusal,
    body::Object,
    caller::{Caller, Named},
    openapi::{ACCOUNT, BadQuery, NameTaken, OverLimit},
};
use crate::service::{KeyRequest, Service};

type Answer<T> = Result<Json<T>, Refusal>;
type Rules = State<Arc<Service>>;

/// Show whose the token is, and what it may do.
#[utoipa::path(get, path = "/account", operation_id = "show_account", tag = ACCOUNT,
    responses((status = 200, description = "Who it is.", body = WhoAmI)))]
pub(super) async fn who_am_i(caller: Caller, State(service): Rules) -> Json<WhoAmI> {
    Json(service.who_am_i(&caller.actor))
}

/// List API keys.
///
/// Those that are not revoked first, each part newest first.
#[utoipa::path(get, path = "/keys", operation_id = "list_keys", tag = ACCOUNT,
    responses((status = 200, description = "The keys, without their secrets.", body = ApiKeyList)))]
pub(super) async fn list(caller: Caller, State(service): Rules) -> Answer<ApiKeyList> {
    let keys = service.keys(&caller.actor).await?;
    Ok(Json(ApiKeyList { keys }))
}

/// Make an API key.
///
/// The answer has its secret, this once. A key makes none that may do more or lasts longer than itself.
#[utoipa::path(post, path = "/keys", operation_id = "make_key", tag = ACCOUNT, request_body = MakeKey,
    responses((status = 201, description = "The key and its secret.", body = MadeKey), OverLimit, NameTaken))]
pub(super) async fn make(
    caller: Caller,
    State(service): Rules,
    body: Object,
) -> Result<(StatusCode, Json<MadeKey>), Refusal> {
    let request = into_key(&body)?;
    let (key, secret) = service.make_key(&caller.actor, &request).await?;
    let secret = SecretText(secret.expose_secret().to_owned());
    Ok((StatusCode::CREATED, Json(MadeKey { key, secret })))
}

/// Revoke an API key.
///
/// The sign-ins with it end at once.
#[utoipa::path(delete, path = "/keys/{id}", operation_id = "revoke_key", tag = ACCOUNT,
    params(("id" = KeyId, Path, description = "The key.")),
    responses((status = 204, description = "It is revoked.")))]
pub(super) async fn revoke(
    caller: Caller,
    State(service): Rules,
    Named(id): Named<KeyId>,
) -> Result<StatusCode, Refusal> {
    service.revoke_key(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List where the account is signed in.
#[utoipa::path(get, path = "/sessions", operation_id = "list_sessions", tag = ACCOUNT,
    responses((status = 200, description = "The sign-ins that go on.", body = SessionList)))]
pub(super) async fn sessions(caller: Caller, State(service): Rules) -> Answer<SessionList> {
    let sessions = service.sessions(&caller.actor).await?;
    Ok(Json(SessionList { sessions }))
}

/// End a sign-in.
#[utoipa::path(delete, path = "/sessions/{id}", operation_id = "end_session", tag = ACCOUNT,
    params(("id" = SessionId, Path, description = "The sign-in.")),
    responses((status = 204, description = "It has ended.")))]
pub(super) async fn end_session(
    caller: Caller,
    State(service): Rules,
    Named(id): Named<SessionId>,
) -> Result<StatusCode, Refusal> {
    service.end_session(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which sign-ins stay.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Keep {
    /// `this`: the one that asks stays.
    #[param(pattern = "^this$")]
    keep: Option<String>,
}

/// End all sign-ins, or all but this one.
#[utoipa::path(delete, path = "/sessions", operation_id = "end_sessions", tag = ACCOUNT, params(Keep),
    responses((status = 204, description = "They have ended."), BadQuery))]
pub(super) async fn end_sessions(
    caller: Caller,
    State(service): Rules,
    query: Result<Query<Keep>, QueryRejection>,
) -> Result<StatusCode, Refusal> {
    let keeps_this = match query
        .map(|Query(query)| query.keep)
        .as_ref()
        .map(Option::as_deref)
    {
        Ok(None) => false,
        Ok(Some("this")) => true,
        _ => return Err(Problem::Malformed.into()),
    };
    service.end_sessions(&caller.actor, keeps_this).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The body of `POST /v2/keys`.
fn into_key(Object(body): &Object) -> Result<KeyRequest, Problem> {
    let broken = |rule| Problem::Account { rule };
    let name = match body.get("name") {
        Some(Value::String(name)) => name.clone(),
        _ => return Err(broken(AccountRule::KeyName)),
    };
    let scopes = body.get("scopes").and_then(Value::as_array);
    let scopes = scopes.ok_or(broken(AccountRule::KeyScopes))?;
    let scopes: Option<_> = scopes
        .iter()
        .map(|scope| scope.as_str()?.parse::<Scope>().ok())
        .collect();
    let scopes = Scopes(scopes.ok_or(broken(AccountRule::KeyScopes))?);
    let expires_at = match body.get("expires_at") {
        None | Some(Value::Null) => None,
        Some(moment) => {
            let moment = moment.as_str().and_then(|moment| moment.parse().ok());
            Some(moment.ok_or(broken(AccountRule::KeyExpiry))?)
        }
    };
    Ok(KeyRequest {
        name,
        scopes,
        expires_at,
    })
}
