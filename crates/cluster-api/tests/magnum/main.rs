//! The client for Magnum, held to what real servers said: exchanges of Keystone 30 and Magnum 23, recorded
//! on the rig (`end2end/magnum/samples`), are answered again by a server that knows nothing else.

#![cfg(feature = "client")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

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

const SAMPLES: &str = include_str!("../../../end2end/magnum/samples/exchanges.jsonl");

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
            projects: projects.iter().map(|it| (*it).to_owned()).collect(),
            ..Settings::default()
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

#[tokio::test]
async fn a_password_is_exchanged_for_a_token_of_the_project() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let asked = cloud.stage.asked("POST /v3/auth/tokens");
    assert_eq!(
        asked[0]["auth"],
        json!({
            "identity": {"methods": ["password"], "password": {"user": {
                "name": "alice", "domain": {"name": "Default"}, "password": "userpw"}}},
            "scope": {"project": {"id": "demo-id"}},
        })
    );
    // What a session keeps does not hold the password.
    assert!(!token.expose_secret().contains("userpw"));
    let membership = cloud.client.membership(&token).unwrap();
    assert_eq!(membership.project.name, "demo");
    assert!(membership.can_change() && !membership.is_restricted);
}

#[tokio::test]
async fn who_names_no_project_comes_to_the_first_of_theirs() {
    let cloud = Cloud::new().await;
    cloud.grants("auth: password, unscoped");
    cloud.grants("auth: password, project scope");
    cloud.stage.plays("auth: projects of the user");
    cloud.stage.says(
        "DELETE /v3/auth/tokens",
        &json!({"status": 204, "body": null}),
    );
    let password = Secret::Password("userpw".to_owned().into());
    let grant = cloud
        .client
        .sign_in(&"alice".into(), &password, &Origin::default())
        .await
        .unwrap();
    assert_eq!(grant.username, "alice");
    let asked = cloud.stage.asked("POST /v3/auth/tokens");
    assert!(asked[0]["auth"].get("scope").is_none());
    assert!(asked[1]["auth"]["scope"]["project"]["id"].is_string());
    // The token for no project is ended again.
    assert_eq!(cloud.stage.asked("DELETE /v3/auth/tokens").len(), 1);
}

#[tokio::test]
async fn an_application_credential_says_no_project_and_whether_it_is_restricted() {
    let cloud = Cloud::new().await;
    let token = cloud.credential().await;
    let asked = cloud.stage.asked("POST /v3/auth/tokens");
    assert!(asked[0]["auth"].get("scope").is_none());
    let restricted = sample("auth: application credential")["response"]["body"]["token"]
        ["application_credential"]["restricted"]
        .as_bool()
        .unwrap();
    assert_eq!(
        cloud.client.membership(&token).unwrap().is_restricted,
        restricted
    );
}

#[tokio::test]
async fn wrong_passwords_are_told_from_clouds_that_do_not_answer() {
    let cloud = Cloud::new().await;
    cloud.stage.plays("auth: wrong password");
    let password = Secret::Password("nonsense".to_owned().into());
    let who = Who {
        project: Some("demo-id".to_owned()),
        ..Who::from("alice")
    };
    let answer = cloud
        .client
        .sign_in(&who, &password, &Origin::default())
        .await;
    assert_eq!(answer.unwrap_err(), Problem::WrongCredentials);
    let nowhere = Settings {
        auth_url: "http://127.0.0.1:9".to_owned(),
        interface: "public".to_owned(),
        ..Settings::default()
    };
    let nowhere = Magnum::new(nowhere, Arc::new(MemoryJournal::default())).unwrap();
    let answer = nowhere.sign_in(&who, &password, &Origin::default()).await;
    assert_eq!(answer.unwrap_err(), Problem::Unreachable);
}

