//! Speaking to the engine of a node: HTTPS with both sides' certificates, from memory. (bollard's own
//! TLS reads keys from files; ours are never written to a disk in clear.)

use std::{sync::Arc, time::Duration};

use bollard::{API_DEFAULT_VERSION, BollardRequest, Docker};
use http_body_util::Empty;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use secrecy::ExposeSecret;
use tokio_util::bytes::Bytes;

use super::engine::host_of_docker_host;
use crate::provisioner::{ClusterAccess, FailureKind, ProvisionError};

/// The most that one call to a node may take.
const CALL_SECONDS: u64 = 20;

/// What asks one node over HTTPS.
pub(super) type HttpsClient = Client<HttpsConnector<HttpConnector>, Empty<Bytes>>;

/// A client for the Docker API of one node. Cheap to clone; clones share connections.
#[derive(Clone)]
pub(super) struct NodeClient {
    /// For calls.
    pub(super) docker: Docker,
    /// For what bollard reads without a bound.
    pub(super) https: HttpsClient,
    /// The address: `https://127.0.0.1:23760`.
    pub(super) base: String,
}

/// A client for the Docker API of the node whose API is on that port of the host.
pub(super) fn connect(cluster: &ClusterAccess, api_port: u16) -> Result<Docker, ProvisionError> {
    client(cluster, api_port).map(|client| client.docker)
}

/// The same, with the HTTP client below it.
pub(super) fn client(cluster: &ClusterAccess, api_port: u16) -> Result<NodeClient, ProvisionError> {
    let config = client_config(cluster).map_err(|error| ProvisionError {
        kind: FailureKind::Permanent,
        message: "The certificates of this cluster cannot be used. Put the key file back that \
                  belongs to this database, or delete the cluster and make it anew."
            .to_owned(),
        source: Some(error),
    })?;
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(Duration::from_secs(5)));
    let https = HttpsConnectorBuilder::new()
        .with_tls_config(config)
        .https_only()
        .enable_http1()
        .wrap_connector(tcp);
    let client = Arc::new(Client::builder(TokioExecutor::new()).build(https.clone()));
    let host = host_of_docker_host().unwrap_or_else(|| "127.0.0.1".to_owned());
    let base = format!("https://{host}:{api_port}");
    let docker = Docker::connect_with_custom_transport(
        move |request: BollardRequest| {
            let client = Arc::clone(&client);
            async move {
                client
                    .request(request)
                    .await
                    .map_err(bollard::errors::Error::from)
            }
        },
        Some(base.clone()),
        CALL_SECONDS,
        API_DEFAULT_VERSION,
    )
    .map_err(|error| ProvisionError {
        kind: FailureKind::Permanent,
        message: "The address of the nodes is not understood. Check DOCKER_HOST, then retry."
            .to_owned(),
        source: Some(error.into()),
    })?;
    Ok(NodeClient {
        docker,
        https: Client::builder(TokioExecutor::new()).build(https),
        base,
    })
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

fn client_config(cluster: &ClusterAccess) -> Result<ClientConfig, BoxError> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(cluster.ca_pem.as_bytes())?)?;
    let chain = vec![CertificateDer::from_pem_slice(
        cluster.client_pem.as_bytes(),
    )?];
    let key = PrivateKeyDer::from_pem_slice(cluster.client_key.expose_secret().as_bytes())?;
    Ok(
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_client_auth_cert(chain, key)?,
    )
}
