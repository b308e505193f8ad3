//! The first page of a cluster: what there is, where it runs, what it uses, and what happened last.

use cluster_api::{
    Cluster, Event, EventKind, Offer, Problem,
    inside::{ContainerList, Metrics, MetricsWindow, NodeList, Resources},
};
use leptos::prelude::*;

use super::{
    amount::{Unit, share},
    frame::{Subject, Tab, cluster_page},
    plot::{Sample, Scale, Span, Summary, samples, spark},
    topology::{self, Drawing, Room, Sort, draw, nodes},
};
use crate::{
    cloud::facts::facts_panel,
    clusters::{
        card::on_or_off,
        cells::{Cells, cell_bar},
    },
    dashboard::{Upstream, act_soon, offers},
    error::AppError,
    paths, says, t,
    ui::{copy::copied, icon::icon},
    view::Freshness,
    when::{ago, units},
    words::Lang,
};

/// How many events are shown; all of them have a page of their own.
const EVENTS: usize = 5;

/// The overview.
#[component]
pub fn OverviewPage() -> AnyView {
    cluster_page(Tab::Overview, Some(10), |subject| async move {
        let inside = Inside::look(&subject).await?;
        let cluster = subject.cluster();
        Ok(view! {
            <div class="split">
                <div>
                    {topology_panel(cluster, &inside)}
                    {offers(Offer::Inside).then(|| load_panel(cluster, &inside.metrics))}
                </div>
                <div>
                    {about_panel(&subject)}
                    {facts_panel(cluster)}
                    {events_panel(&subject)}
                </div>
            </div>
        }
        .into_any())
    })
}

/// What can be seen inside, or why it cannot.
struct Inside {
    nodes: Result<NodeList, Problem>,
    containers: Result<ContainerList, Problem>,
    metrics: Result<Metrics, Problem>,
}

impl Inside {
    /// Looks at all of it at once. What fails leaves the rest as it is; only the end of the session ends
    /// the page.
    async fn look(subject: &Subject) -> Result<Self, AppError> {
        let is_away = matches!(subject.view.known.freshness, Freshness::Unreachable { .. });
        if is_away || !offers(Offer::Inside) {
            let away = if is_away {
                Problem::Unreachable
            } else {
                Problem::NotOffered
            };
            return Ok(Self {
                nodes: Err(away),
                containers: Err(away),
                metrics: Err(away),
            });
        }
        let id = subject.cluster().id;
        // The sum over all nodes comes with the curve of one as well, and is all that is shown.
        let first = subject.cluster().nodes.first().map(|it| it.name.clone());
        let (nodes, containers, metrics) = futures::join!(
            act_soon(|up: Upstream| async move { up.control_plane.nodes(&up.token, id).await }),
            act_soon(
                |up: Upstream| async move { up.control_plane.containers(&up.token, id).await }
            ),
            act_soon(|up: Upstream| async move {
                let window = MetricsWindow::Hour;
                up.control_plane
                    .metrics(&up.token, id, window, first.as_deref())
                    .await
            }),
        );
        let all = Self {
            nodes,
            containers,
            metrics,
        };
        let over = Problem::SignedOut;
        if [
            all.nodes.as_ref().err(),
            all.containers.as_ref().err(),
            all.metrics.as_ref().err(),
        ]
        .contains(&Some(&over))
        {
            return Err(AppError(over));
        }
        Ok(all)
    }
}

