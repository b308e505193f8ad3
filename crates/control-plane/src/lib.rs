//! The control plane: makes container clusters, and keeps them.
//!
//! One way for a request to go: [`api`] (HTTP, thin) → [`service`] (rules, ownership, quotas) →
//! [`store`] (SQLite), which keeps the wish; the [`reconciler`] takes it from there and makes it so
//! through a [`provisioner`]. Handlers never talk to Docker; provisioners never talk to SQL.
//!
//! [`start`] puts it all together on a listener of its own, in a process of its own (the
//! `control-plane` binary) or in the dashboard's.

pub mod access;
pub mod account;
pub mod api;
pub mod autoscale;
pub mod bundle;
pub mod certificates;
pub mod clock;
mod common;
pub mod metrics;
pub mod notify;
pub mod provisioner;
pub mod reconciler;
pub mod service;
pub mod settings;
pub mod store;
pub mod support;
#[cfg(test)]
mod testing;
pub mod vault;

use std::{
    fs, io,
    net::SocketAddr,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use cluster_api::{Provisioning, Role};
use secrecy::SecretString;
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};
use tokio_util::sync::CancellationToken;

pub use common::{Core, EngineSeen, EngineWatch};

pub use clock::{Clock, SharedClock, SystemClock};
pub use settings::Settings;

use crate::{
    access::Keyring,
    account::{AccountFault, Opening, Secrets},
    api::{ApiState, Heartbeat, PublicUrl},
    autoscale::Autoscaler,
    metrics::Metrics,
    notify::{Guard, MailError, Mailer, Notifier, Sender},
    provisioner::{
        Provisioner, docker::DockerProvisioner, inside::Inside, simulated::SimulatedProvisioner,
    },
    reconciler::{Health, Pauses, Reconciler, Sweeper, chain},
    service::{Help, Insight, Service},
    settings::{NoSender, ProvisionerSetting},
    store::{SampleStore, Store, StoreError},
    vault::{Vault, VaultError},
};

/// The account that the very first start makes.
pub(crate) const FIRST_ACCOUNT: &str = "admin";

/// How long a step of the simulated provisioner takes at most.
const SIMULATED_PACE: Duration = Duration::from_millis(600);

/// A control plane that runs.
pub struct Running {
    /// Where its API listens.
    pub address: SocketAddr,
    /// On the very first start, the account that was made. Show it: nobody can again.
    pub first_account: Option<FirstAccount>,
    /// Where its clusters come from.
    pub provisioning: Provisioning,
    /// Ends when the control plane has stopped in order.
    pub done: JoinHandle<()>,
}

/// The account that the very first start makes.
pub struct FirstAccount {
    /// Its name.
    pub username: String,
    /// Its password.
    pub password: SecretString,
    /// Its API key.
    pub api_key: SecretString,
}

