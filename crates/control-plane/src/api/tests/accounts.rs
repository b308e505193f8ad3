//! Admins and members.

use cluster_api::{ClusterStatus, Problem};
use serde_json::{Value, json};

use super::{UNKNOWN, problem, sign_in};
use crate::{
    account::{self, AccountFault},
    clock::Clock,
    testing::{Client, ControlPlane},
};

async fn id_of(client: &Client) -> String {
    let who = client.get("/v2/account").await.json;
    who["id"].as_str().unwrap().to_owned()
}

fn rule(answer: &crate::testing::Answer) -> &Value {
    &answer.json["errors"][0]["problem"]["rule"]
}

#[tokio::test]
async fn for_members_there_are_no_admins_addresses() {
    let plane = ControlPlane::idle().await;
    let (owner, admin) = (plane.client("owner").await, plane.admin().await);
    let own = format!("/v2/accounts/{}", id_of(&owner).await);
    let clusters = format!("{own}/clusters");
    let others = format!("/v2/accounts/{}", id_of(&admin).await);
    let body = json!({"username": "carol", "role": "admin"});
    for (method, path, body) in [
        ("GET", "/v2/accounts", None),
        ("POST", "/v2/accounts", Some(body)),
        ("POST", "/v2/accounts", Some(json!({}))),
        ("GET", &*own, None),
        ("GET", &*others, None),
        ("PATCH", &*own, Some(json!({"role": "admin"}))),
        ("PATCH", &*own, Some(json!({"max_clusters": 100}))),
        ("PATCH", &*own, Some(json!({}))),
        ("DELETE", &*own, None),
        ("DELETE", &*others, None),
        ("GET", &*clusters, None),
    ] {
        let answer = owner.send(method, path, body).await;
        assert_eq!(answer.status, 404, "{method} {path}");
        assert_eq!(problem(&answer), Problem::NoRoute);
    }
    let accounts = plane.store.accounts("", 100).await.unwrap();
    assert_eq!(accounts.len(), 3, "nothing was made");
}

