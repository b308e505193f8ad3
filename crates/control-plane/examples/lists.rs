//! Measures what a page of a long list costs: one account with 10,000 clusters of three nodes, and
//! every order, filter and end of the list asked for through the API. Prints a line a figure; a part of
//! `make bench`.

mod many;

use std::{
    error::Error,
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use cluster_api::{NodeCount, Quotas, Role};
use control_plane::{
    Clock, Core, EngineWatch, SystemClock,
    access::Keyring,
    account::{self, Opening, Secrets},
    api::{self, ApiState, Heartbeat, PublicUrl},
    metrics::Metrics,
    notify::{Guard, Sender},
    provisioner::simulated::SimulatedProvisioner,
    service::{Help, Insight, Service},
    settings::TrustedProxies,
    store::{SampleStore, Store},
    vault::Vault,
};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use many::NODES;

const CLUSTERS: u32 = 10_000;
const ROUNDS: usize = 30;

/// A page costs at most that much of the server's time.
const GATE: Duration = Duration::from_millis(20);

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let store = Arc::new(Store::open(&folder.path().join("lists.db")).await?);
    let clock = Arc::new(SystemClock);
    let secrets = Secrets::or_random(None, Some("key".into()));
    let opening = Opening::new("owner", &secrets, Role::Member);
    let owner = account::add(&store, opening, None, clock.now()).await?;
    let vault = Arc::new(Vault::open(&folder.path().join("lists.key"))?);
    let begin = Instant::now();
    many::fill(&store, &vault, owner, CLUSTERS).await?;
    say(&format!(
        "    {CLUSTERS} clusters of {NODES} nodes made in {} s",
        begin.elapsed().as_secs()
    ));
    let sender = Sender::new(Guard::new(&[]), None, Arc::clone(&vault), clock.clone())?;
    let provisioner = Arc::new(SimulatedProvisioner::new(Duration::ZERO));
    let keyring = Arc::new(Keyring::new(Arc::clone(&vault), clock.clone()));
    let samples = SampleStore::open(&folder.path().join("metrics.db")).await?;
    let metrics = Metrics::new(
        Arc::clone(&store),
        samples,
        provisioner.clone(),
        Arc::clone(&keyring),
        clock.clone(),
    );
    let service = Service::new(
        Core {
            store: Arc::clone(&store),
            vault,
            provisioner: provisioner.clone(),
            clock,
            new_task: Arc::new(Notify::new()),
            engine: Arc::new(EngineWatch::default()),
        },
        Quotas {
            max_clusters: CLUSTERS,
            max_nodes_per_cluster: NodeCount::MAX,
        },
        Help {
            sender: Arc::new(sender),
            settings: serde_json::Value::Null,
        },
        Insight {
            inside: provisioner,
            keyring,
            metrics: Arc::new(metrics),
        },
    );
    let router = api::router(ApiState {
        service: Arc::new(service),
        public_url: PublicUrl(None),
        stop: CancellationToken::new(),
        heartbeat: Heartbeat::default(),
        trusted_proxies: TrustedProxies::default(),
    });
    let caller = Caller::sign_in(router).await?;

    for (what, query) in [
        ("the first 100", "limit=100"),
        ("the first 500", "limit=500"),
        ("100 by name", "limit=100&sort=name"),
        ("100 by status", "limit=100&sort=-status"),
        ("100 by last change", "limit=100&sort=-updated_at"),
        ("100 by size", "limit=100&sort=node_count"),
        ("100 of a rare status", "limit=100&status=error"),
        ("a name that is there once", "limit=100&q=cluster-7777"),
        ("a name that is not there", "limit=100&q=nothing"),
    ] {
        caller.measure(what, query).await?;
    }
    let mut last = String::new();
    let mut pages = 1;
    while let Some(next) = caller.get(&format!("limit=500{last}")).await?["next"].as_str() {
        last = format!("&marker={next}");
        pages += 1;
    }
    assert_eq!(pages, CLUSTERS / 500, "pages of 500");
    caller
        .measure("the last 100 of the last page", &format!("limit=100{last}"))
        .await
}

/// Somebody who is signed in, and speaks to the API without a network.
struct Caller {
    router: Router,
    token: String,
}

impl Caller {
    async fn sign_in(router: Router) -> Outcome<Self> {
        let mut this = Self {
            router,
            token: String::new(),
        };
        let auth = json!({"auth": {"RAX-KSKEY:apiKeyCredentials": {"username": "owner", "apiKey": "key"}}});
        let granted = this.send("POST", "/v2.0/tokens", Some(auth)).await?;
        this.token = granted["access"]["token"]["id"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        Ok(this)
    }

    async fn bytes(&self, method: &str, path: &str, body: Option<Value>) -> Outcome<Vec<u8>> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("x-auth-token", &self.token)
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))?;
        let response = self.router.clone().oneshot(request).await?;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await?.to_vec();
        if status.is_success() {
            Ok(bytes)
        } else {
            Err(format!("{method} {path}: {}", String::from_utf8_lossy(&bytes)).into())
        }
    }

    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Outcome<Value> {
        Ok(serde_json::from_slice(
            &self.bytes(method, path, body).await?,
        )?)
    }

    async fn get(&self, query: &str) -> Outcome<Value> {
        self.send("GET", &format!("/v2/clusters?{query}"), None)
            .await
    }

    /// From the request to the last byte of the answer, with nobody else asking.
    async fn measure(&self, what: &str, query: &str) -> Outcome<()> {
        let path = format!("/v2/clusters?{query}");
        let mut times = Vec::with_capacity(ROUNDS);
        let mut processor = Duration::ZERO;
        for round in 0..=ROUNDS {
            let (begin, used) = (Instant::now(), processor_time()?);
            self.bytes("GET", &path, None).await?;
            // The first warms caches up.
            if round > 0 {
                times.push(begin.elapsed());
                processor += processor_time()?.saturating_sub(used);
            }
        }
        times.sort();
        let (median, worst) = (times[ROUNDS / 2], times[ROUNDS - 1]);
        let processor = processor / u32::try_from(ROUNDS)?;
        let mark = if median <= GATE { " ok " } else { "xx  " };
        let figure = format!(
            "{} ms, worst {}, processor {}",
            millis(median),
            millis(worst),
            millis(processor)
        );
        say(&format!(
            "{mark}{:<58} {figure:<34} gate ≤ {} ms",
            format!("list of {CLUSTERS} clusters: {what}"),
            GATE.as_millis()
        ));
        Ok(())
    }
}

/// What this process has used of the processors so far, as far as the scheduler has counted (proc(5),
/// `schedstat` of each thread).
fn processor_time() -> Outcome<Duration> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir("/proc/self/task")? {
        // A thread can end between the two.
        let counted = fs::read_to_string(thread?.path().join("schedstat")).unwrap_or_default();
        let first = counted
            .split(' ')
            .next()
            .and_then(|number| number.parse::<u64>().ok());
        nanoseconds += first.unwrap_or_default();
    }
    Ok(Duration::from_nanos(nanoseconds))
}

fn millis(duration: Duration) -> String {
    format!("{:.1}", duration.as_secs_f64() * 1000.0)
}

#[expect(
    clippy::print_stdout,
    reason = "a measurement answers on its standard output"
)]
fn say(line: &str) {
    println!("{line}");
}
