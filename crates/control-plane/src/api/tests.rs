mod accounts;
mod audit;
mod keys;
mod scopes;

use axum::body::Body;
use cluster_api::{ClusterStatus, Problem, WatchMessage};
use futures::StreamExt;
use serde_json::{Value, json};

use crate::{
    account,
    clock::Clock,
    testing::{Answer, Client, ControlPlane, PASSWORD},
};

const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

fn problem(answer: &Answer) -> Problem {
    serde_json::from_value(answer.json["errors"][0]["problem"].clone())
        .unwrap_or_else(|error| panic!("{error}: {}", answer.json))
}

async fn sign_in(client: &Client, auth: Value) -> Answer {
    client
        .send("POST", "/v2.0/tokens", Some(json!({ "auth": auth })))
        .await
}

// Identity: carina-api.md, 1.1.

#[tokio::test]
async fn the_original_sign_in_gets_what_its_client_decodes() {
    let plane = ControlPlane::idle().await;
    let key =
        json!({"RAX-KSKEY:apiKeyCredentials": {"apiKey": "key of owner", "username": "owner"}});
    let answer = sign_in(&plane.anonymous(), key).await;
    assert_eq!(answer.status, 200);
    let access = &answer.json["access"];
    let expires = access["token"]["expires"].as_str().unwrap();
    assert!(expires.ends_with('Z') && expires.len() <= "2006-01-02T15:04:05.999999Z".len());
    for text in [
        &access["token"]["id"],
        &access["token"]["tenant"]["id"],
        &access["token"]["tenant"]["name"],
        &access["user"]["id"],
    ] {
        assert!(text.is_string(), "{text}");
    }
    assert_eq!(access["user"]["name"], "owner");
    let roles = access["user"]["roles"].as_array().unwrap();
    let names: Vec<_> = roles.iter().map(|role| role["name"].as_str()).collect();
    assert_eq!(names, [Some("read"), Some("write"), Some("credentials")]);
    let service = &access["serviceCatalog"][0];
    assert_eq!(service["type"], "rax:container");
    let endpoints = service["endpoints"].as_array().unwrap();
    assert_eq!(
        endpoints.len(),
        1,
        "with two, the original client does not know which to take"
    );
    assert_eq!(endpoints[0]["publicURL"], "http://api.test:4000/v2");
    assert!(endpoints[0]["tenantId"].is_string() && endpoints[0]["region"].is_string());
}

#[tokio::test]
async fn wrong_secrets_are_401_and_unknown_names_look_the_same() {
    let plane = ControlPlane::idle().await;
    let anonymous = plane.anonymous();
    let mut bodies = Vec::new();
    for auth in [
        json!({"passwordCredentials": {"username": "owner", "password": "wrong"}}),
        json!({"passwordCredentials": {"username": "nobody", "password": PASSWORD}}),
        json!({"RAX-KSKEY:apiKeyCredentials": {"username": "owner", "apiKey": "key of stranger"}}),
    ] {
        let answer = sign_in(&anonymous, auth).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.json["unauthorized"]["code"], 401);
        bodies.push(answer.json["unauthorized"].clone());
    }
    assert!(bodies.iter().all(|body| body == &bodies[0]));
    for auth in [
        json!({}),
        json!({"passwordCredentials": {"username": 7}}),
        json!("x"),
    ] {
        assert_eq!(sign_in(&anonymous, auth).await.status, 400);
    }
    let right = json!({"passwordCredentials": {"username": "OWNER", "password": PASSWORD}});
    assert_eq!(sign_in(&anonymous, right).await.status, 200);
}

