//! The support bundle: all that somebody who helps with a cluster has to see, as a zip, and nothing that
//! opens anything.

use std::io::{Cursor, Write};

use cluster_api::{Cluster, Event, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::store::TaskStory;

/// The most that is kept of the log of a node, in bytes: its end.
const MOST_LOG: usize = 1 << 20;

/// What goes into a support bundle.
pub struct Support {
    /// The cluster, as the API shows it.
    pub cluster: Cluster,
    /// Its timeline, oldest first.
    pub events: Vec<Event>,
    /// Its tasks, oldest first.
    pub tasks: Vec<TaskStory>,
    /// The version of the engine that its nodes run on, or why it is not known.
    pub host_engine: String,
    /// The logs of its nodes' engines by the names of the nodes, or why there is none.
    pub logs: Vec<(String, String)>,
    /// The settings of the control plane, without secrets.
    pub settings: Value,
    /// When it was made.
    pub now: Timestamp,
}

/// A task with its steps.
#[derive(Serialize)]
struct TaskWithSteps<'a> {
    #[serde(flatten)]
    task: &'a TaskStory,
    steps: Vec<&'a Event>,
}

impl Support {
    /// The bytes of the zip.
    ///
    /// # Errors
    /// None in practice: it is written to memory.
    pub fn to_zip(&self) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        let mut events = String::new();
        for event in &self.events {
            events.push_str(&serde_json::to_string(event)?);
            events.push('\n');
        }
        let tasks: Vec<_> = self
            .tasks
            .iter()
            .map(|task| TaskWithSteps {
                task,
                steps: self
                    .events
                    .iter()
                    .filter(|event| event.task_id == Some(task.id))
                    .collect(),
            })
            .collect();
        let nodes = self.cluster.nodes.iter();
        let nodes: Vec<_> = nodes
            .map(|node| {
                json!({"name": node.name, "image": node.image, "engine": node.engine_version})
            })
            .collect();
        let versions = json!({
            "carina": env!("CARGO_PKG_VERSION"),
            "host_engine": self.host_engine,
            "nodes": nodes,
        });
        let mut files = vec![
            ("README.txt".to_owned(), self.readme()),
            ("cluster.json".to_owned(), pretty(&self.cluster)?),
            ("events.jsonl".to_owned(), events),
            ("tasks.json".to_owned(), pretty(&tasks)?),
            ("versions.json".to_owned(), pretty(&versions)?),
            ("settings.json".to_owned(), pretty(&self.settings)?),
        ];
        for (name, log) in &self.logs {
            files.push((format!("nodes/{name}.log"), end_of(log).to_owned()));
        }
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, text) in files {
            zip.start_file(format!("{}-support/{name}", self.cluster.name), options)?;
            zip.write_all(without_secrets(&text).as_bytes())?;
        }
        Ok(zip.finish()?.into_inner())
    }

    fn readme(&self) -> String {
        format!(
            "Support bundle of the cluster {} ({}), made at {} by Carina {}.\n\n\
             cluster.json   the cluster as it is, with its nodes and the reason if it is in error\n\
             events.jsonl   what happened to it, oldest first, one event a line\n\
             tasks.json     what it was asked to do, with the steps\n\
             versions.json  of Carina, of the engine of the host and of the nodes' engines\n\
             settings.json  of the control plane\n\
             nodes/         the last lines that the nodes' engines wrote\n\n\
             There are no keys, passwords or tokens in it: what looks like one was taken out.\n",
            self.cluster.name,
            self.cluster.id,
            self.now,
            env!("CARGO_PKG_VERSION"),
        )
    }
}

fn pretty(value: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(value)
}

/// The end of a log, from the beginning of a line on.
fn end_of(log: &str) -> &str {
    if log.len() <= MOST_LOG {
        return log;
    }
    let mut from = log.len() - MOST_LOG;
    while !log.is_char_boundary(from) {
        from += 1;
    }
    let rest = &log[from..];
    rest.split_once('\n').map_or(rest, |(_, rest)| rest)
}

/// Takes out what looks like a secret: an engine's log is written by software that is not ours. Join
/// tokens of a swarm and its unlock keys begin with known letters; keys stand in PEM.
fn without_secrets(text: &str) -> String {
    const REMOVED: &str = "(removed)";
    const PEM_BEGIN: &str = "-----BEGIN ";
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let next = ["SWMTKN-", "SWMKEY-", PEM_BEGIN]
            .into_iter()
            .filter_map(|mark| rest.find(mark).map(|at| (at, mark)))
            .min();
        let Some((at, mark)) = next else {
            clean.push_str(rest);
            return clean;
        };
        clean.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = if mark != PEM_BEGIN {
            rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-+/=".contains(c))
        } else if is_key(rest) {
            let end = rest.find("-----END ").map(|end| end + "-----END ".len());
            end.and_then(|end| rest[end..].find("-----").map(|more| end + more + 5))
        } else {
            clean.push_str(PEM_BEGIN);
            rest = &rest[PEM_BEGIN.len()..];
            continue;
        };
        clean.push_str(REMOVED);
        rest = &rest[length.unwrap_or(rest.len())..];
    }
}

/// Whether the PEM block at the beginning of the text holds a private key.
fn is_key(pem: &str) -> bool {
    let label = pem.lines().next().unwrap_or_default();
    let label: String = label.chars().take(64).collect();
    label.contains("PRIVATE KEY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_taken_out() {
        let text = "a token=\"SWMTKN-1-49nj1cmql0jkz5s954yi3oex3nedyz0fb0xx14ie39trti4wxv-8vxv8rssmk743ojnwacrr2e7c\" b\n\
                    SWMKEY-1-7c37Cc8654o6p38HnroywCi19pllOnGtbdZEgtKxZu8, c\n\
                    -----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n\
                    -----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\nd\n\
                    -----BEGIN PRIVATE KEY-----\nnever ends";
        assert_eq!(
            without_secrets(text),
            "a token=\"(removed)\" b\n(removed), c\n\
             -----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n(removed)\nd\n(removed)"
        );
        assert_eq!(without_secrets("SWMTKN-"), "(removed)");
        assert_eq!(without_secrets("nothing at all"), "nothing at all");
    }

    #[test]
    fn a_long_log_keeps_its_end_in_whole_lines() {
        let log = "äöü 0123456789\n".repeat(100_000);
        let kept = end_of(&log);
        assert!(kept.len() <= MOST_LOG && kept.len() > MOST_LOG - 40);
        assert!(kept.starts_with("äöü") && kept.ends_with('\n'));
        assert_eq!(end_of("short"), "short");
    }
}
