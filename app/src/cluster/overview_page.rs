//! The first page of a cluster: what there is, what happens, what it uses.

use leptos::prelude::*;

use super::frame::{Tab, cluster_page};
use crate::{
    clusters::cells::{Cells, cell_bar},
    t,
    ui::copy::copied,
    when::ago,
};

/// The overview.
#[component]
pub fn OverviewPage() -> AnyView {
    cluster_page(Tab::Overview, Some(10), |subject| async move {
        let cluster = subject.cluster();
        let limit = subject.view.known.snapshot.quotas.max_nodes_per_cluster;
        let api = match &cluster.endpoint {
            Some(endpoint) => copied(endpoint.clone(), None, &t!("docker-api")).into_any(),
            None => view! { <span class="quiet">{t!("not-yet")}</span> }.into_any(),
        };
        Ok(view! {
            <section class="panel" aria-labelledby="about">
                <header>
                    <h2 id="about">{t!("about")}</h2>
                </header>
                <div class="body">
                    {cell_bar(cluster, limit)}
                    <p class="small quiet">{Cells::of(cluster, limit.get()).words()}</p>
                </div>
                <dl class="body about">
                    <dt>{t!("docker-api")}</dt>
                    <dd>{api}</dd>
                    <dt>{t!("cluster-id")}</dt>
                    <dd>{copied(cluster.id.to_string(), None, &t!("cluster-id"))}</dd>
                    <dt>{t!("created")}</dt>
                    <dd>{ago(cluster.created_at)}</dd>
                </dl>
            </section>
        }
        .into_any())
    })
}
