use axum::body::{Body, BodyDataStream};
use cluster_api::{
    ClusterId, ClusterStatus, Problem, Timestamp,
    inside::{ContainerList, LogLine, LogSource, Metrics, NodeList, ServiceList},
};
use futures::StreamExt;
use jiff::SignedDuration;
use serde_json::Value;

use crate::{
    clock::Clock,
    provisioner::inside::Counters,
    testing::{Answer, Client, ControlPlane},
};

/// A plane, its owner, and the path of an active cluster of theirs.
async fn plane(nodes: u32) -> (ControlPlane, Client, ClusterId, String) {
    let plane = ControlPlane::running().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", nodes).await;
    plane.until_status(id, ClusterStatus::Active).await;
    (plane, owner, id, format!("/v2/clusters/{id}"))
}

fn read<T: serde::de::DeserializeOwned>(answer: &Answer) -> T {
    assert_eq!(answer.status, 200, "{}", answer.json);
    serde_json::from_value(answer.json.clone()).unwrap()
}

fn refusal(answer: &Answer) -> (u16, &str, &str) {
    let error = &answer.json["errors"][0];
    let text = |field: &str| error[field].as_str().unwrap_or_default();
    (answer.status.as_u16(), text("code"), text("detail"))
}

#[tokio::test]
async fn a_node_that_does_not_answer_takes_only_its_own_with_it() {
    let (plane, owner, _, path) = plane(3).await;
    plane.provisioner.inside.silence([2]);
    let nodes: NodeList = read(&owner.get(&format!("{path}/nodes")).await);
    let [one, two, three] = &nodes.nodes[..] else {
        panic!("{nodes:?}")
    };
    for node in [one, three] {
        assert_eq!(
            (node.containers_running, &node.unreachable),
            (Some(1), &None)
        );
    }
    assert_eq!(two.containers_running, None);
    let reason = two.unreachable.as_deref();
    assert_eq!(reason, Some("Node 2 does not answer, as told."));
    assert!(two.swarm.is_some(), "the manager knows it");
    assert!((two.reserved.unwrap().cpus - 0.5).abs() < 1e-9);
    assert_eq!(two.capacity.unwrap().memory_bytes, 1 << 30);

    let containers: ContainerList = read(&owner.get(&format!("{path}/containers")).await);
    let on: Vec<_> = containers
        .containers
        .iter()
        .map(|c| c.node.as_str())
        .collect();
    assert_eq!(on, ["node-1", "node-1", "node-3", "node-3"]);
    assert_eq!(containers.unreachable[0].node, "node-2");

    let services: ServiceList = read(&owner.get(&format!("{path}/services")).await);
    assert_eq!(
        (services.services.len(), services.unreachable.len()),
        (1, 0)
    );
    plane.provisioner.inside.silence([1]);
    let services: ServiceList = read(&owner.get(&format!("{path}/services")).await);
    assert_eq!(services.services, []);
    assert_eq!(services.unreachable[0].node, "node-1");
    let nodes: NodeList = read(&owner.get(&format!("{path}/nodes")).await);
    assert!(
        nodes
            .nodes
            .iter()
            .all(|node| node.swarm.is_none() && node.reserved.is_none())
    );
    assert_eq!(nodes.nodes[1].containers_running, Some(1));
}

#[tokio::test]
async fn of_a_cluster_that_is_not_there_yet_it_is_said_that_it_is_not() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let id = owner.create("shop", 2).await;
    let path = format!("/v2/clusters/{id}");
    let nodes: NodeList = read(&owner.get(&format!("{path}/nodes")).await);
    let reason = nodes.nodes[1].unreachable.as_deref();
    assert_eq!(reason, Some("Node 2 has not started yet."));
    let containers: ContainerList = read(&owner.get(&format!("{path}/containers")).await);
    assert_eq!(containers.unreachable.len(), 2);
    let services: ServiceList = read(&owner.get(&format!("{path}/services")).await);
    assert_eq!(services.unreachable.len(), 1);
    let metrics: Metrics = read(&owner.get(&format!("{path}/metrics")).await);
    assert_eq!((metrics.nodes.len(), metrics.cluster.points.len()), (0, 0));
    let logs = owner.get(&format!("{path}/containers/web/logs")).await;
    assert_eq!(refusal(&logs).0, 503);
}

