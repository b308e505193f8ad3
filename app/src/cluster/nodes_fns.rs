//! The server functions of nodes.
#![expect(
    missing_docs,
    reason = "the fields of the structs that the macro makes: the arguments"
)]

use leptos::prelude::*;

use crate::{error::AppError, wire::Json};

/// Asks for another number of nodes.
///
/// # Errors
/// Not a number of nodes, more than the quota, or the cluster is busy.
#[server(output = Json, prefix = "/api", endpoint = "resize_cluster")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn resize_cluster(id: String, nodes: String) -> Result<(), AppError> {
    use cluster_api::{NodeCount, Problem};
    use leptos::server_fn::ServerFn;

    use crate::{answer, clusters::server_fns::change, paths};

    let limit = ssr::limit().await;
    let wished = NodeCount::typed(&nodes, limit).map_err(|_| Problem::NodesInvalid { max: limit });
    let resize = change(&id, |up, id| async move {
        up.control_plane.resize(&up.token, id, wished?).await
    });
    let page = ssr::page_of(&id);
    // What was typed was wrong: it stands in the form again.
    let back = paths::with_query(&page, &[("nodes", &*nodes)]);
    answer::form(
        resize.await,
        ResizeCluster::PATH,
        &back,
        &page,
        "done-resize",
    )
}

/// Asks for the end of the chosen workers of a cluster that had `count` nodes when they were chosen.
///
/// # Errors
/// None is chosen, the cluster has another number of nodes by now, one of them stays, or the cluster is
/// busy.
#[server(output = Json, prefix = "/api", endpoint = "remove_nodes")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn remove_nodes(
    id: String,
    count: String,
    #[server(default)] chosen: Vec<String>,
) -> Result<(), AppError> {
    use cluster_api::{NodeCount, NodeRule, Problem};
    use leptos::server_fn::ServerFn;

    use crate::{
        answer,
        clusters::server_fns::{change, parse_id},
        paths,
    };

    let number = Problem::NodeInvalid {
        rule: NodeRule::Number,
    };
    let remove: Result<Vec<_>, _> = chosen.iter().map(|node| ssr::node(node)).collect();
    let limit = ssr::limit().await;
    let left = NodeCount::typed(&count, limit).ok().and_then(|count| {
        let chosen = u32::try_from(chosen.len()).ok().filter(|it| *it > 0)?;
        let left = count.get().checked_sub(chosen).filter(|it| *it > 0)?;
        Some(NodeCount::of_a_cloud(left))
    });
    let removal = change(&id, |up, id| async move {
        let (left, remove) = (left.ok_or(number)?, remove?);
        up.control_plane.shrink(&up.token, id, left, &remove).await
    });
    let page = ssr::page_of(&id);
    let back = parse_id(&id).map_or_else(|_| page.clone(), |id| paths::remove_nodes(id, &chosen));
    answer::form(
        removal.await,
        RemoveNodes::PATH,
        &back,
        &page,
        "done-remove",
    )
}

/// Asks for another node in the place of a worker.
///
/// # Errors
/// There is no such node, it stays, or the cluster is busy.
#[server(output = Json, prefix = "/api", endpoint = "replace_node")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn replace_node(id: String, node: String) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::{
        answer,
        clusters::server_fns::{change, parse_id},
        paths,
    };

    let wanted = ssr::node(&node);
    let replacement = change(&id, |up, id| async move {
        up.control_plane.replace_node(&up.token, id, wanted?).await
    });
    let page = ssr::page_of(&id);
    let back = parse_id(&id).map_or_else(|_| page.clone(), |id| paths::replace_node(id, &node));
    answer::form(
        replacement.await,
        ReplaceNode::PATH,
        &back,
        &page,
        "done-replace",
    )
}

/// Asks for the work of a worker to move elsewhere (`on` is `true`), or for it to take work again.
///
/// # Errors
/// There is no such node, it is no worker that stays, or the cluster is busy.
#[server(output = Json, prefix = "/api", endpoint = "drain_node")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn drain_node(id: String, node: String, on: bool) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::{answer, clusters::server_fns::change};

    let drain = change(&id, |up, id| async move {
        let node = ssr::node(&node)?;
        up.control_plane.drain_node(&up.token, id, node, on).await
    });
    let page = ssr::page_of(&id);
    let done = if on { "done-drain" } else { "done-undrain" };
    answer::form(drain.await, DrainNode::PATH, &page, &page, done)
}

#[cfg(feature = "ssr")]
mod ssr {
    use cluster_api::{NodeCount, NodeId, NodeRule, Problem};

    use crate::{clusters::server_fns::parse_id, dashboard::dashboard, paths};

    /// The most nodes that any cluster may have here, whatever the quota: in a cloud it is more.
    pub(super) async fn limit() -> NodeCount {
        let known = dashboard().known().await;
        known.map_or(NodeCount::MAX, |it| {
            it.snapshot.quotas.max_nodes_per_cluster.max(NodeCount::MAX)
        })
    }

    /// The node that a text names.
    pub(super) fn node(id: &str) -> Result<NodeId, Problem> {
        let rule = NodeRule::Unknown;
        id.parse().map_err(|_| Problem::NodeInvalid { rule })
    }

    /// The page with the nodes of the cluster that a text names; the list when it names none.
    pub(super) fn page_of(id: &str) -> String {
        parse_id(id).map_or_else(|_| paths::CLUSTERS.to_owned(), paths::nodes)
    }
}
