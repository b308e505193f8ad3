//! Tickets, subscriptions and support bundles through the API.

use std::io::{Cursor, Read};

use cluster_api::{ClusterStatus, HelpRule, Problem};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::{
    clock::Clock,
    provisioner::FailureKind,
    store::ClusterRecord,
    testing::{Answer, Client, ControlPlane, PASSWORD},
};

fn rule(answer: &Answer) -> HelpRule {
    let problem = answer.json["errors"][0]["problem"].clone();
    match serde_json::from_value(problem) {
        Ok(Problem::Help { rule }) => rule,
        other => panic!("{other:?}: {}", answer.json),
    }
}

async fn open(client: &Client, body: Value) -> Answer {
    client.send("POST", "/v2/tickets", Some(body)).await
}

fn path_of(story: &Answer) -> String {
    format!(
        "/v2/tickets/{}",
        story.json["ticket"]["id"].as_str().unwrap()
    )
}

/// The newest ticket that somebody sees, with its notes.
async fn newest_ticket(client: &Client) -> Value {
    let list = client.get("/v2/tickets").await.json;
    let id = list["tickets"][0]["id"]
        .as_str()
        .expect("no ticket")
        .to_owned();
    client.get(&format!("/v2/tickets/{id}")).await.json
}

#[tokio::test]
async fn a_ticket_is_opened_answered_and_resolved() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let admin = plane.admin().await;
    let stranger = plane.client("stranger").await;
    let id = owner.create("shop", 1).await;
    let asked = json!({"subject": " No network ", "text": "It hangs.", "cluster_id": id});
    let opened = open(&owner, asked).await;
    assert_eq!(opened.status, 201, "{}", opened.json);
    let ticket = &opened.json["ticket"];
    assert_eq!(ticket["subject"], "No network");
    assert_eq!(
        (&ticket["state"], &ticket["opened_by"]),
        (&json!("open"), &json!("owner"))
    );
    assert_eq!(
        ticket["cluster"],
        json!({"id": id.to_string(), "name": "shop"})
    );
    let path = path_of(&opened);
    let notes = format!("{path}/notes");
    let write = async |client: &Client, text: &str| {
        let answer = client
            .send("POST", &notes, Some(json!({ "text": text })))
            .await;
        assert_eq!(answer.status, 201, "{}", answer.json);
        answer.json
    };
    let answered = write(&admin, "Try again.").await;
    assert_eq!(answered["ticket"]["state"], "answered");
    assert_eq!(answered["notes"][1]["is_admin"], true);
    assert_eq!(
        write(&owner, "It still hangs.").await["ticket"]["state"],
        "open"
    );

    let set = async |client: &Client, state: &str| {
        client
            .send("PATCH", &path, Some(json!({ "state": state })))
            .await
    };
    assert_eq!(rule(&set(&owner, "answered").await), HelpRule::State);
    assert_eq!(rule(&set(&owner, "gone").await), HelpRule::State);
    let resolved = set(&owner, "resolved").await;
    assert_eq!(resolved.json["ticket"]["state"], "resolved");
    let again = set(&owner, "resolved").await.json;
    assert_eq!(
        again["notes"].as_array().unwrap().len(),
        4,
        "no second note"
    );
    assert_eq!(again["notes"][3]["text"], "Resolved.");
    assert_eq!(
        write(&owner, "Now it is back.").await["ticket"]["state"],
        "open"
    );

    // Nobody else sees any of it, and an admin all of it.
    assert_eq!(rule(&stranger.get(&path).await), HelpRule::NoTicket);
    assert_eq!(
        stranger.get("/v2/tickets").await.json,
        json!({"tickets": []})
    );
    let none = stranger
        .send("POST", &notes, Some(json!({"text": "x"})))
        .await;
    assert_eq!(rule(&none), HelpRule::NoTicket);
    let foreign = json!({"subject": "x", "text": "x", "cluster_id": id});
    assert_eq!(open(&stranger, foreign).await.status, 404);
    for (query, count) in [
        (String::new(), 1),
        ("?state=open".to_owned(), 1),
        ("?state=resolved".to_owned(), 0),
        (format!("?cluster={id}&state=open"), 1),
    ] {
        let list = admin.get(&format!("/v2/tickets{query}")).await.json;
        assert_eq!(list["tickets"].as_array().unwrap().len(), count, "{query}");
    }
    assert_eq!(admin.get("/v2/tickets?state=x").await.status, 400);
    assert_eq!(admin.get("/v2/tickets?cluster=x").await.status, 404);
}

#[tokio::test]
async fn an_admin_who_asks_for_help_is_a_member_there() {
    let plane = ControlPlane::idle().await;
    let admin = plane.admin().await;
    let opened = open(&admin, json!({"subject": "a", "text": "b"})).await;
    let notes = format!("{}/notes", path_of(&opened));
    let written = admin
        .send("POST", &notes, Some(json!({"text": "c"})))
        .await
        .json;
    assert_eq!(written["ticket"]["state"], "open");
    assert_eq!(written["notes"][1]["is_admin"], false);
}

