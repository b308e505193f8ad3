//! Nodes that do not tell what is in them, named honestly.

use cluster_api::inside::SilentNode;
use leptos::prelude::*;

use crate::{says, ui::icon::icon};

/// A notice with the nodes that did not answer and why; nothing when all did. `lead` says what is missing
/// because of that.
#[must_use]
pub fn silent_nodes(silent: &[SilentNode], lead: String) -> Option<AnyView> {
    if silent.is_empty() {
        return None;
    }
    let nodes: Vec<_> = silent
        .iter()
        .map(|it| {
            view! {
                <li>
                    <b>{it.node.clone()}</b>
                    ": "
                    {says::sentence(&it.reason)}
                </li>
            }
        })
        .collect();
    Some(notice(view! {
        <p>{lead}</p>
        <ul class="names">{nodes}</ul>
    }))
}

/// A notice that something is not known now.
#[must_use]
pub fn notice(body: impl IntoView + 'static) -> AnyView {
    view! {
        <div class="notice unknown">
            {icon("bad", "")}
            <div>{body}</div>
        </div>
    }
    .into_any()
}
