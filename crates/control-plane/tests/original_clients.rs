//! The requests of the original clients, byte for byte, over a real connection: their headers in their
//! order, `Connection: close`, ten seconds for each. What they decode strictly is decoded as strictly
//! here. (The facts: sources of `getcarina/libcarina` and `getcarina/carina`, and what they were seen to
//! send.)

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::HashMap,
    io::{Cursor, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use clap::Parser;
use control_plane::{Running, Settings};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

/// The original clients wait no longer for a whole answer.
const LIMIT: Duration = Duration::from_secs(10);

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A server that runs until the end of its test.
struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    running: Running,
    _folder: tempfile::TempDir,
}

impl Server {
    async fn start() -> Self {
        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            settings: Settings,
        }
        let folder = tempfile::tempdir().unwrap();
        let line = [
            "test",
            "--provisioner",
            "simulated",
            "--api-listen",
            "127.0.0.1:0",
            "--admin-api-key",
            KEY,
            "--data-dir",
            folder.path().to_str().unwrap(),
        ];
        let stop = CancellationToken::new();
        let running = control_plane::start(Line::parse_from(line).settings, stop.clone())
            .await
            .unwrap();
        Self {
            address: running.address,
            stop,
            running,
            _folder: folder,
        }
    }

    async fn end(self) {
        self.stop.cancel();
        self.running.done.await.unwrap();
    }

    /// Tells a story of blocking requests, as the clients make them, one after the other.
    async fn told<F>(story: F)
    where
        F: FnOnce(&Client) + Send + 'static,
    {
        let server = Self::start().await;
        let client = Client(server.address);
        let told = tokio::task::spawn_blocking(move || story(&client)).await;
        server.end().await;
        if let Err(error) = told {
            std::panic::resume_unwind(error.into_panic());
        }
    }
}

struct Client(SocketAddr);

struct Answer {
    status: u16,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

impl Answer {
    /// The body, which has to be JSON.
    fn json(&self) -> Value {
        assert!(self.headers["content-type"].starts_with("application/json"));
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }
}

impl Client {
    /// Sends what the client sends and reads to the end of the connection.
    fn exchange(&self, request: &str) -> Answer {
        let began = Instant::now();
        let mut stream = TcpStream::connect(self.0).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        assert!(began.elapsed() < LIMIT, "the client would have given up");
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let (head, body) = bytes.split_at(end.unwrap() + 4);
        let head = String::from_utf8(head.to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let headers: HashMap<String, String> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        assert_eq!(headers.get("connection").map(String::as_str), Some("close"));
        Answer {
            status: status.parse().unwrap(),
            body: body.to_vec(),
            headers,
        }
    }

    fn send(&self, method: &str, path: &str, headers: &[String], body: Option<&Value>) -> Answer {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.0);
        for header in headers {
            request.push_str(header);
            request.push_str("\r\n");
        }
        let body = body.map(Value::to_string);
        if let Some(body) = &body {
            request.push_str(&format!("Content-Length: {}\r\n", body.len()));
        } else if matches!(method, "PUT" | "POST") {
            request.push_str("Content-Length: 0\r\n");
        }
        request.push_str("Connection: close\r\n\r\n");
        request.push_str(&body.unwrap_or_default());
        self.exchange(&request)
    }

    /// gophercloud's sign-in (1.1).
    fn sign_in(&self, key: &str) -> Answer {
        let headers = [
            "User-Agent: gophercloud/1.0.0",
            "Accept: application/json",
            "Content-Type: application/json",
        ]
        .map(str::to_owned);
        let body = json!({"auth": {"RAX-KSKEY:apiKeyCredentials":
            {"apiKey": key, "username": "admin"}}});
        self.send("POST", "/v2.0/tokens", &headers, Some(&body))
    }

    fn token(&self) -> String {
        let answer = self.sign_in(KEY);
        assert!(matches!(answer.status, 200 | 203));
        text(&answer.json()["access"]["token"]["id"])
    }

    /// A request of the first generation (1.2): the content type comes with every method.
    fn first(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let headers = [
            "User-Agent: getcarina/libcarina:make-swarm".to_owned(),
            "Accept: application/json".to_owned(),
            "Content-Type: application/json".to_owned(),
            format!("X-Auth-Token: {token}"),
        ];
        self.send(method, path, &headers, body.as_ref())
    }

    /// A request of the second generation (2.1).
    fn second(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.second_in(token, "rax:container 1.0", method, path, body)
    }

