//! What helps a cluster that is not as it should be.
#![expect(
    missing_docs,
    reason = "the fields of the structs that the macro makes: the arguments"
)]

use leptos::prelude::*;

use crate::{error::AppError, wire::Json};

/// Asks for the swarm and the certificates of a cluster to be made anew.
///
/// # Errors
/// Something else is being done with the cluster.
#[server(output = Json, prefix = "/api", endpoint = "rebuild_cluster")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn rebuild_cluster(id: String) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::{
        answer,
        clusters::server_fns::{change, parse_id},
        paths,
    };

    let rebuild = change(&id, |up, id| async move {
        up.control_plane.rebuild(&up.token, id).await
    });
    let address = |page: fn(cluster_api::ClusterId) -> String| {
        parse_id(&id).map_or_else(|_| paths::CLUSTERS.to_owned(), page)
    };
    answer::form(
        rebuild.await,
        RebuildCluster::PATH,
        &address(paths::rebuild),
        &address(paths::events),
        "done-rebuild",
    )
}
