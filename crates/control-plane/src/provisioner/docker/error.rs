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
                Some((_, words)) => {
                    let advice = advice(words).unwrap_or("Mend that, then retry.");
                    format!("{what}: {}. {advice}", words.trim_end_matches('.'))
                }
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

/// What helps when an engine says that, if somebody has to do something first.
fn advice(words: &str) -> Option<&'static str> {
    let words = words.to_ascii_lowercase();
    [
        (
            "no space left",
            "Free disk space on the host of the Docker Engine, then retry.",
        ),
        (
            "cannot allocate memory",
            "Free memory on the host of the Docker Engine, or choose smaller nodes, then retry.",
        ),
        (
            "operation not permitted",
            "The host lets nodes do too little: name a runtime for them in CARINA_NODE_RUNTIME, such \
             as sysbox-runc, then retry.",
        ),
        (
            "unknown runtime",
            "Name a runtime that the Docker Engine has in CARINA_NODE_RUNTIME, then retry.",
        ),
    ]
    .into_iter()
    .find_map(|(said, advice)| words.contains(said).then_some(advice))
}

fn kind_of(error: &Error) -> FailureKind {
    match error {
        Error::DockerResponseServerError {
            status_code: 500.. | 409 | 429,
            message,
        } => {
            // The engine answers 500 for much that no second try will mend.
            if advice(message).is_some() {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status_code: u16, message: &str) -> ProvisionError {
        failed("Node 1 did not start")(Error::DockerResponseServerError {
            status_code,
            message: message.to_owned(),
        })
    }

    #[test]
    fn what_somebody_has_to_mend_comes_with_advice() {
        let full = said(500, "write /x: No space left on device");
        assert_eq!(full.kind, FailureKind::Permanent);
        assert_eq!(
            full.message,
            "Node 1 did not start: write /x: No space left on device. Free disk space on the host of \
             the Docker Engine, then retry."
        );
        let refused = said(400, "invalid mount.");
        assert_eq!(refused.kind, FailureKind::Permanent);
        assert!(
            refused
                .message
                .ends_with("invalid mount. Mend that, then retry.")
        );
    }

    #[test]
    fn what_passes_is_tried_again_without_the_engines_words_in_the_message() {
        let passing = said(500, "i/o timeout");
        assert_eq!(passing.kind, FailureKind::Transient);
        assert_eq!(passing.message, "Node 1 did not start.");
        assert!(passing.source.is_some());
    }
}
