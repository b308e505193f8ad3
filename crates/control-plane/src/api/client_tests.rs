//! The HTTP client against the API: every call that it offers, once with success at least.

use std::sync::Once;

use axum::{Router, http::StatusCode, routing::post};
use cluster_api::{
    AddAccount, AuditAction, AuditFormat, AuditQuery, AutoscaleChange, AutoscalePolicy,
    ChangeAccount, ClusterChange, ClusterId, ClusterQuery, ClusterSort, ClusterStatus,
    CreateCluster, EventKind, EventQuery, HelpRule, IdempotencyKey, Limit, MakeKey, NodeCount,
    NodeId, NodeRule, OpenTicket, Problem, Provisioning, Scope, Scopes, SecretText, SortKey,
    Subscribe, SubscriptionChange, Target, TaskKind, TicketChange, TicketState, Topic, WriteNote,
    client::{
        AccountApi, ControlPlane as _, Download, HelpApi, HttpControlPlane, InsideApi, LogItem,
        LogQuery, Logs, Origin, Secret, Tail,
    },
    inside::{LogSource, MetricsWindow},
};
use futures::{StreamExt, TryStreamExt};
use jiff::SignedDuration;
use secrecy::SecretString;
use serde_json::json;
use tokio::{net::TcpListener, task::AbortHandle};

use crate::{
    clock::Clock,
    provisioner::inside::Counters,
    testing::{Client, ControlPlane, PASSWORD},
};

const LOOPBACK: &str = "127.0.0.0/8";

/// A control plane that listens, and a client for it.
struct Rig {
    plane: ControlPlane,
    api: HttpControlPlane,
    owner: SecretString,
    stranger: SecretString,
    listener: AbortHandle,
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

/// Has a router listen; the address is `http://127.0.0.1:…`.
async fn listen(router: Router) -> (String, AbortHandle) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (base, task.abort_handle())
}

fn token(client: &Client) -> SecretString {
    client.token.clone().unwrap().into()
}

fn nodes(count: i64) -> NodeCount {
    count.try_into().unwrap()
}

impl Rig {
    async fn new() -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let plane = ControlPlane::idle_allowing(LOOPBACK).await;
        plane.start_reconciler();
        let (base, listener) = listen(plane.router.clone()).await;
        Self {
            api: HttpControlPlane::new(&base).unwrap(),
            owner: token(&plane.client("owner").await),
            stranger: token(&plane.client("stranger").await),
            plane,
            listener,
        }
    }

    async fn admin(&self) -> SecretString {
        token(&self.plane.admin().await)
    }

    /// An active cluster of the owner.
    async fn cluster(&self, name: &str, count: i64) -> ClusterId {
        let wish: CreateCluster = serde_json::from_value(
            json!({"name": name, "cluster_type_id": 1, "node_count": count}),
        )
        .unwrap();
        let key = IdempotencyKey::try_from(format!("make-{name}")).unwrap();
        let made = self.api.create(&self.owner, &wish, &key).await.unwrap();
        self.active(made.id).await;
        made.id
    }

    async fn active(&self, id: ClusterId) {
        self.plane.until_status(id, ClusterStatus::Active).await;
    }
}

async fn all_of(download: Download) -> String {
    let pieces: Vec<Vec<u8>> = download.try_collect().await.unwrap();
    String::from_utf8(pieces.concat()).unwrap()
}

