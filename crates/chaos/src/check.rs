//! What has to hold, as pure functions over what was asked ([`Model`]) and what is there ([`Seen`]).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Model;

/// What is there at one moment, from every side that can be looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// What the API lists.
    pub(crate) listed: Vec<Listed>,
    /// What the database holds.
    pub(crate) kept: Kept,
    /// What the Docker Engine holds; None when there is none behind it.
    pub(crate) engine: Option<EngineThings>,
}

/// A cluster as the API shows it.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Its status, as on the wire.
    pub(crate) status: String,
    /// How many nodes are wished.
    pub(crate) nodes: u32,
    /// Why it is in error, or what holds it up.
    pub(crate) reason: Option<String>,
    /// The task that moves it.
    pub(crate) task: Option<String>,
}

/// The database's rows, as far as they matter here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    /// What `PRAGMA integrity_check` and `foreign_key_check` found; empty is well.
    pub(crate) damage: Vec<String>,
    /// The id of the installation.
    pub(crate) installation: String,
    /// Clusters, deleted ones too: id to status.
    pub(crate) clusters: BTreeMap<String, String>,
    /// Nodes of clusters.
    pub(crate) nodes: Vec<NodeRow>,
    /// Tasks.
    pub(crate) tasks: Vec<TaskRow>,
    /// The journal, oldest first.
    pub(crate) events: Vec<EventRow>,
    /// Idempotency keys, and the clusters that they made.
    pub(crate) keys: BTreeMap<String, String>,
}

/// A row of `nodes`.
#[derive(Clone, Debug)]
pub(crate) struct NodeRow {
    /// Its id.
    pub(crate) id: String,
    /// Its cluster.
    pub(crate) cluster: String,
    /// Its place in the cluster.
    pub(crate) ordinal: u32,
    /// How it is.
    pub(crate) state: String,
}

/// A row of `tasks`.
#[derive(Clone, Debug)]
pub(crate) struct TaskRow {
    /// Its id.
    pub(crate) id: String,
    /// Its cluster.
    pub(crate) cluster: String,
    /// How it is: open, done, failed, dropped.
    pub(crate) state: String,
}

/// A row of `events`.
#[derive(Clone, Debug)]
pub(crate) struct EventRow {
    /// Its cluster.
    pub(crate) cluster: String,
    /// Its task.
    pub(crate) task: Option<String>,
    /// What sort of thing happened.
    pub(crate) kind: String,
    /// In words.
    pub(crate) message: String,
}

/// What an engine holds with the labels of the installation.
#[derive(Clone, Debug, Default)]
pub(crate) struct EngineThings {
    /// Containers.
    pub(crate) containers: Vec<ContainerThing>,
    /// Volumes: the cluster and the node that they belong to.
    pub(crate) volumes: Vec<(Option<String>, Option<String>)>,
    /// Networks: the cluster that they belong to, and their subnets.
    pub(crate) networks: Vec<(Option<String>, String)>,
}

/// A container.
#[derive(Clone, Debug)]
pub(crate) struct ContainerThing {
    /// Its name.
    pub(crate) name: String,
    /// Its cluster, by its label.
    pub(crate) cluster: Option<String>,
    /// Its node, by its label.
    pub(crate) node: Option<String>,
    /// Its ports on the host.
    pub(crate) ports: Vec<String>,
    /// Its address.
    pub(crate) address: Option<String>,
    /// It runs.
    pub(crate) is_running: bool,
}

/// Something that must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// What was expected and what is.
    pub(crate) story: String,
    /// The cluster that it is about.
    pub(crate) cluster: Option<String>,
}

/// Collects violations and counts what was looked at.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// What must not be.
    pub(crate) violations: Vec<Violation>,
    /// How many things were looked at, by kind.
    pub(crate) looked: BTreeMap<&'static str, u64>,
}

impl Findings {
    fn expect(
        &mut self,
        kind: &'static str,
        cluster: Option<&str>,
        holds: bool,
        story: impl FnOnce() -> String,
    ) {
        *self.looked.entry(kind).or_default() += 1;
        if !holds {
            self.violations.push(Violation {
                story: story(),
                cluster: cluster.map(str::to_owned),
            });
        }
    }
}

