//! What the control plane says, in the language of the page: problems, and the sentences of timelines.

use cluster_api::Problem;

/// The sentence of a problem.
#[must_use]
pub fn problem(problem: Problem) -> String {
    problem.to_string()
}

/// The few words over it.
#[must_use]
pub fn title(problem: Problem) -> String {
    problem.title().to_owned()
}

/// A sentence that the control plane wrote: of an event, a step or a reason.
#[must_use]
pub fn sentence(text: &str) -> String {
    text.to_owned()
}
