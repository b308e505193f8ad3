//! How to use a cluster.

use cluster_api::{ClusterId, Problem};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{
    access_steps::AccessSteps,
    doing::Doing,
    server_fns::{load_access, parse_id},
    why::Why,
};
use crate::{
    error::AppError,
    live::{Live, row::Row},
    paths,
    ui::{crumbs::Crumbs, icon::Icon, problem_page::ProblemPage, refresh::Refresh},
};

/// Three steps from nothing to `docker info`, or why that is not possible yet.
#[component]
pub fn AccessPage() -> AnyView {
    let params = use_params_map();
    let id = params
        .with_untracked(|params| params.get("id"))
        .unwrap_or_default();
    // The frame has loaded the list: what is not in it does not exist for this account.
    match parse_id(&id).ok().and_then(|id| Live::expect().row(id)) {
        Some(row) => view! { <Known row/> }.into_any(),
        None => view! { <ProblemPage problem=Problem::NotFound/> }.into_any(),
    }
}

#[component]
fn Known(
    /// The cluster.
    row: Row,
) -> AnyView {
    let id = row.id();
    let name = row.with_untracked(|cluster| cluster.name.to_string());
    let possible = Memo::new(move |_| row.with(|cluster| cluster.can_access().is_ok()));
    let downloads = RwSignal::new(0_u32);
    let access = Resource::new(
        move || (possible.get(), downloads.get()),
        move |(possible, _)| load(id, possible),
    );
    let changing =
        row.with_untracked(|cluster| cluster.status.is_changing() && cluster.can_access().is_err());
    view! {
        <Title text=format!("Access to {name}")/>
        <Refresh changing/>
        <Crumbs over=(paths::cluster(id), name.clone()) here="Access"/>
        <div class="head">
            <h1>{format!("Access to {name}")}</h1>
        </div>
        <Transition fallback=|| view! { <p class="quiet" role="status">"Loading …"</p> }.into_any()>
            {move || Suspend::new(async move {
                match access.await {
                    Ok(access) => view! { <AccessSteps row access downloads/> }.into_any(),
                    Err(AppError(problem)) => view! { <NotReady problem row/> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

async fn load(id: ClusterId, possible: bool) -> Result<cluster_api::Access, AppError> {
    if possible {
        load_access(id.to_string()).await
    } else {
        Err(AppError(Problem::CredentialsNotReady))
    }
}

#[component]
fn NotReady(
    /// Why not.
    problem: Problem,
    /// The cluster.
    row: Row,
) -> AnyView {
    view! {
        <div class="stack narrow">
            <p class="notice">
                <Icon name="key"/>
                <span>{problem.to_string()}</span>
            </p>
            <Doing row/>
            <Why row/>
        </div>
    }
    .into_any()
}
