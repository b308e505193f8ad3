//! What a command ends with when it did not do what it was asked for.

use std::{fmt::Write, io, path::PathBuf, process::ExitCode};

use cluster_api::{HelpRule, NodeRule, Problem, RequestId};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The control plane did not do it.
    #[error("{}", sentence(*problem))]
    Refused {
        /// Why.
        problem: Problem,
        /// Under which id the control plane has it in its log.
        request: Option<RequestId>,
        /// The name of the cluster that it is about, if it is about one.
        cluster: Option<String>,
        /// What a cloud said, in its own words.
        said: Option<String>,
        /// Who refused.
        side: Side,
    },
    /// What is named is not there.
    #[error("There is no {kind} \"{name}\".")]
    Missing {
        /// What sort of thing.
        kind: &'static str,
        /// How it was called.
        name: String,
        /// What to do.
        hint: String,
        /// Which request did not find it, if one was made.
        request: Option<RequestId>,
    },
    /// Nothing says who asks.
    #[error("There is no {0} to sign in with.")]
    NoCredentials(&'static str),
    /// The cluster that was waited for is in error.
    #[error("{name} is in error: {message}")]
    Broken {
        /// Its name.
        name: String,
        /// Why, and what helps.
        message: String,
        /// The words of the engine.
        detail: Option<String>,
        /// Whether its task can be gone on with.
        can_retry: bool,
    },
    /// The cluster that was waited for was deleted.
    #[error("{0} was deleted meanwhile.")]
    Gone(String),
    /// It took too long.
    #[error("{name} is still {status} after {waited}. The work goes on.")]
    TimedOut {
        /// Its name.
        name: String,
        /// Its state.
        status: &'static str,
        /// For how long it was waited.
        waited: String,
    },
    /// An answer came, and is not what it has to be.
    #[error("{text}")]
    BadAnswer {
        /// What is wrong with it.
        text: String,
        /// Which request it answers.
        request: Option<RequestId>,
    },
    /// What was given cannot be used.
    #[error("{0}")]
    Usage(String),
    /// A file cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// What stands where credentials are to go is nobody's bundle.
    #[error("There are files in {} that are not of a cluster, and would be lost.", .0.display())]
    InTheWay(PathBuf),
    /// The result cannot be written.
    #[error("The result cannot be written: {0}")]
    Output(#[from] io::Error),
    /// Something that should not happen.
    #[error("{0}")]
    Inside(String),
}

/// Who was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// A control plane of ours.
    Own,
    /// A cloud.
    Cloud,
}

/// The exit codes, as `--help` tells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Code {
    Failed = 1,
    Usage = 2,
    Missing = 3,
    NotAllowed = 4,
    Refused = 5,
    Broken = 6,
    TimedOut = 7,
    Unreachable = 8,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}

impl Failure {
    /// A file that could not be read or written.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| Self::File { path, error }
    }

    /// What the command exits with.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Refused { problem, .. } => code_of(*problem),
            Self::Missing { .. } => Code::Missing,
            Self::NoCredentials(_) => Code::NotAllowed,
            Self::Broken { .. } | Self::Gone(_) => Code::Broken,
            Self::TimedOut { .. } => Code::TimedOut,
            Self::Usage(_) => Code::Usage,
            Self::BadAnswer { .. }
            | Self::File { .. }
            | Self::InTheWay(_)
            | Self::Output(_)
            | Self::Inside(_) => Code::Failed,
        }
    }

    /// What a person reads: what failed, what helps, and the id of the request.
    pub(crate) fn report(&self) -> String {
        let mut text = format!("carina: {self}\n");
        let mut add = |line: &dyn std::fmt::Display| {
            // Writing to a string does not fail.
            let _ = writeln!(text, "  {line}");
        };
        match self {
            Self::Refused {
                problem,
                request,
                cluster,
                said,
                side,
            } => {
                for line in said.iter().flat_map(|said| said.lines()) {
                    add(&line);
                }
                if let Some(hint) = hint(*problem, cluster.as_deref(), *side) {
                    add(&hint);
                }
                // The sentence of an internal fault has it already.
                if let (Some(request), false) =
                    (request, matches!(problem, Problem::Internal { .. }))
                {
                    // As the logs of a cloud have it.
                    let mark = match side {
                        Side::Own => "",
                        Side::Cloud => "req-",
                    };
                    add(&format_args!("Request id: {mark}{request}"));
                }
            }
            Self::Missing { hint, request, .. } => {
                add(hint);
                if let Some(request) = request {
                    add(&format_args!("Request id: {request}"));
                }
            }
            Self::BadAnswer {
                request: Some(request),
                ..
            } => add(&format_args!("Request id: {request}")),
            Self::InTheWay(_) => add(&"Name another folder, or move them away: --path=DIR."),
            Self::NoCredentials(name) if name.starts_with("OS_") => add(
                &"Set OS_USERNAME and OS_PASSWORD, or OS_APPLICATION_CREDENTIAL_ID and OS_APPLICATION_CREDENTIAL_SECRET.",
            ),
            Self::NoCredentials(_) => {
                add(&"Run `carina login`, or set CARINA_USERNAME and CARINA_APIKEY.")
            }
            Self::Broken {
                name,
                detail,
                can_retry,
                ..
            } => {
                for line in detail.iter().flat_map(|detail| detail.lines()) {
                    add(&line);
                }
                let next = match can_retry {
                    true => format!("Go on from the step that failed: carina retry {name}."),
                    false => format!("Make room for another try: carina delete {name}."),
                };
                add(&format_args!("Each step: carina events {name}. {next}"));
            }
            Self::TimedOut { name, .. } => {
                add(&format_args!("Wait on: carina get --wait {name}."));
            }
            _ => {}
        }
        text
    }
}

