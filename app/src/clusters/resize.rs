//! Growing and shrinking.

use cluster_api::{Field, NodeCount, Problem};
use leptos::{html, prelude::*};

use super::{
    nodes_input::NodesInput, quota::check_nodes, server_fns::ResizeCluster, size_change::SizeChange,
};
use crate::{
    live::{Live, row::Row},
    ui::{
        actions::problem_of,
        field::{FieldError, FormError},
        hydrated::use_hydrated,
        submit::Submit,
    },
};

/// Asks for another number of nodes, and says what that means.
#[component]
pub fn ResizePanel(
    /// The cluster.
    row: Row,
) -> AnyView {
    let limit = Live::expect().with_untracked(|known| known.quotas.max_nodes_per_cluster);
    let hydrated = use_hydrated();
    let action = ServerAction::<ResizeCluster>::new();
    let problem = problem_of(action);
    let size = move || row.with(|cluster| cluster.node_count.get().to_string());
    let typed = RwSignal::new(untrack(size));
    let changed = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let version = action.version();
    // Until somebody types a number, and again once it was taken, the number there is stands there.
    Effect::new(move |_| {
        if version.get() > 0 && problem.get_untracked().is_none() {
            changed.set(false);
        }
    });
    Effect::new(move |_| {
        let size = size();
        if !changed.get() {
            typed.set(size);
        }
    });
    let change = move || {
        let to = NodeCount::try_from(&*typed.get()).ok()?;
        Some(row.with(|cluster| SizeChange::of(cluster, to.get())))
    };
    let said = move |of_field: bool| {
        let about = |problem: &Problem| (problem.field() == Some(Field::Nodes)) == of_field;
        problem.get().filter(about)
    };
    let error = Signal::derive(move || {
        let typed_wrong = || {
            changed
                .get()
                .then(|| typed.with(|typed| check_nodes(typed, limit).err()))?
        };
        typed_wrong()
            .or_else(|| said(true))
            .map(|problem| problem.to_string())
    });
    let other = Signal::derive(move || said(false).map(|problem| problem.to_string()));
    let refused = Signal::derive(move || {
        let same = || {
            let same = hydrated.get() && change() == Some(SizeChange::None);
            same.then(|| SizeChange::None.sentence())
        };
        row.no_resize().or_else(same)
    });
    let label = Signal::derive(move || {
        let change = change()
            .filter(|_| hydrated.get())
            .unwrap_or(SizeChange::None);
        change.button()
    });
    let hint = move || match (row.no_resize(), hydrated.get()) {
        (Some(why), _) => why,
        (None, true) => change().map_or_else(String::new, |change| change.sentence()),
        (None, false) => {
            format!(
                "1 to {}. Workers that go move their containers to the others first.",
                limit.get()
            )
        }
    };
    view! {
        <section class="panel" id="size" aria-labelledby="size-title">
            <header>
                <h2 id="size-title">"Grow or shrink"</h2>
            </header>
            <ActionForm action attr:class="body form" attr:novalidate=move || hydrated.get()>
                <FormError error=other/>
                <input type="hidden" name="id" value=row.id().to_string()/>
                <div class="field">
                    <label for="size-nodes">"Number of nodes"</label>
                    <div class="acts">
                        <NodesInput id="size-nodes" value=typed limit=limit.get() input error changed/>
                        <Submit label busy="Changing …" pending=action.pending() refused/>
                    </div>
                    <p id="size-nodes-hint" class="hint" aria-live="polite">
                        {move || hint()}
                    </p>
                    <FieldError of="size-nodes" error/>
                </div>
            </ActionForm>
        </section>
    }
    .into_any()
}
