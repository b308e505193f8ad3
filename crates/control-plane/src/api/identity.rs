//! `/v2.0`: Identity v2, as the original clients sign in. An answer that they read strictly (see
//! gophercloud's `tokens/results.go`): ids are strings, `expires` ends in `Z`.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use cluster_api::{Problem, Role, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    PublicUrl,
    answer::Refusal,
    body::Object,
    caller::{Caller, Segments},
    openapi::{SIGN_IN, TooManyTries, WrongSecret},
};
use crate::service::{Fault, Origin, Service};

/// The one region there is.
const REGION: &str = "LOCAL";

/// The body of a sign-in. Clients of Identity v2 send more; it is not looked at.
#[derive(Deserialize, ToSchema)]
pub(super) struct SignIn {
    /// One of the two ways.
    auth: Auth,
}

/// What somebody signs in with: one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
enum Auth {
    /// For programs.
    ApiKey {
        /// The key.
        #[serde(rename = "RAX-KSKEY:apiKeyCredentials")]
        by: ApiKeyCredentials,
    },
    /// For people.
    Password {
        /// The password.
        #[serde(rename = "passwordCredentials")]
        by: PasswordCredentials,
    },
}

/// An API key and whose it is.
#[derive(Deserialize, ToSchema)]
struct ApiKeyCredentials {
    /// The name of the account.
    #[schema(examples("admin"))]
    username: String,
    /// Its API key.
    #[serde(rename = "apiKey")]
    #[schema(value_type = String, format = Password)]
    api_key: SecretString,
}

/// A password and whose it is.
#[derive(Deserialize, ToSchema)]
struct PasswordCredentials {
    /// The name of the account.
    #[schema(examples("admin"))]
    username: String,
    /// Its password.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// What a sign-in answers.
#[derive(Serialize, ToSchema)]
pub(super) struct SignedIn {
    /// All of it.
    access: Granted,
}

/// The token, whose it is, and where to go with it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Granted {
    /// The token.
    token: Token,
    /// Whose it is.
    user: User,
    /// Where the API is.
    service_catalog: [CatalogService; 1],
}

/// A token.
#[derive(Serialize, ToSchema)]
struct Token {
    /// The token itself, to be sent as `X-Auth-Token`.
    id: String,
    /// Until when it is good.
    expires: Timestamp,
    /// The account, as a tenant.
    tenant: Tenant,
}

/// An account, as a tenant.
#[derive(Serialize, ToSchema)]
struct Tenant {
    /// Its id.
    id: String,
    /// Its id too.
    name: String,
}

/// An account, as a user.
#[derive(Serialize, ToSchema)]
struct User {
    /// Its id.
    id: String,
    /// The name it signs in with.
    name: String,
    /// The scopes of the token, for which Identity v2 has no other place, and `admin` for whoever looks
    /// after the accounts.
    roles: Vec<NamedRole>,
}

/// A role.
#[derive(Serialize, ToSchema)]
struct NamedRole {
    /// A scope, or `admin`.
    #[schema(value_type = String)]
    name: &'static str,
}

/// A service of the catalog.
#[derive(Serialize, ToSchema)]
struct CatalogService {
    /// `cloudContainer`.
    name: &'static str,
    /// `rax:container`.
    r#type: &'static str,
    /// Where it is.
    endpoints: [Endpoint; 1],
}

/// Where a service is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Endpoint {
    /// The one region there is.
    region: &'static str,
    /// The account.
    tenant_id: String,
    /// The address.
    #[serde(rename = "publicURL")]
    public_url: String,
}

/// Sign in.
///
/// Exchanges an API key or a password for a token.
#[utoipa::path(post, path = "/v2.0/tokens", operation_id = "sign_in", tag = SIGN_IN, security(()),
    request_body = SignIn,
    responses((status = 200, description = "The token.", body = SignedIn), WrongSecret, TooManyTries))]
pub(super) async fn sign_in(
    State(service): State<Arc<Service>>,
    State(public_url): State<PublicUrl>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    Object(body): Object,
) -> Result<Json<SignedIn>, Refusal> {
    // What serde has to say of it could quote a secret.
    let body: SignIn =
        serde_json::from_value(Value::Object(body)).map_err(|_| Problem::Malformed)?;
    let grant = match body.auth {
        Auth::ApiKey { by } => {
            service
                .sign_in_with_api_key(&by.username, &by.api_key, &origin)
                .await
        }
        Auth::Password { by } => {
            service
                .sign_in_with_password(&by.username, by.password, &origin)
                .await
        }
    }?;
    let id = grant.account.id.to_string();
    Ok(Json(SignedIn {
        access: Granted {
            token: Token {
                id: grant.token.expose_secret().to_owned(),
                expires: grant.expires_at,
                tenant: Tenant {
                    id: id.clone(),
                    name: id.clone(),
                },
            },
            user: User {
                id: id.clone(),
                name: grant.account.username,
                roles: (grant.scopes.0.iter().map(|scope| scope.as_str()))
                    .chain((grant.account.role == Role::Admin).then_some(Role::Admin.as_str()))
                    .map(|name| NamedRole { name })
                    .collect(),
            },
            service_catalog: [CatalogService {
                name: "cloudContainer",
                r#type: "rax:container",
                endpoints: [Endpoint {
                    region: REGION,
                    tenant_id: id,
                    public_url: format!("{}/v2", public_url.of(&headers)),
                }],
            }],
        },
    }))
}

/// The token in the path.
#[derive(IntoParams, Deserialize)]
#[into_params(parameter_in = Path)]
pub(super) struct TokenInPath {
    /// The token. It has to be the one that the request is made with.
    token: String,
}

/// Check whether a token is still good.
///
/// Only the bearer of a token may ask about it: with it, the answer tells nothing new.
#[utoipa::path(get, path = "/v2.0/tokens/{token}", operation_id = "check_token", tag = SIGN_IN, params(TokenInPath),
    responses((status = 200, description = "It is.")))]
pub(super) async fn check(
    caller: Caller,
    Segments(path): Segments<TokenInPath>,
) -> Result<StatusCode, Refusal> {
    own(&caller, &path)?;
    Ok(StatusCode::OK)
}

/// Sign out: end a token.
#[utoipa::path(delete, path = "/v2.0/tokens/{token}", operation_id = "sign_out", tag = SIGN_IN, params(TokenInPath),
    responses((status = 204, description = "It has ended.")))]
pub(super) async fn sign_out(
    caller: Caller,
    State(service): State<Arc<Service>>,
    Segments(path): Segments<TokenInPath>,
) -> Result<StatusCode, Refusal> {
    own(&caller, &path)?;
    let ended = service
        .end_session(&caller.actor, caller.actor.session)
        .await;
    match ended {
        // Somebody was faster: it is over all the same.
        Ok(()) | Err(Fault::Problem(Problem::NoRoute)) => Ok(StatusCode::NO_CONTENT),
        Err(fault) => Err(fault.into()),
    }
}

fn own(caller: &Caller, path: &TokenInPath) -> Result<(), Refusal> {
    if caller.token == path.token {
        Ok(())
    } else {
        Err(Problem::NotFound.into())
    }
}
