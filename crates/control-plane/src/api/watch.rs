//! `/v2/watch`: an account's clusters as they change.

use std::{collections::VecDeque, convert::Infallible, sync::Arc};

use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse,
        sse::{Event, Sse},
    },
};
use cluster_api::{EventId, WatchMessage};
use futures::stream;
use tokio::{sync::watch::Receiver, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{
    Heartbeat,
    answer::Refusal,
    caller::Caller,
    openapi::{CLUSTERS, Messages},
};
use crate::{
    reconciler::chain,
    service::{Fault, Service},
};

/// How many events are read at once.
const BATCH: u32 = 500;

/// Watch clusters.
///
/// The account's own as they change, as Server-Sent Events. Begins with a `snapshot`; after it come `event`s and the `cluster`s that they changed, each complete,
/// and a `heartbeat` when nothing happens for a while.
#[utoipa::path(get, path = "/watch", operation_id = "watch", tag = CLUSTERS,
    params(("last-event-id" = Option<String>, Header, description = "The id of the last message that was read: the stream goes on from there. With one that is not known it begins anew.")),
    responses((status = 200, description = "Messages, until the connection ends.", body = Messages, content_type = "text/event-stream")))]
pub(super) async fn watch(
    caller: Caller,
    State(service): State<Arc<Service>>,
    State(stop): State<CancellationToken>,
    State(Heartbeat(heartbeat)): State<Heartbeat>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let last = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    let changes = service.store().changes();
    let endings = service.store().endings();
    let newest = *changes.borrow();
    let mut watcher = Watcher {
        service,
        caller,
        stop,
        heartbeat,
        changes,
        endings,
        next: EventId::default(),
        queue: VecDeque::new(),
        next_beat: Instant::now() + heartbeat,
    };
    match last
        .map(EventId)
        .filter(|last| *last <= newest && last.0 >= 0)
    {
        // From the last one on, that one included: an event and the row it changed are two messages,
        // and the connection may have ended between them. Readers know what they have by its version.
        Some(last) => {
            watcher.next = last;
            watcher.catch_up().await?;
        }
        None => {
            let snapshot = watcher.service.snapshot(&watcher.caller.actor).await?;
            watcher.next = EventId(snapshot.version.0 + 1);
            watcher.queue.push_back(WatchMessage::Snapshot(snapshot));
        }
    }
    let events = stream::unfold(watcher, async |mut watcher| {
        let message = watcher.next_message().await?;
        let mut event = Event::default()
            .event(message.name())
            .data(message.to_json().ok()?);
        if let Some(id) = message.id() {
            event = event.id(id.to_string());
        }
        Some((Ok::<_, Infallible>(event), watcher))
    });
    // Some proxies hold answers back until there is more of them.
    Ok(([("x-accel-buffering", "no")], Sse::new(Box::pin(events))))
}

struct Watcher {
    service: Arc<Service>,
    caller: Caller,
    stop: CancellationToken,
    heartbeat: std::time::Duration,
    changes: Receiver<EventId>,
    endings: Receiver<()>,
    /// The first event that was not sent.
    next: EventId,
    queue: VecDeque<WatchMessage>,
    next_beat: Instant,
}

impl Watcher {
    /// The next message, when there is one. None: the stream ends.
    async fn next_message(&mut self) -> Option<WatchMessage> {
        loop {
            if let Some(message) = self.queue.pop_front() {
                return Some(message);
            }
            let outcome = tokio::select! {
                () = self.stop.cancelled() => return None,
                changed = self.changes.changed() => {
                    changed.ok()?;
                    self.catch_up().await
                }
                // A token that was ended here ends the stream at once.
                ended = self.endings.changed() => {
                    ended.ok()?;
                    self.service.check_token(&self.caller.token).await
                }
                () = tokio::time::sleep_until(self.next_beat) => {
                    self.next_beat += self.heartbeat;
                    // So does one that expired, or was ended by another process, with the next beat.
                    let alive = self.service.check_token(&self.caller.token).await;
                    self.queue.push_back(WatchMessage::Heartbeat);
                    alive
                }
            };
            match outcome {
                Ok(()) => {}
                Err(Fault::Problem(_) | Fault::Said(..)) => return None,
                Err(Fault::Internal(error)) => {
                    tracing::error!("a watch ended: {}", chain(error.as_ref()));
                    return None;
                }
            }
        }
    }

    /// Queues what happened since: every event, and after it the row it changed last.
    async fn catch_up(&mut self) -> Result<(), Fault> {
        self.changes.mark_unchanged();
        loop {
            let (events, clusters) = self
                .service
                .changes(self.caller.actor.account.id, self.next, BATCH)
                .await?;
            let is_all = events.len() < BATCH as usize;
            let mut clusters = clusters.into_iter().peekable();
            for event in events {
                let id = event.id;
                self.next = EventId(id.0 + 1);
                self.queue.push_back(WatchMessage::Event(event));
                while let Some(cluster) = clusters.next_if(|cluster| cluster.version <= id) {
                    self.queue.push_back(WatchMessage::Cluster(cluster));
                }
            }
            if is_all {
                return Ok(());
            }
        }
    }
}
