//! What only the cloud knows of a cluster.

use std::collections::BTreeMap;

use cluster_api::{CloudFacts, Cluster, Health};
use leptos::prelude::*;

use crate::{paths, t, ui::icon::icon};

/// The panel; nothing for clusters on machines of our own.
#[must_use]
pub fn facts_panel(cluster: &Cluster) -> Option<AnyView> {
    let facts = cluster.cloud.as_deref()?;
    let workers = cluster.node_count.get().saturating_sub(facts.managers);
    let owner = if facts.is_mine {
        t!("owner-you")
    } else {
        facts.owner.clone()
    };
    Some(
        view! {
            <section class="panel" id="cloud-panel" aria-labelledby="cloud">
                <header>
                    <h2 id="cloud">{t!("cloud-panel")}</h2>
                </header>
                <dl class="body about">
                    <dt>{t!("health")}</dt>
                    <dd>{health(facts)}</dd>
                    <dt>{t!("nodes")}</dt>
                    <dd>{t!("managers-workers", managers = facts.managers, workers = workers)}</dd>
                    <dt>{t!("template")}</dt>
                    <dd>{template(cluster, facts)}</dd>
                    {fact(t!("version"), facts.engine_version.clone())}
                    {fact(t!("create-flavor-managers"), facts.manager_flavor.clone())}
                    {fact(t!("keypair"), facts.keypair.clone())}
                    {fact(t!("owner"), Some(owner))}
                    {labels(t!("overview-labels"), &facts.labels)}
                </dl>
                {checks(facts)}
            </section>
        }
        .into_any(),
    )
}

/// One line of what is known; none where nothing is.
pub(super) fn fact(name: String, value: Option<String>) -> Option<AnyView> {
    let value = value.filter(|it| !it.is_empty())?;
    Some(
        view! {
            <dt>{name}</dt>
            <dd>{value}</dd>
        }
        .into_any(),
    )
}

/// The line with labels, if there are any.
pub(super) fn labels(name: String, labels: &BTreeMap<String, String>) -> Option<AnyView> {
    if labels.is_empty() {
        return None;
    }
    let labels: Vec<_> = labels
        .iter()
        .map(|(key, value)| view! { <code class="label">{format!("{key}={value}")}</code> })
        .collect();
    Some(
        view! {
            <dt>{name}</dt>
            <dd>{labels}</dd>
        }
        .into_any(),
    )
}

/// What it was made from: a page, unless that is not offered to this project.
fn template(cluster: &Cluster, facts: &CloudFacts) -> AnyView {
    let name = cluster.cluster_type.name.clone();
    if cluster.cluster_type.active {
        view! { <a href=paths::template(facts.template)>{name}</a> }.into_any()
    } else {
        name.into_any()
    }
}

/// The word for how the machines of a cluster are.
#[must_use]
pub fn health_word(health: Option<Health>) -> String {
    match health {
        Some(Health::Healthy) => t!("health-healthy"),
        Some(Health::Unhealthy) => t!("health-unhealthy"),
        Some(Health::Unknown) => t!("health-unknown"),
        None => t!("health-none"),
    }
}

fn health(facts: &CloudFacts) -> AnyView {
    let (sign, class) = match facts.health {
        Some(Health::Healthy) => ("ok", "good"),
        Some(Health::Unhealthy) => ("bad", "bad"),
        _ => ("stopped", ""),
    };
    view! {
        {icon(sign, class)}
        " "
        {health_word(facts.health)}
    }
    .into_any()
}

fn checks(facts: &CloudFacts) -> Option<AnyView> {
    if facts.checks.is_empty() {
        return None;
    }
    let rows: Vec<_> = facts
        .checks
        .iter()
        .map(|(what, found)| {
            view! {
                <li>
                    <code>{what.clone()}</code>
                    ": "
                    {found.clone()}
                </li>
            }
        })
        .collect();
    Some(
        view! {
            <details class="body small">
                <summary>{t!("health-checks")}</summary>
                <ul>{rows}</ul>
            </details>
        }
        .into_any(),
    )
}

/// The way to make a cluster anew that was never made.
#[must_use]
pub fn create_again(cluster: &Cluster) -> AnyView {
    let to = paths::with_query(paths::NEW_CLUSTER, &[("again", &*cluster.id.to_string())]);
    view! {
        <a class="btn main" href=to>
            {t!("create-again")}
        </a>
    }
    .into_any()
}