/// What has to hold at every moment, once there are no doubts.
pub(crate) fn always(model: &Model, seen: &Seen) -> Findings {
    let mut findings = Findings::default();
    sound(&mut findings, &seen.kept);
    nothing_lost(&mut findings, model, seen);
    nothing_twice(&mut findings, model, seen);
    if let Some(engine) = &seen.engine {
        nothing_shared(&mut findings, engine);
    }
    findings
}

/// What has to hold besides when all clusters have come to rest.
pub(crate) fn at_rest(seen: &Seen) -> Findings {
    let mut findings = Findings::default();
    for cluster in &seen.listed {
        let id = Some(cluster.id.as_str());
        findings.expect("clusters at rest", id, cluster.status == "active", || {
            format!(
                "{} should have come to rest as active and is {}: {}",
                cluster.name,
                cluster.status,
                cluster.reason.as_deref().unwrap_or("no reason is given")
            )
        });
        let mut nodes: Vec<(u32, &str)> = (seen.kept.nodes.iter())
            .filter(|node| node.cluster == cluster.id)
            .map(|node| (node.ordinal, node.state.as_str()))
            .collect();
        nodes.sort_unstable();
        let wished: Vec<(u32, &str)> = (1..=cluster.nodes)
            .map(|ordinal| (ordinal, "ready"))
            .collect();
        findings.expect("nodes at rest", id, nodes == wished, || {
            format!(
                "{} should have {} ready nodes and has {nodes:?}",
                cluster.name, cluster.nodes
            )
        });
    }
    let open: Vec<_> = (seen.kept.tasks.iter())
        .filter(|task| task.state == "open")
        .collect();
    findings.expect("no task is owed", None, open.is_empty(), || {
        format!("no task should be open at rest, these are: {open:?}")
    });
    if let Some(engine) = &seen.engine {
        nothing_of_the_deleted(&mut findings, &seen.kept, engine);
        nothing_left_over(&mut findings, &seen.kept, engine);
    }
    findings
}

fn sound(findings: &mut Findings, kept: &Kept) {
    findings.expect("database integrity", None, kept.damage.is_empty(), || {
        format!("the database is damaged: {}", kept.damage.join("; "))
    });
}

fn nothing_lost(findings: &mut Findings, model: &Model, seen: &Seen) {
    for expected in &model.clusters {
        let Some(id) = expected.id.map(|id| id.to_string()) else {
            continue;
        };
        let name = expected.name.as_str();
        let listed = seen.listed.iter().find(|cluster| cluster.id == id);
        if expected.is_deleted {
            let is_going = listed.is_none_or(|cluster| cluster.status == "deleting");
            findings.expect("accepted deletes", Some(&id), is_going, || {
                format!(
                    "the end of {name} ({id}) was accepted, but it is {}",
                    listed.map_or("gone", |cluster| cluster.status.as_str())
                )
            });
            continue;
        }
        findings.expect("accepted creates", Some(&id), listed.is_some(), || {
            format!("{name} ({id}) was accepted and nobody asked for its end, but the API does not list it")
        });
        if let Some(cluster) = listed {
            let is_as_wished = cluster.nodes == expected.nodes && cluster.name == name;
            findings.expect("accepted sizes", Some(&id), is_as_wished, || {
                format!(
                    "{name} ({id}) is to have {} nodes, by the last wish that was accepted; the API says {} of {}",
                    expected.nodes, cluster.name, cluster.nodes
                )
            });
            findings.expect(
                "accepted creates live",
                Some(&id),
                cluster.status != "deleting",
                || format!("{name} ({id}) is being deleted, and nobody asked for that"),
            );
        }
    }
}

