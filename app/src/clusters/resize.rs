//! Growing and shrinking.

use cluster_api::{Field, NodeCount, Problem};
use leptos::{ev, html, prelude::*, server_fn::ServerFn};

use super::{
    nodes_input::NodesInput, quota::check_nodes, server_fns::ResizeCluster, size_change::SizeChange,
};
use crate::{
    live::row::Row,
    ui::{
        field::{FieldError, form_error},
        submit::Submit,
    },
};

/// Asks for another number of nodes, and says what that means.
#[component]
pub fn ResizePanel(
    /// The cluster.
    row: Row,
    /// How many nodes it may have.
    limit: NodeCount,
    /// What the server said against it.
    said: Option<Problem>,
) -> impl IntoView {
    let (of_nodes, other) = match said {
        Some(problem) if problem.field() == Some(Field::Nodes) => (Some(problem), None),
        other => (None, other),
    };
    let awake = RwSignal::new(false);
    let size = move || row.with(|cluster| cluster.node_count.get().to_string());
    let typed = RwSignal::new(untrack(size));
    let changed = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    // Until somebody types a number, the number there is stands there.
    Effect::new(move |_| {
        awake.set(true);
        let size = size();
        if !changed.get() {
            typed.set(size);
        }
    });
    let wrong = move || typed.with(|typed| check_nodes(typed, limit).err());
    let change = move || {
        let to = NodeCount::try_from(&*typed.get()).ok()?;
        Some(row.with(|cluster| SizeChange::of(cluster, to.get())))
    };
    let error = Signal::derive(move || {
        let problem = if changed.get() { wrong() } else { of_nodes };
        problem.map(|problem| problem.to_string())
    });
    let busy = move || {
        row.with(|cluster| cluster.can_resize().err())
            .map(|problem| problem.to_string())
    };
    let refused = Signal::derive(move || {
        let same = || {
            let same = awake.get() && change() == Some(SizeChange::None);
            same.then(|| SizeChange::None.sentence())
        };
        busy().or_else(same)
    });
    let label = Signal::derive(move || {
        let change = change().filter(|_| awake.get());
        change.unwrap_or(SizeChange::None).button()
    });
    let hint = move || match (busy(), awake.get()) {
        (Some(why), _) => why,
        (None, true) => change().map_or_else(String::new, |change| change.sentence()),
        (None, false) => {
            format!("1 to {limit}. Workers that go move their containers to the others first.")
        }
    };
    let check = move |event: ev::SubmitEvent| {
        if untrack(wrong).is_some() {
            event.prevent_default();
            changed.set(true);
            if let Some(input) = input.get_untracked() {
                input.select();
            }
        }
    };
    view! {
        <section class="panel" id="size" aria-labelledby="size-title">
            <header>
                <h2 id="size-title">"Grow or shrink"</h2>
            </header>
            <form
                method="post"
                action=ResizeCluster::url()
                class="body form"
                data-checked
                on:submit=check
            >
                {form_error(other.map(|problem| problem.to_string()))}
                <input type="hidden" name="id" value=row.id().to_string()/>
                <div class="field">
                    <label for="size-nodes">"Number of nodes"</label>
                    <div class="acts">
                        <NodesInput id="size-nodes" value=typed limit=limit.get() input error changed/>
                        <Submit label busy="Changing \u{2026}" refused/>
                    </div>
                    <p id="size-nodes-hint" class="hint" aria-live="polite">
                        {hint}
                    </p>
                    <FieldError of="size-nodes" error/>
                </div>
            </form>
        </section>
    }
}
