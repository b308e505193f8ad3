//! The server functions of clusters in a cloud.
#![expect(
    missing_docs,
    reason = "the fields of the structs that the macro makes: the arguments"
)]
#![expect(clippy::too_many_arguments, reason = "the fields of a form")]

use leptos::prelude::*;

use crate::{error::AppError, wire::Json};

/// Asks for a cluster made from a template, and goes on to its page.
///
/// # Errors
/// A field is wrong, or the cloud refuses.
#[server(output = Json, prefix = "/api", endpoint = "create_from_template")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.name = %name)))]
pub async fn create_from_template(
    name: String,
    template: String,
    managers: String,
    workers: String,
    #[server(default)] flavor: String,
    #[server(default)] manager_flavor: String,
    #[server(default)] keypair: String,
    #[server(default)] network: String,
    #[server(default)] labels: String,
    key: String,
) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use super::draft::Draft;
    use crate::{
        answer,
        dashboard::{act, dashboard},
        paths,
    };

    let draft = Draft {
        name,
        template,
        managers,
        workers,
        flavor,
        manager_flavor,
        keypair,
        network,
        labels,
        key,
    };
    let create = async || {
        // Who is signed out hears that and nothing of fields.
        dashboard().upstream().await?;
        let (wish, key) = draft.parse()?;
        let made =
            act(|up| async move { up.control_plane.create_from(&up.token, &wish, &key).await });
        let made = made.await?;
        let id = made.id;
        dashboard().take_in(made).await;
        Ok(id)
    };
    match create().await {
        Ok(id) => {
            answer::redirect(&paths::cluster(id));
            Ok(())
        }
        Err(problem) => Err(answer::reject_form(
            problem,
            CreateFromTemplate::PATH,
            &draft.address(),
        )),
    }
}

/// Asks for a cluster to go over to another template.
///
/// # Errors
/// There is no such template, the cluster is busy, or the cloud refuses.
#[server(output = Json, prefix = "/api", endpoint = "upgrade_cluster")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn upgrade_cluster(
    id: String,
    template: String,
    at_once: String,
) -> Result<(), AppError> {
    use cluster_api::{CloudRule, Problem};
    use leptos::server_fn::ServerFn;

    use crate::{
        answer,
        clusters::server_fns::{change, parse_id},
        paths,
    };

    let wrong = Problem::Cloud {
        rule: CloudRule::Template,
    };
    let upgrade = change(&id, |up, id| async move {
        let template = template.parse().map_err(|_| wrong)?;
        let at_once = at_once.trim().parse().unwrap_or(1);
        up.control_plane
            .upgrade(&up.token, id, template, at_once)
            .await
    });
    let page = parse_id(&id).map_or_else(|_| paths::CLUSTERS.to_owned(), paths::settings);
    answer::form(
        upgrade.await,
        UpgradeCluster::PATH,
        &page,
        &page,
        "done-upgrade",
    )
}

/// Asks for another number of nodes in a group.
///
/// # Errors
/// That is no number, the cluster is busy, or the cloud refuses.
#[server(output = Json, prefix = "/api", endpoint = "resize_group")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn resize_group(
    id: String,
    group: String,
    count: String,
    #[server(default)] remove: String,
) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::clusters::server_fns::change;

    let remove: Vec<String> = remove
        .split(',')
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty())
        .take(100)
        .collect();
    let resize = change(&id, |up, id| async move {
        let (group, count) = (ssr::group(&group)?, ssr::count(&count)?);
        up.control_plane
            .resize_nodegroup(&up.token, id, group, count, &remove)
            .await
    });
    ssr::done(&id, resize.await, ResizeGroup::PATH, "done-group-resize")
}

