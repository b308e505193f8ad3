//! Trying again what failed.

use cluster_api::ClusterId;
use leptos::prelude::*;

use super::server_fns::RetryCluster;
use crate::ui::{actions::problem_of, field::FormError, submit::Submit};

/// A button that has the failed task of a cluster tried again.
#[component]
pub fn Retry(
    /// The cluster.
    id: ClusterId,
) -> AnyView {
    let action = ServerAction::<RetryCluster>::new();
    let problem = problem_of(action);
    view! {
        <ActionForm action>
            <input type="hidden" name="id" value=id.to_string()/>
            <Submit label="Retry" busy="Retrying …" pending=action.pending()/>
            <FormError error=Signal::derive(move || problem.get().map(|problem| problem.to_string()))/>
        </ActionForm>
    }
    .into_any()
}