#[tokio::test]
async fn the_list_is_read_with_health_and_reason_and_other_projects_stay_out() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.plays("cluster: list detail");
    cloud
        .stage
        .plays_at("GET /v1/clustertemplates/detail", "template: list");
    cloud.stage.plays("quota: get own (unset)");
    let failed = sample("cluster: get failed one");
    let id = failed["response"]["body"]["uuid"]
        .as_str()
        .unwrap()
        .to_owned();
    cloud.stage.plays("cluster: get failed one");
    let mut watch = cloud.client.watch(&token, None).await.unwrap();
    let Some(Ok(WatchMessage::Snapshot(snapshot))) = watch.next().await else {
        panic!("a watch begins with all there is");
    };
    let listed = sample("cluster: list detail")["response"]["body"]["clusters"].clone();
    let own: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["project_id"] == sample("auth: password, project scope")["response"]["body"]["token"]["project"]["id"])
        .collect();
    assert_eq!(snapshot.clusters.len(), own.len());
    assert_eq!(snapshot.quotas.max_clusters, 20);
    let web = snapshot.clusters.iter().find(|it| it.id == web()).unwrap();
    assert_eq!(web.status, ClusterStatus::Active);
    assert_eq!(web.cloud.as_ref().unwrap().health, Some(Health::Healthy));
    let managers = web
        .nodes
        .iter()
        .filter(|it| it.role == NodeRole::Manager)
        .count();
    assert_eq!(managers, 1);
    let doomed = snapshot
        .clusters
        .iter()
        .find(|it| it.id.to_string() == id)
        .unwrap();
    assert_eq!(doomed.status, ClusterStatus::Error);
    assert_eq!(
        doomed.cloud.as_ref().unwrap().failed,
        Some(TaskKind::Create)
    );
    let reason = doomed.reason.as_ref().unwrap();
    let said = reason.detail.as_ref().unwrap();
    assert!(said.contains("rig_fail"), "{said}");
    // What failed in it stands only in the answer about it alone.
    assert!(said.contains("default-worker: "), "{said}");
}

#[tokio::test]
async fn what_magnum_says_reaches_the_one_who_asked_with_the_requests_id() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.plays("cluster: create, keypair unknown");
    let wish = FromTemplate {
        keypair: Some("nope".to_owned()),
        labels: [("a".to_owned(), "b".to_owned())].into(),
        ..wish()
    };
    let refused = cloud.client.create_from(&token, &wish, &key("k1")).await;
    let Err(Problem::Refused { request_id, .. }) = refused else {
        panic!("{refused:?}");
    };
    let header = sample("cluster: create, keypair unknown")["response"]["headers"].clone();
    let header = header.as_object().unwrap().iter();
    let header = header.filter(|(name, _)| name.eq_ignore_ascii_case("x-openstack-request-id"));
    let header: Vec<_> = header
        .map(|(_, value)| value.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(header, [format!("req-{request_id}")]);
    let said = cloud.client.said(&token, request_id).unwrap();
    assert_eq!(said, "Unable to find keypair nope.");
    // Labels of one's own are added to the template's and do not take their place.
    let asked = cloud.stage.asked("POST /v1/clusters");
    assert_eq!(asked[0]["merge_labels"], true);
    assert_eq!(asked[0]["labels"], json!({"a": "b"}));
    assert_eq!(
        (&asked[0]["node_count"], &asked[0]["master_count"]),
        (&json!(2), &json!(1))
    );
}

#[tokio::test]
async fn the_same_key_makes_one_cluster_which_is_read_once_it_is_there() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let path = format!("GET /v1/clusters/{}", web());
    cloud.stage.plays("cluster: create");
    // For some 100 ms there is nothing to read.
    cloud.stage.plays_at(&path, "cluster: get deleted");
    cloud.stage.plays_at(&path, "cluster: get while creating");
    let made = sample("cluster: create")["response"]["body"]["uuid"].clone();
    assert_eq!(made, json!(web().to_string()));
    for _ in 0..2 {
        let cluster = cloud.client.create_from(&token, &wish(), &key("k")).await;
        let cluster = cluster.unwrap();
        assert_eq!(
            (cluster.id, cluster.status),
            (web(), ClusterStatus::Creating)
        );
        assert_eq!(cluster.progress.unwrap().task, TaskKind::Create);
    }
    assert_eq!(cloud.stage.asked("POST /v1/clusters").len(), 1);
}

#[tokio::test]
async fn a_list_that_is_refused_for_a_moment_is_read_again() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let path = format!("GET /v1/clusters/{}", web());
    let said = "Invalid input for field/attribute master_count. Value: '0'. Value should be greater or equal to 1";
    let moment = json!({"status": 400, "headers": {}, "body": {"errors": [{"status": 400, "title": said, "detail": said}]}});
    cloud.stage.says(&path, &moment).says(&path, &moment);
    cloud.stage.plays_at(&path, "cluster: get created");
    let cluster = cloud.client.cluster(&token, web()).await.unwrap();
    assert_eq!(cluster.status, ClusterStatus::Active);
    assert_eq!(cloud.stage.asked(&path).len(), 3);
}

#[tokio::test]
async fn a_resize_that_changes_nothing_is_told() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let path = format!("GET /v1/clusters/{}", web());
    cloud.stage.plays_at(&path, "cluster: get created");
    // Its health was looked at meanwhile.
    let mut later = sample("cluster: get created")["response"].clone();
    later["body"]["updated_at"] = json!("2099-01-01T00:00:00+00:00");
    cloud.stage.says(&path, &later);
    cloud.plays_groups("nodegroup: list");
    cloud.stage.plays("cluster: resize");
    let answer = cloud
        .client
        .resize(&token, web(), NodeCount::of_a_cloud(9))
        .await;
    assert_eq!(answer, Err(Problem::NotBegun));
}

