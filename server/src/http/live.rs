//! `GET /live`: what happens, as it happens, as Server-Sent Events.

use std::{convert::Infallible, sync::Arc, time::Duration};

use app::view::LiveMessage;
use axum::{
    extract::{Extension, State},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use cluster_api::Problem;
use futures::stream;
use http::HeaderName;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::{AppState, answer::text};
use crate::{
    dashboard::{RequestDashboard, Services},
    hub::Subscription,
    session::{CurrentSession, Visitor},
};

/// Whether the session still holds is asked so often.
const RECHECK: Duration = Duration::from_secs(30);

/// A browser that lost the stream comes back after so long.
const RETRY: Duration = Duration::from_secs(1);

/// Reverse proxies would hold the stream back until they have enough of it.
const NO_BUFFERING: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// A tab that listens.
struct Listener {
    subscription: Subscription,
    services: Arc<Services>,
    visitor: Visitor,
    session: CurrentSession,
    recheck: Interval,
    first: bool,
}

pub(super) async fn live(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    dashboard: RequestDashboard,
) -> Response {
    match listen(state, visitor, &dashboard).await {
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
        Err(problem) => text(problem),
    }
}

async fn listen(
    state: AppState,
    visitor: Visitor,
    dashboard: &RequestDashboard,
) -> Result<Listener, Problem> {
    if state.stop.is_cancelled() {
        return Err(Problem::Unreachable);
    }
    let authorised = dashboard.authorise().await?;
    let subscribed = authorised.entry.subscribe().await;
    let subscription = dashboard.checked(authorised.session, subscribed).await?;
    let mut recheck = interval_at(Instant::now() + RECHECK, RECHECK);
    recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
    Ok(Listener {
        subscription,
        services: state.services,
        visitor,
        session: authorised.session.clone(),
        recheck,
        first: true,
    })
}

impl Listener {
    /// The next message; None: the session is over, or the process stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let message = tokio::select! {
                message = self.subscription.next() => message?,
                _ = self.recheck.tick() => {
                    if self.still_signed_in().await {
                        continue;
                    }
                    return None;
                }
            };
            let event = match encode(&message) {
                Ok(event) => event,
                Err(error) => {
                    tracing::error!("a live message cannot be written: {error}");
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

    async fn still_signed_in(&self) -> bool {
        if !self.services.sessions.still_holds(&self.visitor).await {
            return false;
        }
        let CurrentSession {
            account_id,
            token,
            token_expires_at,
            ..
        } = &self.session;
        let entered = self
            .services
            .hub
            .enter(account_id, token, *token_expires_at)
            .await;
        !matches!(entered, Err(Problem::SignedOut))
    }
}

fn encode(message: &LiveMessage) -> Result<Event, axum::Error> {
    match message {
        LiveMessage::Snapshot(snapshot) => Event::default().event("snapshot").json_data(snapshot),
        LiveMessage::Cluster(cluster) => Event::default().event("cluster").json_data(cluster),
        LiveMessage::Event(event) => Event::default().event("event").json_data(event),
        LiveMessage::Freshness(freshness) => {
            Event::default().event("freshness").json_data(freshness)
        }
    }
}
