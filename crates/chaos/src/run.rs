//! One run: wishes, faults, and a look after each.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use cluster_api::ClusterId;
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::task::JoinHandle;

use crate::{
    Options, Provisioner,
    check::{self, Findings, Patience, Seen},
    client::{Client, Limits},
    database,
    engine::{self, OwnEngine},
    faults::{Amounts, Disk, Fault, WallClock, deck},
    model::Wish,
    process::Process,
};

/// How many ask at the same time.
const ASKERS: usize = 3;

/// SIGKILLs during the very first start, when the database and the key file are made.
const FIRST_START_KILLS: u32 = 3;

/// How many lines of the journal a failure is told with.
const LAST_EVENTS: usize = 20;

/// How long after everything has come to rest something of a deleted cluster may still be on the
/// engine, and something of a living one not yet: requests that were on their way when the process was
/// killed are swept up after, and after a restart of the engine containers come back one by one.
const AFTERMATH: Duration = Duration::from_secs(60);

/// How often a cluster in error is tried again before that is a finding.
const RETRIES: u32 = 3;

/// What a run counts, in words.
#[derive(Default)]
pub(crate) struct Tally {
    /// Faults dealt.
    pub(crate) faults: BTreeMap<&'static str, u64>,
    /// SIGKILLs among them.
    pub(crate) kills: u32,
    /// Checks made.
    pub(crate) checks: BTreeMap<&'static str, u64>,
    /// Wishes by kind and answer.
    pub(crate) wishes: BTreeMap<String, u64>,
    /// Faults that could not be dealt here, and why.
    pub(crate) skipped: Vec<String>,
}

/// A run under way. Fields are dropped in this order: the process leaves the disk before it goes.
pub(crate) struct Run {
    process: Process,
    disk: Option<Disk>,
    clock: Option<WallClock>,
    engine: Option<OwnEngine>,
    client: Arc<Client>,
    provisioner: Provisioner,
    dice: StdRng,
    folder: PathBuf,
    data: PathBuf,
    began: Instant,
    patience: Patience,
    limit: Duration,
    rest_every: usize,
    amounts: Amounts,
    /// What was counted so far.
    pub(crate) tally: Tally,
}

