//! Those who wish: they ask for clusters over the API, and write down what they were answered.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, bail};
use cluster_api::{
    Cluster, ClusterId, ClusterName, ClusterType, CreateCluster, ErrorBody, EventKind, Flavor,
    Labels, NodeCount, Problem, TaskRequest,
    client::{ControlPlane, HttpControlPlane, Origin, Secret},
};
use rand::{Rng, rngs::StdRng, seq::IteratorRandom};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    check::Listed,
    model::{Answer, Expected, Model, Wish},
};

/// How often something is asked again that has to be answered now.
const TRIES: u32 = 50;

/// How much is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Clusters at once.
    pub(crate) clusters: usize,
    /// Nodes a cluster.
    pub(crate) nodes: u32,
    /// The longest pause between two wishes of one asker.
    pub(crate) pause: Duration,
}

/// A user of the control plane.
pub(crate) struct Client {
    api: HttpControlPlane,
    http: reqwest::Client,
    base: String,
    secret: Secret,
    token: Mutex<Option<SecretString>>,
    model: Mutex<Model>,
    /// Wishes by kind and answer.
    wishes: Mutex<BTreeMap<String, u64>>,
    /// A token may have come to its end: the clock went past it.
    pub(crate) may_expire: AtomicBool,
    /// Answers that said that something failed inside.
    pub(crate) faults_felt: AtomicU64,
    /// Nobody asks any more.
    pub(crate) stop: AtomicBool,
    limits: Limits,
}

impl Client {
    /// A user of the control plane at `base`.
    pub(crate) fn new(base: &str, api_key: &str, limits: Limits) -> anyhow::Result<Self> {
        Ok(Self {
            api: HttpControlPlane::new(base)?,
            http: reqwest::Client::builder()
                .timeout(Duration::from_secs(10))
                .no_proxy()
                .build()?,
            base: base.to_owned(),
            secret: Secret::ApiKey(api_key.into()),
            token: Mutex::default(),
            model: Mutex::default(),
            wishes: Mutex::default(),
            may_expire: AtomicBool::new(false),
            faults_felt: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            limits,
        })
    }

