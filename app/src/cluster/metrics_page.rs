//! What a cluster or one of its nodes used, over time: as curves, in a few numbers, and as a table.

use cluster_api::{
    Cluster, ClusterId, Problem, Timestamp,
    inside::{ClusterSeries, Metrics, MetricsWindow, NodeSeries, Point, Resources},
};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};

use super::{
    amount::{Unit, share},
    frame::{Subject, Tab, cluster_page},
    plot::{Curve, HEIGHT, Sample, Scale, Span, Summary, field, numbers, samples, spark, thinned},
    silent::why_unknown,
};
use crate::{
    dashboard::act_soon,
    error::AppError,
    paths, t,
    ui::icon::icon,
    view::Freshness,
    when::{Clock, time_of_day, units},
    words::Lang,
};

/// The table has no more rows with numbers.
const ROWS: i64 = 100;

/// The small curve of a node has no more points.
const SPARK_POINTS: i64 = 60;

/// What the address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Choice {
    window: MetricsWindow,
    /// The name of a node; None: the whole cluster.
    node: Option<String>,
}

impl Choice {
    fn of(query: &ParamsMap) -> Self {
        let word = query.get_str("window").unwrap_or_default();
        let mut known = MetricsWindow::ALL.into_iter();
        Self {
            window: known
                .find(|window| window.as_str() == word)
                .unwrap_or_default(),
            node: query.get("node").filter(|node| !node.is_empty()),
        }
    }

    fn address(&self, id: ClusterId) -> String {
        let window = if self.window == MetricsWindow::default() {
            ""
        } else {
            self.window.as_str()
        };
        let node = self.node.as_deref().unwrap_or_default();
        paths::with_query(&paths::metrics(id), &[("window", window), ("node", node)])
    }

    fn with_window(&self, window: MetricsWindow) -> Self {
        Self {
            window,
            ..self.clone()
        }
    }

    fn with_node(&self, node: Option<&str>) -> Self {
        Self {
            node: node.map(ToOwned::to_owned),
            ..self.clone()
        }
    }

    /// How often there is something new, in seconds.
    const fn every_s(&self) -> u32 {
        match self.window {
            MetricsWindow::FiveMinutes | MetricsWindow::Hour => 10,
            MetricsWindow::SixHours | MetricsWindow::Day => 60,
        }
    }
}

fn window_words(window: MetricsWindow) -> String {
    match window {
        MetricsWindow::FiveMinutes => t!("metrics-5m"),
        MetricsWindow::Hour => t!("metrics-1h"),
        MetricsWindow::SixHours => t!("metrics-6h"),
        MetricsWindow::Day => t!("metrics-24h"),
    }
}

/// The metrics.
#[component]
pub fn MetricsPage() -> AnyView {
    let choice = use_query_map().with_untracked(Choice::of);
    cluster_page(Tab::Metrics, Some(choice.every_s()), |subject| async move {
        let id = subject.cluster().id;
        let body = match read(&subject, &choice).await {
            Ok(metrics) => plots(id, &choice, &metrics),
            Err(Problem::SignedOut) => return Err(AppError(Problem::SignedOut)),
            Err(problem) => not_known(subject.cluster(), &choice, problem),
        };
        Ok(view! {
            {choices(&subject, &choice)}
            <div class="metrics">{body}</div>
        }
        .into_any())
    })
}

async fn read(subject: &Subject, choice: &Choice) -> Result<Metrics, Problem> {
    if matches!(subject.view.known.freshness, Freshness::Unreachable { .. }) {
        return Err(Problem::Unreachable);
    }
    let id = subject.cluster().id;
    let (window, node) = (choice.window, choice.node.clone());
    act_soon(|up| async move {
        up.control_plane
            .metrics(&up.token, id, window, node.as_deref())
            .await
    })
    .await
}

