//! Events, access and settings of a cluster.

use http::StatusCode;

use super::{Browser, House, cluster, event, fake::account::SECRET};

/// A cluster of somebody who is signed in, and its address.
async fn owner() -> (House, Browser, String) {
    let house = House::new().await;
    let shop = cluster("shop", 5);
    house.control_plane.add_event(event(shop.id, 5));
    let path = format!("/clusters/{}", shop.id);
    house.control_plane.add("owner", shop);
    let browser = house.signed_in("owner").await;
    (house, browser, path)
}

fn form(path: &str, fields: &str) -> String {
    let id = path.strip_prefix("/clusters/").unwrap();
    format!("id={id}&{fields}")
}

#[tokio::test]
async fn the_timeline_is_there_and_tells_what_helps() {
    let (_house, mut browser, path) = owner().await;
    let page = browser.get(&format!("{path}/events")).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    assert!(text.contains("Step 5 is done"), "{text}");
    assert!(text.contains(&format!("{path}/support.zip")));
    let none = browser.get(&format!("{path}/events?kind=problems")).await;
    assert!(!none.text().contains("id=\"event-5\""));
    assert!(none.text().contains("Nothing of this kind."));
}

#[tokio::test]
async fn a_rebuild_is_asked_about_first() {
    let (house, mut browser, path) = owner().await;
    let action = "action=\"/api/rebuild_cluster\"";
    assert!(
        !browser
            .get(&format!("{path}/events"))
            .await
            .text()
            .contains(action)
    );
    let asked = browser.get(&format!("{path}/events?confirm=rebuild")).await;
    assert!(asked.text().contains(action));
    house.control_plane.calls();
    let answer = browser
        .post_form("/api/rebuild_cluster", &form(&path, ""))
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), format!("{path}/events"));
    assert!(house.control_plane.calls().contains(&"rebuild".to_owned()));
}

#[tokio::test]
async fn a_key_for_ci_is_shown_once_and_is_in_no_address() {
    let (_house, mut browser, path) = owner().await;
    let answer = browser
        .post_form("/api/make_ci_key", &form(&path, ""))
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let to = answer.header("location").to_owned();
    assert!(to.starts_with(&format!("{path}/access?shown=")), "{to}");
    assert!(!format!("{:?} {}", answer.headers, answer.text()).contains(SECRET));
    let next = to.split('#').next().unwrap();
    let page = browser.get(next).await;
    assert!(page.text().contains(SECRET));
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(!browser.get(next).await.text().contains(SECRET));
}

#[tokio::test]
async fn recipes_are_filled_in() {
    let (_house, mut browser, path) = owner().await;
    let text = browser.get(&format!("{path}/access")).await.text();
    for filled in [
        "CARINA_ENDPOINT: https://api.example.com",
        "./shop/docker.env",
        &format!("/v2{path}/credentials/zip"),
    ] {
        assert!(text.contains(filled), "{filled}");
    }
}

#[tokio::test]
async fn without_access_the_page_says_why() {
    let (house, mut browser, _) = owner().await;
    let mut young = cluster("young", 6);
    young.endpoint = None;
    let path = format!("/clusters/{}/access", young.id);
    house.control_plane.add("owner", young);
    let page = browser.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("id=\"no-access\""));
    assert!(!page.text().contains("/api/make_ci_key"));
}

#[tokio::test]
async fn settings_are_saved_and_shown() {
    let (_house, mut browser, path) = owner().await;
    for (function, fields) in [
        ("/api/rename_cluster", "name=store"),
        ("/api/label_cluster", "labels=team%3Dweb%0Aenv%3Dprod"),
        (
            "/api/scale_cluster",
            "enabled=on&min_nodes=1&max_nodes=4&reserved_cpu=70&interval_s=60&cooldown_s=300",
        ),
    ] {
        let answer = browser.post_form(function, &form(&path, fields)).await;
        assert_eq!(answer.header("location"), format!("{path}/settings"));
    }
    let text = browser.get(&format!("{path}/settings")).await.text();
    assert!(text.contains("value=\"store\""), "{text}");
    assert!(text.contains("env=prod\nteam=web"), "{text}");
}

