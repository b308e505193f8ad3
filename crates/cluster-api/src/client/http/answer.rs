//! Reading answers.

use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;

use crate::{ErrorBody, Problem, RequestId};

/// The most that any JSON answer, zip or event may weigh: 10,000 clusters of 10 nodes fit.
pub(super) const MAX_ANSWER_BYTES: usize = 64 << 20;

/// The most that an answer of 400 and above may weigh.
const MAX_ERROR_BYTES: usize = 64 << 10;

/// Turns an answer of 400 and above into its problem.
pub(super) async fn checked(response: Response) -> Result<Response, Problem> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    // An error body is one short object; whatever is longer was not written by a control plane.
    let body = body(response, MAX_ERROR_BYTES).await.unwrap_or_default();
    let item = serde_json::from_slice::<ErrorBody>(&body)
        .ok()
        .and_then(|body| body.errors.into_iter().next());
    match item.as_ref().and_then(|item| item.problem) {
        Some(problem) => Err(problem),
        // Identity v2 has error bodies of its own, and a HEAD has none.
        None => Err(match status {
            StatusCode::UNAUTHORIZED => Problem::SignedOut,
            StatusCode::NOT_FOUND => Problem::NotFound,
            StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => Problem::Unreachable,
            _ => {
                let request_id = item
                    .and_then(|item| item.request_id.parse().ok())
                    .unwrap_or(RequestId(uuid::Uuid::nil()));
                tracing::error!(http.status = status.as_u16(), %request_id, "the control plane gave an answer without a problem");
                Problem::Internal { request_id }
            }
        }),
    }
}

/// Reads a whole body of at most that many bytes.
pub(in crate::client) async fn body(
    mut response: Response,
    most: usize,
) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if bytes.len() + chunk.len() > most {
            return Err(too_long(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

pub(in crate::client) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(garbled)
}

/// The upstream did not answer: logged here with its causes, once.
pub(in crate::client) fn unreachable(error: reqwest::Error) -> Problem {
    // A URL of ours can hold a token (Identity v2 puts it in the path).
    let error = error.without_url();
    let mut causes = String::new();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        causes.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    tracing::warn!("the control plane cannot be reached: {error}{causes}");
    Problem::Unreachable
}

/// The upstream answered something that is not in the contract.
pub(super) fn garbled(error: impl std::error::Error) -> Problem {
    tracing::error!("the control plane's answer cannot be read: {error}");
    Problem::Unreachable
}

/// The upstream answered more than anything in the contract takes.
fn too_long(most: usize) -> Problem {
    tracing::error!("the control plane's answer is over {most} bytes");
    Problem::Unreachable
}

/// How much of a stream of events the one that is being read has taken so far.
#[derive(Default)]
pub(super) struct EventSize {
    bytes: usize,
    /// The byte before was the end of a line.
    is_line_over: bool,
}

impl EventSize {
    /// Counts on; refuses an event that is over [`MAX_ANSWER_BYTES`].
    pub(super) fn count(&mut self, chunk: &[u8]) -> Result<(), Problem> {
        for byte in chunk.iter().filter(|byte| **byte != b'\r') {
            let ends_line = *byte == b'\n';
            // An empty line ends an event.
            if ends_line && self.is_line_over {
                self.bytes = 0;
            } else {
                self.bytes += 1;
            }
            self.is_line_over = ends_line;
        }
        if self.bytes > MAX_ANSWER_BYTES {
            return Err(too_long(MAX_ANSWER_BYTES));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_a_bound_and_a_stream_has_none() {
        let mut size = EventSize::default();
        let half = vec![b'x'; MAX_ANSWER_BYTES / 2];
        for _ in 0..3 {
            size.count(b"data: ").unwrap();
            size.count(&half).unwrap();
            size.count(b"\r\n\r").unwrap();
            size.count(b"\nevent: line\n").unwrap();
        }
        size.count(&half).unwrap();
        assert_eq!(size.count(&half), Err(Problem::Unreachable));
    }
}
