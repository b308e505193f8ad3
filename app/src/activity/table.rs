//! The entries of the audit log as a table.

use cluster_api::{AuditAction, AuditEntry, Cluster};
use leptos::prelude::*;

use crate::{
    paths, says, t,
    ui::icon::icon,
    when::{at, moment},
};

/// What was done, in words.
#[must_use]
pub fn action_word(action: AuditAction) -> String {
    use AuditAction as Action;
    match action {
        Action::ClusterCreate => t!("act-cluster-create"),
        Action::ClusterResize => t!("act-cluster-resize"),
        Action::ClusterRetry => t!("act-cluster-retry"),
        Action::ClusterProtect => t!("act-cluster-protect"),
        Action::ClusterRename => t!("act-cluster-rename"),
        Action::ClusterLabel => t!("act-cluster-label"),
        Action::ClusterAutoscale => t!("act-cluster-autoscale"),
        Action::ClusterRotate => t!("act-cluster-rotate"),
        Action::ClusterRebuild => t!("act-cluster-rebuild"),
        Action::NodeReplace => t!("act-node-replace"),
        Action::NodeDrain => t!("act-node-drain"),
        Action::ClusterDelete => t!("act-cluster-delete"),
        Action::CredentialsIssue => t!("act-credentials-issue"),
        Action::CredentialsAddress => t!("act-credentials-address"),
        Action::SessionBegin => t!("act-session-begin"),
        Action::SessionRefuse => t!("act-session-refuse"),
        Action::SessionEnd => t!("act-session-end"),
        Action::KeyCreate => t!("act-key-create"),
        Action::KeyRevoke => t!("act-key-revoke"),
        Action::AccountCreate => t!("act-account-create"),
        Action::AccountChange => t!("act-account-change"),
        Action::AccountClose => t!("act-account-close"),
    }
}

/// The table. A cluster that is still there is a link.
#[must_use]
pub fn table(entries: Vec<AuditEntry>, clusters: &[Cluster]) -> AnyView {
    let rows: Vec<_> = entries
        .into_iter()
        .map(|entry| row(entry, clusters))
        .collect();
    view! {
        <div class="table panel" role="region" aria-label=t!("activity-table") tabindex="0">
            <table class="activity">
                <thead>
                    <tr>
                        <th scope="col">{t!("activity-when")}</th>
                        <th scope="col">{t!("activity-who")}</th>
                        <th scope="col">{t!("activity-what")}</th>
                        <th scope="col">{t!("activity-cluster")}</th>
                        <th scope="col">{t!("activity-from")}</th>
                        <th scope="col">{t!("activity-result")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(entry: AuditEntry, clusters: &[Cluster]) -> AnyView {
    let who = entry.actor.unwrap_or_else(|| t!("activity-machine"));
    let key = entry.key.map(|key| {
        view! {
            <span class="note small quiet">{t!("by-key", name = key)}</span>
        }
    });
    let id = entry.cluster_id;
    let there = clusters.iter().any(|cluster| Some(cluster.id) == id);
    let of = match (entry.cluster_name, id) {
        (name, Some(id)) if there => {
            let name = name.unwrap_or_else(|| id.to_string());
            view! { <a href=paths::cluster(id)>{name}</a> }.into_any()
        }
        (Some(name), _) => name.into_any(),
        (None, Some(id)) => view! { <code>{id.to_string()}</code> }.into_any(),
        (None, None) => view! { <span class="quiet">"\u{2014}"</span> }.into_any(),
    };
    let result = if entry.action == AuditAction::SessionRefuse {
        view! {
            <span class="state bad">
                {icon("bad", "")}
                {t!("activity-refused")}
            </span>
        }
        .into_any()
    } else {
        view! {
            <span class="state good">
                {icon("ok", "")}
                {t!("activity-done")}
            </span>
        }
        .into_any()
    };
    let detail = says::sentence(&entry.detail);
    view! {
        <tr id=format!("entry-{}", entry.id)>
            <td>{at(entry.at, moment(entry.at))}</td>
            <td>{who} {key}</td>
            <th scope="row">
                {action_word(entry.action)}
                <span class="note small quiet">{detail}</span>
            </th>
            <td>{of}</td>
            <td class="mono">{entry.address.unwrap_or_else(|| t!("address-unknown"))}</td>
            <td>{result}</td>
        </tr>
    }
    .into_any()
}
