//! A control plane made of a few maps, whose streams and failures the tests hold in their hands.

pub(crate) mod account;
mod cloud;
pub(crate) mod help;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use cluster_api::{
    Access, AccountDetails, ApiKey, Autoscale, AutoscaleChange, AutoscalePolicy, Cluster,
    ClusterChange, ClusterId, ClusterStatus, ClusterType, CreateCluster, Event, EventId, EventKind,
    Fingerprint, Flavor, IdempotencyKey, Node, NodeCount, NodeId, NodeRole, NodeState, Problem,
    Provisioning, Quotas, Scope, Scopes, Snapshot, TaskKind, Timestamp, UsualTime, UsualTimes,
    WatchMessage,
    client::{ControlPlane, Grant, InsideApi, LogItem, LogQuery, Logs, Origin, Secret, Watch, Who},
    inside::{
        Container, ContainerList, LogLine, LogSource, Metrics, MetricsWindow, NodeList,
        ServiceList, SilentNode,
    },
};
use futures::channel::mpsc::{UnboundedSender, unbounded};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

/// What stands in for a zip.
pub(crate) const ZIP: &[u8] = b"PK\x03\x04 not really";

#[derive(Clone, Default)]
pub(crate) struct FakeControlPlane(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    away: bool,
    /// Whose token it is.
    tokens: HashMap<String, String>,
    clusters: HashMap<String, Vec<Cluster>>,
    events: HashMap<ClusterId, Vec<Event>>,
    streams: Vec<Stream>,
    journal: i64,
    keys: HashMap<String, Vec<ApiKey>>,
    accounts: Vec<AccountDetails>,
    calls: Vec<String>,
    /// Where the last sign-in came from.
    origin: Origin,
    /// The logs that are followed, in the order in which they were opened.
    logs: Vec<UnboundedSender<Result<LogItem, Problem>>>,
    /// How long making a cluster usually takes, in milliseconds.
    usual_ms: Option<u64>,
    /// What never answers.
    silent: &'static [&'static str],
    /// What was asked of logs.
    log_queries: Vec<LogQuery>,
}

struct Stream {
    token: String,
    account: String,
    sender: UnboundedSender<Result<WatchMessage, Problem>>,
}

pub(crate) fn cluster(name: &str, version: i64) -> Cluster {
    let at = Timestamp::from_second(1_700_000_000).unwrap();
    let id = name
        .bytes()
        .fold(0, |id: u128, byte| (id << 8) | u128::from(byte));
    Cluster {
        id: ClusterId(Uuid::from_u128(id)),
        name: name.to_owned().try_into().unwrap(),
        status: ClusterStatus::Active,
        cluster_type: ClusterType::swarm(),
        node_count: NodeCount::MIN,
        created_at: at,
        updated_at: at,
        flavor: Flavor::Container1G,
        nodes: Vec::new(),
        endpoint: Some("tcp://127.0.0.1:23760".to_owned()),
        progress: None,
        reason: None,
        deletion_protection: false,
        labels: cluster_api::Labels::default(),
        autoscale: false,
        version: EventId(version),
        cloud: None,
    }
}

/// The cluster with so many nodes that are ready.
pub(crate) fn with_nodes(mut cluster: Cluster, count: u128) -> Cluster {
    cluster.node_count = NodeCount::try_from(i64::try_from(count).unwrap()).unwrap();
    let node = |ordinal: u128| Node {
        id: NodeId(Uuid::from_u128(ordinal)),
        name: format!("node-{ordinal}"),
        role: if ordinal == 1 {
            NodeRole::Manager
        } else {
            NodeRole::Worker
        },
        state: NodeState::Ready,
        address: None,
        drained: false,
        image: "carina-node".to_owned(),
        engine_version: None,
    };
    cluster.nodes = (1..=count).map(node).collect();
    cluster
}

pub(crate) fn event(cluster: ClusterId, id: i64) -> Event {
    Event {
        id: EventId(id),
        cluster_id: cluster,
        actor: None,
        task_id: None,
        at: Timestamp::from_second(1_700_000_000 + id).unwrap(),
        kind: EventKind::Done,
        message: format!("Step {id} is done"),
        detail: None,
        duration_ms: None,
    }
}