fn topology_panel(cluster: &Cluster, inside: &Inside) -> AnyView {
    let nodes = nodes(
        cluster,
        inside.containers.as_ref().ok(),
        inside.nodes.as_ref().ok(),
    );
    let drawing = |room: Room| {
        let Drawing {
            width,
            height,
            markup,
        } = draw(&nodes, room);
        let class = match room {
            Room::Wide => "topology wide",
            Room::Narrow => "topology narrow",
        };
        view! {
            <svg
                class=class
                viewBox=format!("0 0 {width} {height}")
                width=width.to_string()
                height=height.to_string()
                role="img"
                aria-labelledby="topology"
                aria-describedby="topology-summary"
                inner_html=markup
            ></svg>
        }
    };
    let total = topology::total(&nodes);
    let legend: Vec<_> = Sort::ALL
        .into_iter()
        .zip(total)
        .filter(|(_, count)| *count > 0)
        .map(|(sort, count)| {
            let round = if sort == Sort::Changing { "6" } else { "3" };
            view! {
                <li>
                    <svg width="14" height="14" viewBox="-1 -1 14 14" aria-hidden="true">
                        <rect class=format!("container {}", sort.class()) width="12" height="12" rx=round></rect>
                    </svg>
                    {sort.words(count)}
                </li>
            }
        })
        .collect();
    let legend = match &inside.containers {
        Err(Problem::NotOffered) => ().into_any(),
        Err(problem) => failed(*problem),
        Ok(_) if legend.is_empty() => {
            view! { <p class="small quiet">{t!("topology-no-containers")}</p> }.into_any()
        }
        Ok(_) => view! {
            <ul class="legend" aria-label=t!("topology-legend")>
                {legend}
            </ul>
        }
        .into_any(),
    };
    let list: Vec<_> = nodes
        .iter()
        .map(|node| {
            let name = node.name.clone().unwrap_or_else(|| t!("topology-new"));
            view! {
                <li>
                    <b>{name}</b>
                    ": "
                    {topology::words(node)}
                </li>
            }
        })
        .collect();
    view! {
        <section class="panel" id="topology-panel" aria-labelledby="topology">
            <header>
                <h2 id="topology">{t!("topology")}</h2>
                <span class="end small quiet" id="topology-summary">
                    {topology::summary(&nodes)}
                </span>
            </header>
            <div class="body drawing">
                {drawing(Room::Wide)}
                {drawing(Room::Narrow)}
                {legend}
                <details class="small" id="topology-words">
                    <summary>{t!("topology-words")}</summary>
                    <ul>{list}</ul>
                    <a href=paths::nodes(cluster.id)>{t!("topology-all")}</a>
                </details>
            </div>
        </section>
    }
    .into_any()
}

/// Why something is not shown.
fn failed(problem: Problem) -> AnyView {
    view! {
        <p class="small quiet">
            {t!("overview-unknown")}
            " "
            {says::problem(problem)}
        </p>
    }
    .into_any()
}

fn load_panel(cluster: &Cluster, metrics: &Result<Metrics, Problem>) -> AnyView {
    let body = match metrics {
        Err(problem) => failed(*problem),
        Ok(metrics) => {
            let points = &metrics.cluster.points;
            let capacity = metrics.cluster.capacity;
            let span = Span::new(metrics.from, metrics.to, metrics.resolution_s);
            let cpu = samples(points, |point| (point.cpus, None));
            let memory = samples(points, |point| (point.memory_bytes as f64, None));
            let of = |read: fn(Resources) -> f64| capacity.map(read);
            view! {
                <div class="sparks">
                    {load(t!("metrics-cpu"), Unit::Cpus, &cpu, span, of(|all| all.cpus))}
                    {load(
                        t!("metrics-memory"),
                        Unit::Bytes,
                        &memory,
                        span,
                        of(|all| all.memory_bytes as f64),
                    )}
                </div>
            }
            .into_any()
        }
    };
    view! {
        <section class="panel" id="load-panel" aria-labelledby="load">
            <header>
                <h2 id="load">{t!("load")}</h2>
                <span class="small quiet">{t!("load-hour")}</span>
                <a class="end small" href=paths::metrics(cluster.id)>
                    {t!("load-all")}
                </a>
            </header>
            <div class="body">{body}</div>
        </section>
    }
    .into_any()
}

/// A small curve with what is used now, and the hour in words.
fn load(
    name: String,
    unit: Unit,
    samples: &[Sample],
    span: Span,
    capacity: Option<f64>,
) -> AnyView {
    let Some(summary) = Summary::of(samples) else {
        return view! {
            <figure>
                <figcaption>
                    <span>{name}</span>
                    <span class="quiet">{t!("load-nothing")}</span>
                </figcaption>
            </figure>
        }
        .into_any();
    };
    let scale = Scale::of(summary.most, capacity.unwrap_or(0.0) / 8.0, unit);
    let curve = spark(samples, span, scale);
    let now = if summary.is_old(span) {
        let age_ms = 1000 * (span.to_s - summary.last_at_s);
        t!("load-old", ago = units(Lang::current()).ago(age_ms))
    } else {
        let now = unit.of(summary.last, capacity);
        match capacity.and_then(|capacity| share(summary.last, capacity)) {
            Some(share) => t!("load-now", amount = now, share = share),
            None => now,
        }
    };
    let words = t!(
        "load-words",
        least = unit.words(summary.least),
        mean = unit.words(summary.mean),
        most = unit.words(summary.most)
    );
    view! {
        <figure>
            <figcaption>
                <span>{name}</span>
                <b>{now}</b>
            </figcaption>
            <svg class="spark" viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true" inner_html=curve></svg>
            <p class="small quiet">{words}</p>
        </figure>
    }
    .into_any()
}

