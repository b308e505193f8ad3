//! A control plane for tests: the real store, rules, reconciler and API, on a clock that stands still
//! and a provisioner that can be told to fail.

mod inside;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode},
};
use cluster_api::{
    Cluster, ClusterId, ClusterStatus, Flavor, NodeCount, NodeId, Provisioning, Quotas, Role,
    Timestamp,
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::{
    Core, EngineWatch, FIRST_ACCOUNT,
    access::Keyring,
    account::{self, Opening},
    api::{self, ApiState, Heartbeat, PublicUrl},
    autoscale::Autoscaler,
    clock::{Clock, testing::TestClock},
    metrics::Metrics,
    notify::{Guard, Notifier, Sender},
    provisioner::{
        Beat, Capacity, ClusterAccess, Demand, Drained, EngineFacts, FailureKind, JoinTicket,
        NodeFacts, NodeOrder, NodeScript, ProvisionError, Provisioner, Pulse, Reservation,
        inside::Inside, simulated::SimulatedProvisioner,
    },
    reconciler::{Health, Pauses, Reconciler, Sweeper},
    service::{Help, Insight, Service},
    store::{Limits, SampleStore, Store},
    vault::Vault,
};

/// The passwords of all accounts in tests.
pub(crate) const PASSWORD: &str = "correct horse";

pub(crate) struct ControlPlane {
    pub(crate) store: Arc<Store>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) provisioner: Arc<Scripted>,
    pub(crate) router: Router,
    state: ApiState,
    pub(crate) service: Arc<Service>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) metrics: Arc<Metrics>,
    /// Ends streams, as the end of the process would.
    pub(crate) stop: CancellationToken,
    new_task: Arc<Notify>,
    engine: Arc<EngineWatch>,
    reconciler: Mutex<Option<(CancellationToken, tokio::task::JoinHandle<()>)>>,
    sender: Arc<Sender>,
    wake_notifier: Arc<Notify>,
    notifier: Mutex<Option<tokio::task::JoinHandle<()>>>,
    _folder: tempfile::TempDir,
}

impl ControlPlane {
    /// One whose reconciler runs, with the accounts `owner` and `stranger`.
    pub(crate) async fn running() -> Self {
        let this = Self::idle().await;
        this.start_reconciler();
        this
    }

    /// One whose reconciler does not run: what is asked for stays asked for.
    pub(crate) async fn idle() -> Self {
        Self::with(Scripted::default()).await
    }

    /// One whose reconciler does not run, on that provisioner.
    pub(crate) async fn with(provisioner: Scripted) -> Self {
        Self::with_room_for(3, provisioner).await
    }

    /// One whose reconciler does not run and whose accounts may have so many clusters.
    pub(crate) async fn with_room_for(max_clusters: u32, provisioner: Scripted) -> Self {
        Self::made(max_clusters, provisioner, &[]).await
    }

    /// One whose reconciler does not run, with webhooks let into that network.
    pub(crate) async fn idle_allowing(network: &str) -> Self {
        Self::made(3, Scripted::default(), &[network.parse().unwrap()]).await
    }

