//! The form for a new cluster.

use cluster_api::{ClusterName, Field, Flavor, Problem};
use leptos::{html, prelude::*};

use super::{
    create_page::fresh_key,
    draft::Draft,
    nodes_input::NodesInput,
    quota::{Preview, check_name, check_nodes},
    server_fns::CreateCluster,
};
use crate::{
    live::Live,
    paths,
    ui::{
        actions::problem_of,
        field::{FieldError, FormError},
        hydrated::use_hydrated,
        submit::Submit,
        words::plural,
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
    problem: Signal<Option<Problem>>,
    live: Live,
}

impl Entries {
    fn name_error(self) -> Option<String> {
        let problem = if self.name_changed.get() {
            let name = self.name.get();
            if name.is_empty() {
                return None;
            }
            self.live.with(|known| check_name(&name, known).err())
        } else {
            self.said_about(Field::Name)
        };
        problem.map(|problem| problem.to_string())
    }

    fn nodes_error(self) -> Option<String> {
        let problem = if self.nodes_changed.get() {
            let limit = self.live.with(|known| known.quotas.max_nodes_per_cluster);
            check_nodes(&self.nodes.get(), limit).err()
        } else {
            self.said_about(Field::Nodes)
        };
        problem.map(|problem| problem.to_string())
    }

    fn said_about(self, field: Field) -> Option<Problem> {
        self.problem
            .get()
            .filter(|problem| problem.field() == Some(field))
    }

    fn other_error(self) -> Option<String> {
        let problem = self.problem.get()?;
        match problem.field() {
            Some(Field::Name | Field::Nodes) => None,
            _ => Some(problem.to_string()),
        }
    }
}

/// Name, type, flavor, number of nodes, and what that uses of the quota.
#[component]
pub fn CreateForm(
    /// What it begins with.
    draft: Draft,
    /// Why no cluster can be made now, if so.
    #[prop(into)]
    refused: Signal<Option<String>>,
) -> AnyView {
    let live = Live::expect();
    let hydrated = use_hydrated();
    let action = ServerAction::<CreateCluster>::new();
    let problem = problem_of(action);
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
        problem,
        live,
    };
    let key = RwSignal::new(draft.key);
    let name_input = NodeRef::<html::Input>::new();
    let nodes_input = NodeRef::<html::Input>::new();

    let version = action.version();
    Effect::new(move |_| {
        if version.get() == 0 {
            return;
        }
        entries.name_changed.set(false);
        entries.nodes_changed.set(false);
        let Some(problem) = problem.get_untracked() else {
            return;
        };
        if matches!(
            problem,
            Problem::IdempotencyKeyReused | Problem::IdempotencyKeyInvalid
        ) {
            key.set(fresh_key());
        }
        let wrong = match problem.field() {
            Some(Field::Name) => name_input,
            Some(Field::Nodes) => nodes_input,
            _ => return,
        };
        if let Some(input) = wrong.get_untracked() {
            // An input that cannot be focused stays as it is.
            let _ = input.focus();
        }
    });

    let name_error = Signal::derive(move || entries.name_error());
    view! {
        <ActionForm action attr:class="create" attr:novalidate=move || hydrated.get()>
            <div class="panel form">
                <FormError error=Signal::derive(move || entries.other_error())/>
                <input type="hidden" name="key" value=move || key.get()/>
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
                        autofocus
                        pattern=ClusterName::PATTERN
                        maxlength=ClusterName::MAX_LENGTH.to_string()
                        title=ClusterName::HINT
                        value=draft.name
                        node_ref=name_input
                        aria-describedby="name-hint name-error"
                        aria-invalid=move || name_error.with(Option::is_some).then_some("true")
                        on:input=move |event| {
                            entries.name_changed.set(true);
                            entries.name.set(event_target_value(&event));
                        }
                    />
                    <p id="name-hint" class="hint">{ClusterName::HINT}</p>
                    <FieldError of="name" error=name_error/>
                </div>
                <Types chosen=draft.cluster_type/>
                <Flavors chosen=entries.flavor/>
                <Nodes entries input=nodes_input/>
            </div>
            <Summary entries refused pending=action.pending()/>
        </ActionForm>
    }
    .into_any()
}

#[component]
fn Types(
    /// The id of the type that is chosen.
    chosen: String,
) -> AnyView {
    let live = Live::expect();
    let types = live.with_untracked(|known| {
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
                        <span class="small quiet">{format!("{} in {}s", it.coe, it.host_type)}</span>
                    </span>
                </label>
            }.into_any()
        })
        .collect_view();
    view! {
        <fieldset class="choices">
            <legend>"Type"</legend>
            {choices}
        </fieldset>
    }
    .into_any()
}

#[component]
fn Flavors(
    /// The flavor that is chosen.
    chosen: RwSignal<String>,
) -> AnyView {
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
            .into_any()
        })
        .collect_view();
    view! {
        <fieldset class="choices three">
            <legend>"Flavor: the size of each node"</legend>
            {choices}
        </fieldset>
    }
    .into_any()
}

#[component]
fn Nodes(
    /// What was typed.
    entries: Entries,
    /// The input.
    input: NodeRef<html::Input>,
) -> AnyView {
    let live = Live::expect();
    let limit = live.with_untracked(|known| known.quotas.max_nodes_per_cluster);
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
            />
            <p id="nodes-hint" class="hint">
                {format!("The first one manages the swarm. You can add and remove nodes later. Up to {}.", limit.get())}
            </p>
            <FieldError of="nodes" error/>
        </div>
    }
    .into_any()
}

#[component]
fn Summary(
    /// What was typed.
    entries: Entries,
    /// Why no cluster can be made now, if so.
    refused: Signal<Option<String>>,
    /// Whether the answer is awaited.
    #[prop(into)]
    pending: Signal<bool>,
) -> AnyView {
    let preview = move || {
        entries
            .live
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
                {move || memory()}
            </p>
            <div class="acts">
                <Submit
                    label="Create cluster"
                    busy="Creating …"
                    pending
                    refused
                    class="btn main large"
                />
                <a class="btn" href=paths::CLUSTERS>"Cancel"</a>
            </div>
        </aside>
    }
    .into_any()
}

/// A flavor that exists, the one named if it does.
fn flavor_or_first(name: String) -> String {
    if name.parse::<Flavor>().is_ok() {
        name
    } else {
        Flavor::default().name().to_owned()
    }
}
