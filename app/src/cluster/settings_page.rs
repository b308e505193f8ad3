//! What can be changed about a cluster: its name, its labels, how it scales, whether it is protected;
//! and its end.
//!
//! Forms are shown to the server while they are filled in (`data-check`), as the one for a new cluster.

use cluster_api::{
    Autoscale, AutoscalePolicy, Cluster, ClusterName, Field, Labels, Offer, Problem, Snapshot,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{hooks::use_query_map, params::ParamsMap};

use super::{
    frame::{Subject, Tab, cluster_page},
    scaling::Draft,
    settings_fns::{DeleteCluster, LabelCluster, ProtectCluster, RenameCluster, ScaleCluster},
};
use crate::{
    answer::reject,
    cloud::{server_fns::UpgradeCluster, upgrade::upgrade},
    clusters::{draft::parse_labels, quota::check_name},
    dashboard::{act, act_soon, offers},
    error::AppError,
    paths, says, t,
    ui::{
        field::{describedby, field, field_error, form_error, invalid},
        prose::prose,
        said::said,
        submit::{Submit, submit},
        toggled::toggled,
    },
    when,
};

/// How often it is looked what autoscaling found, in seconds.
const EVERY_S: u32 = 30;

/// What the address says was typed, and what the server said against it.
struct Typed {
    name: Option<String>,
    labels: Option<String>,
    scaling: Option<Draft>,
    deleting: bool,
    rename: Option<Problem>,
    label: Option<Problem>,
    scale: Option<Problem>,
    protect: Option<Problem>,
    delete: Option<Problem>,
}

impl Typed {
    fn of(query: &ParamsMap) -> Self {
        let text = |name: &str| -> Option<String> {
            let text = query.get_str(name)?;
            Some(text.chars().take(4096).collect())
        };
        Self {
            name: text("name"),
            labels: text("labels"),
            scaling: Draft::from_query(query),
            deleting: query.get_str("confirm") == Some("delete"),
            rename: said(RenameCluster::PATH),
            label: said(LabelCluster::PATH),
            scale: said(ScaleCluster::PATH),
            protect: said(ProtectCluster::PATH),
            delete: said(DeleteCluster::PATH),
        }
    }
}

/// The settings.
#[component]
pub fn SettingsPage() -> AnyView {
    let typed = use_query_map().with_untracked(Typed::of);
    cluster_page(Tab::Settings, Some(EVERY_S), move |subject| async move {
        let cluster = subject.cluster();
        if !offers(Offer::Change) {
            return in_a_cloud(cluster, &typed).await;
        }
        let scaling = scaling(&subject, &typed).await?;
        let containers = if typed.deleting {
            containers(&subject).await
        } else {
            None
        };
        Ok(view! {
            <div class="stack settings">
                {rename(cluster, &subject.view.known.snapshot, &typed)}
                {labels(cluster, &typed)}
                {scaling}
                {protection(cluster, typed.protect)}
                {end(cluster, containers, &typed)}
            </div>
        }
        .into_any())
    })
}

/// What can be changed about a cluster of a cloud: its template, and its end.
async fn in_a_cloud(cluster: &Cluster, typed: &Typed) -> Result<AnyView, AppError> {
    let templates = act_soon(|up| async move { up.control_plane.templates(&up.token).await }).await;
    let upgraded = said(UpgradeCluster::PATH);
    Ok(view! {
        <div class="stack settings">
            {upgrade(cluster, &templates.unwrap_or_default(), upgraded)}
            {end(cluster, None, typed)}
        </div>
    }
    .into_any())
}

fn rename(cluster: &Cluster, known: &Snapshot, typed: &Typed) -> AnyView {
    let name = typed
        .name
        .clone()
        .unwrap_or_else(|| cluster.name.to_string());
    let of_page = (name.trim() != cluster.name.as_str())
        .then(|| check_name(&name, known).err())
        .flatten();
    let of_name = typed
        .rename
        .filter(|it| it.field() == Some(Field::Name))
        .or(of_page);
    let other = typed.rename.filter(|it| it.field() != Some(Field::Name));
    let error = of_name.map(says::problem);
    let input = view! {
        <input
            id="new-name"
            name="name"
            type="text"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            required
            maxlength=ClusterName::MAX_LENGTH.to_string()
            value=name
            aria-describedby=describedby("new-name")
            aria-invalid=invalid(error.as_ref())
        />
    };
    panel(
        "name",
        t!("settings-name"),
        view! {
            <form method="post" action=RenameCluster::url() class="body form" novalidate data-check>
                {form_error(other.map(says::problem))}
                <input type="hidden" name="id" value=cluster.id.to_string()/>
                {field("new-name", t!("name"), Some(t!("settings-name-hint")), error, input)}
                <div class="acts">
                    {submit(Submit {
                        label: t!("settings-rename"),
                        busy: t!("settings-saving"),
                        refused: cluster.can_change().err().map(says::problem),
                        ..Submit::default()
                    })}
                </div>
            </form>
        },
    )
}

fn labels(cluster: &Cluster, typed: &Typed) -> AnyView {
    let lines = || {
        let pairs = cluster.labels.as_map().iter();
        let lines: Vec<_> = pairs.map(|(key, value)| format!("{key}={value}")).collect();
        lines.join("\n")
    };
    let text = typed.labels.clone().unwrap_or_else(lines);
    let of_page = parse_labels(&text).err();
    let (of_field, other) = match typed.label {
        Some(Problem::LabelsInvalid) => (typed.label, None),
        other => (of_page, other),
    };
    let error = of_field.map(says::problem);
    let rows = text.lines().count().clamp(3, 12);
    let input = view! {
        <textarea
            id="new-labels"
            name="labels"
            rows=rows.to_string()
            spellcheck="false"
            autocapitalize="none"
            placeholder="team=shop"
            aria-describedby=describedby("new-labels")
            aria-invalid=invalid(error.as_ref())
        >
            {text}
        </textarea>
    };
    let hint = t!("settings-labels-hint", most = Labels::MOST);
    panel(
        "labels",
        t!("settings-labels"),
        view! {
            <form method="post" action=LabelCluster::url() class="body form" novalidate data-check>
                {form_error(other.map(says::problem))}
                <input type="hidden" name="id" value=cluster.id.to_string()/>
                {field("new-labels", t!("settings-labels"), Some(hint), error, input)}
                <div class="acts">
                    {submit(Submit {
                        label: t!("settings-labels-save"),
                        busy: t!("settings-saving"),
                        refused: cluster.can_change().err().map(says::problem),
                        ..Submit::default()
                    })}
                </div>
            </form>
        },
    )
}

async fn scaling(subject: &Subject, typed: &Typed) -> Result<AnyView, AppError> {
    let cluster = subject.cluster();
    let id = cluster.id;
    let autoscale = act(|up| async move { up.control_plane.autoscale(&up.token, id).await }).await;
    let body = match autoscale {
        Ok(autoscale) => {
            let limit = subject.view.known.snapshot.quotas.max_nodes_per_cluster;
            scaling_form(cluster, &autoscale, limit.get(), typed)
        }
        Err(problem @ (Problem::NotOffered | Problem::Unreachable | Problem::Busy { .. })) => {
            view! { <p class="body quiet">{says::problem(problem)}</p> }.into_any()
        }
        Err(problem) => return Err(reject(problem)),
    };
    Ok(panel("autoscale", t!("autoscale"), body))
}

fn scaling_form(cluster: &Cluster, autoscale: &Autoscale, limit: u32, typed: &Typed) -> AnyView {
    let draft = typed.scaling.clone();
    let of_page = draft.as_ref().and_then(|draft| draft.parse().err());
    let draft = draft.unwrap_or_else(|| Draft::of(autoscale));
    let is_of_field = |it: &Problem| {
        matches!(
            it,
            Problem::PolicyInvalid { .. }
                | Problem::NodesInvalid { .. }
                | Problem::QuotaNodes { .. }
        )
    };
    let of_field = typed.scale.filter(is_of_field).or(of_page);
    let other = typed.scale.filter(|it| !is_of_field(it));
    let number = |id: &'static str, label: String, value: &str, (min, max): (u32, u32)| {
        view! {
            <label class="bound" for=id>
                <span>{label}</span>
                <input
                    id=id
                    name=id
                    type="number"
                    inputmode="numeric"
                    min=min.to_string()
                    max=max.to_string()
                    value=value.to_owned()
                    aria-describedby="policy-error"
                />
            </label>
        }
    };
    let (least, most) = AutoscalePolicy::SECONDS.into_inner();
    let (nodes, percent, seconds) = ((1, limit), (1, 100), (least, most));
    view! {
        <form method="post" action=ScaleCluster::url() class="body form scaling" novalidate data-check>
            {form_error(other.map(says::problem))}
            <input type="hidden" name="id" value=cluster.id.to_string()/>
            {found(autoscale)}
            <label class="check">
                <input type="checkbox" name="enabled" value="on" checked=!draft.enabled.is_empty()/>
                <span>
                    <b>{t!("create-autoscale")}</b>
                    <span class="small quiet">{t!("create-autoscale-hint")}</span>
                </span>
            </label>
            <div class="policy">
                <fieldset class="bounds">
                    <legend>{t!("settings-scale-nodes")}</legend>
                    {number("min_nodes", t!("at-least"), &draft.min_nodes, nodes)}
                    {number("max_nodes", t!("at-most"), &draft.max_nodes, nodes)}
                </fieldset>
                <fieldset class="bounds">
                    <legend>{t!("settings-scale-targets")}</legend>
                    {number("reserved_cpu", t!("settings-reserved-cpu"), &draft.reserved_cpu, percent)}
                    {number("reserved_memory", t!("settings-reserved-memory"), &draft.reserved_memory, percent)}
                    {number("used_cpu", t!("settings-used-cpu"), &draft.used_cpu, percent)}
                    {number("used_memory", t!("settings-used-memory"), &draft.used_memory, percent)}
                </fieldset>
                <p class="hint">{t!("settings-scale-targets-hint")}</p>
                <fieldset class="bounds">
                    <legend>{t!("settings-scale-times")}</legend>
                    {number("interval_s", t!("settings-interval"), &draft.interval_s, seconds)}
                    {number("cooldown_s", t!("settings-cooldown"), &draft.cooldown_s, seconds)}
                </fieldset>
                <p class="hint">{t!("settings-scale-times-hint")}</p>
            </div>
            {field_error("policy", of_field.map(says::problem))}
            <div class="acts">
                {submit(Submit {
                    label: t!("settings-scale-save"),
                    busy: t!("settings-saving"),
                    refused: cluster.can_change().err().map(says::problem),
                    ..Submit::default()
                })}
            </div>
        </form>
    }
    .into_any()
}