#[tokio::test]
async fn guessing_a_password_is_slowed_down() {
    let plane = ControlPlane::idle().await;
    let anonymous = plane.anonymous();
    let guess = json!({"passwordCredentials": {"username": "owner", "password": "guess"}});
    let mut limited = None;
    for _ in 0..11 {
        let answer = sign_in(&anonymous, guess.clone()).await;
        if answer.status == 429 {
            limited = Some(answer);
        }
    }
    let limited = limited.expect("eleven guesses in a row were all let through");
    assert!(
        limited.headers["retry-after"]
            .to_str()
            .unwrap()
            .parse::<u32>()
            .unwrap()
            > 0
    );
    // Programs with a key are not held up by somebody's guesses.
    plane.client("owner").await;
}

#[tokio::test]
async fn tokens_are_probed_ended_and_expire() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let path = |client: &Client| format!("/v2.0/tokens/{}", client.token.as_ref().unwrap());
    assert_eq!(owner.send("HEAD", &path(&owner), None).await.status, 200);
    let stranger = plane.client("stranger").await;
    assert_eq!(stranger.send("HEAD", &path(&owner), None).await.status, 404);
    assert_eq!(
        stranger.send("DELETE", &path(&owner), None).await.status,
        404
    );

    assert_eq!(owner.send("DELETE", &path(&owner), None).await.status, 204);
    assert_eq!(owner.send("HEAD", &path(&owner), None).await.status, 401);
    assert_eq!(owner.get("/v2/clusters").await.status, 401);

    plane.clock.advance(jiff::SignedDuration::from_hours(23));
    assert_eq!(stranger.get("/v2/clusters").await.status, 200);
    plane.clock.advance(jiff::SignedDuration::from_hours(1));
    assert_eq!(stranger.get("/v2/clusters").await.status, 401);
    assert_eq!(
        stranger.send("HEAD", &path(&stranger), None).await.status,
        401
    );
}

#[tokio::test]
async fn a_closed_account_is_out_at_once_and_its_clusters_go() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 1).await;
    plane.until_status(id, ClusterStatus::Active).await;
    account::close(&plane.store, "owner", plane.clock.now())
        .await
        .unwrap();
    assert_eq!(owner.get("/v2/clusters").await.status, 401);
    plane.until(id, |cluster| cluster.is_none()).await;
}

// Clusters: carina-api.md, 2.1 to 2.4.

