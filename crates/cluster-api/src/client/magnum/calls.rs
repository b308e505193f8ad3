//! Calls to the services of a cloud, and what they answer when they refuse.
//!
//! What a service says for people (`detail`) is kept for some minutes under the id of the request, for
//! the page that tells of it: problems carry no free text, since they travel in addresses.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use reqwest::{RequestBuilder, Response, StatusCode, header::HeaderMap};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::time::sleep;
use uuid::Uuid;

use super::{
    super::http::answer::{body, decode, unreachable},
    PAUSE,
};
use crate::{Problem, RequestId};

/// The most that an answer may weigh: a page of 1000 clusters with all their labels fits.
const MAX_ANSWER_BYTES: usize = 64 << 20;

/// So many refusals are remembered.
const REMEMBERED: usize = 512;

/// The longest that is kept of what was said, in characters.
const LONGEST: usize = 1000;

/// An answer, read whole.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    body: Vec<u8>,
    /// Under which the service has the request in its log; one of ours if it says none.
    request_id: RequestId,
}

/// Sends a request and reads the answer.
pub(super) async fn send(request: RequestBuilder) -> Result<Answer, Problem> {
    whole(request.send().await.map_err(unreachable)?).await
}

/// Sends what changes something. What went out and got no answer may have been done.
pub(super) async fn send_change(request: RequestBuilder) -> Result<Answer, Problem> {
    let response = request.send().await.map_err(|error| {
        let went_out = !error.is_connect();
        let problem = unreachable(error);
        if went_out { unsure(problem) } else { problem }
    })?;
    let answer = whole(response).await.map_err(unsure)?;
    // A balancer in front of the service waited in vain.
    if answer.status == StatusCode::GATEWAY_TIMEOUT {
        return Err(Problem::Unsure);
    }
    Ok(answer)
}

/// The problem of one who asked for something, and cannot be told now what came of it.
pub(super) fn unsure(problem: Problem) -> Problem {
    match problem {
        Problem::Unreachable => Problem::Unsure,
        problem => problem,
    }
}

async fn whole(response: Response) -> Result<Answer, Problem> {
    let (status, headers) = (response.status(), response.headers().clone());
    let body = body(response, MAX_ANSWER_BYTES).await?;
    let id = headers.get("x-openstack-request-id");
    let id = id.and_then(|id| id.to_str().ok()?.strip_prefix("req-")?.parse().ok());
    Ok(Answer {
        status,
        headers,
        body,
        request_id: RequestId(id.unwrap_or_else(Uuid::new_v4)),
    })
}

/// Sends what changes nothing, once more if the service fails at it: what fails while two clusters are born
/// is over a moment later.
pub(super) async fn send_twice(request: RequestBuilder) -> Result<Answer, Problem> {
    let again = request.try_clone();
    let answer = send(request).await?;
    match again {
        Some(again) if answer.status == StatusCode::INTERNAL_SERVER_ERROR => {
            sleep(PAUSE).await;
            send(again).await
        }
        _ => Ok(answer),
    }
}

impl Answer {
    /// The answer, if it is a success.
    pub(super) fn checked(self) -> Result<Self, Problem> {
        if self.status.is_success() {
            return Ok(self);
        }
        Err(self.problem())
    }