/// The links to the windows, and the choice of a node.
fn choices(subject: &Subject, choice: &Choice) -> AnyView {
    let cluster = subject.cluster();
    let id = cluster.id;
    let windows = MetricsWindow::ALL.map(|window| {
        let here = (window == choice.window).then_some("true");
        view! {
            <a href=choice.with_window(window).address(id) aria-current=here>
                {window_words(window)}
            </a>
        }
    });
    let names = cluster.nodes.iter().map(|node| node.name.clone());
    // A node that is not there is still what was chosen.
    let gone = choice
        .node
        .clone()
        .filter(|chosen| cluster.nodes.iter().all(|node| node.name != *chosen));
    let options: Vec<_> = names
        .chain(gone)
        .map(|name| {
            let chosen = choice.node.as_ref() == Some(&name);
            view! {
                <option value=name.clone() selected=chosen>
                    {name.clone()}
                </option>
            }
        })
        .collect();
    let window = (choice.window != MetricsWindow::default()).then(|| {
        view! { <input type="hidden" name="window" value=choice.window.as_str()/> }
    });
    view! {
        <div class="filter">
            <nav class="chips" aria-label=t!("metrics-window")>
                {windows}
            </nav>
            <form class="acts" method="get" action=paths::metrics(id)>
                {window}
                <label for="metrics-node">{t!("metrics-node")}</label>
                <select id="metrics-node" name="node" data-submits>
                    <option value="">{t!("metrics-all-nodes")}</option>
                    {options}
                </select>
                <button type="submit" class="btn unscripted">
                    {t!("metrics-show")}
                </button>
            </form>
        </div>
    }
    .into_any()
}

fn not_known(cluster: &Cluster, choice: &Choice, problem: Problem) -> AnyView {
    // The cluster is there: its page is being made. So it is the node that is not.
    if let (Problem::NotFound, Some(node)) = (problem, &choice.node) {
        let node = node.clone();
        return view! {
            <div class="empty">
                <h2>{t!("metrics-no-node", node = node)}</h2>
                <a class="btn" href=choice.with_node(None).address(cluster.id)>
                    {t!("metrics-to-all")}
                </a>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="empty">
            <h2>{t!("metrics-unknown")}</h2>
            <p class="quiet">{why_unknown(cluster, problem)}</p>
        </div>
    }
    .into_any()
}

/// The cluster or the node that is looked at.
struct Shown<'a> {
    points: &'a [Point],
    capacity: Option<Resources>,
    reserved: Option<Resources>,
}

impl<'a> Shown<'a> {
    fn of(metrics: &'a Metrics, choice: &Choice) -> Self {
        match &choice.node {
            None => {
                let ClusterSeries {
                    capacity,
                    reserved,
                    points,
                    ..
                } = &metrics.cluster;
                Self {
                    points,
                    capacity: *capacity,
                    reserved: *reserved,
                }
            }
            Some(name) => {
                let node = metrics.nodes.iter().find(|node| node.name == *name);
                Self {
                    points: node.map_or(&[], |node| &node.points),
                    capacity: node.and_then(|node| node.capacity),
                    reserved: node.and_then(|node| node.reserved),
                }
            }
        }
    }
}

fn plots(id: ClusterId, choice: &Choice, metrics: &Metrics) -> AnyView {
    let span = Span::new(metrics.from, metrics.to, metrics.resolution_s);
    let Shown {
        points,
        capacity,
        reserved,
    } = Shown::of(metrics, choice);
    let cpu = samples(points, |it| (it.cpus, it.cpus_max));
    let memory = samples(points, |it| {
        let most = it.memory_bytes_max.map(|most| most as f64);
        (it.memory_bytes as f64, most)
    });
    let received = samples(points, |it| (it.rx_bytes_per_s as f64, None));
    let sent = samples(points, |it| (it.tx_bytes_per_s as f64, None));
    let waiting = metrics
        .cluster
        .waiting
        .filter(|waiting| *waiting > 0 && choice.node.is_none())
        .map(|waiting| {
            view! {
                <p class="notice" id="waiting">
                    {icon("busy", "")}
                    <span>{t!("metrics-waiting", count = waiting)}</span>
                </p>
            }
        });
    let cpu = Plot {
        id: "cpu",
        name: t!("metrics-cpu-long"),
        unit: Unit::Cpus,
        curves: vec![(t!("metrics-used"), cpu)],
        capacity: capacity.map(|all| all.cpus),
        reserved: reserved.map(|part| part.cpus),
    };
    let memory = Plot {
        id: "memory",
        name: t!("metrics-memory"),
        unit: Unit::Bytes,
        curves: vec![(t!("metrics-used"), memory)],
        capacity: capacity.map(|all| all.memory_bytes as f64),
        reserved: reserved.map(|part| part.memory_bytes as f64),
    };
    let network = Plot {
        id: "network",
        name: t!("metrics-network"),
        unit: Unit::Rate,
        curves: vec![(t!("metrics-in"), received), (t!("metrics-out"), sent)],
        capacity: None,
        reserved: None,
    };
    let by_node = (choice.node.is_none() && metrics.nodes.len() > 1)
        .then(|| nodes_table(id, choice, &metrics.nodes, span));
    view! {
        {waiting}
        {cpu.panel(span)}
        {memory.panel(span)}
        {network.panel(span)}
        {by_node}
        {values(points, span)}
    }
    .into_any()
}