/// Changes the least and the most nodes of a group.
///
/// # Errors
/// That is no number, the cluster is busy, or the cloud refuses.
#[server(output = Json, prefix = "/api", endpoint = "bound_group")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn bound_group(
    id: String,
    group: String,
    min: String,
    #[server(default)] max: String,
) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::clusters::server_fns::change;

    let bound = change(&id, |up, id| async move {
        let (group, min) = (ssr::group(&group)?, ssr::count(&min)?);
        let max = ssr::some_count(&max)?;
        up.control_plane
            .bound_nodegroup(&up.token, id, group, min, max)
            .await
    });
    ssr::done(&id, bound.await, BoundGroup::PATH, "done-group-bound")
}

/// Asks for a group of nodes.
///
/// # Errors
/// A field is wrong, the cluster is busy, or the cloud refuses.
#[server(output = Json, prefix = "/api", endpoint = "add_group")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn add_group(
    id: String,
    name: String,
    count: String,
    #[server(default)] flavor: String,
    #[server(default)] min: String,
    #[server(default)] max: String,
    #[server(default)] node_labels: String,
    #[server(default)] taints: String,
) -> Result<(), AppError> {
    use cluster_api::NewNodegroup;
    use leptos::server_fn::ServerFn;

    use super::draft;
    use crate::clusters::server_fns::change;

    let add = change(&id, |up, id| async move {
        let name = name.trim();
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        let is_name = (1..=242).contains(&name.len())
            && name.chars().all(allowed)
            && name.starts_with(|c: char| c.is_ascii_alphabetic());
        if !is_name {
            return Err(ssr::WRONG);
        }
        let group = NewNodegroup {
            name: name.to_owned(),
            flavor: Some(flavor.trim().to_owned()).filter(|it| !it.is_empty()),
            count: ssr::count(&count)?,
            min: ssr::some_count(&min)?.unwrap_or(0),
            max: ssr::some_count(&max)?,
            node_labels: draft::pairs(&node_labels).ok_or(ssr::WRONG)?,
            taints: draft::taints(&taints).ok_or(ssr::WRONG)?,
        };
        up.control_plane.add_nodegroup(&up.token, id, &group).await
    });
    ssr::done(&id, add.await, AddGroup::PATH, "done-group-add")
}

/// Asks for the end of a group of nodes.
///
/// # Errors
/// It came with the cluster, the cluster is busy, or the cloud refuses.
#[server(output = Json, prefix = "/api", endpoint = "delete_group")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn delete_group(id: String, group: String) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::clusters::server_fns::change;

    let delete = change(&id, |up, id| async move {
        let group = ssr::group(&group)?;
        up.control_plane
            .delete_nodegroup(&up.token, id, group)
            .await
    });
    ssr::done(&id, delete.await, DeleteGroup::PATH, "done-group-delete")
}

#[cfg(feature = "ssr")]
mod ssr {
    use cluster_api::{CloudRule, NodegroupId, Problem};

    use crate::{answer, clusters::server_fns::parse_id, error::AppError, paths};

    /// A field of a group is wrong.
    pub(super) const WRONG: Problem = Problem::Cloud {
        rule: CloudRule::Group,
    };

    pub(super) fn group(text: &str) -> Result<NodegroupId, Problem> {
        text.parse().map_err(|_| WRONG)
    }

    pub(super) fn count(text: &str) -> Result<u32, Problem> {
        let count: u32 = text.trim().parse().map_err(|_| WRONG)?;
        if count < 1000 { Ok(count) } else { Err(WRONG) }
    }

    pub(super) fn some_count(text: &str) -> Result<Option<u32>, Problem> {
        match text.trim() {
            "" => Ok(None),
            text => count(text).map(Some),
        }
    }

    /// Answers a form of the groups of a cluster.
    pub(super) fn done(
        id: &str,
        result: Result<(), Problem>,
        function: &str,
        done: &'static str,
    ) -> Result<(), AppError> {
        let page = parse_id(id).map_or_else(|_| paths::CLUSTERS.to_owned(), paths::nodes);
        answer::form(result, function, &page, &page, done)
    }
}
