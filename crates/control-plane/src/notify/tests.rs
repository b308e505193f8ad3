//! Webhooks against a receiver that listens on loopback, fails, dies and comes back.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use cluster_api::ClusterStatus;
use hmac::{Hmac, Mac};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, mpsc},
    task::JoinHandle,
};

use crate::{
    clock::Clock,
    provisioner::FailureKind,
    testing::{Client, ControlPlane},
};

const LOOPBACK: &str = "127.0.0.0/8";

/// What a receiver got.
struct Got {
    headers: HeaderMap,
    body: String,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn delivery(&self) -> String {
        self.headers["carina-delivery"].to_str().unwrap().to_owned()
    }

    /// As the README tells receivers to.
    fn check_signature(&self, secret: &str, now: i64) {
        let timestamp = self.headers["carina-timestamp"].to_str().unwrap();
        assert!((timestamp.parse::<i64>().unwrap() - now).abs() < 300);
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{timestamp}.{}", self.body).as_bytes());
        let signature = self.headers["carina-signature"].to_str().unwrap();
        let signature = hex::decode(signature.strip_prefix("v1=").unwrap()).unwrap();
        mac.verify_slice(&signature).unwrap();
    }
}

struct Shared {
    answers: Mutex<VecDeque<Response>>,
    got: mpsc::UnboundedSender<Got>,
    gate: Semaphore,
}

/// A receiver of webhooks.
struct Receiver {
    shared: Arc<Shared>,
    got: mpsc::UnboundedReceiver<Got>,
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Receiver {
    async fn start() -> Self {
        let (sender, got) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            answers: Mutex::default(),
            got: sender,
            gate: Semaphore::new(1_000),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Self::serve(Arc::clone(&shared), listener);
        Self {
            shared,
            got,
            address,
            server,
        }
    }

    fn serve(shared: Arc<Shared>, listener: TcpListener) -> JoinHandle<()> {
        let take = async |State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes| {
            let body = String::from_utf8(body.to_vec()).unwrap();
            shared.got.send(Got { headers, body }).unwrap();
            shared.gate.acquire().await.unwrap().forget();
            let answer = shared.answers.lock().unwrap().pop_front();
            answer.unwrap_or_else(|| StatusCode::OK.into_response())
        };
        let router = Router::new().fallback(take).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() })
    }

    async fn kill(&mut self) {
        self.server.abort();
        let _ = (&mut self.server).await;
    }

    async fn come_back(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.server = Self::serve(Arc::clone(&self.shared), listener);
    }

    fn answer(&self, answer: impl IntoResponse) {
        let answer = answer.into_response();
        self.shared.answers.lock().unwrap().push_back(answer);
    }

    async fn next(&mut self) -> Got {
        let next = tokio::time::timeout(Duration::from_secs(20), self.got.recv());
        next.await.expect("nothing came").unwrap()
    }
}

/// Subscribes: the path of the subscription, and its secret.
async fn subscribe(client: &Client, mut body: Value, to: SocketAddr) -> (String, String) {
    body["kind"] = json!("webhook");
    body["url"] = json!(format!("http://{to}/hook"));
    let made = client.send("POST", "/v2/subscriptions", Some(body)).await;
    assert_eq!(made.status, 201, "{}", made.json);
    let path = format!("/v2/subscriptions/{}", made.json["id"].as_str().unwrap());
    (path, made.json["secret"].as_str().unwrap().to_owned())
}

