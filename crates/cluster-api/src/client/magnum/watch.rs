//! The watch of an account: Magnum has no stream, so its list is read again and again, and what is
//! different is passed on.
//!
//! Every 5 s while something changes, every 30 s otherwise, and at once after something was asked for here.
//! Magnum's conductor looks at its driver every 10 s, so more would show nothing sooner.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::try_join;
use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};

use super::{
    Magnum,
    journal::{self, Entry},
    login::Login,
    map::{self, Seen},
    wire::{ClusterBody, ClustersBody, Stage, TemplatesBody, Work},
};
use crate::{
    Cluster, ClusterId, ClusterStatus, Event, EventId, EventKind, Health, NodeCount, Problem,
    Provisioning, Quotas, Snapshot, TaskKind, Template, TemplateId, Timestamp, WatchMessage,
    client::Watch,
};

/// While something changes the list is read so often.
const CHANGING: Duration = Duration::from_secs(5);

/// Otherwise so often.
const QUIET: Duration = Duration::from_secs(30);

/// What was asked for here shows by then: the first list after it may be from before.
const ASKED: Duration = Duration::from_secs(1);

/// Magnum bounds the clusters of a project, not their nodes: nobody has more than this of one here.
pub(super) const MOST_NODES: u32 = 1000;

/// Templates and quotas change rarely.
const RARELY: Duration = Duration::from_secs(300);

/// The longest page that Magnum gives, unless its `max_limit` is another: then pages are shorter.
const PAGE: usize = 1000;

/// No page is read after so many rows.
const ROWS: usize = 10_000;

/// So many failed clusters are asked about each time the list is read.
const FAULTS: usize = 10;

/// So many entries wait to be passed on.
const WAITING: usize = 256;

/// The median is over so many.
const MEASURED: usize = 20;

/// What is known of the accounts that somebody looks at.
#[derive(Default)]
pub(super) struct Accounts {
    accounts: Mutex<HashMap<String, Arc<Account>>>,
    durations: Mutex<HashMap<TaskKind, VecDeque<u64>>>,
}

/// What is known of one.
#[derive(Default)]
pub(super) struct Account {
    poke: Notify,
    /// What was written down here and not passed on yet.
    events: Mutex<VecDeque<Event>>,
    /// The templates as they were read last.
    templates: Mutex<Vec<Template>>,
}

impl Account {
    /// Something was asked for: look at once.
    pub(super) fn poke(&self) {
        self.poke.notify_one();
    }

    /// The templates as they were read last; none if they never were.
    pub(super) fn last_templates(&self) -> Vec<Template> {
        locked(&self.templates).clone()
    }

