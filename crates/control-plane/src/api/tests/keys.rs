//! Keys and sign-ins: how they are made, shown, and how they end.

use std::net::SocketAddr;

use axum::{body::Body, extract::ConnectInfo};
use futures::StreamExt;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{open_watch, sign_in};
use crate::testing::{Answer, Client, ControlPlane, PASSWORD};

async fn make(client: &Client, name: &str) -> Answer {
    let body = json!({"name": name, "scopes": ["read", "write", "credentials"]});
    client.send("POST", "/v2/keys", Some(body)).await
}

async fn keys(client: &Client) -> Vec<Value> {
    let answer = client.get("/v2/keys").await;
    answer.json["keys"].as_array().unwrap().clone()
}

async fn sessions(client: &Client) -> Vec<Value> {
    let answer = client.get("/v2/sessions").await;
    answer.json["sessions"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_key_shows_its_secret_once_and_signs_in_until_it_is_revoked() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let made = make(&owner, "  laptop ").await;
    assert_eq!(made.status, 201, "{}", made.json);
    assert_eq!(made.json["name"], "laptop");
    let secret = made.json["secret"].as_str().unwrap();
    let listed = keys(&owner).await;
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[1]["name"], "first");
    assert!(!json!(listed).to_string().contains(secret));
    assert_eq!(listed[0]["last_used_at"], Value::Null);

    let laptop = plane.client_with("owner", secret).await;
    let who = laptop.get("/v2/account").await.json;
    assert_eq!(
        (&who["username"], &who["key"]),
        (&json!("owner"), &json!("laptop"))
    );
    assert_eq!(who["role"], "member");
    assert_eq!(who["quotas"]["max_clusters"], 3);
    let listed = keys(&owner).await;
    assert_eq!(listed[0]["last_used_at"], "2026-01-01T00:00:00Z");

    let path = format!("/v2/keys/{}", made.json["id"].as_str().unwrap());
    let stranger = plane.client("stranger").await;
    assert_eq!(stranger.send("DELETE", &path, None).await.status, 404);
    assert_eq!(owner.send("DELETE", &path, None).await.status, 204);
    assert_eq!(owner.send("DELETE", &path, None).await.status, 404);
    assert_eq!(laptop.get("/v2/account").await.status, 401, "at once");
    let auth = json!({"RAX-KSKEY:apiKeyCredentials": {"username": "owner", "apiKey": secret}});
    let again = sign_in(&plane.anonymous(), auth).await;
    assert_eq!(again.status, 401);
    // Its name is free again, and it is still told of.
    assert_eq!(make(&owner, "laptop").await.status, 201);
    let listed = keys(&owner).await;
    assert_eq!(listed.len(), 3);
    assert_eq!(listed[2]["revoked_at"], "2026-01-01T00:00:00Z");
}

#[tokio::test]
async fn revoking_a_key_ends_its_watches_at_once() {
    let plane = ControlPlane::idle().await.without_heartbeats();
    let owner = plane.client("owner").await;
    let made = make(&owner, "laptop").await;
    let laptop = plane
        .client_with("owner", made.json["secret"].as_str().unwrap())
        .await;
    let mut ended = open_watch(&laptop, None).await;
    let mut stays = open_watch(&owner, None).await;
    let path = format!("/v2/keys/{}", made.json["id"].as_str().unwrap());
    assert_eq!(owner.send("DELETE", &path, None).await.status, 204);
    let rest = async { while ended.next().await.is_some() {} };
    tokio::time::timeout(std::time::Duration::from_secs(20), rest)
        .await
        .expect("it stayed open");
    assert!(stays.next().await.is_some());
}