    async fn made(
        max_clusters: u32,
        provisioner: Scripted,
        webhooks_allow: &[ipnet::IpNet],
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(&folder.path().join("test.db")).await.unwrap());
        let vault = Arc::new(Vault::open(&folder.path().join("test.key")).unwrap());
        let clock = TestClock::new();
        let provisioner = Arc::new(provisioner);
        let new_task = Arc::new(Notify::new());
        let engine = Arc::new(EngineWatch::default());
        let keyring = Arc::new(Keyring::new(Arc::clone(&vault), Arc::clone(&clock) as _));
        let samples = SampleStore::open(&folder.path().join("metrics.db")).await;
        let metrics = Arc::new(Metrics::new(
            Arc::clone(&store),
            samples.unwrap(),
            Arc::clone(&provisioner) as Arc<dyn Inside>,
            Arc::clone(&keyring),
            Arc::clone(&clock) as _,
        ));
        for name in ["owner", "stranger"] {
            add_account(&store, name, Role::Member, clock.now()).await;
        }
        let sender = Sender::new(
            Guard::new(webhooks_allow),
            None,
            Arc::clone(&vault),
            Arc::clone(&clock) as _,
        );
        let sender = Arc::new(sender.unwrap());
        let help = Help {
            sender: Arc::clone(&sender),
            settings: json!({"provisioner": "simulated"}),
        };
        let service = Arc::new(Service::new(
            Core {
                store: Arc::clone(&store),
                vault: Arc::clone(&vault),
                provisioner: Arc::clone(&provisioner) as _,
                clock: Arc::clone(&clock) as _,
                new_task: Arc::clone(&new_task),
                engine: Arc::clone(&engine),
            },
            Quotas {
                max_clusters,
                max_nodes_per_cluster: NodeCount::try_from(5_i64).unwrap(),
            },
            help,
            Insight {
                inside: Arc::clone(&provisioner) as _,
                keyring: Arc::clone(&keyring),
                metrics: Arc::clone(&metrics),
            },
        ));
        let stop = CancellationToken::new();
        let state = ApiState {
            service: Arc::clone(&service),
            public_url: PublicUrl(None),
            stop: stop.clone(),
            heartbeat: Heartbeat(Duration::from_millis(20)),
            trusted_proxies: "127.0.0.1".parse().unwrap(),
        };
        let router = api::router(state.clone());
        Self {
            store,
            clock,
            provisioner,
            router,
            state,
            service,
            vault,
            keyring,
            metrics,
            stop,
            new_task,
            engine,
            reconciler: Mutex::new(None),
            sender,
            wake_notifier: Arc::new(Notify::new()),
            notifier: Mutex::new(None),
            _folder: folder,
        }
    }

    fn core(&self) -> Core {
        Core {
            store: Arc::clone(&self.store),
            vault: Arc::clone(&self.vault),
            provisioner: Arc::clone(&self.provisioner) as _,
            clock: Arc::clone(&self.clock) as _,
            new_task: Arc::clone(&self.new_task),
            engine: Arc::clone(&self.engine),
        }
    }

    pub(crate) fn start_reconciler(&self) {
        let reconciler = Arc::new(Reconciler::new(
            self.core(),
            Pauses {
                first: Duration::from_millis(1),
                longest: Duration::from_millis(4),
            },
        ));
        let stop = CancellationToken::new();
        let handle = tokio::spawn(reconciler.run(stop.clone()));
        *self.reconciler.lock().unwrap() = Some((stop, handle));
    }

    /// What watches over its nodes.
    pub(crate) fn health(&self) -> Health {
        Health::new(self.core(), Arc::clone(&self.keyring))
    }

    /// What sweeps after its clusters.
    pub(crate) fn sweeper(&self) -> Sweeper {
        Sweeper::new(self.core())
    }

    /// What scales its clusters.
    pub(crate) fn autoscaler(&self) -> Autoscaler {
        Autoscaler::new(
            self.core(),
            Arc::clone(&self.service),
            Arc::clone(&self.keyring),
            Arc::clone(&self.metrics),
        )
    }

    /// Ends the reconciler wherever it is, as a kill would.
    pub(crate) async fn kill_reconciler(&self) {
        let running = self.reconciler.lock().unwrap().take();
        if let Some((_, handle)) = running {
            handle.abort();
            let _ = handle.await;
        }
    }

    pub(crate) fn start_notifier(&self) {
        let notifier = Arc::new(Notifier::new(
            Arc::clone(&self.store),
            Arc::clone(&self.clock) as _,
            Arc::clone(&self.sender),
            Arc::clone(&self.wake_notifier),
            crate::notify::pauses(),
        ));
        let handle = tokio::spawn(notifier.run(CancellationToken::new()));
        *self.notifier.lock().unwrap() = Some(handle);
    }

    /// Ends the notifier wherever it is, as a kill would.
    pub(crate) async fn kill_notifier(&self) {
        let running = self.notifier.lock().unwrap().take();
        if let Some(handle) = running {
            handle.abort();
            let _ = handle.await;
        }
    }

    /// Moves the clock, and lets the notifier see it.
    pub(crate) fn pass(&self, time: jiff::SignedDuration) {
        self.clock.advance(time);
        self.wake_notifier.notify_one();
    }

    /// From now on watches show that they are alive so seldom that nothing is due to that.
    pub(crate) fn without_heartbeats(mut self) -> Self {
        self.router = api::router(ApiState {
            heartbeat: Heartbeat(Duration::from_secs(24 * 3600)),
            ..self.state.clone()
        });
        self
    }

    pub(crate) fn anonymous(&self) -> Client {
        Client {
            router: self.router.clone(),
            token: None,
        }
    }

    /// Somebody who is an admin: the account that the very first start makes.
    pub(crate) async fn admin(&self) -> Client {
        add_account(&self.store, FIRST_ACCOUNT, Role::Admin, self.clock.now()).await;
        self.client(FIRST_ACCOUNT).await
    }

    pub(crate) async fn client(&self, username: &str) -> Client {
        self.client_with(username, &format!("key of {username}"))
            .await
    }

    pub(crate) async fn client_with(&self, username: &str, api_key: &str) -> Client {
        let anonymous = self.anonymous();
        let auth = json!({"auth": {"RAX-KSKEY:apiKeyCredentials":
            {"username": username, "apiKey": api_key}}});
        let answer = anonymous.send("POST", "/v2.0/tokens", Some(auth)).await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        let token = answer.json["access"]["token"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        Client {
            token: Some(token),
            ..anonymous
        }
    }

    /// Waits until the cluster is as said; watchers are told of every change, so nothing is polled.
    pub(crate) async fn until(
        &self,
        id: ClusterId,
        what: impl Fn(Option<&Cluster>) -> bool,
    ) -> Option<Cluster> {
        let mut changes = self.store.changes();
        let wait = async {
            loop {
                let cluster = self
                    .store
                    .cluster(id)
                    .await
                    .unwrap()
                    .map(|record| record.cluster);
                if what(cluster.as_ref()) {
                    return cluster;
                }
                changes.changed().await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait)
            .await
            .expect("it never came to that")
    }

    pub(crate) async fn until_status(&self, id: ClusterId, status: ClusterStatus) -> Cluster {
        self.until(id, |cluster| {
            cluster.is_some_and(|cluster| cluster.status == status)
        })
        .await
        .unwrap()
    }
}

async fn add_account(store: &Store, username: &str, role: Role, now: Timestamp) {
    let opening = Opening {
        username,
        password: &PASSWORD.into(),
        api_key: Some(&format!("key of {username}").into()),
        role,
        limits: Limits::default(),
    };
    account::add(store, opening, None, now).await.unwrap();
}

/// Somebody who speaks to the API without a network.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) router: Router,
    pub(crate) token: Option<String>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) json: Value,
    pub(crate) bytes: Vec<u8>,
}