    /// Passes an entry on.
    pub(super) fn add_event(&self, event: Event) {
        let mut events = locked(&self.events);
        // Nobody watches: the journal has it all the same.
        if events.len() == WAITING {
            events.pop_front();
        }
        events.push_back(event);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Accounts {
    pub(super) fn of(&self, account: &str) -> Arc<Account> {
        Arc::clone(
            locked(&self.accounts)
                .entry(account.to_owned())
                .or_default(),
        )
    }

    /// How long a kind of work took.
    fn took(&self, kind: TaskKind, ms: u64) {
        let mut durations = locked(&self.durations);
        let durations = durations.entry(kind).or_default();
        if durations.len() == MEASURED {
            durations.pop_front();
        }
        durations.push_back(ms);
    }

    /// How long it usually takes.
    pub(super) fn usual(&self, kind: TaskKind) -> Option<u64> {
        let durations = locked(&self.durations);
        let mut sorted: Vec<u64> = durations.get(&kind)?.iter().copied().collect();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied()
    }
}

/// What rarely changes.
#[derive(Clone)]
pub(super) struct Around {
    pub(super) templates: HashMap<TemplateId, Template>,
    pub(super) quotas: Quotas,
    read_at: Instant,
}

/// A watch that is open.
struct Open {
    magnum: Magnum,
    login: Arc<Login>,
    account: Arc<Account>,
    around: Around,
    rows: HashMap<ClusterId, Row>,
    waiting: VecDeque<WatchMessage>,
    /// Somebody asked for something since the list was read last.
    was_poked: bool,
    /// The list could not be read the last time: Magnum failed.
    has_failed: bool,
    /// Until when what was asked for may begin, end, or do both between two looks.
    lively_until: Option<Instant>,
}

/// A row that was passed on, and what it came from.
struct Row {
    cluster: Cluster,
    status: String,
}

impl Magnum {
    /// All clusters of the project, as Magnum writes them. The next page begins after a marker, which is
    /// the id of the last row: what Magnum gives as `next` is an address of its own making, and only says
    /// whether there may be more.
    pub(super) async fn list(&self, login: &Login) -> Result<Vec<ClusterBody>, Problem> {
        let mut all: Vec<ClusterBody> = Vec::new();
        while all.len() < ROWS {
            let path = match all.last() {
                None => format!("/clusters/detail?limit={PAGE}"),
                Some(last) => format!("/clusters/detail?limit={PAGE}&marker={}", last.uuid),
            };
            let ClustersBody { clusters, next } = self.read(login, &path).await?.json()?;
            let is_last = clusters.is_empty() || next.is_none();
            all.extend(clusters);
            if is_last {
                break;
            }
        }
        // Who is an admin anywhere gets everybody's.
        all.retain(|it| {
            it.project_id
                .as_ref()
                .is_none_or(|id| *id == login.project.id)
        });
        Ok(all)
    }

    /// Templates and quotas.
    pub(super) async fn around(&self, login: &Login) -> Result<Around, Problem> {
        let (templates, max_clusters) =
            try_join!(self.all_templates(login), self.max_clusters(login))?;
        let quotas = Quotas {
            max_clusters,
            max_nodes_per_cluster: NodeCount::of_a_cloud(MOST_NODES),
        };
        Ok(Around {
            templates: templates.into_iter().map(|it| (it.id, it)).collect(),
            quotas,
            read_at: Instant::now(),
        })
    }

    /// All templates that the project may see.
    pub(super) async fn all_templates(&self, login: &Login) -> Result<Vec<Template>, Problem> {
        let mut all: Vec<Template> = Vec::new();
        while all.len() < ROWS {
            let path = match all.last() {
                None => format!("/clustertemplates/detail?limit={PAGE}"),
                Some(last) => format!("/clustertemplates/detail?limit={PAGE}&marker={}", last.id),
            };
            let TemplatesBody {
                clustertemplates,
                next,
            } = self.read(login, &path).await?.json()?;
            let is_last = clustertemplates.is_empty() || next.is_none();
            all.extend(clustertemplates.into_iter().map(Template::from));
            if is_last {
                break;
            }
        }
        locked(&self.0.accounts.of(&login.account()).templates).clone_from(&all);
        Ok(all)
    }

    /// The row of a cluster, as of now.
    pub(super) fn row(
        &self,
        login: &Login,
        body: &ClusterBody,
        templates: &HashMap<TemplateId, Template>,
        version: EventId,
    ) -> Option<Cluster> {
        let usual_ms = |kind| self.0.accounts.usual(kind);
        let seen = Seen {
            version,
            user: &login.user.id,
            rotating: &self.0.settings.rotating,
            templates,
            usual_ms: &usual_ms,
        };
        map::cluster(body, &seen)
    }

    /// Opens the watch of an account.
    pub(super) async fn open_watch(&self, login: Arc<Login>) -> Result<Watch, Problem> {
        let account = self.0.accounts.of(&login.account());
        let version = self.0.places.next(Timestamp::now());
        // On a busy cloud each takes its time.
        let (around, mut bodies) = try_join!(self.around(&login), self.list(&login))?;
        let mut open = Open {
            magnum: self.clone(),
            login,
            account,
            around,
            rows: HashMap::new(),
            waiting: VecDeque::new(),
            was_poked: false,
            has_failed: false,
            lively_until: None,
        };
        open.add_faults(&mut bodies).await;
        let snapshot = open.snapshot(version, &bodies).await;
        open.waiting.push_front(WatchMessage::Snapshot(snapshot));
        Ok(Box::pin(futures::stream::unfold(Some(open), next)))
    }
}

/// The next message. An error is the last.
async fn next(open: Option<Open>) -> Option<(Result<WatchMessage, Problem>, Option<Open>)> {
    let mut open = open?;
    loop {
        if let Some(message) = open.waiting.pop_front() {
            return Some((Ok(message), Some(open)));
        }
        open.rest().await;
        if let Err(problem) = open.look().await {
            return Some((Err(problem), None));
        }
    }
}

impl Open {
    /// Waits until it is time to look again.
    async fn rest(&mut self) {
        let changing = self
            .rows
            .values()
            .any(|row| row.cluster.status.is_changing());
        let lively = self
            .lively_until
            .is_some_and(|until| Instant::now() < until);
        let pause = match (self.was_poked, changing || lively) {
            (true, _) => ASKED,
            (_, true) => CHANGING,
            _ => QUIET,
        };
        self.was_poked = timeout(pause, self.account.poke.notified()).await.is_ok();
        if self.was_poked {
            self.lively_until = Some(Instant::now() + QUIET);
        }
    }

    /// The whole state, as of a place before the list was read.
    async fn snapshot(&mut self, version: EventId, bodies: &[ClusterBody]) -> Snapshot {
        let mut clusters = Vec::new();
        for body in bodies {
            let Some(cluster) = self
                .magnum
                .row(&self.login, body, &self.around.templates, version)
            else {
                continue;
            };
            self.note_first(body).await;
            clusters.push(cluster.clone());
            self.rows.insert(body.uuid, Row::new(cluster, body));
        }
        clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.created_at));
        let mut types: Vec<_> = self.around.templates.values().map(map::type_of).collect();
        types.sort_by(|one, other| one.name.cmp(&other.name));
        Snapshot {
            version,
            clusters,
            quotas: self.around.quotas,
            cluster_types: types,
            provisioning: Provisioning::Cloud,
        }
    }

