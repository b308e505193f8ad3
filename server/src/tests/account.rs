//! The account, the audit log, other accounts, and the way to everything.

use std::time::Duration;

use http::StatusCode;

use super::{
    Browser, House, cluster,
    fake::account::{OTHER, SECRET},
};

const HOUR: Duration = Duration::from_secs(3600);

/// Sends a form, and gives the address of the page that comes next.
async fn sent(browser: &mut Browser, path: &str, form: &str) -> String {
    let answer = browser.post_form(path, form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    for (name, value) in &answer.headers {
        assert!(!value.to_str().unwrap().contains(SECRET), "{name}");
    }
    answer.header("location").to_owned()
}

/// The page at an address, without its fragment, as a browser asks for it.
async fn page(browser: &mut Browser, address: &str) -> String {
    let address = address.split('#').next().unwrap();
    let answer = browser.get(address).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.text()
}

#[tokio::test]
async fn the_secret_of_a_key_is_shown_once() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    let form = "name=ci&read=on&write=on&expires=30";
    let next = sent(&mut browser, "/api/make_key", form).await;
    assert!(next.starts_with("/account?shown="), "{next}");
    assert!(next.ends_with("#keys"), "{next}");
    let first = page(&mut browser, &next).await;
    assert!(first.contains(SECRET));
    assert!(first.contains("Read, Write"));
    // 30 days after the clock's beginning.
    assert!(first.contains("23 Dec 2026"));
    assert!(!page(&mut browser, &next).await.contains(SECRET));
    assert!(!page(&mut browser, "/account").await.contains(SECRET));
}

#[tokio::test]
async fn a_key_that_is_refused_comes_back_as_it_was_filled_in() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    sent(&mut browser, "/api/make_key", "name=ci&read=on&expires=").await;
    let next = sent(
        &mut browser,
        "/api/make_key",
        "name=ci&credentials=on&expires=7",
    )
    .await;
    assert!(
        next.starts_with("/account?name=ci&credentials=on&expires=7&__path="),
        "{next}"
    );
    let text = page(&mut browser, &next).await;
    assert!(text.contains("You already have a key of that name."));
    assert!(
        text.contains(r#"name="credentials" value="on" checked"#),
        "{text}"
    );
    assert!(!text.contains(r#"name="read" value="on" checked"#));
}

#[tokio::test]
async fn a_key_is_revoked_after_its_name_was_said() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    sent(
        &mut browser,
        "/api/make_key",
        "name=nightly&read=on&expires=",
    )
    .await;
    let text = page(&mut browser, "/account").await;
    let link = text.split("href=\"/account?revoke=").nth(1).unwrap();
    let id = link.split(['#', '"']).next().unwrap().to_owned();
    assert!(!text.contains("Revoke the API key"));
    let asked = page(&mut browser, &format!("/account?revoke={id}")).await;
    assert!(asked.contains("Revoke the API key “nightly”?"), "{asked}");

    house.control_plane.calls();
    let next = sent(&mut browser, "/api/revoke_key", &format!("id={id}")).await;
    assert_eq!(next, "/account#keys");
    assert_eq!(house.control_plane.calls(), ["revoke_key"]);
    let text = page(&mut browser, &format!("/account?revoke={id}")).await;
    assert!(!text.contains("Revoke the API key") && text.contains("Revoked"));
}

#[tokio::test]
async fn sessions_end_one_by_one_and_all_but_this_one() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    let text = page(&mut browser, "/account").await;
    // This one comes first and is left with the way out.
    let (this, other) = (text.find("This one"), text.find(&OTHER.to_string()));
    assert!(this.is_some() && this < other, "{text}");

    house.control_plane.calls();
    let next = sent(&mut browser, "/api/end_session", &format!("id={OTHER}")).await;
    assert_eq!(next, "/account#sessions");
    sent(&mut browser, "/api/end_other_sessions", "").await;
    assert_eq!(
        house.control_plane.calls(),
        ["end_session", "end_sessions, this one stays: true"]
    );
}

#[tokio::test]
async fn theme_and_language_are_plain_forms_that_come_back() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    let back = "next=%2Faccount%23preferences";
    for (path, form, cookie) in [
        ("/api/set_theme", "theme=dark", "theme=dark"),
        ("/api/set_lang", "lang=ru", "lang=ru"),
    ] {
        let answer = browser.post_form(path, &format!("{form}&{back}")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.header("location"), "/account#preferences");
        assert!(answer.header("set-cookie").starts_with(cookie));
    }
    let elsewhere = "theme=dark&next=https%3A%2F%2Fevil.example";
    let answer = browser.post_form("/api/set_theme", elsewhere).await;
    assert!(!answer.header("location").contains("evil"));
}

