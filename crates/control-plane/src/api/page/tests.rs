use cluster_api::ClusterStatus;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::testing::{Client, ControlPlane, Scripted};

const NAMES: [&str; 8] = [
    "shop",
    "api",
    "web-2",
    "web-1",
    "cache",
    "db",
    "shop-test",
    "zoo",
];

/// Clusters of several sizes; pairs of them were made at the same moment.
async fn filled() -> (ControlPlane, Client) {
    let plane = ControlPlane::with_room_for(100, Scripted::default()).await;
    let owner = plane.client("owner").await;
    for (number, name) in NAMES.iter().enumerate() {
        if number % 2 == 0 {
            plane.clock.advance(SignedDuration::from_secs(1));
        }
        owner.create(name, 1 + number as u32 % 3).await;
    }
    (plane, owner)
}

async fn list(client: &Client, query: &str) -> Value {
    let answer = client.get(&format!("/v2/clusters?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.json);
    answer.json
}

fn names(page: &Value) -> Vec<&str> {
    let clusters = page["clusters"].as_array().unwrap();
    let names = clusters.iter().map(|cluster| cluster["name"].as_str());
    names.collect::<Option<_>>().unwrap()
}

#[tokio::test]
async fn every_order_comes_to_every_cluster_once() {
    let (_plane, owner) = filled().await;
    for key in ["created_at", "updated_at", "name", "status", "node_count"] {
        let mut orders = Vec::new();
        for sign in ["", "-"] {
            let whole = list(&owner, &format!("sort={sign}{key}")).await;
            let mut walked = Vec::new();
            let mut marker = String::new();
            loop {
                let page = list(&owner, &format!("sort={sign}{key}&limit=3{marker}")).await;
                assert_eq!(page["total"], NAMES.len());
                assert_eq!(page["matching"], NAMES.len());
                walked.extend(page["clusters"].as_array().unwrap().clone());
                match page["next"].as_str() {
                    Some(next) => marker = format!("&marker={next}"),
                    None => break,
                }
            }
            assert_eq!(walked.len(), NAMES.len(), "{sign}{key}");
            assert_eq!(
                Value::from(walked.clone()),
                whole["clusters"],
                "{sign}{key}"
            );
            let values = walked.iter().map(|cluster| match &cluster[key] {
                // So that numbers are compared as numbers.
                Value::Number(number) => format!("{number:>9}"),
                value => value.as_str().unwrap().to_owned(),
            });
            let values: Vec<String> = values.collect();
            let mut sorted = values.clone();
            sorted.sort();
            if sign == "-" {
                sorted.reverse();
            }
            assert_eq!(values, sorted, "{sign}{key}");
            orders.push(walked);
        }
        orders[1].reverse();
        assert_eq!(
            orders[0], orders[1],
            "{key}: one order is the other backwards"
        );
    }
}

#[tokio::test]
async fn what_is_made_or_deleted_between_two_pages_moves_nothing() {
    let (plane, owner) = filled().await;
    plane.start_reconciler();
    let all = list(&owner, "sort=name").await;
    let first = list(&owner, "sort=name&limit=3").await;
    assert_eq!(names(&first), ["api", "cache", "db"]);
    // The very row that the marker names, and one before it.
    let gone = first["clusters"][2]["id"].as_str().unwrap();
    let id = gone.parse().unwrap();
    plane.until_status(id, ClusterStatus::Active).await;
    owner
        .send("DELETE", &format!("/v2/clusters/{gone}"), None)
        .await;
    plane.until(id, |cluster| cluster.is_none()).await;
    owner.create("aaa", 1).await;
    owner.create("shop-new", 1).await;
    let next = first["next"].as_str().unwrap();
    let second = list(&owner, &format!("sort=name&marker={next}")).await;
    let mut expected = names(&all)[3..].to_vec();
    expected.insert(1, "shop-new");
    assert_eq!(names(&second), expected);
    assert_eq!(second["total"], NAMES.len() + 1);
}

#[tokio::test]
async fn filters_leave_what_they_name_and_counts_stay() {
    let (plane, owner) = filled().await;
    plane.start_reconciler();
    let mut ids = Vec::new();
    for cluster in list(&owner, "sort=name").await["clusters"]
        .as_array()
        .unwrap()
    {
        let id = cluster["id"].as_str().unwrap().parse().unwrap();
        plane.until_status(id, ClusterStatus::Active).await;
        ids.push(id);
    }
    plane.provisioner.close_gate();
    let made = owner.create("new-shop", 1).await;
    plane.provisioner.waiting.notified().await;
    for (query, expected) in [
        ("sort=name&q=shop", vec!["new-shop", "shop", "shop-test"]),
        ("sort=name&q=SHOP-", vec!["shop-test"]),
        ("q=%25", vec![]),
        ("q=_", vec![]),
        ("q=%00", vec![]),
        ("q=%ff", vec![]),
        ("q=&limit=1&sort=name", vec!["api"]),
        ("status=creating", vec!["new-shop"]),
        ("status=creating&status=error", vec!["new-shop"]),
        ("status=error", vec![]),
        ("status=active&q=shop&sort=-name", vec!["shop-test", "shop"]),
        ("type=1&q=zoo", vec!["zoo"]),
        ("type=2", vec![]),
    ] {
        let page = list(&owner, query).await;
        assert_eq!(names(&page), expected, "{query}");
        if !query.contains("limit") {
            assert_eq!(page["matching"], expected.len(), "{query}");
        }
        assert_eq!(page["total"], 9);
        assert_eq!(page["counts"]["creating"], 1);
        assert_eq!(page["counts"]["active"], 8);
        assert_eq!(page["counts"]["error"], 0);
    }
    plane.provisioner.open_gate();
    plane.until_status(made, ClusterStatus::Active).await;
}

#[tokio::test]
async fn what_no_list_can_be_asked_for_is_refused_in_a_sentence() {
    let (plane, owner) = filled().await;
    let page = list(&owner, "limit=1&sort=name").await;
    let of_name = page["next"].as_str().unwrap();
    let id = page["clusters"][0]["id"].as_str().unwrap();
    let long = "x".repeat(64);
    for query in [
        "limit=0",
        "limit=501",
        "limit=-1",
        "limit=%2B5",
        "limit=1.5",
        "limit=99999999999999999999",
        "limit=",
        "limit=5&limit=6",
        "marker=",
        "marker=x",
        "marker=WyJuYW1lIl0",
        &format!("marker={of_name}"),
        &format!("marker={of_name}&sort=-name"),
        &format!("marker={of_name}x&sort=name"),
        "sort=",
        "sort=color",
        "sort=--name",
        "sort=name;drop",
        "status=",
        "status=Active",
        "status=active,error",
        "type=",
        "type=swarm",
        &format!("q={long}"),
        "limt=5",
        "limit=5&=",
    ] {
        let answer = owner.get(&format!("/v2/clusters?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        let error = &answer.json["errors"][0];
        assert_eq!(error["code"], "carina.malformed", "{query}");
        let detail = error["detail"].as_str().unwrap();
        assert!(
            detail.ends_with('.') && !detail.contains("JSON"),
            "{query}: {detail}"
        );
    }
    for query in [
        "limit=0",
        "marker=x",
        &format!("marker={of_name}"),
        "sort=name",
    ] {
        let answer = owner
            .get(&format!("/v2/clusters/{id}/events?{query}"))
            .await;
        assert_eq!(answer.status, 400, "{query}");
    }
    // A marker opens nothing: with somebody else's, one goes on in one's own list.
    let stranger = plane.client("stranger").await;
    stranger.create("zebra", 1).await;
    let theirs = list(&stranger, &format!("sort=name&marker={of_name}")).await;
    assert_eq!(names(&theirs), ["zebra"]);
    assert_eq!(theirs["total"], 1);
}

#[tokio::test]
async fn a_request_of_the_first_day_gets_all_of_them() {
    let (_plane, owner) = filled().await;
    let answer = owner.get("/v2/clusters").await.json;
    assert_eq!(answer["clusters"].as_array().unwrap().len(), NAMES.len());
    assert_eq!(answer["next"], Value::Null);
    let mut oldest = names(&answer).split_off(6);
    oldest.sort_unstable();
    assert_eq!(oldest, ["api", "shop"], "the newest first");
    let types = owner.get("/v2/cluster_types?whatever=1").await;
    assert_eq!(
        types.status, 200,
        "what has no parameters has none to refuse"
    );
}

#[tokio::test]
async fn a_timeline_is_read_page_by_page() {
    let (_plane, owner) = filled().await;
    let page = list(&owner, "limit=1&sort=name").await;
    let path = format!(
        "/v2/clusters/{}",
        page["clusters"][0]["id"].as_str().unwrap()
    );
    for on in [true, false, true, false] {
        let change = json!({"deletion_protection": on});
        assert_eq!(owner.send("PATCH", &path, Some(change)).await.status, 200);
    }
    let whole = owner.get(&format!("{path}/events")).await.json;
    assert_eq!(whole["events"].as_array().unwrap().len(), 5);
    assert_eq!(whole["next"], Value::Null);
    let mut walked = Vec::new();
    let mut marker = String::new();
    loop {
        let page = owner
            .get(&format!("{path}/events?limit=2{marker}"))
            .await
            .json;
        walked.extend(page["events"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => marker = format!("&marker={next}"),
            None => break,
        }
    }
    assert_eq!(Value::from(walked), whole["events"]);
}