    /// Reads of what failed in the list, each by itself: only there is said what failed in it.
    async fn add_faults(&self, bodies: &mut [ClusterBody]) {
        let mut asked = 0;
        for body in bodies
            .iter_mut()
            .filter(|it| it.status.stage == Stage::Failed)
        {
            let known = self
                .rows
                .get(&body.uuid)
                .filter(|row| row.status == word(body));
            let facts = known.and_then(|row| row.cluster.cloud.as_ref());
            match facts {
                Some(facts) => body.faults.clone_from(&facts.faults),
                None if asked < FAULTS => {
                    asked += 1;
                    if let Ok(one) = self.magnum.one(&self.login, body.uuid).await {
                        body.faults = one.faults;
                    }
                }
                None => {}
            }
        }
    }

    /// Reads templates and quotas again, now and then, and when there is one that nobody knows.
    async fn see_templates(&mut self, bodies: &[ClusterBody]) -> Result<bool, Problem> {
        let known = &self.around.templates;
        let unknown = |it: &ClusterBody| !known.contains_key(&it.cluster_template_id);
        let is_old = self.around.read_at.elapsed() >= RARELY;
        // One that was made for another project is never among those that can be read.
        let is_new = bodies
            .iter()
            .any(|it| unknown(it) && !self.rows.contains_key(&it.uuid));
        if !is_old && !is_new {
            return Ok(false);
        }
        let before = self.around.quotas;
        match self.magnum.around(&self.login).await {
            Ok(around) => self.around = around,
            // What was known stays; the next look asks again.
            Err(Problem::Refused { .. }) => return Ok(false),
            Err(problem) => return Err(problem),
        }
        Ok(self.around.quotas != before)
    }

