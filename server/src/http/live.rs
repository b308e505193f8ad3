//! `GET /live`: what happens, as it happens, as Server-Sent Events.

use std::{convert::Infallible, time::Duration};

use app::{view::Freshness, words::Lang};
use axum::{
    extract::{Extension, State},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use cluster_api::Problem;
use futures::stream;
use http::{HeaderName, request::Parts};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::{AppState, answer::Wants, session_watch::SessionWatch};
use crate::{
    dashboard::RequestDashboard,
    hub::{Changes, LiveMessage, Subscription},
    session::Visitor,
};

/// What has changed is said at most so often, and all at once.
const SAY: Duration = Duration::from_secs(1);

/// A browser that lost the stream comes back after so long.
const RETRY: Duration = Duration::from_secs(1);

/// Reverse proxies would hold the stream back until they have enough of it.
pub(super) const NO_BUFFERING: (HeaderName, &str) =
    (HeaderName::from_static("x-accel-buffering"), "no");

/// A tab that listens.
struct Listener {
    subscription: Subscription,
    session: SessionWatch,
    first: bool,
    lang: Lang,
    unsaid: Changes,
    say: Interval,
}

pub(super) async fn live(
    State(state): State<AppState>,
    parts: Parts,
    Extension(visitor): Extension<Visitor>,
    dashboard: RequestDashboard,
) -> Response {
    match listen(state, Lang::of(&parts), visitor, &dashboard).await {
        Ok(listener) => {
            let messages = stream::unfold(listener, |mut listener| async {
                let event = listener.next().await?;
                Some((Ok::<_, Infallible>(event), listener))
            });
            (
                [NO_BUFFERING],
                Sse::new(messages).keep_alive(KeepAlive::default()),
            )
                .into_response()
        }
        Err(problem) => Wants::of(&parts).text().problem(problem),
    }
}

async fn listen(
    state: AppState,
    lang: Lang,
    visitor: Visitor,
    dashboard: &RequestDashboard,
) -> Result<Listener, Problem> {
    if state.stop.is_cancelled() {
        return Err(Problem::Unreachable);
    }
    let authorised = dashboard.authorise().await?;
    let subscribed = authorised.entry.subscribe().await;
    let subscription = dashboard.checked(authorised.session, subscribed).await?;
    let session = SessionWatch::new(state.services, visitor, authorised.session.clone());
    let mut say = interval_at(Instant::now() + SAY, SAY);
    say.set_missed_tick_behavior(MissedTickBehavior::Delay);
    Ok(Listener {
        subscription,
        session,
        first: true,
        lang,
        unsaid: Changes::default(),
        say,
    })
}

impl Listener {
    /// The next message; None: the session is over, or the process stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let event = tokio::select! {
                message = self.subscription.next() => match &*message? {
                    LiveMessage::Changes(changes) => {
                        self.unsaid.add(changes.clone());
                        continue;
                    }
                    message => encode(message),
                },
                _ = self.say.tick(), if !self.unsaid.is_empty() => {
                    let words = self.unsaid.take_words(self.lang);
                    Event::default().event("said").data(words.unwrap_or_default())
                }
                () = self.session.tick() => {
                    if self.session.holds().await {
                        continue;
                    }
                    return None;
                }
            };
            return Some(if std::mem::take(&mut self.first) {
                event.retry(RETRY)
            } else {
                event
            });
        }
    }
}

/// A message as the browser hears it: that something has changed, and of which cluster; never what, as
/// the browser asks for the page again. `all` comes with the version of what is known, so that a page
/// made from the same asks for nothing.
fn encode(message: &LiveMessage) -> Event {
    match message {
        LiveMessage::Snapshot(snapshot) => Event::default()
            .event("all")
            .data(snapshot.version.0.to_string()),
        LiveMessage::Cluster(cluster) => Event::default()
            .event("changed")
            .data(cluster.id.to_string()),
        LiveMessage::Event(event) => Event::default()
            .event("changed")
            .data(event.cluster_id.to_string()),
        // What is to be said waits for its second.
        LiveMessage::Changes(_) => Event::default().comment(""),
        LiveMessage::Freshness(Freshness::Live { at }) => Event::default()
            .event("live")
            .data(at.as_millisecond().to_string()),
        LiveMessage::Freshness(Freshness::Unreachable { since }) => Event::default()
            .event("unreachable")
            .data(since.as_millisecond().to_string()),
    }
}
