//! Every address: who may, what it answers, and what every answer carries.

use std::collections::BTreeSet;

use axum::body::Body;
use http::{
    Method, Request, StatusCode,
    header::{ACCEPT, CONTENT_TYPE},
};
use leptos::server_fn::axum::server_fn_paths;

use super::{Answer, House, cluster, fake::ZIP};

/// What somebody without rights gets from a server function.
#[derive(Clone, Copy)]
enum Guard {
    /// It is for those who are signed in, and shows only what is theirs.
    Own,
    /// It is about one cluster, and there is none for others.
    Cluster,
    /// It is about other accounts, and there are none for those who do not look after them.
    Accounts,
    /// It is about a key or a session of an account's own, and this one is another's.
    Foreign,
    /// It is for everybody.
    Open,
}

/// Every server function with a body it would take, and who it is for. A new one has to be added
/// here before the tests pass.
const FUNCTIONS: [(&str, &str, Guard); 42] = [
    (
        "/api/create_cluster",
        "name=own&cluster_type=1&flavor=container1-1G&nodes=1&key=k1",
        Guard::Own,
    ),
    ("/api/retry_cluster", "id={id}", Guard::Cluster),
    ("/api/resize_cluster", "id={id}&nodes=2", Guard::Cluster),
    (
        "/api/remove_nodes",
        "id={id}&count=2&chosen[0]=0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1",
        Guard::Cluster,
    ),
    (
        "/api/replace_node",
        "id={id}&node=0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1",
        Guard::Cluster,
    ),
    (
        "/api/drain_node",
        "id={id}&node=0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1&on=true",
        Guard::Cluster,
    ),
    (
        "/api/delete_clusters",
        "ids[0]={id}&count=1",
        Guard::Cluster,
    ),
    ("/api/rebuild_cluster", "id={id}", Guard::Cluster),
    ("/api/rotate_cluster", "id={id}", Guard::Cluster),
    ("/api/make_ci_key", "id={id}", Guard::Cluster),
    ("/api/rename_cluster", "id={id}&name=other", Guard::Cluster),
    ("/api/label_cluster", "id={id}&labels=a%3Db", Guard::Cluster),
    ("/api/protect_cluster", "id={id}&on=true", Guard::Cluster),
    ("/api/scale_cluster", "id={id}", Guard::Cluster),
    (
        "/api/delete_cluster",
        "id={id}&name=hideaway",
        Guard::Cluster,
    ),
    (
        "/api/create_from_template",
        "name=own&template=0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1&managers=1&workers=1&key=k2",
        Guard::Own,
    ),
    (
        "/api/upgrade_cluster",
        "id={id}&template=0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1&at_once=1",
        Guard::Cluster,
    ),
    (
        "/api/resize_group",
        "id={id}&group=0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1&count=1",
        Guard::Cluster,
    ),
    (
        "/api/bound_group",
        "id={id}&group=0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1&min=1",
        Guard::Cluster,
    ),
    ("/api/add_group", "id={id}&name=gpu&count=1", Guard::Cluster),
    (
        "/api/delete_group",
        "id={id}&group=0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1",
        Guard::Cluster,
    ),
    ("/api/choose_project", "id=other", Guard::Foreign),
    ("/api/stay", "", Guard::Own),
    ("/api/open_ticket", "subject=a&text=b", Guard::Own),
    ("/api/write_note", "id={id}&text=b", Guard::Foreign),
    ("/api/set_ticket", "id={id}&state=open", Guard::Foreign),
    (
        "/api/subscribe",
        "kind=webhook&place=https%3A%2F%2Fexample.com",
        Guard::Own,
    ),
    ("/api/set_subscription", "id={id}&on=true", Guard::Foreign),
    ("/api/unsubscribe", "id={id}", Guard::Foreign),
    ("/api/test_subscription", "id={id}", Guard::Foreign),
    ("/api/make_key", "name=ci&read=on&expires=30", Guard::Own),
    ("/api/revoke_key", "id={id}", Guard::Foreign),
    ("/api/end_session", "id={id}", Guard::Foreign),
    ("/api/end_other_sessions", "", Guard::Own),
    ("/api/add_account", "username=x", Guard::Accounts),
    (
        "/api/change_account",
        "id={id}&role=admin&max_clusters=&max_nodes=",
        Guard::Accounts,
    ),
    (
        "/api/set_password",
        "id={id}&password=correct-horse",
        Guard::Accounts,
    ),
    ("/api/close_account", "id={id}&name=x", Guard::Accounts),
    (
        "/api/sign_in",
        "username=x&kind=password&secret=wrong&next=",
        Guard::Open,
    ),
    ("/api/sign_out", "", Guard::Open),
    ("/api/set_theme", "theme=dark", Guard::Open),
    ("/api/set_lang", "lang=ru&next=%2Fclusters", Guard::Open),
];

