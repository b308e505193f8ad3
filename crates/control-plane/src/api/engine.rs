//! `/v2/health/engine`: how the engine is that nodes run on. For members there is no such address.

use std::sync::Arc;

use axum::{Json, extract::State};
use cluster_api::EngineHealth;

use super::{
    answer::Refusal,
    caller::Caller,
    openapi::{ADMIN, NotYours},
};
use crate::service::Service;

/// Show how the engine is.
///
/// It is asked now; one that does not answer says so here.
#[utoipa::path(get, path = "/health/engine", operation_id = "show_engine_health", tag = ADMIN,
    responses((status = 200, description = "The engine, and when it was last looked at.", body = EngineHealth), NotYours))]
pub(super) async fn health(
    caller: Caller,
    State(service): State<Arc<Service>>,
) -> Result<Json<EngineHealth>, Refusal> {
    Ok(Json(service.engine_health(&caller.actor).await?))
}
