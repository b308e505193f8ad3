//! Connections to the engines of nodes, kept for those who look at them again and again: a TLS
//! handshake with two certificates costs more than most calls.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use cluster_api::ClusterId;

use super::{
    error::failed_on_node,
    tls::{self, NodeClient},
};
use crate::provisioner::{ClusterAccess, ProvisionError};

/// What nobody used for so long is closed.
const IDLE: Duration = Duration::from_secs(300);

/// How long an engine may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often it is looked for.
const SWEEP: Duration = Duration::from_secs(30);

/// The clients of nodes, by cluster and port.
#[derive(Default)]
pub(super) struct Clients(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    clients: HashMap<(ClusterId, u16), Client>,
    swept: Option<Instant>,
}

struct Client {
    /// The certificate it shows: with another one it is another client. An authority that is
    /// replaced gives other certificates too.
    certificate_pem: String,
    client: NodeClient,
    used: Instant,
}

impl Clients {
    /// A client for a node, the one of before if there is one.
    pub(super) async fn get(
        &self,
        cluster: &ClusterAccess,
        api_port: u16,
    ) -> Result<NodeClient, ProvisionError> {
        let key = (cluster.id, api_port);
        if let Some(client) = self.kept(key, cluster) {
            return Ok(client);
        }
        let mut client = tls::client(cluster, api_port)?;
        client.docker = client
            .docker
            .negotiate_version()
            .await
            .map_err(failed_on_node("The Docker API cannot be reached"))?;
        let kept = Client {
            certificate_pem: cluster.client_pem.clone(),
            client: client.clone(),
            used: Instant::now(),
        };
        self.lock().clients.insert(key, kept);
        Ok(client)
    }

    /// Whether a node says that it is there, within [`PATIENCE`]. If not, the next one who asks begins
    /// with a new connection.
    pub(super) async fn answers(&self, cluster: &ClusterAccess, api_port: u16) -> bool {
        let ask = async {
            let client = self.get(cluster, api_port).await.ok()?;
            client.docker.ping().await.ok()
        };
        let answer = tokio::time::timeout(PATIENCE, ask).await;
        let answers = matches!(answer, Ok(Some(_)));
        if !answers {
            self.lock().clients.remove(&(cluster.id, api_port));
        }
        answers
    }

    fn kept(&self, key: (ClusterId, u16), cluster: &ClusterAccess) -> Option<NodeClient> {
        let now = Instant::now();
        let mut kept = self.lock();
        if kept
            .swept
            .is_none_or(|swept| now.duration_since(swept) > SWEEP)
        {
            kept.swept = Some(now);
            kept.clients
                .retain(|_, client| now.duration_since(client.used) < IDLE);
        }
        let client = kept.clients.get_mut(&key)?;
        if client.certificate_pem != cluster.client_pem {
            return None;
        }
        client.used = now;
        Some(client.client.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