    /// Reads the list, and has what is different wait to be passed on.
    async fn look(&mut self) -> Result<(), Problem> {
        let version = self.magnum.0.places.next(Timestamp::now());
        let mut bodies = match self.magnum.list(&self.login).await {
            Ok(bodies) => bodies,
            // Once is no reason to say anything: what was known stays, and the next look tells.
            Err(Problem::Refused { .. }) if !self.has_failed => {
                self.has_failed = true;
                return Ok(());
            }
            Err(Problem::Refused { .. }) => return Err(Problem::Unreachable),
            Err(problem) => return Err(problem),
        };
        self.has_failed = false;
        self.add_faults(&mut bodies).await;
        if self.see_templates(&bodies).await? {
            let snapshot = self.snapshot(version, &bodies).await;
            self.waiting.push_back(WatchMessage::Snapshot(snapshot));
        }
        let mut there = BTreeSet::new();
        for body in &bodies {
            there.insert(body.uuid);
            let row = self
                .magnum
                .row(&self.login, body, &self.around.templates, version);
            let Some(cluster) = row else { continue };
            let before = self.rows.get(&body.uuid);
            if before.is_some_and(|row| row.is_like(&cluster)) {
                continue;
            }
            match before {
                None => self.note_first(body).await,
                Some(row) if row.status != word(body) => self.note_change(body).await,
                Some(_) => {}
            }
            self.note_health(body).await;
            self.rows.insert(body.uuid, Row::new(cluster.clone(), body));
            self.waiting.push_back(WatchMessage::Cluster(cluster));
        }
        let gone: Vec<ClusterId> = (self.rows.keys().copied())
            .filter(|id| !there.contains(id))
            .collect();
        for id in gone {
            self.gone(id, version).await;
        }
        for event in locked(&self.account.events).drain(..) {
            self.waiting.push_back(WatchMessage::Event(event));
        }
        self.waiting.push_back(WatchMessage::Heartbeat);
        Ok(())
    }

    async fn gone(&mut self, id: ClusterId, version: EventId) {
        let Some(Row { mut cluster, .. }) = self.rows.remove(&id) else {
            return;
        };
        let began = cluster.progress.as_ref().map(|it| it.started_at);
        let took = began.and_then(|began| ms_between(began, Timestamp::now()));
        if let Some(took) = took.filter(|_| cluster.status == ClusterStatus::Deleting) {
            self.magnum.0.accounts.took(TaskKind::Delete, took);
        }
        let mut event = self.event(id, EventKind::Finished, "The cluster is gone");
        event.duration_ms = took;
        self.keep(event, format!("{id} gone")).await;
        cluster.status = ClusterStatus::Deleted;
        cluster.progress = None;
        cluster.version = version;
        self.waiting.push_back(WatchMessage::Cluster(cluster));
    }

    /// A cluster is seen for the first time.
    async fn note_first(&mut self, body: &ClusterBody) {
        if body.status.stage == Stage::Complete {
            let mut event = self.event(body.uuid, EventKind::Noticed, "The cluster is there");
            // It was there before anybody looked from here.
            event.at = body.updated_at.or(body.created_at).unwrap_or(event.at);
            self.keep(event, format!("{} first", body.uuid)).await;
        } else {
            self.note_change(body).await;
        }
    }

