//! What is said when something goes wrong: the status, the request's id, and the language.

use axum::body::Body;
use http::{Request, StatusCode, header::ACCEPT};

use super::{
    House,
    browser::Answer,
    fake::help::{SIGNING_SECRET, SUBSCRIPTION, TICKET},
};

fn names_its_request(answer: &Answer) {
    let id = answer.header("x-request-id");
    assert_eq!(id.len(), 36);
    assert!(answer.text().contains(id), "{}", answer.text());
    assert!(!answer.text().contains(" style="), "{}", answer.text());
}

#[tokio::test]
async fn what_is_not_there_is_said_within_the_frame_to_those_who_are_signed_in() {
    let house = House::new().await;
    let mut owner = house.signed_in("owner").await;
    for path in ["/no/such/page", "/clusters/x", "/help/tickets/x"] {
        let answer = owner.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        names_its_request(&answer);
        let text = answer.text();
        assert!(text.contains("href=\"/activity\""), "{path}: {text}");
        assert!(
            text.contains("<title>Not found \u{b7} Carina</title>"),
            "{text}"
        );
        let ticket = format!(
            "/help/tickets/new?request={}",
            answer.header("x-request-id")
        );
        assert!(text.contains(&ticket), "{path}: {text}");
    }
    let answer = house.browser().get("/no/such/page").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    names_its_request(&answer);
    assert!(!answer.text().contains("href=\"/activity\""));
}

#[tokio::test]
async fn an_outage_is_a_page_with_its_status() {
    let house = House::new().await;
    let mut owner = house.signed_in("owner").await;
    house.control_plane.set_away(true);
    let answer = owner.get("/clusters?q=a").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    names_its_request(&answer);
    assert!(answer.text().contains("href=\"/clusters?q=a\""));
}

#[tokio::test]
async fn what_no_page_answers_looks_like_one_and_speaks_the_browsers_language() {
    let house = House::new().await;
    let from_elsewhere = |language: &str, cookie: &str| {
        Request::post("/api/sign_out")
            .header(ACCEPT, "text/html")
            .header("accept-language", language)
            .header("cookie", cookie)
            .header("sec-fetch-site", "cross-site")
            .body(Body::empty())
            .unwrap()
    };
    let refused = house
        .browser()
        .ask(from_elsewhere("ru", "theme=dark"))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    names_its_request(&refused);
    let text = refused.text();
    assert!(
        text.starts_with("<!DOCTYPE html><html lang=\"ru\" data-theme=\"dark\">"),
        "{text}"
    );
    assert!(text.contains("Запрос отклонён"), "{text}");
    assert!(text.contains("/pkg/app.0123456789abcdef.css"), "{text}");
    let refused = house.browser().ask(from_elsewhere("ru", "lang=en")).await;
    assert!(refused.text().contains("Request refused"));

    let request = Request::post("/clusters/x/credentials.zip")
        .header(ACCEPT, "text/html")
        .body(Body::empty())
        .unwrap();
    let answer = house.browser().ask(request).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    names_its_request(&answer);
}

#[tokio::test]
async fn tickets_are_for_those_they_belong_to_and_in_their_language() {
    let house = House::new().await;
    let page = format!("/help/tickets/{TICKET}");
    let mut owner = house.signed_in("owner").await;
    assert!(owner.get("/help").await.text().contains(&page));
    let request = Request::get(&page)
        .header(ACCEPT, "text/html")
        .header("accept-language", "ru")
        .body(Body::empty())
        .unwrap();
    let text = owner.ask(request).await.text();
    assert!(
        text.contains("shop: не удалась задача «создание»"),
        "{text}"
    );
    assert!(text.contains("Узел 2 не запустился."), "{text}");
    let mut stranger = house.signed_in("stranger").await;
    assert_eq!(stranger.get(&page).await.status, StatusCode::NOT_FOUND);
    assert!(!stranger.get("/help").await.text().contains(&page));
}

#[tokio::test]
async fn a_ticket_from_an_error_names_the_request_and_a_refused_one_comes_back() {
    let house = House::new().await;
    let mut owner = house.signed_in("owner").await;
    let id = "0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1";
    let form = owner.get(&format!("/help/tickets/new?request={id}")).await;
    assert!(form.text().contains(&format!("value=\"{id}\"")));
    let refused = owner
        .post_form("/api/open_ticket", "subject=&text=why&request=")
        .await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER);
    let back = refused.header("location").to_owned();
    let text = owner.get(&back).await.text();
    assert!(
        text.contains("A subject is one line") && text.contains("why"),
        "{text}"
    );
    let opened = owner
        .post_form(
            "/api/open_ticket",
            &format!("subject=a&text=b&request={id}"),
        )
        .await;
    assert_eq!(opened.header("location"), format!("/help/tickets/{TICKET}"));
}

#[tokio::test]
async fn the_secret_of_a_webhook_is_shown_once() {
    let house = House::new().await;
    let mut owner = house.signed_in("owner").await;
    let form = "kind=webhook&place=https%3A%2F%2Fhooks.example.com%2Fx&events[]=failed";
    let made = owner.post_form("/api/subscribe", form).await;
    let page = made.header("location").to_owned();
    assert!(
        page.starts_with(&format!("/help/subscriptions/{SUBSCRIPTION}?")),
        "{page}"
    );
    assert!(!page.contains(SIGNING_SECRET));
    assert!(owner.get(&page).await.text().contains(SIGNING_SECRET));
    assert!(!owner.get(&page).await.text().contains(SIGNING_SECRET));

    let tested = owner
        .post_form("/api/test_subscription", &format!("id={SUBSCRIPTION}"))
        .await;
    let done = tested.header("set-cookie");
    assert!(done.starts_with("done=done-test-failed"), "{done}");
}