/// A plot of one or two curves.
struct Plot {
    id: &'static str,
    name: String,
    unit: Unit,
    /// What each is called.
    curves: Vec<(String, Vec<Sample>)>,
    capacity: Option<f64>,
    reserved: Option<f64>,
}

/// How curves are drawn, in their order.
const CLASSES: [&str; 2] = ["one", "two"];

impl Plot {
    fn panel(self, span: Span) -> AnyView {
        let summaries: Vec<_> = self
            .curves
            .iter()
            .map(|(_, samples)| Summary::of(samples))
            .collect();
        let most = summaries.iter().flatten().map(|summary| summary.most);
        let floor = self.capacity.unwrap_or(0.0) / 16.0;
        let scale = Scale::of(most.fold(0.0, f64::max), floor, self.unit);
        let zone_s = i64::from(Clock::current().zone.unwrap_or(0)) * 60;
        let times: Vec<_> = span
            .ticks(zone_s)
            .into_iter()
            .map(|at_s| (at_s, minute(at_s)))
            .collect();
        let curves: Vec<_> = self
            .curves
            .iter()
            .zip(CLASSES)
            .map(|((_, samples), class)| Curve { samples, class })
            .collect();
        let drawn = field(&curves, span, scale, &times, self.capacity);
        let title = format!("plot-{}", self.id);
        let described = format!("plot-{}-numbers", self.id);
        let body = if summaries.iter().all(Option::is_none) {
            view! {
                <p class="quiet" id=described.clone()>
                    {t!("metrics-nothing")}
                </p>
            }
            .into_any()
        } else {
            self.numbers(&described, &summaries, span)
        };
        let now = summaries
            .first()
            .copied()
            .flatten()
            .filter(|summary| !summary.is_old(span) && self.capacity.is_some())
            .map(|summary| {
                let share = self.capacity.and_then(|all| share(summary.last, all));
                let now = self.unit.of(summary.last, self.capacity);
                match share {
                    Some(share) => t!("load-now", amount = now, share = share),
                    None => now,
                }
            });
        view! {
            <section class="panel" id=format!("panel-{}", self.id) aria-labelledby=title.clone()>
                <header>
                    <h2 id=title.clone()>{self.name.clone()}</h2>
                    <span class="end small quiet">{now}</span>
                </header>
                <div class="body">
                    <div class="plot" role="img" aria-labelledby=title.clone() aria-describedby=described.clone()>
                        <svg class="numbers" height=HEIGHT.to_string() inner_html=numbers(scale, self.unit)></svg>
                        <svg class="field" height=HEIGHT.to_string() inner_html=drawn></svg>
                    </div>
                    {body}
                </div>
            </section>
        }
        .into_any()
    }