#[tokio::test]
async fn every_route_refuses_the_anonymous_and_hides_from_strangers() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 1).await.to_string();
    let account = owner.get("/v2/account").await.json["id"].clone();
    let account = account.as_str().unwrap();
    let resize = json!({"type": "resize", "input": {"node_count": 2}});
    let ticket = json!({"subject": "shop", "text": "shop"});
    let ticket = owner.send("POST", "/v2/tickets", Some(ticket)).await.json;
    let ticket = format!("/v2/tickets/{}", ticket["ticket"]["id"].as_str().unwrap());
    let hook = json!({"kind": "webhook", "url": "https://example.com/shop"});
    let hook = owner
        .send("POST", "/v2/subscriptions", Some(hook))
        .await
        .json;
    let hook = format!("/v2/subscriptions/{}", hook["id"].as_str().unwrap());
    // Method, path, body, and what a stranger gets.
    let routes = [
        ("GET", "/v2/cluster_types".to_owned(), None, 200),
        ("GET", "/v2/quotas".to_owned(), None, 200),
        ("GET", "/v2/usual".to_owned(), None, 200),
        ("GET", "/v2/snapshot".to_owned(), None, 200),
        ("GET", "/v2/clusters".to_owned(), None, 200),
        (
            "POST",
            "/v2/clusters".to_owned(),
            Some(json!({"name": "x", "cluster_type_id": 1})),
            201,
        ),
        ("GET", format!("/v2/clusters/{id}"), None, 404),
        (
            "POST",
            format!("/v2/clusters/{id}/tasks"),
            Some(resize),
            404,
        ),
        (
            "POST",
            format!("/v2/clusters/{id}/tasks"),
            Some(json!({"type": "retry"})),
            404,
        ),
        (
            "POST",
            format!("/v2/clusters/{id}/tasks"),
            Some(json!({"type": "rebuild"})),
            404,
        ),
        (
            "POST",
            format!("/v2/clusters/{id}/tasks"),
            Some(json!({"type": "rotate"})),
            404,
        ),
        (
            "PATCH",
            format!("/v2/clusters/{id}"),
            Some(json!({"name": "mine"})),
            404,
        ),
        ("GET", format!("/v2/clusters/{id}/autoscale"), None, 404),
        (
            "PUT",
            format!("/v2/clusters/{id}/autoscale"),
            Some(json!({"enabled": true})),
            404,
        ),
        ("GET", format!("/v2/clusters/{id}/events"), None, 404),
        ("GET", format!("/v2/clusters/{id}/credentials"), None, 404),
        (
            "GET",
            format!("/v2/clusters/{id}/credentials/zip"),
            None,
            404,
        ),
        ("GET", format!("/v2/clusters/{id}/support.zip"), None, 404),
        ("GET", format!("/v2/clusters/{id}/nodes"), None, 404),
        (
            "POST",
            format!("/v2/clusters/{id}/nodes/node-2/replace"),
            None,
            404,
        ),
        (
            "POST",
            format!("/v2/clusters/{id}/nodes/node-2/drain"),
            Some(json!({"on": true})),
            404,
        ),
        ("GET", format!("/v2/clusters/{id}/containers"), None, 404),
        (
            "GET",
            format!("/v2/clusters/{id}/containers/web/logs"),
            None,
            404,
        ),
        ("GET", format!("/v2/clusters/{id}/services"), None, 404),
        ("GET", format!("/v2/clusters/{id}/metrics"), None, 404),
        ("DELETE", format!("/v2/clusters/{id}"), None, 404),
        ("GET", "/v2/tickets".to_owned(), None, 200),
        (
            "POST",
            "/v2/tickets".to_owned(),
            Some(json!({"subject": "x", "text": "x"})),
            201,
        ),
        ("GET", ticket.clone(), None, 404),
        (
            "PATCH",
            ticket.clone(),
            Some(json!({"state": "resolved"})),
            404,
        ),
        (
            "POST",
            format!("{ticket}/notes"),
            Some(json!({"text": "x"})),
            404,
        ),
        ("GET", "/v2/subscriptions".to_owned(), None, 200),
        (
            "POST",
            "/v2/subscriptions".to_owned(),
            Some(json!({"kind": "webhook", "url": "https://example.com/x"})),
            201,
        ),
        ("GET", hook.clone(), None, 404),
        ("PATCH", hook.clone(), Some(json!({"enabled": false})), 404),
        ("POST", format!("{hook}/test"), None, 404),
        ("GET", format!("{hook}/deliveries"), None, 404),
        ("DELETE", hook.clone(), None, 404),
        (
            "GET",
            format!("/v2/clusters/{id}/credentials/ledger"),
            None,
            404,
        ),
        ("GET", "/v2/account".to_owned(), None, 200),
        ("GET", "/v2/keys".to_owned(), None, 200),
        (
            "POST",
            "/v2/keys".to_owned(),
            Some(json!({"name": "k", "scopes": ["read"]})),
            201,
        ),
        ("DELETE", format!("/v2/keys/{UNKNOWN}"), None, 404),
        ("GET", "/v2/sessions".to_owned(), None, 200),
        ("DELETE", format!("/v2/sessions/{UNKNOWN}"), None, 404),
        ("GET", "/v2/accounts".to_owned(), None, 404),
        (
            "POST",
            "/v2/accounts".to_owned(),
            Some(json!({"username": "x"})),
            404,
        ),
        ("GET", format!("/v2/accounts/{account}"), None, 404),
        (
            "PATCH",
            format!("/v2/accounts/{account}"),
            Some(json!({"role": "admin"})),
            404,
        ),
        ("DELETE", format!("/v2/accounts/{account}"), None, 404),
        ("GET", format!("/v2/accounts/{account}/clusters"), None, 404),
        ("GET", "/v2/health/engine".to_owned(), None, 404),
        ("GET", "/v2/audit".to_owned(), None, 200),
        ("GET", format!("/v2/audit?account={account}"), None, 404),
        // Last: it signs the stranger out.
        ("DELETE", "/v2/sessions".to_owned(), None, 204),
    ];
    let forged = Client {
        token: Some("forged".to_owned()),
        ..plane.anonymous()
    };
    let stranger = plane.client("stranger").await;
    for (method, path, body, status) in routes {
        for nobody in [&plane.anonymous(), &forged] {
            let answer = nobody.send(method, &path, body.clone()).await;
            assert_eq!(answer.status, 401, "{method} {path}");
            assert_eq!(problem(&answer), Problem::SignedOut);
        }
        let answer = stranger.send(method, &path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.json);
        assert!(!answer.json.to_string().contains("shop"), "{method} {path}");
    }
    let nobody = plane.anonymous();
    assert_eq!(nobody.get("/v2/watch").await.status, 401);
    assert_eq!(owner.get(&format!("/v2/clusters/{id}")).await.status, 200);
}