#[tokio::test]
async fn curves_have_the_resolution_of_their_window_and_a_sum() {
    let (plane, owner, id, path) = plane(2).await;
    let cluster = plane.store.cluster(id).await.unwrap().unwrap().cluster;
    for look in 0..4_u64 {
        plane.clock.advance(SignedDuration::from_secs(10));
        for (node, share) in cluster.nodes.iter().zip([1, 2]) {
            let counters = Counters {
                at: plane.clock.now(),
                cpu_ns: look * share * 5_000_000_000,
                memory_bytes: 100 * share,
                rx_bytes: 0,
                tx_bytes: look * 1_000,
            };
            plane.provisioner.inside.count(node.id, counters);
        }
        plane.metrics.look().await.unwrap();
    }
    let get = async |query: &str| owner.get(&format!("{path}/metrics{query}")).await;
    let metrics: Metrics = read(&get("").await);
    assert_eq!((metrics.window.as_str(), metrics.resolution_s), ("1h", 10));
    assert_eq!(metrics.to, plane.clock.now());
    assert_eq!(metrics.to.duration_since(metrics.from).as_secs(), 3600);
    let [one, two] = &metrics.nodes[..] else {
        panic!("{metrics:?}")
    };
    assert_eq!((one.name.as_str(), one.points.len()), ("node-1", 3));
    assert!((two.points[0].cpus - 1.0).abs() < 1e-9);
    let sum = metrics.cluster.points[0];
    assert!((sum.cpus - 1.5).abs() < 1e-9);
    assert_eq!(
        (sum.memory_bytes, sum.tx_bytes_per_s, sum.cpus_max),
        (300, 200, None)
    );
    assert!((metrics.cluster.capacity.unwrap().cpus - 2.0).abs() < 1e-9);
    assert!((metrics.cluster.reserved.unwrap().cpus - 0.75).abs() < 1e-9);
    assert_eq!(metrics.cluster.waiting, Some(2));

    let metrics: Metrics = read(&get("?window=24h&node=node-2").await);
    assert_eq!((metrics.resolution_s, metrics.nodes.len()), (300, 1));
    assert_eq!(
        (
            metrics.nodes[0].name.as_str(),
            metrics.nodes[0].points.len()
        ),
        ("node-2", 1)
    );
    let nodes: NodeList = read(&owner.get(&format!("{path}/nodes")).await);
    assert!((nodes.nodes[1].last.unwrap().cpus - 1.0).abs() < 1e-9);
    // Five minutes later, the shortest window is empty.
    plane.clock.advance(SignedDuration::from_secs(400));
    let metrics: Metrics = read(&get("?window=5m").await);
    assert_eq!(metrics.nodes, []);
}

