//! The server functions of clusters.
//!
//! What forms send arrives as text and is parsed here, so that a wrong value is a problem with its
//! field and not a request that could not be read.
#![expect(
    missing_docs,
    reason = "the fields of the structs that the macro makes: the arguments"
)]
#![expect(clippy::too_many_arguments, reason = "the fields of a form")]

use cluster_api::ClusterId;
use leptos::prelude::*;

use crate::{error::AppError, wire::Json};

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
    #[server(default)] autoscale: String,
    #[server(default)] min_nodes: String,
    #[server(default)] max_nodes: String,
    #[server(default)] labels: String,
    #[server(default)] protection: String,
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
        cluster_type,
        flavor,
        nodes,
        autoscale,
        min_nodes,
        max_nodes,
        labels,
        protection,
        key,
    };
    let create = async || {
        // Who is signed out hears that and nothing of fields.
        dashboard().upstream().await?;
        let (cluster, key) = draft.parse()?;
        let made =
            act(|up| async move { up.control_plane.create(&up.token, &cluster, &key).await });
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
        Err(problem) => {
            let page = draft.after(problem).address();
            Err(answer::reject_form(problem, CreateCluster::PATH, &page))
        }
    }
}

/// Asks for the failed task to be tried again.
///
/// # Errors
/// The cluster is not in error.
#[server(output = Json, prefix = "/api", endpoint = "retry_cluster")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn retry_cluster(id: String) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::answer;

    let retry = ssr::change(&id, |up, id| async move {
        up.control_plane.retry(&up.token, id).await
    });
    let page = ssr::page_of(&id);
    answer::form(retry.await, RetryCluster::PATH, &page, &page, "done-retry")
}

/// Asks for the end of many clusters, if `count` says how many, and goes on to the list.
///
/// # Errors
/// The number is another, or one of them cannot be deleted now; those before it are being deleted.
#[server(output = Json, prefix = "/api", endpoint = "delete_clusters")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn delete_clusters(ids: Vec<String>, count: String) -> Result<(), AppError> {
    use cluster_api::Problem;
    use leptos::server_fn::ServerFn;

    use super::delete_page::MOST;
    use crate::{answer, dashboard::dashboard, paths};

    let mut refused: Vec<&str> = ids.iter().take(MOST).map(|id| &**id).collect();
    let mut going = String::new();
    let mut delete = async || {
        // Who is signed out hears that and nothing of numbers.
        dashboard().upstream().await?;
        if ids.len() > MOST || count.trim() != ids.len().to_string() {
            return Err(Problem::NameMismatch);
        }
        let mut said = Ok(());
        let (mut gone, mut stay) = (0, Vec::new());
        for id in &ids {
            match ssr::delete(id).await {
                Ok(()) => {}
                // Somebody else was faster.
                Err(Problem::NotFound) => gone += 1,
                // One that is refused keeps none of the others.
                Err(problem) => {
                    stay.push(&**id);
                    said = said.and(Err(problem));
                }
            }
        }
        let left = ids.len() - gone;
        if left == 0 && gone > 0 {
            return Err(Problem::NotFound);
        }
        if left > stay.len() {
            going = (left - stay.len()).to_string();
        }
        refused = stay;
        said
    };
    let said = delete().await;
    let mut pairs: Vec<_> = refused.iter().map(|id| ("id", *id)).collect();
    pairs.push(("going", &going));
    let back = paths::with_query(paths::DELETE_CLUSTERS, &pairs);
    answer::form(
        said,
        DeleteClusters::PATH,
        &back,
        paths::CLUSTERS,
        "done-delete-many",
    )
}

/// The cluster that a text names. None has a name that is no id.
///
/// # Errors
/// [`cluster_api::Problem::NotFound`].
pub fn parse_id(text: &str) -> Result<ClusterId, cluster_api::Problem> {
    text.parse().map_err(|_| cluster_api::Problem::NotFound)
}

#[cfg(feature = "ssr")]
pub use ssr::{change, delete, page_of};

#[cfg(feature = "ssr")]
mod ssr {
    use cluster_api::{ClusterId, Problem};

    use super::parse_id;
    use crate::{
        dashboard::{Upstream, act, dashboard},
        paths,
    };

    /// The page of the cluster that a text names; the list when it names none.
    #[must_use]
    pub fn page_of(id: &str) -> String {
        parse_id(id).map_or_else(|_| paths::CLUSTERS.to_owned(), paths::cluster)
    }

    /// Asks the control plane for a change to a cluster, and reads the cluster again, so that the next
    /// page shows it.
    ///
    /// # Errors
    /// What the control plane answered.
    pub async fn change<T, F>(
        id: &str,
        question: impl FnOnce(Upstream, ClusterId) -> F,
    ) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, Problem>>,
    {
        // Who is signed out hears that and nothing of ids.
        dashboard().upstream().await?;
        let id = parse_id(id)?;
        let answer = act(|up| question(up, id)).await?;
        dashboard().read_again(id).await;
        Ok(answer)
    }

    /// Asks for the end of a cluster.
    ///
    /// # Errors
    /// What the control plane answered.
    pub async fn delete(id: &str) -> Result<(), Problem> {
        dashboard().upstream().await?;
        let id = parse_id(id)?;
        let cluster = act(|up| async move { up.control_plane.delete(&up.token, id).await }).await?;
        dashboard().take_in(cluster).await;
        Ok(())
    }
}
