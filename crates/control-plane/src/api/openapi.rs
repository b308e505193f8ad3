//! The contract: an OpenAPI 3.1 document made from the handlers, at `/v2/openapi.json`, and as a page
//! for people at `/v2/docs`.
//!
//! A handler describes what is its own: what it takes, what it answers, and the refusals that only it
//! has. What every handler of a kind can answer is added here, once for all ([`complete`]). The document
//! as it is lies in the repository beside this crate's manifest; a test compares the two.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Extension,
    body::Bytes,
    http::{HeaderName, HeaderValue, header},
    response::IntoResponse,
};
use cluster_api::{AuditList, ErrorBody, IdempotencyKey, Notice, inside::LogLine};
use serde_json::{Map, Value, json};
use utoipa::{
    IntoResponses, OpenApi, PartialSchema, ToSchema,
    openapi::{
        Content, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Schema,
        schema::{SchemaType, Type},
        security::{ApiKey, ApiKeyValue, SecurityScheme},
    },
};

use super::{answer, docs};

/// The tag of routes about clusters, in both generations, and of signing in.
pub(super) const CLUSTERS: &str = "Clusters";
/// The tag of routes about what is inside clusters.
pub(super) const INSIDE: &str = "Inside a cluster";
/// The tag of routes about what an account has and may have.
pub(super) const ACCOUNT: &str = "Account";
/// The tag of routes for asking for help, and for being told.
pub(super) const HELP: &str = "Help";
/// The tag of routes about other accounts.
pub(super) const ADMIN: &str = "Administration";
/// The tag of routes for signing in and out.
pub(super) const SIGN_IN: &str = "Sign-in";
/// The tag of routes about the service itself.
pub(super) const SERVICE: &str = "Service";
/// The tag of the first generation's routes.
pub(super) const FIRST: &str = "First generation";

/// What the document says before the handlers have their say.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Carina",
        description = "The API of the control plane: container clusters on demand.\n\n\
            Sign in with `POST /v2.0/tokens`, and send the token that it answers as `X-Auth-Token` with \
            every other request. Bodies are JSON. Every answer has an `x-request-id`; give it when you \
            ask for help.\n\n\
            Errors are answered as `{\"errors\": […]}`, each with a `code` for programs, a `title` and a \
            `detail` for people, and the `request_id`. What belongs to another account is answered as if \
            it were not there.",
    ),
    tags(
        (name = SIGN_IN, description = "Tokens, as Identity v2 speaks of them."),
        (name = CLUSTERS, description = "Clusters: making, changing, watching and using them."),
        (name = INSIDE, description = "What runs in a cluster, what it writes, and what it uses. Without the secrets in it."),
        (name = ACCOUNT, description = "What an account has and may have."),
        (name = HELP, description = "Asking for help, and being told of what happens."),
        (name = ADMIN, description = "What admins do, and what was done by whom. Members have their own part of the audit log, and nothing else of this."),
        (name = SERVICE, description = "The service itself."),
        (name = FIRST, description = "The API as its first clients speak it. A cluster is the same one in both generations."),
    ),
    components(schemas(
        AuditList,
        ErrorBody,
        IdempotencyKey,
        LogLine,
        Notice,
        answer::FirstError,
        answer::IdentityError
    )),
)]
struct Base;

/// The document without any route.
pub(super) fn base() -> utoipa::openapi::OpenApi {
    let mut base = Base::openapi();
    // The derive takes them from the manifest, which has none.
    base.info.license = None;
    base.info.contact = None;
    let token = ApiKey::Header(ApiKeyValue::with_description(
        "X-Auth-Token",
        "The token that `POST /v2.0/tokens` answered. It is good for 24 hours, and no longer than the API key \
         it was had for.",
    ));
    base.components
        .get_or_insert_default()
        .add_security_scheme("token", SecurityScheme::ApiKey(token));
    base.security = Some(vec![utoipa::openapi::SecurityRequirement::new(
        "token",
        Vec::<String>::new(),
    )]);
    base
}

/// Refusals that some handlers have: a type to name in `responses(…)`, its status, and why.
macro_rules! refusals {
    ($($name:ident = $status:literal: $why:literal;)+) => {$(
        #[doc = $why]
        pub(super) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                let response = ResponseBuilder::new().description($why).build();
                BTreeMap::from([($status.to_owned(), response.into())])
            }
        }
    )+};
}

