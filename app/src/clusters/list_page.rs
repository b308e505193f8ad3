//! The page with the list of clusters.

use cluster_api::{Offer, Problem, Snapshot};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{
    card::card,
    query::{Found, Group, Look, Query, Sort},
    table::table,
};
use crate::{
    dashboard::offers,
    layout::frame::{Follows, Page, signed_in},
    paths, says, t,
    ui::{
        icon::icon,
        link_or::{Label, link_or},
    },
};

/// The clusters of the account, a page at a time.
#[component]
pub fn ListPage() -> AnyView {
    let (query, look) =
        use_query_map().with_untracked(|query| (Query::from_address(query), Look::of(query)));
    signed_in(move |frame| async move {
        let known = frame.known.snapshot;
        let changing = known.clusters.iter().any(|it| it.status.is_changing());
        let count = t!(
            "list-count",
            count = known.clusters.len(),
            limit = known.quotas.max_clusters
        );
        let body = view! {
            <div class="head">
                <h1>{t!("nav-clusters")}</h1>
                <span class="quiet">{count}</span>
                <div class="end">{create_link(&known)}</div>
            </div>
            {if known.clusters.is_empty() { none_yet(&known) } else { found(&known, &query, look) }}
        };
        Ok(Page::new(t!("nav-clusters"), body)
            .follows(Follows::All)
            .changing(changing))
    })
}

/// The button to the form; without the link when the quota is reached.
fn create_link(known: &Snapshot) -> impl IntoView + use<> {
    let label = Label {
        words: t!("create-cluster"),
        of: String::new(),
        icon: "plus",
        class: "btn main",
    };
    let refused = no_create(known).map(says::problem);
    link_or(paths::NEW_CLUSTER.to_owned(), refused, label)
}

/// Why no cluster can be made now, if so.
fn no_create(known: &Snapshot) -> Option<Problem> {
    known.can_create().err()
}

fn found(known: &Snapshot, query: &Query, look: Look) -> AnyView {
    let found = query.find(&known.clusters);
    let limit = known.quotas.max_nodes_per_cluster;
    let last = found.page + 1 == found.pages && !query.is_narrow();
    let list = if found.clusters.is_empty() {
        no_match(query)
    } else if look == Look::Table {
        table(&found.clusters, query)
    } else {
        let cards: Vec<_> = found
            .clusters
            .iter()
            .map(|cluster| card(cluster, limit))
            .collect();
        view! {
            <div class="grid" id="rows">
                {cards}
                {last.then(|| add_tile(known))}
            </div>
        }
        .into_any()
    };
    view! {
        {filter_bar(known, query, &found, look)}
        {list}
        {pages(&found, query)}
    }
    .into_any()
}

