//! What can be done about a cluster that is not as it should be, each with what it keeps and what it
//! loses.

use cluster_api::{Cluster, Offer, TaskKind};
use leptos::{prelude::*, server_fn::ServerFn};

use super::events_fns::RebuildCluster;
use crate::{
    cloud::facts::create_again,
    clusters::server_fns::RetryCluster,
    dashboard::offers,
    paths, says, t,
    ui::{
        field::form_error,
        icon::icon,
        link_or::{Label, link_or},
        submit::{Submit, submit},
    },
};

/// Retry, rebuild, delete, the support bundle and a ticket. `rebuilding`: whether it is asked if the
/// cluster is to be rebuilt. `said`: what the server said against that.
#[must_use]
pub fn helps(cluster: &Cluster, rebuilding: bool, said: Option<String>) -> AnyView {
    let id = cluster.id;
    let name = cluster.name.to_string();
    let retry = view! {
        <form method="post" action=RetryCluster::url()>
            <input type="hidden" name="id" value=id.to_string()/>
            {submit(Submit {
                label: t!("retry"),
                busy: t!("retrying"),
                refused: cluster.can_retry().err().map(says::problem),
                ..Submit::default()
            })}
        </form>
    };
    let retry = match &cluster.cloud {
        Some(facts) if facts.failed == Some(TaskKind::Create) => {
            view! { <p class="small">{t!("create-again-about")}</p> {create_again(cluster)} }
                .into_any()
        }
        _ => view! { <p class="small">{t!("events-retry-about")}</p> {retry} }.into_any(),
    };
    let rebuild = if rebuilding && cluster.can_rebuild().is_ok() {
        confirm_rebuild(cluster)
    } else {
        let label = Label {
            words: t!("events-rebuild"),
            of: name.clone(),
            icon: "busy",
            class: "btn",
        };
        link_or(
            paths::rebuild(id),
            cluster.can_rebuild().err().map(says::problem),
            label,
        )
        .into_any()
    };
    let delete = link_or(
        paths::delete(id),
        cluster.can_delete().err().map(says::problem),
        Label {
            words: t!("events-delete"),
            of: name,
            icon: "bin",
            class: "btn bad",
        },
    );
    view! {
        <section class="panel" id="helps" aria-labelledby="helps-title">
            <header>
                <h2 id="helps-title">{t!("events-helps")}</h2>
            </header>
            <div class="body helps">
                {form_error(said)}
                {(cluster.cloud.is_none() || cluster.can_retry().is_ok()).then(|| view! {
                    <div class="help">
                        <h3>{t!("retry")}</h3>
                        {retry}
                    </div>
                })}
                {offers(Offer::Rebuild).then(|| view! {
                    <div class="help">
                        <h3>{t!("events-rebuild-title")}</h3>
                        <p class="small">{t!("events-rebuild-about")}</p>
                        {rebuild}
                    </div>
                })}
                <div class="help">
                    <h3>{t!("events-delete-title")}</h3>
                    <p class="small">{t!("events-delete-about")}</p>
                    {delete}
                </div>
                <div class="help">
                    <h3>{t!("events-ask")}</h3>
                    <p class="small">{t!("events-ask-about")}</p>
                    <div class="acts">
                        <a class="btn" href=paths::support(id) download="">
                            {icon("download", "")}
                            {t!("events-support")}
                        </a>
                        {offers(Offer::Help).then(|| view! {
                            <a class="btn" href=paths::ticket_about(id)>
                                {t!("events-ticket")}
                            </a>
                        })}
                    </div>
                </div>
            </div>
        </section>
    }
    .into_any()
}

fn confirm_rebuild(cluster: &Cluster) -> AnyView {
    let name = cluster.name.to_string();
    view! {
        <form method="post" action=RebuildCluster::url() class="ask" aria-labelledby="ask-rebuild">
            <input type="hidden" name="id" value=cluster.id.to_string()/>
            <h3 id="ask-rebuild">{t!("events-rebuild-ask", name = name.as_str())}</h3>
            <ul>
                <li>{t!("events-rebuild-keeps")}</li>
                <li>{t!("events-rebuild-loses")}</li>
                <li>{t!("events-rebuild-stops")}</li>
            </ul>
            <div class="acts">
                {submit(Submit {
                    label: t!("events-rebuild-do", name = name.as_str()),
                    busy: t!("events-rebuilding"),
                    class: "btn bad full",
                    ..Submit::default()
                })}
                <a class="btn" href=paths::events(cluster.id)>
                    {t!("cancel")}
                </a>
            </div>
        </form>
    }
    .into_any()
}