#[tokio::test]
async fn what_was_refused_comes_back_as_it_was_typed() {
    let (house, mut browser, path) = owner().await;
    house.control_plane.calls();
    for (function, fields, typed, why) in [
        (
            "/api/rename_cluster",
            "name=My+Shop",
            "value=\"My Shop\"",
            "new-name-error",
        ),
        (
            "/api/label_cluster",
            "labels=%3Dx",
            ">=x</textarea>",
            "new-labels-error",
        ),
        (
            "/api/scale_cluster",
            "enabled=on&min_nodes=9&max_nodes=2&reserved_cpu=70&interval_s=60&cooldown_s=300",
            "value=\"9\"",
            "policy-error",
        ),
    ] {
        let answer = browser.post_form(function, &form(&path, fields)).await;
        let to = answer
            .header("location")
            .split('#')
            .next()
            .unwrap()
            .to_owned();
        assert!(to.contains("__err="), "{function}: {to}");
        let text = browser.get(&to).await.text();
        assert!(text.contains(typed), "{function}: {text}");
        let said = text.split(&format!("id=\"{why}\"")).nth(1).unwrap();
        assert!(
            said[..said.find("</p>").unwrap()].contains("<span>"),
            "{function}"
        );
    }
    assert!(!house.control_plane.calls().contains(&"change".to_owned()));
}

#[tokio::test]
async fn a_cluster_is_deleted_by_its_name_and_never_while_it_is_protected() {
    let (house, mut browser, path) = owner().await;
    let asked = browser
        .get(&format!("{path}/settings?confirm=delete"))
        .await;
    assert!(asked.text().contains("confirm-name"));
    let wrong = browser
        .post_form("/api/delete_cluster", &form(&path, "name=shoe"))
        .await;
    assert!(wrong.header("location").contains("__err="));

    let on = form(&path, "on=true");
    browser.post_form("/api/protect_cluster", &on).await;
    let asked = browser
        .get(&format!("{path}/settings?confirm=delete"))
        .await;
    assert!(!asked.text().contains("confirm-name"));

    let off = form(&path, "on=false");
    browser.post_form("/api/protect_cluster", &off).await;
    assert!(!house.control_plane.calls().contains(&"delete".to_owned()));
    let right = browser
        .post_form("/api/delete_cluster", &form(&path, "name=shop"))
        .await;
    assert_eq!(right.header("location"), "/clusters");
    assert!(house.control_plane.calls().contains(&"delete".to_owned()));
}

#[tokio::test]
async fn what_was_done_waits_for_the_page_that_comes_for_it() {
    let (_house, mut browser, path) = owner().await;
    let settings = format!("{path}/settings");
    let refresh = || {
        let request = http::Request::get(&settings).header("x-carina-refresh", "1");
        request.body(axum::body::Body::empty()).unwrap()
    };
    let done = "The cluster is protected.</span>";
    let answer = browser
        .post_form("/api/protect_cluster", &form(&path, "on=true"))
        .await;
    let told = answer.headers.get_all("set-cookie").iter();
    let told = told.filter_map(|it| it.to_str().ok()?.split(';').next());
    let told = told
        .filter(|it| it.starts_with("done="))
        .collect::<String>();
    browser.cookie = browser.cookie.take().map(|it| format!("{it}; {told}"));
    // Another tab that keeps itself current.
    let takes = |answer: &super::Answer| {
        let mut cookies = answer.headers.get_all("set-cookie").iter();
        cookies.any(|it| it.as_bytes().starts_with(b"done=;"))
    };
    let answer = browser.ask(refresh()).await;
    assert!(!answer.text().contains(done) && !takes(&answer));
    let page = browser.get(&settings).await;
    assert!(
        page.text().contains(done) && takes(&page),
        "{}",
        page.text()
    );
}

#[tokio::test]
async fn a_look_is_remembered_when_it_is_chosen_and_not_by_a_page_that_stays_open() {
    let (_house, mut browser, _) = owner().await;
    let remembers = |answer: &super::Answer| {
        let cookies = answer.headers.get_all("set-cookie").iter();
        cookies
            .filter_map(|it| it.to_str().ok())
            .any(|it| it.starts_with("look="))
    };
    let answer = browser.get("/clusters?look=table").await;
    assert!(remembers(&answer));
    let refresh = http::Request::get("/clusters?look=cards").header("x-carina-refresh", "1");
    let answer = browser.ask(refresh.body(axum::body::Body::empty()).unwrap());
    assert!(!remembers(&answer.await));
}

#[tokio::test]
async fn a_refused_form_says_what_the_log_knows_it_by() {
    let (_house, mut browser, path) = owner().await;
    let refused = browser
        .post_form("/api/remove_nodes", &form(&path, "count=x"))
        .await;
    let id = refused.header("x-request-id").to_owned();
    let next = refused.header("location").to_owned();
    let page = browser.get(next.split('#').next().unwrap()).await.text();
    let alert = page
        .split("role=\"alert\" id=\"form-error\"")
        .nth(1)
        .unwrap();
    assert!(alert.contains("Request id"), "{alert}");
    assert!(alert.contains(&id), "{alert}");
}