/// The control plane cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be made.
    #[error("the data folder {} cannot be made; name another one in CARINA_DATA_DIR", path.display())]
    DataDir {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The database cannot be opened.
    #[error("the database in the data folder cannot be opened")]
    Store(#[from] StoreError),
    /// The key file cannot be used.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The first account cannot be made.
    #[error(transparent)]
    Account(#[from] AccountFault),
    /// There is a mail server, and nobody to send from.
    #[error(transparent)]
    NoSender(#[from] NoSender),
    /// The mail server cannot be used.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The TLS library could not be set up.
    #[error("webhooks cannot be sent")]
    Webhooks(#[from] reqwest::Error),
    /// The address is taken or not ours.
    #[error(
        "the control plane cannot listen on {address}; name another address in CARINA_API_LISTEN"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Opens the store of a data folder; makes both when they are not there.
///
/// # Errors
/// The folder cannot be made, or the database not be opened.
pub async fn open_store(data_dir: &Path) -> Result<Store, StartError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data_dir)
        .map_err(|source| StartError::DataDir {
            path: data_dir.to_owned(),
            source,
        })?;
    Ok(Store::open(&private(data_dir, "control-plane.db")?).await?)
}

/// A file of the data folder that only we can read. SQLite would make it readable for everybody; what
/// it makes beside it takes after it.
fn private(data_dir: &Path, name: &str) -> Result<PathBuf, StartError> {
    let path = data_dir.join(name);
    fs::OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(&path)
        .map_err(|source| StartError::DataDir {
            path: data_dir.to_owned(),
            source,
        })?;
    Ok(path)
}

/// Starts a control plane. It runs until `stop` is cancelled.
///
/// # Errors
/// See [`StartError`]. An engine that is not there is none: it is waited for.
pub async fn start(settings: Settings, stop: CancellationToken) -> Result<Running, StartError> {
    let store = Arc::new(open_store(&settings.data_dir).await?);
    let vault = Arc::new(Vault::open(&settings.data_dir.join("control-plane.key"))?);
    let clock: SharedClock = Arc::new(SystemClock);
    let first_account = first_account(&store, &settings, &clock).await?;
    let (provisioner, inside): (Arc<dyn Provisioner>, Arc<dyn Inside>) = match settings.provisioner
    {
        ProvisionerSetting::Docker => both(DockerProvisioner::new(&settings, store.installation())),
        ProvisionerSetting::Simulated => both(SimulatedProvisioner::new(SIMULATED_PACE)),
    };
    let samples = SampleStore::open(&private(&settings.data_dir, "metrics.db")?).await?;
    let keyring = Arc::new(Keyring::new(Arc::clone(&vault), Arc::clone(&clock)));
    let metrics = Arc::new(Metrics::new(
        Arc::clone(&store),
        samples,
        Arc::clone(&inside),
        Arc::clone(&keyring),
        Arc::clone(&clock),
    ));
    let listen_error = |source| StartError::Listen {
        address: settings.api_listen,
        source,
    };
    let listener = TcpListener::bind(settings.api_listen)
        .await
        .map_err(listen_error)?;
    let address = listener.local_addr().map_err(listen_error)?;

    let sender = Arc::new(Sender::new(
        Guard::new(&settings.webhooks_allow),
        settings.mail()?.map(Mailer::new).transpose()?,
        Arc::clone(&vault),
        Arc::clone(&clock),
    )?);
    let notifier = Arc::new(Notifier::new(
        Arc::clone(&store),
        Arc::clone(&clock),
        Arc::clone(&sender),
        Arc::new(Notify::new()),
        notify::pauses(),
    ));
    let help = Help {
        sender,
        settings: settings.to_support(),
    };
    let core = Core {
        store: Arc::clone(&store),
        vault,
        provisioner: Arc::clone(&provisioner),
        clock,
        new_task: Arc::new(Notify::new()),
        engine: Arc::new(EngineWatch::default()),
    };
    let insight = Insight {
        inside,
        keyring: Arc::clone(&keyring),
        metrics: Arc::clone(&metrics),
    };
    let quotas = settings.quotas();
    let service = Arc::new(Service::new(core.clone(), quotas, help, insight));
    let health = Health::new(core.clone(), Arc::clone(&keyring));
    let sweeper = Sweeper::new(core.clone());
    let autoscaler = Autoscaler::new(
        core.clone(),
        Arc::clone(&service),
        keyring,
        Arc::clone(&metrics),
    );
    let reconciler = Arc::new(Reconciler::new(core, Pauses::default()));
    let router = api::router(ApiState {
        service,
        public_url: PublicUrl(settings.api_public_url),
        stop: stop.clone(),
        heartbeat: Heartbeat::default(),
        trusted_proxies: settings.trusted_proxies,
    });
    let provisioning = provisioner.kind();
    let done = tokio::spawn(async move {
        let prepare = stop.run_until_cancelled(async {
            if let Err(error) = provisioner.prepare().await {
                tracing::warn!("clusters cannot be made yet: {}", chain(&error));
            }
        });
        let serve = async {
            let serve = axum::serve(
                listener,
                router.into_make_service_with_connect_info::<SocketAddr>(),
            );
            if let Err(error) = serve
                .with_graceful_shutdown(stop.clone().cancelled_owned())
                .await
            {
                tracing::error!("the API ended: {error}");
            }
        };
        // A task of its own: what it computes holds up nobody.
        let look = tokio::spawn({
            let stop = stop.clone();
            async move { metrics.run(stop).await }
        });
        let (_, (), (), (), (), (), (), looked) = tokio::join!(
            prepare,
            serve,
            reconciler.run(stop.clone()),
            health.run(stop.clone()),
            sweeper.run(stop.clone()),
            autoscaler.run(stop.clone()),
            notifier.run(stop.clone()),
            look
        );
        if let Err(error) = looked {
            tracing::error!("looking at what nodes use ended: {error}");
        }
        store.close().await;
    });
    tracing::info!(%address, "the control plane listens");
    Ok(Running {
        address,
        first_account,
        provisioning,
        done,
    })
}

/// One provisioner through both of its ports.
fn both<P: Provisioner + Inside + 'static>(
    provisioner: P,
) -> (Arc<dyn Provisioner>, Arc<dyn Inside>) {
    let provisioner = Arc::new(provisioner);
    (Arc::clone(&provisioner) as _, provisioner)
}

async fn first_account(
    store: &Store,
    settings: &Settings,
    clock: &SharedClock,
) -> Result<Option<FirstAccount>, StartError> {
    if store.has_accounts().await? {
        return Ok(None);
    }
    let secrets = Secrets::or_random(
        settings.admin_password.clone(),
        settings.admin_api_key.clone(),
    );
    let opening = Opening::new(FIRST_ACCOUNT, &secrets, Role::Admin);
    account::add(store, opening, None, clock.now()).await?;
    Ok(Some(FirstAccount {
        username: FIRST_ACCOUNT.to_owned(),
        password: secrets.password,
        api_key: secrets.api_key,
    }))
}