#[tokio::test]
async fn only_the_one_who_made_it_gets_credentials() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let mut others = sample("cluster: get created")["response"].clone();
    others["body"]["user_id"] = json!("somebody-else");
    cloud
        .stage
        .says(&format!("GET /v1/clusters/{}", web()), &others);
    cloud.stage.plays("certificate: CA as second member");
    let answer = cloud.client.access(&token, web()).await;
    assert_eq!(answer, Err(Problem::NotTheOwner));
}

#[tokio::test]
async fn access_is_told_from_the_authority() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.plays_at(
        &format!("GET /v1/clusters/{}", web()),
        "cluster: get created",
    );
    cloud.stage.plays("certificate: CA");
    let access = cloud.client.access(&token, web()).await.unwrap();
    assert!(access.endpoint.starts_with("https://"));
    assert_eq!(access.ca_fingerprint.0.len(), 95);
}

#[tokio::test]
async fn a_token_that_is_turned_away_is_granted_anew_once_however_many_ask() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let path = format!("GET /v1/clusters/{}", web());
    cloud
        .stage
        .plays_at(&path, "bad token")
        .plays_at(&path, "bad token");
    cloud.stage.plays_at(&path, "cluster: get created");
    cloud.stage.plays_at(
        &format!(
            "GET /v1/clustertemplates/{}",
            sample("cluster: get created")["response"]["body"]["cluster_template_id"]
                .as_str()
                .unwrap()
        ),
        "template: get",
    );
    let mut other = sample("auth: password, project scope")["response"].clone();
    other["headers"]["X-Subject-Token"] = json!("another-token");
    other["body"]["token"]["expires_at"] = json!("2099-01-01T00:00:00.000000Z");
    cloud.stage.forgets("POST /v3/auth/tokens");
    cloud.stage.says("POST /v3/auth/tokens", &other);
    let (one, two) = futures::join!(
        cloud.client.cluster(&token, web()),
        cloud.client.cluster(&token, web())
    );
    assert_eq!((one.unwrap().id, two.unwrap().id), (web(), web()));
    assert_eq!(cloud.stage.asked("POST /v3/auth/tokens").len(), 2);
    // A ticket that outlived the process has no password: the session is over then.
    let restarted = Cloud::new().await;
    restarted.stage.plays_at(&path, "bad token");
    let ticket = token.expose_secret().replace(&cloud.url, &restarted.url);
    let answer = restarted.client.cluster(&ticket.into(), web()).await;
    assert_eq!(answer.unwrap_err(), Problem::SignedOut);
}

#[tokio::test]
async fn nothing_is_asked_of_anybody_for_what_is_no_ticket() {
    let cloud = Cloud::new().await;
    let before = cloud.stage.count();
    let nobody = SecretString::from("none");
    assert_eq!(
        cloud.client.cluster(&nobody, web()).await,
        Err(Problem::SignedOut)
    );
    let group = NodegroupId(uuid::Uuid::nil());
    let answer = cloud.client.delete_nodegroup(&nobody, web(), group).await;
    assert_eq!(answer, Err(Problem::SignedOut));
    assert_eq!(cloud.stage.count(), before);
    assert_eq!(
        Problem::Cloud {
            rule: CloudRule::Workers
        }
        .status(),
        400
    );
}

#[tokio::test]
async fn what_magnum_says_of_a_cluster_fits_into_a_file() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let created = sample("cluster: get created");
    let template = created["response"]["body"]["cluster_template_id"].clone();
    cloud.stage.plays_at(
        &format!("GET /v1/clusters/{}", web()),
        "cluster: get created",
    );
    cloud.stage.plays("nodegroup: list");
    cloud.stage.plays_at(
        &format!("GET /v1/clustertemplates/{}", template.as_str().unwrap()),
        "template: get",
    );
    let bytes = cloud.client.support_bundle(&token, web()).await.unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let folder = created["response"]["body"]["name"].as_str().unwrap();
    for (file, says) in [
        ("cluster.json", "UPDATE_COMPLETE|CREATE_COMPLETE"),
        ("template.json", "image_id"),
        ("nodegroups.json", "default-worker"),
        ("events.json", "[]"),
    ] {
        let mut content = String::new();
        let mut entry = zip.by_name(&format!("{folder}/{file}")).unwrap();
        std::io::Read::read_to_string(&mut entry, &mut content).unwrap();
        assert!(
            says.split('|').any(|it| content.contains(it)),
            "{file}: {content}"
        );
        assert!(!content.contains("userpw"), "{file}");
    }
}

