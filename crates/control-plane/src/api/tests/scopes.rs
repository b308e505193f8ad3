//! What keys may do.

use std::collections::BTreeSet;

use cluster_api::{ClusterStatus, Problem, Scope};
use serde_json::{Value, json};

use super::{UNKNOWN, problem};
use crate::testing::{Answer, Client, ControlPlane};

/// Every route that takes a token, and the scope that it takes. A new one has to be added here before
/// the tests pass.
const ROUTES: [(&str, &str, Scope); 60] = [
    ("GET", "/clusters/{username}", Scope::Read),
    ("POST", "/clusters/{username}", Scope::Write),
    ("GET", "/clusters/{username}/{name}", Scope::Read),
    ("DELETE", "/clusters/{username}/{name}", Scope::Write),
    ("POST", "/clusters/{username}/{name}/grow", Scope::Write),
    ("GET", "/clusters/{username}/{name}/zip", Scope::Credentials),
    (
        "PUT",
        "/clusters/{username}/{name}/autoscale/{on}",
        Scope::Write,
    ),
    ("POST", "/clusters/{username}/{name}/action", Scope::Write),
    ("GET", "/quotas/{username}", Scope::Read),
    ("GET", "/v2/cluster_types", Scope::Read),
    ("GET", "/v2/clusters", Scope::Read),
    ("HEAD", "/v2/clusters", Scope::Read),
    ("POST", "/v2/clusters", Scope::Write),
    ("GET", "/v2/clusters/{id}", Scope::Read),
    ("PATCH", "/v2/clusters/{id}", Scope::Write),
    ("DELETE", "/v2/clusters/{id}", Scope::Write),
    ("POST", "/v2/clusters/{id}/tasks", Scope::Write),
    ("GET", "/v2/clusters/{id}/autoscale", Scope::Read),
    ("PUT", "/v2/clusters/{id}/autoscale", Scope::Write),
    ("GET", "/v2/clusters/{id}/events", Scope::Read),
    ("GET", "/v2/clusters/{id}/credentials", Scope::Read),
    (
        "GET",
        "/v2/clusters/{id}/credentials/zip",
        Scope::Credentials,
    ),
    ("GET", "/v2/clusters/{id}/credentials/ledger", Scope::Read),
    ("GET", "/v2/clusters/{id}/support.zip", Scope::Read),
    ("GET", "/v2/tickets", Scope::Read),
    ("POST", "/v2/tickets", Scope::Write),
    ("GET", "/v2/tickets/{id}", Scope::Read),
    ("PATCH", "/v2/tickets/{id}", Scope::Write),
    ("POST", "/v2/tickets/{id}/notes", Scope::Write),
    ("GET", "/v2/subscriptions", Scope::Read),
    ("POST", "/v2/subscriptions", Scope::Write),
    ("GET", "/v2/subscriptions/{id}", Scope::Read),
    ("PATCH", "/v2/subscriptions/{id}", Scope::Write),
    ("DELETE", "/v2/subscriptions/{id}", Scope::Write),
    ("POST", "/v2/subscriptions/{id}/test", Scope::Write),
    ("GET", "/v2/subscriptions/{id}/deliveries", Scope::Read),
    ("GET", "/v2/clusters/{id}/nodes", Scope::Read),
    (
        "POST",
        "/v2/clusters/{id}/nodes/{node}/replace",
        Scope::Write,
    ),
    ("POST", "/v2/clusters/{id}/nodes/{node}/drain", Scope::Write),
    ("GET", "/v2/clusters/{id}/containers", Scope::Read),
    (
        "GET",
        "/v2/clusters/{id}/containers/{container}/logs",
        Scope::Read,
    ),
    ("GET", "/v2/clusters/{id}/services", Scope::Read),
    ("GET", "/v2/clusters/{id}/metrics", Scope::Read),
    ("GET", "/v2/quotas", Scope::Read),
    ("GET", "/v2/usual", Scope::Read),
    ("GET", "/v2/snapshot", Scope::Read),
    ("GET", "/v2/watch", Scope::Read),
    ("GET", "/v2/account", Scope::Read),
    ("GET", "/v2/keys", Scope::Read),
    ("POST", "/v2/keys", Scope::Write),
    ("DELETE", "/v2/keys/{id}", Scope::Write),
    ("GET", "/v2/sessions", Scope::Read),
    ("DELETE", "/v2/sessions/{id}", Scope::Write),
    ("GET", "/v2/accounts", Scope::Read),
    ("POST", "/v2/accounts", Scope::Write),
    ("GET", "/v2/accounts/{id}", Scope::Read),
    ("PATCH", "/v2/accounts/{id}", Scope::Write),
    ("GET", "/v2/accounts/{id}/clusters", Scope::Read),
    ("GET", "/v2/health/engine", Scope::Read),
    ("GET", "/v2/audit", Scope::Read),
];