#[tokio::test]
async fn every_cluster_object_has_what_the_original_client_needs() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let body = json!({"name": "c1", "cluster_type_id": "1", "node_count": 2});
    let created = owner.send("POST", "/v2/clusters", Some(body)).await;
    assert_eq!(created.status, 201);
    let id = created.json["id"].as_str().unwrap().to_owned();
    plane
        .until_status(id.parse().unwrap(), ClusterStatus::Active)
        .await;
    let resize = json!({"type": "resize", "input": {"node_count": 3}});
    plane.provisioner.close_gate();
    owner
        .send("POST", &format!("/v2/clusters/{id}/tasks"), Some(resize))
        .await;
    let shown = owner.get(&format!("/v2/clusters/{id}")).await;
    assert_eq!(shown.json["status"], "resizing", "it must show at once");
    plane.provisioner.open_gate();
    let listed = owner.get("/v2/clusters").await;
    let deleted = owner
        .send("DELETE", &format!("/v2/clusters/{id}"), None)
        .await;
    assert_eq!(deleted.json["status"], "deleting");
    for cluster in [
        &created.json,
        &shown.json,
        &listed.json["clusters"][0],
        &deleted.json,
    ] {
        assert!(cluster["cluster_type"]["id"].is_i64(), "{cluster}");
        assert!(cluster["cluster_type"]["name"].is_string());
        assert!(cluster["cluster_type"]["coe"].is_string());
        assert!(cluster["cluster_type"]["host_type"].is_string());
        assert!(cluster["node_count"].is_u64());
        let id = cluster["id"].as_str().unwrap();
        assert!(id.len() == 36 && id.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f' | '-')));
    }
    let types = owner.get("/v2/cluster_types").await;
    assert_eq!(types.json["cluster_types"][0]["active"], true);
    assert_eq!(
        owner.get("/v2/quotas").await.json,
        json!({"max_clusters": 3, "max_nodes_per_cluster": 5})
    );
}

#[tokio::test]
async fn other_versions_are_refused_in_the_original_words() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let get = |version: &str| {
        let request = owner
            .request("GET", "/v2/clusters")
            .header("API-Version", version);
        owner.answer(request.body(Body::empty()).unwrap())
    };
    for good in ["rax:container 1.0", "rax:container-infra 1.0"] {
        assert_eq!(get(good).await.status, 200);
    }
    for bad in ["rax:container 1.1", "rax:container", "1.0", "latest"] {
        let answer = get(bad).await;
        assert_eq!(answer.status, 406);
        let error = &answer.json["errors"][0];
        assert_eq!(error["code"], "make-coe-api.microverion-unsupported");
        assert_eq!(error["title"], "Microversion unsupported");
        assert_eq!(
            (&error["min_version"], &error["max_version"]),
            (&json!("1.0"), &json!("1.0"))
        );
        assert_eq!(error["status"], 406);
        assert!(error["request_id"].is_string() && error["links"][0]["href"].is_string());
    }
}