#[tokio::test]
async fn clusters_are_listed_a_page_at_a_time() {
    let rig = Rig::new().await;
    let (api, owner) = (&rig.api, &rig.owner);
    for name in ["ant", "bee", "cat"] {
        rig.cluster(name, 1).await;
    }
    let query = ClusterQuery {
        limit: Some(1),
        status: vec![ClusterStatus::Active, ClusterStatus::Error],
        type_id: Some(api.cluster_types(owner).await.unwrap().cluster_types[0].id),
        q: Some("a".to_owned()),
        sort: ClusterSort {
            key: SortKey::Name,
            descending: true,
        },
        ..ClusterQuery::default()
    };
    let page = api.clusters(owner, &query).await.unwrap();
    assert_eq!(page.clusters[0].name.as_str(), "cat");
    assert_eq!((page.total, page.matching, page.counts.active), (3, 2, 3));
    let rest = ClusterQuery {
        marker: page.next,
        ..query
    };
    let page = api.clusters(owner, &rest).await.unwrap();
    assert_eq!(page.clusters[0].name.as_str(), "ant");
    assert_eq!(page.next, None);
    for key in SortKey::ALL {
        for descending in [false, true] {
            let query = ClusterQuery {
                sort: ClusterSort { key, descending },
                ..ClusterQuery::default()
            };
            assert_eq!(api.clusters(owner, &query).await.unwrap().matching, 3);
        }
    }
    let newest = api.clusters(owner, &ClusterQuery::default()).await.unwrap();
    assert_eq!(newest.clusters.len(), 3);
    assert_eq!(api.quotas(owner).await.unwrap().max_clusters, 3);
    let usual = api.usual(owner).await.unwrap();
    assert_eq!(usual.provisioning, Provisioning::Simulated);
    assert_eq!(
        usual.of(TaskKind::Create),
        Some(0),
        "the clock stands still"
    );
    assert_eq!(usual.of(TaskKind::Delete), None);
}

#[tokio::test]
async fn a_cluster_is_changed_scaled_and_made_anew() {
    let rig = Rig::new().await;
    let (api, owner) = (&rig.api, &rig.owner);
    let id = rig.cluster("shop", 1).await;
    let change: ClusterChange =
        serde_json::from_value(json!({"name": "store", "labels": {"team": "web"}})).unwrap();
    let changed = api.change(owner, id, &change).await.unwrap();
    assert_eq!(changed.name.as_str(), "store");
    assert_eq!(Some(&changed.labels), change.labels.as_ref());
    assert!(
        api.protect(owner, id, true)
            .await
            .unwrap()
            .deletion_protection
    );

    assert!(!api.autoscale(owner, id).await.unwrap().enabled);
    let policy = AutoscalePolicy {
        max: Some(nodes(3)),
        ..AutoscalePolicy::default()
    };
    for policy in [Some(policy), None] {
        let enabled = policy.is_some();
        let change = AutoscaleChange { enabled, policy };
        let now = api.set_autoscale(owner, id, &change).await.unwrap();
        assert_eq!((now.enabled, now.policy.max), (enabled, Some(nodes(3))));
    }

    let authority = api.access(owner, id).await.unwrap().ca_fingerprint;
    let zip = api.credentials_zip(owner, id).await.unwrap();
    assert_eq!(zip[..2], *b"PK");
    api.resize(owner, id, nodes(3)).await.unwrap();
    rig.active(id).await;
    let second = api.cluster(owner, id).await.unwrap().nodes[1].id;
    api.shrink(owner, id, nodes(2), &[second]).await.unwrap();
    rig.active(id).await;
    let left = api.cluster(owner, id).await.unwrap().nodes;
    assert_eq!((left.len(), &*left[1].name), (2, "node-3"));
    let manager = api.replace_node(owner, id, left[0].id).await;
    let rule = NodeRule::Manager;
    assert_eq!(manager.err(), Some(Problem::NodeInvalid { rule }));
    let replacing = api.replace_node(owner, id, left[1].id).await.unwrap();
    assert_eq!(replacing.status, ClusterStatus::Repairing);
    rig.active(id).await;
    let left = api.cluster(owner, id).await.unwrap().nodes;
    assert_eq!((left.len(), &*left[1].name), (2, "node-2"));
    for on in [true, false] {
        let draining = api.drain_node(owner, id, left[1].id, on).await.unwrap();
        let task = draining.progress.map(|progress| progress.task);
        assert_eq!(task, Some(TaskKind::Drain));
        rig.active(id).await;
        assert_eq!(api.nodes(owner, id).await.unwrap().nodes[1].drained, on);
    }
    let rotating = api.rotate(owner, id).await.unwrap();
    assert_eq!(rotating.status, ClusterStatus::Rotating);
    rig.active(id).await;
    assert_ne!(
        api.access(owner, id).await.unwrap().ca_fingerprint,
        authority
    );
    let ledger = api.ledger(owner, id).await.unwrap().certificates;
    assert_eq!(ledger.len(), 1);
    assert!(ledger[0].revoked_at.is_some());
    let rebuilding = api.rebuild(owner, id).await.unwrap();
    assert_eq!(rebuilding.status, ClusterStatus::Rebuilding);
    rig.active(id).await;

    let all = api.events(owner, id).await.unwrap();
    let mut query = EventQuery {
        limit: Some(5),
        ..EventQuery::default()
    };
    let mut read = Vec::new();
    loop {
        let page = api.page_of_events(owner, id, &query).await.unwrap();
        read.extend(page.events);
        query.marker = page.next;
        if query.marker.is_none() {
            break;
        }
    }
    assert_eq!(read, all);
    let bundle = api.support_bundle(owner, id).await.unwrap();
    assert_eq!(bundle[..2], *b"PK");
}

