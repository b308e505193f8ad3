//! Nodes that do not tell what is in them, named honestly.

use cluster_api::{Cluster, NodeState, Problem, inside::SilentNode};
use leptos::prelude::*;

use crate::{clusters::size_change::list, says, t, ui::icon::icon};

/// Why something inside a cluster is not known now. Where nothing came in time, it names the nodes that
/// are known to be away.
#[must_use]
pub fn why_unknown(cluster: &Cluster, problem: Problem) -> String {
    let lost = cluster.nodes.iter();
    let lost: Vec<_> = lost
        .filter(|node| node.state == NodeState::Lost)
        .map(|node| node.name.clone())
        .collect();
    if problem == Problem::NodeSilent && !lost.is_empty() {
        t!("inside-lost", count = lost.len(), names = list(&lost))
    } else {
        says::problem(problem)
    }
}

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

#[cfg(test)]
mod tests {
    use cluster_api::NodeState::{Lost, Ready};

    use super::*;
    use crate::{fixtures, words::Lang};

    #[test]
    fn nodes_that_are_away_are_named() {
        let words = |states: &[NodeState], problem| {
            let count = i64::try_from(states.len()).unwrap();
            let cluster = fixtures::cluster("c", states, count);
            Lang::En.speak(|| why_unknown(&cluster, problem))
        };
        assert_eq!(
            words(&[Ready, Lost, Ready], Problem::NodeSilent),
            "node-2 does not answer."
        );
        assert_eq!(
            words(&[Ready, Lost, Lost], Problem::NodeSilent),
            "node-2, node-3 do not answer."
        );
        assert!(words(&[Ready], Problem::NodeSilent).starts_with("The node does not answer."));
        let other = words(&[Ready, Lost], Problem::Unreachable);
        assert!(!other.contains("node-2"), "{other}");
    }
}
