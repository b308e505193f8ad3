//! From start to stop.
//!
//! SIGINT or SIGTERM stops softly: nothing new is taken, streams end, the hub and the control plane
//! come to rest. That may take ten seconds; a second signal does not wait.

use std::{
    future::Future,
    io::{self, Write},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use app::session::Backend;
use axum::serve::ListenerExt;
use cluster_api::client::HttpControlPlane;
use secrecy::ExposeSecret;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    BuildError, Parts, Source, build,
    chain::Chain,
    clock::SystemClock,
    embedded::{self, Embedded},
    public_url::PublicUrl,
    settings::{Settings, cloud::CloudError},
    timeline::Timeline,
};

/// What is not done by then is left.
const DEADLINE: Duration = Duration::from_secs(10);

/// What a process exits with that was ended by a signal (128 + SIGINT).
const EXIT_BY_SIGNAL: i32 = 130;

/// The process could not start, or could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Somebody else listens there.
    #[error(
        "cannot listen on {0}: the address is in use; stop what uses it, or choose another one with \
         --listen or CARINA_LISTEN"
    )]
    AddressInUse(SocketAddr),
    /// The address is not of this machine, or not allowed.
    #[error("cannot listen on {address}; choose another address with --listen or CARINA_LISTEN")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The control plane in this process.
    #[error("the control plane cannot start")]
    ControlPlane(#[from] embedded::StartError),
    /// It runs in this process, and it stopped while it was needed.
    #[error("the control plane ended by itself; the log says why")]
    ControlPlaneEnded,
    /// The cloud.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// The timeline of the cloud's clusters.
    #[error("the timeline of clusters cannot be opened")]
    Timeline(#[source] sqlx::Error),
    /// No control plane at all.
    #[error("there is nothing that clusters could come from; set CARINA_BACKEND=carina")]
    NoBackend,
    /// The client for the control plane.
    #[error("the HTTP client cannot be set up")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The dashboard itself.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Signals, or the network later on.
    #[error("the operating system does not let the dashboard run")]
    System(#[from] io::Error),
}

/// Runs until a signal comes.
///
/// # Errors
/// It cannot start; the message says what would help.
pub async fn run(settings: Settings) -> Result<(), RunError> {
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let listener = listen(settings.listen).await?;
    let address = listener.local_addr()?;
    stop_on_signals(&stop)?;

    let public_url = settings
        .public_url
        .unwrap_or_else(|| PublicUrl::of_listener(address));
    let data_dir = settings.control_plane.data_dir.clone();
    // It outlives the requests that need it.
    let control_plane_stop = CancellationToken::new();
    let mut embedded = None;
    let mut sources = Vec::new();
    for backend in settings.backend {
        if sources.iter().any(|it: &Source| it.backend == backend) {
            continue;
        }
        sources.push(match backend {
            Backend::Carina => {
                let mut control_plane = settings.control_plane.clone();
                let api_url = control_plane.api_public_url.clone();
                let upstream = match settings.control_plane_url.clone() {
                    Some(url) => url,
                    None => {
                        // Links in its mail lead here.
                        let _ = control_plane
                            .dashboard_url
                            .get_or_insert_with(|| public_url.to_string());
                        let stop = control_plane_stop.clone();
                        let started = embedded.insert(embedded::start(control_plane, stop).await?);
                        started.url.clone()
                    }
                };
                tracing::info!("clusters come from the control plane at {upstream}");
                let client = HttpControlPlane::new(&upstream)
                    .map_err(|error| RunError::Client(error.into()))?;
                Source {
                    backend,
                    control_plane: Arc::new(client),
                    api_url: api_url.unwrap_or(upstream),
                }
            }
            Backend::Magnum => {
                tokio::fs::create_dir_all(&data_dir).await?;
                let timeline = Timeline::open(&data_dir)
                    .await
                    .map_err(RunError::Timeline)?;
                let api_url = settings.cloud.os_auth_url.clone().unwrap_or_default();
                let cloud = settings.cloud.clone().open(Arc::new(timeline))?;
                tracing::info!("clusters come from the cloud at {api_url}");
                Source {
                    backend,
                    control_plane: Arc::new(cloud),
                    api_url,
                }
            }
        });
    }
    let mut sources = sources.into_iter();
    let first = sources.next().ok_or(RunError::NoBackend)?;
    let router = build(Parts {
        first,
        others: sources.collect(),
        clock: Arc::new(SystemClock),
        data_dir,
        site_root: settings.site_root,
        public_url: public_url.clone(),
        stop: stop.clone(),
        tasks: tasks.clone(),
    })
    .await?;

    greet(&mut io::stdout(), &public_url, embedded.as_ref())?;
    tracing::info!("listening on {address}");
    // Live messages are small and must not wait for one another.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!("a connection does not take TCP_NODELAY: {error}");
        }
    });
    let serve = axum::serve(
        listener,
        router.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(stop.clone().cancelled_owned());
    tokio::select! {
        served = serve_until(&stop, serve.into_future()) => served?,
        () = ended(embedded.as_mut()) => return Err(RunError::ControlPlaneEnded),
    }

    tracing::info!("stopping");
    stop.cancel();
    tasks.close();
    let rest = async {
        tasks.wait().await;
        control_plane_stop.cancel();
        ended_or_absent(embedded.as_mut()).await;
    };
    if timeout(DEADLINE, rest).await.is_err() {
        tracing::warn!("not everything came to rest in {} s", DEADLINE.as_secs());
    }
    tracing::info!("stopped");
    Ok(())
}

