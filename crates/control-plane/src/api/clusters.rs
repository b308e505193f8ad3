//! `/v2`: clusters.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use cluster_api::{
    Access, Autoscale, AutoscaleChange, Cluster, ClusterChange, ClusterList, ClusterType,
    ClusterTypeList, CreateCluster, EventList, IDEMPOTENCY_KEY_HEADER, IdempotencyKey, Ledger,
    NodeCount, Problem, Quotas, Snapshot, TaskRequest, UsualTimes,
};

use super::{
    answer::Refusal,
    body::Object,
    caller::{Caller, InPath},
    openapi::{
        ACCOUNT, BadQuery, CLUSTERS, HELP, KeyReused, NotNow, NotReady, OverQuota, Taken, Zip,
    },
    page::{ClusterListParams, EventListParams, cluster_marker, marker},
};
use crate::service::Service;

type Answer<T> = Result<Json<T>, Refusal>;
type Rules = State<Arc<Service>>;

/// List cluster types: what clusters can be made of.
#[utoipa::path(get, path = "/cluster_types", operation_id = "list_cluster_types", tag = CLUSTERS,
    responses((status = 200, description = "All types.", body = ClusterTypeList)))]
pub(super) async fn list_types(_: Caller) -> Json<ClusterTypeList> {
    Json(ClusterTypeList {
        cluster_types: vec![ClusterType::swarm()],
    })
}

/// Show quotas: what the account may have.
#[utoipa::path(get, path = "/quotas", operation_id = "show_quotas", tag = ACCOUNT,
    responses((status = 200, description = "The quotas.", body = Quotas)))]
pub(super) async fn quotas(caller: Caller, State(service): Rules) -> Json<Quotas> {
    Json(service.quotas(&caller.actor.account))
}

/// Show how long work on clusters usually takes.
///
/// Measured on this installation: the median of the last tasks of each kind that succeeded.
#[utoipa::path(get, path = "/usual", operation_id = "show_usual_times", tag = CLUSTERS,
    responses((status = 200, description = "A time for each kind of task.", body = UsualTimes)))]
pub(super) async fn usual(_: Caller, State(service): Rules) -> Answer<UsualTimes> {
    Ok(Json(service.usual().await?))
}

/// Show all that an overview needs, at one moment.
#[utoipa::path(get, path = "/snapshot", operation_id = "show_snapshot", tag = CLUSTERS,
    responses((status = 200, description = "Clusters, types and quotas, of one moment.", body = Snapshot)))]
pub(super) async fn snapshot(caller: Caller, State(service): Rules) -> Answer<Snapshot> {
    Ok(Json(service.snapshot(&caller.actor).await?))
}

/// List clusters.
///
/// The account's own, a page at a time. A page ends with the `next` that the request for the one after it
/// gives as `marker`; what is made or deleted meanwhile moves nothing. Without a `limit` a page is as
/// long as can be.
#[utoipa::path(get, path = "/clusters", operation_id = "list_clusters", tag = CLUSTERS,
    params(ClusterListParams),
    responses((status = 200, description = "A page of them.", body = ClusterList), BadQuery))]
pub(super) async fn list(
    caller: Caller,
    State(service): Rules,
    params: ClusterListParams,
) -> Answer<ClusterList> {
    let query = params.into_query()?;
    let page = service.page_of_clusters(&caller.actor, &query).await?;
    let next = page
        .next
        .map(|key| cluster_marker(&query, key))
        .transpose()?;
    Ok(Json(ClusterList {
        clusters: page
            .records
            .into_iter()
            .map(|record| record.cluster)
            .collect(),
        total: page.counts.total(),
        matching: page.matching,
        counts: page.counts,
        next,
    }))
}

/// Show a cluster.
#[utoipa::path(get, path = "/clusters/{id}", operation_id = "show_cluster", tag = CLUSTERS, params(InPath),
    responses((status = 200, description = "The cluster.", body = Cluster)))]
pub(super) async fn show(caller: Caller, State(service): Rules, id: InPath) -> Answer<Cluster> {
    Ok(Json(service.cluster(&caller.actor, id.0).await?))
}

/// Create a cluster.
///
/// The answer is there before the cluster is: it is `active` once it can be used.
#[utoipa::path(post, path = "/clusters", operation_id = "create_cluster", tag = CLUSTERS,
    params(("idempotency-key" = Option<IdempotencyKey>, Header, description = "The same key makes one cluster, however often the request is sent within a day.")),
    request_body = CreateCluster,
    responses((status = 201, description = "The cluster, on its way.", body = Cluster),
        OverQuota, Taken, KeyReused))]
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
    let request = body.into_create(max_nodes(&service, &caller))?;
    let cluster = service
        .create(&caller.actor, &request, key.as_ref())
        .await?;
    Ok((StatusCode::CREATED, Json(cluster)))
}

/// Change a cluster: its name, its labels, its protection against deletion.
///
/// What is not given stays as it is.
#[utoipa::path(patch, path = "/clusters/{id}", operation_id = "change_cluster", tag = CLUSTERS, params(InPath),
    request_body = ClusterChange,
    responses((status = 200, description = "The cluster as it is now.", body = Cluster), NotNow))]
pub(super) async fn change(
    caller: Caller,
    State(service): Rules,
    id: InPath,
    body: Object,
) -> Answer<Cluster> {
    let wish = body.into_change()?;
    Ok(Json(service.change(&caller.actor, id.0, &wish).await?))
}