/// What a cloud refused is said by itself, and its id below that.
fn sentence(problem: Problem) -> String {
    match problem {
        Problem::Refused { status, .. } => cluster_api::said_no(status).to_owned(),
        problem => problem.to_string(),
    }
}

fn code_of(problem: Problem) -> Code {
    match (problem, problem.status()) {
        (Problem::Unreachable | Problem::NodeSilent, _) => Code::Unreachable,
        (Problem::Refused { .. }, 500..) => Code::Failed,
        (Problem::CredentialsNotReady | Problem::Refused { .. }, _) => Code::Refused,
        (Problem::QuotaClusters { .. } | Problem::QuotaNodes { .. }, _) => Code::Refused,
        (Problem::TooManyTries { .. }, _) | (_, 401 | 403) => Code::NotAllowed,
        (_, 404) => Code::Missing,
        (_, 400..500) => Code::Refused,
        _ => Code::Failed,
    }
}

/// What to type, where the sentence does not say it, about the cluster if it is about one.
fn hint(problem: Problem, cluster: Option<&str>, side: Side) -> Option<String> {
    let name = cluster.unwrap_or("NAME");
    Some(match problem {
        Problem::SignedOut | Problem::WrongCredentials if side == Side::Cloud => {
            "Look at OS_USERNAME, OS_PASSWORD, OS_USER_DOMAIN_NAME and the project, or at the application credential."
                .to_owned()
        }
        Problem::Unreachable if side == Side::Cloud => {
            "Look at the address, OS_AUTH_URL; OS_REGION_NAME and OS_INTERFACE say which of its catalog."
                .to_owned()
        }
        Problem::NotBegun => format!("Look at it: carina get {name}."),
        Problem::Unsure => match cluster {
            Some(name) => format!("Look at it: carina get {name}."),
            None => "Look at your clusters: carina list.".to_owned(),
        },
        Problem::SignedOut | Problem::WrongCredentials => {
            "Sign in again with `carina login`, or look at CARINA_USERNAME and CARINA_APIKEY."
                .to_owned()
        }
        Problem::ScopeMissing { .. } => "A key that may do it: carina login.".to_owned(),
        Problem::QuotaClusters { .. } => {
            "Yours: carina list. Delete one: carina delete NAME.".to_owned()
        }
        Problem::QuotaNodes { .. } | Problem::NodesInvalid { .. } => {
            "What the account may have: carina quotas.".to_owned()
        }
        Problem::Protected => format!("Take it off: carina protect {name} off."),
        Problem::Busy { .. } | Problem::CredentialsNotReady => {
            format!("Wait for it: carina get --wait {name}.")
        }
        Problem::NameTaken | Problem::NotFound => "Your clusters: carina list.".to_owned(),
        Problem::TypeUnknown => "What there is: carina templates.".to_owned(),
        Problem::NodeInvalid {
            rule: NodeRule::Unknown,
        } => format!("What there is: carina nodes {name}."),
        Problem::Unreachable => {
            "Look at the address: --endpoint, CARINA_ENDPOINT or the profile.".to_owned()
        }
        Problem::Help {
            rule: HelpRule::NoTicket | HelpRule::NoSubscription,
        } => "It may be gone.".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_to_do_and_carries_the_request_once() {
        let request = RequestId(uuid::Uuid::nil());
        let refused = |problem| Failure::Refused {
            problem,
            request: Some(request),
            cluster: Some("shop".to_owned()),
            said: None,
            side: Side::Own,
        };
        assert_eq!(
            refused(Problem::Protected).report(),
            "carina: The cluster is protected against deletion. Take the protection off first.\n  \
             Take it off: carina protect shop off.\n  \
             Request id: 00000000-0000-0000-0000-000000000000\n"
        );
        let inside = refused(Problem::Internal {
            request_id: request,
        });
        assert_eq!(inside.report().matches("00000000-0000").count(), 1);
        let missing = Failure::Missing {
            kind: "cluster",
            name: "shop".to_owned(),
            hint: "Yours: carina list.".to_owned(),
            request: Some(request),
        };
        assert_eq!(
            missing.report(),
            "carina: There is no cluster \"shop\".\n  Yours: carina list.\n  \
             Request id: 00000000-0000-0000-0000-000000000000\n"
        );
    }

    #[test]
    fn a_cloud_is_heard_in_its_own_words() {
        let request_id = RequestId(uuid::Uuid::nil());
        let refused = Failure::Refused {
            problem: Problem::Refused {
                status: 409,
                request_id,
            },
            request: Some(request_id),
            cluster: None,
            said: Some("Unable to find keypair x.".to_owned()),
            side: Side::Cloud,
        };
        assert_eq!(
            refused.report(),
            "carina: The cloud refused that.\n  Unable to find keypair x.\n  \
             Request id: req-00000000-0000-0000-0000-000000000000\n"
        );
        assert_eq!(refused.code(), Code::Refused);
    }

    #[test]
    fn problems_have_the_exit_codes_that_help_tells() {
        for (problem, code) in [
            (Problem::NotFound, Code::Missing),
            (Problem::SignedOut, Code::NotAllowed),
            (Problem::QuotaClusters { limit: 3 }, Code::Refused),
            (Problem::NameTaken, Code::Refused),
            (Problem::CredentialsNotReady, Code::Refused),
            (
                Problem::Refused {
                    status: 502,
                    request_id: RequestId(uuid::Uuid::nil()),
                },
                Code::Failed,
            ),
            (Problem::Unreachable, Code::Unreachable),
            (Problem::Unsure, Code::Failed),
            (Problem::NotOffered, Code::Failed),
        ] {
            assert_eq!(code_of(problem), code, "{problem:?}");
        }
    }
}
