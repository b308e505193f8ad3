//! Logs: which container is meant, and how many may be read at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cluster_api::{ClusterId, Problem, inside::Container};

use super::find_node;
use crate::{
    metrics::facts,
    provisioner::{
        FailureKind,
        inside::{Lines, LogQuery},
    },
    reconciler::chain,
    service::{Fault, Service},
    store::{AccountId, Actor},
};

/// Logs that an account may read at once: each keeps a connection to a node.
const MAX_STREAMS: u32 = 8;

/// The shortest beginning of an id that names a container.
const SHORTEST_ID: usize = 4;

/// How many logs each account reads.
#[derive(Default)]
pub(in crate::service) struct Streams(Arc<Mutex<HashMap<AccountId, u32>>>);

/// The right to read one log; it ends when it is dropped.
struct Reading {
    streams: Arc<Mutex<HashMap<AccountId, u32>>>,
    account: AccountId,
}

/// A log that is being read.
pub struct LogStream {
    /// Its lines.
    pub lines: Lines,
    _reading: Reading,
}

impl Streams {
    fn begin(&self, account: AccountId) -> Result<Reading, Problem> {
        let mut streams = lock(&self.0);
        let count = streams.entry(account).or_default();
        if *count >= MAX_STREAMS {
            let limit = MAX_STREAMS;
            return Err(Problem::TooManyStreams { limit });
        }
        *count += 1;
        Ok(Reading {
            streams: Arc::clone(&self.0),
            account,
        })
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let mut streams = lock(&self.streams);
        if let Some(count) = streams.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                streams.remove(&self.account);
            }
        }
    }
}

fn lock(streams: &Mutex<HashMap<AccountId, u32>>) -> MutexGuard<'_, HashMap<AccountId, u32>> {
    streams.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service {
    /// What a container of a cluster writes; it is named by its id, the beginning of it, or its name,
    /// and the node where there are several.
    ///
    /// # Errors
    /// As [`Service::nodes`]; no such container, or several; a node that does not answer; too many
    /// logs at once.
    pub async fn logs(
        &self,
        actor: &Actor,
        id: ClusterId,
        container: &str,
        node: Option<&str>,
        query: LogQuery,
    ) -> Result<LogStream, Fault> {
        let record = self.owned(actor, id).await?;
        // Taken first: looking for the container costs as much as reading does.
        let reading = self.streams.begin(actor.account.id)?;
        let access = self.insight.keyring.access(&record)?;
        let nodes = match node {
            None => record.nodes.clone(),
            Some(name) => vec![find_node(&record, name)?.clone()],
        };
        let (containers, silent) = self.all_containers(&access, &nodes).await;
        let found = find_container(&containers, container, silent.is_empty())?;
        let on = nodes.iter().find(|node| node.name() == found.node);
        let on = on.and_then(facts).ok_or(Problem::NodeSilent)?;
        let lines = self
            .insight
            .inside
            .logs(&access, &on, &found.id, query)
            .await
            .map_err(|error| {
                tracing::info!(cluster.id = %id, "a log cannot be read: {}", chain(&error));
                match error.kind {
                    FailureKind::Permanent => Fault::Said(Problem::NotFound, error.message),
                    _ => Fault::Said(Problem::NodeSilent, error.message),
                }
            })?;
        Ok(LogStream {
            lines,
            _reading: reading,
        })
    }
}

/// The container that somebody means: by its whole id, else its name, else the beginning of its id.
fn find_container<'a>(
    containers: &'a [Container],
    name: &str,
    is_complete: bool,
) -> Result<&'a Container, Fault> {
    let by = |is_meant: &dyn Fn(&Container) -> bool| -> Vec<&'a Container> {
        containers
            .iter()
            .filter(|container| is_meant(container))
            .collect()
    };
    let mut found = by(&|container| container.id == name);
    if found.is_empty() {
        found = by(&|container| container.names.iter().any(|other| other == name));
    }
    if found.is_empty() && name.len() >= SHORTEST_ID {
        found = by(&|container| container.id.starts_with(name));
    }
    match found[..] {
        [container] => Ok(container),
        [] if !is_complete => Err(Problem::NodeSilent.into()),
        [] => {
            let sentence = "There is no such container in this cluster. It may have been removed.";
            Err(Fault::Said(Problem::NotFound, sentence.to_owned()))
        }
        _ => {
            let sentence = "Several containers are called that. Give the whole id, or the node \
                            (?node=node-2).";
            Err(Fault::Said(Problem::Malformed, sentence.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use cluster_api::Timestamp;

    use super::*;

    fn container(node: &str, id: &str, name: &str) -> Container {
        Container {
            node: node.to_owned(),
            id: id.to_owned(),
            names: vec![name.to_owned()],
            image: String::new(),
            state: "running".to_owned(),
            status: String::new(),
            created_at: Timestamp::UNIX_EPOCH,
            ports: Vec::new(),
            service: None,
        }
    }

    #[test]
    fn a_container_is_found_by_what_people_call_it() {
        let all = [
            container("node-1", "abcdef01", "web"),
            container("node-2", "abcdef02", "web"),
            container("node-2", "0123abcd", "abcdef01"),
        ];
        let find = |name| match find_container(&all, name, true) {
            Ok(found) => Ok(found.id.as_str()),
            Err(Fault::Said(problem, _)) => Err(problem),
            Err(_) => unreachable!(),
        };
        assert_eq!(find("abcdef01"), Ok("abcdef01"), "an id before a name");
        assert_eq!(find("0123"), Ok("0123abcd"));
        assert_eq!(find("012"), Err(Problem::NotFound), "too short");
        for several in ["web", "abcdef"] {
            assert_eq!(find(several), Err(Problem::Malformed));
        }
        let missing = find_container(&all, "other", false);
        assert!(matches!(missing, Err(Fault::Problem(Problem::NodeSilent))));
    }
}
