//! `/v2/clusters/{id}/nodes/{node}`: what is done with one node.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use cluster_api::{Cluster, DrainNode};

use super::{
    answer::Refusal,
    body::Object,
    caller::{Caller, InPath, Segments},
    openapi::{CLUSTERS, NoNode, NodeNotNow},
};
use crate::service::Service;

type Accepted = Result<(StatusCode, Json<Cluster>), Refusal>;
type Rules = State<Arc<Service>>;

/// Replace a node.
///
/// Another one is made and joins; then the work of this one moves, and it goes with all that is on it. Only
/// workers can be replaced.
#[utoipa::path(post, path = "/clusters/{id}/nodes/{node}/replace", operation_id = "replace_node", tag = CLUSTERS,
    params(InPath, ("node" = String, Path, description = "Its id, or its name.")),
    responses((status = 202, description = "The cluster, which changes from now on.", body = Cluster),
        NoNode, NodeNotNow))]
pub(super) async fn replace(
    caller: Caller,
    State(service): Rules,
    id: InPath,
    Segments((_, node)): Segments<(String, String)>,
) -> Accepted {
    service.replace_node(&caller.actor, id.0, &node).await?;
    let cluster = service.cluster(&caller.actor, id.0).await?;
    Ok((StatusCode::ACCEPTED, Json(cluster)))
}

/// Drain a node, or give it work again.
///
/// Its work moves to other nodes and stays away until it is given work again; the node stays. Only workers
/// can be drained.
#[utoipa::path(post, path = "/clusters/{id}/nodes/{node}/drain", operation_id = "drain_node", tag = CLUSTERS,
    params(InPath, ("node" = String, Path, description = "Its id, or its name.")),
    request_body = DrainNode,
    responses((status = 202, description = "The cluster, which changes from now on.", body = Cluster),
        NoNode, NodeNotNow))]
pub(super) async fn drain(
    caller: Caller,
    State(service): Rules,
    id: InPath,
    Segments((_, node)): Segments<(String, String)>,
    body: Object,
) -> Accepted {
    let on = body.into_drain()?;
    service.drain_node(&caller.actor, id.0, &node, on).await?;
    let cluster = service.cluster(&caller.actor, id.0).await?;
    Ok((StatusCode::ACCEPTED, Json(cluster)))
}
