//! `/live`, from the outside.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use cluster_api::{ClusterStatus, WatchMessage};
use futures::StreamExt;
use http::{Request, StatusCode};

use super::{Browser, House, cluster};

/// A tab that listens.
struct Tab {
    stream: BodyDataStream,
    read: String,
}

impl Tab {
    async fn open(browser: &mut Browser) -> Self {
        let response = browser
            .send(Request::get("/live").body(Body::empty()).unwrap())
            .await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        Self {
            stream: response.into_body().into_data_stream(),
            read: String::new(),
        }
    }

    /// The next message, its name and its data; None: the stream has ended.
    async fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((message, rest)) = self.read.split_once("\n\n") {
                let field = |name: &str| {
                    let line = message.lines().find_map(|line| line.strip_prefix(name));
                    line.unwrap_or_default().trim_start_matches(": ").to_owned()
                };
                let parts = (field("event"), field("data"));
                self.read = rest.to_owned();
                return Some(parts);
            }
            let chunk = self.stream.next().await?.unwrap();
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

#[tokio::test]
async fn a_tab_hears_that_something_changed_and_what_to_say() {
    let house = House::new().await;
    house.control_plane.add("owner", cluster("web", 5));
    let mut browser = house.signed_in("owner").await;
    let mut tab = Tab::open(&mut browser).await;
    assert_eq!(
        tab.next().await.unwrap(),
        ("all".to_owned(), "5".to_owned())
    );
    assert_eq!(tab.next().await.unwrap().0, "live");

    let mut row = cluster("web", 6);
    row.status = ClusterStatus::Resizing;
    let id = row.id.to_string();
    house
        .control_plane
        .send("owner", WatchMessage::Cluster(row));
    assert_eq!(tab.next().await.unwrap(), ("changed".to_owned(), id));
    let said = loop {
        let (name, data) = tab.next().await.unwrap();
        if name == "said" {
            break data;
        }
    };
    assert_eq!(said, "web is changing its size.");
}

#[tokio::test]
async fn nobody_hears_of_anothers_clusters() {
    let house = House::new().await;
    house.control_plane.add("owner", cluster("secret", 5));
    let mut owner = house.signed_in("owner").await;
    Tab::open(&mut owner).await.next().await.unwrap();
    let mut stranger = house.signed_in("stranger").await;
    let mut tab = Tab::open(&mut stranger).await;
    let (_, data) = tab.next().await.unwrap();
    assert!(!data.contains("secret"), "{data}");
    tab.next().await.unwrap();
    house
        .control_plane
        .send("owner", WatchMessage::Cluster(cluster("secret", 6)));
    house
        .control_plane
        .send("stranger", WatchMessage::Cluster(cluster("own", 7)));
    let (_, data) = tab.next().await.unwrap();
    assert_eq!(data, cluster("own", 7).id.to_string());
}

#[tokio::test]
async fn signing_out_in_one_tab_ends_the_others() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    let mut tab = Tab::open(&mut browser).await;
    tab.next().await.unwrap();
    browser.post_form("/api/sign_out", "").await;
    while tab.next().await.is_some() {}
    let answer = browser.get("/live").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_stop_ends_the_stream() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    let mut tab = Tab::open(&mut browser).await;
    tab.next().await.unwrap();
    house.stop.cancel();
    while tab.next().await.is_some() {}
    house.tasks.close();
    tokio::time::timeout(Duration::from_secs(5), house.tasks.wait())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_session_that_is_over_ends_its_streams_at_the_next_check() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    let mut tab = Tab::open(&mut browser).await;
    tab.next().await.unwrap();
    // Tokio's time is only put forward here, when nothing waits for the database.
    house.advance(Duration::from_secs(8 * 3600));
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(31)).await;
    tokio::time::resume();
    while tab.next().await.is_some() {}
}
