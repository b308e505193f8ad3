//! The form for a new cluster.
#![expect(
    missing_docs,
    reason = "the struct that the macro makes: an island's properties"
)]

use cluster_api::{ClusterName, Field, Flavor, NodeCount, Problem, Snapshot};
use leptos::{ev, html, prelude::*, server_fn::ServerFn};

use super::{
    draft::Draft,
    nodes_input::NodesInput,
    quota::{Preview, check_name, check_nodes},
    server_fns::CreateCluster,
};
use crate::{
    live::Live,
    paths,
    ui::{
        FORGET_SENT,
        field::{FieldError, form_error},
        submit::Submit,
        words::{capital, plural},
    },
};

/// What was typed, and what the server said to it. What it said about a field counts until the field
/// is changed; from then on the browser says what it can tell.
#[derive(Clone, Copy)]
struct Entries {
    name: RwSignal<String>,
    nodes: RwSignal<String>,
    flavor: RwSignal<String>,
    name_changed: RwSignal<bool>,
    nodes_changed: RwSignal<bool>,
    /// It is on its way: what the live stream brings meanwhile may be this very cluster.
    sent: RwSignal<bool>,
    said: Option<Problem>,
    live: Live,
}

impl Entries {
    /// What is wrong with the name.
    fn wrong_name(self) -> Option<Problem> {
        self.live
            .snapshot
            .with(|known| self.name.with(|name| check_name(name, known).err()))
    }

    /// What is wrong with the number of nodes.
    fn wrong_nodes(self) -> Option<Problem> {
        let limit = self.live.snapshot.with(max_nodes);
        self.nodes.with(|nodes| check_nodes(nodes, limit).err())
    }

    fn name_error(self) -> Option<String> {
        if self.sent.get() {
            return None;
        }
        let problem = if self.name_changed.get() {
            self.wrong_name()
        } else {
            self.said_about(Field::Name)
        };
        problem.map(|problem| problem.to_string())
    }

    fn nodes_error(self) -> Option<String> {
        let problem = if self.nodes_changed.get() {
            self.wrong_nodes()
        } else {
            self.said_about(Field::Nodes)
        };
        problem.map(|problem| problem.to_string())
    }

    fn said_about(self, field: Field) -> Option<Problem> {
        self.said.filter(|problem| problem.field() == Some(field))
    }

    /// What the server said that belongs to no input.
    fn other_error(self) -> Option<String> {
        self.said
            .filter(|problem| !matches!(problem.field(), Some(Field::Name | Field::Nodes)))
            .map(|problem| problem.to_string())
    }
}

const fn max_nodes(known: &Snapshot) -> NodeCount {
    known.quotas.max_nodes_per_cluster
}

/// Name, type, flavor, number of nodes, and what that uses of the quota.
#[island]
pub fn CreateForm(
    /// What it begins with.
    draft: Draft,
    /// What the server said against it when it was sent before.
    said: Option<Problem>,
) -> impl IntoView {
    let live = Live::expect();
    let nodes = if draft.nodes.is_empty() {
        "1".to_owned()
    } else {
        draft.nodes
    };
    let entries = Entries {
        name: RwSignal::new(draft.name.clone()),
        nodes: RwSignal::new(nodes),
        flavor: RwSignal::new(flavor_or_first(draft.flavor)),
        name_changed: RwSignal::new(false),
        nodes_changed: RwSignal::new(false),
        sent: RwSignal::new(false),
        said,
        live,
    };
    let name_input = NodeRef::<html::Input>::new();
    let nodes_input = NodeRef::<html::Input>::new();
    // What is known to be wrong is not sent; the focus goes to the first field that is.
    let check = move |event: ev::SubmitEvent| {
        let (wrong_name, wrong_nodes) = untrack(|| {
            (
                entries.wrong_name().is_some(),
                entries.wrong_nodes().is_some(),
            )
        });
        if !wrong_name && !wrong_nodes {
            entries.sent.set(true);
            set_timeout(move || entries.sent.set(false), FORGET_SENT);
            return;
        }
        event.prevent_default();
        entries.name_changed.set(true);
        entries.nodes_changed.set(true);
        let first = if wrong_name { name_input } else { nodes_input };
        if let Some(input) = first.get_untracked() {
            input.select();
        }
    };
    Effect::new(move |_| adopt(entries, name_input));
    let refused = Signal::derive(move || {
        let problem = live.snapshot.with(|known| known.can_create().err());
        let problem = problem.filter(|_| !entries.sent.get());
        problem.map(|problem| problem.to_string())
    });
    let name_error = Signal::derive(move || entries.name_error());
    let nodes_first = said.is_some_and(|problem| problem.field() == Some(Field::Nodes));
    view! {
        {move || form_error(refused.get())}
        <form
            method="post"
            action=CreateCluster::url()
            class="create"
            data-checked
            on:submit=check
        >
            <div class="panel form">
                {form_error(entries.other_error())}
                <input type="hidden" name="key" value=draft.key/>
                <div class="field">
                    <label for="name">"Name"</label>
                    <input
                        id="name"
                        name="name"
                        type="text"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        required
                        autofocus=!nodes_first
                        pattern=ClusterName::PATTERN
                        maxlength=ClusterName::MAX_LENGTH.to_string()
                        title=ClusterName::HINT
                        value=draft.name
                        node_ref=name_input
                        aria-describedby="name-hint name-error"
                        aria-invalid=move || name_error.with(Option::is_some).then_some("true")
                        on:input=move |event| {
                            entries.name.set(event_target_value(&event));
                            entries.name_changed.set(true);
                        }
                    />
                    <p id="name-hint" class="hint">
                        {ClusterName::HINT}
                    </p>
                    <FieldError of="name" error=name_error/>
                </div>
                {types(&draft.cluster_type, live)}
                {flavors(entries.flavor)}
                {nodes_field(entries, nodes_input, nodes_first)}
            </div>
            {summary(entries, refused)}
        </form>
    }
}

