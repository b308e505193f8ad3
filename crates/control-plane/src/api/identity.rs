//! `/v2.0`: Identity v2, as the original clients sign in. An answer that they read strictly (see
//! gophercloud's `tokens/results.go`): ids are strings, `expires` ends in `Z`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use cluster_api::Problem;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{PublicUrl, answer::Refusal, body::Object, caller::Caller};
use crate::service::Service;

/// The one region there is.
const REGION: &str = "LOCAL";

pub(super) async fn sign_in(
    State(service): State<Arc<Service>>,
    State(public_url): State<PublicUrl>,
    headers: HeaderMap,
    body: Result<Object, Refusal>,
) -> Result<Json<Value>, Refusal> {
    let Ok(Object(body)) = body else {
        return Err(Refusal::of_identity(Problem::Malformed));
    };
    let text = |object: &Value, name: &str| {
        let text = object.get(name).and_then(Value::as_str);
        text.map(str::to_owned)
            .ok_or_else(|| Refusal::of_identity(Problem::Malformed))
    };
    let auth = body.get("auth").unwrap_or(&Value::Null);
    let grant = if let Some(key) = auth.get("RAX-KSKEY:apiKeyCredentials") {
        let api_key: SecretString = text(key, "apiKey")?.into();
        service
            .sign_in_with_api_key(&text(key, "username")?, &api_key)
            .await
    } else if let Some(password) = auth.get("passwordCredentials") {
        let secret: SecretString = text(password, "password")?.into();
        service
            .sign_in_with_password(&text(password, "username")?, secret)
            .await
    } else {
        return Err(Refusal::of_identity(Problem::Malformed));
    };
    let grant = grant.map_err(Refusal::of_identity)?;
    let base = public_url.of(&headers);
    let id = grant.account.id.to_string();
    Ok(Json(json!({"access": {
        "token": {
            "id": grant.token.expose_secret(),
            "expires": grant.expires_at.to_string(),
            "tenant": {"id": id, "name": id},
        },
        "user": {"id": id, "name": grant.account.username, "roles": []},
        "serviceCatalog": [{
            "name": "cloudContainer",
            "type": "rax:container",
            "endpoints": [{"region": REGION, "tenantId": id, "publicURL": format!("{base}/v2")}],
        }],
    }})))
}

/// Only the bearer of a token may ask about it: with it, the answer tells nothing new.
pub(super) async fn check(
    caller: Caller,
    Path(token): Path<String>,
) -> Result<StatusCode, Refusal> {
    own(&caller, &token)?;
    Ok(StatusCode::OK)
}

pub(super) async fn sign_out(
    caller: Caller,
    State(service): State<Arc<Service>>,
    Path(token): Path<String>,
) -> Result<StatusCode, Refusal> {
    own(&caller, &token)?;
    service
        .sign_out(&token)
        .await
        .map_err(Refusal::of_identity)?;
    Ok(StatusCode::NO_CONTENT)
}

fn own(caller: &Caller, token: &str) -> Result<(), Refusal> {
    if caller.token == token {
        Ok(())
    } else {
        Err(Refusal::of_identity(Problem::NotFound))
    }
}