#[tokio::test]
async fn a_token_that_was_revoked_elsewhere_is_granted_anew_or_the_session_is_over() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.says(
        "HEAD /v3/auth/tokens",
        &json!({"status": 404, "body": null}),
    );
    assert_eq!(cloud.client.check_token(&token).await, Ok(true));
    assert_eq!(cloud.stage.asked("POST /v3/auth/tokens").len(), 2);
    // The password was changed as well.
    cloud.stage.forgets("POST /v3/auth/tokens");
    cloud.stage.plays("auth: wrong password");
    assert_eq!(cloud.client.check_token(&token).await, Ok(false));
}

#[tokio::test]
async fn a_sign_out_revokes_and_needs_no_answer() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.says(
        "DELETE /v3/auth/tokens",
        &json!({"status": 204, "body": null}),
    );
    assert_eq!(cloud.client.sign_out(&token).await, Ok(()));
    assert_eq!(cloud.stage.asked("DELETE /v3/auth/tokens").len(), 1);
}

#[tokio::test]
async fn a_magnum_that_fails_is_told_from_one_that_refuses() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let path = format!("GET /v1/clusters/{}", web());
    let said = "Unexpected exception";
    for (status, problem) in [(500, 502), (503, 503), (403, 403), (409, 409)] {
        cloud.stage.forgets(&path);
        let body = json!({"errors": [{"status": status, "title": said, "detail": said}]});
        cloud.stage.says(
            &path,
            &json!({"status": status, "headers": {}, "body": body}),
        );
        let answer = cloud.client.cluster(&token, web()).await.unwrap_err();
        assert_eq!(answer.status(), problem, "{status}: {answer:?}");
    }
}

#[tokio::test]
async fn what_fails_once_is_asked_again_unless_it_changes_something() {
    hurry();
    let cloud = Cloud::new().await;
    let failed = json!({"status": 500, "headers": {}, "body": {"errors": [
        {"status": 500, "title": "Unexpected", "detail": "Unexpected"}]}});
    cloud.stage.says("POST /v3/auth/tokens", &failed);
    let token = cloud.alice().await;
    assert_eq!(cloud.stage.asked("POST /v3/auth/tokens").len(), 2);
    let path = format!("GET /v1/clusters/{}", web());
    cloud.stage.says(&path, &failed);
    cloud.stage.plays_at(&path, "cluster: get created");
    let cluster = cloud.client.cluster(&token, web()).await.unwrap();
    assert_eq!(cluster.status, ClusterStatus::Active);
    assert_eq!(cloud.stage.asked(&path).len(), 2);
    let path = format!("DELETE /v1/clusters/{}", web());
    cloud.stage.says(&path, &failed);
    let answer = cloud.client.delete(&token, web()).await.unwrap_err();
    assert_eq!(answer.status(), 502);
    assert_eq!(cloud.stage.asked(&path).len(), 1);
}

#[tokio::test]
async fn lists_are_read_to_their_end_however_short_the_pages_are() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let at = "GET /v1/clusters/detail";
    cloud.stage.plays_at(at, "cluster: list limit=1");
    cloud.stage.plays_at(at, "cluster: next page");
    // A full last page says that there may be more; there is not.
    cloud.stage.plays_at(at, "empty list");
    let templates = "GET /v1/clustertemplates/detail";
    let mut page = sample("template: list")["response"].clone();
    page["body"]["next"] = json!("http://elsewhere/v1/clustertemplates?marker=nonsense");
    cloud.stage.says(templates, &page);
    cloud.stage.plays_at(templates, "template: list");
    cloud.stage.plays("quota: get own (unset)");
    let snapshot = cloud.client.snapshot(&token).await.unwrap();
    let rows = |label: &str| sample(label)["response"]["body"]["clusters"].clone();
    let mut ids = Vec::new();
    for label in ["cluster: list limit=1", "cluster: next page"] {
        ids.push(rows(label)[0]["uuid"].as_str().unwrap().to_owned());
    }
    let mut read: Vec<String> = (snapshot.clusters.iter())
        .map(|it| it.id.to_string())
        .collect();
    read.sort_by_key(|id| ids.iter().position(|it| it == id));
    assert_eq!(read, ids);
    assert_eq!(
        cloud.stage.queries(at),
        [
            format!("{at}?limit=1000"),
            format!("{at}?limit=1000&marker={}", ids[0]),
            format!("{at}?limit=1000&marker={}", ids[1]),
        ]
    );
    let last = page["body"]["clustertemplates"].as_array().unwrap().last();
    let last = last.unwrap()["uuid"].as_str().unwrap();
    assert_eq!(
        cloud.stage.queries(templates),
        [
            format!("{templates}?limit=1000"),
            format!("{templates}?limit=1000&marker={last}"),
        ]
    );
}

