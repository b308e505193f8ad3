//! `/v2`: clusters.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use cluster_api::{
    Access, Autoscale, Cluster, ClusterList, ClusterType, ClusterTypeList, EventList,
    IDEMPOTENCY_KEY_HEADER, IdempotencyKey, Problem, Quotas, Snapshot, TaskRequest,
};

use super::{
    answer::Refusal,
    body::Object,
    caller::{Caller, InPath},
};
use crate::service::Service;

type Answer<T> = Result<Json<T>, Refusal>;
type Rules = State<Arc<Service>>;

pub(super) async fn list_types(_: Caller) -> Json<ClusterTypeList> {
    Json(ClusterTypeList {
        cluster_types: vec![ClusterType::swarm()],
    })
}

pub(super) async fn quotas(_: Caller, State(service): Rules) -> Json<Quotas> {
    Json(service.quotas())
}

pub(super) async fn snapshot(caller: Caller, State(service): Rules) -> Answer<Snapshot> {
    Ok(Json(service.snapshot(&caller.actor).await?))
}

pub(super) async fn list(caller: Caller, State(service): Rules) -> Answer<ClusterList> {
    let clusters = service.clusters(&caller.actor).await?;
    Ok(Json(ClusterList { clusters }))
}

pub(super) async fn show(caller: Caller, State(service): Rules, id: InPath) -> Answer<Cluster> {
    Ok(Json(service.cluster(&caller.actor, id.0).await?))
}

pub(super) async fn create(
    caller: Caller,
    State(service): Rules,
    headers: HeaderMap,
    body: Object,
) -> Result<(StatusCode, Json<Cluster>), Refusal> {
    let key = match headers.get(IDEMPOTENCY_KEY_HEADER) {
        None => None,
        Some(key) => {
            let key = key
                .to_str()
                .map_err(|_| Problem::IdempotencyKeyInvalid)?
                .to_owned();
            Some(IdempotencyKey::try_from(key).map_err(|_| Problem::IdempotencyKeyInvalid)?)
        }
    };
    let request = body.into_create(service.quotas().max_nodes_per_cluster)?;
    let cluster = service
        .create(&caller.actor, &request, key.as_ref())
        .await?;
    Ok((StatusCode::CREATED, Json(cluster)))
}

pub(super) async fn change(
    caller: Caller,
    State(service): Rules,
    id: InPath,
    body: Object,
) -> Answer<Cluster> {
    let wish = body.into_change()?;
    Ok(Json(service.change(&caller.actor, id.0, &wish).await?))
}

pub(super) async fn autoscale(
    caller: Caller,
    State(service): Rules,
    id: InPath,
) -> Answer<Autoscale> {
    Ok(Json(service.autoscale(&caller.actor, id.0).await?))
}

pub(super) async fn set_autoscale(
    caller: Caller,
    State(service): Rules,
    id: InPath,
    body: Object,
) -> Answer<Autoscale> {
    let (enabled, policy) = body.into_autoscale()?;
    let autoscale = service
        .set_autoscale(&caller.actor, id.0, enabled, policy)
        .await?;
    Ok(Json(autoscale))
}

pub(super) async fn delete(caller: Caller, State(service): Rules, id: InPath) -> Answer<Cluster> {
    Ok(Json(service.delete(&caller.actor, id.0).await?))
}

pub(super) async fn add_task(
    caller: Caller,
    State(service): Rules,
    id: InPath,
    body: Object,
) -> Result<(StatusCode, Json<Cluster>), Refusal> {
    match body.into_task(service.quotas().max_nodes_per_cluster)? {
        TaskRequest::Resize { input } => {
            service
                .resize(&caller.actor, id.0, input.node_count)
                .await?;
        }
        TaskRequest::Retry => service.retry(&caller.actor, id.0).await?,
        TaskRequest::Rebuild => service.rebuild(&caller.actor, id.0).await?,
        TaskRequest::Rotate => service.rotate(&caller.actor, id.0).await?,
    }
    Ok((
        StatusCode::ACCEPTED,
        Json(service.cluster(&caller.actor, id.0).await?),
    ))
}

pub(super) async fn events(caller: Caller, State(service): Rules, id: InPath) -> Answer<EventList> {
    let events = service.events(&caller.actor, id.0).await?;
    Ok(Json(EventList { events }))
}

pub(super) async fn access(caller: Caller, State(service): Rules, id: InPath) -> Answer<Access> {
    Ok(Json(service.access(&caller.actor, id.0).await?))
}

pub(super) async fn credentials_zip(
    caller: Caller,
    State(service): Rules,
    id: InPath,
) -> Result<impl IntoResponse, Refusal> {
    let (name, zip) = service.credentials_zip(&caller.actor, id.0).await?;
    Ok(zip_answer(&name, zip))
}

/// A bundle as a download.
pub(super) fn zip_answer(name: &str, zip: Vec<u8>) -> impl IntoResponse + use<> {
    // A cluster's name needs no escaping, by its rule.
    let disposition = format!("attachment; filename=\"{name}.zip\"");
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, zip)
}