/// What autoscaling found last, and why it changes nothing now.
fn found(autoscale: &Autoscale) -> AnyView {
    if !autoscale.enabled {
        return view! { <p class="quiet" id="found">{t!("settings-scale-off")}</p> }.into_any();
    }
    let found = match (&autoscale.found, autoscale.checked_at) {
        (Some(found), Some(at)) => view! {
            {prose(&says::sentence(found))}
            ", "
            {when::ago(at)}
        }
        .into_any(),
        _ => t!("settings-scale-not-looked").into_any(),
    };
    let paused = autoscale.paused_until.map(|until| {
        view! {
            " "
            <span class="quiet">
                {t!("settings-scale-paused", time = when::hour_minute(until))}
            </span>
        }
    });
    view! { <p id="found">{found} {paused}</p> }.into_any()
}

fn protection(cluster: &Cluster, said: Option<Problem>) -> AnyView {
    let on = cluster.deletion_protection;
    let (protected, unprotected) = (t!("settings-protected"), t!("settings-unprotected"));
    let (state, label) = if on {
        (toggled(protected, unprotected), t!("settings-unprotect"))
    } else {
        (toggled(unprotected, protected), t!("create-protection"))
    };
    panel(
        "protection",
        t!("settings-protection"),
        view! {
            <form method="post" action=ProtectCluster::url() class="body form toggled">
                {form_error(said.map(says::problem))}
                <input type="hidden" name="id" value=cluster.id.to_string()/>
                <input type="hidden" name="on" value=(!on).to_string()/>
                <p>{state}</p>
                <div class="acts">
                    {submit(Submit {
                        label,
                        busy: t!("settings-saving"),
                        refused: cluster.can_change().err().map(says::problem),
                        class: "btn toggles",
                    })}
                </div>
            </form>
        },
    )
}