#[tokio::test]
async fn workers_are_taken_out_of_the_group_that_has_them() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let path = format!("GET /v1/clusters/{}", web());
    let before = &sample("cluster: get after nodegroup create")["response"];
    let (groups, gpu) = (sample("nodegroup: list"), sample("nodegroup: get"));
    let mut list = groups["response"].clone();
    let listed = list["body"]["nodegroups"].as_array_mut().unwrap();
    let default = listed[1].clone();
    listed.push(gpu["response"]["body"].clone());
    cloud.plays_groups("nodegroup: list");
    let at = format!("GET /v1/clusters/{}/nodegroups", web());
    cloud.stage.forgets(&at).says(&at, &list);
    let mut workers = gpu["response"].clone();
    for name in ["uuid", "name", "node_count"] {
        workers["body"][name] = default[name].clone();
    }
    workers["body"]["node_addresses"] =
        json!(["192.0.2.120", "192.0.2.121", "192.0.2.122", "192.0.2.123"]);
    let at = group_at("GET", &default["uuid"]);
    cloud.stage.forgets(&at).says(&at, &workers);
    let at = group_at("GET", &gpu["response"]["body"]["uuid"]);
    cloud.stage.says(&at, &gpu["response"]);
    cloud.stage.plays("cluster: resize");

    cloud.stage.says(&path, before);
    let cluster = cloud.client.cluster(&token, web()).await.unwrap();
    let node = |address: &str| {
        let has_it = |it: &&cluster_api::Node| it.address.as_deref() == Some(address);
        cluster.nodes.iter().find(has_it).unwrap().id
    };
    let resize = format!("POST /v1/clusters/{}/actions/resize", web());
    let nodes = |count| NodeCount::of_a_cloud(count);
    // Read before, for each group once more, and after.
    let plays = |groups: usize| {
        cloud.stage.forgets(&path).says(&path, before);
        for _ in 0..groups {
            cloud.stage.says(&path, before);
            cloud.stage.plays_at(&path, "cluster: get while updating");
        }
    };

    plays(1);
    let chosen = [node("192.0.2.170")];
    let answer = cloud.client.shrink(&token, web(), nodes(5), &chosen).await;
    assert_eq!(answer, Ok(()));
    let gone = json!({"node_count": 0, "nodegroup": "gpu", "nodes_to_remove": ["192.0.2.170"]});
    assert_eq!(cloud.stage.asked(&resize), [gone.clone()]);

    plays(2);
    let chosen = [
        node("192.0.2.170"),
        node("192.0.2.122"),
        node("192.0.2.120"),
    ];
    let answer = cloud.client.shrink(&token, web(), nodes(3), &chosen).await;
    assert_eq!(answer, Ok(()));
    let two = json!({"node_count": 2, "nodegroup": "default-worker",
        "nodes_to_remove": ["192.0.2.120", "192.0.2.122"]});
    assert_eq!(cloud.stage.asked(&resize)[1..], [two, gone]);

    plays(1);
    let too_few = cloud.client.shrink(&token, web(), nodes(2), &chosen).await;
    let rule = NodeRule::Number;
    assert_eq!(too_few, Err(Problem::NodeInvalid { rule }));
    let nobody = [NodeId(uuid::Uuid::nil())];
    let unknown = cloud.client.shrink(&token, web(), nodes(5), &nobody).await;
    let rule = NodeRule::Unknown;
    assert_eq!(unknown, Err(Problem::NodeInvalid { rule }));
    assert_eq!(cloud.stage.asked(&resize).len(), 3);
}

#[tokio::test]
async fn what_is_being_deleted_may_be_deleted_again() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.plays("cluster: get while deleting");
    cloud.stage.plays("cluster: delete twice");
    let cluster = cloud.client.delete(&token, web()).await.unwrap();
    assert_eq!(cluster.status, ClusterStatus::Deleting);
    let at = format!("DELETE /v1/clusters/{}", web());
    assert_eq!(cloud.stage.asked(&at).len(), 1);
}