#[test]
fn every_operation_has_a_scope_in_the_table() {
    let document = json!(crate::api::routes().into_openapi());
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let is_open = operation.get("security").is_some();
            // Whatever a token may do, it may ask about itself and go.
            if !is_open && path != "/v2.0/tokens/{token}" {
                described.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    let table: BTreeSet<_> = ROUTES
        .iter()
        .filter(|(method, ..)| *method != "HEAD")
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        // Tested beside the table: see below.
        .chain(
            ["/v2/sessions", "/v2/accounts/{id}"]
                .map(|path| ("DELETE".to_owned(), path.to_owned())),
        )
        .collect();
    assert_eq!(described, table);
}

async fn with_scope(plane: &ControlPlane, owner: &Client, username: &str, scope: Scope) -> Client {
    let body = json!({"name": scope, "scopes": [scope]});
    let made = owner.send("POST", "/v2/keys", Some(body)).await;
    assert_eq!(made.status, 201, "{}", made.json);
    let secret = made.json["secret"].as_str().unwrap();
    plane.client_with(username, secret).await
}

/// The status and, of a watch, nothing more: it never ends.
async fn ask(client: &Client, method: &str, path: &str) -> (u16, Option<Answer>) {
    let request = client.request(method, path);
    if path == "/v2/watch" {
        let response = client.raw(request.body(axum::body::Body::empty()).unwrap());
        let response = response.await;
        if response.status() == 200 {
            return (200, None);
        }
    }
    let answer = client.send(method, path, Some(json!({}))).await;
    (answer.status.as_u16(), Some(answer))
}

#[tokio::test]
async fn a_key_does_what_its_scope_says_and_nothing_else() {
    let plane = ControlPlane::idle().await;
    // An admin, so that every address is there.
    let admin = plane.admin().await;
    for scope in Scope::ALL {
        let client = with_scope(&plane, &admin, "admin", scope).await;
        for (method, route, needed) in ROUTES {
            let path = route
                .replace("{username}", "admin")
                .replace("{name}", "none")
                .replace("{on}", "true")
                .replace("{id}", UNKNOWN);
            let (status, answer) = ask(&client, method, &path).await;
            let refused = answer.is_some_and(|answer| {
                let code = &answer.json["errors"][0]["code"];
                code == "carina.scope-missing" || (method == "HEAD" && status == 403)
            });
            assert_eq!(
                refused,
                scope != needed,
                "{scope}: {method} {path}: {status}"
            );
            if refused {
                assert_eq!(status, 403);
            }
        }
        // These end or need more than the table can hold.
        for path in ["/v2/sessions", &format!("/v2/accounts/{UNKNOWN}")] {
            if scope != Scope::Write {
                let refused = client.send("DELETE", path, None).await;
                assert_eq!(refused.status, 403, "{scope}: {path}");
            }
        }
        // Whatever it may do, it may ask about itself and go.
        let path = format!("/v2.0/tokens/{}", client.token.as_ref().unwrap());
        assert_eq!(client.send("HEAD", &path, None).await.status, 200);
        assert_eq!(client.send("DELETE", &path, None).await.status, 204);
    }
}

#[tokio::test]
async fn a_refused_scope_is_named_in_a_sentence() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let reader = with_scope(&plane, &owner, "owner", Scope::Read).await;
    let body = json!({"name": "shop", "cluster_type_id": 1});
    let refused = reader.send("POST", "/v2/clusters", Some(body)).await;
    assert_eq!(
        problem(&refused),
        Problem::ScopeMissing {
            scope: Scope::Write
        }
    );
    let sentence = refused.json["errors"][0]["detail"].as_str().unwrap();
    assert!(sentence.contains("write"), "{sentence}");
    // In the first generation's own shape too.
    let body = json!({"cluster_name": "shop"});
    let refused = reader.send("POST", "/clusters/owner", Some(body)).await;
    assert_eq!(refused.status, 403);
    assert!(refused.json["error"].as_str().unwrap().contains("write"));
}