impl State {
    fn account(&self, token: &SecretString) -> Result<String, Problem> {
        if self.away {
            return Err(Problem::Unreachable);
        }
        self.tokens
            .get(token.expose_secret())
            .cloned()
            .ok_or(Problem::SignedOut)
    }

    fn find(&mut self, account: &str, id: ClusterId) -> Result<&mut Cluster, Problem> {
        let clusters = self.clusters.get_mut(account).ok_or(Problem::NotFound)?;
        clusters
            .iter_mut()
            .find(|cluster| cluster.id == id)
            .ok_or(Problem::NotFound)
    }

    fn snapshot(&self, account: &str) -> Snapshot {
        Snapshot {
            version: EventId(self.journal),
            clusters: self.clusters.get(account).cloned().unwrap_or_default(),
            quotas: Quotas {
                max_clusters: 10,
                max_nodes_per_cluster: NodeCount::MAX,
            },
            cluster_types: vec![ClusterType::swarm()],
            provisioning: Provisioning::Simulated,
        }
    }

    fn send(&self, account: &str, message: &Result<WatchMessage, Problem>) {
        for stream in self
            .streams
            .iter()
            .filter(|stream| stream.account == account)
        {
            let _ = stream.sender.unbounded_send(message.clone());
        }
    }
}

/// What the tests do to it.
impl FakeControlPlane {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The names of all calls since the last time, in order.
    pub(crate) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state().calls)
    }

    pub(crate) fn grant(&self, account: &str, token: &str) -> SecretString {
        self.state()
            .tokens
            .insert(token.to_owned(), account.to_owned());
        token.to_owned().into()
    }

    /// Ends a token, and the streams it opened with word of that.
    pub(crate) fn revoke(&self, token: &str) {
        let mut state = self.state();
        state.tokens.remove(token);
        state.streams.retain(|stream| {
            if stream.token == token {
                let _ = stream.sender.unbounded_send(Err(Problem::SignedOut));
            }
            stream.token != token
        });
    }

    /// Ends all tokens without a word.
    pub(crate) fn revoke_all(&self) {
        self.state().tokens.clear();
    }

    pub(crate) fn add(&self, account: &str, cluster: Cluster) {
        let mut state = self.state();
        state.journal = state.journal.max(cluster.version.0);
        state
            .clusters
            .entry(account.to_owned())
            .or_default()
            .insert(0, cluster);
    }

    pub(crate) fn add_event(&self, event: Event) {
        let mut state = self.state();
        state.journal = state.journal.max(event.id.0);
        state
            .events
            .entry(event.cluster_id)
            .or_default()
            .insert(0, event);
    }

    pub(crate) fn send(&self, account: &str, message: WatchMessage) {
        self.state().send(account, &Ok(message));
    }

    /// How many streams are open.
    pub(crate) fn streams(&self) -> usize {
        self.state()
            .streams
            .iter()
            .filter(|stream| !stream.sender.is_closed())
            .count()
    }

    /// Ends all streams, as a restart does.
    pub(crate) fn drop_streams(&self) {
        self.state().streams.clear();
    }

    /// Where the last sign-in came from.
    pub(crate) fn origin(&self) -> Origin {
        self.state().origin.clone()
    }

    /// Writes into a log that is followed.
    pub(crate) fn write(&self, log: usize, item: Result<LogItem, Problem>) {
        let state = self.state();
        state.logs[log].unbounded_send(item).unwrap();
    }

    /// Ends the logs that are followed, as a lost connection does.
    pub(crate) fn drop_logs(&self) {
        self.state().logs.clear();
    }

    /// What was asked of logs since the last time.
    pub(crate) fn log_queries(&self) -> Vec<LogQuery> {
        std::mem::take(&mut self.state().log_queries)
    }

    /// Nothing answers from now on; or it does again.
    pub(crate) fn set_away(&self, away: bool) {
        let mut state = self.state();
        state.away = away;
        if away {
            state.streams.clear();
        }
    }

    /// How long making a cluster usually takes from now on, in milliseconds.
    pub(crate) fn set_usual(&self, milliseconds: u64) {
        self.state().usual_ms = Some(milliseconds);
    }

    /// Those calls are never answered from now on.
    pub(crate) fn set_silent(&self, calls: &'static [&'static str]) {
        self.state().silent = calls;
    }

    /// Waits for ever if that call is never answered.
    async fn hear(&self, call: &str) {
        if self.state().silent.contains(&call) {
            std::future::pending::<()>().await;
        }
    }

    fn called(&self, call: impl Into<String>) -> MutexGuard<'_, State> {
        let mut state = self.state();
        state.calls.push(call.into());
        state
    }
}

