//! What became of a form that was sent.

use cluster_api::Problem;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{error::AppError, live::Live};

/// What the server said against the last use of an action, as a signal. With JavaScript off the answer
/// came in the address of the page; once one has moved on from there it no longer counts.
#[must_use]
pub fn problem_of<F>(action: ServerAction<F>) -> Signal<Option<Problem>>
where
    F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    F::Output: Send + Sync + Clone + 'static,
{
    let query = use_query_map();
    let version = action.version();
    let value = action.value();
    let live = Live::expect();
    let problem = Memo::new(move |_| {
        if version.get() == 0 && query.with(|query| query.get_str("__err").is_none()) {
            return None;
        }
        value.with(|value| match value {
            Some(Err(AppError(problem))) => Some(*problem),
            _ => None,
        })
    });
    Effect::new(move |_| {
        if problem.get() == Some(Problem::SignedOut) {
            live.end_session();
        }
        if version.get() > 0 {
            live.ask_again();
        }
    });
    problem.into()
}
