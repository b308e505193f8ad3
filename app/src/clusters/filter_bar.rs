//! Narrowing the list down: a form and links, live with scripts.

use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::filter::{Filter, Group};
use crate::{live::Live, paths, ui::icon::Icon};

/// The search by name and the groups of states.
#[component]
pub fn FilterBar(
    /// What is shown now.
    filter: Memo<Filter>,
) -> AnyView {
    let input = NodeRef::<html::Input>::new();
    let navigate = use_navigate();
    let go = move |text: String| {
        let options = NavigateOptions {
            replace: true,
            scroll: false,
            resolve: false,
            ..Default::default()
        };
        navigate(&filter.get_untracked().with_text(&text).address(), options);
    };
    let typed = {
        let go = go.clone();
        move |event: ev::Event| go(event_target_value(&event))
    };
    let sent = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if let Some(input) = input.get_untracked() {
            go(input.value());
        }
    };
    // The address may change by a link as well; what is being typed is left alone.
    Effect::new(move |_| {
        let text = filter.with(|filter| filter.text.clone());
        if let Some(input) = input.get_untracked()
            && document().active_element().as_ref() != Some(&input)
        {
            input.set_value(&text);
        }
    });
    let text = filter.with_untracked(|filter| filter.text.clone());
    let group = move || filter.with(|filter| filter.group.map(Group::as_str));
    view! {
        <div class="filter">
            <search>
                <form class="find" method="get" action=paths::CLUSTERS on:submit=sent>
                    <Icon name="find"/>
                    <label class="unseen" for="q">"Find clusters by name"</label>
                    <input
                        id="q"
                        name="q"
                        type="search"
                        placeholder="Find by name"
                        autocomplete="off"
                        maxlength="63"
                        value=text
                        node_ref=input
                        on:input=typed
                    />
                    {move || group().map(|group| view! { <input type="hidden" name="status" value=group/> }.into_any())}
                    <noscript inner_html="<button class=\"btn\">Find</button>"></noscript>
                </form>
            </search>
            <nav class="chips" aria-label="Filter by status">
                <Chip filter group=None/>
                {Group::ALL.map(|group| view! { <Chip filter group=Some(group)/> }.into_any()).collect_view()}
            </nav>
        </div>
    }
    .into_any()
}

#[component]
fn Chip(
    /// What is shown now.
    filter: Memo<Filter>,
    /// What the chip shows.
    group: Option<Group>,
) -> AnyView {
    let live = Live::expect();
    let count = move || {
        live.with(|known| {
            let holds = |status| group.is_none_or(|group| group.holds(status));
            known
                .clusters
                .iter()
                .filter(|cluster| holds(cluster.status))
                .count()
                .to_string()
        })
    };
    view! {
        <a
            href=move || filter.with(|filter| filter.with_group(group).address())
            aria-current=move || filter.with(|filter| (filter.group == group).then_some("true"))
            data-noscroll
        >
            {group.map_or("All", Group::word)}
            " "
            <b>{move || count()}</b>
        </a>
    }
    .into_any()
}
