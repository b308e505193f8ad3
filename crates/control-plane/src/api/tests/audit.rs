//! The audit log and the ledger of credentials.

use cluster_api::{AuditEntry, ClusterStatus};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::sign_in;
use crate::{
    clock::Clock,
    testing::{Client, ControlPlane},
};

async fn entries(client: &Client, query: &str) -> Vec<AuditEntry> {
    let answer = client.get(&format!("/v2/audit?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.json);
    serde_json::from_value(answer.json["entries"].clone()).unwrap()
}

fn actions(entries: &[AuditEntry]) -> Vec<&'static str> {
    entries.iter().map(|entry| entry.action.as_str()).collect()
}

#[tokio::test]
async fn every_deed_is_written_down_with_who_and_with_which_key() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let made = json!({"name": "ci", "scopes": ["read", "write", "credentials"]});
    let made = owner.send("POST", "/v2/keys", Some(made)).await;
    let ci = plane
        .client_with("owner", made.json["secret"].as_str().unwrap())
        .await;
    let id = ci.create("shop", 1).await;
    plane.until_status(id, ClusterStatus::Active).await;
    let path = format!("/v2/clusters/{id}");
    for (method, path, body) in [
        (
            "PATCH",
            path.clone(),
            Some(json!({"deletion_protection": true})),
        ),
        (
            "PATCH",
            path.clone(),
            Some(json!({"deletion_protection": false})),
        ),
        ("GET", format!("{path}/credentials/zip"), None),
        (
            "POST",
            format!("{path}/tasks"),
            Some(json!({"type": "resize", "input": {"node_count": 2}})),
        ),
    ] {
        let answer = ci.send(method, &path, body).await;
        assert!(
            answer.status.is_success(),
            "{method} {path}: {}",
            answer.json
        );
    }
    plane.until_status(id, ClusterStatus::Active).await;
    let ticket = ci.get("/clusters/owner/shop/zip").await;
    let url = ticket.json["zip_url"].as_str().unwrap();
    let url = url.strip_prefix("http://api.test:4000").unwrap();
    assert_eq!(plane.anonymous().get(url).await.status, 200);
    ci.send("DELETE", &path, None).await;
    let key = format!("/v2/keys/{}", made.json["id"].as_str().unwrap());
    owner.send("DELETE", &key, None).await;
    owner.send("DELETE", "/v2/sessions?keep=this", None).await;
    let token = format!("/v2.0/tokens/{}", owner.token.as_ref().unwrap());
    owner.send("DELETE", &token, None).await;

    let owner = plane.client("owner").await;
    let log = entries(&owner, "").await;
    assert_eq!(
        actions(&log),
        [
            "session.begin",
            "session.end",
            "key.revoke",
            "cluster.delete",
            "credentials.issue",
            "credentials.address",
            "cluster.resize",
            "credentials.issue",
            "cluster.protect",
            "cluster.protect",
            "cluster.create",
            "session.begin",
            "key.create",
            "session.begin",
            "account.create",
        ]
    );
    assert!(log.windows(2).all(|pair| pair[0].id > pair[1].id));
    for entry in &log[3..11] {
        assert_eq!(entry.key.as_deref(), Some("ci"), "{entry:?}");
        assert_eq!(entry.cluster_id, Some(id));
        assert_eq!(entry.cluster_name.as_deref(), Some("shop"));
        assert_eq!(entry.actor.as_deref(), Some("owner"));
    }
    assert_eq!(log[2].key.as_deref(), Some("first"));
    assert_eq!(log[14].actor, None, "made on the machine itself");
    let told = json!(log).to_string();
    assert!(!told.contains(made.json["secret"].as_str().unwrap()));
    assert!(!told.contains(url.trim_start_matches("/zips/")));

    // The cluster is long gone, with its events and its credentials; what was done is not.
    plane.until(id, |cluster| cluster.is_none()).await;
    plane.clock.advance(SignedDuration::from_hours(31 * 24));
    plane.store.forget_old(plane.clock.now()).await.unwrap();
    let owner = plane.client("owner").await;
    assert_eq!(entries(&owner, &format!("cluster={id}")).await.len(), 8);
    assert_eq!(entries(&owner, "cluster=shop").await.len(), 8);
}

#[tokio::test]
async fn whatever_changes_a_cluster_has_a_word_of_its_own() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 1).await;
    plane.until_status(id, ClusterStatus::Active).await;
    let path = format!("/v2/clusters/{id}");
    let (tasks, autoscale) = (format!("{path}/tasks"), format!("{path}/autoscale"));
    for (method, path, body, action) in [
        ("PATCH", &path, json!({"name": "store"}), "cluster.rename"),
        (
            "PATCH",
            &path,
            json!({"labels": {"team": "a"}}),
            "cluster.label",
        ),
        (
            "PATCH",
            &path,
            json!({"deletion_protection": true}),
            "cluster.protect",
        ),
        (
            "PUT",
            &autoscale,
            json!({"enabled": true}),
            "cluster.autoscale",
        ),
        ("POST", &tasks, json!({"type": "rotate"}), "cluster.rotate"),
        (
            "POST",
            &tasks,
            json!({"type": "rebuild"}),
            "cluster.rebuild",
        ),
    ] {
        let answer = owner.send(method, path, Some(body)).await;
        assert!(answer.status.is_success(), "{action}: {}", answer.json);
        let newest = entries(&owner, "limit=1").await;
        assert_eq!(actions(&newest), [action]);
        assert_eq!(newest[0].cluster_id, Some(id));
        plane.until_status(id, ClusterStatus::Active).await;
    }
    let name = |entry: &AuditEntry| entry.cluster_name.clone().unwrap();
    let log = entries(&owner, &format!("cluster={id}")).await;
    assert_eq!(name(&log[0]), "store");
    assert_eq!(name(&log[6]), "shop", "what it was called then");
}