#[tokio::test]
async fn tickets_and_notes_have_bounds() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    for (body, broken) in [
        (json!({"text": "x"}), HelpRule::Subject),
        (json!({"subject": "a\nb", "text": "x"}), HelpRule::Subject),
        (json!({"subject": "a"}), HelpRule::Note),
        (
            json!({"subject": "a", "text": "x".repeat(10_001)}),
            HelpRule::Note,
        ),
    ] {
        assert_eq!(rule(&open(&owner, body).await), broken);
    }
    let last = open(&owner, json!({"subject": "a", "text": "b"})).await;
    // Ninety-eight more, and then the last one.
    plane
        .store
        .write_directly(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 98)
             INSERT INTO tickets SELECT id || n, account_id, cluster_id, cluster_name, subject, state,
                opened_by, created_at, updated_at, notes, version FROM tickets, numbers",
        )
        .await;
    let hundredth = open(&owner, json!({"subject": "a", "text": "b"})).await;
    assert_eq!(hundredth.status, 201);
    let full = open(&owner, json!({"subject": "a", "text": "b"})).await;
    assert_eq!(
        (full.status.as_u16(), rule(&full)),
        (403, HelpRule::TicketsFull)
    );

    let notes = format!("{}/notes", path_of(&last));
    plane
        .store
        .write_directly("UPDATE tickets SET notes = 499")
        .await;
    let written = owner.send("POST", &notes, Some(json!({"text": "c"}))).await;
    assert_eq!(written.status, 201);
    let full = owner.send("POST", &notes, Some(json!({"text": "c"}))).await;
    assert_eq!(rule(&full), HelpRule::NotesFull);
    let resolve = json!({"state": "resolved"});
    let resolved = owner.send("PATCH", &path_of(&last), Some(resolve)).await;
    assert_eq!(resolved.status, 200, "a full ticket can be resolved");
}

#[tokio::test]
async fn a_cluster_that_fails_asks_for_help_by_itself() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    plane.provisioner.fail([FailureKind::Transient; 5]);
    let id = owner.create("shop", 2).await;
    let failed = plane.until_status(id, ClusterStatus::Error).await;
    let reason = failed.reason.unwrap().message;
    assert!(
        reason.ends_with(
            "did not start, as told. Tried 5 times in less than a second. Retry, or see the ticket \
             that was opened for this."
        ),
        "{reason}"
    );
    let story = newest_ticket(&owner).await;
    assert_eq!(story["ticket"]["subject"], "shop: the create failed");
    assert_eq!(story["ticket"]["opened_by"], Value::Null);
    assert_eq!(story["ticket"]["state"], "open");
    let text = story["notes"][0]["text"].as_str().unwrap();
    for words in [
        "did not start, as told.",
        "the engine's own words",
        "Tried 5 times",
        "done      Network made",
        "failed    Node",
        "not done  The swarm is made",
        &format!("GET /v2/clusters/{id}/support.zip"),
    ] {
        assert!(text.contains(words), "{words:?} is not in {text}");
    }

    // A further failure is a note in the same ticket.
    let tasks = format!("/v2/clusters/{id}/tasks");
    let retry = async || {
        owner
            .send("POST", &tasks, Some(json!({"type": "retry"})))
            .await
    };
    plane.provisioner.fail([FailureKind::Permanent]);
    retry().await;
    plane
        .until(id, |cluster| {
            let reason = cluster.and_then(|cluster| cluster.reason.as_ref());
            reason.is_some_and(|reason| !reason.message.contains("5 times"))
        })
        .await;
    let list = owner.get("/v2/tickets").await.json;
    assert_eq!(list["tickets"].as_array().unwrap().len(), 1);
    assert_eq!(list["tickets"][0]["notes"], 2);

    // Once it is over, and nobody has written, nobody has to do anything.
    retry().await;
    plane.until_status(id, ClusterStatus::Active).await;
    let story = newest_ticket(&owner).await;
    assert_eq!(story["ticket"]["state"], "resolved");
    assert_eq!(story["notes"][2]["text"], "Active with 2 nodes.");
    assert_eq!(story["notes"][2]["author"], Value::Null);
}