#[tokio::test]
async fn changes_of_groups_that_are_dropped_are_told() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let (client, stage) = (&cloud.client, &cloud.stage);
    stage.plays_at(
        &format!("GET /v1/clusters/{}", web()),
        "cluster: get created",
    );
    let gpu = sample("nodegroup: get")["response"]["body"]["uuid"].clone();
    let group = NodegroupId(gpu.as_str().unwrap().parse().unwrap());
    let (at, there, gone) = (
        group_at("GET", &gpu),
        "nodegroup: get",
        "nodegroup: get deleted",
    );
    let wish = NewNodegroup {
        name: "gpu".to_owned(),
        flavor: Some("m1.large".to_owned()),
        count: 1,
        min: 0,
        max: Some(3),
        node_labels: [("gpu".to_owned(), "yes".to_owned())].into(),
        taints: Vec::new(),
    };
    stage.plays("nodegroup: create");
    stage.plays_at(&at, gone).plays_at(&at, there);
    assert_eq!(client.add_nodegroup(&token, web(), &wish).await, Ok(()));
    stage.forgets(&at).plays_at(&at, gone);
    let dropped = client.add_nodegroup(&token, web(), &wish).await;
    assert_eq!(dropped, Err(Problem::NotBegun));

    stage.plays_at(&group_at("PATCH", &gpu), "nodegroup: patch max");
    stage.forgets(&at).plays_at(&at, there);
    let dropped = client
        .bound_nodegroup(&token, web(), group, 0, Some(5))
        .await;
    assert_eq!(dropped, Err(Problem::NotBegun));
    stage
        .plays_at(&at, there)
        .plays_at(&at, "nodegroup: patch max");
    let bound = client
        .bound_nodegroup(&token, web(), group, 0, Some(5))
        .await;
    assert_eq!(bound, Ok(()));
    let asked = stage.asked(&group_at("PATCH", &gpu));
    let recorded = sample("nodegroup: patch max")["request"]["body"].clone();
    assert_eq!(asked, [recorded.clone(), recorded]);

    stage.plays_at(&group_at("DELETE", &gpu), "nodegroup: delete");
    stage.forgets(&at).plays_at(&at, there);
    let dropped = client.delete_nodegroup(&token, web(), group).await;
    assert_eq!(dropped, Err(Problem::NotBegun));
    stage.plays_at(&at, there).plays_at(&at, gone);
    let deleted = client.delete_nodegroup(&token, web(), group).await;
    assert_eq!(deleted, Ok(()));
}

#[tokio::test]
async fn a_cluster_that_never_shows_up_was_not_begun() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.plays("cluster: create");
    cloud.stage.plays("cluster: get deleted");
    let answer = cloud.client.create_from(&token, &wish(), &key("k")).await;
    assert_eq!(answer, Err(Problem::NotBegun));
}

#[tokio::test]
async fn a_change_without_an_answer_may_have_been_done() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let path = format!("GET /v1/clusters/{}", web());
    cloud.stage.plays_at(&path, "cluster: get created");
    let at = format!("DELETE /v1/clusters/{}", web());
    cloud.stage.hangs(&at);
    let answer = cloud.client.delete(&token, web()).await;
    assert_eq!(answer, Err(Problem::Unsure));
    // A balancer waited in vain.
    let late = json!({"status": 504, "body": "<html>"});
    cloud.stage.forgets(&at).says(&at, &late);
    let answer = cloud.client.delete(&token, web()).await;
    assert_eq!(answer, Err(Problem::Unsure));
    // It was taken, and then nobody said what came of it.
    cloud.stage.forgets(&at).plays("cluster: delete");
    cloud.stage.hangs(&path);
    let answer = cloud.client.delete(&token, web()).await;
    assert_eq!(answer, Err(Problem::Unsure));
    // What only reads has changed nothing.
    let answer = cloud.client.cluster(&token, web()).await;
    assert_eq!(answer, Err(Problem::Unreachable));
}

#[tokio::test]
async fn a_cluster_that_was_made_without_an_answer_is_not_made_again() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let mut list = sample("cluster: list detail")["response"].clone();
    let at = "GET /v1/clusters/detail";
    cloud.stage.says(at, &list);
    cloud.stage.hangs("POST /v1/clusters");
    for tries in 1..=2 {
        // There is a cluster of that name, which is older than the wish.
        let answer = cloud.client.create_from(&token, &wish(), &key("k")).await;
        assert_eq!(answer, Err(Problem::Unsure));
        assert_eq!(cloud.stage.asked("POST /v1/clusters").len(), tries);
    }
    let id = list["body"]["clusters"][1]["uuid"].clone();
    list["body"]["clusters"][1]["name"] = json!("web-prod");
    list["body"]["clusters"][1]["created_at"] = json!(Timestamp::now().to_string());
    cloud.stage.forgets(at).says(at, &list);
    cloud.stage.plays("cluster: get failed one");
    let answer = cloud.client.create_from(&token, &wish(), &key("k")).await;
    assert_eq!(json!(answer.unwrap().id), id);
    assert_eq!(cloud.stage.asked("POST /v1/clusters").len(), 2);
}

