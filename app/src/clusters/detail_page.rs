//! The page of one cluster.

use cluster_api::{Cluster, ClusterId, Event, Problem};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use super::{
    about::About, delete::DeletePanel, doing::Doing, nodes::NodesPanel, resize::ResizePanel,
    server_fns::load_cluster, timeline::TimelinePanel, why::Why,
};
use crate::{
    error::AppError,
    live::{Live, row::Row},
    paths,
    ui::{
        badge::StatusBadge, crumbs::Crumbs, link_or::LinkOr, problem_page::ProblemPage,
        refresh::Refresh, words::plural,
    },
};

/// What the page begins with; the rest it has from [`Live`].
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Start {
    cluster: Cluster,
    events: Vec<Event>,
}

/// Everything about one cluster, and everything that can be done with it.
#[component]
pub fn DetailPage() -> AnyView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")));
    let start = Resource::new(move || id.get(), start);
    view! {
        <Transition fallback=|| view! { <p class="quiet" role="status">"Loading …"</p> }.into_any()>
            {move || Suspend::new(async move {
                match start.await {
                    Ok(start) => view! { <Detail start/> }.into_any(),
                    Err(AppError(problem)) => {
                        if problem == Problem::SignedOut {
                            Live::expect().end_session();
                        }
                        view! { <ProblemPage problem/> }.into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

async fn start(id: Option<String>) -> Result<Start, AppError> {
    let view = load_cluster(id.unwrap_or_default()).await?;
    Ok(Start {
        cluster: view.cluster,
        events: view.events,
    })
}

#[component]
fn Detail(
    /// What is known at first.
    start: Start,
) -> AnyView {
    let live = Live::expect();
    let Start { cluster, events } = start;
    live.take_in(cluster.clone());
    live.open_timeline(cluster.id, events);
    reload_when_missed(live, cluster.id);

    let name = cluster.name.to_string();
    let changing = cluster.status.is_changing();
    let row = Row::new(live, cluster);
    let gone = Memo::new(move |_| row.gone());
    let page = move || {
        if gone.get() {
            view! { <Gone row/> }.into_any()
        } else {
            view! { <Present row/> }.into_any()
        }
    };
    view! {
        <Title text=name.clone()/>
        <Refresh changing/>
        <Crumbs here=name/>
        {move || page()}
    }
    .into_any()
}

/// Events that were sent while the stream was away are asked for.
fn reload_when_missed(live: Live, id: ClusterId) {
    Effect::new(move |before: Option<u32>| {
        let now = live.missed();
        if before.is_some_and(|before| before != now) {
            spawn_local(async move {
                if let Ok(view) = load_cluster(id.to_string()).await {
                    live.open_timeline(id, view.events);
                    live.take_in(view.cluster);
                }
            });
        }
        now
    });
}

#[component]
fn Gone(
    /// The cluster as it was.
    row: Row,
) -> AnyView {
    let title = row.with_untracked(|cluster| format!("{} is deleted", cluster.name));
    view! {
        <div class="empty">
            <h1>{title}</h1>
            <p class="quiet">
                "Its nodes, its containers and its volumes are gone, and its credentials no longer work."
            </p>
            <a class="btn main" href=paths::CLUSTERS>
                "Back to the clusters"
            </a>
        </div>
    }
    .into_any()
}

#[component]
fn Present(
    /// The cluster.
    row: Row,
) -> AnyView {
    let name = row.with_untracked(|cluster| cluster.name.to_string());
    let facts = move || {
        row.with(|cluster| {
            format!(
                "{} \u{b7} {} \u{b7} {} of {} ready",
                cluster.cluster_type.name,
                cluster.flavor,
                cluster.ready_nodes(),
                plural(cluster.node_count.get(), "node"),
            )
        })
    };
    let query = use_query_map();
    let open = Memo::new(move |_| query.with(|query| query.get_str("confirm") == Some("delete")));
    view! {
        <div class="head">
            <h1>{name.clone()}</h1>
            <StatusBadge row/>
            <span class="quiet">{move || facts()}</span>
            <div class="end">
                <LinkOr
                    to=paths::access(row.id())
                    refused=Signal::derive(move || row.no_access())
                    label="Get access"
                    of=name
                    icon="key"
                    class="btn main"
                />
            </div>
        </div>
        <div class="stack">
            <Doing row/>
            <Why row full=true/>
        </div>
        <div class="split">
            <div>
                <NodesPanel row/>
                <ResizePanel row/>
                <DeletePanel row open/>
            </div>
            <div>
                <TimelinePanel/>
                <About row/>
            </div>
        </div>
    }
    .into_any()
}