#[async_trait]
impl InsideApi for FakeControlPlane {
    async fn nodes(&self, token: &SecretString, id: ClusterId) -> Result<NodeList, Problem> {
        self.hear("nodes").await;
        let mut state = self.called("nodes");
        let account = state.account(token)?;
        state.find(&account, id)?;
        Ok(NodeList { nodes: Vec::new() })
    }

    async fn containers(
        &self,
        token: &SecretString,
        id: ClusterId,
    ) -> Result<ContainerList, Problem> {
        self.hear("containers").await;
        let mut state = self.called("containers");
        let account = state.account(token)?;
        state.find(&account, id)?;
        Ok(ContainerList {
            containers: CONTAINERS.map(container).into(),
            unreachable: vec![SilentNode {
                node: "node-9".to_owned(),
                reason: "It is <away>.".to_owned(),
            }],
        })
    }

    async fn services(&self, token: &SecretString, id: ClusterId) -> Result<ServiceList, Problem> {
        self.hear("services").await;
        let mut state = self.called("services");
        let account = state.account(token)?;
        state.find(&account, id)?;
        Ok(ServiceList {
            services: Vec::new(),
            unreachable: Vec::new(),
        })
    }

    async fn metrics(
        &self,
        _: &SecretString,
        _: ClusterId,
        _: MetricsWindow,
        _: Option<&str>,
    ) -> Result<Metrics, Problem> {
        self.hear("metrics").await;
        Err(Problem::NotOffered)
    }

    async fn logs(
        &self,
        token: &SecretString,
        id: ClusterId,
        container: &str,
        query: &LogQuery,
    ) -> Result<Logs, Problem> {
        self.hear("logs").await;
        let mut state = self.called(format!("logs of {container}"));
        let account = state.account(token)?;
        state.find(&account, id)?;
        state.log_queries.push(query.clone());
        if query.follow {
            let (sender, receiver) = unbounded();
            state.logs.push(sender);
            return Ok(Box::pin(receiver));
        }
        let words = format!("<b> of {container}");
        let lines = [log_line(10, &words), Ok(LogItem::End { reason: None })];
        Ok(Box::pin(futures::stream::iter(lines)))
    }
}

/// The containers of every cluster: their ids, which their names and nodes come from.
pub(crate) const CONTAINERS: [&str; 2] = ["c0ffee01", "c0ffee02"];

fn container(id: &str) -> Container {
    Container {
        node: "node-1".to_owned(),
        id: id.to_owned(),
        names: vec![format!("name-{id}")],
        image: "nginx".to_owned(),
        state: "running".to_owned(),
        status: "Up 2 days".to_owned(),
        created_at: Timestamp::from_second(1_700_000_000).unwrap(),
        ports: Vec::new(),
        service: None,
    }
}

/// A line that was written so many seconds after a moment.
pub(crate) fn log_line(second: i64, data: &str) -> Result<LogItem, Problem> {
    Ok(LogItem::Line {
        place: Some(format!("{second}.0")),
        line: LogLine {
            stream: LogSource::Stderr,
            at: Timestamp::from_second(1_700_000_000 + second).ok(),
            data: data.to_owned(),
            cut: false,
        },
    })
}

