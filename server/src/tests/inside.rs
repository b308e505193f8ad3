//! Nodes, containers and logs of a cluster, from the outside.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use cluster_api::{
    NodeState, Problem,
    client::{LogItem, Tail},
};
use futures::{StreamExt, future::join_all};
use http::{Request, StatusCode};

use super::{
    Browser, House, cluster,
    fake::{CONTAINERS, log_line, with_nodes},
};

const BOTH: &str = "c=c0ffee01&c=c0ffee02";

async fn house() -> (House, String) {
    let house = House::new().await;
    let web = cluster("web", 5);
    let path = format!("/clusters/{}", web.id);
    house.control_plane.add("owner", web);
    (house, path)
}

/// Reads the events of a stream.
struct Events {
    stream: BodyDataStream,
    read: String,
}

impl Events {
    async fn open(browser: &mut Browser, path: &str, last: Option<&str>) -> Self {
        let mut request = Request::get(path);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = browser.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        Self {
            stream: response.into_body().into_data_stream(),
            read: String::new(),
        }
    }

    /// The name, the id and the data of the next event; None: the stream has ended.
    async fn next(&mut self) -> Option<[String; 3]> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let field = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(name));
                    line.unwrap_or_default().trim_start_matches(": ").to_owned()
                };
                let parts = [field("event"), field("id"), field("data")];
                self.read = rest.to_owned();
                return Some(parts);
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.stream.next());
            let chunk = chunk.await.unwrap()?.unwrap();
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

#[tokio::test]
async fn logs_are_for_their_owner() {
    let (house, path) = house().await;
    let mut owner = house.signed_in("owner").await;
    let mut stranger = house.signed_in("stranger").await;
    for address in ["logs.txt", "logs/stream"] {
        let address = format!("{path}/{address}?{BOTH}");
        let anonymous = house.browser().get(&address).await;
        assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED, "{address}");
        let strange = stranger.get(&address).await;
        assert_eq!(strange.status, StatusCode::NOT_FOUND, "{address}");
        for answer in [anonymous, strange] {
            assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert!(!answer.text().contains('<'), "{}", answer.text());
        }
    }
    assert!(house.control_plane.log_queries().is_empty());
    let nothing = owner.get(&format!("{path}/logs.txt")).await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_download_is_all_that_was_written() {
    let (house, path) = house().await;
    let mut owner = house.signed_in("owner").await;
    let address = format!("{path}/logs.txt?{BOTH}&c=gone&stream=stderr&tail=100");
    let answer = owner.get(&address).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"web-logs.txt\""
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    let text = answer.text();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "- gone The node does not answer. Try again in a moment.",
            "2023-11-14T22:13:30Z name-c0ffee01 stderr <b> of c0ffee01",
            "2023-11-14T22:13:30Z name-c0ffee02 stderr <b> of c0ffee02",
        ]
    );
    for query in house.control_plane.log_queries() {
        assert_eq!((query.tail, query.follow), (Tail::All, false));
        assert_eq!((query.stdout, query.stderr), (false, true));
        assert_eq!(query.node.as_deref(), Some("node-1"));
    }
}

#[tokio::test]
async fn the_page_shows_lines_as_text_and_says_where_to_go_on() {
    let (house, path) = house().await;
    let mut owner = house.signed_in("owner").await;
    let page = owner.get(&format!("{path}/logs?{BOTH}")).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    assert!(text.contains("&lt;b&gt; of c0ffee02"), "{text}");
    assert!(text.contains("data-after=\"10.0~10.0\""), "{text}");
    assert!(text.contains("c0ffee01&amp;c=c0ffee02&amp;from="), "{text}");
    assert!(text.contains("It is &lt;away&gt;."), "{text}");
    house.control_plane.log_queries();

    // What only brings itself up to date reads no logs again.
    let refresh = Request::get(format!("{path}/logs?{BOTH}"))
        .header("accept", "text/html")
        .header("x-carina-refresh", "1");
    let page = owner.ask(refresh.body(Body::empty()).unwrap()).await;
    assert!(page.text().contains("id=\"log-panel\""));
    assert!(house.control_plane.log_queries().is_empty());

    // Whoever chooses nothing sees what runs; whoever takes everything out sees nothing.
    assert!(
        owner
            .get(&format!("{path}/logs"))
            .await
            .text()
            .contains("of c0ffee01")
    );
    let none = owner.get(&format!("{path}/logs?chosen=1")).await.text();
    assert!(!none.contains("id=\"log-panel\""));
}