/// How many containers there are; None: nobody can say now.
async fn containers(subject: &Subject) -> Option<usize> {
    let id = subject.cluster().id;
    let list = act_soon(|up| async move { up.control_plane.containers(&up.token, id).await });
    let list = list.await.ok()?;
    list.unreachable.is_empty().then_some(list.containers.len())
}

/// The end of the cluster. A link opens the form, so that it is in the way of nobody.
fn end(cluster: &Cluster, containers: Option<usize>, typed: &Typed) -> AnyView {
    let name = cluster.name.to_string();
    let body = if let Err(why) = cluster.can_delete() {
        view! {
            {form_error(typed.delete.map(says::problem))}
            <p>{says::problem(why)}</p>
        }
        .into_any()
    } else if typed.deleting {
        end_form(cluster, containers, typed.delete)
    } else {
        view! {
            <p>{t!("events-delete-about")}</p>
            <p>
                <a class="btn bad" href=paths::delete(cluster.id)>
                    {t!("settings-delete-ask", name = name)}
                </a>
            </p>
        }
        .into_any()
    };
    view! {
        <section class="panel danger" id="delete" aria-labelledby="delete-title">
            <header>
                <h2 id="delete-title">{t!("events-delete-title")}</h2>
            </header>
            <div class="body">{body}</div>
        </section>
    }
    .into_any()
}