#[tokio::test]
async fn bad_input_is_named_precisely_and_makes_nothing() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let long = "x".repeat(64);
    for (name, nodes, flavor, type_id, status, code) in [
        (
            json!(""),
            json!(1),
            json!(null),
            json!(1),
            400,
            "carina.name-invalid",
        ),
        (
            json!(long),
            json!(1),
            json!(null),
            json!(1),
            400,
            "carina.name-invalid",
        ),
        (
            json!("Shop"),
            json!(1),
            json!(null),
            json!(1),
            400,
            "carina.name-invalid",
        ),
        (
            json!("my shop"),
            json!(1),
            json!(null),
            json!(1),
            400,
            "carina.name-invalid",
        ),
        (
            json!("../x"),
            json!(1),
            json!(null),
            json!(1),
            400,
            "carina.name-invalid",
        ),
        (
            json!("\u{1f680}"),
            json!(1),
            json!(null),
            json!(1),
            400,
            "carina.name-invalid",
        ),
        (
            json!("ok"),
            json!(0),
            json!(null),
            json!(1),
            400,
            "carina.nodes-invalid",
        ),
        (
            json!("ok"),
            json!(-1),
            json!(null),
            json!(1),
            400,
            "carina.nodes-invalid",
        ),
        (
            json!("ok"),
            json!(1_000_000_000),
            json!(null),
            json!(1),
            400,
            "carina.nodes-invalid",
        ),
        (
            json!("ok"),
            json!("abc"),
            json!(null),
            json!(1),
            400,
            "carina.nodes-invalid",
        ),
        (
            json!("ok"),
            json!(6),
            json!(null),
            json!(1),
            403,
            "carina.quota-nodes",
        ),
        (
            json!("ok"),
            json!(1),
            json!("huge"),
            json!(1),
            400,
            "carina.flavor-unknown",
        ),
        (
            json!("ok"),
            json!(1),
            json!(null),
            json!(99),
            400,
            "carina.type-unknown",
        ),
    ] {
        let body = json!({"name": name, "node_count": nodes, "flavor": flavor, "cluster_type_id": type_id});
        let answer = owner.send("POST", "/v2/clusters", Some(body)).await;
        assert_eq!(answer.status, status, "{}", answer.json);
        assert_eq!(answer.json["errors"][0]["code"], code);
        let id = answer.headers["x-request-id"].to_str().unwrap();
        assert_eq!(answer.json["errors"][0]["request_id"], id);
    }
    for (body, status) in [
        (Body::from("{"), 400),
        (Body::from("[]"), 400),
        (Body::empty(), 400),
        (Body::from(vec![b'x'; 10 << 20]), 413),
    ] {
        let request = owner.request("POST", "/v2/clusters").body(body).unwrap();
        assert_eq!(owner.answer(request).await.status, status);
    }
    for path in [
        "/v2/clusters/x",
        &format!("/v2/clusters/{UNKNOWN}"),
        "/v2/nothing",
        "/nothing",
    ] {
        let answer = owner.get(path).await;
        assert_eq!(answer.status, 404);
        assert!(answer.json["errors"][0]["detail"].is_string());
    }
    let answer = owner.send("PATCH", "/v2/clusters", None).await;
    assert_eq!(
        (answer.status.as_u16(), problem(&answer)),
        (405, Problem::MethodNotAllowed)
    );
    assert_eq!(owner.get("/v2/clusters").await.json["clusters"], json!([]));
}

#[tokio::test]
async fn quotas_and_names_are_held() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let create = |name: &str| {
        owner.send(
            "POST",
            "/v2/clusters",
            Some(json!({"name": name, "cluster_type_id": 1})),
        )
    };
    assert_eq!(create("a").await.status, 201);
    let taken = create("a").await;
    assert_eq!(
        (taken.status.as_u16(), problem(&taken)),
        (409, Problem::NameTaken)
    );
    create("b").await;
    create("c").await;
    let full = create("d").await;
    assert_eq!(
        (full.status.as_u16(), problem(&full)),
        (403, Problem::QuotaClusters { limit: 3 })
    );
    // Another account has its own room and its own names.
    plane.client("stranger").await.create("a", 1).await;
}