#[tokio::test]
async fn a_ticket_that_people_write_in_is_theirs_to_resolve() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let admin = plane.admin().await;
    plane.provisioner.fail([FailureKind::Permanent]);
    let id = owner.create("shop", 1).await;
    plane.until_status(id, ClusterStatus::Error).await;
    let ticket = newest_ticket(&admin).await["ticket"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let notes = format!("/v2/tickets/{ticket}/notes");
    admin
        .send("POST", &notes, Some(json!({"text": "Retry now."})))
        .await;
    let path = format!("/v2/clusters/{id}/tasks");
    owner
        .send("POST", &path, Some(json!({"type": "retry"})))
        .await;
    plane.until_status(id, ClusterStatus::Active).await;
    let story = newest_ticket(&owner).await;
    assert_eq!(story["ticket"]["state"], "answered");
    assert_eq!(story["notes"][2]["text"], "Active with 1 node.");

    owner
        .send("DELETE", &format!("/v2/clusters/{id}"), None)
        .await;
    plane.until(id, |cluster| cluster.is_none()).await;
    let story = newest_ticket(&owner).await;
    assert_eq!(story["notes"][3]["text"], "Deleted.");
    assert_eq!(story["ticket"]["cluster"]["name"], "shop");
}

#[tokio::test]
async fn tickets_are_forgotten_a_year_after_they_were_resolved() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let kept = open(&owner, json!({"subject": "kept", "text": "b"})).await;
    let gone = open(&owner, json!({"subject": "gone", "text": "b"})).await;
    let resolve = json!({"state": "resolved"});
    owner.send("PATCH", &path_of(&gone), Some(resolve)).await;
    let days = |days: i64| plane.clock.now() + jiff::SignedDuration::from_hours(days * 24);
    plane.store.forget_old(days(364)).await.unwrap();
    assert_eq!(owner.get(&path_of(&gone)).await.status, 200);
    plane.store.forget_old(days(366)).await.unwrap();
    assert_eq!(owner.get(&path_of(&gone)).await.status, 404);
    assert_eq!(owner.get(&path_of(&kept)).await.status, 200);
}

#[tokio::test]
async fn subscriptions_are_checked_bounded_and_ones_own() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let stranger = plane.client("stranger").await;
    let subscribe = |body: Value| owner.send("POST", "/v2/subscriptions", Some(body));
    let webhook = json!({"kind": "webhook", "url": "https://example.com/hook"});
    for (body, broken) in [
        (json!({"kind": "webhook"}), HelpRule::Url),
        (
            json!({"kind": "webhook", "url": "ftp://example.com"}),
            HelpRule::Url,
        ),
        (
            json!({"kind": "webhook", "url": "http://169.254.169.254/"}),
            HelpRule::PrivateUrl,
        ),
        (
            json!({"kind": "mail", "address": "a@example.com"}),
            HelpRule::NoMail,
        ),
        (
            json!({"kind": "webhook", "url": "https://example.com", "events": ["all"]}),
            HelpRule::Events,
        ),
        (
            json!({"kind": "webhook", "url": "https://example.com", "all_accounts": true}),
            HelpRule::NotAdmin,
        ),
    ] {
        assert_eq!(rule(&subscribe(body.clone()).await), broken, "{body}");
    }
    assert_eq!(subscribe(json!({"kind": "pigeon"})).await.status, 400);
    let id = owner.create("shop", 1).await;
    let foreign = json!({"kind": "webhook", "url": "https://example.com", "cluster_id": id});
    let refused = stranger
        .send("POST", "/v2/subscriptions", Some(foreign.clone()))
        .await;
    assert_eq!(refused.status, 404);
    assert_eq!(
        subscribe(foreign).await.json["cluster_id"],
        id.to_string().as_str()
    );

    let made = subscribe(webhook.clone()).await;
    assert_eq!(made.status, 201);
    let secret = made.json["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() == 49);
    let list = owner.get("/v2/subscriptions").await;
    assert_eq!(list.json["subscriptions"].as_array().unwrap().len(), 2);
    assert!(!list.json.to_string().contains("whsec_"), "shown once");
    let subscription = format!("/v2/subscriptions/{}", made.json["id"].as_str().unwrap());
    for (method, path, body) in [
        ("GET", subscription.clone(), None),
        (
            "PATCH",
            subscription.clone(),
            Some(json!({"enabled": false})),
        ),
        ("DELETE", subscription.clone(), None),
        ("POST", format!("{subscription}/test"), None),
        ("GET", format!("{subscription}/deliveries"), None),
    ] {
        let refused = stranger.send(method, &path, body).await;
        assert_eq!(rule(&refused), HelpRule::NoSubscription, "{method} {path}");
    }
    assert_eq!(
        owner
            .send("PATCH", &subscription, Some(json!({})))
            .await
            .status,
        400
    );
    let off = owner
        .send("PATCH", &subscription, Some(json!({"enabled": false})))
        .await;
    assert_eq!(off.json["enabled"], false);

    for _ in 2..20 {
        assert_eq!(subscribe(webhook.clone()).await.status, 201);
    }
    assert_eq!(
        rule(&subscribe(webhook.clone()).await),
        HelpRule::SubscriptionsFull
    );
    assert_eq!(owner.send("DELETE", &subscription, None).await.status, 204);
    assert_eq!(owner.get(&subscription).await.status, 404);
    assert_eq!(subscribe(webhook).await.status, 201);
}

