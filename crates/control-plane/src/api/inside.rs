//! `/v2/clusters/{id}`: what is inside a cluster. (Its logs are in [`super::logs`].)

use std::sync::Arc;

use axum::{Json, extract::State};
use cluster_api::inside::{ContainerList, Metrics, NodeList, ServiceList};

use super::{
    answer::Refusal,
    caller::{Caller, InPath},
    openapi::{BadQuery, INSIDE},
    page::Parameters,
    query::MetricsParams,
};
use crate::service::Service;

type Answer<T> = Result<Json<T>, Refusal>;
type Rules = State<Arc<Service>>;

/// List nodes.
///
/// A node that does not answer says why under `unreachable`.
#[utoipa::path(get, path = "/clusters/{id}/nodes", operation_id = "list_nodes", tag = INSIDE,
    params(InPath),
    responses((status = 200, description = "Its nodes, with what they have, have reserved and use.", body = NodeList)))]
pub(super) async fn nodes(caller: Caller, State(service): Rules, id: InPath) -> Answer<NodeList> {
    Ok(Json(service.nodes(&caller.actor, id.0).await?))
}

/// List containers.
///
/// Running and not. Nodes that do not answer are named under `unreachable`.
#[utoipa::path(get, path = "/clusters/{id}/containers", operation_id = "list_containers", tag = INSIDE,
    params(InPath),
    responses((status = 200, description = "The containers of all its nodes.", body = ContainerList)))]
pub(super) async fn containers(
    caller: Caller,
    State(service): Rules,
    id: InPath,
) -> Answer<ContainerList> {
    Ok(Json(service.containers(&caller.actor, id.0).await?))
}

/// List services.
#[utoipa::path(get, path = "/clusters/{id}/services", operation_id = "list_services", tag = INSIDE,
    params(InPath),
    responses((status = 200, description = "The services of its swarm.", body = ServiceList)))]
pub(super) async fn services(
    caller: Caller,
    State(service): Rules,
    id: InPath,
) -> Answer<ServiceList> {
    Ok(Json(service.services(&caller.actor, id.0).await?))
}

/// Show what is used, over time.
#[utoipa::path(get, path = "/clusters/{id}/metrics", operation_id = "show_metrics", tag = INSIDE,
    params(InPath, MetricsParams),
    responses((status = 200, description = "Curves of each node, and of all together.", body = Metrics), BadQuery))]
pub(super) async fn metrics(
    caller: Caller,
    State(service): Rules,
    id: InPath,
    parameters: Parameters,
) -> Answer<Metrics> {
    let params = MetricsParams::read(parameters)?;
    let node = params.node.as_deref();
    let metrics = service.metrics(&caller.actor, id.0, params.window, node);
    let metrics = metrics.await?;
    Ok(Json(metrics))
}

#[cfg(test)]
mod tests;
