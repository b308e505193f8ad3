//! What all pages of one cluster have in common: its name, how it is, the way in, and the tabs.

use cluster_api::{Cluster, ClusterId, Event, Offer, Problem};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    clusters::{
        doing::{doing, settled},
        server_fns::parse_id,
        why::why,
    },
    dashboard::{dashboard, offers},
    error::AppError,
    layout::frame::{Follows, Page, signed_in},
    paths, says, t,
    ui::{
        badge::status_badge,
        crumbs::Crumbs,
        link_or::{Label, link_or},
    },
    view::{ClusterView, User},
};

/// A tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// What there is and what happens.
    Overview,
    /// The nodes.
    Nodes,
    /// Containers and services.
    Containers,
    /// What containers write.
    Logs,
    /// Processor, memory, network over time.
    Metrics,
    /// What happened.
    Events,
    /// How to use it.
    Access,
    /// What can be changed.
    Settings,
}

impl Tab {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::Overview,
        Self::Nodes,
        Self::Containers,
        Self::Logs,
        Self::Metrics,
        Self::Events,
        Self::Access,
        Self::Settings,
    ];

    /// Its address for a cluster.
    #[must_use]
    pub fn address(self, id: ClusterId) -> String {
        match self {
            Self::Overview => paths::cluster(id),
            Self::Nodes => paths::nodes(id),
            Self::Containers => paths::containers(id),
            Self::Logs => paths::logs(id),
            Self::Metrics => paths::metrics(id),
            Self::Events => paths::events(id),
            Self::Access => paths::access(id),
            Self::Settings => paths::settings(id),
        }
    }

    /// Whether the control plane has what it shows.
    #[must_use]
    pub fn is_offered(self) -> bool {
        match self {
            Self::Containers | Self::Logs | Self::Metrics => offers(Offer::Inside),
            _ => true,
        }
    }

    /// Its name.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Overview => t!("tab-overview"),
            Self::Nodes => t!("tab-nodes"),
            Self::Containers => t!("tab-containers"),
            Self::Logs => t!("tab-logs"),
            Self::Metrics => t!("tab-metrics"),
            Self::Events => t!("tab-events"),
            Self::Access => t!("tab-access"),
            Self::Settings => t!("tab-settings"),
        }
    }
}

/// What the page of a tab is made from.
pub struct Subject {
    /// The cluster, its timeline, and what there is around it.
    pub view: ClusterView,
    /// Who looks at it.
    pub user: User,
}

impl Subject {
    /// The cluster.
    #[must_use]
    pub const fn cluster(&self) -> &Cluster {
        &self.view.cluster
    }
}

/// The page of a tab: `body` is made for the cluster that the address names. It may say how often, in
/// seconds, it has to be brought up to date although no stream tells.
pub fn cluster_page<F>(
    tab: Tab,
    every_s: Option<u32>,
    body: impl FnOnce(Subject) -> F + Send + 'static,
) -> AnyView
where
    F: Future<Output = Result<AnyView, AppError>> + Send + 'static,
{
    let id = use_params_map()
        .with_untracked(|params| params.get("id"))
        .unwrap_or_default();
    signed_in(move |frame| async move {
        if !tab.is_offered() {
            return Err(AppError(Problem::NotOffered));
        }
        let view = dashboard().cluster(parse_id(&id)?).await?;
        let (cluster, last) = (view.cluster.clone(), view.events.first().cloned());
        let body = body(Subject {
            view,
            user: frame.user,
        })
        .await?;
        let page = around(tab, &cluster, last.as_ref(), body);
        Ok(match every_s {
            Some(seconds) => page.every(seconds),
            None => page,
        })
    })
}

fn around(tab: Tab, cluster: &Cluster, last: Option<&Event>, body: AnyView) -> Page {
    let id = cluster.id;
    let name = cluster.name.to_string();
    let title = match tab {
        Tab::Overview => name.clone(),
        tab => format!("{} \u{b7} {name}", tab.words()),
    };
    let facts = t!(
        "cluster-facts",
        type = cluster.cluster_type.name.as_str(),
        flavor = cluster.flavor_name(),
        ready = cluster.ready_nodes(),
        count = cluster.node_count.get()
    );
    let label = Label {
        words: t!("get-access"),
        of: name.clone(),
        icon: "key",
        class: "btn main",
    };
    let no_access = cluster.can_access().err().map(says::problem);
    let tabs: Vec<_> = Tab::ALL
        .into_iter()
        .filter(|it| it.is_offered())
        .map(|it| {
            let here = (it == tab).then_some("page");
            view! {
                <a href=it.address(id) aria-current=here>
                    {it.words()}
                </a>
            }
        })
        .collect();
    let body = view! {
        <Crumbs here=name.clone()/>
        <div class="head">
            <h1>{name.clone()}</h1>
            {status_badge(cluster)}
            <span class="quiet">{facts}</span>
            <div class="end">{link_or(paths::access(id), no_access, label)}</div>
        </div>
        <nav class="tabs" aria-label=t!("tabs-of", name = name.as_str())>
            {tabs}
        </nav>
        {only_looks()}
        <div class="stack now">
            {doing(cluster)}
            {why(cluster, true)}
            {settled(cluster, last)}
        </div>
        {body}
        {gone(&name)}
    };
    Page::new(title, body)
        .follows(Follows::Cluster(id))
        // What is being typed there would be lost.
        .changing(cluster.status.is_changing() && tab != Tab::Settings)
}

/// That one may look and change nothing, where that is so.
fn only_looks() -> Option<AnyView> {
    let membership = dashboard().membership().filter(|it| !it.can_change())?;
    Some(
        view! {
            <p class="notice" id="only-looks">
                {t!("reader-only", roles = membership.roles.join(", "))}
            </p>
        }
        .into_any(),
    )
}

/// What stands in the place of the page once the cluster is gone: scripts show it when the page is not
/// found any more.
fn gone(name: &str) -> AnyView {
    view! {
        <template id="gone">
            <div class="empty">
                <h1>{t!("gone", name = name)}</h1>
                <p class="quiet">{t!("gone-why")}</p>
                <a class="btn main" href=paths::CLUSTERS>
                    {t!("back-to-clusters")}
                </a>
            </div>
        </template>
    }
    .into_any()
}
