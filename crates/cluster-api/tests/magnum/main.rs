//! The client for Magnum, held to what real servers said: exchanges of Keystone 30 and Magnum 23, recorded
//! on the rig (`end2end/magnum/samples`), are answered again by a server that knows nothing else.

#![cfg(feature = "client")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calls;
mod clusters;
mod groups;
mod sign_in;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, response::IntoResponse};
use cluster_api::{
    CloudRule, ClusterId, ClusterStatus, FromTemplate, Health, IdempotencyKey, NewNodegroup,
    NodeCount, NodeId, NodeRole, NodeRule, NodegroupId, Problem, TaskKind, TemplateId, Timestamp,
    WatchMessage,
    client::{
        CloudApi, ControlPlane, Origin, Secret, Who,
        magnum::{Magnum, MemoryJournal, Settings},
    },
};
use futures::StreamExt;
use http::{HeaderMap, Method, StatusCode, Uri};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

const SAMPLES: &str = include_str!("../../../../end2end/magnum/samples/exchanges.jsonl");

/// What was recorded under a label.
fn sample(label: &str) -> Value {
    SAMPLES
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|it| it["label"] == label)
        .unwrap_or_else(|| panic!("there is no sample {label:?}"))
}

/// What is answered to a method and a path, in turn; the last one goes on being answered.
type Answers = HashMap<String, Vec<(u16, HeaderMap, Value)>>;

#[derive(Clone, Default)]
struct Stage {
    answers: Arc<Mutex<Answers>>,
    /// Method, path and query, body, headers: what was asked.
    asked: Arc<Mutex<Vec<(String, Value, HeaderMap)>>>,
}

impl Stage {
    /// Answers what was recorded under a label, at the path it was recorded at.
    fn plays(&self, label: &str) -> &Self {
        let sample = sample(label);
        let url = sample["request"]["url"].as_str().unwrap();
        let path = &url[url.find("/v").unwrap_or(url.len() - 1)..];
        let path = path.split('?').next().unwrap();
        let method = sample["request"]["method"].as_str().unwrap();
        self.says(&format!("{method} {path}"), &sample["response"])
    }

    /// Answers what was recorded under a label, elsewhere.
    fn plays_at(&self, at: &str, label: &str) -> &Self {
        self.says(at, &sample(label)["response"])
    }

    fn says(&self, at: &str, response: &Value) -> &Self {
        let mut headers = HeaderMap::new();
        for (name, value) in response["headers"].as_object().into_iter().flatten() {
            let value = value.as_str().unwrap();
            let name: http::HeaderName = name.parse().unwrap();
            if name != http::header::CONTENT_LENGTH {
                headers.insert(name, value.parse().unwrap());
            }
        }
        let status = response["status"].as_u64().unwrap();
        self.answers
            .lock()
            .unwrap()
            .entry(at.to_owned())
            .or_default()
            .push((
                u16::try_from(status).unwrap(),
                headers,
                response["body"].clone(),
            ));
        self
    }

    fn asked(&self, at: &str) -> Vec<Value> {
        let asked = self.asked.lock().unwrap();
        let here = asked.iter().filter(|(what, ..)| what == at);
        here.map(|(_, body, _)| body.clone()).collect()
    }

    /// Takes a request there, and never answers.
    fn hangs(&self, at: &str) -> &Self {
        self.says(at, &json!({"status": 0, "body": null}))
    }

    /// Forgets what is answered there.
    fn forgets(&self, at: &str) -> &Self {
        self.answers.lock().unwrap().remove(at);
        self
    }

    /// What was asked there, with queries.
    fn queries(&self, at: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let here = asked.iter().filter(|(what, ..)| what.starts_with(at));
        here.map(|(what, ..)| what.clone()).collect()
    }

    fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

async fn answer(
    State(stage): State<Stage>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let full = format!("{method} {}", uri.path_and_query().unwrap());
    stage.asked.lock().unwrap().push((full, body, headers));
    let at = format!("{method} {}", uri.path());
    let next = match stage.answers.lock().unwrap().get_mut(&at) {
        Some(all) if all.len() > 1 => Some(all.remove(0)),
        all => all.map(|all| all[0].clone()),
    };
    let Some((status, headers, body)) = next else {
        let said = format!("nothing was recorded for {at}");
        return (StatusCode::IM_A_TEAPOT, HeaderMap::new(), said);
    };
    if status == 0 {
        std::future::pending::<()>().await;
    }
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    (StatusCode::from_u16(status).unwrap(), headers, body)
}

/// A cloud that says what was recorded, and a client for it.
struct Cloud {
    stage: Stage,
    client: Magnum,
    url: String,
}

impl Cloud {
    async fn new() -> Self {
        Self::of_projects(&[]).await
    }

