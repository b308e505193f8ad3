//! The nodes of a cluster.

use cluster_api::{Node, NodeState};
use leptos::prelude::*;

use super::cells::CellBar;
use crate::{
    live::row::Row,
    ui::{
        icon::Icon,
        list::{Item, list},
    },
};

/// The table of nodes. It scrolls in itself where it is wider than the page.
#[component]
pub fn NodesPanel(
    /// The cluster.
    row: Row,
) -> AnyView {
    let none = move || row.with(|cluster| cluster.nodes.is_empty());
    let nodes =
        move || row.with(|cluster| cluster.nodes.iter().cloned().map(item).collect::<Vec<_>>());
    view! {
        <section class="panel" aria-labelledby="nodes-title">
            <header>
                <h2 id="nodes-title">"Nodes"</h2>
                <span class="end small quiet">
                    {move || row.with(|cluster| cluster.nodes.len().to_string())}
                </span>
            </header>
            <div class="body">
                <CellBar row/>
            </div>
            <p class="body quiet" hidden=move || !none()>
                "There are no nodes yet."
            </p>
            <div class="table" role="region" aria-label="Table of nodes" tabindex="0" hidden=move || none()>
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
                    <tbody>{list(nodes)}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// A row of the table. Nodes change a few times in their lives: then the row is another one.
fn item(node: Node) -> Item {
    let Node {
        id,
        state,
        address,
        engine_version,
        ..
    } = &node;
    let key = format!("{id}{}{address:?}{engine_version:?}", state.word());
    Item::new(key, move || view! { <NodeRow node/> }.into_any())
}

#[component]
fn NodeRow(
    /// The node.
    node: Node,
) -> AnyView {
    let (class, icon) = match node.state {
        NodeState::Ready => ("state good", "ok"),
        NodeState::Lost => ("state bad", "bad"),
        NodeState::Creating | NodeState::Joining | NodeState::Draining => ("state busy", "busy"),
    };
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "\u{2013}".to_owned());
    view! {
        <tr>
            <th scope="row">{node.name}</th>
            <td>
                <span class=class>
                    <Icon name=icon/>
                    {node.state.word()}
                </span>
            </td>
            <td>{node.role.word()}</td>
            <td class="mono">{or_dash(node.address)}</td>
            <td class="mono">{or_dash(node.engine_version)}</td>
            <td class="mono">{node.image}</td>
        </tr>
    }
    .into_any()
}
