//! The list of clusters, live.
#![expect(
    missing_docs,
    reason = "the struct that the macro makes: an island's properties"
)]

use cluster_api::{Cluster, ClusterId, Snapshot};
use leptos::{either::Either, prelude::*};

use super::{card::card, filter::Filter, filter_bar::FilterBar};
use crate::{
    live::Live,
    paths,
    ui::{
        icon::icon,
        link_or::{Label, link_or},
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
    /// This page, which exists.
    page: usize,
}

impl Shown {
    fn of(known: &Snapshot, filter: &Filter) -> Self {
        let found = || known.clusters.iter().filter(|it| filter.holds(it));
        let count = found().count();
        let page = filter.page.min(count.saturating_sub(1) / Filter::PAGE);
        let ids = found().skip(page * Filter::PAGE).take(Filter::PAGE);
        Self {
            ids: ids.map(|cluster| cluster.id).collect(),
            found: count,
            page,
        }
    }

    fn pages(&self) -> usize {
        self.found.div_ceil(Filter::PAGE).max(1)
    }
}

/// The clusters of the account as cards, with all that finds one among them.
#[island]
pub fn ClusterList(
    /// What the list is narrowed down to.
    filter: Filter,
) -> impl IntoView {
    let live = Live::expect();
    let filter = RwSignal::new(filter);
    let known = live.snapshot;
    let any = Memo::new(move |_| known.with(|known| !known.clusters.is_empty()));
    let count = move || {
        known.with(|known| {
            let limit = plural(known.quotas.max_clusters, "cluster");
            format!("{} of {limit}", known.clusters.len())
        })
    };
    view! {
        <div class="head">
            <h1>"Clusters"</h1>
            <span class="quiet">{count}</span>
            <div class="end">{move || known.with(create_link)}</div>
        </div>
        {move || if any.get() { Either::Left(cards(live, filter)) } else { Either::Right(known.with(none_yet)) }}
    }
}

/// The button to the form; without the link when the quota is reached.
fn create_link(known: &Snapshot) -> impl IntoView + use<> {
    let label = Label {
        words: "Create cluster",
        of: String::new(),
        icon: "plus",
        class: "btn main",
    };
    link_or(paths::NEW_CLUSTER.to_owned(), no_create(known), label)
}

/// Why no cluster can be made now, if so.
fn no_create(known: &Snapshot) -> Option<String> {
    known.can_create().err().map(|problem| problem.to_string())
}

fn cards(live: Live, filter: RwSignal<Filter>) -> impl IntoView + use<> {
    let known = live.snapshot;
    let shown =
        Memo::new(move |_| known.with(|known| filter.with(|filter| Shown::of(known, filter))));
    let ids = move || shown.with(|shown| shown.ids.clone());
    let none = move || shown.with(|shown| shown.ids.is_empty());
    // The tile comes after the last card of the whole list.
    let tile = move || {
        let last = shown.with(|shown| shown.page + 1 == shown.pages());
        (last && !filter.with(Filter::is_narrow)).then(|| known.with(add_tile))
    };
    view! {
        <FilterBar filter/>
        {move || none().then(|| filter.with(no_match))}
        <div class="grid"><For each=ids key=|id| *id children=move |id| one(live, id)/> {tile}</div>
        {move || shown.with(|shown| filter.with(|filter| pages(shown, filter)))}
    }
}

/// The card of one cluster, as it is now.
fn one(live: Live, id: ClusterId) -> impl IntoView + use<> {
    move || {
        live.snapshot.with(|known| {
            let this = |cluster: &&Cluster| cluster.id == id;
            let limit = known.quotas.max_nodes_per_cluster;
            known
                .clusters
                .iter()
                .find(this)
                .map(|cluster| card(cluster, limit, live.clock))
        })
    }
}

/// Leads to the form for one more cluster, or says why there cannot be one.
fn add_tile(known: &Snapshot) -> impl IntoView + use<> {
    if let Some(why) = no_create(known) {
        return Either::Left(view! {
            <div class="add full">
                <b>"Add cluster"</b>
                <span class="small">{why}</span>
            </div>
        });
    }
    let used = u32::try_from(known.clusters.len()).unwrap_or(u32::MAX);
    let room = known.quotas.max_clusters.saturating_sub(used);
    Either::Right(view! {
        <a class="add" href=paths::NEW_CLUSTER>
            <b>{icon("plus", "")} "Add cluster"</b>
            <span class="small">{format!("Room for {}", plural(room, "more cluster"))}</span>
        </a>
    })
}

/// Nothing is here yet.
fn none_yet(known: &Snapshot) -> impl IntoView + use<> {
    view! {
        <div class="empty">
            {icon("logo", "logo")}
            <h2>"No clusters yet"</h2>
            <p class="quiet">
                "A cluster is a Docker Swarm of your own. Its nodes, its state and the way to use it
                will be here."
            </p>
            {create_link(known)}
        </div>
    }
}

/// Nothing here is what was searched.
fn no_match(filter: &Filter) -> impl IntoView + use<> {
    view! {
        <div class="empty">
            <h2>"No match"</h2>
            <p class="quiet">{format!("There is no cluster {}.", filter.words())}</p>
            <a class="btn" href=paths::CLUSTERS>
                "Show all clusters"
            </a>
        </div>
    }
}

/// The pages of a long list.
fn pages(shown: &Shown, filter: &Filter) -> Option<impl IntoView + use<>> {
    let (page, pages, found) = (shown.page, shown.pages(), shown.found);
    if pages == 1 {
        return None;
    }
    let link = |to: Option<usize>, rel: &'static str, words: &'static str| {
        to.map(|to| {
            let to = filter.with_page(to).address();
            view! { <a class="btn" href=to rel=rel>{words}</a> }
        })
    };
    let newer = link(page.checked_sub(1), "prev", "Newer");
    let older = link(Some(page + 1).filter(|next| *next < pages), "next", "Older");
    let here = format!("Page {} of {pages} \u{b7} {found} clusters", page + 1);
    let nav = view! {
        <nav class="pages" aria-label="Pages">
            {newer}
            <span class="quiet">{here}</span>
            {older}
        </nav>
    };
    Some(nav)
}
