//! What runs in a cluster: its services and its containers.

use cluster_api::{
    Cluster, ClusterId, Problem,
    inside::{Container, ContainerList, Service, ServiceList},
};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};

use super::{
    docker_words::{container_state, name, ports},
    frame::{Tab, cluster_page},
    logs::query::{LogsQuery, MOST_LOGS},
    silent::{notice, silent_nodes, why_unknown},
};
use crate::{
    dashboard::{Upstream, act_soon},
    error::AppError,
    paths, t,
    ui::{icon::icon, prose::prose},
    when::ago,
};

/// How often it is looked at, in seconds.
const EVERY_S: u32 = 5;

/// Rows of a page of the table.
const PAGE: usize = 100;

/// The page.
#[component]
pub fn ContainersPage() -> AnyView {
    let filter = use_query_map().with_untracked(Filter::of);
    cluster_page(Tab::Containers, Some(EVERY_S), move |subject| async move {
        let cluster = subject.cluster();
        let id = cluster.id;
        let (containers, services) = futures::join!(
            act_soon(
                |up: Upstream| async move { up.control_plane.containers(&up.token, id).await }
            ),
            act_soon(|up: Upstream| async move { up.control_plane.services(&up.token, id).await }),
        );
        if [containers.as_ref().err(), services.as_ref().err()].contains(&Some(&Problem::SignedOut))
        {
            return Err(AppError(Problem::SignedOut));
        }
        let running = containers.as_ref().map_or(&[][..], |list| &list.containers);
        Ok(view! {
            <div class="stack">
                {services_panel(cluster, &services, running)}
                {containers_panel(cluster, &containers, &filter)}
            </div>
        }
        .into_any())
    })
}

/// Which containers are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Filter {
    text: String,
    running: Option<bool>,
    page: usize,
}

impl Filter {
    fn of(query: &ParamsMap) -> Self {
        let text = query.get_str("q").unwrap_or_default().trim();
        Self {
            text: text.chars().take(100).collect(),
            running: match query.get_str("state") {
                Some("running") => Some(true),
                Some("stopped") => Some(false),
                _ => None,
            },
            page: query
                .get_str("page")
                .and_then(|page| page.parse::<usize>().ok())
                .map_or(0, |page| page.saturating_sub(1)),
        }
    }

    const fn state(&self) -> &'static str {
        match self.running {
            Some(true) => "running",
            Some(false) => "stopped",
            None => "",
        }
    }

    fn address(&self, id: ClusterId) -> String {
        let page = match self.page {
            0 => String::new(),
            page => (page + 1).to_string(),
        };
        let pairs = [
            ("q", &*self.text),
            ("state", self.state()),
            ("page", &*page),
        ];
        paths::with_query(&paths::containers(id), &pairs)
    }

    fn takes_text(&self, container: &Container) -> bool {
        let text = self.text.to_lowercase();
        let has = |field: &str| field.to_lowercase().contains(&text);
        has(&container.image)
            || has(&container.node)
            || container.names.iter().any(|name| has(name))
            || container.service.as_deref().is_some_and(has)
            || container.id.starts_with(&text)
    }

    fn takes_state(&self, container: &Container) -> bool {
        self.running
            .is_none_or(|wanted| wanted == is_running(container))
    }
}

fn is_running(container: &Container) -> bool {
    matches!(&*container.state, "running" | "restarting" | "paused")
}

fn services_panel(
    cluster: &Cluster,
    services: &Result<ServiceList, Problem>,
    running: &[Container],
) -> AnyView {
    let body = match services {
        Err(problem) => {
            let words = t!(
                "inside-services-unknown",
                why = why_unknown(cluster, *problem)
            );
            view! { <div class="body">{notice(words)}</div> }.into_any()
        }
        Ok(list) if list.services.is_empty() && list.unreachable.is_empty() => view! {
            <p class="body quiet">{prose(&t!("inside-no-services"))}</p>
        }
        .into_any(),
        Ok(list) => services_table(cluster.id, list, running),
    };
    view! {
        <section class="panel" id="services" aria-labelledby="services-title">
            <header>
                <h2 id="services-title">{t!("inside-services")}</h2>
            </header>
            {body}
        </section>
    }
    .into_any()
}

