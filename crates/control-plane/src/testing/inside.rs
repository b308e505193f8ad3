//! The inside of clusters, as tests tell it.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use cluster_api::{
    Flavor, NodeId, Timestamp,
    inside::{Container, LogLine, LogSource, Resources, Service, SwarmMember},
};
use futures::stream;
use tokio::sync::watch;

use super::{Done, Scripted};
use crate::provisioner::{
    ClusterAccess, FailureKind, NodeFacts, ProvisionError,
    inside::{Counters, Inside, Lines, LogQuery, Member, Swarm},
};

/// What tests say of the inside of clusters.
pub(crate) struct Script {
    /// Nodes that do not answer, by their places.
    silent: Mutex<HashSet<u32>>,
    host_is_silent: Mutex<bool>,
    counters: Mutex<HashMap<NodeId, Counters>>,
    /// What every container has written.
    written: watch::Sender<Vec<LogLine>>,
    /// How the log of a container ends that is not followed any more.
    breaks: Arc<Mutex<bool>>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            silent: Mutex::default(),
            host_is_silent: Mutex::default(),
            counters: Mutex::default(),
            written: watch::Sender::new(Vec::new()),
            breaks: Arc::default(),
        }
    }
}

impl Script {
    /// Those nodes do not answer, in any cluster; all others do.
    pub(crate) fn silence(&self, ordinals: impl IntoIterator<Item = u32>) {
        *self.silent.lock().unwrap() = ordinals.into_iter().collect();
    }

    /// Whether the host's engine answers.
    pub(crate) fn silence_host(&self, silent: bool) {
        *self.host_is_silent.lock().unwrap() = silent;
    }

    /// What the host counts for a node from now on.
    pub(crate) fn count(&self, node: NodeId, counters: Counters) {
        self.counters.lock().unwrap().insert(node, counters);
    }

    /// Every container writes a line at that moment.
    pub(crate) fn write(&self, stream: LogSource, at: Timestamp, data: &str) {
        let line = LogLine {
            stream,
            at: Some(at),
            data: data.to_owned(),
            cut: false,
        };
        self.written.send_modify(|lines| lines.push(line));
    }

    /// Logs that are opened from now on break off after their first line.
    pub(crate) fn break_logs(&self) {
        *self.breaks.lock().unwrap() = true;
    }

    /// How many logs are being followed.
    pub(crate) fn followed(&self) -> usize {
        self.written.receiver_count()
    }

    fn answer_of(&self, node: &NodeFacts) -> Done<()> {
        if self.silent.lock().unwrap().contains(&node.ordinal) {
            Err(failure(format!(
                "Node {} does not answer, as told.",
                node.ordinal
            )))
        } else {
            Ok(())
        }
    }

    fn host(&self) -> Done<()> {
        if *self.host_is_silent.lock().unwrap() {
            Err(failure("The host does not answer, as told.".to_owned()))
        } else {
            Ok(())
        }
    }
}

fn failure(message: String) -> ProvisionError {
    ProvisionError {
        kind: FailureKind::Transient,
        message,
        source: Some("the engine's own words".into()),
    }
}

#[async_trait]
impl Inside for Scripted {
    async fn capacity(&self, flavor: Flavor) -> Done<Resources> {
        self.inside.host()?;
        self.inner.capacity(flavor).await
    }

    async fn counters(&self, nodes: &[NodeId], _: Timestamp) -> Done<HashMap<NodeId, Counters>> {
        self.inside.host()?;
        let counters = self.inside.counters.lock().unwrap();
        let known = nodes
            .iter()
            .filter_map(|node| Some((*node, *counters.get(node)?)));
        Ok(known.collect())
    }

    async fn swarm(&self, cluster: &ClusterAccess, manager: &NodeFacts) -> Done<Swarm> {
        assert!(cluster.client_pem.contains("BEGIN CERTIFICATE"));
        self.inside.answer_of(manager)?;
        let member = |ordinal: u32| Member {
            seen: SwarmMember {
                status: "ready".to_owned(),
                availability: "active".to_owned(),
                leader: ordinal == 1,
            },
            reserved: Resources {
                cpus: f64::from(ordinal) / 4.0,
                memory_bytes: u64::from(ordinal) << 20,
            },
        };
        Ok(Swarm {
            members: (1..=5).map(|ordinal| (ordinal, member(ordinal))).collect(),
            waiting: 2,
        })
    }

    async fn containers(&self, _: &ClusterAccess, node: &NodeFacts) -> Done<Vec<Container>> {
        self.inside.answer_of(node)?;
        let container = |name: &str, state: &str| Container {
            node: node.name(),
            id: format!("{:x<60}{:04}", hex::encode(name), node.ordinal).replace('x', "0"),
            names: vec![name.to_owned()],
            image: "web:1".to_owned(),
            state: state.to_owned(),
            status: "as told".to_owned(),
            created_at: Timestamp::UNIX_EPOCH,
            ports: Vec::new(),
            service: None,
        };
        Ok(vec![
            container(&format!("web.{}", node.ordinal), "running"),
            container("same", "exited"),
        ])
    }

    async fn services(&self, _: &ClusterAccess, manager: &NodeFacts) -> Done<Vec<Service>> {
        self.inside.answer_of(manager)?;
        Ok(vec![Service {
            id: "s1".to_owned(),
            name: "web".to_owned(),
            image: "web:1".to_owned(),
            mode: "replicated".to_owned(),
            wished: Some(2),
            running: Some(1),
            reservation: Resources::default(),
            limit: Resources::default(),
            ports: Vec::new(),
            updated_at: None,
        }])
    }

    async fn logs(
        &self,
        _: &ClusterAccess,
        node: &NodeFacts,
        _: &str,
        query: LogQuery,
    ) -> Done<Lines> {
        self.inside.answer_of(node)?;
        let wanted = move |line: &LogLine| {
            let stream = match line.stream {
                LogSource::Stdout => query.stdout,
                LogSource::Stderr => query.stderr,
            };
            stream && query.since.is_none_or(|since| line.at >= Some(since))
        };
        let mut written = self.inside.written.subscribe();
        let all = written.borrow_and_update().len();
        let tail = query.tail.map_or(all, |tail| tail as usize);
        let first = all.saturating_sub(tail);
        let breaks = *self.inside.breaks.lock().unwrap();
        let lines = stream::unfold(
            (written, first),
            move |(mut written, mut next)| async move {
                loop {
                    let line = written.borrow_and_update().get(next).cloned();
                    match line {
                        Some(_) if breaks && next > first => {
                            let error = failure("The log broke off, as told.".to_owned());
                            return Some((Err(error), (written, usize::MAX)));
                        }
                        Some(line) => {
                            next += 1;
                            if wanted(&line) {
                                return Some((Ok(line), (written, next)));
                            }
                        }
                        None if query.follow && !breaks => written.changed().await.ok()?,
                        None => return None,
                    }
                }
            },
        );
        Ok(Box::pin(lines))
    }
}