#[tokio::test]
async fn a_stream_goes_on_where_the_page_ends() {
    let (house, path) = house().await;
    let mut owner = house.signed_in("owner").await;
    let address = format!("{path}/logs/stream?{BOTH}&from=1700000000000&after=10.0~-");
    let mut events = Events::open(&mut owner, &address, None).await;
    let [name, id, data] = events.next().await.unwrap();
    assert_eq!([&*name, &*id, &*data], ["lines", "10.0~-", ""]);
    let queries = house.control_plane.log_queries();
    assert!(queries.iter().all(|query| query.follow));
    assert_eq!(queries[0].after.as_deref(), Some("10.0"));
    // Of this one nothing was read: all that was written since the page was made.
    assert_eq!(queries[1].after, None);
    assert_eq!(queries[1].tail, Tail::All);
    assert_eq!(queries[1].since.unwrap().as_second(), 1_700_000_000);

    house
        .control_plane
        .write(1, log_line(20, "<i>\r\u{1b}[1mhello"));
    let [name, id, data] = events.next().await.unwrap();
    assert_eq!([&*name, &*id], ["lines", "10.0~20.0"]);
    assert!(data.contains("class=\"ln err c1\""), "{data}");
    assert!(data.contains("<span>&lt;i&gt;hello</span>"), "{data}");

    // One ends, the other goes on; then there is nothing more to come.
    house
        .control_plane
        .write(0, Ok(LogItem::End { reason: None }));
    house
        .control_plane
        .write(1, Ok(LogItem::End { reason: None }));
    house.control_plane.drop_logs();
    let [name, ..] = events.next().await.unwrap();
    assert_eq!(name, "done");
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn a_stream_that_broke_off_is_gone_on_with() {
    let (house, path) = house().await;
    let mut owner = house.signed_in("owner").await;
    let address = format!("{path}/logs/stream?c={}&after=10.0", CONTAINERS[0]);
    let mut events = Events::open(&mut owner, &address, None).await;
    events.next().await.unwrap();
    house.control_plane.write(0, log_line(20, "last words"));
    house.control_plane.write(0, Err(Problem::Unreachable));
    let [_, id, data] = events.next().await.unwrap();
    assert!(data.contains("last words"), "{data}");
    // It ends without `done`: the browser comes back, and what it has counts, not the address.
    assert_eq!(events.next().await, None);
    house.control_plane.log_queries();
    Events::open(&mut owner, &address, Some(&id)).await;
    let queries = house.control_plane.log_queries();
    assert_eq!(queries[0].after.as_deref(), Some("20.0"));
}

#[tokio::test]
async fn streams_end_with_the_session_and_with_the_process() {
    let (house, path) = house().await;
    let mut owner = house.signed_in("owner").await;
    let address = format!("{path}/logs/stream?{BOTH}");
    let mut events = Events::open(&mut owner, &address, None).await;
    events.next().await.unwrap();
    house.advance(Duration::from_secs(8 * 3600));
    // Tokio's time is only put forward here, when nothing waits for the database.
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(31)).await;
    tokio::time::resume();
    while events.next().await.is_some() {}

    let mut owner = house.signed_in("owner").await;
    let mut events = Events::open(&mut owner, &address, None).await;
    events.next().await.unwrap();
    house.stop.cancel();
    while events.next().await.is_some() {}
}

