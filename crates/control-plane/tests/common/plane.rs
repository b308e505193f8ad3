//! A whole control plane on a real engine.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bollard::Docker;
use clap::Parser;
use cluster_api::{ClusterId, ClusterStatus, Quotas, Role, Scopes, SessionId, Timestamp};
use control_plane::{
    Clock, Core, EngineWatch, Settings, SharedClock,
    access::Keyring,
    account::{self, Opening, Secrets},
    autoscale::Autoscaler,
    certificates::Authority,
    metrics::Metrics,
    notify::{Guard, Sender},
    provisioner::{ClusterAccess, docker::DockerProvisioner},
    reconciler::{Pauses, Reconciler},
    service::{Help, Insight, Service},
    store::{Actor, ClusterRecord, SampleStore, Store},
    vault::Vault,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::node_client;

/// A clock that is set by hand.
pub(crate) struct Moved(pub(crate) Mutex<Timestamp>);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A control plane on a real engine, whose time is moved by hand.
pub(crate) struct Plane {
    pub(crate) store: Arc<Store>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) service: Arc<Service>,
    pub(crate) provisioner: Arc<DockerProvisioner>,
    pub(crate) autoscaler: Autoscaler,
    pub(crate) clock: Arc<Moved>,
    pub(crate) actor: Actor,
    pub(crate) folder: tempfile::TempDir,
}

impl Plane {
    pub(crate) async fn start(ports: &str, stop: &CancellationToken) -> Self {
        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            settings: Settings,
        }
        let settings = Line::parse_from(["test", "--node-ports", ports]).settings;
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(&folder.path().join("test.db")).await.unwrap());
        let vault = Arc::new(Vault::open(&folder.path().join("test.key")).unwrap());
        let clock = Arc::new(Moved(Mutex::new(Timestamp::now())));
        let provisioner = Arc::new(DockerProvisioner::new(&settings, store.installation()));
        let new_task = Arc::new(Notify::new());
        let secrets = Secrets::or_random(None, None);
        let opening = Opening::new("owner", &secrets, Role::Member);
        account::add(&store, opening, None, clock.now())
            .await
            .unwrap();
        let (account, _) = store.account_by_name("owner").await.unwrap().unwrap();
        let time = || Arc::clone(&clock) as SharedClock;
        let sender = Sender::new(Guard::new(&[]), None, Arc::clone(&vault), time());
        let help = Help {
            sender: Arc::new(sender.unwrap()),
            settings: settings.to_support(),
        };
        let keyring = Arc::new(Keyring::new(Arc::clone(&vault), time()));
        let samples = SampleStore::open(&folder.path().join("metrics.db")).await;
        let metrics = Arc::new(Metrics::new(
            Arc::clone(&store),
            samples.unwrap(),
            Arc::clone(&provisioner) as _,
            Arc::clone(&keyring),
            time(),
        ));
        let core = Core {
            store: Arc::clone(&store),
            vault: Arc::clone(&vault),
            provisioner: Arc::clone(&provisioner) as _,
            clock: time(),
            new_task,
            engine: Arc::new(EngineWatch::default()),
        };
        let service = Arc::new(Service::new(
            core.clone(),
            Quotas {
                max_clusters: 1,
                max_nodes_per_cluster: 3.try_into().unwrap(),
            },
            help,
            Insight {
                inside: Arc::clone(&provisioner) as _,
                keyring: Arc::clone(&keyring),
                metrics: Arc::clone(&metrics),
            },
        ));
        let autoscaler = Autoscaler::new(core.clone(), Arc::clone(&service), keyring, metrics);
        let reconciler = Reconciler::new(core, Pauses::default());
        tokio::spawn(Arc::new(reconciler).run(stop.clone()));
        Self {
            store,
            vault,
            service,
            provisioner,
            autoscaler,
            clock,
            actor: Actor {
                account,
                session: SessionId(uuid::Uuid::nil()),
                key: None,
                scopes: Scopes::all(),
                address: None,
            },
            folder,
        }
    }

    /// Waits until a cluster is active.
    pub(crate) async fn until_active(&self, id: ClusterId) -> ClusterRecord {
        let mut changes = self.store.changes();
        let wait = async {
            loop {
                let record = self.store.cluster(id).await.unwrap().unwrap();
                match record.cluster.status {
                    ClusterStatus::Active => return record,
                    ClusterStatus::Error => panic!("{:?}", record.cluster.reason),
                    _ => changes.changed().await.unwrap(),
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(120), wait)
            .await
            .expect("it never became active")
    }

    /// The Docker API of a node, as the owner of the cluster has it.
    pub(crate) async fn node(&self, id: ClusterId, ordinal: usize) -> Docker {
        let record = self.until_active(id).await;
        let key = self
            .vault
            .open_sealed(&ClusterRecord::ca_purpose(id), &record.ca_key)
            .unwrap();
        let authority = Authority::from_parts(record.ca_pem.clone(), key);
        let client = authority
            .issue_client("owner", 1, Timestamp::now())
            .unwrap();
        let access = ClusterAccess {
            id,
            name: record.made_as.clone(),
            ca_pem: record.ca_pem,
            client_pem: client.certificate_pem,
            client_key: client.key_pem,
        };
        let port = record.nodes[ordinal - 1].api_port.unwrap();
        node_client(self.folder.path(), &access, port)
    }
}