#[tokio::test]
async fn the_inside_of_a_cluster_is_seen() {
    let rig = Rig::new().await;
    let (api, owner) = (&rig.api, &rig.owner);
    let id = rig.cluster("shop", 2).await;
    assert_eq!(api.nodes(owner, id).await.unwrap().nodes.len(), 2);
    let containers = api.containers(owner, id).await.unwrap();
    assert_eq!(containers.containers.len(), 4);
    let services = api.services(owner, id).await.unwrap();
    assert_eq!(services.services[0].name, "web");
    let nodes = api.cluster(owner, id).await.unwrap().nodes;
    for look in 0..2_u64 {
        rig.plane.clock.advance(SignedDuration::from_secs(10));
        for node in &nodes {
            let counters = Counters {
                at: rig.plane.clock.now(),
                cpu_ns: look * 1_000,
                memory_bytes: 100,
                rx_bytes: 0,
                tx_bytes: 0,
            };
            rig.plane.provisioner.inside.count(node.id, counters);
        }
        rig.plane.metrics.look().await.unwrap();
    }
    for window in MetricsWindow::ALL {
        let metrics = api.metrics(owner, id, window, None).await.unwrap();
        assert_eq!(metrics.window, window.as_str());
        assert_eq!(metrics.nodes.len(), 2);
    }
    let hour = MetricsWindow::default();
    let one = api.metrics(owner, id, hour, Some("node-2")).await.unwrap();
    assert_eq!(one.nodes.len(), 1);
    // What is no name stays one part of the address.
    for name in ["web.1/../x?follow=true#", "ä ö", "%2e%2e"] {
        let log = api.logs(owner, id, name, &LogQuery::default()).await;
        assert_eq!(log.err(), Some(Problem::NotFound), "{name}");
    }
}

async fn line(log: &mut Logs) -> (String, LogSource, String) {
    match log.next().await.unwrap().unwrap() {
        LogItem::Line { place, line } => (place.unwrap(), line.stream, line.data),
        end @ LogItem::End { .. } => panic!("{end:?}"),
    }
}

#[tokio::test]
async fn a_log_is_followed_and_gone_on_with() {
    let rig = Rig::new().await;
    let (api, owner) = (&rig.api, &rig.owner);
    let id = rig.cluster("shop", 1).await;
    let inside = &rig.plane.provisioner.inside;
    let now = rig.plane.clock.now();
    inside.write(LogSource::Stdout, now, "one");
    inside.write(LogSource::Stderr, now, "two");
    inside.write(LogSource::Stdout, now, "three");
    let read = async |query: LogQuery| {
        let log = api.logs(owner, id, "web.1", &query).await.unwrap();
        let items: Vec<LogItem> = log.try_collect().await.unwrap();
        assert_eq!(items.last(), Some(&LogItem::End { reason: None }));
        let lines = items.into_iter().filter_map(|item| match item {
            LogItem::Line { line, .. } => Some(line.data),
            LogItem::End { .. } => None,
        });
        lines.collect::<Vec<_>>()
    };
    assert_eq!(read(LogQuery::default()).await, ["one", "two", "three"]);
    let query = LogQuery {
        tail: Tail::Last(1),
        node: Some("node-1".to_owned()),
        ..LogQuery::default()
    };
    assert_eq!(read(query).await, ["three"]);
    let query = LogQuery {
        tail: Tail::All,
        stdout: false,
        since: Some(now),
        ..LogQuery::default()
    };
    assert_eq!(read(query).await, ["two"]);

    let mut query = LogQuery {
        follow: true,
        ..LogQuery::default()
    };
    let mut log = api.logs(owner, id, "web.1", &query).await.unwrap();
    line(&mut log).await;
    let (place, stream, data) = line(&mut log).await;
    assert_eq!((stream, data.as_str()), (LogSource::Stderr, "two"));
    drop(log);
    query.after = Some(place);
    let mut log = api.logs(owner, id, "web.1", &query).await.unwrap();
    assert_eq!(line(&mut log).await.2, "three");
    inside.write(LogSource::Stdout, now, "four");
    assert_eq!(line(&mut log).await.2, "four");

    inside.break_logs();
    let log = api.logs(owner, id, "web.1", &LogQuery::default()).await;
    let items: Vec<LogItem> = log.unwrap().try_collect().await.unwrap();
    let reason = Some("The log broke off, as told.".to_owned());
    assert_eq!(items.last(), Some(&LogItem::End { reason }));
}