#[tokio::test]
async fn an_admin_makes_changes_and_closes_accounts() {
    let plane = ControlPlane::running().await;
    let admin = plane.admin().await;
    let body = json!({"username": "carol", "max_clusters": 1});
    let made = admin.send("POST", "/v2/accounts", Some(body.clone())).await;
    assert_eq!(made.status, 201, "{}", made.json);
    assert_eq!(made.json["role"], "member");
    assert_eq!(
        made.json["quotas"],
        json!({"max_clusters": 1, "max_nodes_per_cluster": 5})
    );
    let again = admin.send("POST", "/v2/accounts", Some(body)).await;
    assert_eq!(
        (again.status.as_u16(), rule(&again)),
        (409, &json!("username-taken"))
    );

    let with = |password: &str| json!({"passwordCredentials": {"username": "carol", "password": password}});
    let first = made.json["password"].as_str().unwrap();
    let signed_in = sign_in(&plane.anonymous(), with(first)).await;
    assert_eq!(signed_in.status, 200);
    let carol = Client {
        token: Some(
            signed_in.json["access"]["token"]["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        ),
        ..plane.anonymous()
    };
    let id = carol.create("shop", 1).await;
    let full = json!({"name": "more", "cluster_type_id": 1});
    let full = carol.send("POST", "/v2/clusters", Some(full)).await;
    assert_eq!(problem(&full), Problem::QuotaClusters { limit: 1 });
    plane.until_status(id, ClusterStatus::Active).await;

    let path = format!("/v2/accounts/{}", made.json["id"].as_str().unwrap());
    let seen = admin.get(&path).await.json;
    assert_eq!(seen["clusters"], 1);
    assert!(seen.get("password").is_none());
    let clusters = admin.get(&format!("{path}/clusters")).await.json;
    assert_eq!(clusters["clusters"][0]["name"], "shop");

    // A new password ends what was signed in with the old one.
    let changed = json!({"password": "correct horses", "role": "admin", "max_clusters": null});
    let changed = admin.send("PATCH", &path, Some(changed)).await;
    assert_eq!(changed.status, 200, "{}", changed.json);
    assert_eq!(changed.json["role"], "admin");
    assert_eq!(changed.json["quotas"]["max_clusters"], 3, "as all others");
    assert_eq!(carol.get("/v2/account").await.status, 401);
    assert_eq!(sign_in(&plane.anonymous(), with(first)).await.status, 401);
    assert_eq!(
        sign_in(&plane.anonymous(), with("correct horses"))
            .await
            .status,
        200
    );

    // Protected or not: nobody could take the protection off any more.
    let mut change = plane.store.change(id, plane.clock.now()).await.unwrap();
    change.set_protection(true).await.unwrap();
    plane.store.commit(change).await.unwrap();
    assert_eq!(admin.send("DELETE", &path, None).await.status, 204);
    assert_eq!(admin.send("DELETE", &path, None).await.status, 404);
    assert_eq!(
        sign_in(&plane.anonymous(), with("correct horses"))
            .await
            .status,
        401
    );
    plane.until(id, |cluster| cluster.is_none()).await;
}

#[tokio::test]
async fn what_cannot_be_of_an_account_is_named() {
    let plane = ControlPlane::idle().await;
    let admin = plane.admin().await;
    for (body, name) in [
        (json!({}), "username"),
        (json!({"username": "a b"}), "username"),
        (json!({"username": "x".repeat(65)}), "username"),
        (json!({"username": "OWNER"}), "username-taken"),
        (json!({"username": "c", "password": "short"}), "password"),
        (
            json!({"username": "c", "password": "x".repeat(1025)}),
            "password",
        ),
        (json!({"username": "c", "password": 7}), "password"),
    ] {
        let answer = admin.send("POST", "/v2/accounts", Some(body.clone())).await;
        assert_eq!(rule(&answer), name, "{body}");
    }
    let path = format!("/v2/accounts/{}", id_of(&admin).await);
    for body in [
        json!({}),
        json!({"role": "root"}),
        json!({"role": null}),
        json!({"max_clusters": -1}),
        json!({"max_clusters": 10_001}),
        json!({"max_clusters": "3"}),
        json!({"max_nodes_per_cluster": 0}),
    ] {
        let answer = admin.send("PATCH", &path, Some(body.clone())).await;
        assert_eq!(answer.status, 400, "{body}");
    }
    for path in [
        format!("/v2/accounts/{UNKNOWN}"),
        "/v2/accounts/x".to_owned(),
    ] {
        let change = json!({"max_clusters": 1});
        assert_eq!(admin.get(&path).await.status, 404);
        assert_eq!(admin.send("PATCH", &path, Some(change)).await.status, 404);
        assert_eq!(admin.send("DELETE", &path, None).await.status, 404);
    }
}

#[tokio::test]
async fn the_last_admin_stays() {
    let plane = ControlPlane::idle().await;
    let admin = plane.admin().await;
    let root = format!("/v2/accounts/{}", id_of(&admin).await);
    let demote = Some(json!({"role": "member"}));
    for (method, body) in [("PATCH", demote.clone()), ("DELETE", None)] {
        let answer = admin.send(method, &root, body).await;
        assert_eq!(
            (answer.status.as_u16(), rule(&answer)),
            (409, &json!("last-admin"))
        );
    }
    let closed = account::close(&plane.store, "admin", plane.clock.now()).await;
    assert!(matches!(closed, Err(AccountFault::LastAdmin)));
    assert_eq!(admin.get("/v2/account").await.status, 200);

    let owner = plane.client("owner").await;
    let promote = Some(json!({"role": "admin"}));
    let path = format!("/v2/accounts/{}", id_of(&owner).await);
    assert_eq!(admin.send("PATCH", &path, promote).await.status, 200);
    assert_eq!(owner.send("PATCH", &root, demote).await.status, 200);
    assert_eq!(admin.get("/v2/accounts").await.status, 404, "from now on");
    let last = owner.send("DELETE", &path, None).await;
    assert_eq!(rule(&last), "last-admin");
}

#[tokio::test]
async fn an_admin_looks_at_clusters_and_touches_none() {
    let plane = ControlPlane::running().await;
    let (owner, admin) = (plane.client("owner").await, plane.admin().await);
    let id = owner.create("shop", 1).await;
    plane.until_status(id, ClusterStatus::Active).await;
    let path = format!("/v2/clusters/{id}");
    assert_eq!(admin.get(&path).await.json["name"], "shop");
    let events = admin.get(&format!("{path}/events")).await.json;
    assert!(!events["events"].as_array().unwrap().is_empty());
    let listed = admin.get("/v2/clusters").await.json;
    assert_eq!(listed["clusters"], json!([]), "its own");
    for (method, path, body) in [
        ("DELETE", path.clone(), None),
        (
            "PATCH",
            path.clone(),
            Some(json!({"deletion_protection": true})),
        ),
        (
            "POST",
            format!("{path}/tasks"),
            Some(json!({"type": "retry"})),
        ),
        ("GET", format!("{path}/credentials"), None),
        ("GET", format!("{path}/credentials/zip"), None),
        ("GET", format!("{path}/credentials/ledger"), None),
        ("GET", "/clusters/owner/shop/zip".to_owned(), None),
    ] {
        assert_eq!(
            admin.send(method, &path, body).await.status,
            404,
            "{method} {path}"
        );
    }
    plane.until_status(id, ClusterStatus::Active).await;
}

#[tokio::test]
async fn quotas_of_an_account_hold_wherever_they_are_asked_for() {
    let plane = ControlPlane::running().await;
    let (owner, admin) = (plane.client("owner").await, plane.admin().await);
    let path = format!("/v2/accounts/{}", id_of(&owner).await);
    let quotas = json!({"max_clusters": 2, "max_nodes_per_cluster": 2});
    let changed = admin.send("PATCH", &path, Some(quotas.clone())).await;
    assert_eq!(changed.json["quotas"], quotas);
    assert_eq!(owner.get("/v2/quotas").await.json, quotas);
    assert_eq!(owner.get("/quotas/owner").await.json, quotas);
    assert_eq!(owner.get("/v2/snapshot").await.json["quotas"], quotas);
    assert_eq!(
        plane.client("stranger").await.get("/v2/quotas").await.json["max_clusters"],
        3
    );
    let body = json!({"name": "big", "cluster_type_id": 1, "node_count": 3});
    let refused = owner.send("POST", "/v2/clusters", Some(body)).await;
    assert_eq!(refused.json["errors"][0]["code"], "carina.quota-nodes");
    let body = json!({"cluster_name": "big", "nodes": 3});
    assert_eq!(
        owner
            .send("POST", "/clusters/owner", Some(body))
            .await
            .status,
        403
    );
    let id = owner.create("shop", 2).await;
    plane.until_status(id, ClusterStatus::Active).await;
    let grow = json!({"type": "resize", "input": {"node_count": 3}});
    let tasks = format!("/v2/clusters/{id}/tasks");
    assert_eq!(
        owner.send("POST", &tasks, Some(grow.clone())).await.status,
        403
    );
    let more = json!({"max_nodes_per_cluster": 4});
    admin.send("PATCH", &path, Some(more)).await;
    assert_eq!(owner.send("POST", &tasks, Some(grow)).await.status, 202);
}

#[tokio::test]
async fn accounts_are_listed_by_name_in_pages() {
    let plane = ControlPlane::idle().await;
    let admin = plane.admin().await;
    let listed = admin.get("/v2/accounts").await.json;
    let names = |listed: &Value| -> Vec<String> {
        let accounts = listed["accounts"].as_array().unwrap();
        let name = |account: &Value| account["username"].as_str().unwrap().to_owned();
        accounts.iter().map(name).collect()
    };
    assert_eq!(names(&listed), ["admin", "owner", "stranger"]);
    assert_eq!(listed["next"], Value::Null);
    let rest = admin.get("/v2/accounts?marker=OWNER").await.json;
    assert_eq!(names(&rest), ["stranger"]);
}
