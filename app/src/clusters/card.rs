//! One cluster in the list, as a card.

use cluster_api::{Cluster, NodeCount};
use leptos::prelude::*;

use super::{
    cells::cell_bar,
    doing::{doing, settled},
    why::why,
};
use crate::{
    cloud::facts::health_word,
    paths, says, t,
    ui::{
        badge::status_badge,
        link_or::{Label, link_or},
    },
    when::ago,
};

/// The card of a cluster, in an account that may have `limit` nodes a cluster.
#[must_use]
pub fn card(cluster: &Cluster, limit: NodeCount) -> AnyView {
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
    let no_access = cluster.can_access().err().map(says::problem);
    let no_grow = cluster.can_grow(limit).err().map(says::problem);
    let (access, grow) = (label(t!("get-access"), "key"), label(t!("grow"), "plus"));
    view! {
        <article class="card" id=format!("card-{id}") aria-labelledby=labelled_by data-row>
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
                    <dt>{t!("nodes")}</dt>
                    <dd>
                        {t!("card-ready", count = cluster.ready_nodes())}
                        " "
                        <span class="quiet">
                            {if cluster.cloud.is_some() {
                                t!("card-of-all", count = cluster.node_count.get())
                            } else {
                                t!("card-of", count = cluster.node_count.get(), limit = limit.get())
                            }}
                        </span>
                    </dd>
                </div>
                <div>
                    <dt>{t!("flavor")}</dt>
                    <dd>{cluster.flavor_name().to_owned()}</dd>
                </div>
                {match &cluster.cloud {
                    Some(facts) => view! {
                        <div>
                            <dt>{t!("health")}</dt>
                            <dd>{health_word(facts.health)}</dd>
                        </div>
                    },
                    None => view! {
                        <div>
                            <dt>{t!("autoscale")}</dt>
                            <dd>{on_or_off(cluster.autoscale)}</dd>
                        </div>
                    },
                }}
            </dl>
            {cell_bar(cluster, limit)}
            <div class="now">
                {doing(cluster)}
                {why(cluster, false)}
                {settled(cluster, None)}
            </div>
            <footer>
                {link_or(paths::access(id), no_access, access)}
                {link_or(paths::nodes(id), no_grow, grow)}
                <span class="end small quiet">
                    <span class="unseen">{t!("created")} " "</span>
                    {ago(cluster.created_at)}
                </span>
            </footer>
        </article>
    }
    .into_any()
}

/// "On" or "Off".
#[must_use]
pub fn on_or_off(on: bool) -> String {
    if on { t!("on") } else { t!("off") }
}
