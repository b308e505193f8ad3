//! `/v2/accounts`: what admins see and set. For members there are no such addresses.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use cluster_api::{
    AccountDetails, AccountId, AccountList, AccountRule, AddAccount, ChangeAccount,
    ClustersOfAccount, MadeAccount, NodeCount, Problem, Role, SecretText,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::value::StrDeserializer};
use serde_json::{Map, Value};
use utoipa::IntoParams;

use super::{
    answer::Refusal,
    body::Object,
    caller::{Caller, Named},
    openapi::{ADMIN, BadQuery, LastAdmin, NameTaken, NotYours},
};
use crate::service::{AccountRequest, Service};

/// No account may be given more clusters.
const MAX_CLUSTERS: i64 = 10_000;

type Answer<T> = Result<Json<T>, Refusal>;
type Rules = State<Arc<Service>>;

/// Where a page begins.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// The `next` of the page before.
    marker: Option<String>,
}

/// List accounts, by name.
#[utoipa::path(get, path = "/accounts", operation_id = "list_accounts", tag = ADMIN, params(Page),
    responses((status = 200, description = "A page of them.", body = AccountList), BadQuery, NotYours))]
pub(super) async fn list(
    caller: Caller,
    State(service): Rules,
    page: Result<Query<Page>, QueryRejection>,
) -> Answer<AccountList> {
    let Query(page) = page.map_err(|_| Problem::Malformed)?;
    let after = page.marker.unwrap_or_default();
    Ok(Json(service.accounts(&caller.actor, &after).await?))
}

/// Show an account.
#[utoipa::path(get, path = "/accounts/{id}", operation_id = "show_other_account", tag = ADMIN, params(("id" = AccountId, Path, description = "The account.")),
    responses((status = 200, description = "The account.", body = AccountDetails)))]
pub(super) async fn show(
    caller: Caller,
    State(service): Rules,
    Named(id): Named<AccountId>,
) -> Answer<AccountDetails> {
    Ok(Json(service.account(&caller.actor, id).await?))
}

/// List the clusters of an account.
#[utoipa::path(get, path = "/accounts/{id}/clusters", operation_id = "list_clusters_of_account", tag = ADMIN, params(("id" = AccountId, Path, description = "The account.")),
    responses((status = 200, description = "Its clusters, newest first.", body = ClustersOfAccount)))]
pub(super) async fn clusters(
    caller: Caller,
    State(service): Rules,
    Named(id): Named<AccountId>,
) -> Answer<ClustersOfAccount> {
    let clusters = service.clusters_of(&caller.actor, id).await?;
    Ok(Json(ClustersOfAccount { clusters }))
}

/// Make an account.
///
/// The answer has its password, this once. It makes API keys for itself.
#[utoipa::path(post, path = "/accounts", operation_id = "add_account", tag = ADMIN, request_body = AddAccount,
    responses((status = 201, description = "The account and its password.", body = MadeAccount), NotYours, NameTaken))]
pub(super) async fn add(
    caller: Caller,
    State(service): Rules,
    Object(body): Object,
) -> Result<(StatusCode, Json<MadeAccount>), Refusal> {
    // Whoever may not ask hears nothing of how to.
    service.check_admin(&caller.actor)?;
    let username = body.get("username").and_then(Value::as_str);
    let username = username.ok_or(broken(AccountRule::Username))?;
    let request = into_request(&body)?;
    let (account, password) = service
        .add_account(&caller.actor, username, request)
        .await?;
    let password = SecretText(password.expose_secret().to_owned());
    Ok((StatusCode::CREATED, Json(MadeAccount { account, password })))
}

/// Change an account: its role, its quotas, its password.
///
/// What is not given stays as it is. A new password ends the sign-ins with the old one.
#[utoipa::path(patch, path = "/accounts/{id}", operation_id = "change_account", tag = ADMIN, params(("id" = AccountId, Path, description = "The account.")),
    request_body = ChangeAccount,
    responses((status = 200, description = "The account as it is now.", body = AccountDetails), LastAdmin))]
pub(super) async fn change(
    caller: Caller,
    State(service): Rules,
    Named(id): Named<AccountId>,
    Object(body): Object,
) -> Answer<AccountDetails> {
    service.check_admin(&caller.actor)?;
    let request = into_request(&body)?;
    if request.is_empty() {
        return Err(Problem::Malformed.into());
    }
    let account = service.change_account(&caller.actor, id, request).await?;
    Ok(Json(account))
}

/// Close an account.
///
/// Its keys and tokens stop at once, and its clusters are deleted, protected ones too.
#[utoipa::path(delete, path = "/accounts/{id}", operation_id = "close_account", tag = ADMIN, params(("id" = AccountId, Path, description = "The account.")),
    responses((status = 204, description = "It is closed."), LastAdmin))]
pub(super) async fn close(
    caller: Caller,
    State(service): Rules,
    Named(id): Named<AccountId>,
) -> Result<StatusCode, Refusal> {
    service.close_account(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a body says of an account. `null` for a quota: as the settings say.
fn into_request(body: &Map<String, Value>) -> Result<AccountRequest, Problem> {
    let role = match body.get("role") {
        None => None,
        Some(role) => {
            let role = role.as_str().ok_or(Problem::Malformed)?;
            let role = Role::deserialize(StrDeserializer::<serde::de::value::Error>::new(role));
            Some(role.map_err(|_| Problem::Malformed)?)
        }
    };
    let max_clusters = match body.get("max_clusters") {
        None => None,
        Some(Value::Null) => Some(None),
        Some(count) => {
            let count = count
                .as_i64()
                .filter(|count| (0..=MAX_CLUSTERS).contains(count));
            let count = count.and_then(|count| u32::try_from(count).ok());
            Some(Some(count.ok_or(Problem::Malformed)?))
        }
    };
    let max_nodes = match body.get("max_nodes_per_cluster") {
        None => None,
        Some(Value::Null) => Some(None),
        Some(count) => {
            let count = count.as_i64().and_then(|it| NodeCount::try_from(it).ok());
            let max = NodeCount::MAX;
            Some(Some(count.ok_or(Problem::NodesInvalid { max })?))
        }
    };
    let password: Option<SecretString> = match body.get("password") {
        None | Some(Value::Null) => None,
        Some(Value::String(password)) => Some(password.clone().into()),
        Some(_) => return Err(broken(AccountRule::Password)),
    };
    Ok(AccountRequest {
        role,
        max_clusters,
        max_nodes,
        password,
    })
}

const fn broken(rule: AccountRule) -> Problem {
    Problem::Account { rule }
}