    /// What was asked so far.
    pub(crate) fn model(&self) -> MutexGuard<'_, Model> {
        lock(&self.model)
    }

    /// How many wishes were answered how.
    pub(crate) fn wishes(&self) -> BTreeMap<String, u64> {
        lock(&self.wishes).clone()
    }

    /// Its token, if it has one.
    pub(crate) fn token(&self) -> Option<SecretString> {
        lock(&self.token).clone()
    }

    /// Asks for this and that until it is told to stop.
    pub(crate) async fn keep_wishing(&self, mut dice: StdRng) -> anyhow::Result<()> {
        while !self.stop.load(Ordering::Relaxed) {
            self.wish(&mut dice).await?;
            let pause = dice.random_range(0.1..=1.0);
            tokio::time::sleep(self.limits.pause.mul_f64(pause)).await;
        }
        Ok(())
    }

    async fn wish(&self, dice: &mut StdRng) -> anyhow::Result<()> {
        // Signing in is no wish: without it nothing can be asked now.
        let Some(token) = self.sign_in().await? else {
            return Ok(());
        };
        let active = match self.api.snapshot(&token).await {
            Ok(snapshot) => snapshot.clusters,
            Err(Problem::SignedOut) => return self.signed_out(),
            // It is down, or the disk is full: all the better a moment to ask for something.
            Err(_) => Vec::new(),
        };
        let is_active = |expected: &Expected| {
            (active.iter())
                .any(|cluster| cluster.name == expected.name && cluster.can_rotate().is_ok())
        };
        let (expected, wish) = {
            let mut model = self.model();
            let mut idle: Vec<&Expected> = model.idle().collect();
            if dice.random_bool(0.7) && idle.iter().any(|expected| is_active(expected)) {
                idle.retain(|expected| is_active(expected));
            }
            let chosen = idle.into_iter().choose(dice).cloned();
            let has_room = model.living() < self.limits.clusters;
            match chosen {
                Some(expected) if !has_room || dice.random_bool(0.75) => {
                    let wish = self.draw(is_active(&expected), dice);
                    if let Some(expected) = model.of(&expected.name) {
                        expected.is_busy = true;
                    }
                    (expected, wish)
                }
                _ if has_room => {
                    let nodes = dice.random_range(1..=self.limits.nodes);
                    (model.ask(nodes)?, Wish::Create)
                }
                _ => return Ok(()),
            }
        };
        if wish == Wish::Create && expected.id.is_some() {
            return self.ask_again(&token, &expected).await;
        }
        if wish == Wish::Create && dice.random_bool(0.2) {
            return self.ask_twice_at_once(&token, &expected).await;
        }
        let outcome = self.send(&token, &expected, wish).await;
        self.note(&expected.name, wish, outcome)
    }

    /// What is asked of a cluster that is there. (A create is its own, asked for again.)
    fn draw(&self, is_active: bool, dice: &mut StdRng) -> Wish {
        let resize = Wish::Resize {
            to: dice.random_range(1..=self.limits.nodes),
        };
        match (is_active, dice.random_range(0..100)) {
            (true, 0..50) => resize,
            (true, 50..62) => Wish::Rotate,
            (true, 62..74) => Wish::Rebuild,
            (true, 74..86) => Wish::Delete,
            // Most of these are refused. A delete is not, and ends what is being done.
            (false, 0..10) => resize,
            (false, 10..15) => Wish::Rotate,
            (false, 15..20) => Wish::Rebuild,
            (false, 20..26) => Wish::Delete,
            _ => Wish::Create,
        }
    }

    /// Asks for something of one cluster, and writes the answer down.
    pub(crate) async fn ask(&self, expected: &Expected, wish: Wish) -> anyhow::Result<()> {
        let token = self.must_sign_in().await?;
        let outcome = self.send(&token, expected, wish).await;
        self.note(&expected.name, wish, outcome)
    }

    /// A double click: one key, two requests at the same time.
    async fn ask_twice_at_once(
        &self,
        token: &SecretString,
        expected: &Expected,
    ) -> anyhow::Result<()> {
        let (one, other) = futures::join!(
            self.send(token, expected, Wish::Create),
            self.send(token, expected, Wish::Create)
        );
        if let (Ok(one), Ok(other)) = (one, other)
            && one != other
        {
            bail!(
                "{} was asked for twice at once with one key, and two clusters were made: {one:?} and {other:?}",
                expected.name
            );
        }
        // A success is one; a doubt beside a refusal is a doubt.
        let outcome = match (one, other) {
            (Err(refusal), Err(doubt)) if Answer::of(refusal) == Answer::Refused => Err(doubt),
            (one, other) => one.or(other).or(one),
        };
        self.note(&expected.name, Wish::Create, outcome)
    }

    /// The same key as before, for a cluster that is there: it is answered with the same one.
    async fn ask_again(&self, token: &SecretString, expected: &Expected) -> anyhow::Result<()> {
        let outcome = if expected.is_key_known {
            self.send(token, expected, Wish::Create).await
        } else {
            Ok(expected.id)
        };
        if let Some(expected) = self.model().of(&expected.name) {
            expected.is_busy = false;
        }
        match outcome {
            Ok(id) if id == expected.id => {}
            Err(Problem::SignedOut) => self.signed_out()?,
            Err(problem) if Answer::of(problem) == Answer::Doubtful => return Ok(()),
            other => bail!(
                "{} was asked for again with its key {}; the answer should be {:?} and is {other:?}",
                expected.name,
                expected.key,
                expected.id
            ),
        }
        self.count("the same create again, answered the same");
        Ok(())
    }

    async fn send(
        &self,
        token: &SecretString,
        expected: &Expected,
        wish: Wish,
    ) -> Result<Option<ClusterId>, Problem> {
        let count = |number: u32| NodeCount::try_from(i64::from(number)).unwrap_or(NodeCount::MIN);
        let answer = match (wish, expected.id) {
            (Wish::Create, _) => {
                let request = CreateCluster {
                    name: expected.name.clone(),
                    cluster_type_id: ClusterType::swarm().id,
                    node_count: count(expected.first_nodes),
                    flavor: Flavor::default(),
                    labels: Labels::default(),
                    autoscale: None,
                    deletion_protection: false,
                };
                let created = self.api.create(token, &request, &expected.key).await;
                created.map(|cluster| Some(cluster.id))
            }
            (_, None) => Err(Problem::NotFound),
            (Wish::Resize { to }, Some(id)) => {
                let done = self.api.resize(token, id, count(to)).await;
                done.map(|()| Some(id))
            }
            (Wish::Rotate, Some(id)) => {
                let done = self.task(token, id, &TaskRequest::Rotate).await;
                done.map(|()| Some(id))
            }
            (Wish::Rebuild, Some(id)) => {
                let done = self.task(token, id, &TaskRequest::Rebuild).await;
                done.map(|()| Some(id))
            }
            (Wish::Delete, Some(id)) => self.api.delete(token, id).await.map(|_| Some(id)),
            (Wish::Retry, Some(id)) => self.api.retry(token, id).await.map(|()| Some(id)),
        };
        if let Err(Problem::Internal { .. }) = answer {
            self.faults_felt.fetch_add(1, Ordering::Relaxed);
        }
        answer
    }

    /// What the client of the house has no method for.
    async fn task(
        &self,
        token: &SecretString,
        id: ClusterId,
        task: &TaskRequest,
    ) -> Result<(), Problem> {
        let request = self
            .http
            .post(format!("{}/v2/clusters/{id}/tasks", self.base))
            .header("x-auth-token", token.expose_secret())
            .json(task);
        let answer = request.send().await.map_err(|_| Problem::Unreachable)?;
        if answer.status().is_success() {
            return Ok(());
        }
        let body: ErrorBody = answer.json().await.map_err(|_| Problem::Unreachable)?;
        let problem = body.errors.into_iter().find_map(|error| error.problem);
        Err(problem.unwrap_or(Problem::Unreachable))
    }

    fn note(
        &self,
        name: &ClusterName,
        wish: Wish,
        outcome: Result<Option<ClusterId>, Problem>,
    ) -> anyhow::Result<()> {
        let answer = outcome.map_or_else(Answer::of, |_| Answer::Accepted);
        self.count(&format!("{} {answer:?}", wish.word()).to_lowercase());
        self.model()
            .note(name, wish, answer, outcome.ok().flatten());
        match outcome {
            Err(Problem::SignedOut) => self.signed_out(),
            // What is in the model is there, so nobody may say that it is not.
            Err(Problem::NotFound) => {
                bail!(
                    "a {} of {name} was answered with: there is no such cluster",
                    wish.word()
                )
            }
            _ => Ok(()),
        }
    }

    fn signed_out(&self) -> anyhow::Result<()> {
        if !self.may_expire.load(Ordering::Relaxed) {
            bail!("a token that is good for a day is not known any more");
        }
        *lock(&self.token) = None;
        Ok(())
    }

    async fn sign_in(&self) -> anyhow::Result<Option<SecretString>> {
        if let Some(token) = self.token() {
            return Ok(Some(token));
        }
        let origin = Origin::default();
        match self
            .api
            .sign_in(&"admin".into(), &self.secret, &origin)
            .await
        {
            Ok(grant) => {
                *lock(&self.token) = Some(grant.token.clone());
                Ok(Some(grant.token))
            }
            Err(problem) if problem.status() >= 500 => Ok(None),
            Err(problem) => bail!("signing in with the right key was refused: {problem}"),
        }
    }

    /// Signs in, where nothing stands in the way any more.
    pub(crate) async fn must_sign_in(&self) -> anyhow::Result<SecretString> {
        for _ in 0..TRIES {
            if let Some(token) = self.sign_in().await? {
                return Ok(token);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("signing in does not work, and nothing stands in its way")
    }

    /// Signs out here alone; the control plane does not hear of it.
    pub(crate) fn forget_token(&self) {
        *lock(&self.token) = None;
    }

    /// Whether the control plane still takes a token.
    pub(crate) async fn takes(&self, token: &SecretString) -> anyhow::Result<bool> {
        Ok(self.api.check_token(token).await?)
    }

    /// Makes a fact or nothing of every doubt.
    pub(crate) async fn settle(&self) -> anyhow::Result<u64> {
        let doubts: Vec<(Expected, Wish)> = (self.model().clusters.iter())
            .filter_map(|cluster| Some((cluster.clone(), cluster.doubt?)))
            .collect();
        let settled = doubts.len();
        for (expected, wish) in doubts {
            let token = self.must_sign_in().await?;
            if wish == Wish::Create {
                let outcome = self.send(&token, &expected, wish).await;
                self.note(&expected.name, wish, outcome)?;
                if outcome.is_err_and(|problem| problem.status() >= 500) {
                    bail!(
                        "{} cannot be asked for, and nothing stands in its way",
                        expected.name
                    );
                }
                continue;
            }
            let id = expected.id.context("a cluster without an id")?;
            let now = match self.api.cluster(&token, id).await {
                Ok(cluster) => Some(cluster),
                Err(Problem::NotFound) => None,
                Err(problem) => bail!("{} cannot be looked at: {problem}", expected.name),
            };
            let timeline = match now {
                Some(_) => self.api.events(&token, id).await.unwrap_or_default(),
                None => Vec::new(),
            };
            let told = (timeline.iter())
                .filter(|event| event.kind == EventKind::Requested)
                .count();
            let told = u32::try_from(told)?;
            let mut model = self.model();
            let cluster = model
                .of(&expected.name)
                .context("a cluster that was asked for")?;
            if !cluster.settle(now.as_ref(), told) {
                bail!(
                    "{} was {} nodes strong, and it is not known whether {wish:?} was accepted; \
                     what is there fits neither: {now:?}",
                    expected.name,
                    expected.nodes
                );
            }
        }
        Ok(u64::try_from(settled)?)
    }

    /// What the API lists.
    pub(crate) async fn list(&self) -> anyhow::Result<Vec<Listed>> {
        let token = self.must_sign_in().await?;
        let clusters = match self.api.snapshot(&token).await {
            Err(Problem::SignedOut) => {
                self.signed_out()?;
                let token = self.must_sign_in().await?;
                self.api.snapshot(&token).await
            }
            other => other,
        };
        let clusters = clusters.context("the clusters cannot be listed")?.clusters;
        Ok(clusters.iter().map(listed).collect())
    }

    /// The endpoint of a cluster, and a bundle for it.
    pub(crate) async fn bundle(&self, id: ClusterId) -> anyhow::Result<(String, Vec<u8>)> {
        let token = self.must_sign_in().await?;
        let access = self.api.access(&token, id).await?;
        let zip = self.api.credentials_zip(&token, id).await?;
        Ok((access.endpoint, zip))
    }

    fn count(&self, what: &str) {
        *lock(&self.wishes).entry(what.to_owned()).or_default() += 1;
    }
}

fn listed(cluster: &Cluster) -> Listed {
    Listed {
        id: cluster.id.to_string(),
        name: cluster.name.to_string(),
        status: cluster.status.as_str().to_owned(),
        nodes: cluster.node_count.get(),
        reason: (cluster.reason.as_ref()).map(|reason| match &reason.detail {
            Some(detail) => format!("{} ({detail})", reason.message),
            None => reason.message.clone(),
        }),
        task: (cluster.progress.as_ref()).map(|progress| progress.task_id.to_string()),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
