//! One cluster in the list.

use cluster_api::{Cluster, NodeCount};
use leptos::prelude::*;

use super::{cells::cell_bar, doing::doing, why::why};
use crate::{
    live::clock::Clock,
    paths,
    ui::{
        badge::status_badge,
        link_or::{Label, link_or},
        time::ago,
    },
};

/// The card of a cluster, in an account that may have `limit` nodes a cluster.
#[must_use]
pub fn card(cluster: &Cluster, limit: NodeCount, clock: Clock) -> impl IntoView + use<> {
    let id = cluster.id;
    let name = cluster.name.to_string();
    let title_id = format!("c-{id}");
    let labelled_by = title_id.clone();
    let label = |words, icon| Label {
        words,
        of: name.clone(),
        icon,
        class: "btn",
    };
    let no_access = cluster.can_access().err();
    let no_grow = cluster.can_grow(limit).err();
    let (access, grow) = (label("Get access", "key"), label("Grow", "plus"));
    view! {
        <article class="card" aria-labelledby=labelled_by>
            <header>
                <div>
                    <p class="small quiet">{cluster.cluster_type.name.clone()}</p>
                    <h2 id=title_id>
                        <a href=paths::cluster(id)>{name}</a>
                    </h2>
                </div>
                {status_badge(cluster)}
            </header>
            <dl class="facts">
                <div>
                    <dt>"Nodes"</dt>
                    <dd>
                        {format!("{} ready ", cluster.ready_nodes())}
                        <span class="quiet">
                            {format!("of {} \u{b7} up to {}", cluster.node_count.get(), limit.get())}
                        </span>
                    </dd>
                </div>
                <div>
                    <dt>"Flavor"</dt>
                    <dd>{cluster.flavor.name()}</dd>
                </div>
            </dl>
            {cell_bar(cluster, limit)}
            {doing(cluster, clock)}
            {why(cluster, clock, false)}
            <footer>
                {link_or(paths::access(id), no_access.map(|it| it.to_string()), access)}
                {link_or(paths::resize(id), no_grow.map(|it| it.to_string()), grow)}
                <span class="end small quiet">
                    <span class="unseen">"Created "</span>
                    {ago(cluster.created_at, clock)}
                </span>
            </footer>
        </article>
    }
}
