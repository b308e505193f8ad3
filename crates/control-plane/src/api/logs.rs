//! `/v2/clusters/{id}/containers/{container}/logs`: what a container writes, as it writes it.
//!
//! Plain text, line by line, or, for a client that accepts it, an event stream with an event `line`
//! for each line and an event `end` after the last one. The id of an event lets a client that lost the
//! connection go on where it was, without a gap or a line twice.

use std::{convert::Infallible, io};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, header},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use cluster_api::{Timestamp, inside::LogLine};
use futures::{StreamExt, stream};
use serde_json::json;
use tokio::time::Instant;

use super::{
    ApiState,
    answer::Refusal,
    caller::{Caller, InPath, Segments},
    openapi::{BadQuery, INSIDE, Messages, NodeSilent, TooManyStreams},
    page::Parameters,
    query::LogParams,
};
use crate::{
    provisioner::inside::LogQuery,
    reconciler::chain,
    service::{Fault, LogStream},
};

/// Read what a container writes.
///
/// As text, or as Server-Sent Events for a client that accepts them: an event `line` with a `LogLine` for
/// each line, and an event `end` with the `reason` why there are no more. Eight may be read at once.
#[utoipa::path(get, path = "/clusters/{id}/containers/{container}/logs", operation_id = "read_logs", tag = INSIDE,
    params(InPath,
        ("container" = String, Path, description = "Its id, the beginning of it, or its name."),
        LogParams,
        ("last-event-id" = Option<String>, Header, description = "The id of the last line that was read: the stream of events goes on after it.")),
    responses((status = 200, description = "Lines.", content(
            (String = "text/plain; charset=utf-8"),
            (Messages = "text/event-stream"))),
        BadQuery, TooManyStreams, NodeSilent))]
pub(super) async fn logs(
    caller: Caller,
    State(state): State<ApiState>,
    id: InPath,
    Segments((_, container)): Segments<(String, String)>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let params = LogParams::read(parameters)?;
    let mut query = LogQuery {
        follow: params.follow,
        tail: params.tail,
        stdout: params.stdout,
        stderr: params.stderr,
        since: params.since,
    };
    let wants_events = headers.get_all(header::ACCEPT).iter().any(|accept| {
        accept
            .to_str()
            .is_ok_and(|accept| accept.contains("text/event-stream"))
    });
    let last = headers.get("last-event-id");
    let last = last.and_then(|id| Place::parse(id.to_str().ok()?));
    let resumed = last.filter(|_| wants_events);
    if let Some(last) = resumed {
        // However many lines came since: none is left out.
        query.since = Some(last.at);
        query.tail = None;
    }
    let node = params.node.as_deref();
    let log = state
        .service
        .logs(&caller.actor, id.0, &container, node, query)
        .await?;
    let reader = Reader {
        log: Some(log),
        caller,
        next_beat: Instant::now() + state.heartbeat.0,
        state,
    };
    Ok(if wants_events {
        as_events(reader, resumed)
    } else {
        as_text(reader, params.timestamps)
    })
}

/// What comes of a log.
enum Item {
    Line(LogLine),
    /// Nothing for a while: a sign of life.
    Beat,
    /// The last: it is at its end, or broke off for a reason that a person can read.
    End(Option<String>),
}

/// A log on its way to a client.
struct Reader {
    /// None: it has ended.
    log: Option<LogStream>,
    caller: Caller,
    state: ApiState,
    next_beat: Instant,
}

impl Reader {
    /// What comes next. None: the stream ends, for the process stops, the token has ended, or
    /// everything was said.
    async fn next(&mut self) -> Option<Item> {
        let log = self.log.as_mut()?;
        tokio::select! {
            // However much is written: the token is looked at all the same.
            biased;
            () = self.state.stop.cancelled() => None,
            () = tokio::time::sleep_until(self.next_beat) => {
                self.next_beat = Instant::now() + self.state.heartbeat.0;
                match self.state.service.check_token(&self.caller.token).await {
                    Ok(()) => Some(Item::Beat),
                    Err(Fault::Internal(error)) => {
                        tracing::error!("a log ended: {}", chain(error.as_ref()));
                        None
                    }
                    Err(Fault::Problem(_) | Fault::Said(..)) => None,
                }
            }
            line = log.lines.next() => Some(match line {
                Some(Ok(line)) => Item::Line(line),
                Some(Err(error)) => {
                    tracing::info!("a log broke off: {}", chain(&error));
                    self.log = None;
                    Item::End(Some(error.message))
                }
                None => {
                    self.log = None;
                    Item::End(None)
                }
            })
        }
    }
}