#[tokio::test]
async fn keys_and_sessions_are_made_and_ended() {
    let rig = Rig::new().await;
    let (api, owner) = (&rig.api, &rig.owner);
    let me = api.account(owner).await.unwrap();
    assert_eq!(me.username, "owner");
    let wish = MakeKey {
        name: "ci".to_owned(),
        scopes: Scopes([Scope::Read].into()),
        expires_at: None,
    };
    let made = api.make_key(owner, &wish).await.unwrap();
    assert!(!format!("{made:?}").contains(&made.secret.0));
    let secret = Secret::ApiKey(made.secret.0.into());
    let grant = api
        .sign_in(&"owner".into(), &secret, &Origin::default())
        .await;
    let grant = grant.unwrap();
    assert_eq!(grant.scopes, Some(wish.scopes.clone()));
    let refused = api.make_key(&grant.token, &wish).await;
    let scope = Scope::Write;
    assert_eq!(refused.err(), Some(Problem::ScopeMissing { scope }));
    let keys = api.keys(owner).await.unwrap().keys;
    assert!(keys.contains(&api_key(&keys, "ci")));
    api.revoke_key(owner, made.key.id).await.unwrap();
    assert_eq!(api.check_token(&grant.token).await, Ok(false));

    let password = Secret::Password(PASSWORD.into());
    let sign_in = async || {
        let grant = api
            .sign_in(&"owner".into(), &password, &Origin::default())
            .await;
        grant.unwrap().token
    };
    let (second, third) = (sign_in().await, sign_in().await);
    let sessions = api.sessions(&second).await.unwrap().sessions;
    let this = sessions.iter().find(|session| session.is_this).unwrap();
    api.end_session(owner, this.id).await.unwrap();
    assert_eq!(api.check_token(&second).await, Ok(false));
    api.end_sessions(owner, true).await.unwrap();
    assert_eq!(api.check_token(&third).await, Ok(false));
    assert_eq!(api.check_token(owner).await, Ok(true));
    api.end_sessions(owner, false).await.unwrap();
    assert_eq!(api.keys(owner).await.err(), Some(Problem::SignedOut));
}

fn api_key(keys: &[cluster_api::ApiKey], name: &str) -> cluster_api::ApiKey {
    keys.iter().find(|key| key.name == name).unwrap().clone()
}