#[tokio::test]
async fn an_upgrade_is_waited_for_longer_than_others() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.plays("cluster: get created");
    let at = format!("POST /v1/clusters/{}/actions/upgrade", web());
    cloud.stage.hangs(&at);
    let template = TemplateId(uuid::Uuid::nil());
    let began = tokio::time::Instant::now();
    let answer = cloud.client.upgrade(&token, web(), template, 1).await;
    assert_eq!(answer, Err(Problem::Unsure));
    assert!(began.elapsed() >= Duration::from_secs(90));
}

#[tokio::test]
async fn people_come_to_a_project_that_the_dashboard_is_for() {
    let gone = json!({"status": 204, "body": null});
    let project = |token: &SecretString, cloud: &Cloud| {
        let membership = cloud.client.membership(token).unwrap();
        membership.project.name
    };
    // The user's default project is one of them: no other token is asked for.
    let cloud = Cloud::of_projects(&["demo"]).await;
    let token = {
        cloud.grants("auth: password, project scope");
        cloud.sign_in(None).await.unwrap()
    };
    assert_eq!(project(&token, &cloud), "demo");
    assert_eq!(cloud.stage.asked("POST /v3/auth/tokens").len(), 1);

    // It is not: the first that is one, and the token for the other is ended.
    let cloud = Cloud::of_projects(&["other"]).await;
    cloud.grants("auth: password, project scope");
    cloud.grants("auth: rescope a token");
    cloud.stage.plays("auth: projects of the user");
    cloud.stage.says("DELETE /v3/auth/tokens", &gone);
    let token = cloud.sign_in(None).await.unwrap();
    assert_eq!(project(&token, &cloud), "other");
    assert_eq!(cloud.stage.asked("DELETE /v3/auth/tokens").len(), 1);
    let asked = cloud.stage.asked("POST /v3/auth/tokens");
    let projects = sample("auth: projects of the user")["response"]["body"]["projects"].clone();
    assert_eq!(
        asked[1]["auth"]["scope"]["project"]["id"],
        projects[1]["id"]
    );
    // They are shown no others.
    let listed = cloud.client.projects(&token).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].name, "other");

    // None is, or another one was asked for.
    for asks in [None, Some("demo-id")] {
        let cloud = Cloud::of_projects(&["third"]).await;
        cloud.grants("auth: password, project scope");
        cloud.stage.plays("auth: projects of the user");
        cloud.stage.says("DELETE /v3/auth/tokens", &gone);
        let answer = cloud.sign_in(asks).await;
        assert_eq!(answer.unwrap_err(), Problem::WrongCredentials);
        assert_eq!(cloud.stage.asked("DELETE /v3/auth/tokens").len(), 1);
    }
}

#[tokio::test]
async fn an_application_credential_stays_in_its_project() {
    let cloud = Cloud::new().await;
    let token = cloud.credential().await;
    let own = cloud.client.membership(&token).unwrap().project;
    let before = cloud.stage.count();
    let listed = cloud.client.projects(&token).await.unwrap();
    assert_eq!(listed, [own.clone()]);
    // After a restart as well.
    let restarted = Cloud::new().await;
    let ticket = token.expose_secret().replace(&cloud.url, &restarted.url);
    for (client, token) in [
        (&cloud.client, token.clone()),
        (&restarted.client, ticket.into()),
    ] {
        let answer = client.choose_project(&token, "another").await;
        assert_eq!(answer.unwrap_err(), Problem::NotFound);
    }
    assert_eq!(cloud.stage.count(), before);
    let answer = cloud.client.choose_project(&token, &own.id).await;
    assert!(answer.is_ok());
}

#[tokio::test]
async fn a_quota_is_guessed_only_where_the_cloud_keeps_it_to_itself() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let at = sample("quota: get own")["request"]["url"].clone();
    let at = at.as_str().unwrap();
    let at = format!("GET {}", &at[at.find("/v1").unwrap()..]);
    cloud.stage.plays("quota: get own");
    let own = cloud.client.quotas(&token).await.unwrap();
    assert_eq!(own.max_clusters, 3);
    cloud
        .stage
        .forgets(&at)
        .plays_at(&at, "quota: create as member");
    let kept = cloud.client.quotas(&token).await.unwrap();
    assert_eq!(kept.max_clusters, 20);
    for (status, told) in [(500, 502), (409, 409), (503, 503)] {
        let failed = json!({"status": status, "body": {"errors": []}});
        cloud.stage.forgets(&at).says(&at, &failed);
        let answer = cloud.client.quotas(&token).await.unwrap_err();
        assert_eq!(answer.status(), told);
    }
}

