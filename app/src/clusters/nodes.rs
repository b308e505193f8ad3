//! The nodes of a cluster.

use cluster_api::{Cluster, ClusterStatus, Node, NodeCount, NodeState};
use leptos::prelude::*;

use super::cells::cell_bar;
use crate::ui::icon::icon;

/// The table of nodes. It scrolls in itself where it is wider than the page.
#[must_use]
pub fn nodes_panel(cluster: &Cluster, limit: NodeCount) -> impl IntoView + use<> {
    let none = cluster.nodes.is_empty();
    let works = cluster.status != ClusterStatus::Error;
    let rows: Vec<_> = cluster.nodes.iter().map(|node| row(node, works)).collect();
    view! {
        <section class="panel" aria-labelledby="nodes-title">
            <header>
                <h2 id="nodes-title">"Nodes"</h2>
                <span class="end small quiet">{cluster.nodes.len().to_string()}</span>
            </header>
            <div class="body">{cell_bar(cluster, limit)}</div>
            <p class="body quiet" hidden=!none>
                "There are no nodes yet."
            </p>
            <div class="table" role="region" aria-label="Table of nodes" tabindex="0" hidden=none>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Role"</th>
                            <th scope="col">"Address"</th>
                            <th scope="col">"Engine"</th>
                            <th scope="col">"Image"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

/// A row of the table. While nobody works on the cluster, a node that is not ready is stuck.
fn row(node: &Node, works: bool) -> impl IntoView + use<> {
    let (class, icon_name, word) = match node.state {
        NodeState::Ready => ("state good", "ok", node.state.word()),
        NodeState::Lost => ("state bad", "bad", node.state.word()),
        NodeState::Draining => ("state busy", "busy", node.state.word()),
        _ if !works => ("state bad", "bad", "Not ready"),
        _ => ("state busy", "busy", node.state.word()),
    };
    let or_dash = |text: &Option<String>| text.as_deref().unwrap_or("\u{2013}").to_owned();
    view! {
        <tr>
            <th scope="row">{node.name.clone()}</th>
            <td>
                <span class=class>{icon(icon_name, "")} {word}</span>
            </td>
            <td>{node.role.word()}</td>
            <td class="mono">{or_dash(&node.address)}</td>
            <td class="mono">{or_dash(&node.engine_version)}</td>
            <td class="mono">{node.image.clone()}</td>
        </tr>
    }
}
