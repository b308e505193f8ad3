//! Mail, sent by a whole control plane to a mail server that is none of ours: aiosmtpd, which
//! `crates/xtask/scripts/setup-python.sh` installs from PyPI.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use clap::Parser;
use control_plane::{Running, Settings};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const PYTHON: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../target/tools/python/bin/python"
);
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mail_server.py");

/// A mail server of one test; it ends with it.
struct MailServer {
    process: Child,
    said: mpsc::UnboundedReceiver<Value>,
    port: u64,
}

impl MailServer {
    /// One that does not take the first `busy` mails.
    async fn start(busy: u32) -> Self {
        let mut process = Command::new(PYTHON)
            .arg(SCRIPT)
            .arg(busy.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("run crates/xtask/scripts/setup-python.sh first: there is no Python for tests");
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let (sender, said) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if sender.send(serde_json::from_str(&line).unwrap()).is_err() {
                    break;
                }
            }
        });
        let mut this = Self {
            process,
            said,
            port: 0,
        };
        this.port = this.next().await["port"].as_u64().unwrap();
        this
    }

    /// What it says next.
    async fn next(&mut self) -> Value {
        let next = tokio::time::timeout(Duration::from_secs(60), self.said.recv()).await;
        next.expect("the mail server got nothing").unwrap()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A control plane of one test, and somebody who is signed in.
struct ControlPlane {
    running: Running,
    stop: CancellationToken,
    http: reqwest::Client,
    token: String,
    _folder: tempfile::TempDir,
}

impl ControlPlane {
    async fn start(smtp_url: &str) -> Self {
        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            settings: Settings,
        }
        // Both reqwest and rustls want one; the control plane's own code names its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let settings = Line::parse_from([
            "test",
            "--data-dir",
            folder.path().to_str().unwrap(),
            "--api-listen",
            "127.0.0.1:0",
            "--provisioner",
            "simulated",
            "--smtp-url",
            smtp_url,
            "--mail-from",
            "Carina <carina@example.com>",
            "--dashboard-url",
            "https://dashboard.example.com/",
        ])
        .settings;
        let stop = CancellationToken::new();
        let running = control_plane::start(settings, stop.clone()).await.unwrap();
        let first = running.first_account.as_ref().unwrap();
        let first = json!({"auth": {"RAX-KSKEY:apiKeyCredentials":
            {"username": first.username, "apiKey": first.api_key.expose_secret()}}});
        let mut this = Self {
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            token: String::new(),
            stop,
            _folder: folder,
            running,
        };
        let grant = this.post("/v2.0/tokens", &first).await;
        let token = grant["access"]["token"]["id"].as_str().unwrap();
        this.token = token.to_owned();
        this
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let address = self.running.address;
        let request = self.http.post(format!("http://{address}{path}"));
        let request = request.header("x-auth-token", &self.token).json(body);
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let answer = answer.json().await.unwrap();
        assert!(status.is_success(), "{answer}");
        answer
    }

    /// Subscribes to mail: the path of the subscription.
    async fn subscribe(&self, address: &str) -> String {
        let wish = json!({"kind": "mail", "address": address, "events": ["finished"]});
        let made = self.post("/v2/subscriptions", &wish).await;
        assert_eq!(made.get("secret"), None);
        format!("/v2/subscriptions/{}", made["id"].as_str().unwrap())
    }

    async fn stop(self) {
        self.stop.cancel();
        self.running.done.await.unwrap();
    }
}

#[tokio::test]
async fn mail_arrives_also_when_the_server_is_busy_first() {
    let mut server = MailServer::start(1).await;
    let url = format!("smtp://carina:hunter2%20%26@127.0.0.1:{}", server.port);
    let plane = ControlPlane::start(&url).await;
    plane.subscribe("owner@example.com").await;
    let cluster = json!({"name": "shop", "cluster_type_id": 1});
    let cluster = plane.post("/v2/clusters", &cluster).await;
    assert_eq!(server.next().await["busy"], true);
    let mail = server.next().await;
    assert_eq!(mail["from"], "carina@example.com");
    assert_eq!(mail["to"], json!(["owner@example.com"]));
    assert_eq!(mail["user"], "carina");
    for (name, value) in [
        ("from", "Carina <carina@example.com>"),
        ("to", "owner@example.com"),
        ("subject", "[Carina] shop: Active with 1 node"),
        ("auto-submitted", "auto-generated"),
        ("content-type", "text/plain; charset=\"utf-8\""),
    ] {
        assert_eq!(mail["head"][name], value);
    }
    let body = mail["text"].as_str().unwrap();
    let id = mail["head"]["message-id"].as_str().unwrap();
    let delivery = id.strip_prefix('<').unwrap();
    let delivery = delivery.strip_suffix("@example.com>").unwrap();
    assert!(
        body.contains(&format!("This was delivery {delivery}.")),
        "{body}"
    );
    assert!(body.starts_with("Active with 1 node.\n"), "{body}");
    let link = format!(
        "https://dashboard.example.com/clusters/{}",
        cluster["id"].as_str().unwrap()
    );
    assert!(body.contains(&link), "{body}");
    assert!(body.contains("The account admin of Carina asked for these mails."));
    plane.stop().await;
}

#[tokio::test]
async fn a_test_says_what_the_mail_server_said() {
    let mut server = MailServer::start(0).await;
    let url = format!("smtp://carina:hunter2%20%26@127.0.0.1:{}", server.port);
    let plane = ControlPlane::start(&url).await;
    let good = plane.subscribe("owner@example.com").await;
    let trial = plane.post(&format!("{good}/test"), &json!({})).await;
    assert_eq!(trial["delivered"], true);
    assert_eq!(trial["outcome"], "The mail server took it.");
    let head = &server.next().await["head"];
    assert_eq!(head["subject"], "[Carina] A test of your subscription");
    let nobody = plane.subscribe("nobody@example.com").await;
    let trial = plane.post(&format!("{nobody}/test"), &json!({})).await;
    assert_eq!(trial["delivered"], false);
    assert_eq!(trial["outcome"], "The mail server refused it (550).");
    plane.stop().await;

    let url = format!("smtp://carina:wrong@127.0.0.1:{}", server.port);
    let plane = ControlPlane::start(&url).await;
    let path = plane.subscribe("owner@example.com").await;
    let trial = plane.post(&format!("{path}/test"), &json!({})).await;
    assert_eq!(trial["outcome"], "The mail server refused it (535).");
    drop(server);
    let trial = plane.post(&format!("{path}/test"), &json!({})).await;
    assert_eq!(trial["outcome"], "The mail server cannot be reached.");
    plane.stop().await;
}