fn services_table(id: ClusterId, list: &ServiceList, running: &[Container]) -> AnyView {
    let silent = silent_nodes(&list.unreachable, t!("inside-manager-silent"))
        .map(|notice| view! { <div class="body">{notice}</div> });
    if list.services.is_empty() {
        return silent.into_any();
    }
    let rows: Vec<_> = list
        .services
        .iter()
        .map(|service| service_row(id, service, running))
        .collect();
    view! {
        {silent}
        <div class="table" role="region" aria-label=t!("inside-services-table") tabindex="0">
            <table class="services">
                <thead>
                    <tr>
                        <th scope="col">{t!("name")}</th>
                        <th scope="col">{t!("inside-mode")}</th>
                        <th scope="col">{t!("inside-replicas")}</th>
                        <th scope="col">{t!("nodes-image")}</th>
                        <th scope="col">{t!("inside-ports")}</th>
                        <th scope="col">{t!("tab-logs")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn service_row(id: ClusterId, service: &Service, running: &[Container]) -> AnyView {
    let mode = match &*service.mode {
        "replicated" => t!("inside-replicated"),
        "global" => t!("inside-global"),
        "replicated-job" => t!("inside-replicated-job"),
        "global-job" => t!("inside-global-job"),
        other => other.to_owned(),
    };
    let own: Vec<_> = running
        .iter()
        .filter(|it| it.service.as_deref() == Some(&*service.name))
        .collect();
    // Where the swarm does not say how many run, the containers do.
    let now = service.running.unwrap_or_else(|| {
        let count = own.iter().filter(|it| it.state == "running").count();
        count as u64
    });
    let (class, replicas) = match service.wished {
        Some(wished) if now < wished => {
            ("number behind", t!("ready-of", ready = now, count = wished))
        }
        Some(wished) => ("number", t!("ready-of", ready = now, count = wished)),
        None => ("number", now.to_string()),
    };
    let logs = (!own.is_empty()).then(|| {
        let ids = own.iter().take(MOST_LOGS).map(|it| it.id.clone());
        logs_link(id, ids.collect(), &service.name)
    });
    view! {
        <tr id=format!("service-{}", service.id)>
            <th scope="row">{service.name.clone()}</th>
            <td>{mode}</td>
            <td class=class>{replicas}</td>
            <td class="mono">{service.image.clone()}</td>
            <td class="mono">{ports(&service.ports)}</td>
            <td>{logs}</td>
        </tr>
    }
    .into_any()
}

fn logs_link(id: ClusterId, containers: Vec<String>, of: &str) -> AnyView {
    let to = LogsQuery::of_containers(containers).address(id);
    view! {
        <a href=to>
            {t!("inside-view-logs")}
            <span class="unseen">" " {of.to_owned()}</span>
        </a>
    }
    .into_any()
}

fn containers_panel(
    cluster: &Cluster,
    containers: &Result<ContainerList, Problem>,
    filter: &Filter,
) -> AnyView {
    let body = match containers {
        Err(problem) => {
            let words = t!(
                "inside-containers-unknown",
                why = why_unknown(cluster, *problem)
            );
            view! { <div class="body">{notice(words)}</div> }.into_any()
        }
        Ok(list) => {
            let silent = silent_nodes(&list.unreachable, t!("inside-nodes-silent"))
                .map(|notice| view! { <div class="body">{notice}</div> });
            let table = if !list.containers.is_empty() {
                containers_table(cluster.id, &list.containers, filter)
            } else if list.unreachable.is_empty() {
                view! { <p class="body quiet">{prose(&t!("inside-no-containers"))}</p> }.into_any()
            } else {
                ().into_any()
            };
            view! { {silent} {table} }.into_any()
        }
    };
    view! {
        <section class="panel" id="containers" aria-labelledby="containers-title">
            <header>
                <h2 id="containers-title">{t!("tab-containers")}</h2>
            </header>
            {body}
        </section>
    }
    .into_any()
}

fn containers_table(id: ClusterId, all: &[Container], filter: &Filter) -> AnyView {
    let with_text: Vec<_> = all.iter().filter(|it| filter.takes_text(it)).collect();
    let running = with_text.iter().filter(|it| is_running(it)).count();
    let counts = [with_text.len(), running, with_text.len() - running];
    let found: Vec<_> = with_text
        .into_iter()
        .filter(|it| filter.takes_state(it))
        .collect();
    let pages = found.len().div_ceil(PAGE).max(1);
    let page = filter.page.min(pages - 1);
    let rows: Vec<_> = found
        .iter()
        .skip(page * PAGE)
        .take(PAGE)
        .map(|container| container_row(id, container))
        .collect();
    let table = if rows.is_empty() {
        view! { <p class="body quiet">{t!("inside-no-match")}</p> }.into_any()
    } else {
        view! {
            <div class="table" role="region" aria-label=t!("inside-containers-table") tabindex="0">
                <table class="containers">
                    <thead>
                        <tr>
                            <th scope="col">{t!("nodes-image")}</th>
                            <th scope="col">{t!("name")}</th>
                            <th scope="col">{t!("status")}</th>
                            <th scope="col">{t!("inside-node")}</th>
                            <th scope="col">{t!("inside-ports")}</th>
                            <th scope="col">{t!("created")}</th>
                            <th scope="col">{t!("tab-logs")}</th>
                        </tr>
                    </thead>
                    <tbody id="rows">{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        {filter_bar(id, filter, counts)}
        {table}
        {page_links(id, filter, page, pages)}
    }
    .into_any()
}

fn container_row(id: ClusterId, container: &Container) -> AnyView {
    let called = name(container);
    view! {
        <tr id=format!("container-{}", container.id) data-row>
            <th scope="row" class="mono">{container.image.clone()}</th>
            <td class="mono">{called.clone()}</td>
            <td>{container_state(container)}</td>
            <td>{container.node.clone()}</td>
            <td class="mono">{ports(&container.ports)}</td>
            <td>{ago(container.created_at)}</td>
            <td>{logs_link(id, vec![container.id.clone()], &called)}</td>
        </tr>
    }
    .into_any()
}

/// The search, and how many run and do not; `counts`: all, running, stopped.
fn filter_bar(id: ClusterId, filter: &Filter, counts: [usize; 3]) -> AnyView {
    let chips = [
        (None, t!("group-all")),
        (Some(true), t!("inside-running")),
        (Some(false), t!("inside-stopped")),
    ];
    let chips: Vec<_> = chips
        .into_iter()
        .zip(counts)
        .map(|((running, words), count)| {
            let here = (filter.running == running).then_some("true");
            let to = Filter {
                running,
                page: 0,
                ..filter.clone()
            };
            view! {
                <a href=to.address(id) aria-current=here>
                    {words}
                    " "
                    <b>{count.to_string()}</b>
                </a>
            }
        })
        .collect();
    let state = filter.running.map(|_| {
        view! { <input type="hidden" name="state" value=filter.state()/> }
    });
    view! {
        <div class="filter body">
            <search>
                <form class="find" method="get" action=paths::containers(id) data-check>
                    {icon("find", "")}
                    <label class="unseen" for="q">
                        {t!("inside-find-label")}
                    </label>
                    <input
                        id="q"
                        name="q"
                        type="search"
                        placeholder=t!("inside-find")
                        autocomplete="off"
                        maxlength="100"
                        value=filter.text.clone()
                        aria-keyshortcuts="/"
                        data-search
                    />
                    {state}
                    <button type="submit" class="btn unscripted">
                        {t!("find")}
                    </button>
                </form>
            </search>
            <nav class="chips" aria-label=t!("filter-by-status")>
                {chips}
            </nav>
        </div>
    }
    .into_any()
}

fn page_links(id: ClusterId, filter: &Filter, page: usize, pages: usize) -> Option<AnyView> {
    let link = |to: Option<usize>, rel: &'static str, words: String| {
        to.map(|page| {
            let to = Filter {
                page,
                ..filter.clone()
            };
            view! { <a class="btn" href=to.address(id) rel=rel>{words}</a> }
        })
    };
    (pages > 1).then(|| {
        let before = link(page.checked_sub(1), "prev", t!("page-before"));
        let next = Some(page + 1).filter(|next| *next < pages);
        let after = link(next, "next", t!("page-after"));
        view! {
            <nav class="pages body" aria-label=t!("pages")>
                {before}
                <span class="quiet">{t!("inside-page-of", page = page + 1, pages = pages)}</span>
                {after}
            </nav>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use cluster_api::Timestamp;

    use super::*;

    fn container(name: &str, node: &str, state: &str) -> Container {
        Container {
            node: node.to_owned(),
            id: format!("id-of-{name}"),
            names: vec![name.to_owned()],
            image: "nginx:1".to_owned(),
            state: state.to_owned(),
            status: String::new(),
            created_at: Timestamp::UNIX_EPOCH,
            ports: Vec::new(),
            service: Some("shop".to_owned()),
        }
    }

    #[test]
    fn containers_are_found_by_what_is_seen_of_them() {
        let one = container("Web.1", "node-2", "running");
        for text in ["", "web", "node-2", "NGINX", "shop", "id-of-"] {
            let filter = Filter {
                text: text.to_owned(),
                ..Filter::default()
            };
            assert!(filter.takes_text(&one), "{text}");
        }
        let filter = Filter {
            text: "node-3".to_owned(),
            ..Filter::default()
        };
        assert!(!filter.takes_text(&one));
    }

    #[test]
    fn what_is_restarted_again_and_again_is_not_stopped() {
        let filter = Filter {
            running: Some(false),
            ..Filter::default()
        };
        assert!(!filter.takes_state(&container("a", "node-1", "restarting")));
        assert!(filter.takes_state(&container("a", "node-1", "exited")));
    }
}