    /// What it says for programs.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        decode(&self.body)
    }

    /// What a refusal says for people, if it says anything: Magnum's shape, or Keystone's.
    pub(super) fn detail(&self) -> Option<String> {
        let refusal: Refusal = serde_json::from_slice(&self.body).ok()?;
        let item = refusal.errors.into_iter().next().unwrap_or_default();
        let said = [
            item.detail,
            item.title,
            refusal.error.unwrap_or_default().message,
        ];
        let said = said.into_iter().find(|text| !text.trim().is_empty())?;
        Some(said.trim().chars().take(LONGEST).collect())
    }

    /// The problem that it tells of.
    fn problem(&self) -> Problem {
        let request_id = self.request_id();
        match self.status {
            StatusCode::UNAUTHORIZED => Problem::SignedOut,
            // Of a template or a key pair it says more than that something is not there.
            StatusCode::NOT_FOUND
                if self.detail().is_none_or(|said| {
                    ["Cluster ", "Nodegroup ", "Quota "]
                        .iter()
                        .any(|it| said.starts_with(it))
                }) =>
            {
                Problem::NotFound
            }
            StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => Problem::Unreachable,
            status if status.is_server_error() => {
                tracing::error!(http.status = status.as_u16(), cloud.request_id = %request_id,
                    "the cloud failed: {}", self.detail().unwrap_or_default());
                Problem::Refused {
                    status: 502,
                    request_id,
                }
            }
            // That there is no template or key pair of a name is no page that is not there.
            StatusCode::NOT_FOUND => Problem::Refused {
                status: 400,
                request_id,
            },
            status => Problem::Refused {
                status: status.as_u16(),
                request_id,
            },
        }
    }

    /// The id under which the service has the request in its log.
    pub(super) const fn request_id(&self) -> RequestId {
        self.request_id
    }
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    errors: Vec<Item>,
    #[serde(default)]
    error: Option<KeystoneItem>,
}

#[derive(Default, Deserialize)]
struct Item {
    #[serde(default)]
    detail: String,
    #[serde(default)]
    title: String,
}

#[derive(Default, Deserialize)]
struct KeystoneItem {
    #[serde(default)]
    message: String,
}

/// What was said lately, for the one it was said to.
#[derive(Debug, Default)]
pub(super) struct Said(Mutex<VecDeque<(RequestId, String, String)>>);

impl Said {
    /// The answer, if it is a success; what a refusal says is kept for the account, if it is known.
    pub(super) fn checked(&self, answer: Answer, account: Option<&str>) -> Result<Answer, Problem> {
        if let Some(account) = account.filter(|_| !answer.status.is_success())
            && let Some(detail) = answer.detail()
        {
            self.keep(account, answer.request_id(), detail);
        }
        answer.checked()
    }

    /// Keeps what was said to an account.
    fn keep(&self, account: &str, id: RequestId, text: String) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= REMEMBERED {
            kept.pop_front();
        }
        kept.push_back((id, account.to_owned(), text));
    }

    /// What was said to that account.
    pub(super) fn find(&self, account: &str, id: RequestId) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .rev()
            .find(|(known, to, _)| *known == id && to == account)
            .map(|(_, _, text)| text.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, body: &str) -> Answer {
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
            request_id: RequestId(Uuid::nil()),
        }
    }

    #[test]
    fn what_is_said_for_people_is_found_in_every_shape() {
        // The title is the detail up to its first dot.
        let magnum = refusal(
            400,
            r#"{"errors": [{"request_id": "", "status": 400, "title": "Image ubuntu-v1", "detail": "Image ubuntu-v1.31.1 could not be found.", "links": []}]}"#,
        );
        assert_eq!(
            magnum.detail().as_deref(),
            Some("Image ubuntu-v1.31.1 could not be found.")
        );
        let keystone = refusal(
            401,
            r#"{"error": {"code": 401, "title": "Unauthorized", "message": "The request you have made requires authentication."}}"#,
        );
        assert_eq!(
            keystone.detail().as_deref(),
            Some("The request you have made requires authentication.")
        );
        let title = refusal(400, r#"{"errors": [{"title": "A title", "detail": ""}]}"#);
        assert_eq!(title.detail().as_deref(), Some("A title"));
        for silent in [
            r#"{"errors": [{"request_id": "", "code": "", "status": 406, "title": "", "detail": ""}]}"#,
            "",
            "<html>",
        ] {
            assert_eq!(refusal(406, silent).detail(), None, "{silent}");
        }
    }

    #[test]
    fn what_was_said_is_for_the_one_it_was_said_to() {
        let (said, id) = (Said::default(), RequestId(Uuid::new_v4()));
        said.keep("alice/demo", id, "no".to_owned());
        assert_eq!(said.find("alice/demo", id).as_deref(), Some("no"));
        assert_eq!(said.find("bob/other", id), None);
        for _ in 0..REMEMBERED {
            said.keep("alice/demo", RequestId(Uuid::new_v4()), "more".to_owned());
        }
        assert_eq!(said.find("alice/demo", id), None);
    }
}