fn end_form(cluster: &Cluster, containers: Option<usize>, said: Option<Problem>) -> AnyView {
    let name = cluster.name.to_string();
    let (of_name, other) = match said {
        Some(problem) if problem.field() == Some(Field::Name) => (Some(problem), None),
        other => (None, other),
    };
    let error = of_name.map(says::problem);
    let nodes: Vec<_> = cluster
        .nodes
        .iter()
        .map(|node| view! { <code>{node.name.clone()}</code> })
        .collect();
    let nodes = (!nodes.is_empty()).then(|| {
        view! {
            <li>
                {t!("nodes-count", count = nodes.len())} ": "
                <span class="node-names">{nodes}</span>
            </li>
        }
    });
    let containers = match containers {
        Some(count) => t!("settings-lost-containers", count = count),
        None => t!("settings-lost-all-containers"),
    };
    let input = view! {
        <input
            id="confirm-name"
            name="name"
            type="text"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            required
            autofocus
            maxlength="100"
            aria-describedby="confirm-name-error"
            aria-invalid=invalid(error.as_ref())
        />
    };
    view! {
        <form method="post" action=DeleteCluster::url() class="form">
            {form_error(other.map(says::problem))}
            <input type="hidden" name="id" value=cluster.id.to_string()/>
            <p>
                <b>{t!("settings-lost")}</b>
            </p>
            <ul class="lost">
                {nodes}
                {if cluster.cloud.is_some() {
                    view! { <li>{t!("lost-in-cloud")}</li> }.into_any()
                } else {
                    view! {
                        <li>{containers}</li>
                        <li>{t!("settings-lost-volumes")}</li>
                    }
                    .into_any()
                }}
                <li>{t!("settings-lost-credentials")}</li>
            </ul>
            <p>{t!("settings-lost-for-good")}</p>
            {field("confirm-name", t!("settings-delete-type", name = name.as_str()), None, error, input)}
            <div class="acts">
                {submit(Submit {
                    label: t!("settings-delete-do", name = name.as_str()),
                    busy: t!("deleting"),
                    class: "btn bad full",
                    ..Submit::default()
                })}
                <a class="btn" href=paths::settings(cluster.id)>
                    {t!("settings-keep")}
                </a>
            </div>
        </form>
    }
    .into_any()
}

/// A part of the settings.
fn panel(id: &'static str, title: String, body: impl IntoView) -> AnyView {
    view! {
        <section class="panel" id=id aria-labelledby=format!("{id}-title")>
            <header>
                <h2 id=format!("{id}-title")>{title}</h2>
            </header>
            {body.into_any()}
        </section>
    }
    .into_any()
}