/// Waits for the end of a control plane in this process; forever if there is none.
async fn ended(embedded: Option<&mut Embedded>) {
    match embedded {
        Some(_) => ended_or_absent(embedded).await,
        None => std::future::pending().await,
    }
}

/// Waits for the end of a control plane in this process, if there is one.
async fn ended_or_absent(embedded: Option<&mut Embedded>) {
    if let Some(embedded) = embedded
        && let Err(error) = (&mut embedded.done).await
    {
        tracing::error!("the control plane did not end in order: {}", Chain(&error));
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, RunError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => RunError::AddressInUse(address),
            _ => RunError::Listen { address, source },
        })
}

/// Serves until the stop, and then as long as the open requests take, up to the deadline.
async fn serve_until(
    stop: &CancellationToken,
    serve: impl Future<Output = io::Result<()>>,
) -> io::Result<()> {
    tokio::pin!(serve);
    tokio::select! {
        result = &mut serve => return result,
        () = stop.cancelled() => {}
    }
    match timeout(DEADLINE, serve).await {
        Ok(result) => result,
        Err(_) => {
            tracing::warn!("requests were still open after {} s", DEADLINE.as_secs());
            Ok(())
        }
    }
}

/// The first signal stops softly, the second one at once.
fn stop_on_signals(stop: &CancellationToken) -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = stop.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if stop.is_cancelled() {
                tracing::warn!("a second signal: not waiting any longer");
                std::process::exit(EXIT_BY_SIGNAL);
            }
            stop.cancel();
        }
    });
    Ok(())
}

/// Tells where the dashboard is, and on the very first start how to get in.
fn greet(
    out: &mut impl Write,
    public_url: &PublicUrl,
    embedded: Option<&Embedded>,
) -> io::Result<()> {
    writeln!(out, "Carina is at {public_url}")?;
    if embedded.is_some_and(|embedded| embedded.simulated) {
        writeln!(
            out,
            "Its clusters are simulated: there are no machines behind them."
        )?;
    }
    if let Some(account) = embedded.and_then(|embedded| embedded.first_account.as_ref()) {
        let (password, key) = (
            account.password.expose_secret(),
            account.api_key.expose_secret(),
        );
        writeln!(out)?;
        writeln!(
            out,
            "This is its first start. Keep these; they are not shown again:"
        )?;
        writeln!(out, "  username  {}", account.username)?;
        writeln!(out, "  password  {password}")?;
        writeln!(out, "  API key   {key}")?;
        writeln!(out)?;
    }
    out.flush()
}