    /// One that people may sign in to these projects of.
    async fn of_projects(projects: &[&str]) -> Self {
        let projects = projects.iter().map(|it| (*it).to_owned()).collect();
        Self::with(Settings {
            projects,
            ..Settings::default()
        })
        .await
    }

    async fn with(settings: Settings) -> Self {
        // As the programs do; a second time it is there already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let stage = Stage::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(stage.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        stage.plays_at("GET /", "root");
        let settings = Settings {
            auth_url: url.clone(),
            interface: "public".to_owned(),
            domain: "Default".to_owned(),
            ..settings
        };
        let client = Magnum::new(settings, Arc::new(MemoryJournal::default())).unwrap();
        Self { stage, client, url }
    }

    /// The same answer with the catalog leading here.
    fn grants(&self, label: &str) {
        let mut response = sample(label)["response"].clone();
        let catalog = response.pointer_mut("/body/token/catalog");
        for service in catalog.and_then(Value::as_array_mut).into_iter().flatten() {
            for endpoint in service["endpoints"].as_array_mut().unwrap() {
                let url = endpoint["url"].as_str().unwrap();
                let path = url.splitn(4, '/').nth(3).unwrap_or_default();
                endpoint["url"] = json!(format!("{}/{path}", self.url));
            }
        }
        // A token that lasts, whenever this is played.
        response["body"]["token"]["expires_at"] = json!("2099-01-01T00:00:00.000000Z");
        self.stage.says("POST /v3/auth/tokens", &response);
    }

    /// The groups of nodes of a recorded list, each with what is said of it there.
    fn plays_groups(&self, list: &str) {
        self.stage.plays(list);
        let list = &sample(list)["response"]["body"]["nodegroups"];
        for brief in list.as_array().unwrap() {
            let mut response = sample("nodegroup: get")["response"].clone();
            for name in ["uuid", "name", "role", "node_count"] {
                response["body"][name] = brief[name].clone();
            }
            self.stage.says(&group_at("GET", &brief["uuid"]), &response);
        }
    }

    async fn sign_in(&self, project: Option<&str>) -> Result<SecretString, Problem> {
        let who = Who {
            project: project.map(str::to_owned),
            ..Who::from("alice")
        };
        let password = Secret::Password("userpw".to_owned().into());
        let grant = self
            .client
            .sign_in(&who, &password, &Origin::default())
            .await;
        Ok(grant?.token)
    }

    async fn credential(&self) -> SecretString {
        self.grants("auth: application credential");
        let secret = Secret::ApiKey("s3cret".to_owned().into());
        let grant = self
            .client
            .sign_in(&"credential-id".into(), &secret, &Origin::default())
            .await;
        grant.unwrap().token
    }

    async fn alice(&self) -> SecretString {
        self.grants("auth: password, project scope");
        self.sign_in(Some("demo-id")).await.unwrap()
    }
}

/// A wish for that cluster.
fn wish() -> FromTemplate {
    FromTemplate {
        name: "web-prod".try_into().unwrap(),
        template: TemplateId(uuid::Uuid::nil()),
        managers: 1,
        workers: 2,
        flavor: None,
        manager_flavor: None,
        keypair: None,
        network: None,
        labels: std::collections::BTreeMap::new(),
    }
}

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::try_from(text.to_owned()).unwrap()
}

/// Where a group of nodes of that cluster is asked about.
fn group_at(method: &str, id: &Value) -> String {
    let id = id.as_str().unwrap();
    format!("{method} /v1/clusters/{}/nodegroups/{id}", web())
}

/// From here on a pause of a second takes some 20 ms. The clock is moved by hand: left to itself a clock
/// that stands jumps to the next timeout while an answer is on its way.
fn hurry() {
    tokio::time::pause();
    tokio::spawn(async {
        loop {
            // While a thread is busy the clock does not jump.
            let real = || std::thread::sleep(Duration::from_millis(2));
            tokio::task::spawn_blocking(real).await.unwrap();
            tokio::time::advance(Duration::from_millis(100)).await;
        }
    });
}

/// The id of the cluster that most was recorded of.
fn web() -> ClusterId {
    let body = sample("cluster: get created")["response"]["body"].clone();
    body["uuid"].as_str().unwrap().parse().unwrap()
}
