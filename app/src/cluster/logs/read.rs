//! Reading several logs at once.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use cluster_api::{
    ClusterId, Problem, Timestamp,
    client::{LogItem, LogQuery, Logs, Tail},
    inside::{Container, ContainerList, LogLine},
};
use futures::{Stream, StreamExt, future::join_all, stream};

use super::query::{LogsQuery, Sources};
use crate::{
    cluster::docker_words::name,
    dashboard::{SOON, Upstream},
    says,
    words::Lang,
};

/// A page that was just left may still be reading: the control plane is asked again after so long.
const AGAIN: Duration = Duration::from_millis(250);

/// Whose log it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its place among those that were chosen: its colour.
    pub slot: usize,
    /// The container's id.
    pub id: String,
    /// The container's name, or what it was asked by when it is not there.
    pub name: String,
    /// The node that it is on; empty when it is not there.
    pub node: String,
}

/// How far a log was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// Nothing was read.
    Start,
    /// Lines were read, but they have no places.
    Somewhere,
    /// Up to that place.
    At(String),
}

impl Position {
    /// The position after a line with that place.
    #[must_use]
    pub fn of_place(place: Option<String>) -> Self {
        // It becomes a part of an event's id and of an address.
        let is_plain = |place: &String| {
            (1..=64).contains(&place.len())
                && place
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
                && place != "-"
        };
        place.filter(is_plain).map_or(Self::Somewhere, Self::At)
    }
}

/// Why a log cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The container is not there any more.
    Gone,
    /// The control plane refused, or does not get there.
    Refused(Problem),
}

impl Missing {
    /// In words.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        match self {
            Self::Gone => lang.text("logs-gone", &[]),
            Self::Refused(problem) => lang.speak(|| says::problem(*problem)),
        }
    }
}

/// The log of a container, or why there is none.
pub type Opened = (Source, Result<Logs, Missing>);

/// Finds the chosen containers among those that there are.
#[must_use]
pub fn sources(query: &LogsQuery, list: &ContainerList) -> Vec<(Source, Option<Missing>)> {
    let find = |id: &String| list.containers.iter().find(|it| it.id == *id);
    let named = query.containers.iter().enumerate().map(|(slot, id)| {
        let found: Option<&Container> = find(id);
        let source = Source {
            slot,
            id: id.clone(),
            name: found.map_or_else(|| id.chars().take(12).collect(), name),
            node: found.map_or_else(String::new, |it| it.node.clone()),
        };
        let missing = match found {
            Some(_) => None,
            // It may well be on one of those that do not tell.
            None if !list.unreachable.is_empty() => Some(Missing::Refused(Problem::NodeSilent)),
            None => Some(Missing::Gone),
        };
        (source, missing)
    });
    named.collect()
}

/// From where logs are read.
pub enum From<'a> {
    /// The last lines that are written already, and no more. Which log does not open within so long counts
    /// as one of a node that does not answer.
    Tail(Tail, Option<Duration>),
    /// What is written from there on: each log after its position, and where nothing was read, what was
    /// written since that moment, or the last lines.
    Follow(&'a [Position], Option<Timestamp>),
}

/// Opens the logs of containers, all at once.
pub async fn open(
    up: &Upstream,
    cluster: ClusterId,
    query: &LogsQuery,
    sources: Vec<(Source, Option<Missing>)>,
    from: From<'_>,
    now: Timestamp,
) -> Vec<Opened> {
    let open = sources.into_iter().map(async |(source, missing)| {
        if let Some(missing) = missing {
            return (source, Err(missing));
        }
        let mut within = None;
        let mut wanted = LogQuery {
            node: Some(source.node.clone()),
            stdout: query.sources != Sources::Stderr,
            stderr: query.sources != Sources::Stdout,
            since: query.since.before(now),
            ..LogQuery::default()
        };
        match &from {
            From::Tail(tail, patience) => {
                wanted.tail = *tail;
                within = *patience;
            }
            From::Follow(positions, since) => {
                wanted.follow = true;
                wanted.tail = Tail::Last(0);
                match positions.get(source.slot) {
                    Some(Position::At(place)) => wanted.after = Some(place.clone()),
                    Some(Position::Start) if since.is_some() => {
                        wanted.since = *since;
                        wanted.tail = Tail::All;
                    }
                    Some(Position::Start) => wanted.tail = query.lines(),
                    _ => {}
                }
            }
        }
        let log = open_one(up, cluster, &source.id, &wanted);
        let log = match within {
            Some(within) => tokio::time::timeout(within, log)
                .await
                .unwrap_or(Err(Missing::Refused(Problem::NodeSilent))),
            None => log.await,
        };
        (source, log)
    });
    join_all(open).await
}