#[tokio::test]
async fn what_keystone_says_reaches_the_one_who_asked() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let at = "POST /v3/auth/tokens";
    let label = "auth: rescoping an app-cred token";
    cloud.stage.forgets(at).plays(label);
    let answer = cloud.client.choose_project(&token, "another").await;
    let Err(Problem::Refused { status, request_id }) = answer.map(|it| it.username) else {
        panic!("a delegated token is refused");
    };
    assert_eq!(status, 403);
    let said = cloud.client.said(&token, request_id);
    let recorded = sample(label)["response"]["body"]["error"]["message"].clone();
    assert_eq!(said.as_deref(), recorded.as_str());
}

/// A Magnum that speaks that version at the most.
fn speaks(cloud: &Cloud, newest: &str) {
    let mut root = sample("root")["response"].clone();
    root["body"]["versions"][0]["max_version"] = json!(newest);
    cloud.stage.forgets("GET /").says("GET /", &root);
}

#[tokio::test]
async fn the_newest_version_that_both_know_is_spoken() {
    for (newest, spoken) in [("1.10", "1.10"), ("1.14", "1.14"), ("1.20", "1.14")] {
        let cloud = Cloud::new().await;
        speaks(&cloud, newest);
        let token = cloud.alice().await;
        cloud.stage.plays("cluster: get created");
        cloud.client.cluster(&token, web()).await.unwrap();
        let asked = cloud.stage.asked.lock().unwrap();
        let at = format!("GET /v1/clusters/{}", web());
        let (_, _, headers) = asked.iter().find(|(what, ..)| *what == at).unwrap();
        assert_eq!(
            headers["openstack-api-version"],
            format!("container-infra {spoken}")
        );
    }
    let cloud = Cloud::new().await;
    speaks(&cloud, "1.9");
    let token = cloud.alice().await;
    let answer = cloud.client.cluster(&token, web()).await;
    assert_eq!(answer, Err(Problem::NotOffered));
    assert!(cloud.stage.queries("GET /v1").is_empty());
}

#[tokio::test]
async fn what_a_project_has_is_told_beside_what_it_may_have() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.plays("stats: own").plays("quota: get own");
    let has = cloud.client.project_use(&token).await.unwrap();
    assert_eq!((has.clusters, has.nodes, has.max_clusters), (3, 10, 3));
    // Of this project and no other.
    let asked = cloud.stage.queries("GET /v1/stats");
    let url = sample("stats: own")["request"]["url"].clone();
    let (_, query) = url.as_str().unwrap().split_once('?').unwrap();
    assert_eq!(asked, [format!("GET /v1/stats?{query}")]);
}

#[tokio::test]
async fn a_group_that_could_not_be_made_says_why() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.plays("cluster: get with a failed nodegroup");
    let failed = sample("nodegroup: get failed one");
    let brief = failed["response"]["body"].clone();
    let list = json!({"status": 200, "body": {"nodegroups": [brief]}});
    let at = format!("GET /v1/clusters/{}/nodegroups", web());
    cloud.stage.says(&at, &list);
    let id = group_at("GET", &failed["response"]["body"]["uuid"]);
    cloud.stage.says(&id, &failed["response"]);
    let groups = cloud.client.nodegroups(&token, web()).await.unwrap();
    let [group] = groups.as_slice() else {
        panic!("{groups:?}");
    };
    assert_eq!(
        (&*group.name, group.status),
        ("broken", ClusterStatus::Error)
    );
    let why = "rig_fail asked for a failed create";
    assert_eq!(group.reason.as_deref(), Some(why));
}

#[tokio::test]
async fn refusals_of_a_creation_are_told_in_the_clouds_words() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    for (label, status, words) in [
        (
            "cluster: create past quota",
            403,
            "maximum clusters per project, 3",
        ),
        (
            "cluster: create, even masters",
            400,
            "cannot be an even number",
        ),
        (
            "cluster: create, unknown template",
            400,
            "ClusterTemplate nope",
        ),
        ("microversion too high", 406, "microversion is unsupported"),
        ("microversion malformed", 406, ""),
    ] {
        let at = "POST /v1/clusters";
        cloud.stage.forgets(at).plays_at(at, label);
        let answer = cloud.client.create_from(&token, &wish(), &key("k")).await;
        let Err(problem @ Problem::Refused { request_id, .. }) = answer else {
            panic!("{label}: {answer:?}");
        };
        assert_eq!(problem.status(), status, "{label}");
        let said = cloud.client.said(&token, request_id).unwrap_or_default();
        assert!(said.contains(words), "{label}: {said}");
        assert_eq!(said.is_empty(), words.is_empty(), "{label}: {said}");
    }
}