#[tokio::test]
async fn a_doubled_create_makes_one_cluster() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let create = |key: &str, name: &str| {
        let body = json!({"name": name, "cluster_type_id": 1}).to_string();
        let request = owner
            .request("POST", "/v2/clusters")
            .header("Idempotency-Key", key);
        owner.answer(request.body(Body::from(body)).unwrap())
    };
    let (first, second) = tokio::join!(create("k1", "shop"), create("k1", "shop"));
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201));
    assert_eq!(first.json["id"], second.json["id"]);
    assert_eq!(create("k1", "other").await.status, 422);
    assert_eq!(create("not a key", "shop").await.status, 400);
    assert_eq!(
        owner.get("/v2/clusters").await.json["clusters"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn what_is_not_possible_now_says_so() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 2).await;
    let tasks = format!("/v2/clusters/{id}/tasks");
    let resize = |count: Value| json!({"type": "resize", "input": {"node_count": count}});
    let busy = Problem::Busy {
        status: ClusterStatus::Creating,
    };
    for body in [resize(json!(3)), json!({"type": "retry"})] {
        let answer = owner.send("POST", &tasks, Some(body)).await;
        assert_eq!((answer.status.as_u16(), problem(&answer)), (409, busy));
    }
    for count in [json!(0), json!(-1), json!("2"), json!(null), json!(1.5)] {
        assert_eq!(
            owner.send("POST", &tasks, Some(resize(count))).await.status,
            400
        );
    }
    assert_eq!(
        owner
            .send("POST", &tasks, Some(json!({"type": "explode"})))
            .await
            .status,
        400
    );
    let zip = owner
        .get(&format!("/v2/clusters/{id}/credentials/zip"))
        .await;
    assert_eq!(zip.status, 404);
    let detail = zip.json["errors"][0]["detail"].as_str().unwrap();
    assert!(
        detail.contains("Cluster credentials do not exist"),
        "a client looks for these words"
    );
    let path = format!("/v2/clusters/{id}");
    assert_eq!(owner.send("DELETE", &path, None).await.status, 200);
    assert_eq!(owner.send("DELETE", &path, None).await.status, 409);
}

#[tokio::test]
async fn credentials_are_a_zip_and_leave_a_trace() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 1).await;
    plane.until_status(id, ClusterStatus::Active).await;
    let access = owner
        .get(&format!("/v2/clusters/{id}/credentials"))
        .await
        .json;
    assert_eq!(access["last_issued"], Value::Null);
    let zip = owner
        .get(&format!("/v2/clusters/{id}/credentials/zip"))
        .await;
    assert_eq!(zip.headers["content-type"], "application/zip");
    assert_eq!(
        zip.headers["content-disposition"],
        "attachment; filename=\"shop.zip\""
    );
    assert_eq!(zip.headers["cache-control"], "no-store");
    assert!(zip.bytes.starts_with(b"PK"));
    let access = owner
        .get(&format!("/v2/clusters/{id}/credentials"))
        .await
        .json;
    assert_eq!(
        access["last_issued"]["fingerprint"].as_str().unwrap().len(),
        95
    );
    assert!(!access.to_string().contains("PRIVATE KEY"));
}

// Protection against deletion: ours.

