//! One cluster in the list.

use cluster_api::ClusterId;
use leptos::prelude::*;

use super::{cells::CellBar, doing::Doing, why::Why};
use crate::{
    live::Live,
    paths,
    ui::{badge::StatusBadge, link_or::LinkOr, time::Ago},
};

/// The card of a cluster.
#[component]
pub fn ClusterCard(
    /// Which one.
    id: ClusterId,
) -> AnyView {
    let live = Live::expect();
    let Some(row) = live.row(id) else {
        return ().into_any();
    };
    let first = row.with_untracked(Clone::clone);
    let name = first.name.to_string();
    let ready = move || row.with(|cluster| format!("{} ready ", cluster.ready_nodes()));
    let wished = move || {
        let limit = live.with(|known| known.quotas.max_nodes_per_cluster.get());
        row.with(|cluster| format!("of {} \u{b7} up to {limit}", cluster.node_count.get()))
    };
    let title_id = format!("c-{id}");
    view! {
        <article class="card" aria-labelledby=title_id>
            <header>
                <div>
                    <p class="small quiet">{first.cluster_type.name}</p>
                    <h2 id=title_id.clone()>
                        <a href=paths::cluster(id)>{name.clone()}</a>
                    </h2>
                </div>
                <StatusBadge row/>
            </header>
            <dl class="facts">
                <div>
                    <dt>"Nodes"</dt>
                    <dd>
                        {move || ready()}
                        <span class="quiet">{move || wished()}</span>
                    </dd>
                </div>
                <div>
                    <dt>"Flavor"</dt>
                    <dd>{first.flavor.name()}</dd>
                </div>
            </dl>
            <CellBar row/>
            <Doing row/>
            <Why row/>
            <footer>
                <LinkOr
                    to=paths::access(id)
                    refused=Signal::derive(move || row.no_access())
                    label="Get access"
                    of=name.clone()
                    icon="key"
                />
                <LinkOr
                    to=paths::resize(id)
                    refused=Signal::derive(move || row.no_resize())
                    label="Grow"
                    of=name
                    icon="plus"
                />
                <span class="end small quiet">
                    <span class="unseen">"Created "</span>
                    <Ago at=first.created_at/>
                    <span class="unseen">" ago"</span>
                </span>
            </footer>
        </article>
    }
    .into_any()
}
