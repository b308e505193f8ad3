//! The control plane as a process: started, watched, killed.

use std::{
    fs::{File, OpenOptions},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};

/// How long a start may take until the API answers.
const START: Duration = Duration::from_secs(30);

/// How long an end in order may take.
const END: Duration = Duration::from_secs(20);

/// A control plane that is started again and again, on the same data and the same address.
pub(crate) struct Process {
    program: PathBuf,
    environment: Vec<(String, String)>,
    log: PathBuf,
    address: SocketAddr,
    child: Option<Child>,
    http: reqwest::Client,
}

impl Process {
    /// One that does not run yet.
    pub(crate) fn new(
        program: &Path,
        log: PathBuf,
        mut environment: Vec<(String, String)>,
    ) -> anyhow::Result<Self> {
        let address = free_address()?;
        environment.push(("CARINA_API_LISTEN".to_owned(), address.to_string()));
        Ok(Self {
            program: program.to_owned(),
            environment,
            log,
            address,
            child: None,
            http: reqwest::Client::builder()
                .timeout(Duration::from_secs(2))
                .no_proxy()
                .build()?,
        })
    }

    /// Where its API is.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Starts it; it takes a while until it answers.
    pub(crate) fn start(&mut self) -> anyhow::Result<()> {
        let log = || -> std::io::Result<File> {
            OpenOptions::new().create(true).append(true).open(&self.log)
        };
        let child = Command::new(&self.program)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log()?)
            .stderr(log()?)
            .spawn()
            .with_context(|| format!("{} does not start", self.program.display()))?;
        self.child = Some(child);
        Ok(())
    }

    /// It runs, as far as the system knows.
    pub(crate) fn runs(&mut self) -> anyhow::Result<bool> {
        match &mut self.child {
            Some(child) => Ok(child.try_wait()?.is_none()),
            None => Ok(false),
        }
    }

    /// Waits until its API answers.
    pub(crate) async fn answers(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        let url = format!("{}/healthz", self.base());
        while began.elapsed() < START {
            if let Some(status) = self.ended()? {
                bail!("the control plane ended by itself while it started: {status}");
            }
            if let Ok(response) = self.http.get(&url).send().await
                && response.status().is_success()
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!(
            "the control plane does not answer {} s after its start",
            START.as_secs()
        )
    }

    /// SIGKILL. `false`: it had ended by itself before.
    pub(crate) fn kill(&mut self) -> anyhow::Result<bool> {
        let Some(mut child) = self.child.take() else {
            return Ok(false);
        };
        if child.try_wait()?.is_some() {
            return Ok(false);
        }
        child.kill()?;
        child.wait()?;
        Ok(true)
    }

    /// SIGTERM; it has to end well and soon.
    pub(crate) async fn terminate(&mut self) -> anyhow::Result<()> {
        let Some(child) = &self.child else {
            bail!("the control plane does not run");
        };
        send("TERM", child.id())?;
        let began = Instant::now();
        while began.elapsed() < END {
            if let Some(status) = self.ended()? {
                self.child = None;
                if status.success() {
                    return Ok(());
                }
                bail!("the control plane was asked to end and ended badly: {status}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!(
            "the control plane was asked to end and still runs after {} s",
            END.as_secs()
        )
    }

    fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        match &mut self.child {
            Some(child) => Ok(child.try_wait()?),
            None => bail!("the control plane was not started"),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing of a run outlives it. There is nobody left to tell if this fails.
        let _ = self.kill();
    }
}

/// Sends a signal to a process, by its id.
pub(crate) fn send(signal: &str, id: u32) -> anyhow::Result<()> {
    let status = Command::new("kill")
        .args([format!("-{signal}"), id.to_string()])
        .status()
        .context("kill cannot be run")?;
    if !status.success() {
        bail!("the process {id} did not take a SIG{signal}");
    }
    Ok(())
}

/// An address below the range that the system gives to outgoing connections, so that it stays free
/// while the control plane is down.
fn free_address() -> anyhow::Result<SocketAddr> {
    for _ in 0..100 {
        let address = SocketAddr::from(([127, 0, 0, 1], rand::random_range(20_000..30_000)));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    bail!("no port is free")
}