#[tokio::test]
async fn a_protected_cluster_can_do_anything_but_be_deleted() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 1).await;
    plane.until_status(id, ClusterStatus::Active).await;
    let path = format!("/v2/clusters/{id}");
    let protect = async |client: &Client, on: Value| {
        let body = json!({ "deletion_protection": on });
        client.send("PATCH", &path, Some(body)).await
    };
    assert_eq!(owner.get(&path).await.json["deletion_protection"], false);
    let stranger = plane.client("stranger").await;
    assert_eq!(protect(&stranger, json!(true)).await.status, 404);
    assert_eq!(protect(&plane.anonymous(), json!(true)).await.status, 401);
    assert_eq!(protect(&owner, json!("yes")).await.status, 400);

    let protected = protect(&owner, json!(true)).await;
    assert_eq!(protected.status, 200);
    assert_eq!(protected.json["deletion_protection"], true);
    for path in [&*path, "/clusters/owner/shop"] {
        let refused = owner.send("DELETE", path, None).await;
        assert_eq!(refused.status, 409);
        assert_eq!(problem(&refused), Problem::Protected);
    }
    let resize = json!({"type": "resize", "input": {"node_count": 2}});
    let tasks = format!("{path}/tasks");
    assert_eq!(owner.send("POST", &tasks, Some(resize)).await.status, 202);
    plane.until_status(id, ClusterStatus::Active).await;

    assert_eq!(protect(&owner, json!(false)).await.status, 200);
    let events = owner.get(&format!("{path}/events")).await.json;
    let newest = &events["events"][0]["message"];
    assert_eq!(newest, "No longer protected against deletion");
    assert_eq!(owner.send("DELETE", &path, None).await.status, 200);
    assert!(protect(&owner, json!(true)).await.status.is_client_error());
}

// The watch.

/// Reads messages until one fits.
async fn read_until(
    stream: &mut axum::body::BodyDataStream,
    text: &mut String,
    fits: impl Fn(&WatchMessage) -> bool,
) -> Vec<WatchMessage> {
    let mut messages = Vec::new();
    loop {
        while let Some((block, rest)) = text.clone().split_once("\n\n") {
            *text = rest.to_owned();
            let field = |name: &str| {
                block
                    .lines()
                    .find_map(|line| line.strip_prefix(name))
                    .unwrap_or_default()
                    .trim()
            };
            let message = WatchMessage::from_parts(field("event:"), field("data:"))
                .unwrap()
                .unwrap();
            assert_eq!(
                message.id().map(|id| id.to_string()).unwrap_or_default(),
                field("id:")
            );
            messages.push(message);
            if fits(&messages[messages.len() - 1]) {
                return messages;
            }
        }
        let chunk = stream.next().await.expect("the stream ended").unwrap();
        text.push_str(std::str::from_utf8(&chunk).unwrap());
    }
}

