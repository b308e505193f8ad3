//! What an engine says, turned into what a person reads and what to do next.

use bollard::errors::Error;

use crate::provisioner::{FailureKind, ProvisionError};

/// Says what was being done when the engine refused: "Node 2 did not start".
pub(super) fn failed(what: impl Into<String>) -> impl FnOnce(Error) -> ProvisionError {
    let what = what.into();
    move |error| {
        let kind = kind_of(&error);
        let message = match kind {
            FailureKind::Unreachable => {
                "The Docker Engine cannot be reached. Work goes on when it is back.".to_owned()
            }
            FailureKind::Transient => format!("{what}."),
            FailureKind::Permanent => match status_of(&error) {
                Some((_, words)) => format!("{what}: {}.", words.trim_end_matches('.')),
                None => format!("{what}."),
            },
        };
        ProvisionError {
            kind,
            message,
            source: Some(Box::new(error)),
        }
    }
}

/// The same for the engine inside a node: that it does not answer is not that the host's engine does
/// not.
pub(super) fn failed_on_node(what: impl Into<String>) -> impl FnOnce(Error) -> ProvisionError {
    let what = what.into();
    move |error| match kind_of(&error) {
        FailureKind::Unreachable => ProvisionError {
            kind: FailureKind::Transient,
            message: format!("{what}: the node does not answer."),
            source: Some(Box::new(error)),
        },
        _ => failed(what)(error),
    }
}

/// A failure in our own words.
pub(super) fn failure(kind: FailureKind, message: impl Into<String>) -> ProvisionError {
    ProvisionError {
        kind,
        message: message.into(),
        source: None,
    }
}

/// The status and the words of an engine's answer.
pub(super) fn status_of(error: &Error) -> Option<(u16, &str)> {
    match error {
        Error::DockerResponseServerError {
            status_code,
            message,
        } => Some((*status_code, message.as_str())),
        _ => None,
    }
}

pub(super) fn is_not_found(error: &Error) -> bool {
    status_of(error).is_some_and(|(status, _)| status == 404)
}

fn kind_of(error: &Error) -> FailureKind {
    match error {
        Error::DockerResponseServerError {
            status_code: 500.. | 409 | 429,
            message,
        } => {
            // The engine answers 500 for much that no second try will mend.
            if [
                "no space left",
                "cannot allocate memory",
                "operation not permitted",
                "unknown runtime",
            ]
            .iter()
            .any(|words| message.to_ascii_lowercase().contains(words))
            {
                FailureKind::Permanent
            } else {
                FailureKind::Transient
            }
        }
        Error::DockerResponseServerError { .. } => FailureKind::Permanent,
        Error::SocketNotFoundError(_)
        | Error::HyperResponseError { .. }
        | Error::HyperLegacyError { .. }
        | Error::IOError { .. } => FailureKind::Unreachable,
        _ => FailureKind::Transient,
    }
}