/// The search, the groups of states with how many there are of each, the order and the look.
fn filter_bar(known: &Snapshot, query: &Query, found: &Found<'_>, look: Look) -> AnyView {
    let groups = std::iter::once(None).chain(Group::ALL.into_iter().map(Some));
    let chips: Vec<_> = groups
        .zip(found.counts)
        .map(|(group, count)| {
            let here = (query.group == group).then_some("true");
            view! {
                <a href=query.with_group(group).address() aria-current=here>
                    {group.map_or_else(|| t!("group-all"), Group::word)}
                    " "
                    <b>{count.to_string()}</b>
                </a>
            }
        })
        .collect();
    let orders = Sort::ALL.map(|sort| {
        view! {
            <option value=sort.as_str() selected=sort == query.sort>
                {sort.words()}
            </option>
        }
    });
    let types = (known.cluster_types.len() > 1).then(|| {
        let options: Vec<_> = known
            .cluster_types
            .iter()
            .map(|it| {
                let id = it.id.0.to_string();
                view! {
                    <option value=id.clone() selected=id == query.cluster_type>
                        {it.name.clone()}
                    </option>
                }
            })
            .collect();
        view! {
            <label class="unseen" for="type">
                {t!("cluster-type")}
            </label>
            <select id="type" name="type" data-submits>
                <option value="">{t!("type-any")}</option>
                {options}
            </select>
        }
    });
    let looks = Look::ALL.map(|it| {
        let (words, shape) = match it {
            Look::Cards => (t!("look-cards"), "cards"),
            Look::Table => (t!("look-table"), "rows"),
        };
        let mut address = query.address();
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str("look=");
        address.push_str(it.as_str());
        view! {
            <a class="btn icon-only" href=address aria-current=(it == look).then_some("true") title=words.clone()>
                {icon(shape, "")}
                <span class="unseen">{words.clone()}</span>
            </a>
        }
    });
    let status = query.group.map(|group| {
        view! { <input type="hidden" name="status" value=group.as_str()/> }
    });
    view! {
        <div class="filter">
            <search>
                <form class="find" method="get" action=paths::CLUSTERS data-finds>
                    {icon("find", "")}
                    <label class="unseen" for="q">
                        {t!("find-label")}
                    </label>
                    <input
                        id="q"
                        name="q"
                        type="search"
                        placeholder=t!("find-placeholder")
                        autocomplete="off"
                        maxlength="100"
                        value=query.text.clone()
                        aria-keyshortcuts="/"
                        data-search
                    />
                    {status}
                    {types}
                    <label class="unseen" for="sort">
                        {t!("sort")}
                    </label>
                    <select id="sort" name="sort" data-submits>
                        {orders}
                    </select>
                    <button type="submit" class="btn unscripted">
                        {t!("find")}
                    </button>
                </form>
            </search>
            <nav class="chips" aria-label=t!("filter-by-status")>
                {chips}
            </nav>
            <nav class="looks" aria-label=t!("look")>
                {looks}
            </nav>
        </div>
    }
    .into_any()
}

/// Leads to the form for one more cluster, or says why there cannot be one.
fn add_tile(known: &Snapshot) -> AnyView {
    if let Some(why) = no_create(known) {
        return view! {
            <div class="add full" id="add">
                <b>{t!("add-cluster")}</b>
                <span class="small">{says::problem(why)}</span>
            </div>
        }
        .into_any();
    }
    let used = u32::try_from(known.clusters.len()).unwrap_or(u32::MAX);
    let room = known.quotas.max_clusters.saturating_sub(used);
    view! {
        <a class="add" id="add" href=paths::NEW_CLUSTER>
            <b>{icon("plus", "")} {t!("add-cluster")}</b>
            <span class="small">{t!("room-for", count = room)}</span>
        </a>
    }
    .into_any()
}

/// Nothing is here yet.
fn none_yet(known: &Snapshot) -> AnyView {
    view! {
        <div class="empty">
            {icon("logo", "logo")}
            <h2>{t!("none-yet")}</h2>
            <p class="quiet">{if offers(Offer::Templates) { t!("none-yet-cloud") } else { t!("none-yet-why") }}</p>
            {create_link(known)}
        </div>
    }
    .into_any()
}

/// Nothing here is what was searched.
fn no_match(query: &Query) -> AnyView {
    view! {
        <div class="empty">
            <h2>{t!("no-match")}</h2>
            <p class="quiet">{t!("no-match-why", query = query.words())}</p>
            <a class="btn" href=paths::CLUSTERS>
                {t!("show-all")}
            </a>
        </div>
    }
    .into_any()
}

/// The pages of a long list.
fn pages(found: &Found<'_>, query: &Query) -> Option<AnyView> {
    let (page, pages, matching) = (found.page, found.pages, found.matching);
    if pages == 1 {
        return None;
    }
    let link = |to: Option<usize>, rel: &'static str, words: String| {
        to.map(|to| {
            let to = query.with_page(to).address();
            view! { <a class="btn" href=to rel=rel>{words}</a> }
        })
    };
    let before = link(page.checked_sub(1), "prev", t!("page-before"));
    let after = link(
        Some(page + 1).filter(|next| *next < pages),
        "next",
        t!("page-after"),
    );
    Some(
        view! {
            <nav class="pages" aria-label=t!("pages")>
                {before}
                <span class="quiet">
                    {t!("page-of", page = page + 1, pages = pages, count = matching)}
                </span>
                {after}
            </nav>
        }
        .into_any(),
    )
}