fn about_panel(subject: &Subject) -> AnyView {
    let cluster = subject.cluster();
    let limit = subject.view.known.snapshot.quotas.max_nodes_per_cluster;
    let api = match &cluster.endpoint {
        Some(endpoint) => copied(endpoint.clone(), None, &api_word(cluster)).into_any(),
        None => view! { <span class="quiet">{t!("not-yet")}</span> }.into_any(),
    };
    let own = offers(Offer::Change);
    let labels: Vec<_> = cluster
        .labels
        .as_map()
        .iter()
        .map(|(key, value)| {
            let label = if value.is_empty() {
                key.clone()
            } else {
                format!("{key}={value}")
            };
            view! { <code class="label">{label}</code> }
        })
        .collect();
    let no_labels = labels
        .is_empty()
        .then(|| view! { <span class="quiet">{t!("overview-no-labels")}</span> });
    let settings = |what: String| {
        view! {
            <a href=paths::settings(cluster.id)>
                {t!("overview-change")}
                <span class="unseen">" " {what}</span>
            </a>
        }
    };
    view! {
        <section class="panel" id="about-panel" aria-labelledby="about">
            <header>
                <h2 id="about">{t!("about")}</h2>
            </header>
            <div class="body">
                {cell_bar(cluster, limit)}
                <p class="small quiet">{Cells::of(cluster, cluster.room(limit).get()).words()}</p>
            </div>
            <dl class="body about">
                <dt>{api_word(cluster)}</dt>
                <dd>{api}</dd>
                <dt>{t!("cluster-id")}</dt>
                <dd>{copied(cluster.id.to_string(), None, &t!("cluster-id"))}</dd>
                <dt>{t!("created")}</dt>
                <dd>{ago(cluster.created_at)}</dd>
                {own.then(|| view! {
                    <dt>{t!("overview-labels")}</dt>
                    <dd>{labels} {no_labels} {settings(t!("overview-labels"))}</dd>
                    <dt>{t!("autoscale")}</dt>
                    <dd>{on_or_off(cluster.autoscale)} " " {settings(t!("autoscale"))}</dd>
                    <dt>{t!("overview-protection")}</dt>
                    <dd>{on_or_off(cluster.deletion_protection)} " " {settings(t!("overview-protection"))}</dd>
                })}
            </dl>
        </section>
    }
    .into_any()
}

/// What answers at the address of a cluster.
#[must_use]
pub fn api_word(cluster: &Cluster) -> String {
    if cluster.cluster_type.coe == "kubernetes" {
        t!("kubernetes-api")
    } else {
        t!("docker-api")
    }
}

fn events_panel(subject: &Subject) -> AnyView {
    let events = &subject.view.events;
    let body = if events.is_empty() {
        view! { <p class="quiet">{t!("overview-no-events")}</p> }.into_any()
    } else {
        let items: Vec<_> = events.iter().take(EVENTS).map(event).collect();
        view! { <ol class="line">{items}</ol> }.into_any()
    };
    view! {
        <section class="panel" id="events-panel" aria-labelledby="latest">
            <header>
                <h2 id="latest">{t!("overview-events")}</h2>
                <a class="end small" href=paths::events(subject.cluster().id)>
                    {t!("overview-all-events")}
                </a>
            </header>
            <div class="body">{body}</div>
        </section>
    }
    .into_any()
}

fn event(event: &Event) -> AnyView {
    let class = match event.kind {
        EventKind::Requested => "asked",
        EventKind::Started => "now",
        EventKind::Finished => "end",
        EventKind::Retrying => "again",
        EventKind::Failed | EventKind::Lost => "bad",
        EventKind::Done | EventKind::Noticed => "done",
    };
    // The colour and the shape before it say the same.
    let warning = event.kind.is_bad().then(|| icon("bad", ""));
    view! {
        <li class=class id=format!("event-{}", event.id.0)>
            <span>{warning} {says::sentence(&event.message)}</span>
            <span class="when">{ago(event.at)}</span>
        </li>
    }
    .into_any()
}