fn as_events(reader: Reader, resumed: Option<Place>) -> Response {
    let events = stream::unfold(
        (reader, Places::after(resumed)),
        async |(mut reader, mut places)| {
            loop {
                let event = match reader.next().await? {
                    Item::Beat => Event::default().comment(""),
                    Item::End(reason) => Event::default()
                        .event("end")
                        .data(json!({ "reason": reason }).to_string()),
                    Item::Line(line) => {
                        let event = Event::default()
                            .event("line")
                            .data(serde_json::to_string(&line).ok()?);
                        match line.at.map(|at| places.place(at)) {
                            Some(None) => continue,
                            Some(Some(place)) => event.id(place.to_string()),
                            None => event,
                        }
                    }
                };
                return Some((Ok::<_, Infallible>(event), (reader, places)));
            }
        },
    );
    (unbuffered(), Sse::new(Box::pin(events))).into_response()
}

fn as_text(reader: Reader, with_moments: bool) -> Response {
    let chunks = stream::unfold(reader, move |mut reader| async move {
        loop {
            let chunk = match reader.next().await? {
                Item::Beat => continue,
                Item::End(None) => return None,
                // Text has no place for a reason; that the answer is not whole can be said.
                Item::End(Some(reason)) => Err(io::Error::other(reason)),
                Item::Line(line) => Ok(match line.at {
                    Some(at) if with_moments => format!("{at} {}\n", line.data),
                    _ => line.data + "\n",
                }),
            };
            return Some((chunk, reader));
        }
    });
    let text = (header::CONTENT_TYPE, "text/plain; charset=utf-8");
    (unbuffered(), [text], Body::from_stream(chunks)).into_response()
}

/// Some proxies hold answers back until there is more of them.
fn unbuffered() -> [(&'static str, &'static str); 1] {
    [("x-accel-buffering", "no")]
}

/// The place of a line in a log: its moment, and how many lines of that very moment come before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    at: Timestamp,
    number: u32,
}

impl Place {
    fn parse(id: &str) -> Option<Self> {
        let (nanos, number) = id.split_once('.')?;
        Some(Self {
            at: Timestamp::from_nanosecond(nanos.parse().ok()?).ok()?,
            number: number.parse().ok()?,
        })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.at.as_nanosecond(), self.number)
    }
}

/// Numbers lines.
struct Places {
    /// The last one that the client has; None: it has none.
    had: Option<Place>,
    last: Option<Place>,
}

impl Places {
    const fn after(had: Option<Place>) -> Self {
        Self { had, last: None }
    }

    /// The place of the next line, which was written at that moment. None: the client has it.
    fn place(&mut self, at: Timestamp) -> Option<Place> {
        let number = match self.last {
            Some(last) if last.at == at => last.number.saturating_add(1),
            _ => 0,
        };
        let place = Place { at, number };
        self.last = Some(place);
        // The two streams of a container can cross, so only the very moment is told apart; the engine
        // leaves out what is older.
        let is_had = self
            .had
            .is_some_and(|had| had.at == at && number <= had.number);
        (!is_had).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_moment_are_told_apart() {
        let moment = |second| Timestamp::from_second(second).unwrap();
        let mut places = Places::after(None);
        let lines = [1, 1, 1, 2, 2].map(moment);
        let ids: Vec<_> = lines.map(|at| places.place(at).unwrap().to_string()).into();
        assert_eq!(ids[..3], ["1000000000.0", "1000000000.1", "1000000000.2"]);
        for (had, id) in ids.iter().enumerate() {
            let had_place = Place::parse(id).unwrap();
            // What an engine gives since that moment.
            let since = lines.iter().filter(|at| **at >= had_place.at);
            let mut places = Places::after(Some(had_place));
            let rest: Vec<_> = since
                .filter_map(|at| places.place(*at))
                .map(|place| place.to_string())
                .collect();
            assert_eq!(rest, ids[had + 1..]);
        }
    }

    #[test]
    fn what_is_no_place_is_none() {
        for text in [
            "",
            "1",
            "1.",
            ".1",
            "1.-1",
            "x.1",
            "99999999999999999999999999.0",
        ] {
            assert_eq!(Place::parse(text), None, "{text}");
        }
    }
}