    fn second_in(
        &self,
        token: &str,
        version: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let headers = [
            "User-Agent: libcarina/2.0.0 carina/v2.1.3".to_owned(),
            "Accept: application/json".to_owned(),
            format!("Api-Version: {version}"),
            "Content-Type: application/json".to_owned(),
            format!("X-Auth-Token: {token}"),
        ];
        self.send(method, &format!("/v2{path}"), &headers, body.as_ref())
    }

    /// Asks until the answer is as said, as a waiting client does.
    fn until(&self, ask: impl Fn() -> Answer, holds: impl Fn(&Answer) -> bool) -> Answer {
        let began = Instant::now();
        loop {
            let answer = ask();
            if holds(&answer) {
                return answer;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "it never came");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn text(value: &Value) -> String {
    let text = value.as_str();
    text.unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}

/// Go's `2006-01-02T15:04:05.999999Z`: a literal Z, the fraction optional and of six digits at most.
fn is_go_time(text: &str) -> bool {
    let Some(text) = text.strip_suffix('Z') else {
        return false;
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let shape: String = whole
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    shape == "0000-00-00T00:00:00"
        && (1..=6).contains(&fraction.len())
        && fraction.chars().all(|c| c.is_ascii_digit())
}

/// libcarina's v1 `Cluster` (1.3): every field of its type, `nodes` a number or one as text.
fn decode_first(cluster: &Value) {
    for field in [
        "cluster_name",
        "username",
        "flavor",
        "image",
        "status",
        "task_id",
        "token",
    ] {
        text(&cluster[field]);
    }
    let nodes = &cluster["nodes"];
    assert!(nodes.is_i64() || nodes.as_str().is_some_and(|it| it.parse::<i64>().is_ok()));
    assert!(cluster["autoscale"].is_boolean());
}

/// libcarina's v2 `Cluster` (2.4): `cluster_type` always there, numbers as numbers, a lower-case UUID.
fn decode_second(cluster: &Value) {
    let id = text(&cluster["id"]);
    let lengths: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12]);
    assert!(id.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f' | '-')));
    assert!(cluster["node_count"].is_i64());
    let kind = &cluster["cluster_type"];
    assert!(kind["id"].is_i64() && kind["active"].is_boolean());
    for field in ["coe", "host_type", "name"] {
        text(&kind[field]);
    }
    for field in ["name", "status", "created_at", "updated_at"] {
        text(&cluster[field]);
    }
}

/// The names of the files in a zip, and whether it can be opened at all.
fn files(bytes: &[u8]) -> Vec<String> {
    let archive = zip::ZipArchive::new(Cursor::new(bytes.to_vec())).unwrap();
    archive
        .file_names()
        .map(|name| name.unwrap().to_string())
        .filter(|name| !name.ends_with('/'))
        .collect()
}

#[tokio::test]
async fn identity_speaks_as_gophercloud_decodes_it() {
    Server::told(|client| {
        let access = client.sign_in(KEY).json()["access"].clone();
        assert!(is_go_time(&text(&access["token"]["expires"])));
        for strict in [
            &access["token"]["id"],
            &access["token"]["tenant"]["id"],
            &access["token"]["tenant"]["name"],
        ] {
            text(strict);
        }
        let services = access["serviceCatalog"].as_array().unwrap();
        let ours: Vec<_> = services
            .iter()
            .filter(|service| service["type"] == "rax:container")
            .collect();
        let endpoints = ours[0]["endpoints"].as_array().unwrap();
        assert_eq!(
            (ours.len(), endpoints.len()),
            (1, 1),
            "more are ambiguous to the client"
        );
        for strict in ["region", "tenantId", "publicURL"] {
            text(&endpoints[0][strict]);
        }
        assert_eq!(
            text(&endpoints[0]["publicURL"]),
            format!("http://{}/v2", client.0)
        );

        let refused = client.sign_in("wrong");
        assert_eq!(refused.status, 401);
        assert_eq!(refused.json()["unauthorized"]["code"], 401);
        text(&refused.json()["unauthorized"]["message"]);
    })
    .await;
}

#[tokio::test]
async fn a_cached_token_is_probed_by_head_and_ends_everywhere_at_once() {
    Server::told(|client| {
        let token = client.token();
        let probe = || {
            let headers = [
                "User-Agent: libcarina/2.0.0".to_owned(),
                "Accept: application/json".to_owned(),
                format!("X-Auth-Token: {token}"),
            ];
            client.send("HEAD", &format!("/v2.0/tokens/{token}"), &headers, None)
        };
        let probed = probe();
        assert_eq!((probed.status, probed.body.len()), (200, 0));
        // The command line of the first generation asks for the list instead.
        let headers = [
            "User-Agent: getcarina/carina dummy request".to_owned(),
            format!("X-Auth-Token: {token}"),
        ];
        let probed = client.send("HEAD", "/clusters/admin", &headers, None);
        assert_eq!((probed.status, probed.body.len()), (200, 0));

        let path = format!("/v2.0/tokens/{token}");
        assert_eq!(client.first(&token, "DELETE", &path, None).status, 204);
        assert_ne!(probe().status, 200);
        assert_eq!(client.second(&token, "GET", "/clusters", None).status, 401);
        assert_eq!(
            client.first(&token, "GET", "/clusters/admin", None).status,
            401
        );
    })
    .await;
}

#[tokio::test]
async fn the_first_generation_lives_through_a_cluster() {
    Server::told(|client| {
        let token = client.token();
        let ask = |method: &str, path: &str, body: Option<Value>| {
            client.first(&token, method, path, body)
        };
        assert_eq!(ask("GET", "/clusters/admin", None).json(), json!([]));
        let quotas = ask("GET", "/quotas/admin", None).json();
        assert!(quotas["max_clusters"].is_i64() && quotas["max_nodes_per_cluster"].is_i64());

        let body = json!({"cluster_name": "mycluster", "username": "admin", "nodes": 1,
            "autoscale": true});
        let made = ask("POST", "/clusters/admin", Some(body));
        assert!(made.status < 400);
        decode_first(&made.json());
        assert_eq!(made.json()["status"], "new");
        assert_eq!(made.json()["autoscale"], true);

        let show = || ask("GET", "/clusters/admin/mycluster", None);
        let mut seen = vec!["new".to_owned()];
        let status = |answer: &Answer| {
            decode_first(&answer.json());
            text(&answer.json()["status"])
        };
        loop {
            let now = status(&show());
            if seen.last() != Some(&now) {
                seen.push(now.clone());
            }
            if now == "active" {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(seen, ["new", "building", "active"]);

        let off = ask("PUT", "/clusters/admin/mycluster/autoscale/false", None);
        decode_first(&off.json());
        assert_eq!(off.json()["autoscale"], false);

        let grown = ask(
            "POST",
            "/clusters/admin/mycluster/grow",
            Some(json!({"nodes": 1})),
        );
        decode_first(&grown.json());
        assert_eq!(grown.json()["status"], "growing");
        client.until(show, |answer| status(answer) == "active");
        assert_eq!(show().json()["nodes"], "2");
        for nodes in [json!(0), json!(-1)] {
            let answer = ask(
                "POST",
                "/clusters/admin/mycluster/grow",
                Some(json!({"nodes": nodes})),
            );
            assert_eq!(answer.status, 400);
            assert!(text(&answer.json()["error"]).ends_with('.'));
        }

        let body = json!({"action": "rebuild-swarm"});
        let rebuilt = ask("POST", "/clusters/admin/mycluster/action", Some(body));
        decode_first(&rebuilt.json());
        assert_eq!(rebuilt.json()["status"], "rebuilding-swarm");
        client.until(show, |answer| status(answer) == "active");

        let listed = ask("GET", "/clusters/admin", None).json();
        assert_eq!(listed.as_array().unwrap().len(), 1, "a bare array");
        let second = client.second(&token, "GET", "/clusters", None).json();
        assert_eq!(
            second["clusters"][0]["id"], listed[0]["task_id"],
            "one and the same cluster"
        );

        let zip_url = ask("GET", "/clusters/admin/mycluster/zip", None);
        assert_eq!(zip_url.status, 201);
        let url = text(&zip_url.json()["zip_url"]);
        let path = url.strip_prefix(&format!("http://{}", client.0)).unwrap();
        let agent = ["User-Agent: Go-http-client/1.1".to_owned()];
        let bundle = client.send("GET", path, &agent, None);
        assert_eq!(bundle.status, 200, "the address alone is enough");
        let names = files(&bundle.body);
        assert!(names.len() >= 6, "with fewer the command panics: {names:?}");
        let again = client.send("GET", path, &agent, None);
        assert_eq!(again.status, 404, "once");

        let gone = ask("DELETE", "/clusters/admin/mycluster", None);
        decode_first(&gone.json());
        assert_eq!(show().status, 404, "it deletes at once");
        assert_eq!(ask("GET", "/clusters/admin", None).json(), json!([]));
    })
    .await;
}

#[tokio::test]
async fn the_second_generation_lives_through_a_cluster() {
    Server::told(|client| {
        let token = client.token();
        let ask = |method: &str, path: &str, body: Option<Value>| {
            client.second(&token, method, path, body)
        };
        assert_eq!(ask("GET", "/clusters", None).json()["clusters"], json!([]));
        let types = ask("GET", "/cluster_types", None).json();
        let kind = types["cluster_types"][0].clone();
        assert!(kind["id"].is_i64() && kind["active"] == true);

        // The documentation showed the id of the type as text; the client sends a number.
        let id_as_text = json!(kind["id"].to_string());
        let mut ids = Vec::new();
        for (name, type_id) in [("c1", kind["id"].clone()), ("c2", id_as_text)] {
            let body = json!({"name": name, "cluster_type_id": type_id, "node_count": 1});
            let made = ask("POST", "/clusters", Some(body));
            assert!(made.status < 400);
            decode_second(&made.json());
            assert_eq!(made.json()["status"], "creating");
            ids.push(text(&made.json()["id"]));
        }
        let path = format!("/clusters/{}", ids[0]);
        let early = ask("GET", &format!("{path}/credentials/zip"), None);
        assert_eq!(early.status, 404);
        let words = String::from_utf8(early.body).unwrap();
        assert!(
            words.contains("Cluster credentials do not exist"),
            "{words}"
        );

        let show = || ask("GET", &path, None);
        let is_active = |answer: &Answer| {
            decode_second(&answer.json());
            answer.json()["status"] == "active"
        };
        client.until(show, is_active);
        let body = json!({"type": "resize", "input": {"node_count": 2}});
        assert!(ask("POST", &format!("{path}/tasks"), Some(body)).status < 400);
        assert_eq!(
            show().json()["status"],
            "resizing",
            "or --wait returns at once"
        );
        client.until(show, is_active);
        assert_eq!(show().json()["node_count"], 2);

        let bundle = ask("GET", &format!("{path}/credentials/zip"), None);
        assert_eq!(bundle.headers["content-type"], "application/zip");
        let names = files(&bundle.body);
        let settings = names.iter().filter(|name| name.ends_with(".env"));
        assert_eq!(settings.count(), 1, "{names:?}");
        assert!(
            names.iter().all(|name| name.starts_with("c1/")),
            "{names:?}"
        );

        let listed = ask("GET", "/clusters", None).json();
        listed["clusters"]
            .as_array()
            .unwrap()
            .iter()
            .for_each(decode_second);
        for id in &ids {
            let gone = ask("DELETE", &format!("/clusters/{id}"), None);
            decode_second(&gone.json());
            assert_eq!(gone.json()["status"], "deleting");
        }
        client.until(show, |answer| answer.status == 404);
    })
    .await;
}

#[tokio::test]
async fn versions_and_errors_are_as_the_second_generation_reads_them() {
    Server::told(|client| {
        let token = client.token();
        let in_version =
            |version: &str| client.second_in(&token, version, "GET", "/clusters", None);
        for spoken in ["rax:container 1.0", "rax:container-infra 1.0"] {
            assert_eq!(in_version(spoken).status, 200, "{spoken}");
        }
        for unspoken in ["rax:container 2.0", "1.0", "x"] {
            let answer = in_version(unspoken);
            assert_eq!(answer.status, 406, "{unspoken}");
            let error = &answer.json()["errors"][0];
            assert_eq!(error["code"], "make-coe-api.microverion-unsupported");
            assert_eq!(
                (&error["min_version"], &error["max_version"]),
                (&json!("1.0"), &json!("1.0"))
            );
            assert_eq!(error["status"], 406);
        }
        let without = [
            "Accept: application/json".to_owned(),
            format!("X-Auth-Token: {token}"),
        ];
        assert_eq!(
            client.send("GET", "/v2/clusters", &without, None).status,
            200
        );
        let versions = client.send("GET", "/", &[], None).json();
        assert_eq!(versions["versions"][0]["id"], "v1.0");

        let none = "/clusters/d09da2f3-1d31-4521-b856-54256fb0c52f";
        let missing = client.second(&token, "GET", none, None);
        assert_eq!(missing.status, 404);
        let error = &missing.json()["errors"][0];
        for field in ["code", "detail", "request_id", "title"] {
            text(&error[field]);
        }
        assert!(error["status"].is_i64() && error["links"].is_array());
        assert_eq!(missing.headers["x-request-id"], text(&error["request_id"]));
    })
    .await;
}