/// The files of a zip, with their texts.
fn unpacked(zip: Vec<u8>) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

#[tokio::test]
async fn a_support_bundle_tells_everything_but_secrets() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 2).await;
    plane.until_status(id, ClusterStatus::Active).await;
    let join =
        "SWMTKN-1-49nj1cmql0jkz5s954yi3oex3nedyz0fb0xx14ie39trti4wxv-8vxv8rssmk743ojnwacrr2e7c";
    let key = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\n-----END EC PRIVATE KEY-----";
    let log = format!("API listen on [::]:2376\njoin {join}\n{key}\n");
    *plane.provisioner.log.lock().unwrap() = Some(Some(log));
    let wish = json!({"kind": "webhook", "url": "https://example.com/hook"});
    let made = owner
        .send("POST", "/v2/subscriptions", Some(wish))
        .await
        .json;
    let handed_out = owner
        .get(&format!("/v2/clusters/{id}/credentials/zip"))
        .await
        .bytes;

    let answer = owner.get(&format!("/v2/clusters/{id}/support.zip")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.headers["content-disposition"],
        "attachment; filename=\"shop-support.zip\""
    );
    let files = unpacked(answer.bytes);
    let text_of = |name: &str| {
        let name = format!("shop-support/{name}");
        let found = files.iter().find(|(file, _)| *file == name);
        &found.unwrap_or_else(|| panic!("{name} is missing")).1
    };
    assert!(text_of("README.txt").contains("shop"));
    let cluster: Value = serde_json::from_str(text_of("cluster.json")).unwrap();
    assert_eq!(cluster["status"], "active");
    let events: Vec<Value> = text_of("events.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(events[0]["kind"], "requested");
    assert_eq!(events.last().unwrap()["kind"], "finished");
    let tasks: Value = serde_json::from_str(text_of("tasks.json")).unwrap();
    assert_eq!(
        (&tasks[0]["kind"], &tasks[0]["state"]),
        (&json!("create"), &json!("done"))
    );
    assert_eq!(tasks[0]["steps"].as_array().unwrap().len(), events.len());
    let versions: Value = serde_json::from_str(text_of("versions.json")).unwrap();
    assert_eq!(versions["host_engine"], "0.0.0-simulated");
    assert_eq!(versions["nodes"][1]["engine"], "0.0.0-simulated");
    assert!(text_of("settings.json").contains("provisioner"));
    for node in ["node-1", "node-2"] {
        let log = text_of(&format!("nodes/{node}.log"));
        assert_eq!(log, "API listen on [::]:2376\njoin (removed)\n(removed)\n");
    }

    let record = plane.store.cluster(id).await.unwrap().unwrap();
    let purpose = ClusterRecord::ca_purpose(id);
    let ca_key = plane.vault.open_sealed(&purpose, &record.ca_key).unwrap();
    let client_key = unpacked(handed_out)
        .into_iter()
        .find_map(|(name, text)| name.ends_with("/key.pem").then_some(text))
        .unwrap();
    let secrets = [
        ca_key.expose_secret(),
        &client_key,
        "PRIVATE KEY",
        "key of owner",
        PASSWORD,
        owner.token.as_deref().unwrap(),
        made["secret"].as_str().unwrap(),
        join,
    ];
    for (name, text) in &files {
        for secret in secrets {
            // A key in JSON would have its line ends escaped.
            for form in [secret.to_owned(), secret.replace('\n', "\\n")] {
                assert!(!text.contains(&form), "{name} holds a secret");
            }
        }
    }
}

#[tokio::test]
async fn a_support_bundle_comes_when_nothing_works_and_to_nobody_else() {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let stranger = plane.client("stranger").await;
    let admin = plane.admin().await;
    plane.provisioner.fail([FailureKind::Permanent]);
    let id = owner.create("shop", 1).await;
    plane.until_status(id, ClusterStatus::Error).await;
    let path = format!("/v2/clusters/{id}/support.zip");
    assert_eq!(stranger.get(&path).await.status, 404);
    assert_eq!(plane.anonymous().get(&path).await.status, 401);
    let log_in = |zip: Vec<u8>| unpacked(zip).into_iter().last().unwrap();
    let (name, log) = log_in(admin.get(&path).await.bytes);
    assert_eq!(name, "shop-support/nodes/node-1.log");
    assert_eq!(log, "The engine is not there, as told.\n");
    *plane.provisioner.log.lock().unwrap() = Some(None);
    let (_, log) = log_in(owner.get(&path).await.bytes);
    assert_eq!(log, "Nothing of this node is there.\n");
}