#[tokio::test]
async fn admins_keep_accounts_and_read_the_audit_log() {
    let rig = Rig::new().await;
    let (api, admin) = (&rig.api, &rig.admin().await);
    let wish = AddAccount {
        username: "carol".to_owned(),
        role: None,
        max_clusters: Some(2),
        max_nodes_per_cluster: None,
        password: None,
    };
    let made = api.add_account(admin, &wish).await.unwrap();
    let id = made.account.id;
    let password = Secret::Password(made.password.0.into());
    let carol = api
        .sign_in(&"carol".into(), &password, &Origin::default())
        .await;
    let carol = carol.unwrap().token;
    assert_eq!(
        api.accounts(&carol, None).await.err(),
        Some(Problem::NoRoute)
    );
    let all = api.accounts(admin, None).await.unwrap().accounts;
    let after = api.accounts(admin, Some("carol")).await.unwrap().accounts;
    assert!(all.len() > after.len() && !after.is_empty());
    let change = ChangeAccount {
        max_clusters: Some(Limit::Usual),
        max_nodes_per_cluster: Some(Limit::Own(nodes(4))),
        password: Some(SecretText("a longer password".to_owned())),
        role: None,
    };
    let changed = api.change_account(admin, id, &change).await.unwrap();
    assert_eq!(changed.max_clusters, None);
    assert_eq!(changed.max_nodes_per_cluster, Some(nodes(4)));
    assert_eq!(api.account_of(admin, id).await.unwrap(), changed);
    assert_eq!(api.clusters_of(admin, id).await.unwrap(), []);
    let engine = api.engine_health(admin).await.unwrap();
    assert!(engine.reachable && engine.version.is_some());
    let member = api.engine_health(&rig.owner).await;
    assert_eq!(member.err(), Some(Problem::NoRoute));
    api.close_account(admin, id).await.unwrap();
    assert_eq!(
        api.account_of(admin, id).await.err(),
        Some(Problem::NoRoute)
    );

    let shop = rig.cluster("shop", 1).await;
    let owner = api.account(&rig.owner).await.unwrap();
    let clusters = api.clusters_of(admin, owner.id).await.unwrap();
    assert_eq!(clusters[0].id, shop);
    let query = AuditQuery {
        account: Some(owner.id),
        action: Some(AuditAction::ClusterCreate),
        cluster: Some("shop".to_owned()),
        actor: Some("owner".to_owned()),
        since: Some(cluster_api::Timestamp::UNIX_EPOCH),
        until: Some(cluster_api::Timestamp::MAX),
        limit: Some(1),
        marker: None,
    };
    let page = api.audit(admin, &query).await.unwrap();
    assert_eq!(page.entries[0].cluster_id, Some(shop));
    let rest = AuditQuery {
        marker: page.next,
        ..query.clone()
    };
    assert_eq!(api.audit(admin, &rest).await.unwrap().entries, []);
    let csv = api.export_audit(admin, &query, AuditFormat::Csv).await;
    let csv = all_of(csv.unwrap()).await;
    assert!(
        csv.starts_with("id,at,") && csv.lines().count() == 2,
        "{csv}"
    );
    let everything = AuditQuery::default();
    let lines = api.export_audit(admin, &everything, AuditFormat::JsonLines);
    let lines = all_of(lines.await.unwrap()).await;
    let entries: Vec<cluster_api::AuditEntry> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(entries.contains(&page.entries[0]));
    let foreign = api.export_audit(&rig.stranger, &query, AuditFormat::Csv);
    assert!(foreign.await.is_err());
}

#[tokio::test]
async fn tickets_are_opened_answered_and_resolved() {
    let rig = Rig::new().await;
    let (api, owner) = (&rig.api, &rig.owner);
    let shop = rig.cluster("shop", 1).await;
    let wish = OpenTicket {
        subject: "No network".to_owned(),
        text: "It hangs.".to_owned(),
        cluster_id: Some(shop),
    };
    let id = api.open_ticket(owner, &wish).await.unwrap().ticket.id;
    let note = WriteNote {
        text: "Try again.".to_owned(),
    };
    let answered = api.write_note(&rig.admin().await, id, &note).await.unwrap();
    assert_eq!(answered.ticket.state, TicketState::Answered);
    let change = TicketChange {
        state: TicketState::Resolved,
    };
    let resolved = api.change_ticket(owner, id, change).await.unwrap();
    assert_eq!(api.ticket(owner, id).await.unwrap(), resolved);
    let resolved = vec![resolved.ticket];
    let state = Some(TicketState::Resolved);
    assert_eq!(api.tickets(owner, state, Some(shop)).await, Ok(resolved));
    let state = Some(TicketState::Open);
    assert_eq!(api.tickets(owner, state, None).await, Ok(Vec::new()));
    let rule = HelpRule::NoTicket;
    let foreign = api.ticket(&rig.stranger, id).await;
    assert_eq!(foreign.err(), Some(Problem::Help { rule }));
    let about_foreign = api.open_ticket(&rig.stranger, &wish).await;
    assert_eq!(about_foreign.err(), Some(Problem::NotFound));
}