#[tokio::test]
async fn an_event_without_an_actor_is_in_no_audit_log() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 2).await;
    plane.until_status(id, ClusterStatus::Active).await;
    assert!(
        plane
            .store
            .page_of_events(id, None, 100)
            .await
            .unwrap()
            .0
            .len()
            > 5
    );
    assert_eq!(entries(&owner, "cluster=shop").await.len(), 1);
}

#[tokio::test]
async fn refused_sign_ins_are_written_down_and_not_without_end() {
    let plane = ControlPlane::idle().await;
    let admin = plane.admin().await;
    let long = "n".repeat(10_000);
    for username in ["owner", &long] {
        let auth = json!({"passwordCredentials": {"username": username, "password": "wrong"}});
        assert_eq!(sign_in(&plane.anonymous(), auth).await.status, 401);
    }
    for _ in 0..200 {
        let auth = json!({"RAX-KSKEY:apiKeyCredentials": {"username": "owner", "apiKey": "guess"}});
        assert_eq!(sign_in(&plane.anonymous(), auth).await.status, 401);
    }
    let log = entries(&admin, "action=session.refuse&limit=1000").await;
    assert!((100..150).contains(&log.len()), "{}", log.len());
    let [unknown, known] = [&log[log.len() - 2], &log[log.len() - 1]];
    assert_eq!(unknown.actor.as_ref().map(String::len), Some(64));
    assert_eq!(unknown.account_id, None);
    assert_eq!(known.actor.as_deref(), Some("owner"));
    // Whose account it is sees it too; nobody else does.
    let owner = plane.client("owner").await;
    assert!(!entries(&owner, "action=session.refuse").await.is_empty());
    let stranger = plane.client("stranger").await;
    assert!(entries(&stranger, "action=session.refuse").await.is_empty());
}

#[tokio::test]
async fn members_see_their_own_log_and_admins_all() {
    let plane = ControlPlane::idle().await;
    let (owner, admin) = (plane.client("owner").await, plane.admin().await);
    owner.create("shop", 1).await;
    let id = owner.get("/v2/account").await.json["id"].clone();
    let id = id.as_str().unwrap();
    let path = format!("/v2/accounts/{id}");
    let quota = json!({"max_clusters": 9});
    admin.send("PATCH", &path, Some(quota)).await;

    let own = entries(&owner, "").await;
    assert!(
        own.iter()
            .all(|entry| entry.account_id.as_deref() == Some(id))
    );
    assert_eq!(own[0].action.as_str(), "account.change");
    assert_eq!(
        own[0].actor.as_deref(),
        Some("admin"),
        "it was done to them"
    );
    let stranger = plane.client("stranger").await;
    assert!(entries(&stranger, "cluster=shop").await.is_empty());
    let others = format!("/v2/audit?account={id}");
    assert_eq!(stranger.get(&others).await.status, 404);
    assert_eq!(
        stranger.get(&format!("{others}&format=csv")).await.status,
        404
    );
    assert_eq!(owner.get(&others).await.status, 200);
    assert_eq!(entries(&admin, &format!("account={id}")).await, own);
    assert!(entries(&admin, "").await.len() > own.len());
}

#[tokio::test]
async fn the_log_is_filtered_and_read_in_pages() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    for name in ["a", "b", "c"] {
        plane.clock.advance(SignedDuration::from_hours(1));
        owner.create(name, 1).await;
    }
    let names = async |query: &str| -> String {
        let log = entries(&owner, &format!("action=cluster.create&{query}")).await;
        log.iter()
            .flat_map(|entry| entry.cluster_name.clone())
            .collect()
    };
    assert_eq!(names("").await, "cba");
    assert_eq!(names("since=2026-01-01T02:00:00Z").await, "cb");
    assert_eq!(names("until=2026-01-01T02:00:00Z").await, "a");
    assert_eq!(names("actor=OWNER&cluster=b").await, "b");
    assert_eq!(names("actor=stranger").await, "");

    let mut seen = Vec::new();
    let mut path = "/v2/audit?limit=2".to_owned();
    loop {
        let page = owner.get(&path).await.json;
        let list = page["entries"].as_array().unwrap();
        assert!(list.len() <= 2);
        seen.extend(list.clone());
        match &page["next"] {
            Value::Null => break,
            next => path = format!("/v2/audit?limit=2&marker={next}"),
        }
    }
    assert_eq!(json!(seen), json!(entries(&owner, "limit=1000").await));

    for wrong in [
        "action=cluster.explode",
        "since=yesterday",
        "limit=0",
        "limit=-1",
        "marker=x",
        "account=x",
        "format=xml",
        "acount=1",
    ] {
        let answer = owner.get(&format!("/v2/audit?{wrong}")).await;
        assert_eq!(answer.status, 400, "{wrong}");
        assert_eq!(answer.json["errors"][0]["problem"]["rule"], "filter");
    }
}

