//! What the containers of a cluster write, several at once.
//!
//! The page holds the last lines, merged by their time. Scripts go on with it: `behaviour::logs` adds what
//! is written from then on. A page that only brings itself up to date reads no logs: the lines that are
//! there stay (`data-keep`), also while it is not known what containers there are (`data-as-it-was`).

use cluster_api::{
    ClusterId, Problem,
    inside::{Container, ContainerList},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{
    docker_words::{container_state, name},
    frame::{Tab, cluster_page},
    logs::{
        lines::Pen,
        query::{LogsQuery, MOST_LOGS, Since, Sources, positions_as_word},
        read::{self, From, Position},
    },
    silent::{notice, silent_nodes, why_unknown},
};
use crate::{
    answer,
    dashboard::{SOON, act_soon, dashboard},
    error::AppError,
    paths, t,
    ui::{escaped::escaped, icon::icon},
    words::Lang,
};

/// How often it is looked at which containers there are, in seconds.
const EVERY_S: u32 = 10;

/// So many lines are on the page.
const MOST_LINES: usize = 2_000;

/// So many containers are offered, besides those that are chosen.
const MOST_OFFERED: usize = 200;

/// The page.
#[component]
pub fn LogsPage() -> AnyView {
    let query = use_query_map().with_untracked(|query| {
        let pairs: Vec<_> = query.into_iter().collect();
        LogsQuery::read(pairs.iter().map(|(name, value)| (&***name, *value)))
    });
    cluster_page(Tab::Logs, Some(EVERY_S), move |subject| async move {
        let id = subject.cluster().id;
        let list =
            act_soon(|up| async move { up.control_plane.containers(&up.token, id).await }).await;
        let list = match list {
            Ok(list) => list,
            Err(Problem::SignedOut) => return Err(AppError(Problem::SignedOut)),
            Err(problem) => {
                let words = t!(
                    "inside-containers-unknown",
                    why = why_unknown(subject.cluster(), problem)
                );
                return Ok(as_it_was(notice(words)));
            }
        };
        let query = chosen_for(query, &list);
        let silent = silent_nodes(&list.unreachable, t!("logs-nodes-silent"));
        if list.containers.is_empty() && query.containers.is_empty() {
            return Ok(silent.map_or_else(nothing_runs, as_it_was));
        }
        let log = if query.containers.is_empty() {
            choose_some()
        } else {
            log_panel(id, &query, &list).await?
        };
        Ok(view! {
            <div class="logs">
                <div class="stack">{silent} {too_many(&query)}</div>
                {form(id, &query, &list)}
                {log}
            </div>
        }
        .into_any())
    })
}

/// What containers there are is not known: whoever reads lines reads on below the notice.
fn as_it_was(notice: AnyView) -> AnyView {
    view! {
        <div class="logs">
            <div class="stack">{notice}</div>
            <form id="log-form" data-as-it-was hidden></form>
            <section id="log-panel" data-as-it-was hidden></section>
        </div>
    }
    .into_any()
}

/// Whoever asks for nothing sees what runs, if that is not too much.
fn chosen_for(mut query: LogsQuery, list: &ContainerList) -> LogsQuery {
    let running: Vec<_> = list
        .containers
        .iter()
        .filter(|it| it.state == "running")
        .collect();
    if !query.chosen && running.len() <= MOST_LOGS {
        query.containers = running.iter().map(|it| it.id.clone()).collect();
    }
    query
}

fn too_many(query: &LogsQuery) -> Option<AnyView> {
    query
        .too_many
        .then(|| notice(t!("logs-too-many", most = MOST_LOGS)))
}

fn nothing_runs() -> AnyView {
    view! {
        <div class="empty">
            <h2>{t!("logs-nothing")}</h2>
            <p class="quiet">{t!("logs-nothing-why")}</p>
        </div>
    }
    .into_any()
}

fn choose_some() -> AnyView {
    view! {
        <div class="empty" id="log-none">
            <h2>{t!("logs-choose")}</h2>
            <p class="quiet">{t!("logs-choose-why", most = MOST_LOGS)}</p>
        </div>
    }
    .into_any()
}

/// Which containers, which of their streams, and how much of them.
fn form(id: ClusterId, query: &LogsQuery, list: &ContainerList) -> AnyView {
    let slot = |container: &Container| query.containers.iter().position(|it| *it == container.id);
    let mut offered: Vec<_> = list.containers.iter().collect();
    offered.sort_by_key(|it| (it.state != "running", name(it), it.node.clone()));
    // Those that are chosen are offered in any case, or they could not be taken out.
    let mut others = 0;
    let total = offered.len();
    offered.retain(|it| {
        others += usize::from(slot(it).is_none());
        slot(it).is_some() || others <= MOST_OFFERED
    });
    let left_out = total - offered.len();
    let boxes: Vec<_> = offered
        .into_iter()
        .map(|container| {
            let slot = slot(container);
            let class = slot.map_or_else(String::new, |slot| format!("c{slot}"));
            view! {
                <label class="check" id=format!("choice-{}", container.id)>
                    <input type="checkbox" name="c" value=container.id.clone() checked=slot.is_some()/>
                    <span>
                        <b class=class>{name(container)}</b>
                        <span class="small quiet">
                            {container.node.clone()} " \u{b7} " {container.image.clone()} " \u{b7} "
                            {container_state(container)}
                        </span>
                    </span>
                </label>
            }
        })
        .collect();
    let more = (left_out > 0).then(|| {
        view! {
            <p class="small quiet">
                {t!("logs-more", count = left_out)}
                " "
                <a href=paths::containers(id)>{t!("tab-containers")}</a>
            </p>
        }
    });
    let sources = Sources::ALL.map(|it| {
        let words = match it {
            Sources::Both => t!("logs-both"),
            Sources::Stdout => t!("logs-stdout"),
            Sources::Stderr => t!("logs-stderr"),
        };
        view! { <option value=it.as_str() selected=it == query.sources>{words}</option> }
    });
    let since = Since::ALL.map(|it| {
        let words = match it {
            Since::Ever => t!("logs-ever"),
            Since::FiveMinutes => t!("logs-five-minutes"),
            Since::Hour => t!("logs-hour"),
            Since::Day => t!("logs-day"),
        };
        view! { <option value=it.as_str() selected=it == query.since>{words}</option> }
    });
    let tails = LogsQuery::TAILS.map(|it| {
        view! {
            <option value=it.to_string() selected=it == query.tail>
                {t!("logs-tail", count = it)}
            </option>
        }
    });
    view! {
        <form method="get" action=paths::logs(id) class="panel log-form" id="log-form">
            <input type="hidden" name="chosen" value="1"/>
            <fieldset>
                <legend>{t!("tab-containers")}</legend>
                <div class="log-choices" role="region" aria-label=t!("logs-choices") tabindex="0">
                    {boxes}
                </div>
                {more}
            </fieldset>
            <div class="acts">
                <label class="unseen" for="log-stream">{t!("logs-stream")}</label>
                <select id="log-stream" name="stream">{sources}</select>
                <label class="unseen" for="log-since">{t!("logs-since")}</label>
                <select id="log-since" name="since">{since}</select>
                <label class="unseen" for="log-tail">{t!("logs-lines")}</label>
                <select id="log-tail" name="tail">{tails}</select>
                <button type="submit" class="btn main">
                    {t!("logs-show")}
                </button>
            </div>
        </form>
    }
    .into_any()
}

async fn log_panel(
    id: ClusterId,
    query: &LogsQuery,
    list: &ContainerList,
) -> Result<AnyView, AppError> {
    let pen = Pen::current();
    let lang = Lang::current();
    let now = pen.clock.now;
    let is_refresh = answer::is_refresh();
    let (markup, count, shown, after) = if is_refresh {
        // Its lines stay. Where it had none, they come with the stream.
        (String::new(), 0, 0, String::new())
    } else {
        let up = dashboard().upstream().await?;
        let sources = read::sources(query, list);
        let from = From::Tail(query.lines(), Some(SOON));
        let opened = read::open(&up, id, query, sources, from, now).await;
        let most = usize::try_from(query.tail).unwrap_or(MOST_LINES);
        let mut read = read::read_all(opened, most, lang).await;
        let lines = read::merge(&mut read);
        let lines = &lines[lines.len().saturating_sub(MOST_LINES)..];
        let mut markup = String::new();
        for (index, line) in lines {
            markup.push_str(&pen.line(&read[*index].source, line, &query.text));
        }
        let shown = lines.len() - markup.matches("\" hidden>").count();
        for read in &read {
            if let Some(words) = &read.trouble {
                markup.push_str(&pen.note(&read.source, words));
            }
        }
        let positions: Vec<Position> = read.into_iter().map(|it| it.position).collect();
        (markup, lines.len(), shown, positions_as_word(&positions))
    };
    let hidden: Vec<_> = query
        .containers
        .iter()
        .map(|id| view! { <input type="hidden" name="c" value=id.clone()/> })
        .collect();
    Ok(view! {
        <section class="panel log-panel" id="log-panel" aria-labelledby="log-title" data-keep>
            <header>
                <h2 id="log-title">{t!("tab-logs")}</h2>
                <span class="log-state small quiet scripted" role="status">
                    <span class="on-live">{t!("logs-live")}</span>
                    <span class="on-paused">{t!("logs-paused")}</span>
                    <span class="on-lost">{t!("logs-lost")}</span>
                    <span class="on-ended">{t!("logs-ended")}</span>
                </span>
                <div class="end acts">
                    <button type="button" class="btn scripted" data-log="pause">
                        <span class="on-going">{t!("logs-pause")}</span>
                        <span class="on-paused">
                            {t!("logs-follow")} " " <b data-log="held"></b>
                        </span>
                    </button>
                    <button type="button" class="btn scripted" data-log="end">
                        {t!("logs-to-end")}
                    </button>
                    <a class="btn" href=query.download(id) download>
                        {icon("download", "")}
                        {t!("logs-download")}
                    </a>
                </div>
            </header>
            <search class="body">
                <form method="get" action=paths::logs(id) class="find" id="log-find">
                    {icon("find", "")}
                    <label class="unseen" for="log-q">{t!("logs-find-label")}</label>
                    <input
                        id="log-q"
                        name="q"
                        type="search"
                        placeholder=t!("logs-find")
                        autocomplete="off"
                        maxlength="100"
                        value=query.text.clone()
                        aria-keyshortcuts="/"
                        data-search
                    />
                    {hidden}
                    <input type="hidden" name="stream" value=query.sources.as_str()/>
                    <input type="hidden" name="since" value=query.since.as_str()/>
                    <input type="hidden" name="tail" value=query.tail.to_string()/>
                    <button type="submit" class="btn unscripted">{t!("find")}</button>
                    <span class="small quiet log-count">
                        {t!("logs-shown")} " " <b data-log="shown">{shown.to_string()}</b>
                        " / " <b data-log="count">{count.to_string()}</b>
                    </span>
                </form>
            </search>
            {reloading(id, query)}
            <div
                id="log"
                class="log"
                role="log"
                aria-live="off"
                aria-label=t!("logs-of")
                tabindex="0"
                data-stream=query.stream(id, (!is_refresh).then_some(now))
                data-after=after
                inner_html=markup
            ></div>
            <p class="body quiet log-empty">{t!("logs-empty")}</p>
        </section>
    }
    .into_any())
}

/// Without scripts the page can reload by itself.
fn reloading(id: ClusterId, query: &LogsQuery) -> AnyView {
    let other = LogsQuery {
        reloads: !query.reloads,
        ..query.clone()
    };
    let to = escaped(&other.address(id));
    let inside = if query.reloads {
        let here = escaped(&query.address(id));
        let (words, stop) = (t!("logs-reloads"), t!("stop-reloading"));
        format!(
            "<meta http-equiv=\"refresh\" content=\"5; url={here}\"><p class=\"body small quiet\">\
             {words} <a href=\"{to}\">{stop}</a></p>"
        )
    } else {
        let words = t!("logs-reload");
        format!("<p class=\"body small\"><a href=\"{to}\">{words}</a></p>")
    };
    view! { <noscript inner_html=inside></noscript> }.into_any()
}
