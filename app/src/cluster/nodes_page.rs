//! The nodes of a cluster, what they use, and how many there are to be.

use std::collections::HashMap;

use cluster_api::{
    Cluster, ClusterStatus, Field, Node, NodeCount, NodeId, NodeRole, NodeState, Offer, Problem,
    inside::NodeDetail,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::{
    amount::Unit,
    frame::{Tab, cluster_page},
    leaving::{Leaving, question},
    nodes_fns::{DrainNode, RemoveNodes, ReplaceNode, ResizeCluster},
    silent::{notice, why_unknown},
    usage::usage,
};
use crate::{
    cloud::groups::{Asked, groups_panel},
    clusters::{
        cells::{Cells, cell_bar},
        quota::check_nodes,
        size_change::SizeChange,
    },
    dashboard::{act_soon, offers},
    error::AppError,
    paths, says, t,
    ui::{
        field::{field_error, form_error},
        icon::icon,
        link_or::{Label, link_or},
        said::said,
        stepper::stepper,
        submit::{Submit, submit},
        toggled::toggled,
    },
};

/// How often what nodes use is looked at, in seconds.
const EVERY_S: u32 = 10;

/// The page.
#[component]
pub fn NodesPage() -> AnyView {
    let (typed, leaving, groups) = use_query_map()
        .with_untracked(|query| (query.get("nodes"), Leaving::of(query), Asked::of(query)));
    let of_nodes = [RemoveNodes::PATH, ReplaceNode::PATH, DrainNode::PATH];
    let of_nodes = of_nodes.into_iter().find_map(said);
    let of_size = said(ResizeCluster::PATH);
    cluster_page(Tab::Nodes, Some(EVERY_S), move |subject| async move {
        let cluster = subject.cluster();
        let id = cluster.id;
        let details =
            act_soon(|up| async move { up.control_plane.nodes(&up.token, id).await }).await;
        let in_groups = if offers(Offer::Nodegroups) {
            let all =
                act_soon(|up| async move { up.control_plane.nodegroups(&up.token, id).await });
            Some(groups_panel(cluster, all.await, &groups))
        } else {
            None
        };
        let (details, unknown) = match details {
            Ok(list) => (list.nodes, None),
            Err(Problem::NotOffered) => (Vec::new(), None),
            Err(Problem::SignedOut) => return Err(AppError(Problem::SignedOut)),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        let limit = subject.view.known.snapshot.quotas.max_nodes_per_cluster;
        let details: HashMap<_, _> = details.iter().map(|it| (it.id, it)).collect();
        // What was said against it stands where it was asked.
        let asked = leaving.question(cluster);
        let (said, said_there) = match asked {
            Some(_) => (None, of_nodes),
            None => (of_nodes, None),
        };
        let question = asked.map(|asked| question(cluster, asked, &details, said_there));
        Ok(view! {
            <div class="stack">
                {question}
                {nodes_panel(cluster, &details, unknown, limit, (&leaving, said))}
                {size_panel(cluster, limit, typed, of_size)}
                {in_groups}
            </div>
        }
        .into_any())
    })
}

fn nodes_panel(
    cluster: &Cluster,
    details: &HashMap<NodeId, &NodeDetail>,
    unknown: Option<Problem>,
    limit: NodeCount,
    (leaving, said): (&Leaving, Option<Problem>),
) -> AnyView {
    let works = cluster.status != ClusterStatus::Error;
    let rows: Vec<_> = cluster
        .nodes
        .iter()
        .map(|node| {
            let detail = details.get(&node.id).copied();
            row(cluster, node, detail, works, leaving)
        })
        .collect();
    let table = if rows.is_empty() {
        view! { <p class="body quiet">{t!("nodes-none")}</p> }.into_any()
    } else {
        let table = view! {
            <div class="table" role="region" aria-label=t!("nodes-table") tabindex="0">
                <table class="nodes">
                    <thead>
                        <tr>
                            <th scope="col">
                                <span class="unseen">{t!("choose")}</span>
                            </th>
                            <th scope="col">{t!("name")}</th>
                            <th scope="col">{t!("nodes-state")}</th>
                            <th scope="col">{t!("nodes-role")}</th>
                            {offers(Offer::Inside).then(|| view! {
                                <th scope="col">{t!("nodes-cpu")}</th>
                                <th scope="col">{t!("nodes-memory")}</th>
                                <th scope="col">{t!("tab-containers")}</th>
                            })}
                            <th scope="col">{t!("nodes-address")}</th>
                            <th scope="col">{t!("nodes-engine")}</th>
                            {offers(Offer::NodeCare).then(|| view! {
                                <th scope="col">{t!("nodes-image")}</th>
                                <th scope="col">{t!("nodes-acts")}</th>
                            })}
                        </tr>
                    </thead>
                    <tbody id="rows">{rows}</tbody>
                </table>
            </div>
        };
        removal(cluster, leaving, table)
    };
    let unknown = unknown.map(|problem| {
        let words = t!("nodes-usage-unknown", why = why_unknown(cluster, problem));
        view! { <div class="body">{notice(words)}</div> }
    });
    view! {
        <section class="panel" aria-labelledby="nodes-title" id="nodes">
            <header>
                <h2 id="nodes-title">{t!("tab-nodes")}</h2>
                <span class="end small quiet">{Cells::of(cluster, cluster.room(limit).get()).words()}</span>
            </header>
            <div class="body">{cell_bar(cluster, limit)}</div>
            {unknown}
            {said.map(|problem| view! {
                <div class="body">{form_error(Some(says::problem(problem)))}</div>
            })}
            {table}
            {row_forms(cluster)}
        </section>
    }
    .into_any()
}

/// The form around the table: its boxes choose the workers that go, and it leads to the question whether
/// they are to go.
fn removal(cluster: &Cluster, leaving: &Leaving, table: impl IntoView + 'static) -> AnyView {
    if !cluster.nodes.iter().any(|node| node.can_remove().is_ok()) {
        return table.into_any();
    }
    let nodes = leaving.nodes(cluster).into_iter();
    let names: Vec<_> = nodes.map(|node| node.name.clone()).collect();
    let by = u32::try_from(names.len()).unwrap_or(u32::MAX);
    let refused = cluster.can_resize().err().map(says::problem);
    let hint = match (&refused, by) {
        (Some(why), _) => why.clone(),
        (None, 0) => t!("nodes-choose"),
        (None, _) => SizeChange::Shrink { by, names }.sentence(),
    };
    let off = refused.as_ref().map(|_| "true");
    let none = leaving.names_none().then(|| t!("nodes-choose"));
    let to = format!("{}#leaving", paths::nodes(cluster.id));
    view! {
        <form method="get" action=to id="remove-nodes" novalidate data-check>
            {table}
            <div class="body removal">
                {form_error(none)}
                <div class="acts">
                    <button
                        type="submit"
                        class="btn bad"
                        name="confirm"
                        value="remove"
                        aria-disabled=off
                        title=refused
                    >
                        {t!("nodes-remove")}
                    </button>
                    <span class="hint" aria-live="polite" id="remove-hint">
                        {hint}
                    </span>
                </div>
                {offers(Offer::NodeCare).then(|| view! {
                    <p class="small quiet">{t!("nodes-acts-why")}</p>
                })}
            </div>
        </form>
    }
    .into_any()
}

/// The forms of the buttons in the rows: a form cannot stand in another.
fn row_forms(cluster: &Cluster) -> AnyView {
    let id = cluster.id.to_string();
    let workers = cluster
        .nodes
        .iter()
        .filter(|node| node.role == NodeRole::Worker);
    let forms: Vec<_> = workers
        .map(|node| {
            view! {
                <form method="post" action=DrainNode::url() id=format!("drain-{}", node.id) hidden>
                    <input type="hidden" name="id" value=id.clone()/>
                    <input type="hidden" name="node" value=node.id.to_string()/>
                    <input type="hidden" name="on" value=(!node.drained).to_string()/>
                </form>
            }
        })
        .collect();
    forms.into_any()
}

/// What can be done with one node.
fn acts(cluster: &Cluster, node: &Node) -> Option<AnyView> {
    if node.role == NodeRole::Manager || !offers(Offer::NodeCare) {
        return None;
    }
    let drain = if node.drained {
        t!("nodes-undrain")
    } else {
        t!("nodes-drain")
    };
    let no_drain = cluster.can_drain(node).err().map(says::problem);
    let no_replacement = cluster.can_replace(node).err().map(says::problem);
    let replace = Label {
        words: t!("nodes-replace"),
        of: node.name.clone(),
        icon: "busy",
        class: "btn",
    };
    Some(
        view! {
            <span class="acts">
                <button
                    type="submit"
                    class="btn toggles"
                    form=format!("drain-{}", node.id)
                    aria-disabled=no_drain.as_ref().map(|_| "true")
                    title=no_drain
                >
                    {drain}
                    <span class="unseen">" " {node.name.clone()}</span>
                </button>
                {link_or(paths::replace_node(cluster.id, &node.id.to_string()), no_replacement, replace)}
            </span>
        }
        .into_any(),
    )
}

fn row(
    cluster: &Cluster,
    node: &Node,
    detail: Option<&NodeDetail>,
    works: bool,
    leaving: &Leaving,
) -> AnyView {
    let name = node.name.as_str();
    let capacity = detail.and_then(|it| it.capacity);
    let last = detail.and_then(|it| it.last);
    let cpu = last.map(|last| {
        let most = capacity.map(|it| it.cpus);
        usage(Unit::Cpus, last.cpus, most, t!("nodes-cpu-of", name = name))
    });
    let memory = last.map(|last| {
        let most = capacity.map(|it| it.memory_bytes as f64);
        let what = t!("nodes-memory-of", name = name);
        usage(Unit::Bytes, last.memory_bytes as f64, most, what)
    });
    let running = detail.and_then(|it| it.containers_running).map(|count| {
        let to = paths::with_query(&paths::containers(cluster.id), &[("q", name)]);
        view! { <a href=to>{t!("containers-count", count = count)}</a> }.into_any()
    });
    let note = detail.and_then(|detail| swarm_note(node, detail));
    let drains = node.role == NodeRole::Worker && !node.drained;
    let then = drains.then(|| t!("nodes-drained"));
    let choice = node.can_remove().is_ok().then(|| {
        view! {
            <input
                type="checkbox"
                name="chosen[]"
                checked=leaving.names(node)
                value=node.id.to_string()
                aria-label=t!("choose-one", name = name)
            />
        }
    });
    view! {
        <tr id=format!("node-{}", node.id) class="toggled">
            <td>{choice}</td>
            <th scope="row">{name.to_owned()}</th>
            <td>
                {state_mark(node.state, works)}
                {toggled(wrapped(note), wrapped(then))}
            </td>
            <td>{role_word(node.role)}</td>
            {offers(Offer::Inside).then(|| view! {
                <td class="number">{or_dash(cpu)}</td>
                <td class="number">{or_dash(memory)}</td>
                <td class="number">{or_dash(running)}</td>
            })}
            <td class="mono">{or_dash(node.address.clone())}</td>
            <td class="mono">{or_dash(node.engine_version.clone())}</td>
            {offers(Offer::NodeCare).then(|| view! {
                <td class="mono">{node.image.clone()}</td>
                <td>{acts(cluster, node)}</td>
            })}
        </tr>
    }
    .into_any()
}

fn wrapped(note: Option<String>) -> Option<AnyView> {
    note.map(|note| view! { <span class="small quiet wraps">{note}</span> }.into_any())
}

/// What there is to say of a node besides its state: that it does not answer, or how the swarm sees it
/// where that is not as it should be.
fn swarm_note(node: &Node, detail: &NodeDetail) -> Option<String> {
    if let Some(reason) = &detail.unreachable {
        // Of a node that is only coming nothing else is to be expected.
        let expected = matches!(node.state, NodeState::Creating | NodeState::Joining);
        return (!expected).then(|| says::sentence(reason));
    }
    if node.drained {
        return Some(t!("nodes-drained"));
    }
    let member = detail.swarm.as_ref()?;
    match (&*member.availability, &*member.status) {
        ("drain", _) if node.state == NodeState::Ready => Some(t!("nodes-drained")),
        ("pause", _) => Some(t!("nodes-paused")),
        (_, "down" | "disconnected") if node.state == NodeState::Ready => Some(t!("nodes-down")),
        _ => None,
    }
}

/// The state of a node: a shape, a colour and a word. While nobody works on the cluster (`works` is
/// false), a node that is not ready is stuck.
#[must_use]
pub fn state_mark(state: NodeState, works: bool) -> AnyView {
    let word = match state {
        NodeState::Creating => t!("nodes-creating"),
        NodeState::Joining => t!("nodes-joining"),
        NodeState::Ready => t!("nodes-ready"),
        NodeState::Renewing => t!("nodes-renewing"),
        NodeState::Draining => t!("nodes-draining"),
        NodeState::Lost => t!("nodes-lost"),
    };
    let (class, shape, word) = match state {
        NodeState::Ready => ("state good", icon("ok", ""), word),
        NodeState::Lost => ("state bad", icon("bad", ""), word),
        _ if works => ("state busy", icon("busy", "turn"), word),
        _ => ("state bad", icon("bad", ""), t!("nodes-not-ready")),
    };
    view! { <span class=class>{shape} {word}</span> }.into_any()
}

/// The word for what a node does.
#[must_use]
pub fn role_word(role: NodeRole) -> String {
    match role {
        NodeRole::Manager => t!("nodes-manager"),
        NodeRole::Worker => t!("nodes-worker"),
    }
}

fn or_dash(cell: Option<impl IntoView + 'static>) -> AnyView {
    cell.map_or_else(|| "\u{2013}".into_any(), IntoAny::into_any)
}

/// The form for another number of nodes. What was typed is said to be wrong at once, and else what it
/// means; then it may be sent.
fn size_panel(
    cluster: &Cluster,
    limit: NodeCount,
    typed: Option<String>,
    said: Option<Problem>,
) -> AnyView {
    let (of_nodes, other) = match said {
        Some(problem) if problem.field() == Some(Field::Nodes) => (Some(problem), None),
        other => (None, other),
    };
    let typed = typed.unwrap_or_else(|| cluster.node_count.get().to_string());
    let wished = check_nodes(&typed, limit);
    let busy = cluster.can_resize().err().map(says::problem);
    let wrong = wished.err().or(of_nodes).map(says::problem);
    let change = wished.map_or(SizeChange::None, |to| SizeChange::of(cluster, to.get()));
    let hint = match (&busy, wished) {
        (Some(why), _) => why.clone(),
        (None, Ok(_)) => change.sentence(),
        (None, Err(_)) => t!("size-limit", limit = limit.get()),
    };
    let button = Submit {
        label: change.button(),
        busy: t!("size-changing"),
        refused: busy,
        class: "btn main",
    };
    let page = paths::nodes(cluster.id);
    view! {
        <section class="panel" id="size" aria-labelledby="size-title">
            <header>
                <h2 id="size-title">{t!("size-title")}</h2>
            </header>
            <form method="post" action=ResizeCluster::url() class="body form" novalidate data-check>
                {form_error(other.map(says::problem))}
                <input type="hidden" name="id" value=cluster.id.to_string()/>
                <div class="field">
                    <label for="size-nodes">{t!("size-label")}</label>
                    <div class="acts">
                        {stepper("size-nodes", &typed, limit.get(), wrong.as_ref())}
                        {submit(button)}
                        <button type="submit" class="btn unscripted" formmethod="get" formaction=page>
                            {t!("size-look")}
                        </button>
                    </div>
                    <p id="size-nodes-hint" class="hint" aria-live="polite">
                        {hint}
                    </p>
                    {field_error("size-nodes", wrong)}
                </div>
            </form>
        </section>
    }
    .into_any()
}
