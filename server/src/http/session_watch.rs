//! Streams end with the session of the one who listens.

use std::{sync::Arc, time::Duration};

use cluster_api::Problem;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::{
    dashboard::Services,
    session::{CurrentSession, Visitor},
};

/// Whether the session still holds is asked so often.
const RECHECK: Duration = Duration::from_secs(30);

/// Looks at a session again and again.
pub(super) struct SessionWatch {
    services: Arc<Services>,
    visitor: Visitor,
    session: CurrentSession,
    recheck: Interval,
}

impl SessionWatch {
    pub(super) fn new(services: Arc<Services>, visitor: Visitor, session: CurrentSession) -> Self {
        let mut recheck = interval_at(Instant::now() + RECHECK, RECHECK);
        recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            services,
            visitor,
            session,
            recheck,
        }
    }

    /// Waits until it is time to look again.
    pub(super) async fn tick(&mut self) {
        self.recheck.tick().await;
    }

    /// Whether the session and its token still hold.
    pub(super) async fn holds(&self) -> bool {
        if !self.services.sessions.still_holds(&self.visitor).await {
            return false;
        }
        let CurrentSession {
            backend,
            account_id,
            token,
            token_expires_at,
            ..
        } = &self.session;
        let Ok(place) = self.services.backends.of(*backend) else {
            return false;
        };
        let entered = place.hub.enter(account_id, token, *token_expires_at).await;
        !matches!(entered, Err(Problem::SignedOut))
    }
}