#[tokio::test]
async fn a_query_that_is_not_understood_is_refused_in_a_sentence() {
    let (_plane, owner, _, path) = plane(2).await;
    for (query, words) in [
        ("metrics?window=2h", "window is one of 5m, 1h, 6h, 24h."),
        (
            "metrics?windw=1h",
            "The address has a parameter that is not known here.",
        ),
        (
            "containers/web.1/logs?tail=-1",
            "tail is a whole number from 0 to 10000, or all.",
        ),
        (
            "containers/web.1/logs?follow=maybe",
            "follow is true or false.",
        ),
        ("containers/web.1/logs?tail=1&tail=2", "Give tail once."),
        ("containers/web.1/logs?since=then", "since is a moment"),
        (
            "containers/web.1/logs?stdout=0&stderr=0",
            "Of stdout and stderr",
        ),
        (
            "containers/same/logs",
            "Several containers are called that.",
        ),
    ] {
        let answer = owner.get(&format!("{path}/{query}")).await;
        let (status, code, detail) = refusal(&answer);
        assert_eq!((status, code), (400, "carina.malformed"), "{query}");
        assert!(detail.starts_with(words), "{query}: {detail}");
    }
    for (query, words) in [
        (
            "metrics?node=node-3",
            "There is no such node in this cluster.",
        ),
        (
            "containers/web.1/logs?node=x",
            "There is no such node in this cluster.",
        ),
        (
            "containers/other/logs",
            "There is no such container in this cluster.",
        ),
        (
            "containers/%2e%2e%2fx%3fy/logs",
            "There is no such container in this cluster.",
        ),
    ] {
        let answer = owner.get(&format!("{path}/{query}")).await;
        let (status, _, detail) = refusal(&answer);
        assert_eq!(status, 404, "{query}");
        assert!(detail.starts_with(words), "{query}: {detail}");
    }
    let same = owner
        .get(&format!("{path}/containers/same/logs?node=node-2"))
        .await;
    assert_eq!(same.status, 200);
}

fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[tokio::test]
async fn a_log_is_text_for_whoever_asks_for_nothing_else() {
    let (plane, owner, _, path) = plane(1).await;
    let script = &plane.provisioner.inside;
    script.write(LogSource::Stdout, moment(1), "one");
    script.write(LogSource::Stderr, moment(2), "two");
    script.write(LogSource::Stdout, moment(3), "three");
    for (query, text) in [
        ("", "one\ntwo\nthree\n"),
        ("?tail=2", "two\nthree\n"),
        ("?tail=0", ""),
        ("?stdout=false", "two\n"),
        ("?stderr=0&tail=all", "one\nthree\n"),
        ("?since=2", "two\nthree\n"),
        ("?since=1970-01-01T00:00:03Z", "three\n"),
        ("?tail=1&timestamps=true", "1970-01-01T00:00:03Z three\n"),
    ] {
        let answer = owner
            .get(&format!("{path}/containers/web.1/logs{query}"))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
        assert_eq!(String::from_utf8(answer.bytes).unwrap(), text, "{query}");
    }
    // One that breaks off does not look whole.
    script.break_logs();
    let request = owner.request("GET", &format!("{path}/containers/web.1/logs"));
    let answer = owner.raw(request.body(Body::empty()).unwrap()).await;
    let mut chunks = answer.into_body().into_data_stream();
    assert_eq!(chunks.next().await.unwrap().unwrap(), "one\n");
    assert!(chunks.next().await.unwrap().is_err());
}

/// An event stream, event by event.
struct Events(BodyDataStream, String);

