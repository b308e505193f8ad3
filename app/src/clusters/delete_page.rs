//! Deleting many clusters at once, with all their names in sight.

use std::collections::HashSet;

use cluster_api::{Cluster, ClusterId, Problem};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::server_fns::DeleteClusters;
use crate::{
    layout::frame::{Page, signed_in},
    paths, says, t,
    ui::{
        crumbs::Crumbs,
        field::{describedby, field, form_error, invalid},
        icon::icon,
        said::said,
        submit::{Submit, submit},
    },
};

/// No more are deleted with one click: as many as a page of the list shows.
pub const MOST: usize = super::query::Query::PAGE;

/// Says what goes, and asks for the number of clusters.
#[component]
pub fn DeletePage() -> AnyView {
    let chosen: HashSet<ClusterId> = use_query_map().with_untracked(|query| {
        let ids = query.get_all("id").unwrap_or_default();
        ids.iter()
            .take(MOST)
            .filter_map(|id| id.parse().ok())
            .collect()
    });
    let going: Option<usize> =
        use_query_map().with_untracked(|query| query.get_str("going")?.parse().ok());
    let problem = said(DeleteClusters::PATH);
    signed_in(move |frame| async move {
        let known = frame.known.snapshot;
        let chosen: Vec<_> = known
            .clusters
            .iter()
            .filter(|it| chosen.contains(&it.id))
            .collect();
        let (go, stay): (Vec<_>, Vec<_>) =
            chosen.into_iter().partition(|it| it.can_delete().is_ok());
        let body = view! {
            <Crumbs here=t!("delete-many")/>
            <div class="head">
                <h1>{t!("delete-many")}</h1>
            </div>
            {going.map(partly)}
            {if go.is_empty() { nothing(&stay, going.is_some()) } else { form(&go, &stay, problem) }}
        };
        Ok(Page::new(t!("delete-many"), body))
    })
}

/// Some are being deleted; the rest of the page is about those that were refused.
fn partly(going: usize) -> AnyView {
    view! {
        <p class="notice" role="status">
            {icon("bin", "")}
            <span>{t!("delete-some-going", count = going)}</span>
        </p>
    }
    .into_any()
}

fn nothing(stay: &[&Cluster], partly: bool) -> AnyView {
    let why = (!partly).then(|| {
        view! {
            <h2>{t!("delete-nothing")}</h2>
            <p class="quiet">{t!("delete-nothing-why")}</p>
        }
    });
    view! {
        <div class="empty">
            {why}
            {staying(stay)}
            <a class="btn" href=paths::CLUSTERS>
                {t!("back-to-clusters")}
            </a>
        </div>
    }
    .into_any()
}

fn staying(stay: &[&Cluster]) -> Option<AnyView> {
    (!stay.is_empty()).then(|| {
        let names: Vec<_> = stay
            .iter()
            .map(|cluster| {
                let why = cluster.can_delete().err().map(says::problem);
                view! {
                    <li>
                        <b>{cluster.name.to_string()}</b>
                        " "
                        <span class="quiet">{why}</span>
                    </li>
                }
            })
            .collect();
        view! {
            <p>{t!("delete-staying")}</p>
            <ul class="names">{names}</ul>
        }
        .into_any()
    })
}

fn form(go: &[&Cluster], stay: &[&Cluster], problem: Option<Problem>) -> AnyView {
    let (wrong, refused) = match problem {
        Some(Problem::NameMismatch) => (Some(t!("delete-many-mismatch")), None),
        other => (None, other.map(says::problem)),
    };
    let count = go.len();
    let nodes: usize = go.iter().map(|cluster| cluster.nodes.len()).sum();
    let names: Vec<_> = go
        .iter()
        .map(|cluster| {
            view! {
                <li>
                    <b>{cluster.name.to_string()}</b>
                    " "
                    <span class="quiet">
                        {t!("nodes-count", count = cluster.nodes.len())}
                    </span>
                    <input type="hidden" name="ids[]" value=cluster.id.to_string()/>
                </li>
            }
        })
        .collect();
    let input = view! {
        <input
            id="count"
            name="count"
            type="number"
            inputmode="numeric"
            required
            autofocus
            autocomplete="off"
            aria-describedby=describedby("count")
            aria-invalid=invalid(wrong.as_ref())
        />
    };
    view! {
        <section class="panel danger">
            <form method="post" action=DeleteClusters::url() class="body form">
                {form_error(refused)}
                <p>{t!("delete-many-lost", count = count, nodes = nodes)}</p>
                <ul class="names">{names}</ul>
                {staying(stay)}
                {field("count", t!("delete-many-type", count = count), None, wrong, input)}
                <div class="acts">
                    {submit(Submit {
                        label: t!("delete-many-do", count = count),
                        busy: t!("deleting"),
                        class: "btn bad full",
                        ..Submit::default()
                    })}
                    <a class="btn" href=paths::CLUSTERS>
                        {t!("keep-them")}
                    </a>
                </div>
            </form>
        </section>
    }
    .into_any()
}