#[tokio::test]
async fn a_key_ends_with_its_expiry_and_so_do_its_tokens() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let body = json!({"name": "ci", "scopes": ["read"], "expires_at": "2026-01-01T02:00:00Z"});
    let made = owner.send("POST", "/v2/keys", Some(body.clone())).await;
    let secret = made.json["secret"].as_str().unwrap();
    let auth = json!({"RAX-KSKEY:apiKeyCredentials": {"username": "owner", "apiKey": secret}});
    let granted = sign_in(&plane.anonymous(), auth.clone()).await;
    assert_eq!(
        granted.json["access"]["token"]["expires"], "2026-01-01T02:00:00Z",
        "not a day, as others"
    );
    let ci = plane.client_with("owner", secret).await;
    plane.clock.advance(SignedDuration::from_mins(119));
    assert_eq!(ci.get("/v2/clusters").await.status, 200);
    plane.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(ci.get("/v2/clusters").await.status, 401);
    assert_eq!(sign_in(&plane.anonymous(), auth).await.status, 401);
    let past = owner.send("POST", "/v2/keys", Some(body)).await;
    assert_eq!(past.json["errors"][0]["problem"]["rule"], "key-expiry");
    // What is over takes no name away.
    assert_eq!(make(&owner, "ci").await.status, 201);
    // A month later nobody needs it any more.
    plane.clock.advance(SignedDuration::from_hours(31 * 24));
    plane
        .store
        .forget_old(crate::clock::Clock::now(&*plane.clock))
        .await
        .unwrap();
    let owner = plane.client("owner").await;
    let names: Vec<_> = keys(&owner)
        .await
        .iter()
        .map(|key| key["name"].clone())
        .collect();
    assert_eq!(names, ["ci", "first"]);
}

#[tokio::test]
async fn keys_have_bounds() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let scopes = json!(["read"]);
    for (body, rule) in [
        (json!({"scopes": scopes}), "key-name"),
        (json!({"name": " ", "scopes": scopes}), "key-name"),
        (json!({"name": "a\nb", "scopes": scopes}), "key-name"),
        (
            json!({"name": "x".repeat(65), "scopes": scopes}),
            "key-name",
        ),
        (json!({"name": "a"}), "key-scopes"),
        (json!({"name": "a", "scopes": []}), "key-scopes"),
        (json!({"name": "a", "scopes": ["root"]}), "key-scopes"),
        (json!({"name": "a", "scopes": "read"}), "key-scopes"),
        (
            json!({"name": "a", "scopes": scopes, "expires_at": "soon"}),
            "key-expiry",
        ),
        (
            json!({"name": "a", "scopes": scopes, "expires_at": 7}),
            "key-expiry",
        ),
        (json!({"name": "first", "scopes": scopes}), "key-name-taken"),
    ] {
        let answer = owner.send("POST", "/v2/keys", Some(body.clone())).await;
        assert!(answer.status.is_client_error(), "{body}");
        assert_eq!(answer.json["errors"][0]["problem"]["rule"], rule, "{body}");
    }
    for number in 1..50 {
        let answer = make(&owner, &format!("key {number}")).await;
        assert_eq!(answer.status, 201, "{number}");
    }
    let full = make(&owner, "one more").await;
    assert_eq!(full.status, 403);
    assert_eq!(full.json["errors"][0]["problem"]["rule"], "key-limit");
    // Another account has its own room and its own names.
    assert_eq!(
        make(&plane.client("stranger").await, "key 1").await.status,
        201
    );
}

#[tokio::test]
async fn use_is_written_down_once_a_minute() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let used = async || sessions(&owner).await[0]["last_used_at"].clone();
    plane.clock.advance(SignedDuration::from_secs(59));
    assert_eq!(used().await, "2026-01-01T00:00:00Z");
    plane.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(used().await, "2026-01-01T00:01:00Z");
    assert_eq!(
        keys(&owner).await[0]["last_used_at"],
        "2026-01-01T00:01:00Z",
        "its key was used then too"
    );
}

/// A sign-in with the password, from behind `peer`, with those headers.
async fn sign_in_from(plane: &ControlPlane, peer: &str, headers: &[(&str, &str)]) -> Client {
    let peer: SocketAddr = peer.parse().unwrap();
    let anonymous = plane.anonymous();
    let mut request = anonymous
        .request("POST", "/v2.0/tokens")
        .extension(ConnectInfo(peer));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let auth =
        json!({"auth": {"passwordCredentials": {"username": "owner", "password": PASSWORD}}});
    let answer = anonymous
        .answer(request.body(Body::from(auth.to_string())).unwrap())
        .await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    let token = answer.json["access"]["token"]["id"].as_str().unwrap();
    Client {
        token: Some(token.to_owned()),
        ..anonymous
    }
}