#[tokio::test]
async fn subscriptions_are_made_tested_and_deleted() {
    let rig = Rig::new().await;
    let (api, owner) = (&rig.api, &rig.owner);
    let receiver = Router::new().route("/", post(async || StatusCode::NO_CONTENT));
    let (base, receiver) = listen(receiver).await;
    let wish = Subscribe {
        target: Target::Webhook {
            url: format!("{base}/"),
        },
        events: vec![Topic::Event(EventKind::Failed), Topic::TICKET],
        cluster_id: None,
        all_accounts: false,
    };
    let made = api.subscribe(owner, &wish).await.unwrap();
    assert!(made.secret.is_some());
    let made = made.subscription;
    assert_eq!(
        api.subscriptions(owner).await.as_deref(),
        Ok(&[made.clone()][..])
    );
    assert_eq!(api.subscription(owner, made.id).await, Ok(made.clone()));
    let trial = api.test_subscription(owner, made.id).await.unwrap();
    assert!(trial.delivered, "{}", trial.outcome);
    receiver.abort();
    assert!(api.deliveries(owner, made.id).await.is_ok());
    let change = SubscriptionChange { enabled: false };
    let changed = api.change_subscription(owner, made.id, change).await;
    assert!(!changed.unwrap().enabled);
    let gone = Some(Problem::Help {
        rule: HelpRule::NoSubscription,
    });
    assert_eq!(api.unsubscribe(&rig.stranger, made.id).await.err(), gone);
    api.unsubscribe(owner, made.id).await.unwrap();
    assert_eq!(api.subscription(owner, made.id).await.err(), gone);
}

#[tokio::test]
async fn a_strangers_token_finds_no_cluster_of_others() {
    let rig = Rig::new().await;
    let (api, stranger) = (&rig.api, &rig.stranger);
    let id = rig.cluster("shop", 1).await;
    let hour = MetricsWindow::Hour;
    let events = EventQuery::default();
    let log = LogQuery::default();
    let rename = ClusterChange {
        name: Some("mine".to_owned().try_into().unwrap()),
        ..ClusterChange::default()
    };
    let scale = AutoscaleChange {
        enabled: true,
        policy: None,
    };
    let answers = [
        api.cluster(stranger, id).await.err(),
        api.events(stranger, id).await.err(),
        api.page_of_events(stranger, id, &events).await.err(),
        api.resize(stranger, id, nodes(2)).await.err(),
        api.shrink(stranger, id, nodes(1), &[]).await.err(),
        api.replace_node(stranger, id, NodeId(uuid::Uuid::nil()))
            .await
            .err(),
        api.drain_node(stranger, id, NodeId(uuid::Uuid::nil()), true)
            .await
            .err(),
        api.retry(stranger, id).await.err(),
        api.rebuild(stranger, id).await.err(),
        api.rotate(stranger, id).await.err(),
        api.change(stranger, id, &rename).await.err(),
        api.protect(stranger, id, true).await.err(),
        api.autoscale(stranger, id).await.err(),
        api.set_autoscale(stranger, id, &scale).await.err(),
        api.delete(stranger, id).await.err(),
        api.access(stranger, id).await.err(),
        api.credentials_zip(stranger, id).await.err(),
        api.ledger(stranger, id).await.err(),
        api.support_bundle(stranger, id).await.err(),
        api.nodes(stranger, id).await.err(),
        api.containers(stranger, id).await.err(),
        api.services(stranger, id).await.err(),
        api.metrics(stranger, id, hour, None).await.err(),
        api.logs(stranger, id, "web.1", &log).await.err(),
    ];
    for (number, answer) in answers.into_iter().enumerate() {
        assert_eq!(answer, Some(Problem::NotFound), "call {number}");
    }
    let query = ClusterQuery::default();
    assert_eq!(api.clusters(stranger, &query).await.unwrap().total, 0);
    let kept = api.cluster(&rig.owner, id).await.unwrap();
    assert_eq!(
        (kept.name.as_str(), kept.status),
        ("shop", ClusterStatus::Active)
    );
}