/// Every address that answers with a file. A new one has to be added here.
const DOWNLOADS: [&str; 4] = [
    "/clusters/{id}/credentials.zip",
    "/clusters/{id}/support.zip",
    "/activity/export.csv",
    "/activity/export.jsonl",
];

const PAGES: [&str; 11] = [
    "/",
    "/account",
    "/activity",
    "/go",
    "/projects",
    "/templates",
    "/templates/0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1",
    "/sign-in",
    "/clusters",
    "/clusters/new",
    "/no/such/page",
];

async fn house() -> (House, String) {
    let house = House::new().await;
    house.control_plane.add("owner", cluster("hideaway", 5));
    let id = cluster("hideaway", 5).id.to_string();
    (house, id)
}

#[tokio::test]
async fn every_server_function_is_in_the_table() {
    let (_house, _) = house().await;
    let registered: BTreeSet<_> = server_fn_paths().map(|(path, _)| path).collect();
    let listed: BTreeSet<_> = FUNCTIONS.iter().map(|(path, ..)| *path).collect();
    assert_eq!(registered, listed);
    // What changes something is never a GET, which other sites may send.
    assert!(server_fn_paths().all(|(_, method)| method == Method::POST));
}

#[tokio::test]
async fn server_functions_turn_away_those_who_are_not_signed_in() {
    let (house, id) = house().await;
    for (path, body, guard) in FUNCTIONS {
        let answer = house.browser().call(path, &body.replace("{id}", &id)).await;
        if !matches!(guard, Guard::Open) {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
            assert_eq!(answer.text(), r#"{"kind":"signed-out"}"#, "{path}");
        }
        carries_security_headers(&answer, path);
    }
    assert_eq!(house.control_plane.calls(), ["sign_in"]);
}

#[tokio::test]
async fn server_functions_show_strangers_nothing_of_others() {
    let (house, id) = house().await;
    let mut owner = house.signed_in("owner").await;
    assert!(owner.get("/clusters").await.text().contains("hideaway"));
    for (path, body, guard) in FUNCTIONS {
        let mut stranger = house.signed_in("stranger").await;
        let answer = stranger.call(path, &body.replace("{id}", &id)).await;
        match guard {
            Guard::Cluster | Guard::Accounts | Guard::Foreign => {
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            }
            Guard::Own => assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text()),
            Guard::Open => {}
        }
        assert!(
            !answer.text().contains("hideaway"),
            "{path}: {}",
            answer.text()
        );
    }
    let text = owner.get("/clusters").await.text();
    assert!(text.contains(r#"data-status="active""#), "{text}");
}

#[tokio::test]
async fn pages_send_those_who_are_not_signed_in_to_the_way_in() {
    let (house, id) = house().await;
    for path in [
        "/clusters",
        "/clusters/new",
        &format!("/clusters/{id}"),
        &format!("/clusters/{id}/nodes"),
        &format!("/clusters/{id}/containers"),
        &format!("/clusters/{id}/logs"),
        "/clusters/delete",
        "/account",
        "/activity",
        "/go",
        "/projects",
        "/templates",
        "/templates/0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1",
        "/admin",
        &format!("/admin/accounts/{id}"),
    ] {
        let answer = house.browser().get(path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.header("location").starts_with("/sign-in"), "{path}");
    }
    assert_eq!(house.browser().get("/sign-in").await.status, StatusCode::OK);
    assert!(house.control_plane.calls().is_empty());
}

#[tokio::test]
async fn pages_show_strangers_nothing_of_others() {
    let (house, id) = house().await;
    let mut owner = house.signed_in("owner").await;
    assert_eq!(
        owner.get(&format!("/clusters/{id}")).await.status,
        StatusCode::OK
    );
    let mut stranger = house.signed_in("stranger").await;
    for path in ["", "/nodes", "/containers", "/logs"] {
        let path = format!("/clusters/{id}{path}");
        let answer = stranger.get(&path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.text().contains("hideaway"), "{path}");
    }
    assert!(!stranger.get("/clusters").await.text().contains("hideaway"));
}

#[tokio::test]
async fn downloads_are_never_pages() {
    let (house, id) = house().await;
    let path = format!("/clusters/{id}/credentials.zip");
    let mut owner = house.signed_in("owner").await;
    let answer = owner.get(&path).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body, ZIP);
    assert_eq!(answer.header("content-type"), "application/zip");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"hideaway.zip\""
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-encoding"), "");

    house.control_plane.calls();
    let mut stranger = house.signed_in("stranger").await;
    let unknown = "/clusters/0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1/credentials.zip";
    for (answer, status) in [
        (house.browser().get(&path).await, StatusCode::UNAUTHORIZED),
        (stranger.get(&path).await, StatusCode::NOT_FOUND),
        (stranger.get(unknown).await, StatusCode::NOT_FOUND),
        (
            stranger.get("/clusters/x/credentials.zip").await,
            StatusCode::NOT_FOUND,
        ),
        (
            house.browser().get("/clusters/x/credentials.zip").await,
            StatusCode::UNAUTHORIZED,
        ),
    ] {
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        assert!(!answer.text().contains('<'), "{}", answer.text());
    }
    // Asked for by another site, or without wanting the body, nothing is made.
    for request in [
        Request::get(&path).header("sec-fetch-site", "cross-site"),
        Request::head(&path),
    ] {
        assert!(
            owner
                .ask(request.body(Body::empty()).unwrap())
                .await
                .status
                .is_client_error()
        );
    }
    assert!(
        !house
            .control_plane
            .calls()
            .contains(&"credentials_zip".to_owned())
    );
}

/// A browser saves what comes, or a program reads it: neither can do anything with a page.
#[tokio::test]
async fn downloads_answer_with_a_file_or_with_a_problem_in_words() {
    let (house, id) = house().await;
    let mut owner = house.signed_in("owner").await;
    let paths = DOWNLOADS.map(|path| path.replace("{id}", &id));
    for path in &paths {
        let answer = owner.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(
            answer
                .header("content-disposition")
                .starts_with("attachment; filename="),
            "{path}"
        );
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(!answer.header("content-type").contains("html"), "{path}");
    }
    // Nobody, somebody whose session has ended, and everybody while nothing answers.
    house.advance(std::time::Duration::from_secs(9 * 3600));
    let mut late = house.signed_in("owner").await;
    house.control_plane.set_away(true);
    for path in &paths {
        for (answer, status) in [
            (house.browser().get(path).await, StatusCode::UNAUTHORIZED),
            (owner.get(path).await, StatusCode::UNAUTHORIZED),
            (late.get(path).await, StatusCode::SERVICE_UNAVAILABLE),
        ] {
            assert_eq!(answer.status, status, "{path}");
            assert_eq!(
                answer.header("content-type"),
                "text/plain; charset=utf-8",
                "{path}"
            );
            assert_eq!(answer.header("location"), "", "{path}");
            assert!(!answer.text().contains('<'), "{path}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn credentials_that_are_not_there_yet_are_told_in_words() {
    let (house, _) = house().await;
    let mut row = cluster("young", 6);
    row.endpoint = None;
    let path = format!("/clusters/{}/credentials.zip", row.id);
    house.control_plane.add("owner", row);
    let answer = house.signed_in("owner").await.get(&path).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(
        answer
            .text()
            .starts_with("Cluster credentials do not exist yet.")
    );
}

fn carries_security_headers(answer: &Answer, path: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value, "{path}: {name}");
    }
    assert!(
        answer.header("permissions-policy").contains("camera=()"),
        "{path}"
    );
    assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
    assert_eq!(answer.header("strict-transport-security"), "", "{path}");
    assert_ne!(answer.header("cache-control"), "", "{path}");

    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
    assert!(
        policy.contains("frame-ancestors 'none'"),
        "{path}: {policy}"
    );
    assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
    assert!(!policy.contains("'unsafe-eval'"), "{path}: {policy}");
    let is_page = answer.header("content-type").starts_with("text/html");
    assert_eq!(policy.contains("'nonce-"), is_page, "{path}: {policy}");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let (house, id) = house().await;
    let mut owner = house.signed_in("owner").await;
    let mut paths: Vec<String> = PAGES.map(str::to_owned).into();
    paths.extend([
        format!("/clusters/{id}"),
        format!("/clusters/{id}/access"),
        format!("/clusters/{id}/credentials.zip"),
        format!("/clusters/{id}/nodes"),
        format!("/clusters/{id}/containers"),
        format!("/clusters/{id}/logs"),
        format!("/clusters/{id}/logs.txt"),
        format!("/clusters/{id}/logs/stream"),
        "/healthz".to_owned(),
        "/readyz".to_owned(),
        "/robots.txt".to_owned(),
        "/pkg/app.0123456789abcdef.js".to_owned(),
        "/pkg/none.js".to_owned(),
        "/api/none".to_owned(),
        "/api/sign_in".to_owned(),
    ]);
    for path in paths {
        for browser in [&mut owner, &mut house.browser()] {
            let answer = browser.get(&path).await;
            carries_security_headers(&answer, &path);
            let post = Request::post(&path)
                .header(ACCEPT, "text/html")
                .body(Body::empty());
            carries_security_headers(&browser.ask(post.unwrap()).await, &path);
        }
    }
    carries_security_headers(&house.browser().get("/live").await, "/live");
}

#[tokio::test]
async fn through_tls_browsers_are_told_to_stay_with_it() {
    let house = House::at("https://carina.example.com").await;
    for path in ["/sign-in", "/healthz", "/pkg/none.js"] {
        let answer = house.browser().get(path).await;
        assert_eq!(
            answer.header("strict-transport-security"),
            "max-age=31536000",
            "{path}"
        );
    }
}

#[tokio::test]
async fn inline_scripts_carry_the_nonce_of_the_header_and_it_is_used_once() {
    let (house, id) = house().await;
    let mut owner = house.signed_in("owner").await;
    let mut seen = BTreeSet::new();
    for path in [
        "/sign-in",
        "/clusters",
        &format!("/clusters/{id}"),
        "/no/such/page",
    ] {
        let answer = owner.get(path).await;
        let policy = answer.header("content-security-policy");
        let nonce = policy
            .split_once("'nonce-")
            .unwrap()
            .1
            .split_once('\'')
            .unwrap()
            .0
            .to_owned();
        let html = answer.text();
        for script in html.split("<script").skip(1) {
            let tag = script.split_once('>').unwrap().0;
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{path}: {tag}");
        }
        assert!(!html.contains(" style=\""), "{path}");
        assert!(seen.insert(nonce), "{path}");
    }
}

#[tokio::test]
async fn pages_are_not_kept_and_built_files_are() {
    let (house, _) = house().await;
    let mut browser = house.browser();
    for (path, kept) in [
        ("/sign-in", "no-store"),
        ("/healthz", "no-store"),
        (
            "/pkg/app.0123456789abcdef.js",
            "public, max-age=31536000, immutable",
        ),
        ("/pkg/plain.js", "no-cache"),
        ("/pkg/none.0123456789abcdef.js", "no-store"),
        ("/robots.txt", "public, max-age=300"),
        ("/none.txt", "no-store"),
    ] {
        assert_eq!(
            browser.get(path).await.header("cache-control"),
            kept,
            "{path}"
        );
    }
    let compressed = Request::get("/pkg/app.0123456789abcdef.js").header("accept-encoding", "br");
    let answer = browser.ask(compressed.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (answer.header("content-encoding"), &answer.body[..]),
        ("br", &b"compressed"[..])
    );
}

#[tokio::test]
async fn pages_are_compressed() {
    let (house, _) = house().await;
    for encoding in ["br", "gzip"] {
        let request = Request::get("/sign-in")
            .header(ACCEPT, "text/html")
            .header("accept-encoding", encoding);
        let answer = house
            .browser()
            .ask(request.body(Body::empty()).unwrap())
            .await;
        assert_eq!(answer.header("content-encoding"), encoding);
    }
}

#[tokio::test]
async fn what_is_nowhere_is_not_found() {
    let (house, _) = house().await;
    let page = house.browser().get("/no/such/page").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.header("content-type").starts_with("text/html"));

    let answer = house.browser().call("/api/none", "").await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (StatusCode::NOT_FOUND, r#"{"kind":"no-route"}"#)
    );
    let answer = house.browser().get("/api/stay").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let (house, id) = house().await;
    let mut owner = house.signed_in("owner").await;
    let delete = |headers: &[(&str, &str)]| {
        let mut request = Request::post("/api/delete_clusters")
            .header("host", "127.0.0.1:3000")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request
            .body(Body::from(format!("ids[0]={id}&count=1")))
            .unwrap()
    };
    for (headers, accept) in [
        (&[("sec-fetch-site", "cross-site")][..], "text/html"),
        (&[("sec-fetch-site", "same-site")], "application/json"),
        (&[("origin", "https://evil.example")], "text/html"),
        (&[("origin", "null")], "*/*"),
    ] {
        let mut request = delete(headers);
        request
            .headers_mut()
            .insert(ACCEPT, accept.parse().unwrap());
        let answer = owner.ask(request).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
        carries_security_headers(&answer, "refused");
        assert!(!answer.body.is_empty());
    }
    assert!(house.control_plane.calls().is_empty());

    let own = [
        ("sec-fetch-site", "same-origin"),
        ("origin", "http://127.0.0.1:3000"),
        ("accept", "application/json"),
    ];
    assert_eq!(owner.ask(delete(&own)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn large_bodies_are_refused() {
    let (house, _) = house().await;
    for (accept, kind) in [
        ("text/html", "text/html; charset=utf-8"),
        ("application/json", "application/json"),
    ] {
        // With its length announced, and without.
        let whole = Body::from(vec![b'a'; 10 << 20]);
        let chunks = (0..160).map(|_| Ok::<_, std::io::Error>(vec![b'a'; 64 << 10]));
        let streamed = Body::from_stream(futures::stream::iter(chunks));
        for body in [whole, streamed] {
            let request = Request::post("/api/sign_in")
                .header(ACCEPT, accept)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(body);
            let answer = house.browser().ask(request.unwrap()).await;
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
            assert_eq!(answer.header("content-type"), kind);
            carries_security_headers(&answer, "too large");
        }
    }
    assert!(house.control_plane.calls().is_empty());
}

#[tokio::test]
async fn health_tells_the_process_from_the_control_plane() {
    let (house, _) = house().await;
    house.control_plane.set_away(true);
    assert_eq!(house.browser().get("/healthz").await.status, StatusCode::OK);
    assert_eq!(
        house.browser().get("/readyz").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );

    let (house, _) = self::house().await;
    for _ in 0..5 {
        assert_eq!(house.browser().get("/readyz").await.status, StatusCode::OK);
    }
    assert_eq!(house.control_plane.calls(), ["check_token"]);
}

#[tokio::test]
async fn a_request_id_is_taken_over_if_it_is_one() {
    let (house, _) = house().await;
    let id = "0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1";
    for (given, taken) in [(id, true), ("<script>", false), ("", false)] {
        let request = Request::get("/healthz")
            .header("x-request-id", given)
            .body(Body::empty());
        let answer = house.browser().ask(request.unwrap()).await;
        assert_eq!(answer.header("x-request-id") == given, taken, "{given}");
    }
}
