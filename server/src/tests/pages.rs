//! Pages: what they cost upstream, and that they show what was just done.

use std::time::Duration;

use http::StatusCode;

use super::{House, cluster, event};

/// Whatever takes longer has hung.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_warm_list_asks_the_control_plane_nothing() {
    let house = House::new().await;
    house.control_plane.add("owner", cluster("web", 5));
    let mut browser = house.signed_in("owner").await;
    let answer = browser.get("/clusters").await;
    assert!(answer.text().contains("web"));
    assert_eq!(house.control_plane.calls(), ["watch"]);
    for _ in 0..10 {
        assert_eq!(browser.get("/clusters").await.status, StatusCode::OK);
    }
    assert!(house.control_plane.calls().is_empty());
}

#[tokio::test]
async fn a_warm_cluster_page_asks_only_what_is_inside_the_cluster() {
    let house = House::new().await;
    let web = cluster("web", 5);
    house.control_plane.add_event(event(web.id, 5));
    let path = format!("/clusters/{}", web.id);
    house.control_plane.add("owner", web);
    let mut browser = house.signed_in("owner").await;
    assert!(browser.get(&path).await.text().contains("Step 5 is done"));
    let asked = house.control_plane.calls();
    assert_eq!(asked, ["watch", "events", "nodes", "containers"]);
    assert!(browser.get(&path).await.text().contains("Step 5 is done"));
    assert_eq!(house.control_plane.calls(), ["nodes", "containers"]);
}

#[tokio::test]
async fn the_form_says_how_long_making_a_cluster_usually_takes_once_that_was_measured() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    let text = browser.get("/clusters/new").await.text();
    assert!(!text.contains("usually takes"), "{text}");
    house.control_plane.set_usual(2_340);
    let text = browser.get("/clusters/new").await.text();
    let words = "Making one usually takes about 2.3 s.";
    assert!(text.contains(words), "{text}");
}

#[tokio::test]
async fn what_was_done_is_on_the_next_page_though_the_stream_is_silent() {
    let house = House::new().await;
    let web = cluster("web", 5);
    house.control_plane.add("owner", web.clone());
    let mut browser = house.signed_in("owner").await;
    browser.get("/clusters").await;

    let form = "name=fresh&cluster_type=1&flavor=container1-1G&nodes=1&key=k1";
    assert_eq!(
        browser.post_form("/api/create_cluster", form).await.status,
        StatusCode::SEE_OTHER
    );
    let list = browser.get("/clusters").await.text();
    assert!(
        list.contains("fresh") && list.contains(r#"data-status="creating""#),
        "{list}"
    );

    let form = format!("ids[0]={}&count=1", web.id);
    assert_eq!(
        browser.call("/api/delete_clusters", &form).await.status,
        StatusCode::OK
    );
    let list = browser.get("/clusters").await.text();
    assert!(list.contains(r#"data-status="deleting""#), "{list}");
    let calls = house.control_plane.calls();
    assert!(
        calls
            .iter()
            .filter(|call| call.starts_with("watch"))
            .count()
            == 1,
        "{calls:?}"
    );
}

#[tokio::test]
async fn pages_outlive_the_control_plane() {
    let house = House::new().await;
    let web = cluster("web", 5);
    house.control_plane.add_event(event(web.id, 5));
    house.control_plane.add("owner", web.clone());
    let mut browser = house.signed_in("owner").await;
    browser.get(&format!("/clusters/{}", web.id)).await;

    house.control_plane.set_away(true);
    house.advance(Duration::from_secs(120));
    let text = tokio::time::timeout(PATIENCE, async {
        loop {
            let text = browser.get("/clusters").await.text();
            if text.contains("Control plane unreachable") {
                break text;
            }
            tokio::task::yield_now().await;
        }
    });
    assert!(text.await.unwrap().contains("web"));
    let page = browser.get(&format!("/clusters/{}", web.id)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("Step 5 is done"));
    assert_eq!(browser.get("/clusters").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_cluster_that_was_made_elsewhere_a_moment_ago_is_found() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    browser.get("/clusters").await;
    let young = cluster("young", 6);
    house.control_plane.add("owner", young.clone());
    let answer = browser.get(&format!("/clusters/{}", young.id)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().contains("young"));
}

#[tokio::test]
async fn nobody_who_looks_first_while_the_control_plane_is_away_is_signed_out() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    house.control_plane.set_away(true);
    let answer = browser.get("/clusters").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(browser.cookie.is_some());
}