async fn open_one(
    up: &Upstream,
    cluster: ClusterId,
    container: &str,
    wanted: &LogQuery,
) -> Result<Logs, Missing> {
    for _ in 0..3 {
        let log = up.control_plane.logs(&up.token, cluster, container, wanted);
        match log.await {
            Err(Problem::TooManyStreams { .. }) => tokio::time::sleep(AGAIN).await,
            Err(Problem::NotFound) => return Err(Missing::Gone),
            other => return other.map_err(Missing::Refused),
        }
    }
    let log = up.control_plane.logs(&up.token, cluster, container, wanted);
    log.await.map_err(Missing::Refused)
}

/// The end of a log, in words for those who read it; None: it simply ended.
#[must_use]
pub fn end_words(end: &Result<Option<String>, Problem>, lang: Lang) -> Option<String> {
    let why = match end {
        Ok(None) => return None,
        Ok(Some(reason)) => lang.speak(|| says::sentence(reason)),
        Err(problem) => lang.speak(|| says::problem(*problem)),
    };
    Some(lang.text("logs-broke-off", &[("why", why.into())]))
}

/// What was read of a log.
pub struct Read {
    /// Whose it is.
    pub source: Source,
    /// Its last lines.
    pub lines: VecDeque<LogLine>,
    /// How far it was read.
    pub position: Position,
    /// Why there is not more, if that is not simply its end.
    pub trouble: Option<String>,
}

/// Reads the last `most` lines of each log. One that does not say that it has ended in time is shown as far
/// as it came.
pub async fn read_all(opened: Vec<Opened>, most: usize, lang: Lang) -> Vec<Read> {
    join_all(opened.into_iter().map(async |(source, log)| {
        let mut read = Read {
            source,
            lines: VecDeque::new(),
            position: Position::Start,
            trouble: None,
        };
        match log {
            Err(missing) => read.trouble = Some(missing.words(lang)),
            Ok(log) => {
                let reading = read_one(log, most, lang, &mut read);
                if tokio::time::timeout(SOON, reading).await.is_err() {
                    read.trouble = Some(lang.text("logs-slow", &[]));
                }
            }
        }
        read
    }))
    .await
}

async fn read_one(mut log: Logs, most: usize, lang: Lang, read: &mut Read) {
    while let Some(item) = log.next().await {
        match item {
            Ok(LogItem::Line { place, line }) => {
                read.position = Position::of_place(place);
                if read.lines.len() == most {
                    read.lines.pop_front();
                }
                read.lines.push_back(line);
            }
            Ok(LogItem::End { reason }) => {
                read.trouble = end_words(&Ok(reason), lang);
                return;
            }
            Err(problem) => {
                read.trouble = end_words(&Err(problem), lang);
                return;
            }
        }
    }
}

/// Puts the lines of logs in the order in which they were written; those of one log stay in theirs.
#[must_use]
pub fn merge(read: &mut [Read]) -> Vec<(usize, LogLine)> {
    let mut lines = Vec::with_capacity(read.iter().map(|it| it.lines.len()).sum());
    loop {
        let heads = read.iter().enumerate();
        let heads = heads.filter_map(|(index, it)| Some((it.lines.front()?.at, index)));
        let Some((_, index)) = heads.min() else {
            return lines;
        };
        let line = read.get_mut(index).and_then(|it| it.lines.pop_front());
        lines.extend(line.map(|line| (index, line)));
    }
}

/// What comes of several logs that end, in the order in which it was written.
pub fn in_order(
    opened: Vec<Opened>,
    lang: Lang,
) -> impl Stream<Item = (Arc<Source>, Result<LogLine, String>)> + Send {
    struct Head {
        source: Arc<Source>,
        log: Option<Logs>,
        next: Option<Result<LogLine, String>>,
    }
    impl Head {
        async fn fill(&mut self, lang: Lang) {
            let Some(log) = self.log.as_mut().filter(|_| self.next.is_none()) else {
                return;
            };
            let end = match log.next().await {
                Some(Ok(LogItem::Line { line, .. })) => {
                    self.next = Some(Ok(line));
                    return;
                }
                Some(Ok(LogItem::End { reason })) => Ok(reason),
                Some(Err(problem)) => Err(problem),
                // Cut off without a word.
                None => Err(Problem::Unreachable),
            };
            self.log = None;
            self.next = end_words(&end, lang).map(Err);
        }
        /// What cannot be said when comes first, so that it holds nothing up.
        fn at(&self) -> Option<Option<Timestamp>> {
            let next = self.next.as_ref()?;
            Some(next.as_ref().ok().and_then(|line| line.at))
        }
    }
    let heads: Vec<_> = opened
        .into_iter()
        .map(|(source, log)| {
            let (log, next) = match log {
                Ok(log) => (Some(log), None),
                Err(missing) => (None, Some(Err(missing.words(lang)))),
            };
            Head {
                source: Arc::new(source),
                log,
                next,
            }
        })
        .collect();
    stream::unfold(heads, move |mut heads| async move {
        for head in &mut heads {
            head.fill(lang).await;
        }
        let first = heads
            .iter_mut()
            .filter_map(|head| Some((head.at()?, head)))
            .min_by_key(|(at, _)| *at);
        let (_, head) = first?;
        let item = (Arc::clone(&head.source), head.next.take()?);
        Some((item, heads))
    })
}