async fn open_watch(client: &Client, last: Option<i64>) -> axum::body::BodyDataStream {
    let mut request = client.request("GET", "/v2/watch");
    if let Some(last) = last {
        request = request.header("Last-Event-ID", last);
    }
    let response = client.raw(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response.into_body().into_data_stream()
}

#[tokio::test]
async fn a_watch_begins_with_everything_and_follows_every_change() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let stranger = plane.client("stranger").await;
    let mut watch = open_watch(&owner, None).await;
    let mut text = String::new();
    let first = read_until(&mut watch, &mut text, |_| true).await;
    assert!(matches!(&first[0], WatchMessage::Snapshot(snapshot) if snapshot.clusters.is_empty()));

    stranger.create("foreign", 1).await;
    let id = owner.create("shop", 1).await;
    let is_active = |message: &WatchMessage| matches!(message, WatchMessage::Cluster(row) if row.status == ClusterStatus::Active);
    let seen = read_until(&mut watch, &mut text, is_active).await;
    let ids: Vec<_> = seen.iter().filter_map(WatchMessage::id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    for message in &seen {
        match message {
            WatchMessage::Cluster(row) => assert_eq!(row.id, id),
            WatchMessage::Event(event) => assert_eq!(event.cluster_id, id),
            _ => {}
        }
    }

    // Resumed in the middle: everything from there on, that one included.
    let middle = ids[ids.len() / 2];
    let mut resumed = open_watch(&owner, Some(middle.0)).await;
    let again = read_until(&mut resumed, &mut String::new(), is_active).await;
    assert!(
        !again
            .iter()
            .any(|message| matches!(message, WatchMessage::Snapshot(_)))
    );
    assert_eq!(again.iter().find_map(WatchMessage::id), Some(middle));

    // An id from nowhere: begin anew.
    let mut lost = open_watch(&owner, Some(1_000_000)).await;
    let anew = read_until(&mut lost, &mut String::new(), |_| true).await;
    assert!(matches!(anew[0], WatchMessage::Snapshot(_)));

    owner
        .send("DELETE", &format!("/v2/clusters/{id}"), None)
        .await;
    let is_gone = |message: &WatchMessage| matches!(message, WatchMessage::Cluster(row) if row.status == ClusterStatus::Deleted);
    read_until(&mut watch, &mut text, is_gone).await;
}

#[tokio::test]
async fn a_row_never_comes_before_the_events_that_led_to_it() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    for round in 0..3 {
        let id = owner.create(&format!("shop-{round}"), 3).await;
        let account = plane.store.cluster(id).await.unwrap().unwrap().account_id;
        loop {
            let read = plane
                .store
                .changes_from(account, cluster_api::EventId(0), 500)
                .await;
            let (events, rows) = read.unwrap();
            let last = events.last().unwrap().id;
            let newest = &rows.last().unwrap().cluster;
            assert_eq!(newest.version, last);
            if newest.status == ClusterStatus::Active {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_watch_shows_that_it_is_alive_and_ends_with_its_token() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let mut watch = open_watch(&owner, None).await;
    let mut text = String::new();
    let is_heartbeat = |message: &WatchMessage| matches!(message, WatchMessage::Heartbeat);
    read_until(&mut watch, &mut text, is_heartbeat).await;
    let path = format!("/v2.0/tokens/{}", owner.token.as_ref().unwrap());
    owner.send("DELETE", &path, None).await;
    let rest = async { while watch.next().await.is_some() {} };
    tokio::time::timeout(std::time::Duration::from_secs(20), rest)
        .await
        .expect("it stayed open");
}

#[tokio::test]
async fn a_cluster_is_renamed_and_labelled_and_its_machines_keep_their_names() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 1).await;
    let other = owner.create("other", 1).await;
    plane.until_status(id, ClusterStatus::Active).await;
    let path = format!("/v2/clusters/{id}");
    let change = async |body: Value| owner.send("PATCH", &path, Some(body)).await;
    let labels = json!({"team": "web", "app.kubernetes.io/name": "shop"});
    let answer = change(json!({"name": "store", "labels": labels})).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    assert_eq!(answer.json["name"], "store");
    assert_eq!(answer.json["labels"], labels);
    let record = plane.store.cluster(id).await.unwrap().unwrap();
    assert_eq!(record.made_as.as_str(), "shop");
    assert_eq!(owner.get("/clusters/owner/store").await.status, 200);
    assert_eq!(owner.get("/clusters/owner/shop").await.status, 404);
    let events = owner.get(&format!("{path}/events")).await.json;
    assert_eq!(events["events"][1]["message"], "Renamed from shop to store");
    assert_eq!(events["events"][1]["actor"], "owner");

    for (body, status) in [
        (json!({"name": "other"}), 409),
        (json!({"name": "Store"}), 400),
        (json!({"labels": {"a b": "c"}}), 400),
        (json!({"labels": ["a"]}), 400),
        (json!({"nodes": 3}), 400),
        (json!({}), 400),
        (json!({"name": "store"}), 200),
        (json!({"labels": {}}), 200),
    ] {
        let answer = change(body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.json);
    }
    // A name that was given up is free, and one that was deleted too.
    owner.create("shop", 1).await;
    owner
        .send("DELETE", &format!("/v2/clusters/{other}"), None)
        .await;
    plane.until(other, |cluster| cluster.is_none()).await;
    assert_eq!(change(json!({"name": "other"})).await.status, 200);
}
