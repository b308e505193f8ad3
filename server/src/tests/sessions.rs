//! Sessions: how they begin, how they end, and what is kept of them.

use std::{net::SocketAddr, time::Duration};

use axum::{body::Body, extract::ConnectInfo};
use http::{Request, StatusCode};

use super::House;

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn signing_in_sets_a_cookie_that_only_the_browser_reads() {
    let house = House::new().await;
    let mut browser = house.browser();
    let answer = browser.sign_in("owner", "right").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-carina="), "{cookie}");
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert_eq!(browser.get("/clusters").await.status, StatusCode::OK);
}

#[tokio::test]
async fn over_plain_http_from_elsewhere_the_cookie_is_one_that_browsers_take() {
    let house = House::at("http://192.0.2.1:3000").await;
    let mut browser = house.browser();
    let answer = browser.sign_in("owner", "right").await;
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("carina=") && !cookie.contains("Secure"),
        "{cookie}"
    );
}

#[tokio::test]
async fn an_id_from_before_the_sign_in_is_worth_nothing_after_it() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    let before = browser.cookie.clone();
    // Signing in once more, from the same browser, also ends the token from before.
    browser.sign_in("owner", "right").await;
    assert_ne!(browser.cookie, before);
    assert_eq!(house.control_plane.calls(), ["sign_in", "sign_out"]);

    let mut thief = house.browser();
    thief.cookie = before;
    assert_eq!(
        thief.call("/api/stay", "").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(browser.call("/api/stay", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_planted_id_is_not_taken_over() {
    let house = House::new().await;
    let planted = "__Host-carina=AAAAAAAAAAAAAAAAAAAAAA".to_owned();
    let mut browser = house.browser();
    browser.cookie = Some(planted.clone());
    browser.sign_in("owner", "right").await;
    assert_ne!(browser.cookie.as_ref(), Some(&planted));
    let mut thief = house.browser();
    thief.cookie = Some(planted);
    assert_eq!(
        thief.call("/api/stay", "").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn forged_cookies_are_nobodys() {
    let house = House::new().await;
    for forged in [
        "AAAAAAAAAAAAAAAAAAAAAA",
        "x",
        "",
        "../../etc/passwd",
        "'; drop table",
    ] {
        let mut browser = house.browser();
        browser.cookie = Some(format!("__Host-carina={forged}"));
        let answer = browser.call("/api/stay", "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{forged}");
    }
    assert!(house.control_plane.calls().is_empty());
}

#[tokio::test]
async fn eight_hours_without_use_end_a_session() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    house.advance(8 * HOUR - Duration::from_secs(1));
    assert_eq!(browser.call("/api/stay", "").await.status, StatusCode::OK);
    house.advance(8 * HOUR - Duration::from_secs(1));
    assert_eq!(browser.call("/api/stay", "").await.status, StatusCode::OK);
    house.advance(8 * HOUR);
    assert_eq!(
        browser.call("/api/stay", "").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(browser.cookie, None);
}

#[tokio::test]
async fn a_day_ends_a_session_whatever_happens() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    for _ in 0..23 {
        house.advance(HOUR);
        assert_eq!(browser.call("/api/stay", "").await.status, StatusCode::OK);
    }
    house.advance(HOUR);
    assert_eq!(
        browser.call("/api/stay", "").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn use_is_written_down_once_a_minute() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    house.advance(Duration::from_secs(59));
    assert_eq!(browser.call("/api/stay", "").await.header("set-cookie"), "");
    house.advance(Duration::from_secs(1));
    assert_ne!(browser.call("/api/stay", "").await.header("set-cookie"), "");
    assert_eq!(browser.call("/api/stay", "").await.header("set-cookie"), "");
}

#[tokio::test]
async fn signing_out_ends_the_session_and_the_token() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    let cookie = browser.cookie.clone();
    let answer = browser.post_form("/api/sign_out", "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.cookie, None);
    assert_eq!(house.control_plane.calls(), ["sign_out"]);

    browser.cookie = cookie;
    assert_eq!(
        browser.call("/api/stay", "").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert!(house.control_plane.calls().is_empty());
}

#[tokio::test]
async fn signing_out_works_while_the_control_plane_is_away() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    house.control_plane.set_away(true);
    assert_eq!(
        browser.post_form("/api/sign_out", "").await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(browser.cookie, None);
}

#[tokio::test]
async fn a_token_that_ended_elsewhere_ends_the_session_within_half_a_minute() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    house.control_plane.revoke_all();
    house.advance(Duration::from_secs(30));
    assert_eq!(
        browser.call("/api/stay", "").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(browser.cookie, None);
}

#[tokio::test]
async fn the_token_is_nowhere_on_disk_in_the_clear() {
    let house = House::new().await;
    let browser = house.signed_in("owner").await;
    let id = browser
        .cookie
        .unwrap()
        .split_once('=')
        .unwrap()
        .1
        .to_owned();
    let mut files = 0;
    for file in std::fs::read_dir(house.folder.path().join("data")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("token-owner") && !text.contains(&id));
        files += 1;
    }
    assert!(files >= 2);
}

#[tokio::test]
async fn wrong_passwords_run_out() {
    let house = House::new().await;
    let mut browser = house.browser();
    let wrong = "username=owner&kind=password&secret=wrong&next=";
    for _ in 0..5 {
        let answer = browser.call("/api/sign_in", wrong).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text());
    }
    let answer = browser.call("/api/sign_in", wrong).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.header("retry-after"), "12");
    assert_eq!(house.control_plane.calls(), ["sign_in"; 5]);
    // Not even the right one is looked at before the time is over.
    let right = browser.sign_in("owner", "right").await;
    assert!(
        right.header("location").contains("__err="),
        "{}",
        right.header("location")
    );
    house.advance(Duration::from_secs(12));
    assert_eq!(
        browser.sign_in("owner", "right").await.header("location"),
        "/clusters"
    );
}

#[tokio::test]
async fn the_control_plane_hears_where_a_browser_really_is() {
    let house = House::new().await;
    let mut browser = house.browser();
    let peer: SocketAddr = "198.51.100.9:40000".parse().unwrap();
    let request = Request::post("/api/sign_in")
        .header("user-agent", "Browser/1.0")
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded")
        .extension(ConnectInfo(peer))
        .body(Body::from(
            "username=owner&kind=password&secret=right&next=%2Fclusters",
        ));
    let answer = browser.send(request.unwrap()).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let origin = house.control_plane.origin();
    assert_eq!(origin.address, Some(peer.ip()));
    assert_eq!(origin.user_agent.as_deref(), Some("Browser/1.0"));
}

#[tokio::test]
async fn a_key_that_may_not_read_gets_no_session() {
    let house = House::new().await;
    let mut browser = house.browser();
    let answer = browser.sign_in("machine", "right").await;
    assert!(
        answer.header("location").contains("__err="),
        "{}",
        answer.header("location")
    );
    assert_eq!(house.control_plane.calls(), ["sign_in", "sign_out"]);
    assert!(browser.cookie.is_none());
}
