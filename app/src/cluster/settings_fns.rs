//! What can be changed about a cluster.
#![expect(
    missing_docs,
    reason = "the fields of the structs that the macro makes: the arguments"
)]
#![expect(clippy::too_many_arguments, reason = "the fields of a form")]

use leptos::prelude::*;

use crate::{error::AppError, wire::Json};

/// Gives a cluster another name.
///
/// # Errors
/// The name breaks a rule or is taken.
#[server(output = Json, prefix = "/api", endpoint = "rename_cluster")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn rename_cluster(id: String, name: String) -> Result<(), AppError> {
    use cluster_api::{ClusterChange, ClusterName, Problem};
    use leptos::server_fn::ServerFn;

    use crate::answer;

    let changed = ssr::change_to(&id, || {
        let name =
            ClusterName::try_from(name.trim()).map_err(|rule| Problem::NameInvalid { rule })?;
        Ok(ClusterChange {
            name: Some(name),
            ..ClusterChange::default()
        })
    });
    let back = ssr::back(&id, &[("name", &name)], "name");
    answer::form(
        changed.await,
        RenameCluster::PATH,
        &back,
        &ssr::page(&id),
        "done-rename",
    )
}

/// Gives a cluster other labels: `labels` holds all of them, `key=value`, one a line.
///
/// # Errors
/// They break the rule.
#[server(output = Json, prefix = "/api", endpoint = "label_cluster")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn label_cluster(id: String, #[server(default)] labels: String) -> Result<(), AppError> {
    use cluster_api::ClusterChange;
    use leptos::server_fn::ServerFn;

    use crate::{answer, clusters::draft::parse_labels};

    let changed = ssr::change_to(&id, || {
        Ok(ClusterChange {
            labels: Some(parse_labels(&labels)?),
            ..ClusterChange::default()
        })
    });
    let back = ssr::back(&id, &[("labels", &labels)], "labels");
    answer::form(
        changed.await,
        LabelCluster::PATH,
        &back,
        &ssr::page(&id),
        "done-labels",
    )
}

/// Puts the protection of a cluster against deletion on (`on` is `true`) or takes it off.
///
/// # Errors
/// The cluster is being deleted already.
#[server(output = Json, prefix = "/api", endpoint = "protect_cluster")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn protect_cluster(id: String, on: bool) -> Result<(), AppError> {
    use cluster_api::ClusterChange;
    use leptos::server_fn::ServerFn;

    use crate::answer;

    let changed = ssr::change_to(&id, || {
        Ok(ClusterChange {
            deletion_protection: Some(on),
            ..ClusterChange::default()
        })
    });
    let page = ssr::page(&id);
    let done = if on {
        "done-protected"
    } else {
        "done-unprotected"
    };
    answer::form(changed.await, ProtectCluster::PATH, &page, &page, done)
}

/// Has a cluster scale by itself, or no longer.
///
/// # Errors
/// A number is none, or the policy breaks a rule.
#[server(output = Json, prefix = "/api", endpoint = "scale_cluster")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn scale_cluster(
    id: String,
    #[server(default)] enabled: String,
    #[server(default)] min_nodes: String,
    #[server(default)] max_nodes: String,
    #[server(default)] reserved_cpu: String,
    #[server(default)] reserved_memory: String,
    #[server(default)] used_cpu: String,
    #[server(default)] used_memory: String,
    #[server(default)] interval_s: String,
    #[server(default)] cooldown_s: String,
) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use super::scaling::Draft;
    use crate::{answer, clusters::server_fns::change, dashboard::dashboard};

    let draft = Draft {
        enabled,
        min_nodes,
        max_nodes,
        reserved_cpu,
        reserved_memory,
        used_cpu,
        used_memory,
        interval_s,
        cooldown_s,
    };
    let scale = async || {
        // Who is signed out hears that and nothing of fields.
        dashboard().upstream().await?;
        let wanted = draft.parse()?;
        change(&id, |up, id| async move {
            up.control_plane.set_autoscale(&up.token, id, &wanted).await
        })
        .await
    };
    let back = ssr::back(&id, &draft.pairs(), "autoscale");
    answer::form(
        scale().await,
        ScaleCluster::PATH,
        &back,
        &ssr::page(&id),
        "done-autoscale",
    )
}

/// Asks for the end of a cluster, if `name` is its name, and goes on to the list.
///
/// # Errors
/// The name is another, or the cluster is protected or being deleted already.
#[server(output = Json, prefix = "/api", endpoint = "delete_cluster")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn delete_cluster(id: String, name: String) -> Result<(), AppError> {
    use cluster_api::Problem;
    use leptos::server_fn::ServerFn;

    use crate::{
        answer,
        clusters::server_fns::{delete, parse_id},
        dashboard::dashboard,
        paths,
    };

    let end = async || {
        dashboard().upstream().await?;
        let cluster = dashboard().cluster(parse_id(&id)?).await?.cluster;
        if cluster.name.as_str() != name.trim() {
            return Err(Problem::NameMismatch);
        }
        delete(&id).await
    };
    let back = parse_id(&id).map_or_else(|_| paths::CLUSTERS.to_owned(), paths::delete);
    answer::form(
        end().await,
        DeleteCluster::PATH,
        &back,
        paths::CLUSTERS,
        "done-delete",
    )
}

#[cfg(feature = "ssr")]
mod ssr {
    use cluster_api::{Cluster, ClusterChange, Problem};

    use crate::{
        clusters::{
            draft::cut,
            server_fns::{change, parse_id},
        },
        dashboard::dashboard,
        paths,
    };

    /// The longest text that comes back in an address, in characters; nothing right is longer.
    const MOST: usize = 4096;

    /// The settings of the cluster that a text names; the list when it names none.
    pub(super) fn page(id: &str) -> String {
        parse_id(id).map_or_else(|_| paths::CLUSTERS.to_owned(), paths::settings)
    }

    /// The same with what was typed, at the part of that name.
    pub(super) fn back(id: &str, typed: &[(&str, &str)], part: &str) -> String {
        let short: Vec<_> = typed
            .iter()
            .map(|(name, text)| (*name, cut(text, MOST)))
            .collect();
        format!("{}#{part}", paths::with_query(&page(id), &short))
    }

    /// Changes what `wanted` says.
    pub(super) async fn change_to(
        id: &str,
        wanted: impl FnOnce() -> Result<ClusterChange, Problem>,
    ) -> Result<Cluster, Problem> {
        // Who is signed out hears that and nothing of fields.
        dashboard().upstream().await?;
        let wanted = wanted()?;
        change(id, |up, id| async move {
            up.control_plane.change(&up.token, id, &wanted).await
        })
        .await
    }
}
