//! `GET /healthz` and `GET /readyz`, for whatever keeps the process running.

use std::time::{Duration, Instant};

use axum::{extract::State, response::IntoResponse};
use http::StatusCode;
use secrecy::SecretString;
use tokio::{sync::Mutex, time::timeout};

use super::AppState;

/// An answer holds for so long, so that asking costs the control plane nothing.
const HOLDS: Duration = Duration::from_secs(2);

/// Whoever asks does not wait longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the control plane answered the last time, and when that was.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, bool)>>);

/// The process is alive.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The control plane can be reached, so that people can work.
pub(super) async fn ready(State(state): State<AppState>) -> impl IntoResponse {
    // Held across the question on purpose: it is asked once, however many want to know.
    let mut last = state.readiness.0.lock().await;
    let reachable = match *last {
        Some((at, reachable)) if at.elapsed() < HOLDS => reachable,
        _ => {
            // Any answer will do, and no token is as good as another for that.
            let nobody = SecretString::from("none");
            let mut reachable = true;
            for place in state.services.backends.all() {
                let answer = timeout(PATIENCE, place.control_plane.check_token(&nobody)).await;
                reachable &= matches!(answer, Ok(Ok(_)));
            }
            *last = Some((Instant::now(), reachable));
            reachable
        }
    };
    if reachable {
        (StatusCode::OK, "ok\n")
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "the control plane cannot be reached\n",
        )
    }
}
