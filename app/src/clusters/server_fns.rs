//! The server functions of clusters.
//!
//! What forms send arrives as text and is parsed here, so that a wrong value is a problem with its
//! field and not a request that could not be read.
#![expect(
    missing_docs,
    reason = "the fields of the structs that the macro makes: the arguments"
)]

use cluster_api::{Access, ClusterId};
use leptos::prelude::*;

use crate::{
    error::AppError,
    view::{ClusterView, Overview},
    wire::Json,
};

/// Everything the list shows.
///
/// # Errors
/// Nobody is signed in, or the control plane does not answer and nothing is known from before.
#[server(output = Json, prefix = "/api", endpoint = "load_overview")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn load_overview() -> Result<Overview, AppError> {
    use crate::{answer::reject, dashboard::CurrentDashboard};
    expect_context::<CurrentDashboard>()
        .0
        .overview()
        .await
        .map_err(reject)
}

/// One cluster with its timeline.
///
/// # Errors
/// There is no such cluster, or not for the one who asks.
#[server(output = Json, prefix = "/api", endpoint = "load_cluster")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn load_cluster(id: String) -> Result<ClusterView, AppError> {
    use crate::{answer::reject, dashboard::CurrentDashboard};
    let id = parse_id(&id).map_err(reject)?;
    expect_context::<CurrentDashboard>()
        .0
        .cluster(id)
        .await
        .map_err(reject)
}

/// All about a cluster's credentials but the secrets.
///
/// # Errors
/// There are none yet, or there is no such cluster.
#[server(output = Json, prefix = "/api", endpoint = "load_access")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn load_access(id: String) -> Result<Access, AppError> {
    use crate::{answer::reject, dashboard::CurrentDashboard};
    let id = parse_id(&id).map_err(reject)?;
    expect_context::<CurrentDashboard>()
        .0
        .access(id)
        .await
        .map_err(reject)
}

/// Asks for a cluster and goes on to its page.
///
/// # Errors
/// A field is wrong, the name is taken, or a quota is reached.
#[server(output = Json, prefix = "/api", endpoint = "create_cluster")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.name = %name)))]
pub async fn create_cluster(
    name: String,
    cluster_type: String,
    flavor: String,
    nodes: String,
    key: String,
) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use super::draft::Draft;
    use crate::{
        answer::{redirect, reject_form},
        dashboard::CurrentDashboard,
        paths,
    };

    let draft = Draft {
        name,
        cluster_type,
        flavor,
        nodes,
        key,
    };
    let create = async || {
        let (cluster, key) = draft.parse()?;
        expect_context::<CurrentDashboard>()
            .0
            .create(&cluster, &key)
            .await
    };
    match create().await {
        Ok(id) => {
            redirect(&paths::cluster(id));
            Ok(())
        }
        Err(problem) => {
            let page = draft.after(problem).address();
            Err(reject_form(problem, CreateCluster::PATH, &page))
        }
    }
}

/// Asks for another number of nodes.
///
/// # Errors
/// Not a number of nodes, more than the quota, or the cluster is not active.
#[server(output = Json, prefix = "/api", endpoint = "resize_cluster")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn resize_cluster(id: String, nodes: String) -> Result<(), AppError> {
    use cluster_api::{NodeCount, Problem};
    use leptos::server_fn::ServerFn;

    use crate::{dashboard::CurrentDashboard, paths};

    let resize = async || {
        let nodes = NodeCount::try_from(&*nodes).map_err(|_| Problem::NodesInvalid {
            max: NodeCount::MAX,
        })?;
        expect_context::<CurrentDashboard>()
            .0
            .resize(parse_id(&id)?, nodes)
            .await
    };
    let page = parse_id(&id).map_or_else(|_| paths::CLUSTERS.to_owned(), paths::resize);
    ssr::answer(resize().await, ResizeCluster::PATH, &page)
}

/// Asks for the failed task to be tried again.
///
/// # Errors
/// The cluster is not in error.
#[server(output = Json, prefix = "/api", endpoint = "retry_cluster")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn retry_cluster(id: String) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::dashboard::CurrentDashboard;

    let retry = async || {
        expect_context::<CurrentDashboard>()
            .0
            .retry(parse_id(&id)?)
            .await
    };
    ssr::answer(retry().await, RetryCluster::PATH, &ssr::page_of(&id))
}

/// Puts the protection of a cluster against deletion on (`on` is `true`) or takes it off.
///
/// # Errors
/// There is no such cluster, or it is being deleted already.
#[server(output = Json, prefix = "/api", endpoint = "protect_cluster")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn protect_cluster(id: String, on: bool) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::dashboard::CurrentDashboard;

    let protect = async || {
        expect_context::<CurrentDashboard>()
            .0
            .protect(parse_id(&id)?, on)
            .await
    };
    ssr::answer(protect().await, ProtectCluster::PATH, &ssr::page_of(&id))
}

/// Asks for the end of a cluster, if `name` is its name, and goes on to the list.
///
/// # Errors
/// The name is another, or the cluster is being deleted already.
#[server(output = Json, prefix = "/api", endpoint = "delete_cluster")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn delete_cluster(id: String, name: String) -> Result<(), AppError> {
    use cluster_api::Problem;
    use leptos::server_fn::ServerFn;

    use crate::{
        answer::{redirect, reject_form},
        dashboard::CurrentDashboard,
        paths,
    };

    let delete = async || {
        let dashboard = expect_context::<CurrentDashboard>().0;
        let id = parse_id(&id)?;
        if dashboard.cluster(id).await?.cluster.name.as_str() != name.trim() {
            return Err(Problem::NameMismatch);
        }
        dashboard.delete(id).await
    };
    match delete().await {
        Ok(()) => {
            redirect(paths::CLUSTERS);
            Ok(())
        }
        Err(problem) => {
            let page = parse_id(&id).map_or_else(|_| paths::CLUSTERS.to_owned(), paths::delete);
            Err(reject_form(problem, DeleteCluster::PATH, &page))
        }
    }
}

/// The cluster that a text names. None has a name that is no id.
///
/// # Errors
/// [`cluster_api::Problem::NotFound`].
pub fn parse_id(text: &str) -> Result<ClusterId, cluster_api::Problem> {
    text.parse().map_err(|_| cluster_api::Problem::NotFound)
}

#[cfg(feature = "ssr")]
mod ssr {
    use cluster_api::Problem;

    use super::parse_id;
    use crate::{
        answer::{redirect_form, reject_form},
        error::AppError,
        paths,
    };

    /// The page of the cluster that a text names; the list when it names none.
    pub(super) fn page_of(id: &str) -> String {
        parse_id(id).map_or_else(|_| paths::CLUSTERS.to_owned(), paths::cluster)
    }

    /// Answers a form: on to `page` either way, or nowhere for a script.
    pub(super) fn answer(
        result: Result<(), Problem>,
        function: &str,
        page: &str,
    ) -> Result<(), AppError> {
        match result {
            Ok(()) => {
                redirect_form(page);
                Ok(())
            }
            Err(problem) => Err(reject_form(problem, function, page)),
        }
    }
}