#[tokio::test]
async fn staying_answers_with_the_new_end() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    let start = 1_795_428_000_000_i64;
    let end = |hours: i64| (start + hours * 3_600_000).to_string();
    let text = page(&mut browser, "/account").await;
    assert!(text.contains(r#"data-account="owner""#));
    assert!(
        text.contains(&format!(r#"data-session-ends="{}""#, end(8))),
        "{text}"
    );
    assert!(text.contains(&format!(r#"data-session-ends-last="{}""#, end(24))));

    house.advance(7 * HOUR);
    assert_eq!(browser.call("/api/stay", "").await.text(), end(15));
    // A page that only keeps itself current is no use.
    house.advance(7 * HOUR);
    let refresh = http::Request::get("/account").header("x-carina-refresh", "1");
    let answer = browser.ask(refresh.body(axum::body::Body::empty()).unwrap());
    assert!(answer.await.text().contains(&end(15)));
    assert_eq!(browser.call("/api/stay", "").await.text(), end(22));
    // Not beyond a day.
    house.advance(7 * HOUR);
    assert_eq!(browser.call("/api/stay", "").await.text(), end(24));
    house.advance(3 * HOUR);
    let answer = browser.call("/api/stay", "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_way_in_over_a_page_says_why_it_was_refused_and_whose_page_came() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    let text = page(&mut browser, "/account").await;
    let dialog = text.split("id=\"sign-in-again\"").nth(1).unwrap();
    let dialog = dialog.split("</dialog>").next().unwrap();
    assert!(dialog.contains(r#"value="owner""#), "{dialog}");

    // What a script reads from the page that comes: the words of the form, or the account.
    let wrong = "username=owner&kind=password&secret=wrong&next=%2Fclusters";
    for words in [
        "do not match",
        "do not match",
        "do not match",
        "do not match",
        "do not match",
        "Try again in 12 s",
    ] {
        let next = sent(&mut browser, "/api/sign_in", wrong).await;
        let mut nobody = house.browser();
        let text = page(&mut nobody, &next).await;
        let alert = text.split("role=\"alert\"").nth(1).unwrap();
        assert!(
            alert.split("</p>").next().unwrap().contains(words),
            "{text}"
        );
        assert!(!text.contains("data-account"));
    }
    let next = browser.sign_in("other", "right").await;
    let text = page(&mut browser, next.header("location")).await;
    assert!(text.contains(r#"data-account="other""#));
}

#[tokio::test]
async fn for_members_there_are_no_other_accounts() {
    let house = House::new().await;
    let mut member = house.signed_in("owner").await;
    assert!(
        !page(&mut member, "/clusters")
            .await
            .contains("href=\"/admin\"")
    );
    house.control_plane.calls();
    for path in [
        "/admin",
        "/admin/accounts/00000000-0000-0000-0000-0000000000c8",
    ] {
        let answer = member.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text().contains("There is nothing at this address."));
    }
    assert!(house.control_plane.calls().is_empty());

    let mut admin = house.signed_in("admin").await;
    for path in [
        "/admin/accounts/x",
        "/admin/accounts/00000000-0000-0000-0000-0000000000ff",
    ] {
        let answer = admin.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn admins_add_change_and_close_accounts() {
    let house = House::new().await;
    let mut admin = house.signed_in("admin").await;
    let form = "username=carol&role=member&password=&max_clusters=4&max_nodes=";
    let next = sent(&mut admin, "/api/add_account", form).await;
    assert!(next.starts_with("/admin?shown="), "{next}");
    let text = page(&mut admin, &next).await;
    assert!(text.contains(SECRET) && text.contains("carol"));
    assert!(!page(&mut admin, &next).await.contains(SECRET));
    // How the engine is stands there too, as far as it is known.
    assert!(text.contains("Does not answer") && !text.contains("Containers of Carina"));

    house.control_plane.add("carol", cluster("carols", 5));
    let id = "00000000-0000-0000-0000-0000000000c8";
    let address = format!("/admin/accounts/{id}");
    let text = page(&mut admin, &address).await;
    assert!(text.contains("carols") && text.contains("/activity?actor=carol"));
    // A read-only list: no way to another account's cluster.
    assert!(!text.contains("href=\"/clusters/"), "{text}");

    house.control_plane.calls();
    let form = format!("id={id}&role=admin&max_clusters=&max_nodes=3");
    assert_eq!(
        sent(&mut admin, "/api/change_account", &form).await,
        address
    );
    assert_eq!(
        house.control_plane.calls(),
        [r#"change_account {"role":"admin","max_clusters":null,"max_nodes_per_cluster":3}"#]
    );
    let form = format!("id={id}&role=admin&max_clusters=many&max_nodes=");
    let next = sent(&mut admin, "/api/change_account", &form).await;
    assert!(house.control_plane.calls().is_empty());
    assert!(
        page(&mut admin, &next)
            .await
            .contains("Type a whole number, or nothing.")
    );

    house.control_plane.calls();
    let wrong = sent(
        &mut admin,
        "/api/close_account",
        &format!("id={id}&name=carl"),
    )
    .await;
    assert_eq!(house.control_plane.calls(), ["account_of"]);
    let text = page(&mut admin, &wrong).await;
    assert!(
        text.contains("That is not the name of this account."),
        "{text}"
    );
    house.control_plane.calls();
    let next = sent(
        &mut admin,
        "/api/close_account",
        &format!("id={id}&name=carol"),
    )
    .await;
    assert_eq!(next, "/admin");
    assert_eq!(house.control_plane.calls(), ["account_of", "close_account"]);
}

#[tokio::test]
async fn an_engine_that_never_answers_does_not_hold_the_accounts_up() {
    let house = House::new().await;
    let mut admin = house.signed_in("admin").await;
    house.control_plane.set_silent(&["engine_health"]);
    let text = page(&mut admin, "/admin").await;
    assert!(text.contains("It has not answered yet."), "{text}");
    assert!(text.contains("Table of accounts"), "{text}");
}

#[tokio::test]
async fn an_account_that_is_refused_comes_back_without_its_password() {
    let house = House::new().await;
    let mut admin = house.signed_in("admin").await;
    let form = "username=carol&role=admin&password=hunter22&max_clusters=x&max_nodes=2";
    let next = sent(&mut admin, "/api/add_account", form).await;
    assert!(!next.contains("hunter22"), "{next}");
    let text = page(&mut admin, &next).await;
    assert!(text.contains(r#"value="carol""#) && text.contains("Type a whole number"));
}

#[tokio::test]
async fn the_audit_log_is_filtered_by_the_control_plane() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    let text = page(&mut browser, "/activity").await;
    for words in [
        "Try to sign in",
        "Wrong password",
        "Refused",
        "192.0.2.7",
        "API key ci",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(text.contains("/activity?marker=16"));
    house.control_plane.calls();

    let address = "/activity?action=key.create&actor=carol&since=2026-11-23T10:00&marker=16";
    let text = page(&mut browser, address).await;
    let calls = house.control_plane.calls();
    let asked: serde_json::Value =
        serde_json::from_str(calls[0].strip_prefix("audit ").unwrap()).unwrap();
    assert_eq!(asked["action"], "key.create");
    assert_eq!(asked["actor"], "carol");
    assert_eq!(asked["since"], "2026-11-23T10:00:00Z");
    assert_eq!(
        (&asked["marker"], &asked["limit"]),
        (&16.into(), &50.into())
    );
    assert!(text.contains(r#"value="carol""#) && text.contains("Newest"));
    let export =
        "/activity/export.csv?action=key.create&amp;actor=carol&amp;since=2026-11-23T10%3A00\"";
    assert!(text.contains(export), "{text}");

    let text = page(&mut browser, "/activity?actor=nobody").await;
    assert!(text.contains("Nothing was done that fits the filter."));
    house.control_plane.calls();
    let text = page(&mut browser, "/activity?since=yesterday").await;
    assert!(text.contains("A filter could not be read."));
    assert!(house.control_plane.calls().is_empty());
}

#[tokio::test]
async fn the_audit_log_is_exported_with_its_filter() {
    let house = House::new().await;
    let mut browser = house.signed_in("owner").await;
    for (path, kind) in [
        ("/activity/export.csv", "text/csv; charset=utf-8"),
        ("/activity/export.jsonl", "application/jsonl"),
    ] {
        house.control_plane.calls();
        let answer = browser.get(&format!("{path}?actor=carol&marker=3")).await;
        assert_eq!(answer.text(), "id,at\n17,x\n");
        assert_eq!(answer.header("content-type"), kind);
        let calls = house.control_plane.calls();
        assert!(calls[0].starts_with("export ") && calls[0].contains(r#""actor":"carol""#));

        let answer = browser.get(&format!("{path}?actor=broken")).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(
            answer
                .text()
                .starts_with("The control plane cannot be reached.")
        );
        let answer = browser.get(&format!("{path}?until=x")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.header("content-disposition"), "");
    }
}

#[tokio::test]
async fn every_page_and_cluster_is_found_by_its_name() {
    let house = House::new().await;
    let web = cluster("web", 5);
    house.control_plane.add("owner", web.clone());
    let mut browser = house.signed_in("owner").await;
    let text = page(&mut browser, "/go?q=WE").await;
    let list = text.split("id=\"found\"").nth(1).unwrap();
    let list = list.split("</ul>").next().unwrap();
    assert_eq!(list.matches("<li>").count(), 1, "{list}");
    assert!(list.contains(&format!("href=\"/clusters/{}\"", web.id)));
    // The palette reads the same from here, and is empty elsewhere.
    let option = format!("data-to=\"/clusters/{}\"", web.id);
    assert!(text.contains(&option), "{text}");
    assert!(
        !page(&mut browser, "/clusters")
            .await
            .contains("role=\"option\"")
    );
    let text = page(&mut browser, "/go?q=%3Cb%3E").await;
    assert!(text.contains("&lt;b&gt;") && !text.contains("<b></b>”"));
}