    /// Its status is another one.
    async fn note_change(&mut self, body: &ClusterBody) {
        let kind = map::task(body.status.work);
        let (sort, message) = match (body.status.stage, body.status.work) {
            (Stage::InProgress, Work::Create) => (EventKind::Started, "Magnum makes the cluster"),
            (Stage::InProgress, Work::Delete) => (EventKind::Started, "Magnum removes the cluster"),
            (Stage::InProgress, _) => (EventKind::Started, "Magnum changes the cluster"),
            (Stage::Complete, Work::Create) => (EventKind::Finished, "The cluster is ready"),
            (Stage::Complete, _) => (EventKind::Finished, "The cluster has changed"),
            (Stage::Failed, Work::Create) => (EventKind::Failed, "The cluster could not be made"),
            (Stage::Failed, Work::Delete) => {
                (EventKind::Failed, "The cluster could not be removed")
            }
            (Stage::Failed, _) => (EventKind::Failed, "The cluster could not be changed"),
        };
        let began = self.rows.get(&body.uuid).and_then(|row| {
            let progress = row.cluster.progress.as_ref()?;
            (progress.task == kind).then_some(progress.started_at)
        });
        let mut event = self.event(body.uuid, sort, message);
        event.duration_ms = began
            .filter(|_| sort != EventKind::Started)
            .and_then(|began| ms_between(began, body.updated_at?));
        if let Some(took) = event.duration_ms.filter(|_| sort == EventKind::Finished) {
            self.magnum.0.accounts.took(kind, took);
        }
        event.detail = (sort == EventKind::Failed)
            .then(|| map::why(body))
            .flatten();
        let updated = body.updated_at.map_or(0, Timestamp::as_microsecond);
        // An update that goes on writes its row again and again.
        let at = if sort == EventKind::Started {
            0
        } else {
            updated
        };
        let seen = format!("{} {} {at}", body.uuid, word(body));
        if sort == EventKind::Started && body.status.work != Work::Create {
            // There may be many, and each is told of by whoever sees it first.
            let minute = event.at.as_second() / 60;
            self.keep(event, format!("{seen} {minute}")).await;
        } else {
            self.keep(event, seen).await;
        }
    }

    /// How its machines are is different.
    async fn note_health(&mut self, body: &ClusterBody) {
        let before = self
            .rows
            .get(&body.uuid)
            .and_then(|row| row.cluster.cloud.as_ref()?.health);
        let now = body.facts("").health;
        let message = match (before, now) {
            (before, now) if before == now => return,
            (None, _) => return,
            (_, Some(Health::Healthy)) => "All of the cluster is well again",
            (_, Some(Health::Unhealthy)) => "Something in the cluster is not well",
            (_, Some(Health::Unknown) | None) => "Nobody can say how the cluster is",
        };
        let sort = if now == Some(Health::Unhealthy) {
            EventKind::Lost
        } else {
            EventKind::Noticed
        };
        let updated = body.updated_at.map_or(0, Timestamp::as_microsecond);
        let event = self.event(body.uuid, sort, message);
        self.keep(event, format!("{} {now:?} {updated}", body.uuid))
            .await;
    }

    fn event(&self, id: ClusterId, sort: EventKind, message: &str) -> Event {
        let now = Timestamp::now();
        journal::event(self.magnum.0.places.next(now), id, now, sort, message)
    }

    async fn keep(&mut self, event: Event, seen: String) {
        let entry = Entry {
            project: self.login.project.id.clone(),
            event,
            seen: Some(seen),
        };
        let event = self.magnum.0.journal.keep(entry).await;
        self.waiting.push_back(WatchMessage::Event(event));
    }
}

impl Row {
    fn new(cluster: Cluster, body: &ClusterBody) -> Self {
        Self {
            cluster,
            status: word(body),
        }
    }

    /// Whether another row shows the same.
    fn is_like(&self, other: &Cluster) -> bool {
        let mut other = other.clone();
        other.version = self.cluster.version;
        // It moves while the same goes on.
        if self.cluster.status == other.status {
            other.updated_at = self.cluster.updated_at;
            if let (Some(known), Some(new)) = (&self.cluster.progress, &mut other.progress) {
                new.started_at = known.started_at;
                new.typical_ms = known.typical_ms;
            }
        }
        self.cluster == other
    }
}

fn word(body: &ClusterBody) -> String {
    body.status.word.clone()
}

fn ms_between(from: Timestamp, to: Timestamp) -> Option<u64> {
    u64::try_from(to.duration_since(from).as_millis()).ok()
}