#[cfg(test)]
mod tests {
    use cluster_api::inside::{LogSource, SilentNode};

    use super::*;

    fn line(at: Option<i64>, data: &str) -> LogLine {
        LogLine {
            stream: LogSource::Stdout,
            at: at.map(|at| Timestamp::from_second(at).unwrap()),
            data: data.to_owned(),
            cut: false,
        }
    }

    fn source(slot: usize) -> Source {
        Source {
            slot,
            id: format!("id{slot}"),
            name: format!("web.{slot}"),
            node: "node-1".to_owned(),
        }
    }

    fn log(items: Vec<Result<LogItem, Problem>>) -> Logs {
        Box::pin(stream::iter(items))
    }

    fn item(at: i64, data: &str) -> Result<LogItem, Problem> {
        Ok(LogItem::Line {
            place: Some(format!("{at}.0")),
            line: line(Some(at), data),
        })
    }

    const END: Result<LogItem, Problem> = Ok(LogItem::End { reason: None });

    fn data(lines: &[(usize, LogLine)]) -> Vec<&str> {
        lines.iter().map(|(_, line)| &*line.data).collect()
    }

    #[tokio::test]
    async fn lines_stand_in_the_order_in_which_they_were_written() {
        let opened = vec![
            (source(0), Ok(log(vec![item(1, "a"), item(4, "d"), END]))),
            (source(1), Ok(log(vec![item(2, "b"), item(3, "c"), END]))),
            (source(2), Err(Missing::Gone)),
        ];
        let mut read = read_all(opened, 10, Lang::En).await;
        assert_eq!(data(&merge(&mut read)), ["a", "b", "c", "d"]);
        let positions: Vec<_> = read
            .into_iter()
            .map(|it| (it.position, it.trouble))
            .collect();
        assert_eq!(
            positions,
            [
                (Position::At("4.0".to_owned()), None),
                (Position::At("3.0".to_owned()), None),
                (
                    Position::Start,
                    Some("This container is not there any more.".to_owned())
                ),
            ]
        );
    }

    #[tokio::test]
    async fn only_the_last_lines_are_kept_and_an_end_says_why() {
        let items = vec![item(1, "a"), item(2, "b"), Err(Problem::NodeSilent)];
        let mut read = read_all(vec![(source(0), Ok(log(items)))], 1, Lang::En).await;
        assert_eq!(data(&merge(&mut read)), ["b"]);
        let trouble = read[0].trouble.clone().unwrap();
        assert!(trouble.contains("The node does not answer"), "{trouble}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_log_that_does_not_end_is_shown_as_far_as_it_came() {
        let items = stream::iter([item(1, "a")]).chain(stream::pending());
        let opened: Vec<Opened> = vec![(source(0), Ok(Box::pin(items) as Logs))];
        let mut read = read_all(opened, 10, Lang::En).await;
        assert_eq!(data(&merge(&mut read)), ["a"]);
        assert!(read[0].trouble.is_some());
    }

    #[tokio::test]
    async fn a_download_is_in_order_without_being_held() {
        let opened = vec![
            (source(0), Ok(log(vec![item(1, "a"), item(3, "c"), END]))),
            (source(1), Ok(log(vec![item(2, "b")]))),
        ];
        let lines: Vec<_> = in_order(opened, Lang::En)
            .map(|(source, item)| (source.slot, item.map(|line| line.data)))
            .collect()
            .await;
        let words: Vec<_> = lines
            .iter()
            .map(|(slot, item)| (*slot, item.as_deref().unwrap_or("!")))
            .collect();
        assert_eq!(words, [(0, "a"), (1, "b"), (1, "!"), (0, "c")]);
    }

    #[test]
    fn what_is_not_there_is_gone_or_on_a_silent_node() {
        let query = LogsQuery::of_containers(vec!["x".to_owned()]);
        let mut list = ContainerList {
            containers: Vec::new(),
            unreachable: Vec::new(),
        };
        assert_eq!(sources(&query, &list)[0].1, Some(Missing::Gone));
        list.unreachable.push(SilentNode {
            node: "node-2".to_owned(),
            reason: String::new(),
        });
        let silent = Missing::Refused(Problem::NodeSilent);
        assert_eq!(sources(&query, &list)[0].1, Some(silent));
    }
}