#[async_trait]
impl ControlPlane for FakeControlPlane {
    async fn sign_in(&self, who: &Who, secret: &Secret, origin: &Origin) -> Result<Grant, Problem> {
        let username = who.username.as_str();
        let mut state = self.called("sign_in");
        state.origin = origin.clone();
        if state.away {
            return Err(Problem::Unreachable);
        }
        let (Secret::Password(secret) | Secret::ApiKey(secret)) = secret;
        if secret.expose_secret() != "right" {
            return Err(Problem::WrongCredentials);
        }
        let token = format!("token-{username}-{}", Uuid::new_v4());
        state.tokens.insert(token.clone(), username.to_owned());
        Ok(Grant {
            is_admin: username == "admin",
            token: token.into(),
            expires_at: "2026-11-30T10:00:00Z".parse().unwrap(),
            account_id: username.to_owned(),
            username: username.to_owned(),
            scopes: (username == "machine").then(|| Scopes([Scope::Write].into())),
        })
    }

    async fn check_token(&self, token: &SecretString) -> Result<bool, Problem> {
        match self.called("check_token").account(token) {
            Ok(_) => Ok(true),
            Err(Problem::SignedOut) => Ok(false),
            Err(problem) => Err(problem),
        }
    }

    async fn sign_out(&self, token: &SecretString) -> Result<(), Problem> {
        self.called("sign_out").account(token)?;
        self.revoke(token.expose_secret());
        Ok(())
    }

    async fn snapshot(&self, token: &SecretString) -> Result<Snapshot, Problem> {
        let state = self.called("snapshot");
        let account = state.account(token)?;
        Ok(state.snapshot(&account))
    }

