//! The timeline of clusters in a cloud: Magnum keeps none, so the command keeps what it did and saw, in a
//! file below the home that only its owner reads. What others did is in it as far as it was seen.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use cluster_api::{
    ClusterId, Event, EventId,
    client::magnum::{Entry, Journal},
};
use serde::{Deserialize, Serialize};

use crate::{files, output::say};

/// So many entries are kept.
const REMEMBERED: usize = 5_000;

/// The file is written anew when so many are in it, and not at every entry.
const MOST: usize = 6_000;

/// A timeline in a file, an entry a line.
pub(crate) struct Timeline {
    path: PathBuf,
    /// None: the file was not read yet.
    entries: Mutex<Option<Vec<Line>>>,
}

/// An entry as it is written.
#[derive(Clone, Deserialize, Serialize)]
struct Line {
    project: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<String>,
    event: Event,
}

impl Timeline {
    /// The one of a home.
    pub(crate) fn of(home: &Path) -> Self {
        Self {
            path: home.join("timeline.jsonl"),
            entries: Mutex::new(None),
        }
    }

    /// Does something with the entries, which are read first if they were not.
    fn with<T>(&self, act: impl FnOnce(&mut Vec<Line>) -> T) -> T {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        act(entries.get_or_insert_with(|| self.read_all()))
    }

    /// A line that cannot be read, such as one that was cut off, is left out.
    fn read_all(&self) -> Vec<Line> {
        let text = fs::read_to_string(&self.path).unwrap_or_default();
        let mut lines: Vec<Line> = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        if lines.len() > MOST {
            lines.drain(..lines.len() - REMEMBERED);
            let text: String = lines.iter().map(written).collect();
            if let Err(failure) = files::write(&self.path, text.as_bytes()) {
                say(&format!("carina: {failure}"));
            }
        }
        lines
    }

    fn append(&self, line: &Line) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            files::make_folder(folder).map_err(io::Error::other)?;
        }
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // Two commands may write at the same time: a line is one write.
        options
            .open(&self.path)?
            .write_all(written(line).as_bytes())
    }
}

fn written(line: &Line) -> String {
    // What was read or made here can be written.
    let mut text = serde_json::to_string(line).unwrap_or_default();
    text.push('\n');
    text
}

#[async_trait::async_trait]
impl Journal for Timeline {
    async fn keep(&self, entry: Entry) -> Event {
        let line = Line {
            project: entry.project,
            seen: entry.seen,
            event: entry.event,
        };
        self.with(|lines| {
            let same = |known: &&Line| line.seen.is_some() && known.seen == line.seen;
            if let Some(known) = lines.iter().rev().find(same) {
                return known.event.clone();
            }
            if let Err(error) = self.append(&line) {
                say(&format!(
                    "carina: {}: {error}; what happens is not kept",
                    self.path.display()
                ));
            }
            lines.push(line.clone());
            line.event
        })
    }

    async fn read(
        &self,
        project: &str,
        cluster: ClusterId,
        before: Option<EventId>,
        limit: u32,
    ) -> Vec<Event> {
        self.with(|lines| {
            let its = |it: &&Line| it.project == project && it.event.cluster_id == cluster;
            let mut events: Vec<Event> = lines
                .iter()
                .filter(its)
                .map(|it| it.event.clone())
                .filter(|event| before.is_none_or(|before| event.id < before))
                .collect();
            // Another command may have written in between.
            events.sort_by_key(|event| std::cmp::Reverse(event.id));
            events.truncate(limit as usize);
            events
        })
    }
}

#[cfg(test)]
mod tests {
    use cluster_api::{EventKind, Timestamp};

    use super::*;

    fn entry(place: i64, seen: Option<&str>) -> Entry {
        Entry {
            project: "demo".to_owned(),
            event: Event {
                id: EventId(place),
                cluster_id: ClusterId(uuid::Uuid::nil()),
                actor: None,
                task_id: None,
                at: Timestamp::UNIX_EPOCH,
                kind: EventKind::Noticed,
                message: "The cluster is there".to_owned(),
                detail: None,
                duration_ms: None,
            },
            seen: seen.map(str::to_owned),
        }
    }

    async fn places(timeline: &Timeline, project: &str, before: Option<i64>) -> Vec<i64> {
        let cluster = ClusterId(uuid::Uuid::nil());
        let before = before.map(EventId);
        let events = timeline.read(project, cluster, before, 2).await;
        events.into_iter().map(|event| event.id.0).collect()
    }

    #[tokio::test]
    async fn what_was_kept_is_there_for_the_next_command() {
        let folder = tempfile::tempdir().unwrap();
        let first = Timeline::of(folder.path());
        first.keep(entry(1, Some("a"))).await;
        first.keep(entry(2, None)).await;
        let second = Timeline::of(folder.path());
        assert_eq!(second.keep(entry(3, Some("a"))).await.id, EventId(1));
        second.keep(entry(4, None)).await;
        assert_eq!(places(&second, "demo", None).await, [4, 2]);
        assert_eq!(places(&second, "demo", Some(2)).await, [1]);
        assert!(places(&second, "other", None).await.is_empty());
    }

    #[tokio::test]
    async fn a_file_that_grows_is_cut_and_stays_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let first = Timeline::of(folder.path());
        first.keep(entry(0, None)).await;
        let path = folder.path().join("timeline.jsonl");
        let line = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{}cut of", line.repeat(MOST + 1))).unwrap();
        let second = Timeline::of(folder.path());
        assert_eq!(places(&second, "demo", None).await, [0, 0]);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), REMEMBERED);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