refusals! {
    BadQuery = "400": "A parameter of the address is not as described; the detail says which.";
    WrongSecret = "401": "The username and the password or API key do not match.";
    BadFilter = "400": "A filter could not be read.";
    NotYours = "404": "For members there is no such address.";
    OverLimit = "403": "The account has as many keys as it may have, the new one would do more or last longer than the one that asks, or that lacks a scope.";
    NameTaken = "409": "The name is taken.";
    LastAdmin = "409": "It is the last admin.";
    OverQuota = "403": "The account has as much as it may have.";
    HelpFull = "403": "The account has as many as it may have, or only an admin may do that.";
    NoMail = "409": "No mail is sent here.";
    NoNode = "404": "There is no such cluster, or no such node in it.";
    NodeNotNow = "409": "Not possible in the state that the cluster is in, or not with this node.";
    NotReady = "404": "There is no such cluster, or it has no credentials yet.";
    NotNow = "409": "Not possible in the state that the cluster is in, or it is protected.";
    Taken = "409": "The name is taken.";
    KeyReused = "422": "The idempotency key was used for a different request.";
    TooManyStreams = "429": "The account reads as many logs as it may at once.";
    NodeSilent = "503": "The node that the container is on does not answer.";
    TooManyTries = "429": "Too many tries; `Retry-After` says in how many seconds there may be another.";
}

/// The audit log in the two forms that programs read.
pub(super) struct AuditLog;

impl IntoResponses for AuditLog {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let text = || Content::builder().schema(Some(String::schema())).build();
        let page = Content::builder().schema(Some(Ref::from_schema_name("AuditList")));
        let response = ResponseBuilder::new()
            .description("A page of the log; or all of it as CSV or JSON lines.")
            .content("application/json", page.build())
            .content("text/csv", text())
            .content("application/jsonl", text())
            .build();
        BTreeMap::from([("200".to_owned(), response.into())])
    }
}

/// The bytes of a zip file.
pub(super) struct Zip;

impl PartialSchema for Zip {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .content_media_type("application/zip")
            .into()
    }
}

impl ToSchema for Zip {}

/// Server-Sent Events: what they carry is said in words.
pub(super) struct Messages;

impl PartialSchema for Messages {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::AnyValue)
            .description(Some(
                "Messages with the names `snapshot`, `cluster`, `event` and `heartbeat`. The data of the \
                 first three is a `Snapshot`, a `Cluster` or an `Event`, as JSON. In a log, `line` with a \
                 `LogLine`, and `end`.",
            ))
            .into()
    }
}

impl ToSchema for Messages {}

/// The document, as it is sent.
pub(super) struct Published {
    json: Bytes,
    page: Bytes,
    page_policy: HeaderValue,
}

impl Published {
    /// Completes the document and writes it down in both forms.
    pub(super) fn new(document: utoipa::openapi::OpenApi) -> Self {
        let document = completed(document);
        let page = docs::page(&document);
        Self {
            json: pretty(&document).into(),
            page: page.html.into(),
            page_policy: page.policy,
        }
    }
}

/// Read this description, as OpenAPI 3.1.
#[utoipa::path(get, path = "/openapi.json", operation_id = "describe", tag = SERVICE, security(()),
    responses((status = 200, description = "The document.", body = Value)))]
pub(super) async fn document(Extension(published): Extension<Arc<Published>>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/json")],
        published.json.clone(),
    )
}

/// Read this description, as a page.
#[utoipa::path(get, path = "/docs", operation_id = "read_docs", tag = SERVICE, security(()),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html; charset=utf-8")))]
pub(super) async fn page(Extension(published): Extension<Arc<Published>>) -> impl IntoResponse {
    let headers: [(HeaderName, HeaderValue); 3] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            published.page_policy.clone(),
        ),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
    ];
    (headers, published.page.clone())
}

/// The document as text, the same every time.
pub(super) fn pretty(document: &Value) -> String {
    format!("{document:#}\n")
}

/// The document with all that goes without saying in the handlers.
pub(super) fn completed(document: utoipa::openapi::OpenApi) -> Value {
    let mut document = json!(document);
    let mut shared = Map::new();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
            complete(path, operation, &mut shared);
        }
    }
    document["components"]["responses"] = Value::Object(shared);
    unlink(&mut document);
    document
}