impl Events {
    async fn open(client: &Client, path: &str, last: Option<&str>) -> Self {
        let mut request = client
            .request("GET", path)
            .header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = client.raw(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self(answer.into_body().into_data_stream(), String::new())
    }

    /// Name, id and data of the next event; None: the stream has ended. Signs of life are passed over.
    async fn next(&mut self) -> Option<(String, String, Value)> {
        loop {
            while let Some((block, rest)) = self.1.clone().split_once("\n\n") {
                self.1 = rest.to_owned();
                let field = |name: &str| {
                    let line = block.lines().find_map(|line| line.strip_prefix(name));
                    line.unwrap_or_default().trim().to_owned()
                };
                if !field("data:").is_empty() {
                    let data = serde_json::from_str(&field("data:")).unwrap();
                    return Some((field("event:"), field("id:"), data));
                }
            }
            let chunk = self.0.next().await?.unwrap();
            self.1.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The text and the id of the next line.
    async fn line(&mut self) -> (String, String) {
        let (name, id, data) = self.next().await.expect("the stream ended");
        assert_eq!(name, "line", "{data}");
        (serde_json::from_value::<LogLine>(data).unwrap().data, id)
    }
}

#[tokio::test]
async fn a_log_is_followed_and_resumed_without_a_gap_or_a_line_twice() {
    let (plane, owner, _, path) = plane(1).await;
    let path = format!("{path}/containers/web.1/logs?follow=true&tail=1");
    let script = &plane.provisioner.inside;
    script.write(LogSource::Stdout, moment(1), "old");
    script.write(LogSource::Stdout, moment(2), "last");
    let mut events = Events::open(&owner, &path, None).await;
    assert_eq!(events.line().await.0, "last");
    script.write(LogSource::Stderr, moment(3), "same moment");
    script.write(LogSource::Stdout, moment(3), "same moment too");
    script.write(LogSource::Stdout, moment(3), "and this");
    let (text, id) = events.line().await;
    assert_eq!(
        (text.as_str(), id.as_str()),
        ("same moment", "3000000000.0")
    );
    let (_, id) = events.line().await;
    drop(events);
    script.write(LogSource::Stdout, moment(4), "while nobody looked");

    let mut resumed = Events::open(&owner, &path, Some(&id)).await;
    assert_eq!(resumed.line().await.0, "and this");
    assert_eq!(resumed.line().await.0, "while nobody looked");
    script.write(LogSource::Stdout, moment(5), "new");
    assert_eq!(resumed.line().await.0, "new");

    // Not followed, it has an end, and says so: an EventSource would come again for ever.
    let whole = path.replace("follow=true", "follow=false");
    let mut events = Events::open(&owner, &whole, None).await;
    assert_eq!(events.line().await.0, "new");
    let (name, _, data) = events.next().await.unwrap();
    assert_eq!((name.as_str(), &data["reason"]), ("end", &Value::Null));
    assert_eq!(events.next().await, None);

    script.break_logs();
    let mut events = Events::open(&owner, &whole.replace("tail=1", "tail=2"), None).await;
    events.line().await;
    let (name, _, data) = events.next().await.unwrap();
    assert_eq!(name, "end");
    assert_eq!(data["reason"], "The log broke off, as told.");
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn an_account_reads_so_many_logs_at_once_and_no_more() {
    let (plane, owner, _, path) = plane(1).await;
    let path = format!("{path}/containers/web.1/logs?follow=1");
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(Events::open(&owner, &path, None).await);
    }
    assert_eq!(plane.provisioner.inside.followed(), 8);
    let full = owner.get(&path).await;
    assert_eq!(full.headers["retry-after"], "1");
    let (status, code, _) = refusal(&full);
    assert_eq!((status, code), (429, "carina.too-many-streams"));
    let problem: Problem =
        serde_json::from_value(full.json["errors"][0]["problem"].clone()).unwrap();
    assert_eq!(problem, Problem::TooManyStreams { limit: 8 });
    // A stranger has room of their own.
    let stranger = plane.client("stranger").await;
    assert_eq!(stranger.get(&path).await.status, 404);

    open.pop();
    assert_eq!(
        plane.provisioner.inside.followed(),
        7,
        "dropped here is dropped there"
    );
    Events::open(&owner, &path, None).await;
}

#[tokio::test]
async fn a_log_ends_with_the_token_and_with_the_process() {
    let (plane, owner, _, path) = plane(1).await;
    let path = format!("{path}/containers/web.1/logs?follow=1");
    let second = plane.client("owner").await;
    let mut ends = Events::open(&owner, &path, None).await;
    let mut stays = Events::open(&second, &path, None).await;
    let token = format!("/v2.0/tokens/{}", owner.token.as_ref().unwrap());
    assert_eq!(owner.send("DELETE", &token, None).await.status, 204);
    assert_eq!(ends.next().await, None);
    plane
        .provisioner
        .inside
        .write(LogSource::Stdout, moment(1), "still here");
    assert_eq!(stays.line().await.0, "still here");
    plane.stop.cancel();
    assert_eq!(stays.next().await, None);
}