    /// The curves in a few numbers.
    fn numbers(&self, id: &str, summaries: &[Option<Summary>], span: Span) -> AnyView {
        let rows: Vec<_> = self
            .curves
            .iter()
            .zip(summaries)
            .zip(CLASSES)
            .filter_map(|(((name, _), summary), class)| {
                let summary = (*summary)?;
                let now = if summary.is_old(span) {
                    let age_ms = 1000 * (span.to_s - summary.last_at_s);
                    t!("load-old", ago = units(Lang::current()).ago(age_ms))
                } else {
                    self.unit.words(summary.last)
                };
                Some(view! {
                    <tr>
                        <th scope="row">
                            <svg class="swatch" width="22" height="8" aria-hidden="true">
                                <path class=format!("curve {class}") d="M1 4H21"></path>
                            </svg>
                            {name.clone()}
                        </th>
                        <td class="num">{now}</td>
                        <td class="num">{self.unit.words(summary.least)}</td>
                        <td class="num">{self.unit.words(summary.mean)}</td>
                        <td class="num">{self.unit.words(summary.most)}</td>
                    </tr>
                })
            })
            .collect();
        let reserved = self.reserved.map(|reserved| {
            let reserved = self.unit.of(reserved, self.capacity);
            view! { <p class="small quiet">{t!("metrics-reserved", amount = reserved)}</p> }
        });
        view! {
            <table class="few" id=id.to_owned()>
                <caption class="unseen">{t!("metrics-in-numbers", what = self.name.as_str())}</caption>
                <thead>
                    <tr>
                        <td></td>
                        <th scope="col" class="num">{t!("metrics-now")}</th>
                        <th scope="col" class="num">{t!("metrics-least")}</th>
                        <th scope="col" class="num">{t!("metrics-mean")}</th>
                        <th scope="col" class="num">{t!("metrics-most")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {reserved}
        }
        .into_any()
    }
}

/// The time of day of a moment, with its seconds.
fn second(at_s: i64) -> String {
    Timestamp::from_second(at_s)
        .map(time_of_day)
        .unwrap_or_default()
}

/// The hour and the minute of a moment.
fn minute(at_s: i64) -> String {
    second(at_s).get(..5).unwrap_or_default().to_owned()
}

/// Every node with what it used, and the link to its plots.
fn nodes_table(id: ClusterId, choice: &Choice, nodes: &[NodeSeries], span: Span) -> AnyView {
    let rows: Vec<_> = nodes
        .iter()
        .map(|node| {
            let (points, thin) = thinned(&node.points, span, SPARK_POINTS);
            let cpu = samples(&points, |it| (it.cpus, None));
            let memory = samples(&points, |it| (it.memory_bytes as f64, None));
            let last = node.points.last().filter(|last| {
                span.to_s - last.at.as_second() <= 3 * span.step_s + 20
            });
            let cells = [
                (
                    Unit::Cpus,
                    cpu,
                    last.map(|it| it.cpus),
                    node.capacity.map(|all| all.cpus),
                ),
                (
                    Unit::Bytes,
                    memory,
                    last.map(|it| it.memory_bytes as f64),
                    node.capacity.map(|all| all.memory_bytes as f64),
                ),
            ]
            .map(|(unit, samples, now, capacity)| {
                let now = match now {
                    Some(now) => unit.of(now, capacity),
                    None => t!("metrics-none"),
                };
                let most = Summary::of(&samples).map_or(0.0, |summary| summary.most);
                let scale = Scale::of(most, capacity.unwrap_or(0.0) / 8.0, unit);
                view! {
                    <td class="num">{now}</td>
                    <td>
                        <svg
                            class="spark small-spark"
                            viewBox="0 0 1000 1000"
                            preserveAspectRatio="none"
                            aria-hidden="true"
                            inner_html=spark(&samples, thin, scale)
                        ></svg>
                    </td>
                }
            });
            view! {
                <tr id=format!("of-{}", node.id)>
                    <th scope="row">
                        <a href=choice.with_node(Some(&node.name)).address(id)>{node.name.clone()}</a>
                    </th>
                    {cells}
                </tr>
            }
        })
        .collect();
    view! {
        <section class="panel" id="by-node" aria-labelledby="by-node-title">
            <header>
                <h2 id="by-node-title">{t!("metrics-by-node")}</h2>
            </header>
            <div class="table" role="region" aria-label=t!("metrics-nodes-table") tabindex="0">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{t!("metrics-node")}</th>
                            <th scope="col" class="num">{t!("metrics-cpu")}</th>
                            <th scope="col"><span class="unseen">{t!("metrics-cpu-curve")}</span></th>
                            <th scope="col" class="num">{t!("metrics-memory")}</th>
                            <th scope="col"><span class="unseen">{t!("metrics-memory-curve")}</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Row {
    /// What was measured, on average.
    Measured(Point),
    /// Nothing was, from and to here, in seconds since 1970.
    Gap(i64, i64),
}

/// The rows of the table, newest first: at most [`ROWS`] with numbers, and one for each gap between them.
/// What was before the first is no gap.
fn rows(points: &[Point], span: Span) -> (Vec<Row>, Span) {
    let (points, span) = thinned(points, span, ROWS);
    let mut rows = Vec::new();
    let mut after: Option<i64> = None;
    for point in points {
        let at_s = point.at.as_second();
        if let Some(end) = after.filter(|end| at_s - end > span.step_s / 2) {
            rows.push(Row::Gap(end, at_s));
        }
        rows.push(Row::Measured(point));
        after = Some(at_s + span.step_s);
    }
    if let Some(end) = after.filter(|end| span.to_s - end > 3 * span.step_s + 20) {
        rows.push(Row::Gap(end, span.to_s));
    }
    rows.reverse();
    (rows, span)
}

/// All of it as a table.
fn values(points: &[Point], span: Span) -> Option<AnyView> {
    if points.is_empty() {
        return None;
    }
    let (rows, span) = rows(points, span);
    let every = units(Lang::current()).elapsed(1000 * span.step_s);
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| match row {
            Row::Measured(point) => view! {
                <tr>
                    <th scope="row">{second(point.at.as_second())}</th>
                    <td class="num">{Unit::Cpus.words(point.cpus)}</td>
                    <td class="num">{Unit::Bytes.words(point.memory_bytes as f64)}</td>
                    <td class="num">{Unit::Rate.words(point.rx_bytes_per_s as f64)}</td>
                    <td class="num">{Unit::Rate.words(point.tx_bytes_per_s as f64)}</td>
                </tr>
            }
            .into_any(),
            Row::Gap(from_s, to_s) => view! {
                <tr>
                    <th scope="row">{second(from_s)}</th>
                    <td colspan="4" class="quiet">
                        {t!("metrics-gap", until = second(to_s))}
                    </td>
                </tr>
            }
            .into_any(),
        })
        .collect();
    let time = if Clock::current().zone.is_some() {
        t!("metrics-time")
    } else {
        t!("metrics-time-utc")
    };
    Some(
        view! {
            <details class="panel values" id="values">
                <summary>{t!("metrics-as-table", every = every)}</summary>
                <div class="table" role="region" aria-label=t!("metrics-table") tabindex="0">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">{time}</th>
                                <th scope="col" class="num">{t!("metrics-cpu-long")}</th>
                                <th scope="col" class="num">{t!("metrics-memory")}</th>
                                <th scope="col" class="num">{t!("metrics-in")}</th>
                                <th scope="col" class="num">{t!("metrics-out")}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(query: &[(&str, &str)]) -> Choice {
        let mut map = ParamsMap::new();
        for (name, value) in query {
            map.insert((*name).to_owned(), (*value).to_owned());
        }
        Choice::of(&map)
    }

    fn points(moments: &[i64]) -> Vec<Point> {
        moments
            .iter()
            .map(|at_s| Point {
                at: Timestamp::from_second(*at_s).unwrap(),
                cpus: 1.0,
                cpus_max: None,
                memory_bytes: 1,
                memory_bytes_max: None,
                rx_bytes_per_s: 0,
                tx_bytes_per_s: 0,
            })
            .collect()
    }

    fn gaps(rows: &[Row]) -> Vec<(i64, i64)> {
        rows.iter()
            .filter_map(|row| match row {
                Row::Gap(from, to) => Some((*from, *to)),
                Row::Measured(_) => None,
            })
            .collect()
    }

    #[test]
    fn the_choice_is_the_address() {
        let id: ClusterId = "0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1".parse().unwrap();
        let usual = choice(&[("window", "a year")]);
        assert_eq!(
            (usual.window, usual.node.clone()),
            (MetricsWindow::Hour, None)
        );
        assert_eq!(usual.address(id), paths::metrics(id));
        let other = choice(&[("window", "24h"), ("node", "node-2")]);
        assert_eq!(
            other.address(id),
            format!("{}?window=24h&node=node-2", paths::metrics(id))
        );
        assert_eq!(
            other.with_node(None).with_window(MetricsWindow::Hour),
            usual
        );
    }

    #[test]
    fn the_table_has_a_row_for_a_gap_and_none_for_the_time_before() {
        let span = Span {
            from_s: 0,
            to_s: 300,
            step_s: 10,
        };
        let (rows, _) = rows(&points(&[100, 110, 200, 210]), span);
        assert_eq!(gaps(&rows), [(220, 300), (120, 200)]);
        assert_eq!(rows.len(), 6);
        assert!(matches!(rows[1], Row::Measured(point) if point.at.as_second() == 210));
    }

    #[test]
    fn the_table_stays_short() {
        let span = Span {
            from_s: 0,
            to_s: 3_600,
            step_s: 10,
        };
        let all: Vec<_> = (0..360).map(|index| 10 * index).collect();
        let (rows, span) = rows(&points(&all), span);
        assert_eq!(rows.len(), 90);
        assert_eq!(span.step_s, 40);
        assert_eq!(gaps(&rows), []);
    }
}