/// Adds to an operation what every operation of its kind can answer; `shared` keeps those answers.
fn complete(path: &str, operation: &mut Value, shared: &mut Map<String, Value>) {
    let (generation, error) = match path {
        path if path.starts_with("/v2.0/") => ("identity", "IdentityError"),
        path if path.starts_with("/v2") => ("second", "ErrorBody"),
        _ => ("first", "FirstError"),
    };
    let is_open = operation.get("security").is_some();
    let has_body = operation.get("requestBody").is_some();
    if is_open {
        operation["security"] = json!([]);
    }
    let parameters = operation.get_mut("parameters");
    for parameter in parameters
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        // What is optional is left out; there is no null in an address or a header.
        if let Some(schema) = parameter.pointer("/schema/oneOf/0").cloned() {
            parameter["schema"] = schema;
        }
    }
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    for (status, response) in responses.iter_mut() {
        finish(status, response, error);
    }
    let mut may = |status: &str, why: &str| {
        responses.entry(status).or_insert_with(|| {
            let name = format!("{generation}.{status}");
            let reference = json!({ "$ref": format!("#/components/responses/{name}") });
            let mut response = json!({ "description": why });
            finish(status, &mut response, error);
            shared.insert(name, response);
            reference
        });
    };
    if has_body {
        may(
            "400",
            "The body is not as described; the code and the detail say why.",
        );
        may("413", "The body is too large.");
    }
    if !is_open {
        may("401", "There is no token, or it has ended.");
    }
    if !is_open && generation != "identity" {
        may("403", "The API key lacks the scope for it.");
    }
    if path.contains('{') {
        may(
            "404",
            "There is no such thing, or it belongs to another account.",
        );
    }
    if path.starts_with("/v2/") {
        may(
            "406",
            "The header `API-Version` names a version that is not spoken here.",
        );
    }
    may(
        "500",
        "Something failed on our side; the log has the story under the request's id.",
    );
}

/// Adds to a response what every response of its status has.
fn finish(status: &str, response: &mut Value, error: &str) {
    response["headers"]["x-request-id"] = json!({
        "description": "Names the request.",
        "required": true,
        "schema": {"$ref": "#/components/schemas/RequestId"},
    });
    if status.starts_with(['4', '5']) {
        response["content"]["application/json"]["schema"] =
            json!({"$ref": format!("#/components/schemas/{error}")});
    }
    if status == "429" {
        response["headers"]["retry-after"] = json!({
            "description": "In how many seconds to try again.",
            "required": true,
            "schema": {"type": "integer", "minimum": 1},
        });
    }
}

/// Rust's links in descriptions lead nowhere here.
fn unlink(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(text) if key == "description" => {
                        *text = text.replace("[`", "`").replace("`]", "`");
                    }
                    value => unlink(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(unlink),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, fs, path::Path};

    use super::*;
    use crate::testing::ControlPlane;

    /// What the repository has of the document, and what to set to have it written anew.
    const FILE: &str = "openapi.json";
    const UPDATE: &str = "CARINA_UPDATE_OPENAPI";

    fn document() -> Value {
        completed(crate::api::routes().into_openapi())
    }

    /// Every operation, its path filled in.
    fn operations(document: &Value) -> Vec<(String, String, Value)> {
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            let id = "00000000-0000-4000-8000-000000000000";
            let path = path.replace("{id}", id).replace("{username}", "owner");
            let path = path.replace("{on}", "true").replace(['{', '}'], "");
            for (method, operation) in item.as_object().unwrap() {
                operations.push((method.to_uppercase(), path.clone(), operation.clone()));
            }
        }
        assert!(operations.len() > 20, "{}", operations.len());
        operations
    }

    #[tokio::test]
    async fn every_operation_refuses_the_anonymous_unless_it_says_otherwise() {
        let plane = ControlPlane::idle().await;
        let anonymous = plane.anonymous();
        for (method, path, operation) in operations(&document()) {
            let answer = anonymous.send(&method, &path, None).await;
            let status = answer.status.as_u16();
            match operation.get("security") {
                None => assert_eq!(status, 401, "{method} {path}"),
                Some(open) => {
                    assert_eq!(open, &json!([]));
                    assert_ne!(status, 401, "{method} {path}");
                }
            }
            let described = &operation["responses"][status.to_string()];
            assert!(described.is_object(), "{method} {path}: {status}");
        }
    }

    #[test]
    fn operations_have_names_of_their_own_and_a_tag_that_is_described() {
        let document = document();
        let tags = document["tags"].as_array().unwrap();
        let mut names = HashSet::new();
        for (method, path, operation) in operations(&document) {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} twice");
            let tag = &operation["tags"][0];
            assert!(
                tags.iter().any(|it| it["name"] == *tag),
                "{method} {path}: {tag}"
            );
            assert!(operation["summary"].is_string(), "{method} {path}");
        }
    }

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "a switch for whoever runs this test, and no setting"
    )]
    fn the_document_in_the_repository_is_the_one_that_is_served() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
        if std::env::var_os(UPDATE).is_some() {
            fs::write(&path, pretty(&document())).unwrap();
        }
        let kept: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert!(
            kept == document(),
            "the API has changed and {FILE} has not: read what changed, then run this test once with {UPDATE}=1"
        );
    }
}
