//! Which lines of which containers: in the addresses of the page, the stream and the download.

use cluster_api::{ClusterId, Timestamp, client::Tail};

use super::read::Position;
use crate::paths;

/// Logs that are read at once: as many as a control plane lets an account read.
pub const MOST_LOGS: usize = 8;

/// Which of the two streams of a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sources {
    /// Both.
    #[default]
    Both,
    /// The standard output alone.
    Stdout,
    /// The standard error alone.
    Stderr,
}

impl Sources {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Both, Self::Stdout, Self::Stderr];

    /// The word in addresses; empty for what is usual.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Both => "",
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}

/// How far back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Since {
    /// As far as there is something.
    #[default]
    Ever,
    /// Five minutes.
    FiveMinutes,
    /// An hour.
    Hour,
    /// A day.
    Day,
}

impl Since {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Ever, Self::FiveMinutes, Self::Hour, Self::Day];

    /// The word in addresses; empty for what is usual.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ever => "",
            Self::FiveMinutes => "5m",
            Self::Hour => "1h",
            Self::Day => "24h",
        }
    }

    /// The moment that is so far back.
    #[must_use]
    pub fn before(self, now: Timestamp) -> Option<Timestamp> {
        let seconds = match self {
            Self::Ever => return None,
            Self::FiveMinutes => 300,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        };
        Timestamp::from_second(now.as_second() - seconds).ok()
    }
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogsQuery {
    /// The ids of containers, in the order of their colours.
    pub containers: Vec<String>,
    /// More were asked for than can be read at once.
    pub too_many: bool,
    /// Which of their streams.
    pub sources: Sources,
    /// How many lines of each.
    pub tail: u32,
    /// How far back.
    pub since: Since,
    /// What is searched.
    pub text: String,
    /// Without scripts: the page reloads by itself.
    pub reloads: bool,
    /// The form was sent, or a container was named: nothing is chosen for whoever asks.
    pub chosen: bool,
}

impl LogsQuery {
    /// The numbers of lines on offer.
    pub const TAILS: [u32; 3] = [100, 500, 1000];

    /// The logs of those containers, as usual.
    #[must_use]
    pub fn of_containers(containers: Vec<String>) -> Self {
        Self {
            containers,
            too_many: false,
            sources: Sources::Both,
            tail: Self::TAILS[0],
            since: Since::Ever,
            text: String::new(),
            reloads: false,
            chosen: true,
        }
    }

    /// Reads the pairs of an address. What makes no sense is as if it were not there.
    #[must_use]
    pub fn read<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut query = Self::of_containers(Vec::new());
        query.chosen = false;
        for (name, value) in pairs {
            match name {
                "c" => {
                    query.chosen = true;
                    if is_id(value) && !query.containers.iter().any(|known| known == value) {
                        query.containers.push(value.to_owned());
                    }
                }
                "chosen" => query.chosen = true,
                "stream" => {
                    let found = Sources::ALL.into_iter().find(|it| it.as_str() == value);
                    query.sources = found.unwrap_or_default();
                }
                "since" => {
                    let found = Since::ALL.into_iter().find(|it| it.as_str() == value);
                    query.since = found.unwrap_or_default();
                }
                "tail" => {
                    let asked = value.parse().ok();
                    let found = asked.filter(|tail| Self::TAILS.contains(tail));
                    query.tail = found.unwrap_or(Self::TAILS[0]);
                }
                "q" => query.text = value.trim().chars().take(100).collect(),
                "reload" => query.reloads = true,
                _ => {}
            }
        }
        query.too_many = query.containers.len() > MOST_LOGS;
        query.containers.truncate(MOST_LOGS);
        query
    }

    /// How many lines that are written already.
    #[must_use]
    pub const fn lines(&self) -> Tail {
        Tail::Last(self.tail)
    }

    /// The page.
    #[must_use]
    pub fn address(&self, id: ClusterId) -> String {
        let tail = match self.tail {
            usual if usual == Self::TAILS[0] => String::new(),
            tail => tail.to_string(),
        };
        let mut pairs = self.pairs();
        pairs.extend([
            ("tail", &*tail),
            ("q", &*self.text),
            ("reload", if self.reloads { "1" } else { "" }),
        ]);
        paths::with_query(&paths::logs(id), &pairs)
    }

    /// The download: every line that there is.
    #[must_use]
    pub fn download(&self, id: ClusterId) -> String {
        paths::with_query(&format!("{}.txt", paths::logs(id)), &self.pairs())
    }

    /// The stream of what is written after the page was made with its lines, at that moment; of the last
    /// lines and what is written from then on, if it was made without. Where to go on is added to it as
    /// `after`.
    #[must_use]
    pub fn stream(&self, id: ClusterId, made: Option<Timestamp>) -> String {
        let from = match made {
            Some(at) => ("from", at.as_millisecond().to_string()),
            None => ("tail", self.tail.to_string()),
        };
        let mut pairs = self.pairs();
        pairs.push((from.0, &from.1));
        paths::with_query(&format!("{}/stream", paths::logs(id)), &pairs)
    }

    fn pairs(&self) -> Vec<(&str, &str)> {
        let containers = self.containers.iter().map(|id| ("c", &**id));
        containers
            .chain([
                ("stream", self.sources.as_str()),
                ("since", self.since.as_str()),
            ])
            .collect()
    }
}