fn nothing_twice(findings: &mut Findings, model: &Model, seen: &Seen) {
    let asked: BTreeMap<String, u32> = (model.clusters.iter())
        .filter_map(|cluster| Some((cluster.id?.to_string(), cluster.requests)))
        .collect();
    findings.expect(
        "an id a cluster",
        None,
        asked.len()
            == model
                .clusters
                .iter()
                .filter(|cluster| cluster.id.is_some())
                .count(),
        || "two wishes with different keys were answered with the same cluster".to_owned(),
    );
    for (id, status) in &seen.kept.clusters {
        findings.expect(
            "clusters asked for",
            Some(id),
            asked.contains_key(id),
            || format!("the database holds the cluster {id} ({status}) that nobody asked for"),
        );
    }
    let names: BTreeSet<&str> = (seen.listed.iter())
        .map(|cluster| cluster.name.as_str())
        .collect();
    findings.expect("names", None, names.len() == seen.listed.len(), || {
        format!("two clusters have the same name: {:?}", seen.listed)
    });
    for expected in &model.clusters {
        let (Some(id), Some(made)) = (expected.id, seen.kept.keys.get(expected.key.as_str()))
        else {
            continue;
        };
        findings.expect("keys", Some(made), *made == id.to_string(), || {
            format!(
                "the key {} was answered with {id}, and is kept for {made}",
                expected.key
            )
        });
    }
    let mut requested: BTreeMap<&str, u32> = BTreeMap::new();
    let mut of_tasks: BTreeMap<(&str, &str), Vec<&EventRow>> = BTreeMap::new();
    for event in &seen.kept.events {
        if event.kind == "requested" {
            *requested.entry(&event.cluster).or_default() += 1;
        }
        if let Some(task) = &event.task {
            of_tasks.entry((task, &event.kind)).or_default().push(event);
        }
    }
    for (id, wishes) in &asked {
        // Deleted clusters are forgotten after a month, with their timelines.
        if !seen.kept.clusters.contains_key(id) {
            continue;
        }
        let told = requested.get(id.as_str()).copied().unwrap_or_default();
        findings.expect("wishes told once", Some(id), told == *wishes, || {
            format!("{wishes} wishes were accepted for {id}; its timeline tells of {told}")
        });
    }
    for ((task, kind), events) in &of_tasks {
        let cluster = events.first().map(|event| event.cluster.as_str());
        if matches!(*kind, "requested" | "finished" | "failed") {
            findings.expect("tasks ended once", cluster, events.len() == 1, || {
                format!("the task {task} was {kind} {} times", events.len())
            });
        }
        if *kind == "done" {
            let mut messages: Vec<&str> = (events.iter())
                .map(|event| event.message.as_str())
                .collect();
            messages.sort_unstable();
            // Steps that leave no row behind (the network, a drain, the last look, the end) are done
            // again after a restart and may be told again: they change nothing.
            let is_kept = |message: &str| {
                message.starts_with("Node ")
                    && [" started", " joined the swarm", " removed"]
                        .iter()
                        .any(|end| message.ends_with(end))
            };
            let twice = messages
                .windows(2)
                .find(|pair| pair[0] == pair[1] && is_kept(pair[0]));
            findings.expect("steps done once", cluster, twice.is_none(), || {
                format!("the task {task} told twice: {twice:?}")
            });
        }
    }
    for task in seen.kept.tasks.iter().filter(|task| task.state == "done") {
        let ends = of_tasks
            .get(&(task.id.as_str(), "finished"))
            .map_or(0, Vec::len);
        findings.expect(
            "tasks done are told",
            Some(&task.cluster),
            ends == 1,
            || {
                format!(
                    "the task {} is done, and its timeline says so {ends} times",
                    task.id
                )
            },
        );
    }
}

fn nothing_shared(findings: &mut Findings, engine: &EngineThings) {
    let running = || {
        engine
            .containers
            .iter()
            .filter(|container| container.is_running)
    };
    for (kind, all) in [
        (
            "ports",
            running()
                .flat_map(|container| container.ports.iter())
                .collect::<Vec<_>>(),
        ),
        (
            "addresses",
            running()
                .filter_map(|container| container.address.as_ref())
                .collect(),
        ),
        (
            "subnets",
            engine.networks.iter().map(|(_, subnet)| subnet).collect(),
        ),
    ] {
        let distinct: BTreeSet<_> = all.iter().collect();
        findings.expect(kind, None, distinct.len() == all.len(), || {
            let mut all = all.clone();
            all.sort();
            let shared = all.windows(2).find(|pair| pair[0] == pair[1]);
            format!("{kind} should be one's own; shared: {shared:?}")
        });
    }
}