impl Run {
    /// Makes all that a run needs; nothing runs yet.
    pub(crate) fn new(options: &Options, seed: u64) -> anyhow::Result<Self> {
        let mut tally = Tally::default();
        let folder = options.work.join(format!("run-{seed}"));
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| {
                format!(
                    "what an earlier run left in {} is in the way",
                    folder.display()
                )
            })?;
        }
        fs::create_dir_all(&folder)?;
        let folder = folder.canonicalize()?;
        let mut amounts = Amounts {
            kills: options.kills,
            engine_stops: options.engine_stops,
            engine_kills: options.engine_kills,
            disk: options.disk_fulls,
            clock: options.clock_jumps,
        };

        let disk_root = folder.join("disk");
        let disk = match (amounts.disk > 0).then(|| Disk::mount(&disk_root)) {
            Some(Ok(disk)) => Some(disk),
            Some(Err(error)) => {
                tally
                    .skipped
                    .push(format!("disk full: {error:#}; only root can mount"));
                amounts.disk = 0;
                None
            }
            None => None,
        };
        let clock = match (&options.faketime, amounts.clock > 0) {
            (Some(library), true) if library.exists() => {
                Some(WallClock::new(library, folder.join("clock"))?)
            }
            (_, true) => {
                tally
                    .skipped
                    .push("clock jumps: libfaketime is not installed".to_owned());
                amounts.clock = 0;
                None
            }
            _ => None,
        };
        let engine = match (
            &options.engine_dir,
            amounts.engine_stops + amounts.engine_kills > 0,
        ) {
            (Some(dir), true) => Some(OwnEngine::new(dir, &options.engine_script)?),
            (None, true) => {
                tally
                    .skipped
                    .push("engine stops: there is no engine of one's own".to_owned());
                (amounts.engine_stops, amounts.engine_kills) = (0, 0);
                None
            }
            _ => None,
        };

        let is_real = options.provisioner == Provisioner::Docker;
        let limits = if is_real {
            Limits {
                clusters: 3,
                nodes: 3,
                pause: Duration::from_millis(1500),
            }
        } else {
            Limits {
                clusters: 8,
                nodes: 5,
                pause: Duration::from_millis(300),
            }
        };
        let data = match disk {
            Some(_) => disk_root.join("data"),
            None => folder.join("data"),
        };
        let api_key = hex::encode(rand::random::<[u8; 32]>());
        let ports = rand::random_range(10..18) * 1000;
        let mut environment: Vec<(String, String)> = [
            ("CARINA_DATA_DIR", data.display().to_string()),
            ("CARINA_PROVISIONER", options.provisioner.word().to_owned()),
            ("CARINA_ADMIN_API_KEY", api_key.clone()),
            ("CARINA_MAX_CLUSTERS", limits.clusters.to_string()),
            ("CARINA_MAX_NODES", limits.nodes.to_string()),
            ("CARINA_NODE_PORTS", format!("{ports}-{}", ports + 99)),
            ("CARINA_LOG", "info".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec();
        environment.extend(clock.iter().flat_map(WallClock::environment));
        let log = folder.join("control-plane.log");
        let process = Process::new(&options.program, log, environment)?;
        let client = Arc::new(Client::new(&process.base(), &api_key, limits)?);
        Ok(Self {
            process,
            disk,
            clock,
            engine,
            client,
            provisioner: options.provisioner,
            dice: StdRng::seed_from_u64(seed),
            folder,
            data,
            began: Instant::now(),
            patience: Patience::default(),
            limit: Duration::from_secs(options.limit),
            rest_every: if is_real { 4 } else { 10 },
            amounts,
            tally,
        })
    }

    /// Deals all faults. An error is the first thing that did not hold.
    pub(crate) async fn go(&mut self) -> anyhow::Result<()> {
        self.first_start().await?;
        let deck = deck(self.amounts, &mut self.dice);
        for (number, fault) in deck.iter().enumerate() {
            self.client.stop.store(false, Ordering::Relaxed);
            let askers = self.askers();
            let dealt = self
                .deal(*fault)
                .await
                .with_context(|| format!("after fault {} ({})", number + 1, fault.word()));
            self.client.stop.store(true, Ordering::Relaxed);
            for asker in askers {
                asker.await??;
            }
            dealt?;
            *self.tally.faults.entry(fault.word()).or_default() += 1;
            let settled = self.client.settle().await?;
            self.count("doubts settled", settled);
            self.look()
                .await
                .with_context(|| format!("after fault {} ({})", number + 1, fault.word()))?;
            if (number + 1) % self.rest_every == 0 {
                self.rest().await?;
            }
        }
        self.rest().await?;
        self.clear().await
    }

    /// What the summary says of wishes.
    pub(crate) fn finish(&mut self) {
        self.tally.wishes = self.client.wishes();
    }

    /// Removes what the run left, if all was well; or keeps what tells of the failure, and says where.
    pub(crate) async fn leave(&mut self, is_well: bool) -> anyhow::Result<Option<PathBuf>> {
        self.process.kill()?;
        if let Some(disk) = &self.disk {
            disk.free()?;
        }
        if self.provisioner == Provisioner::Docker {
            let cleared = match database::read(&self.data).await {
                Ok(kept) => engine::clear(&kept.installation).await,
                Err(error) => Err(error),
            };
            // It must not hide what was found.
            if let Err(error) = cleared {
                let what = format!("clearing the engine after the run: {error:#}");
                self.tally.skipped.push(what);
            }
        }
        let kept = self.folder.join("kept");
        if !is_well {
            // The data folder can be on a disk that goes with the run.
            let status = Command::new("cp")
                .arg("-a")
                .args([&self.data, &kept])
                .status()?;
            if !status.success() {
                bail!("the data folder could not be kept");
            }
        }
        self.disk = None;
        if is_well {
            fs::remove_dir_all(&self.folder)?;
            return Ok(None);
        }
        Ok(Some(kept))
    }

    fn askers(&mut self) -> Vec<JoinHandle<anyhow::Result<()>>> {
        (0..ASKERS)
            .map(|_| {
                let client = Arc::clone(&self.client);
                let dice = StdRng::from_rng(&mut self.dice);
                tokio::spawn(async move { client.keep_wishing(dice).await })
            })
            .collect()
    }

    /// The very first start makes the database, the key file and the first account. It is killed
    /// while it does.
    async fn first_start(&mut self) -> anyhow::Result<()> {
        for _ in 0..FIRST_START_KILLS {
            self.process.start()?;
            self.pause(0, 120).await;
            self.kill().await.context("at the very first start")?;
        }
        *(self.tally.faults.entry("SIGKILL at the very first start")).or_default() +=
            u64::from(FIRST_START_KILLS);
        self.process.start()?;
        self.process
            .answers()
            .await
            .context("after the very first start was killed")
    }

    async fn deal(&mut self, fault: Fault) -> anyhow::Result<()> {
        let is_real = self.provisioner == Provisioner::Docker;
        let longest = if is_real { 5000 } else { 1800 };
        self.pause(20, longest).await;
        match fault {
            Fault::Kill => self.kill().await?,
            Fault::KillTwice => {
                self.kill().await?;
                self.process.start()?;
                self.pause(0, 250).await;
                self.kill().await?;
            }
            Fault::Terminate => self.process.terminate().await?,
            Fault::EngineStop | Fault::EngineKill => {
                let engine = self.engine.as_ref().context("no engine of one's own")?;
                engine.stop(fault == Fault::EngineStop).await?;
                self.pause(500, 5000).await;
                let engine = self.engine.as_ref().context("no engine of one's own")?;
                engine.start().await?;
                self.pause(500, 5000).await;
                return self.still_runs();
            }
            Fault::DiskFull | Fault::DiskFullAndKill => {
                return self.fill_disk(fault == Fault::DiskFullAndKill).await;
            }
            Fault::DayForward => return self.jump_a_day().await,
            Fault::HourBack => {
                self.clock
                    .as_mut()
                    .context("no clock of its own")?
                    .jump(-3600)?;
                let token = self.client.must_sign_in().await?;
                self.count("tokens good after an hour back", 1);
                if !self.client.takes(&token).await? {
                    bail!("the clock went back by an hour, and a good token is refused");
                }
                self.pause(500, 1500).await;
                return self.still_runs();
            }
        }
        self.process.start()?;
        self.process.answers().await
    }

    /// The disk is full: something is refused, and what is accepted holds all the same. When there is
    /// room again, the control plane goes on by itself.
    async fn fill_disk(&mut self, kill: bool) -> anyhow::Result<()> {
        // Ended in order, SQLite removes its log: so the next write needs room at once.
        self.process.terminate().await?;
        self.process.start()?;
        self.process.answers().await?;
        let disk = self.disk.as_ref().context("no disk of its own")?;
        let before = self.client.faults_felt.load(Ordering::Relaxed);
        disk.fill()?;
        let filled = Instant::now();
        while self.client.faults_felt.load(Ordering::Relaxed) == before {
            if filled.elapsed() > Duration::from_secs(20) {
                bail!("the disk has been full for 20 s and no wish was answered with a fault");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.count("faults answered while the disk is full", 1);
        self.pause(200, 1500).await;
        self.still_runs()?;
        if kill {
            self.kill().await?;
            self.process.start()?;
            // It may refuse to start on a full disk, or run; both are right.
            self.pause(100, 1500).await;
        }
        let disk = self.disk.as_ref().context("no disk of its own")?;
        disk.free()?;
        if !self.process.runs()? {
            if !kill {
                bail!("the control plane ended while the disk was full");
            }
            self.process.start()?;
        } else if kill {
            // It can be on its way out: what it met before there was room again.
            tokio::time::sleep(Duration::from_millis(500)).await;
            if !self.process.runs()? {
                self.process.start()?;
            }
        }
        self.process.answers().await
    }

    /// A day later every token has come to its end, and a new one is had by signing in again.
    async fn jump_a_day(&mut self) -> anyhow::Result<()> {
        // A token of now: an older one can be of before an hour back, and good for an hour more.
        self.client.forget_token();
        let token = self.client.must_sign_in().await?;
        self.client.may_expire.store(true, Ordering::Relaxed);
        self.clock
            .as_mut()
            .context("no clock of its own")?
            .jump(24 * 3600)?;
        if self.client.takes(&token).await? {
            bail!("a token that is good for a day is good for longer");
        }
        self.count("tokens ended after a day", 1);
        self.client.forget_token();
        self.client.model().forget_keys();
        self.client.must_sign_in().await?;
        self.pause(500, 1500).await;
        self.still_runs()
    }

    async fn kill(&mut self) -> anyhow::Result<()> {
        if !self.process.kill()? {
            bail!("the control plane had ended by itself before it was killed");
        }
        self.tally.kills += 1;
        // Some of those who ask meet a closed door.
        self.pause(0, 60).await;
        Ok(())
    }

    fn still_runs(&mut self) -> anyhow::Result<()> {
        if self.process.runs()? {
            Ok(())
        } else {
            bail!("the control plane ended by itself")
        }
    }

    async fn pause(&mut self, from: u64, to: u64) {
        let pause = self.dice.random_range(from..=to);
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }

    async fn see(&self) -> anyhow::Result<Seen> {
        let listed = self.client.list().await?;
        let kept = database::read(&self.data).await?;
        let engine = match self.provisioner {
            Provisioner::Simulated => None,
            Provisioner::Docker => Some(engine::read(&kept.installation).await?),
        };
        Ok(Seen {
            listed,
            kept,
            engine,
        })
    }

    /// What holds at every moment.
    async fn look(&mut self) -> anyhow::Result<Seen> {
        let seen = self.see().await?;
        let findings = check::always(&self.client.model(), &seen);
        self.judge(findings, &seen)?;
        let now = self.began.elapsed().as_secs();
        let limit = self.limit.as_secs();
        let findings = self.patience.look(&seen.listed, now, limit);
        self.judge(findings, &seen)?;
        Ok(seen)
    }

    /// Nothing disturbs any more: everything comes to rest within its time, and is as it is wished.
    async fn rest(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        let mut at_rest_since = began;
        let mut retries: BTreeMap<String, u32> = BTreeMap::new();
        loop {
            let seen = self.look().await?;
            let failed = seen
                .listed
                .iter()
                .filter(|cluster| cluster.status == "error");
            for cluster in failed {
                let tries = retries.entry(cluster.id.clone()).or_default();
                *tries += 1;
                if *tries > RETRIES || self.engine.is_none() {
                    // What is in error without a reason outside of it is a finding.
                    self.judge(check::at_rest(&seen), &seen)?;
                }
                let expected = (self.client.model().clusters.iter())
                    .find(|expected| expected.name.as_str() == cluster.name)
                    .cloned()
                    .context("a cluster that nobody asked for")?;
                self.count("errors tried again", 1);
                self.client.ask(&expected, Wish::Retry).await?;
            }
            let is_at_rest = seen.listed.iter().all(|cluster| cluster.status == "active")
                && seen.kept.tasks.iter().all(|task| task.state != "open");
            let findings = check::at_rest(&seen);
            if !is_at_rest {
                at_rest_since = Instant::now();
            }
            let is_late = began.elapsed() > self.limit || at_rest_since.elapsed() > AFTERMATH;
            if is_late || (is_at_rest && findings.violations.is_empty()) {
                self.judge(findings, &seen)?;
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        if self.provisioner == Provisioner::Docker {
            self.use_all().await?;
        }
        self.count("times at rest", 1);
        Ok(())
    }

    /// Every cluster answers its owner, and its swarm has all nodes.
    async fn use_all(&mut self) -> anyhow::Result<()> {
        let clusters: Vec<_> = self.client.model().idle().cloned().collect();
        for expected in clusters {
            let id = expected.id.context("a cluster without an id")?;
            let began = Instant::now();
            let folder = self.folder.join("bundle");
            loop {
                // The nodes of an engine that was away need a moment until they answer again.
                let seen = self.use_one(id, &folder).await;
                match seen {
                    Ok(nodes) if nodes == expected.nodes => break,
                    other if began.elapsed() > self.limit => bail!(
                        "the Docker API of {} ({id}), asked through its bundle, should know {} nodes; it answers {other:?}",
                        expected.name,
                        expected.nodes
                    ),
                    _ => tokio::time::sleep(Duration::from_millis(500)).await,
                }
            }
            self.count("clusters used through their bundle", 1);
        }
        Ok(())
    }

    /// Downloads a bundle, and asks the cluster with it how many nodes it has.
    async fn use_one(&self, id: ClusterId, folder: &Path) -> anyhow::Result<u32> {
        let (endpoint, bundle) = self.client.bundle(id).await?;
        engine::swarm_nodes(bundle, &endpoint, folder).await
    }

    /// Everything is deleted: nothing at all is left.
    async fn clear(&mut self) -> anyhow::Result<()> {
        let clusters: Vec<_> = self.client.model().idle().cloned().collect();
        for expected in clusters {
            self.client.ask(&expected, Wish::Delete).await?;
        }
        self.rest().await?;
        let seen = self.look().await?;
        if !seen.listed.is_empty() {
            bail!(
                "everything was deleted, and the API still lists {:?}",
                seen.listed
            );
        }
        self.process.terminate().await
    }

    fn count(&mut self, kind: &'static str, number: u64) {
        *self.tally.checks.entry(kind).or_default() += number;
    }

    fn judge(&mut self, findings: Findings, seen: &Seen) -> anyhow::Result<()> {
        for (kind, number) in findings.looked {
            self.count(kind, number);
        }
        let Some(first) = findings.violations.first() else {
            return Ok(());
        };
        let mut story = String::new();
        for violation in &findings.violations {
            writeln!(story, "  - {}", violation.story)?;
        }
        writeln!(story, "the last events of it:")?;
        let about: Vec<_> = (seen.kept.events.iter())
            .filter(|event| first.cluster.as_ref().is_none_or(|id| *id == event.cluster))
            .collect();
        for event in about.iter().skip(about.len().saturating_sub(LAST_EVENTS)) {
            writeln!(
                story,
                "    {} {} {} (task {})",
                event.cluster,
                event.kind,
                event.message,
                event.task.as_deref().unwrap_or("none")
            )?;
        }
        bail!("something does not hold:\n{story}")
    }
}

/// The log of the control plane, for the end of a story.
pub(crate) fn log_of(work: &Path, seed: u64) -> PathBuf {
    work.join(format!("run-{seed}")).join("control-plane.log")
}
