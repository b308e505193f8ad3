//! Narrowing the list down: a form and links; with scripts while one types.

use leptos::{html, prelude::*};

use super::filter::{Filter, Group};
use crate::{live::Live, paths, ui::icon::icon};

/// The search by name and the groups of states.
#[component]
pub fn FilterBar(
    /// What is shown.
    filter: RwSignal<Filter>,
) -> impl IntoView {
    let live = Live::expect();
    let input = NodeRef::<html::Input>::new();
    let narrow = move |text: &str| {
        filter.update(|filter| *filter = filter.with_text(text));
        remember(&filter.get_untracked());
    };
    // What was typed before scripts ran counts.
    Effect::new(move |_| {
        let typed = input.get_untracked().map(|input| input.value());
        if let Some(typed) =
            typed.filter(|typed| filter.with_untracked(|it| it.text != typed.trim()))
        {
            narrow(&typed);
        }
    });
    let (text, group) = filter.with_untracked(|filter| {
        let group = filter.group.map(Group::as_str);
        (filter.text.clone(), group)
    });
    let hidden = group.map(|group| view! { <input type="hidden" name="status" value=group/> });
    let chips = move || {
        let chip = |group| {
            live.snapshot.with(|known| {
                let holds = |status| group_holds(group, status);
                let count = known.clusters.iter().filter(|it| holds(it.status)).count();
                filter.with(|filter| chip(filter, group, count))
            })
        };
        let groups = Group::ALL.into_iter().map(Some);
        std::iter::once(None)
            .chain(groups)
            .map(chip)
            .collect::<Vec<_>>()
    };
    view! {
        <div class="filter">
            <search>
                <form
                    class="find"
                    method="get"
                    action=paths::CLUSTERS
                    on:submit=|event| event.prevent_default()
                >
                    {icon("find", "")}
                    <label class="unseen" for="q">
                        "Find clusters by name"
                    </label>
                    <input
                        id="q"
                        name="q"
                        type="search"
                        placeholder="Find by name"
                        autocomplete="off"
                        maxlength="63"
                        value=text
                        node_ref=input
                        on:input=move |event| narrow(&event_target_value(&event))
                    />
                    {hidden}
                    <noscript inner_html="<button class=\"btn\">Find</button>"></noscript>
                </form>
            </search>
            <nav class="chips" aria-label="Filter by status">
                {chips}
            </nav>
        </div>
    }
}

fn group_holds(group: Option<Group>, status: cluster_api::ClusterStatus) -> bool {
    group.is_none_or(|group| group.holds(status))
}

fn chip(filter: &Filter, group: Option<Group>, count: usize) -> impl IntoView + use<> {
    let here = (filter.group == group).then_some("true");
    view! {
        <a href=filter.with_group(group).address() aria-current=here>
            {group.map_or("All", Group::word)}
            " "
            <b>{count.to_string()}</b>
        </a>
    }
}

/// Keeps the filter in the address, so that the page comes back as it is left.
fn remember(filter: &Filter) {
    use leptos::wasm_bindgen::JsValue;
    let address = filter.address();
    // Without a history the address stays as it was.
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}
