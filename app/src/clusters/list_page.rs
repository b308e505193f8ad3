//! The list of clusters.

use cluster_api::ClusterId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{add_tile::AddTile, card::ClusterCard, filter::Filter, filter_bar::FilterBar};
use crate::{
    live::Live,
    paths,
    ui::{
        icon::Icon,
        link_or::LinkOr,
        list::{Item, list},
        refresh::Refresh,
        words::plural,
    },
};

/// What of the list is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    /// The clusters of this page.
    ids: Vec<ClusterId>,
    /// How many the filter holds.
    found: usize,
    /// How many there are.
    all: usize,
    /// This page, which exists.
    page: usize,
}

impl Shown {
    fn pages(&self) -> usize {
        self.found.div_ceil(Filter::PAGE).max(1)
    }
}

/// All clusters of the account, as cards.
#[component]
pub fn ListPage() -> AnyView {
    let live = Live::expect();
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(Filter::from_query));
    let shown = Memo::new(move |_| {
        let filter = filter.get();
        live.with(|known| {
            let found: Vec<_> = known
                .clusters
                .iter()
                .filter(|cluster| filter.holds(cluster))
                .collect();
            let page = filter
                .page
                .min(found.len().saturating_sub(1) / Filter::PAGE);
            Shown {
                ids: found
                    .iter()
                    .skip(page * Filter::PAGE)
                    .take(Filter::PAGE)
                    .map(|cluster| cluster.id)
                    .collect(),
                found: found.len(),
                all: known.clusters.len(),
                page,
            }
        })
    });
    let changing =
        live.with_untracked(|known| known.clusters.iter().any(|it| it.status.is_changing()));
    let any = Memo::new(move |_| shown.with(|shown| shown.all > 0));
    view! {
        <Title text="Clusters"/>
        <Refresh changing/>
        <div class="head">
            <h1>"Clusters"</h1>
            <span class="quiet">
                {move || {
                    let limit = live.with(|known| known.quotas.max_clusters);
                    format!("{} of {}", shown.with(|shown| shown.all), plural(limit, "cluster"))
                }}
            </span>
            <div class="end">
                <CreateLink/>
            </div>
        </div>
        {move || if any.get() {
            view! { <Cards filter shown/> }.into_any()
        } else {
            view! { <NoneYet/> }.into_any()
        }}
    }
    .into_any()
}

/// The button to the form; without the link when the quota is reached.
#[component]
fn CreateLink() -> AnyView {
    let refused = Live::expect().no_create();
    view! { <LinkOr to=paths::NEW_CLUSTER refused=refused.into() label="Create cluster" icon="plus" class="btn main"/> }.into_any()
}

#[component]
fn Cards(
    /// What the list is narrowed down to.
    filter: Memo<Filter>,
    /// What of it is shown.
    shown: Memo<Shown>,
) -> AnyView {
    let none = Memo::new(move |_| shown.with(|shown| shown.ids.is_empty()));
    let cards = move || {
        let card = |id: &ClusterId| {
            let id = *id;
            Item::new(id.to_string(), move || {
                view! { <ClusterCard id/> }.into_any()
            })
        };
        shown.with(|shown| shown.ids.iter().map(card).collect::<Vec<_>>())
    };
    view! {
        <FilterBar filter/>
        {move || none.get().then(|| view! { <NoMatch filter/> }.into_any())}
        <div class="grid">
            {list(cards)}
            {move || {
                let whole = filter.with(|filter| !filter.is_narrow())
                    && shown.with(|shown| shown.page + 1 == shown.pages());
                whole.then(|| view! { <AddTile/> }.into_any())
            }}
        </div>
        <Pages filter shown/>
    }
    .into_any()
}

/// Nothing is here yet.
#[component]
fn NoneYet() -> AnyView {
    view! {
        <div class="empty">
            <Icon name="logo" class="logo"/>
            <h2>"No clusters yet"</h2>
            <p class="quiet">
                "A cluster is a Docker Swarm of your own. Its nodes, its state and the way to use it
                will be here."
            </p>
            <CreateLink/>
        </div>
    }
    .into_any()
}

/// Nothing here is what was searched.
#[component]
fn NoMatch(
    /// What was searched.
    filter: Memo<Filter>,
) -> AnyView {
    view! {
        <div class="empty">
            <h2>"No match"</h2>
            <p class="quiet">"There is no cluster " {move || filter.with(Filter::words)} "."</p>
            <a class="btn" href=paths::CLUSTERS>"Show all clusters"</a>
        </div>
    }
    .into_any()
}

/// The pages of a long list.
#[component]
fn Pages(
    /// What the list is narrowed down to.
    filter: Memo<Filter>,
    /// What of it is shown.
    shown: Memo<Shown>,
) -> AnyView {
    let pages = move || {
        let (page, pages, found) = shown.with(|shown| (shown.page, shown.pages(), shown.found));
        (pages > 1).then(|| {
            let to = |page: usize| filter.with(|filter| filter.with_page(page).address());
            let before = (page > 0).then(|| to(page - 1));
            let after = (page + 1 < pages).then(|| to(page + 1));
            view! {
                <nav class="pages" aria-label="Pages">
                    {before.map(|to| view! { <a class="btn" href=to rel="prev">"Newer"</a> }.into_any())}
                    <span class="quiet">
                        {format!("Page {} of {pages} \u{b7} {found} clusters", page + 1)}
                    </span>
                    {after.map(|to| view! { <a class="btn" href=to rel="next">"Older"</a> }.into_any())}
                </nav>
            }.into_any()
        })
    };
    view! { {move || pages()} }.into_any()
}