fn nothing_of_the_deleted(findings: &mut Findings, kept: &Kept, engine: &EngineThings) {
    for (what, cluster) in things(engine) {
        let status = cluster.as_ref().and_then(|id| kept.clusters.get(id));
        let Some(id) = &cluster else { continue };
        let may_be = status.is_some_and(|status| status != "deleted");
        findings.expect("things of living clusters", Some(id), may_be, || {
            format!(
                "{what} is left over on the engine: its cluster {id} is {}",
                status.map_or("unknown", String::as_str)
            )
        });
    }
}

fn nothing_left_over(findings: &mut Findings, kept: &Kept, engine: &EngineThings) {
    let living: BTreeSet<&str> = (kept.clusters.iter())
        .filter(|(_, status)| *status != "deleted")
        .map(|(id, _)| id.as_str())
        .collect();
    let wished: BTreeSet<(&str, &str)> = (kept.nodes.iter())
        .filter(|node| living.contains(node.cluster.as_str()))
        .map(|node| (node.cluster.as_str(), node.id.as_str()))
        .collect();
    for (kind, there) in [
        (
            "containers",
            (engine.containers.iter())
                .map(|thing| (thing.cluster.as_deref(), thing.node.as_deref()))
                .collect::<Vec<_>>(),
        ),
        (
            "volumes",
            (engine.volumes.iter())
                .map(|(cluster, node)| (cluster.as_deref(), node.as_deref()))
                .collect(),
        ),
    ] {
        let known: BTreeSet<(&str, &str)> = there
            .iter()
            .filter_map(|(cluster, node)| Some(((*cluster)?, (*node)?)))
            .collect();
        findings.expect(kind, None, known == wished && there.len() == wished.len(), || {
            format!(
                "{kind} should be exactly those of the {} nodes of living clusters. Missing: {:?}. Left over: {:?}",
                wished.len(),
                wished.difference(&known).collect::<Vec<_>>(),
                there
                    .iter()
                    .filter(|(cluster, node)| !matches!((cluster, node), (Some(cluster), Some(node)) if wished.contains(&(*cluster, *node))))
                    .collect::<Vec<_>>(),
            )
        });
    }
    for container in &engine.containers {
        findings.expect(
            "containers run",
            container.cluster.as_deref(),
            container.is_running,
            || format!("the container {} should run", container.name),
        );
    }
    let networks: Vec<&str> = (engine.networks.iter())
        .filter_map(|(cluster, _)| cluster.as_deref())
        .collect();
    let there: BTreeSet<&str> = networks.iter().copied().collect();
    let is_exact = there == living && engine.networks.len() == living.len();
    findings.expect("networks", None, is_exact, || {
        format!("networks should be exactly those of {living:?}, and are those of {networks:?}")
    });
}

/// Everything on the engine, in words, with its cluster.
fn things(engine: &EngineThings) -> Vec<(String, Option<String>)> {
    let containers = (engine.containers.iter()).map(|thing| {
        (
            format!("the container {}", thing.name),
            thing.cluster.clone(),
        )
    });
    let volumes = (engine.volumes.iter())
        .map(|(cluster, node)| (format!("a volume of node {node:?}"), cluster.clone()));
    let networks = (engine.networks.iter())
        .map(|(cluster, subnet)| (format!("the network {subnet}"), cluster.clone()));
    containers.chain(volumes).chain(networks).collect()
}

/// Watches that nothing moves for ever.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    since: BTreeMap<(String, String), u64>,
}

impl Patience {
    /// Looks at what moves at `now` (seconds of any clock that never jumps), and says what one task
    /// has been moving for longer than `limit`.
    pub(crate) fn look(&mut self, listed: &[Listed], now: u64, limit: u64) -> Findings {
        let mut findings = Findings::default();
        let moving: BTreeSet<(String, String)> = listed
            .iter()
            .filter(|cluster| !matches!(cluster.status.as_str(), "active" | "error"))
            .map(|cluster| (cluster.id.clone(), cluster.task.clone().unwrap_or_default()))
            .collect();
        self.since.retain(|key, _| moving.contains(key));
        for key in moving {
            let (id, task) = key.clone();
            let began = *self.since.entry(key).or_insert(now);
            findings.expect(
                "moving within bounds",
                Some(&id),
                now - began <= limit,
                || {
                    format!(
                        "the task {task} has been moving {id} for {} s; {limit} s are allowed",
                        now - began
                    )
                },
            );
        }
        findings
    }
}
