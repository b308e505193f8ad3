//! `GET /clusters/{id}/logs/stream`: what containers write, as they write it, as Server-Sent Events; and
//! `GET /clusters/{id}/logs.txt`: all that they have written, as a file.
//!
//! The stream goes on with the lines of a page: an event `lines` is more markup for it, with the positions
//! of all logs as its id, so that a browser that lost the stream misses no line and has none twice. An
//! event `done` is the last: nothing more will come.

use std::{collections::HashSet, convert::Infallible, sync::Arc, time::Duration};

use app::{
    cluster::logs::{
        lines::{Pen, as_text},
        query::{LogsQuery, positions_as_word, positions_of_word},
        read::{self, From, Missing, Opened, Position, Source},
    },
    dashboard::Upstream,
    when::Clock,
    words::Lang,
};
use axum::{
    body::Body,
    extract::{Extension, Path, Query, State},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use cluster_api::{
    Cluster, Problem, Timestamp,
    client::{LogItem, Tail},
};
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use http::{
    HeaderValue,
    header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    request::Parts,
};
use tokio_util::sync::CancellationToken;

use super::{AppState, answer::Wants, live::NO_BUFFERING, session_watch::SessionWatch};
use crate::{dashboard::RequestDashboard, session::Visitor};

/// Lines that are there at once travel together, up to so many.
const AT_ONCE: usize = 250;

/// A browser that lost the stream comes back after so long.
const RETRY: Duration = Duration::from_secs(2);

/// The header in which a browser that comes back says what it has.
const LAST_EVENT_ID: &str = "last-event-id";

/// The pairs of an address, in their order.
type Pairs = Query<Vec<(String, String)>>;

/// What comes of a log, with its place among the chosen.
type Item = (usize, Result<LogItem, Problem>);

/// What an address of logs asks for, of somebody who may.
struct Asked {
    up: Upstream,
    cluster: Cluster,
    query: LogsQuery,
    sources: Vec<(Source, Option<Missing>)>,
    pen: Pen,
}

impl Asked {
    async fn of(
        state: &AppState,
        dashboard: &RequestDashboard,
        parts: &Parts,
        id: &str,
        pairs: &[(String, String)],
    ) -> Result<Self, Problem> {
        // Who asks is found out before what for.
        let authorised = dashboard.authorise().await?;
        let id = id.parse().map_err(|_| Problem::NotFound)?;
        let cluster = dashboard.find(&authorised, id).await?;
        let query = LogsQuery::read(pairs.iter().map(|(name, value)| (&**name, &**value)));
        if query.containers.is_empty() {
            return Err(Problem::Malformed);
        }
        let up = Upstream {
            control_plane: Arc::clone(&authorised.place.control_plane),
            token: authorised.session.token.clone(),
        };
        let list = up.control_plane.containers(&up.token, id).await;
        let list = dashboard.checked(authorised.session, list).await?;
        Ok(Self {
            sources: read::sources(&query, &list),
            up,
            cluster,
            query,
            pen: Pen {
                lang: Lang::of(parts),
                clock: Clock::of(parts, state.services.clock.now()),
            },
        })
    }

    /// Opens the logs. If there is none at all it is a problem: that of the first.
    async fn open(&mut self, from: From<'_>) -> Result<Vec<Opened>, Problem> {
        let sources = std::mem::take(&mut self.sources);
        let now = self.pen.clock.now;
        let opened = read::open(&self.up, self.cluster.id, &self.query, sources, from, now).await;
        if opened.iter().any(|(_, log)| log.is_ok()) {
            return Ok(opened);
        }
        let refused = opened.iter().find_map(|(_, log)| match log {
            Err(Missing::Refused(problem)) => Some(*problem),
            _ => None,
        });
        refused.map_or(Ok(opened), Err)
    }
}

pub(super) async fn stream(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    dashboard: RequestDashboard,
    Path(id): Path<String>,
    Query(pairs): Pairs,
    parts: Parts,
) -> Response {
    match follow(state, visitor, &dashboard, &id, &pairs, &parts).await {
        Ok(tab) => {
            let events = stream::unfold(tab, |mut tab| async {
                let event = tab.next().await?;
                Some((Ok::<_, Infallible>(event), tab))
            });
            let events = Sse::new(events).keep_alive(KeepAlive::default());
            ([NO_BUFFERING], events).into_response()
        }
        Err(problem) => Wants::of(&parts).text().problem(problem),
    }
}

async fn follow(
    state: AppState,
    visitor: Visitor,
    dashboard: &RequestDashboard,
    id: &str,
    pairs: &[(String, String)],
    parts: &Parts,
) -> Result<Tab, Problem> {
    if state.stop.is_cancelled() {
        return Err(Problem::Unreachable);
    }
    let mut asked = Asked::of(&state, dashboard, parts, id, pairs).await?;
    let pair = |name: &str| {
        let found = pairs.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    };
    let had = parts.headers.get(LAST_EVENT_ID);
    let had = had
        .and_then(|id| id.to_str().ok())
        .or_else(|| pair("after"));
    let positions = positions_of_word(had.unwrap_or_default(), asked.query.containers.len());
    let since = pair("from").and_then(|from| from.parse().ok());
    let since = since.and_then(|from| Timestamp::from_millisecond(from).ok());
    let opened = asked.open(From::Follow(&positions, since)).await?;
    let session = dashboard.authorise().await?.session.clone();
    Ok(Tab::new(
        opened,
        positions,
        asked.pen,
        SessionWatch::new(state.services, visitor, session),
        state.stop,
    ))
}

/// A tab that reads along.
struct Tab {
    /// None: they have all ended.
    items: Option<BoxStream<'static, Vec<Item>>>,
    sources: Vec<Source>,
    /// Those logs that have said that they end.
    ended: HashSet<usize>,
    positions: Vec<Position>,
    /// What is to be said before anything that is read.
    notes: String,
    pen: Pen,
    session: SessionWatch,
    stop: CancellationToken,
    /// A log broke off: the browser comes back and goes on after what it has.
    broken: bool,
    first: bool,
}

impl Tab {
    fn new(
        opened: Vec<Opened>,
        positions: Vec<Position>,
        pen: Pen,
        session: SessionWatch,
        stop: CancellationToken,
    ) -> Self {
        let (mut sources, mut logs, mut notes) = (Vec::new(), Vec::new(), String::new());
        for (source, log) in opened {
            match log {
                Ok(log) => {
                    let slot = source.slot;
                    // A log that ends without a word was cut off.
                    let cut_off = stream::iter([Err(Problem::Unreachable)]);
                    let log = log.chain(cut_off);
                    logs.push(log.map(move |item| (slot, item)).boxed());
                }
                // What is gone was said by the page already.
                Err(Missing::Gone) => {}
                Err(missing) => notes.push_str(&pen.note(&source, &missing.words(pen.lang))),
            }
            sources.push(source);
        }
        let items =
            (!logs.is_empty()).then(|| stream::select_all(logs).ready_chunks(AT_ONCE).boxed());
        Self {
            items,
            sources,
            ended: HashSet::new(),
            positions,
            notes,
            pen,
            session,
            stop,
            broken: false,
            first: true,
        }
    }

    /// The next event. None: the session is over, the process stops, a log broke off, or everything was
    /// said.
    async fn next(&mut self) -> Option<Event> {
        if self.broken {
            return None;
        }
        if std::mem::take(&mut self.first) {
            let notes = std::mem::take(&mut self.notes);
            return Some(self.lines(&notes).retry(RETRY));
        }
        loop {
            let items = self.items.as_mut()?;
            let items = tokio::select! {
                () = self.stop.cancelled() => return None,
                () = self.session.tick() => {
                    if self.session.holds().await {
                        continue;
                    }
                    return None;
                }
                items = items.next() => items,
            };
            let Some(items) = items else {
                self.items = None;
                return Some(Event::default().event("done").data("done"));
            };
            let mut markup = String::new();
            for (slot, item) in items {
                self.write(slot, item, &mut markup);
            }
            if !markup.is_empty() {
                return Some(self.lines(&markup));
            }
            if self.broken {
                return None;
            }
        }
    }

    fn write(&mut self, slot: usize, item: Result<LogItem, Problem>, into: &mut String) {
        let Some(source) = self.sources.get(slot) else {
            return;
        };
        match item {
            Ok(LogItem::Line { place, line }) => {
                into.push_str(&self.pen.line(source, &line, ""));
                if let Some(position) = self.positions.get_mut(slot) {
                    *position = Position::of_place(place);
                }
            }
            Ok(LogItem::End { reason }) => {
                self.ended.insert(slot);
                if let Some(words) = read::end_words(&Ok(reason), self.pen.lang) {
                    into.push_str(&self.pen.note(source, &words));
                }
            }
            Err(_) => self.broken |= !self.ended.contains(&slot),
        }
    }

    fn lines(&self, markup: &str) -> Event {
        Event::default()
            .event("lines")
            .id(positions_as_word(&self.positions))
            // No line has one; a sentence might.
            .data(markup.replace(['\r', '\n'], " "))
    }
}

pub(super) async fn download(
    State(state): State<AppState>,
    dashboard: RequestDashboard,
    Path(id): Path<String>,
    Query(pairs): Pairs,
    parts: Parts,
) -> Response {
    match file(&state, &dashboard, &id, &pairs, &parts).await {
        Ok(response) => response,
        Err(problem) => Wants::of(&parts).text().problem(problem),
    }
}

async fn file(
    state: &AppState,
    dashboard: &RequestDashboard,
    id: &str,
    pairs: &[(String, String)],
    parts: &Parts,
) -> Result<Response, Problem> {
    let mut asked = Asked::of(state, dashboard, parts, id, pairs).await?;
    let opened = asked.open(From::Tail(Tail::All, None)).await?;
    let lines = read::in_order(opened, asked.pen.lang).map(|(source, item)| {
        Ok::<_, Infallible>(match item {
            Ok(line) => as_text(&source, &line),
            // What is missing is said where it is missing.
            Err(words) => format!("- {} {words}\n", source.name),
        })
    });
    // A cluster's name needs no escaping, by its own rule.
    let disposition = format!("attachment; filename=\"{}-logs.txt\"", asked.cluster.name);
    let disposition = HeaderValue::try_from(disposition).map_err(|_| Problem::NotFound)?;
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        ),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, Body::from_stream(lines)).into_response())
}