#[tokio::test]
async fn sessions_show_where_people_really_are() {
    let plane = ControlPlane::idle().await;
    let forwarded = ("x-forwarded-for", "203.0.113.1, 198.51.100.9");
    let agent = "x".repeat(300);
    let headers = [forwarded, ("user-agent", &*agent)];
    let passed_on = sign_in_from(&plane, "127.0.0.1:1", &headers).await;
    sign_in_from(&plane, "192.0.2.1:1", &[forwarded]).await;
    let listed = sessions(&passed_on).await;
    let of = |address: &str| {
        let found = listed.iter().find(|session| session["address"] == address);
        found.unwrap_or_else(|| panic!("{address}: {listed:?}"))
    };
    assert_eq!(
        of("198.51.100.9")["user_agent"].as_str().unwrap().len(),
        256
    );
    assert_eq!(of("198.51.100.9")["is_this"], true);
    // Nobody trusts that one: what it says of others is not believed.
    assert_eq!(of("192.0.2.1")["is_this"], false);
    assert!(listed.iter().all(|session| session["key"] == Value::Null));
    assert!(
        !json!(listed)
            .to_string()
            .contains(passed_on.token.as_ref().unwrap())
    );

    // What a dashboard asks later with that token was asked by the one who signed in; whoever asks from
    // elsewhere is there.
    for (peer, name) in [("127.0.0.1:2", "shop"), ("192.0.2.7:2", "other")] {
        let peer: SocketAddr = peer.parse().unwrap();
        let body = json!({"name": name, "cluster_type_id": 1}).to_string();
        let request = passed_on
            .request("POST", "/v2/clusters")
            .extension(ConnectInfo(peer));
        let answer = passed_on.answer(request.body(Body::from(body)).unwrap());
        assert_eq!(answer.await.status, 201);
    }
    let audit = passed_on.get("/v2/audit?action=cluster.create").await.json;
    assert_eq!(audit["entries"][0]["address"], "192.0.2.7");
    assert_eq!(audit["entries"][1]["address"], "198.51.100.9");
}

#[tokio::test]
async fn sessions_are_ended_one_by_one_and_everywhere() {
    let plane = ControlPlane::idle().await;
    let [first, second, third] = [
        plane.client("owner").await,
        plane.client("owner").await,
        plane.client("owner").await,
    ];
    let stranger = plane.client("stranger").await;
    let mine = sessions(&first).await;
    assert_eq!(mine.len(), 3);
    assert!(mine.iter().all(|session| session["key"] == "first"));
    let this: Vec<_> = mine
        .iter()
        .filter(|session| session["is_this"] == true)
        .collect();
    assert_eq!(this.len(), 1);
    let path = format!("/v2/sessions/{}", this[0]["id"].as_str().unwrap());
    assert_eq!(stranger.send("DELETE", &path, None).await.status, 404);
    assert_eq!(second.send("DELETE", &path, None).await.status, 204);
    assert_eq!(first.get("/v2/account").await.status, 401);
    assert_eq!(second.send("DELETE", &path, None).await.status, 404);

    assert_eq!(
        second
            .send("DELETE", "/v2/sessions?keep=all", None)
            .await
            .status,
        400
    );
    assert_eq!(
        second
            .send("DELETE", "/v2/sessions?keep=this", None)
            .await
            .status,
        204
    );
    assert_eq!(third.get("/v2/account").await.status, 401);
    assert_eq!(second.get("/v2/account").await.status, 200);
    assert_eq!(
        second.send("DELETE", "/v2/sessions", None).await.status,
        204
    );
    assert_eq!(second.get("/v2/account").await.status, 401);
    assert_eq!(stranger.get("/v2/account").await.status, 200);
}

#[tokio::test]
async fn a_ticket_for_credentials_ends_with_the_key_that_asked_for_it() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 1).await;
    plane
        .until_status(id, cluster_api::ClusterStatus::Active)
        .await;
    let made = make(&owner, "laptop").await;
    let laptop = plane
        .client_with("owner", made.json["secret"].as_str().unwrap())
        .await;
    let ticket = laptop.get("/clusters/owner/shop/zip").await;
    let url = ticket.json["zip_url"].as_str().unwrap();
    let path = url.strip_prefix("http://api.test:4000").unwrap();
    let key = format!("/v2/keys/{}", made.json["id"].as_str().unwrap());
    assert_eq!(owner.send("DELETE", &key, None).await.status, 204);
    assert_eq!(plane.anonymous().get(path).await.status, 404);
}