impl Client {
    pub(crate) fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "api.test:4000");
        match &self.token {
            Some(token) => request.header("x-auth-token", token),
            None => request,
        }
    }

    pub(crate) async fn raw(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn answer(&self, request: Request<Body>) -> Answer {
        let response = self.raw(request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap()
            .to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer {
            status,
            headers,
            json,
            bytes,
        }
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let request = self
            .request(method, path)
            .header("content-type", "application/json");
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        self.answer(request.body(body).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    /// Asks for a cluster that is going to be made.
    pub(crate) async fn create(&self, name: &str, nodes: u32) -> ClusterId {
        let body = json!({"name": name, "cluster_type_id": 1, "node_count": nodes});
        let answer = self.send("POST", "/v2/clusters", Some(body)).await;
        assert_eq!(answer.status, 201, "{}", answer.json);
        answer.json["id"].as_str().unwrap().parse().unwrap()
    }
}

/// A simulated provisioner that fails as told, and can be held at a node's start.
pub(crate) struct Scripted {
    inner: SimulatedProvisioner,
    /// What is seen of nodes that are not well; all others run.
    pub(crate) ill: Mutex<HashMap<NodeId, Option<Beat>>>,
    /// Ports of nodes that do not answer.
    pub(crate) silent: Mutex<Vec<u16>>,
    /// The engine of the host cannot be asked.
    pub(crate) blind: AtomicBool,
    /// Work does not leave a node that is drained.
    pub(crate) clings: AtomicBool,
    /// What services ask for.
    pub(crate) demand: Mutex<Vec<Reservation>>,
    scripts: Vec<NodeScript>,
    orders: Mutex<HashMap<NodeId, u16>>,
    /// Clusters of which something is there.
    pub(crate) there: Mutex<HashSet<ClusterId>>,
    failures: Mutex<VecDeque<FailureKind>>,
    gate: Semaphore,
    pub(crate) waiting: Notify,
    calls: Mutex<Vec<String>>,
    /// What the engines of all nodes wrote; None: nobody can be asked.
    pub(crate) log: Mutex<Option<Option<String>>>,
    pub(crate) inside: inside::Script,
}

impl Default for Scripted {
    fn default() -> Self {
        Self {
            inner: SimulatedProvisioner::new(Duration::ZERO),
            ill: Mutex::default(),
            silent: Mutex::default(),
            blind: AtomicBool::new(false),
            clings: AtomicBool::new(false),
            demand: Mutex::default(),
            scripts: Vec::new(),
            orders: Mutex::default(),
            there: Mutex::default(),
            failures: Mutex::default(),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            waiting: Notify::new(),
            calls: Mutex::default(),
            log: Mutex::default(),
            inside: inside::Script::default(),
        }
    }
}

impl Scripted {
    /// One with scripts for nodes; one whose text is `fail` does.
    pub(crate) fn with_scripts(texts: &[&str]) -> Self {
        let scripts = texts.iter().enumerate().map(|(number, text)| NodeScript {
            name: format!("{number}.sh"),
            text: (*text).to_owned(),
        });
        Self {
            scripts: scripts.collect(),
            ..Self::default()
        }
    }

    async fn stumble(&self, ordinal: u32) -> Done<()> {
        self.waiting.notify_one();
        if let Ok(permit) = self.gate.acquire().await {
            permit.forget();
        }
        let failure = self.failures.lock().unwrap().pop_front();
        match failure {
            Some(kind) => Err(ProvisionError {
                kind,
                message: format!("Node {ordinal} did not start, as told."),
                source: Some("the engine's own words".into()),
            }),
            None => Ok(()),
        }
    }

    /// The next starts of nodes fail like that, one each.
    pub(crate) fn fail(&self, kinds: impl IntoIterator<Item = FailureKind>) {
        self.failures.lock().unwrap().extend(kinds);
    }

    /// How many failures are still to come.
    pub(crate) fn failures_left(&self) -> usize {
        self.failures.lock().unwrap().len()
    }

    /// Nodes do not start before the gate is open.
    pub(crate) fn close_gate(&self) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    /// Lets one start through.
    pub(crate) fn one_through_the_gate(&self) {
        self.gate.add_permits(1);
    }

    pub(crate) fn open_gate(&self) {
        self.gate.add_permits(1_000);
    }

    /// What was done to machines so far.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    fn note(&self, call: impl Into<String>) {
        self.calls.lock().unwrap().push(call.into());
    }
}

type Done<T> = Result<T, ProvisionError>;

#[async_trait]
impl Provisioner for Scripted {
    fn kind(&self) -> Provisioning {
        self.inner.kind()
    }

    async fn prepare(&self) -> Done<()> {
        self.inner.prepare().await
    }

    fn image(&self) -> &str {
        self.inner.image()
    }

    fn names_of(&self, ordinal: u32) -> Vec<String> {
        self.inner.names_of(ordinal)
    }

    fn endpoint(&self, api_port: u16) -> String {
        self.inner.endpoint(api_port)
    }

    async fn ensure_network(&self, cluster: &ClusterAccess) -> Done<()> {
        assert!(cluster.client_key.expose_secret().contains("PRIVATE KEY"));
        self.note("network");
        self.there.lock().unwrap().insert(cluster.id);
        self.inner.ensure_network(cluster).await
    }

    async fn ensure_node(&self, cluster: &ClusterAccess, node: &NodeOrder) -> Done<NodeFacts> {
        self.stumble(node.ordinal).await?;
        self.note(format!("start {}", node.ordinal));
        self.ill.lock().unwrap().remove(&node.id);
        self.silent.lock().unwrap().clear();
        self.orders.lock().unwrap().insert(node.id, 2376);
        self.inner.ensure_node(cluster, node).await
    }

    async fn renew_node(
        &self,
        cluster: &ClusterAccess,
        old: Option<&ClusterAccess>,
        node: &NodeOrder,
    ) -> Done<NodeFacts> {
        self.stumble(node.ordinal).await?;
        assert!(old.is_some_and(|old| old.ca_pem != cluster.ca_pem));
        self.note(format!("renew {}", node.ordinal));
        self.inner.renew_node(cluster, old, node).await
    }

    async fn renew_swarm(&self, cluster: &ClusterAccess, manager: &NodeFacts) -> Done<JoinTicket> {
        self.note("swarm anew");
        self.inner.renew_swarm(cluster, manager).await
    }

    fn scripts(&self) -> &[NodeScript] {
        &self.scripts
    }

    async fn run_script(
        &self,
        _: &ClusterAccess,
        ordinal: u32,
        script: &NodeScript,
    ) -> Done<String> {
        self.note(format!("run {} {ordinal}", script.name));
        if script.text == "fail" && self.failures_left() == 0 {
            return Err(ProvisionError {
                kind: FailureKind::Permanent,
                message: "The script failed, as told.".to_owned(),
                source: Some("what it wrote".into()),
            });
        }
        Ok(format!("wrote {}", script.text))
    }

    async fn pulse(&self) -> Done<Pulse> {
        if self.blind.load(Ordering::Relaxed) {
            return Err(ProvisionError {
                kind: FailureKind::Unreachable,
                message: "The engine is away, as told.".to_owned(),
                source: None,
            });
        }
        let mut seen: HashMap<_, _> = self
            .orders
            .lock()
            .unwrap()
            .keys()
            .map(|node| (*node, Beat::Runs))
            .collect();
        for (node, beat) in self.ill.lock().unwrap().iter() {
            match beat {
                Some(beat) => seen.insert(*node, beat.clone()),
                None => seen.remove(node),
            };
        }
        Ok(Pulse::Seen(seen))
    }

    async fn answers(&self, _: &ClusterAccess, api_port: u16) -> bool {
        !self.silent.lock().unwrap().contains(&api_port)
    }

    async fn demand(
        &self,
        _: &ClusterAccess,
        _: &NodeFacts,
        nodes: &[u32],
        flavor: Flavor,
    ) -> Done<Demand> {
        Ok(Demand {
            nodes: nodes
                .iter()
                .map(|ordinal| Capacity {
                    ordinal: *ordinal,
                    cpus: f64::from(flavor.cpus()),
                    memory_bytes: u64::from(flavor.memory_gb()) << 30,
                })
                .collect(),
            tasks: self.demand.lock().unwrap().clone(),
        })
    }

    async fn ensure_swarm(&self, cluster: &ClusterAccess, manager: &NodeFacts) -> Done<JoinTicket> {
        self.note("swarm");
        self.inner.ensure_swarm(cluster, manager).await
    }

    async fn ensure_joined(
        &self,
        cluster: &ClusterAccess,
        worker: &NodeFacts,
        ticket: &JoinTicket,
    ) -> Done<()> {
        self.note(format!("join {}", worker.ordinal));
        self.inner.ensure_joined(cluster, worker, ticket).await
    }

    async fn await_ready(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
        nodes: u32,
    ) -> Done<()> {
        self.note(format!("ready {nodes}"));
        self.inner.await_ready(cluster, manager, nodes).await
    }

    async fn drain(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
        ordinal: u32,
    ) -> Done<Drained> {
        self.note(format!("drain {ordinal}"));
        if self.clings.load(Ordering::Relaxed) {
            return Ok(Drained::TimedOut);
        }
        self.inner.drain(cluster, manager, ordinal).await
    }

    async fn undrain(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
        ordinal: u32,
    ) -> Done<()> {
        self.note(format!("undrain {ordinal}"));
        self.inner.undrain(cluster, manager, ordinal).await
    }

    async fn remove_node(
        &self,
        cluster: &ClusterAccess,
        manager: &NodeFacts,
        ordinal: u32,
    ) -> Done<()> {
        self.note(format!("remove {ordinal}"));
        self.inner.remove_node(cluster, manager, ordinal).await
    }

    async fn clusters(&self) -> Done<Vec<ClusterId>> {
        Ok(self.there.lock().unwrap().iter().copied().collect())
    }

    async fn remove_cluster(&self, cluster: ClusterId) -> Done<()> {
        self.note("erase");
        self.there.lock().unwrap().remove(&cluster);
        self.inner.remove_cluster(cluster).await
    }

    async fn engine_version(&self) -> Done<String> {
        self.inner.engine_version().await
    }

    async fn engine_facts(&self) -> Done<EngineFacts> {
        self.pulse().await?;
        self.inner.engine_facts().await
    }

    async fn node_log(&self, _: ClusterId, _: NodeId, _: u32) -> Done<Option<String>> {
        let log = self.log.lock().unwrap().clone();
        log.ok_or_else(|| ProvisionError {
            kind: FailureKind::Unreachable,
            message: "The engine is not there, as told.".to_owned(),
            source: None,
        })
    }
}