/// Show how a cluster scales by itself.
#[utoipa::path(get, path = "/clusters/{id}/autoscale", operation_id = "show_autoscale", tag = CLUSTERS, params(InPath),
    responses((status = 200, description = "Whether and how, and what was found last.", body = Autoscale)))]
pub(super) async fn autoscale(
    caller: Caller,
    State(service): Rules,
    id: InPath,
) -> Answer<Autoscale> {
    Ok(Json(service.autoscale(&caller.actor, id.0).await?))
}

/// Have a cluster scale by itself, or no longer.
#[utoipa::path(put, path = "/clusters/{id}/autoscale", operation_id = "set_autoscale", tag = CLUSTERS, params(InPath),
    request_body = AutoscaleChange,
    responses((status = 200, description = "Whether and how from now on.", body = Autoscale), OverQuota, NotNow))]
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

/// Delete a cluster.
///
/// The answer is there before the cluster is gone: it is `deleting`, and then not found.
#[utoipa::path(delete, path = "/clusters/{id}", operation_id = "delete_cluster", tag = CLUSTERS, params(InPath),
    responses((status = 200, description = "The cluster, on its way out.", body = Cluster), NotNow))]
pub(super) async fn delete(caller: Caller, State(service): Rules, id: InPath) -> Answer<Cluster> {
    Ok(Json(service.delete(&caller.actor, id.0).await?))
}

/// Have work done on a cluster: `resize`, `retry`, `rebuild` or `rotate`.
#[utoipa::path(post, path = "/clusters/{id}/tasks", operation_id = "add_task", tag = CLUSTERS, params(InPath),
    request_body = TaskRequest,
    responses((status = 202, description = "The cluster, which changes from now on.", body = Cluster),
        OverQuota, NotNow))]
pub(super) async fn add_task(
    caller: Caller,
    State(service): Rules,
    id: InPath,
    body: Object,
) -> Result<(StatusCode, Json<Cluster>), Refusal> {
    match body.into_task(max_nodes(&service, &caller))? {
        TaskRequest::Resize { input } => {
            service
                .resize(&caller.actor, id.0, input.node_count, &input.remove)
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

/// List what happened to a cluster.
///
/// Newest first, a page at a time, as the list of clusters.
#[utoipa::path(get, path = "/clusters/{id}/events", operation_id = "list_events", tag = CLUSTERS,
    params(InPath, EventListParams),
    responses((status = 200, description = "A page of its timeline.", body = EventList), BadQuery))]
pub(super) async fn events(
    caller: Caller,
    State(service): Rules,
    id: InPath,
    params: EventListParams,
) -> Answer<EventList> {
    let (events, next) = service
        .page_of_events(&caller.actor, id.0, params.marker, params.limit)
        .await?;
    let next = next.as_ref().map(marker).transpose()?;
    Ok(Json(EventList { events, next }))
}

/// Show where a cluster answers, and all about its credentials but the secrets.
#[utoipa::path(get, path = "/clusters/{id}/credentials", operation_id = "show_access", tag = CLUSTERS, params(InPath),
    responses((status = 200, description = "Where it answers, and what was handed out.", body = Access), NotReady))]
pub(super) async fn access(caller: Caller, State(service): Rules, id: InPath) -> Answer<Access> {
    Ok(Json(service.access(&caller.actor, id.0).await?))
}

/// Download credentials.
///
/// A new client certificate, with all that is needed to use the cluster.
#[utoipa::path(get, path = "/clusters/{id}/credentials/zip", operation_id = "download_credentials", tag = CLUSTERS, params(InPath),
    responses((status = 200, description = "The bundle.", body = Zip, content_type = "application/zip"), NotReady))]
pub(super) async fn credentials_zip(
    caller: Caller,
    State(service): Rules,
    id: InPath,
) -> Result<impl IntoResponse, Refusal> {
    let (name, zip) = service.credentials_zip(&caller.actor, id.0).await?;
    Ok(zip_answer(&name, zip))
}

/// Download a support bundle.
///
/// Events, tasks, versions, settings and the nodes' logs, for whoever helps: a zip without secrets. It
/// comes in every state of the cluster, and to admins for every account's.
#[utoipa::path(get, path = "/clusters/{id}/support.zip", operation_id = "download_support_bundle", tag = HELP, params(InPath),
    responses((status = 200, description = "The bundle.", body = Zip, content_type = "application/zip")))]
pub(super) async fn support_zip(
    caller: Caller,
    State(service): Rules,
    id: InPath,
) -> Result<impl IntoResponse, Refusal> {
    let (name, zip) = service.support_zip(&caller.actor, id.0).await?;
    Ok(zip_answer(&name, zip))
}

/// List the certificates that were handed out for a cluster.
///
/// Newest first: to whom, until when, and whether a rotation ended them.
#[utoipa::path(get, path = "/clusters/{id}/credentials/ledger", operation_id = "list_credentials", tag = CLUSTERS, params(InPath),
    responses((status = 200, description = "The ledger.", body = Ledger)))]
pub(super) async fn ledger(caller: Caller, State(service): Rules, id: InPath) -> Answer<Ledger> {
    let certificates = service.ledger(&caller.actor, id.0).await?;
    Ok(Json(Ledger { certificates }))
}

fn max_nodes(service: &Service, caller: &Caller) -> NodeCount {
    service.quotas(&caller.actor.account).max_nodes_per_cluster
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