/// Whether a text can be the id of a container.
fn is_id(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    (1..=128).contains(&text.len()) && text.chars().all(allowed)
}

/// Where each log is, in one word: the id of an event of the stream.
#[must_use]
pub fn positions_as_word(positions: &[Position]) -> String {
    let words: Vec<_> = positions
        .iter()
        .map(|position| match position {
            Position::Start => "-",
            Position::Somewhere => "*",
            Position::At(place) => place,
        })
        .collect();
    words.join("~")
}

/// Reads what [`positions_as_word`] wrote, for so many logs.
#[must_use]
pub fn positions_of_word(word: &str, count: usize) -> Vec<Position> {
    let mut positions: Vec<_> = word
        .split('~')
        .map(|word| match word {
            "-" | "" => Position::Start,
            "*" => Position::Somewhere,
            place => Position::of_place(Some(place.to_owned())),
        })
        .collect();
    positions.resize(count, Position::Start);
    positions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> LogsQuery {
        LogsQuery::read(query.split('&').filter_map(|pair| pair.split_once('=')))
    }

    #[test]
    fn an_address_is_read_as_it_was_written() {
        let id: ClusterId = "0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1".parse().unwrap();
        for text in [
            "c=a",
            "c=a&c=b&stream=stderr&since=1h&tail=500&q=x&reload=1",
        ] {
            let query = read(text);
            let address = query.address(id);
            assert_eq!(address, format!("/clusters/{id}/logs?{text}"));
        }
        assert_eq!(
            read("c=a&c=b&tail=500&q=x").download(id),
            format!("/clusters/{id}/logs.txt?c=a&c=b")
        );
        let stream = |made: Option<&str>| {
            read("c=a&tail=500&q=x").stream(id, made.map(|at| at.parse().unwrap()))
        };
        assert_eq!(
            stream(Some("1970-01-01T00:00:01Z")),
            format!("/clusters/{id}/logs/stream?c=a&from=1000")
        );
        assert_eq!(
            stream(None),
            format!("/clusters/{id}/logs/stream?c=a&tail=500")
        );
    }

    #[test]
    fn what_makes_no_sense_is_left_out() {
        let query = read("c=a%2F&c=<script>&c=&c=b&c=b&stream=all&tail=7&since=ever");
        assert_eq!(query.containers, ["b"]);
        assert_eq!(query, LogsQuery::of_containers(vec!["b".to_owned()]));
    }

    #[test]
    fn no_more_are_read_than_can_be() {
        let many: Vec<_> = (0..20).map(|number| format!("c=c{number}")).collect();
        let query = read(&many.join("&"));
        assert_eq!(query.containers.len(), MOST_LOGS);
        assert!(query.too_many);
    }

    #[test]
    fn positions_survive_being_a_word() {
        let positions = [
            Position::Start,
            Position::At("1700000000000000000.2".to_owned()),
            Position::Somewhere,
        ];
        let word = positions_as_word(&positions);
        assert_eq!(word, "-~1700000000000000000.2~*");
        assert_eq!(positions_of_word(&word, 3), positions);
        assert_eq!(positions_of_word("", 2), [Position::Start, Position::Start]);
        assert_eq!(positions_of_word(&word, 1), [Position::Start]);
        assert_eq!(positions_of_word("a b", 1), [Position::Somewhere]);
    }
}
