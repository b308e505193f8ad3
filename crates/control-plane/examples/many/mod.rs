//! Very many clusters of one account, as they are once they were made: written by the store, without
//! the waits of a reconciler.

use std::error::Error;

use cluster_api::{
    AccountId, ClusterId, ClusterName, ClusterStatus, ClusterType, EventKind, Flavor, Labels,
    NodeCount, NodeState, Progress, Scopes, SessionId, TaskId, TaskKind,
};
use control_plane::{
    Clock, SystemClock,
    certificates::Authority,
    store::{Actor, ClusterRecord, Created, Creation, EventDraft, NodeRecord, Store},
    vault::Vault,
};
use secrecy::ExposeSecret;
use uuid::Uuid;

/// How many nodes each cluster has.
pub(crate) const NODES: u32 = 3;

/// One cluster in so many is in error; the others are active.
const BAD: u32 = 500;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Makes `cluster-0`, `cluster-1` and so on.
pub(crate) async fn fill(
    store: &Store,
    vault: &Vault,
    owner: AccountId,
    clusters: u32,
) -> Outcome<()> {
    let account = store
        .account(owner)
        .await?
        .ok_or("no such account")?
        .account;
    let actor = Actor {
        account,
        session: SessionId(Uuid::new_v4()),
        key: None,
        scopes: Scopes::all(),
        address: None,
    };
    // One authority for all: keys take time, and nobody knocks at these nodes.
    let authority = Authority::generate("many", SystemClock.now())?;
    for number in 0..clusters {
        let id = ClusterId(Uuid::new_v4());
        let secret = authority.key_pem().expose_secret();
        let ca_key = vault.seal(&ClusterRecord::ca_purpose(id), secret)?;
        let nodes: Vec<NodeRecord> = (1..=NODES).map(ready).collect();
        let now = SystemClock.now();
        let creation = Creation {
            id,
            actor: &actor,
            name: &ClusterName::try_from(format!("cluster-{number}"))?,
            cluster_type: &ClusterType::swarm(),
            flavor: Flavor::default(),
            node_count: NodeCount::try_from(i64::from(NODES))?,
            labels: &Labels::default(),
            autoscale: None,
            deletion_protection: false,
            ca_pem: &authority.certificate_pem,
            ca_key: &ca_key,
            nodes: &nodes,
            progress: Progress {
                task_id: TaskId(Uuid::new_v4()),
                task: TaskKind::Create,
                step: "Network".to_owned(),
                number: 1,
                of: 1,
                started_at: now,
                typical_ms: None,
            },
            max_clusters: clusters,
            idempotency: None,
        };
        if !matches!(store.create_cluster(creation, now).await?, Created::New) {
            return Err("there is a cluster of that name already".into());
        }
        settle(store, id, number % BAD == 0).await?;
    }
    Ok(())
}

fn ready(ordinal: u32) -> NodeRecord {
    NodeRecord {
        state: NodeState::Ready,
        address: Some(format!("192.0.2.{}", ordinal + 1)),
        api_port: Some(2376),
        engine_version: Some("0.0.0-simulated".to_owned()),
        ..NodeRecord::wished(ordinal, "simulated")
    }
}

/// Ends the work on a cluster.
async fn settle(store: &Store, id: ClusterId, badly: bool) -> Outcome<()> {
    let mut change = store.change(id, SystemClock.now()).await?;
    let (status, kind, message) = if badly {
        change.fail_task().await?;
        (ClusterStatus::Error, EventKind::Failed, "Could not be made")
    } else {
        change
            .finish_task(cluster_api::Provisioning::Simulated)
            .await?;
        (ClusterStatus::Active, EventKind::Finished, "Is ready")
    };
    change.set_status(status).await?;
    change.set_endpoint("tcp://192.0.2.1:2376").await?;
    let event = EventDraft::of_itself(kind, None, message.to_owned());
    change.record(event).await?;
    Ok(store.commit(change).await?)
}