/// Waits until the newest delivery is as said.
async fn until_newest(client: &Client, path: &str, is: impl Fn(&Value) -> bool) -> Value {
    let path = format!("{path}/deliveries");
    let wait = async {
        loop {
            let list = client.get(&path).await.json;
            let newest = list["deliveries"][0].clone();
            if newest.is_object() && is(&newest) {
                return newest;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait)
        .await
        .expect("it never came to that")
}

#[tokio::test]
async fn a_webhook_is_signed_and_comes_again_until_it_is_taken() {
    let plane = ControlPlane::idle_allowing(LOOPBACK).await;
    let owner = plane.client("owner").await;
    let mut receiver = Receiver::start().await;
    receiver.answer((StatusCode::INTERNAL_SERVER_ERROR, "out of\norder."));
    let wish = json!({"events": ["finished"]});
    let (path, secret) = subscribe(&owner, wish, receiver.address).await;
    plane.start_reconciler();
    plane.start_notifier();
    let id = owner.create("shop", 1).await;

    let first = receiver.next().await;
    first.check_signature(&secret, plane.clock.now().as_second());
    let notice = first.json();
    assert_eq!(notice["kind"], "finished");
    assert_eq!(notice["delivery"], first.delivery().as_str());
    assert_eq!(notice["event"]["message"], "Active with 1 node");
    let cluster = json!({"id": id.to_string(), "name": "shop", "status": "active"});
    assert_eq!(notice["cluster"], cluster);
    assert!(
        first.headers["user-agent"]
            .to_str()
            .unwrap()
            .starts_with("carina/")
    );
    let failed = until_newest(&owner, &path, |newest| newest["tries"] == 1).await;
    assert_eq!(failed["state"], "pending");
    assert_eq!(
        failed["outcome"],
        "The receiver answered 500 Internal Server Error: out of order."
    );

    // Both die; what is written down is there after the restart.
    plane.kill_notifier().await;
    receiver.kill().await;
    plane.start_notifier();
    plane.pass(SignedDuration::from_secs(5));
    let refused = until_newest(&owner, &path, |newest| newest["tries"] == 2).await;
    assert_eq!(refused["outcome"], "The receiver refused the connection.");

    receiver.come_back().await;
    plane.pass(SignedDuration::from_secs(10));
    let again = receiver.next().await;
    again.check_signature(&secret, plane.clock.now().as_second());
    assert_eq!(
        (again.delivery(), &again.body),
        (first.delivery(), &first.body)
    );
    assert_ne!(
        again.headers["carina-timestamp"],
        first.headers["carina-timestamp"]
    );
    let taken = until_newest(&owner, &path, |newest| newest["state"] == "delivered").await;
    assert_eq!(taken["tries"], 3);
    assert_eq!(taken["next_try_at"], Value::Null);
}

#[tokio::test]
async fn a_kill_before_the_answer_sends_it_again_under_the_same_name() {
    let plane = ControlPlane::idle_allowing(LOOPBACK).await;
    let owner = plane.client("owner").await;
    let mut receiver = Receiver::start().await;
    let (path, _) = subscribe(&owner, json!({}), receiver.address).await;
    receiver.shared.gate.forget_permits(1_000);
    plane.start_notifier();
    owner.create("shop", 1).await;
    let first = receiver.next().await;
    plane.kill_notifier().await;

    receiver.shared.gate.add_permits(1_000);
    plane.start_notifier();
    let again = receiver.next().await;
    assert_eq!(again.delivery(), first.delivery());
    let taken = until_newest(&owner, &path, |newest| newest["state"] == "delivered").await;
    assert_eq!(taken["id"], first.delivery().as_str());
}

#[tokio::test]
async fn what_happens_while_nothing_is_sent_is_told_once_afterwards() {
    let plane = ControlPlane::idle_allowing(LOOPBACK).await;
    let owner = plane.client("owner").await;
    let stranger = plane.client("stranger").await;
    owner.create("before", 1).await;
    let mut receiver = Receiver::start().await;
    let (path, _) = subscribe(&owner, json!({"events": ["requested"]}), receiver.address).await;
    stranger.create("foreign", 1).await;
    let id = owner.create("shop", 1).await;
    for on in [true, false] {
        let body = json!({ "deletion_protection": on });
        let path = format!("/v2/clusters/{id}");
        owner.send("PATCH", &path, Some(body)).await;
    }
    plane.start_notifier();
    let mut messages = Vec::new();
    for _ in 0..3 {
        let got = receiver.next().await.json();
        assert_eq!(got["cluster"]["name"], "shop");
        messages.push(got["event"]["message"].as_str().unwrap().to_owned());
    }
    messages.sort();
    assert_eq!(
        messages,
        [
            "Asked for: 1 node of container1-1G",
            "No longer protected against deletion",
            "Protected against deletion"
        ]
    );
    // Another start finds nothing more to tell.
    until_newest(&owner, &path, |newest| newest["state"] == "delivered").await;
    plane.kill_notifier().await;
    plane.start_notifier();
    let trial = owner.send("POST", &format!("{path}/test"), None).await;
    assert_eq!(trial.json["delivered"], true, "{}", trial.json);
    assert_eq!(receiver.next().await.json()["kind"], "test");
    let list = owner.get(&format!("{path}/deliveries")).await.json;
    assert_eq!(list["deliveries"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_cluster_that_fails_is_told_of_with_its_ticket() {
    let plane = ControlPlane::idle_allowing(LOOPBACK).await;
    let owner = plane.client("owner").await;
    let admin = plane.admin().await;
    let mut receiver = Receiver::start().await;
    let wish = json!({"events": ["ticket"], "all_accounts": true});
    let refused = owner
        .send(
            "POST",
            "/v2/subscriptions",
            Some(json!({"kind": "webhook", "url": "http://127.0.0.1/", "all_accounts": true})),
        )
        .await;
    assert_eq!(refused.status, 403, "{}", refused.json);
    subscribe(&admin, wish, receiver.address).await;
    plane.start_notifier();
    plane.provisioner.fail([FailureKind::Permanent]);
    plane.start_reconciler();
    let id = owner.create("shop", 1).await;
    let told = receiver.next().await.json();
    assert_eq!(told["kind"], "ticket");
    assert_eq!(told["ticket"]["subject"], "shop: the create failed");
    assert_eq!(told["ticket"]["opened_by"], Value::Null);
    assert_eq!(told["ticket"]["account"], "owner");
    assert_eq!(told["cluster"]["status"], "error");
    let ticket = format!("/v2/tickets/{}", told["ticket"]["id"].as_str().unwrap());

    // What a person writes wakes the notifier too.
    let note = json!({"text": "What now?"});
    let written = owner
        .send("POST", &format!("{ticket}/notes"), Some(note))
        .await;
    assert_eq!(written.status, 201);
    let told = receiver.next().await.json();
    assert_eq!(told["ticket"]["note"]["text"], "What now?");
    assert_eq!(told["ticket"]["note"]["author"], "owner");
    assert_eq!(told["cluster"]["id"], id.to_string().as_str());
}

#[tokio::test]
async fn a_receiver_that_is_gone_for_days_ends_its_subscription() {
    let plane = ControlPlane::idle_allowing(LOOPBACK).await;
    let owner = plane.client("owner").await;
    let mut receiver = Receiver::start().await;
    let (path, _) = subscribe(&owner, json!({}), receiver.address).await;
    receiver.kill().await;
    let id = owner.create("shop", 1).await;
    // The create and five changes: the sixth notice is still waiting when the fifth is given up.
    for on in [true, false, true, false, true] {
        let body = json!({ "deletion_protection": on });
        let path = format!("/v2/clusters/{id}");
        owner.send("PATCH", &path, Some(body)).await;
    }
    plane.start_notifier();
    until_newest(&owner, &path, |newest| newest["tries"] == 1).await;
    let subscription = path.rsplit('/').next().unwrap().parse().unwrap();
    let wait = async {
        loop {
            plane.pass(SignedDuration::from_mins(30));
            let record = plane
                .store
                .subscription(subscription)
                .await
                .unwrap()
                .unwrap();
            if !record.subscription.enabled {
                return record.subscription;
            }
            tokio::task::yield_now().await;
        }
    };
    let disabled = tokio::time::timeout(Duration::from_secs(30), wait).await;
    let disabled = disabled.expect("it was tried for ever");
    assert_eq!(
        disabled.note.as_deref(),
        Some(
            "Disabled: 5 deliveries in a row did not arrive. The last one: The receiver refused \
             the connection."
        )
    );
    // The tokens of those days have ended.
    let owner = plane.client("owner").await;
    let list = owner.get(&format!("{path}/deliveries")).await.json;
    let list = list["deliveries"].as_array().unwrap();
    assert!(
        list.iter().all(|delivery| delivery["state"] == "given_up"),
        "{list:?}"
    );
    assert!(
        list.iter()
            .any(|delivery| delivery["outcome"] == "The subscription was disabled.")
    );

    // Enabled again, it begins with what happens then.
    let body = json!({"deletion_protection": false});
    owner
        .send("PATCH", &format!("/v2/clusters/{id}"), Some(body))
        .await;
    receiver.come_back().await;
    let on = owner
        .send("PATCH", &path, Some(json!({"enabled": true})))
        .await;
    assert_eq!(
        (&on.json["enabled"], &on.json["note"]),
        (&json!(true), &Value::Null)
    );
    owner
        .send("DELETE", &format!("/v2/clusters/{id}"), None)
        .await;
    assert_eq!(
        receiver.next().await.json()["event"]["message"],
        "Asked to delete it"
    );
}

#[tokio::test]
async fn a_test_says_in_words_how_it_went_and_cannot_be_repeated_for_ever() {
    let plane = ControlPlane::idle_allowing(LOOPBACK).await;
    let owner = plane.client("owner").await;
    let receiver = Receiver::start().await;
    let (path, _) = subscribe(&owner, json!({}), receiver.address).await;
    receiver.answer(Redirect::temporary("http://127.0.0.1:1/"));
    receiver.answer((StatusCode::NOT_FOUND, "x".repeat(5_000)));
    receiver.answer(StatusCode::NO_CONTENT);
    let test = format!("{path}/test");
    let try_it = || owner.send("POST", &test, None);
    let said = async || try_it().await.json["outcome"].as_str().unwrap().to_owned();
    assert_eq!(
        said().await,
        "The receiver answered 307 Temporary Redirect; redirects are not followed."
    );
    let long = said().await;
    assert!(long.starts_with("The receiver answered 404 Not Found: xxx") && long.len() < 400);
    assert_eq!(said().await, "The receiver answered 204 No Content.");
    let mut limited = None;
    for _ in 0..10 {
        let answer = try_it().await;
        if answer.status == 429 {
            limited = Some(answer);
        }
    }
    assert!(
        limited
            .expect("thirteen tests in a row were all let through")
            .headers
            .contains_key("retry-after")
    );
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_when_it_is_sent_to() {
    let plane = ControlPlane::idle().await;
    let owner = plane.client("owner").await;
    let mut receiver = Receiver::start().await;
    let url = format!("http://localhost:{}/hook", receiver.address.port());
    let wish = json!({"kind": "webhook", "url": url});
    let made = owner.send("POST", "/v2/subscriptions", Some(wish)).await;
    assert_eq!(made.status, 201, "a name is looked at when it is sent to");
    let path = format!(
        "/v2/subscriptions/{}/test",
        made.json["id"].as_str().unwrap()
    );
    let trial = owner.send("POST", &path, None).await.json;
    assert_eq!(trial["delivered"], false);
    assert_eq!(
        trial["outcome"],
        "Webhooks are not sent to private addresses. The operator can allow some in \
         CARINA_WEBHOOKS_ALLOW."
    );
    assert!(receiver.got.try_recv().is_err(), "it was spoken to");
}

#[tokio::test]
async fn deliveries_are_forgotten_after_a_week() {
    let plane = ControlPlane::idle_allowing(LOOPBACK).await;
    let owner = plane.client("owner").await;
    let receiver = Receiver::start().await;
    let (path, _) = subscribe(&owner, json!({}), receiver.address).await;
    owner.send("POST", &format!("{path}/test"), None).await;
    let count = async || {
        let list = owner.get(&format!("{path}/deliveries")).await.json;
        list["deliveries"].as_array().unwrap().len()
    };
    plane.store.forget_old(plane.clock.now()).await.unwrap();
    assert_eq!(count().await, 1);
    let later = plane.clock.now() + SignedDuration::from_hours(8 * 24);
    plane.store.forget_old(later).await.unwrap();
    assert_eq!(count().await, 0);
}

#[tokio::test]
async fn a_closed_account_is_told_nothing_more() {
    let plane = ControlPlane::idle_allowing(LOOPBACK).await;
    let owner = plane.client("owner").await;
    let mut receiver = Receiver::start().await;
    subscribe(&owner, json!({}), receiver.address).await;
    plane.start_reconciler();
    plane.start_notifier();
    let id = owner.create("shop", 1).await;
    plane.until_status(id, ClusterStatus::Active).await;
    receiver.next().await;
    crate::account::close(&plane.store, "owner", plane.clock.now())
        .await
        .unwrap();
    plane.until(id, |cluster| cluster.is_none()).await;
    assert!(plane.store.subscriptions_behind().await.unwrap().is_empty());
    assert!(
        plane
            .store
            .due(plane.clock.now(), &[])
            .await
            .unwrap()
            .is_empty()
    );
}