#[tokio::test]
async fn secrets_need_the_scope_for_them_in_both_generations() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 1).await;
    plane.until_status(id, ClusterStatus::Active).await;
    let zip = format!("/v2/clusters/{id}/credentials/zip");
    for (scope, status, first) in [
        (Scope::Read, 403, 403),
        (Scope::Write, 403, 403),
        (Scope::Credentials, 200, 201),
    ] {
        let client = with_scope(&plane, &owner, "owner", scope).await;
        assert_eq!(client.get(&zip).await.status, status, "{scope}");
        let ticket = client.get("/clusters/owner/shop/zip").await;
        assert_eq!(ticket.status, first, "{scope}");
    }
}

#[tokio::test]
async fn a_key_makes_none_more_powerful_than_itself() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let limited = json!({"name": "deploy", "scopes": ["read", "write"],
        "expires_at": "2026-01-02T00:00:00Z"});
    let made = owner.send("POST", "/v2/keys", Some(limited)).await;
    let deploy = plane
        .client_with("owner", made.json["secret"].as_str().unwrap())
        .await;
    let make = async |name: &str, scopes: Value, expires_at: Value| {
        let body = json!({"name": name, "scopes": scopes, "expires_at": expires_at});
        deploy.send("POST", "/v2/keys", Some(body)).await
    };
    for (scopes, expires_at) in [
        (json!(["credentials"]), json!(null)),
        (json!(["read", "write", "credentials"]), json!(null)),
        (json!(["read"]), json!("2026-01-03T00:00:00Z")),
    ] {
        let refused = make("more", scopes, expires_at).await;
        assert_eq!(refused.status, 403, "{}", refused.json);
        assert_eq!(refused.json["errors"][0]["problem"]["rule"], "key-power");
    }
    let same = make("same", json!(["read", "write"]), json!(null)).await;
    assert_eq!(same.status, 201);
    assert_eq!(
        same.json["expires_at"], "2026-01-02T00:00:00Z",
        "it ends when its maker does"
    );
}

#[tokio::test]
async fn an_admins_key_without_all_scopes_gives_itself_no_password() {
    let plane = ControlPlane::idle().await;
    let admin = plane.admin().await;
    let root = admin.get("/v2/account").await.json["id"].clone();
    let path = format!("/v2/accounts/{}", root.as_str().unwrap());
    let writer = with_scope(&plane, &admin, "admin", Scope::Write).await;
    for (method, path, body) in [
        ("PATCH", &*path, json!({"password": "correct horses"})),
        ("PATCH", &*path, json!({"role": "admin"})),
        ("DELETE", &*path, json!(null)),
        ("POST", "/v2/accounts", json!({"username": "carol"})),
    ] {
        let refused = writer.send(method, path, Some(body)).await;
        assert_eq!(refused.status, 403, "{method} {path}: {}", refused.json);
    }
    let quota = json!({"max_clusters": 7});
    let changed = writer.send("PATCH", &path, Some(quota)).await;
    assert_eq!(changed.status, 200, "quotas lead to nothing more");
}