/// What was typed and chosen before scripts ran counts.
fn adopt(entries: Entries, name: NodeRef<html::Input>) {
    if let Some(name) = name.get_untracked().map(|input| input.value())
        && entries.name.with_untracked(|known| *known != name)
    {
        entries.name.set(name);
        entries.name_changed.set(true);
    }
    let chosen = document().query_selector("[name=flavor]:checked");
    if let Some(flavor) = chosen
        .ok()
        .flatten()
        .and_then(|it| it.get_attribute("value"))
    {
        entries.flavor.set(flavor);
    }
}

fn types(chosen: &str, live: Live) -> impl IntoView + use<> {
    let types = live.snapshot.with_untracked(|known| {
        known
            .cluster_types
            .iter()
            .filter(|it| it.active)
            .cloned()
            .collect::<Vec<_>>()
    });
    let known = types.iter().any(|it| it.id.0.to_string() == chosen);
    let choices = types
        .into_iter()
        .enumerate()
        .map(|(index, it)| {
            let id = it.id.0.to_string();
            let checked = if known { id == chosen } else { index == 0 };
            view! {
                <label class="choice">
                    <input type="radio" name="cluster_type" value=id checked=checked required/>
                    <span>
                        <b>{it.name}</b>
                        <span class="small quiet">{capital(&format!("{} in {}s", it.coe, it.host_type))}</span>
                    </span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="choices">
            <legend>"Type"</legend>
            {choices}
        </fieldset>
    }
}

fn flavors(chosen: RwSignal<String>) -> impl IntoView + use<> {
    let first = chosen.get_untracked();
    let choices = Flavor::ALL
        .into_iter()
        .map(|flavor| {
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name="flavor"
                        value=flavor.name()
                        checked=flavor.name() == first
                        required
                        on:change=move |_| chosen.set(flavor.name().to_owned())
                    />
                    <span>
                        <b>{format!("{} GB", flavor.memory_gb())}</b>
                        <span class="small quiet">
                            {plural(flavor.cpus(), "CPU")} " \u{b7} " {flavor.name()}
                        </span>
                    </span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="choices three">
            <legend>"Flavor: the size of each node"</legend>
            {choices}
        </fieldset>
    }
}

fn nodes_field(
    entries: Entries,
    input: NodeRef<html::Input>,
    autofocus: bool,
) -> impl IntoView + use<> {
    let limit = entries.live.snapshot.with_untracked(max_nodes);
    let error = Signal::derive(move || entries.nodes_error());
    view! {
        <div class="field">
            <label for="nodes">"Nodes"</label>
            <NodesInput
                id="nodes"
                value=entries.nodes
                limit=limit.get()
                input
                error
                changed=entries.nodes_changed
                autofocus
            />
            <p id="nodes-hint" class="hint">
                {format!("The first one manages the swarm. You can add and remove nodes later. Up to {limit}.")}
            </p>
            <FieldError of="nodes" error/>
        </div>
    }
}

fn summary(entries: Entries, refused: Signal<Option<String>>) -> impl IntoView + use<> {
    let preview = move || {
        entries
            .live
            .snapshot
            .with(|known| Preview::of(known, &entries.nodes.get(), &entries.flavor.get()))
    };
    let number =
        |number: Option<u32>| number.map_or_else(|| "\u{2013}".to_owned(), |it| it.to_string());
    let memory = move || {
        let memory = preview().memory_gb;
        memory.map_or_else(String::new, |all| format!("{all} GB of memory in all."))
    };
    view! {
        <aside class="panel form summary" aria-label="Summary">
            <table>
                <caption>"What it uses"</caption>
                <thead>
                    <tr>
                        <th scope="col"><span class="unseen">"Quota"</span></th>
                        <th scope="col" class="num">"Now"</th>
                        <th scope="col" class="num">"After"</th>
                        <th scope="col" class="num">"Limit"</th>
                    </tr>
                </thead>
                <tbody>
                    <tr>
                        <th scope="row">"Clusters"</th>
                        <td class="num">{move || preview().clusters.to_string()}</td>
                        <td class="num">{move || preview().clusters.saturating_add(1).to_string()}</td>
                        <td class="num">{move || preview().max_clusters.to_string()}</td>
                    </tr>
                    <tr>
                        <th scope="row">"Nodes in it"</th>
                        <td class="num">"0"</td>
                        <td class="num">{move || number(preview().nodes)}</td>
                        <td class="num">{move || preview().max_nodes.to_string()}</td>
                    </tr>
                </tbody>
            </table>
            <p class="small quiet">
                {memory}
            </p>
            <div class="acts">
                <Submit
                    label="Create cluster"
                    busy="Creating \u{2026}"
                    refused
                    class="btn main large"
                />
                <a class="btn large" href=paths::CLUSTERS>"Cancel"</a>
            </div>
        </aside>
    }
}

/// A flavor that exists, the one named if it does.
fn flavor_or_first(name: String) -> String {
    if name.parse::<Flavor>().is_ok() {
        name
    } else {
        Flavor::default().name().to_owned()
    }
}