#[tokio::test]
async fn pages_say_who_does_not_answer_instead_of_waiting() {
    let house = House::new().await;
    let mut web = with_nodes(cluster("web", 5), 2);
    web.nodes[1].state = NodeState::Lost;
    let path = format!("/clusters/{}", web.id);
    house.control_plane.add("owner", web);
    let silent = &["nodes", "containers", "services", "metrics"];
    house.control_plane.set_silent(silent);
    let owner = house.signed_in("owner").await;
    let pages = ["/containers", "/logs", "/metrics", "/nodes"].map(async |page| {
        let answer = owner.clone().get(&format!("{path}{page}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        let text = answer.text();
        assert!(text.contains("node-2 does not answer."), "{page}: {text}");
    });
    join_all(pages).await;

    // A node that tells its containers may still be slow with what they write.
    house.control_plane.set_silent(&["logs"]);
    let text = owner
        .clone()
        .get(&format!("{path}/logs?{BOTH}"))
        .await
        .text();
    assert!(text.contains("name-c0ffee01"), "{text}");
    assert!(text.contains("The node does not answer."), "{text}");
}

#[tokio::test]
async fn the_containers_page_names_what_runs_and_who_is_silent() {
    let (house, path) = house().await;
    let mut owner = house.signed_in("owner").await;
    let text = owner.get(&format!("{path}/containers")).await.text();
    for words in [
        "name-c0ffee01",
        "Up 2 days",
        "node-9",
        "It is &lt;away&gt;.",
        "/logs?c=c0ffee01\"",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let text = owner.get(&format!("{path}/containers?q=ee02")).await.text();
    assert!(text.contains("container-c0ffee02"));
    assert!(!text.contains("container-c0ffee01"));
}

#[tokio::test]
async fn the_nodes_page_says_what_another_number_means() {
    let (house, path) = house().await;
    let mut owner = house.signed_in("owner").await;
    let text = owner.get(&format!("{path}/nodes?nodes=3")).await.text();
    assert!(text.contains("Grow by 2 to 3 nodes."), "{text}");
    let id = path.rsplit('/').next().unwrap();

    let answer = owner
        .post_form("/api/resize_cluster", &format!("id={id}&nodes=1000"))
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let back = answer.header("location").to_owned();
    assert!(
        back.starts_with(&format!("{path}/nodes?nodes=1000&")),
        "{back}"
    );
    let text = owner.get(&back).await.text();
    assert!(text.contains("aria-invalid=\"true\""), "{text}");

    house.control_plane.calls();
    let answer = owner
        .post_form("/api/resize_cluster", &format!("id={id}&nodes=3"))
        .await;
    assert_eq!(answer.header("location"), format!("{path}/nodes"));
    assert_eq!(house.control_plane.calls(), ["resize", "cluster"]);
}

#[tokio::test]
async fn nobody_removes_nodes_without_choosing_them() {
    let (house, path) = house().await;
    let mut owner = house.signed_in("owner").await;
    let id = path.rsplit('/').next().unwrap();
    let none = format!("id={id}&count=3");
    let answer = owner.call("/api/remove_nodes", &none).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
    let form = format!("{none}&chosen[]=x");
    let answer = owner.call("/api/remove_nodes", &form).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text());
}

#[tokio::test]
async fn whoever_removes_or_replaces_nodes_is_asked_first() {
    let house = House::new().await;
    let web = with_nodes(cluster("web", 5), 3);
    let path = format!("/clusters/{}/nodes", web.id);
    let [_, two, three] = [0, 1, 2].map(|index| web.nodes[index].id);
    let id = web.id;
    house.control_plane.add("owner", web);
    let mut owner = house.signed_in("owner").await;

    let text = owner.get(&path).await.text();
    assert!(!text.contains("id=\"leaving\""), "{text}");
    // Nothing on the page itself sends either.
    for function in ["/api/remove_nodes", "/api/replace_node"] {
        assert!(!text.contains(function), "{text}");
    }
    let replace = format!("{path}?confirm=replace&amp;chosen[]={two}#leaving");
    assert!(text.contains(&replace), "{text}");

    // As browsers write it.
    let both = format!("{path}?chosen%5B%5D={two}&chosen%5B%5D={three}&confirm=remove");
    let text = owner.get(&both).await.text();
    for words in [
        "Remove these nodes: node-2, node-3?",
        "Images and volumes there",
        "Services: their containers move",
        "action=\"/api/remove_nodes\"",
        "name=\"count\" value=\"3\"",
        "Remove 2 nodes",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let one = format!("{path}?confirm=replace&chosen[]={two}");
    let text = owner.get(&one).await.text();
    for words in [
        "Replace node-2?",
        "a new node comes first",
        "/api/replace_node",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let none = owner.get(&format!("{path}?confirm=remove")).await.text();
    assert!(none.contains("role=\"alert\""), "{none}");
    assert!(!none.contains("id=\"leaving\""), "{none}");

    // What is refused is said where it was asked.
    let form = format!("id={id}&count=x&chosen[]={two}");
    let refused = owner.post_form("/api/remove_nodes", &form).await;
    let back = refused.header("location").to_owned();
    assert!(back.ends_with("#leaving"), "{back}");
    let text = owner.get(back.trim_end_matches("#leaving")).await.text();
    let question = text.split("id=\"leaving\"").nth(1).unwrap();
    let question = question.split("</section>").next().unwrap();
    assert!(question.contains("role=\"alert\""), "{question}");
}

#[tokio::test]
async fn chosen_nodes_are_removed_replaced_and_drained() {
    const NODE: &str = "0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1";
    let (house, path) = house().await;
    let mut owner = house.signed_in("owner").await;
    let id = path.rsplit('/').next().unwrap();
    for (function, fields, call) in [
        (
            "remove_nodes",
            // As browsers write it.
            format!("count=3&chosen%5B%5D={NODE}"),
            format!("shrink to 2 nodes without {NODE}"),
        ),
        (
            "replace_node",
            format!("node={NODE}"),
            format!("replace {NODE}"),
        ),
        (
            "drain_node",
            format!("node={NODE}&on=true"),
            format!("drain {NODE}: true"),
        ),
    ] {
        house.control_plane.calls();
        let form = format!("id={id}&{fields}");
        let answer = owner.post_form(&format!("/api/{function}"), &form).await;
        assert_eq!(answer.header("location"), format!("{path}/nodes"));
        assert!(house.control_plane.calls().contains(&call), "{call}");
    }
}