    async fn cluster(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem> {
        let mut state = self.called("cluster");
        let account = state.account(token)?;
        state.find(&account, id).cloned()
    }

    async fn events(&self, token: &SecretString, id: ClusterId) -> Result<Vec<Event>, Problem> {
        let mut state = self.called("events");
        let account = state.account(token)?;
        state.find(&account, id)?;
        Ok(state.events.get(&id).cloned().unwrap_or_default())
    }

    async fn create(
        &self,
        token: &SecretString,
        wanted: &CreateCluster,
        _: &IdempotencyKey,
    ) -> Result<Cluster, Problem> {
        let mut state = self.called("create");
        let account = state.account(token)?;
        state.journal += 1;
        let mut made = cluster(wanted.name.as_str(), state.journal);
        made.status = ClusterStatus::Creating;
        made.endpoint = None;
        state
            .clusters
            .entry(account)
            .or_default()
            .insert(0, made.clone());
        Ok(made)
    }

    async fn usual(&self, token: &SecretString) -> Result<UsualTimes, Problem> {
        let state = self.called("usual");
        state.account(token)?;
        Ok(UsualTimes {
            provisioning: Provisioning::Simulated,
            times: vec![UsualTime {
                task: TaskKind::Create,
                typical_ms: state.usual_ms,
            }],
        })
    }

    async fn resize(
        &self,
        token: &SecretString,
        id: ClusterId,
        nodes: NodeCount,
    ) -> Result<(), Problem> {
        let mut state = self.called("resize");
        let account = state.account(token)?;
        state.journal += 1;
        let version = EventId(state.journal);
        let cluster = state.find(&account, id)?;
        cluster.can_resize()?;
        cluster.status = ClusterStatus::Resizing;
        cluster.node_count = nodes;
        cluster.version = version;
        Ok(())
    }

    async fn shrink(
        &self,
        token: &SecretString,
        id: ClusterId,
        nodes: NodeCount,
        remove: &[NodeId],
    ) -> Result<(), Problem> {
        let remove: Vec<_> = remove.iter().map(NodeId::to_string).collect();
        let mut state = self.called(format!("shrink to {nodes} without {}", remove.join(" ")));
        let account = state.account(token)?;
        state.find(&account, id)?.can_resize()
    }

    async fn replace_node(
        &self,
        token: &SecretString,
        id: ClusterId,
        node: NodeId,
    ) -> Result<Cluster, Problem> {
        let mut state = self.called(format!("replace {node}"));
        let account = state.account(token)?;
        state.find(&account, id).cloned()
    }

    async fn drain_node(
        &self,
        token: &SecretString,
        id: ClusterId,
        node: NodeId,
        on: bool,
    ) -> Result<Cluster, Problem> {
        let mut state = self.called(format!("drain {node}: {on}"));
        let account = state.account(token)?;
        state.find(&account, id).cloned()
    }

    async fn retry(&self, token: &SecretString, id: ClusterId) -> Result<(), Problem> {
        let mut state = self.called("retry");
        let account = state.account(token)?;
        state.find(&account, id)?.can_retry()
    }

    async fn change(
        &self,
        token: &SecretString,
        id: ClusterId,
        change: &ClusterChange,
    ) -> Result<Cluster, Problem> {
        let mut state = self.called("change");
        let account = state.account(token)?;
        state.journal += 1;
        let version = EventId(state.journal);
        let cluster = state.find(&account, id)?;
        if let Some(name) = &change.name {
            cluster.name = name.clone();
        }
        if let Some(labels) = &change.labels {
            cluster.labels = labels.clone();
        }
        if let Some(on) = change.deletion_protection {
            cluster.deletion_protection = on;
        }
        cluster.version = version;
        Ok(cluster.clone())
    }

    async fn rebuild(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem> {
        let mut state = self.called("rebuild");
        let account = state.account(token)?;
        state.find(&account, id).cloned()
    }

    async fn rotate(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem> {
        let mut state = self.called("rotate");
        let account = state.account(token)?;
        state.find(&account, id).cloned()
    }

    async fn autoscale(&self, token: &SecretString, id: ClusterId) -> Result<Autoscale, Problem> {
        let mut state = self.called("autoscale");
        let account = state.account(token)?;
        let enabled = state.find(&account, id)?.autoscale;
        Ok(Autoscale {
            enabled,
            policy: AutoscalePolicy::default(),
            paused_until: None,
            checked_at: None,
            found: None,
        })
    }

    async fn set_autoscale(
        &self,
        token: &SecretString,
        id: ClusterId,
        change: &AutoscaleChange,
    ) -> Result<Autoscale, Problem> {
        {
            let mut state = self.called("set_autoscale");
            let account = state.account(token)?;
            state.find(&account, id)?.autoscale = change.enabled;
        }
        self.autoscale(token, id).await
    }

    async fn support_bundle(
        &self,
        token: &SecretString,
        id: ClusterId,
    ) -> Result<Vec<u8>, Problem> {
        let mut state = self.called("support_bundle");
        let account = state.account(token)?;
        state.find(&account, id)?;
        Ok(ZIP.to_vec())
    }

    async fn delete(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem> {
        let mut state = self.called("delete");
        let account = state.account(token)?;
        state.journal += 1;
        let version = EventId(state.journal);
        let cluster = state.find(&account, id)?;
        cluster.status = ClusterStatus::Deleting;
        cluster.version = version;
        Ok(cluster.clone())
    }

    async fn access(&self, token: &SecretString, id: ClusterId) -> Result<Access, Problem> {
        let mut state = self.called("access");
        let account = state.account(token)?;
        state.find(&account, id)?.can_access()?;
        Ok(Access {
            endpoint: "tcp://127.0.0.1:23760".to_owned(),
            ca_fingerprint: Fingerprint("aa:bb".to_owned()),
            ca_expires_at: Timestamp::from_second(1_900_000_000).unwrap(),
            certificate_days: 365,
            last_issued: None,
        })
    }

    async fn credentials_zip(
        &self,
        token: &SecretString,
        id: ClusterId,
    ) -> Result<Vec<u8>, Problem> {
        let mut state = self.called("credentials_zip");
        let account = state.account(token)?;
        state.find(&account, id)?.can_access()?;
        Ok(ZIP.to_vec())
    }

    async fn watch(&self, token: &SecretString, last: Option<EventId>) -> Result<Watch, Problem> {
        let mut state =
            self.called(last.map_or("watch".to_owned(), |last| format!("watch after {last}")));
        let account = state.account(token)?;
        let (sender, receiver) = unbounded();
        if last.is_none() {
            let _ = sender.unbounded_send(Ok(WatchMessage::Snapshot(state.snapshot(&account))));
        }
        let token = token.expose_secret().to_owned();
        state.streams.push(Stream {
            token,
            account,
            sender,
        });
        Ok(Box::pin(receiver))
    }
}
