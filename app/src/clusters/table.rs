//! The clusters of a page as a table, with a box before each for what is done to many at once.

use cluster_api::{Cluster, Offer};
use leptos::prelude::*;

use super::{
    card::on_or_off,
    query::{Query, Sort},
};
use crate::{
    cloud::facts::health_word,
    dashboard::offers,
    paths, says, t,
    ui::{badge::status_badge, icon::icon},
    when::ago,
};

/// The table. The boxes are a form that leads to the page where the names are confirmed.
#[must_use]
pub fn table(clusters: &[&Cluster], query: &Query) -> AnyView {
    let head = |sort: Option<Sort>, words: String| {
        let sorted = sort.is_some_and(|sort| sort == query.sort);
        let words = match sort {
            Some(sort) => view! { <a href=query.with_sort(sort).address()>{words}</a> }.into_any(),
            None => words.into_any(),
        };
        let order = match query.sort {
            Sort::Nodes | Sort::Newest => "descending",
            _ => "ascending",
        };
        view! {
            <th scope="col" aria-sort=sorted.then_some(order)>
                {words}
            </th>
        }
    };
    let created = if query.sort == Sort::Created {
        Sort::Newest
    } else {
        Sort::Created
    };
    let shown = if query.sort == Sort::Newest {
        Sort::Newest
    } else {
        created
    };
    let rows: Vec<_> = clusters.iter().map(|cluster| row(cluster)).collect();
    view! {
        <form method="get" action=paths::DELETE_CLUSTERS class="many" id="many">
            <div class="table panel" role="region" aria-label=t!("clusters-table") tabindex="0">
                <table class="clusters">
                    <thead>
                        <tr>
                            <th scope="col">
                                <span class="unseen">{t!("choose")}</span>
                            </th>
                            {head(Some(Sort::Name), t!("name"))}
                            {head(Some(Sort::Status), t!("status"))}
                            {head(Some(Sort::Nodes), t!("nodes"))}
                            {head(None, t!("flavor"))}
                            {head(None, if offers(Offer::Autoscale) { t!("autoscale") } else { t!("health") })}
                            {head(Some(if query.sort == Sort::Created { created } else { shown }), t!("created"))}
                        </tr>
                    </thead>
                    <tbody id="rows">{rows}</tbody>
                </table>
            </div>
            <p class="acts">
                <button type="submit" class="btn bad">
                    {icon("bin", "")}
                    {t!("delete-chosen")}
                </button>
            </p>
        </form>
    }
    .into_any()
}

fn row(cluster: &Cluster) -> AnyView {
    let id = cluster.id;
    let name = cluster.name.to_string();
    let refused = cluster.can_delete().err().map(says::problem);
    let note = match (&cluster.progress, &cluster.reason) {
        (Some(progress), _) => Some(says::sentence(&progress.step)),
        (None, Some(reason)) => Some(says::sentence(&reason.message)),
        _ => None,
    };
    view! {
        <tr id=format!("row-{id}") data-row>
            <td>
                <input
                    type="checkbox"
                    name="id"
                    value=id.to_string()
                    disabled=refused.is_some()
                    title=refused
                    aria-label=t!("choose-one", name = name.as_str())
                />
            </td>
            <th scope="row">
                <a href=paths::cluster(id)>{name}</a>
            </th>
            <td>
                {status_badge(cluster)}
                <span class="note small quiet" title=note.clone()>{note.clone()}</span>
            </td>
            <td class="number">
                {t!("ready-of", ready = cluster.ready_nodes(), count = cluster.node_count.get())}
            </td>
            <td class="mono">{cluster.flavor_name().to_owned()}</td>
            <td>
                {match &cluster.cloud {
                    Some(facts) => health_word(facts.health),
                    None => on_or_off(cluster.autoscale),
                }}
            </td>
            <td>{ago(cluster.created_at)}</td>
        </tr>
    }
    .into_any()
}

/// A few clusters in short, for pages about something else. `linked`: whoever looks may open them.
#[must_use]
pub fn short_table<'c>(clusters: impl IntoIterator<Item = &'c Cluster>, linked: bool) -> AnyView {
    let rows: Vec<_> = clusters
        .into_iter()
        .map(|cluster| {
            let name = cluster.name.to_string();
            let name = if linked {
                view! { <a href=paths::cluster(cluster.id)>{name}</a> }.into_any()
            } else {
                name.into_any()
            };
            view! {
                <tr id=format!("cluster-{}", cluster.id)>
                    <th scope="row">{name}</th>
                    <td>{status_badge(cluster)}</td>
                    <td class="num">
                        {t!("ready-of", ready = cluster.ready_nodes(), count = cluster.node_count.get())}
                    </td>
                    <td class="mono">{cluster.flavor_name().to_owned()}</td>
                    <td>{ago(cluster.created_at)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <div class="table" role="region" aria-label=t!("clusters-table") tabindex="0">
            <table>
                <thead>
                    <tr>
                        <th scope="col">{t!("name")}</th>
                        <th scope="col">{t!("status")}</th>
                        <th scope="col" class="num">
                            {t!("nodes")}
                        </th>
                        <th scope="col">{t!("flavor")}</th>
                        <th scope="col">{t!("created")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