#[tokio::test]
async fn the_log_is_exported_whole_and_without_formulas() {
    let plane = ControlPlane::idle().await;
    let admin = plane.admin().await;
    let evil = json!({"passwordCredentials": {"username": "=cmd|' /C calc'!A0", "password": "x"}});
    assert_eq!(sign_in(&plane.anonymous(), evil).await.status, 401);
    let name = json!({"name": "a \"quoted\", name", "scopes": ["read"]});
    assert_eq!(admin.send("POST", "/v2/keys", Some(name)).await.status, 201);
    // More than is read at once.
    let owner = plane
        .store
        .account_by_name("owner")
        .await
        .unwrap()
        .unwrap()
        .0;
    for number in 0..1100 {
        let entry = crate::store::AuditDraft::refused(
            "owner".to_owned(),
            Some(owner.id),
            None,
            format!("Refused: {number}"),
        );
        plane
            .store
            .add_audit(entry, plane.clock.now())
            .await
            .unwrap();
    }
    let csv = admin.get("/v2/audit?format=csv").await;
    assert_eq!(csv.status, 200);
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(
        csv.headers["content-disposition"],
        "attachment; filename=\"audit.csv\""
    );
    let mut reader = csv::Reader::from_reader(&*csv.bytes);
    assert_eq!(&reader.headers().unwrap()[6], "action");
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let ids: Vec<i64> = rows.iter().map(|row| row[0].parse().unwrap()).collect();
    assert!(
        ids.windows(2).all(|pair| pair[0] == pair[1] + 1),
        "none twice"
    );
    assert_eq!(ids.last(), Some(&1), "to the very first");
    assert!(ids.len() > 1100);
    let refused = rows.iter().find(|row| row[3].contains("cmd"));
    assert_eq!(&refused.unwrap()[3], "'=cmd|' /C calc'!A0");
    assert!(rows.iter().any(|row| row[9].contains("a \"quoted\", name")));

    let request = admin
        .request("GET", "/v2/audit")
        .header("accept", "application/jsonl");
    let lines = admin
        .answer(request.body(axum::body::Body::empty()).unwrap())
        .await;
    let lines = String::from_utf8(lines.bytes).unwrap();
    let parsed: Vec<AuditEntry> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(parsed.iter().map(|entry| entry.id).collect::<Vec<_>>(), ids);

    let few = admin.get("/v2/audit?format=csv&limit=3").await;
    assert_eq!(few.bytes.iter().filter(|byte| **byte == b'\n').count(), 4);
    let request = admin
        .request("GET", "/v2/audit?actor=nobody")
        .header("accept", "text/csv");
    let none = admin
        .answer(request.body(axum::body::Body::empty()).unwrap())
        .await;
    assert_eq!(
        none.bytes.iter().filter(|byte| **byte == b'\n').count(),
        1,
        "the head"
    );
}

#[tokio::test]
async fn the_ledger_names_every_certificate_and_what_a_rotation_ended() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 1).await;
    plane.until_status(id, ClusterStatus::Active).await;
    let path = format!("/v2/clusters/{id}/credentials");
    let ledger = async || owner.get(&format!("{path}/ledger")).await.json["certificates"].clone();
    assert_eq!(ledger().await, json!([]));
    owner.get(&format!("{path}/zip")).await;
    plane.clock.advance(SignedDuration::from_hours(1));
    let rotate = json!({"type": "rotate"});
    let tasks = format!("/v2/clusters/{id}/tasks");
    assert_eq!(owner.send("POST", &tasks, Some(rotate)).await.status, 202);
    plane.until_status(id, ClusterStatus::Active).await;
    plane.clock.advance(SignedDuration::from_hours(1));
    owner.get(&format!("{path}/zip")).await;

    let listed = ledger().await;
    let [new, old] = [&listed[0], &listed[1]];
    assert_eq!(old["revoked_at"], "2026-01-01T01:00:00Z");
    assert_eq!(new["revoked_at"], Value::Null);
    assert_eq!(
        (&old["username"], &old["key"]),
        (&json!("owner"), &json!("first"))
    );
    assert_eq!(new["issued_at"], "2026-01-01T02:00:00Z");
    assert_eq!(new["fingerprint"].as_str().unwrap().len(), 95);
    assert_ne!(new["serial"], old["serial"]);
    assert_eq!(
        owner.get(&path).await.json["last_issued"]["serial"],
        new["serial"]
    );
    let stranger = plane.client("stranger").await;
    assert_eq!(stranger.get(&format!("{path}/ledger")).await.status, 404);
}
