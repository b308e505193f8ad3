//! New certificates for a cluster, and a key for programs that use it.
#![expect(
    missing_docs,
    reason = "the fields of the structs that the macro makes: the arguments"
)]

use leptos::prelude::*;

use crate::{error::AppError, wire::Json};

/// Asks for the certificates of a cluster to be made anew: those handed out before are shut out.
///
/// # Errors
/// The cluster is not active.
#[server(output = Json, prefix = "/api", endpoint = "rotate_cluster")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn rotate_cluster(id: String) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::{answer, clusters::server_fns::change, paths};

    let rotate = change(&id, |up, id| async move {
        up.control_plane.rotate(&up.token, id).await
    });
    answer::form(
        rotate.await,
        RotateCluster::PATH,
        &ssr::address(&id, paths::rotate),
        &ssr::address(&id, paths::access),
        "done-rotate",
    )
}

/// Makes an API key for programs that download the credentials of a cluster. Its secret is shown once,
/// on the page that comes next.
///
/// # Errors
/// There is no such cluster, or a rule of keys.
#[server(output = Json, prefix = "/api", endpoint = "make_ci_key")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all, fields(cluster.id = %id)))]
pub async fn make_ci_key(id: String) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::{answer, paths};

    let page = format!("{}#ci", ssr::address(&id, paths::access));
    let made = ssr::make_ci_key(&id).await;
    answer::reveal(made, MakeCiKey::PATH, &page, &page, "done-ci-key").await
}

#[cfg(feature = "ssr")]
mod ssr {
    use cluster_api::{AccountRule, ClusterId, MakeKey, Problem, Scope, Scopes};
    use secrecy::SecretString;

    use crate::{
        clusters::server_fns::parse_id,
        dashboard::{act, dashboard},
        paths,
    };

    /// How many keys of the same purpose an account has at most.
    const MOST: u32 = 20;

    /// A page of the cluster that a text names; the list when it names none.
    pub(super) fn address(id: &str, page: fn(ClusterId) -> String) -> String {
        parse_id(id).map_or_else(|_| paths::CLUSTERS.to_owned(), page)
    }

    /// Makes a key that may look and download credentials, under the first name that is free.
    pub(super) async fn make_ci_key(id: &str) -> Result<SecretString, Problem> {
        dashboard().upstream().await?;
        let cluster = dashboard().cluster(parse_id(id)?).await?.cluster;
        let mut number = 1;
        loop {
            let key = MakeKey {
                name: name(cluster.name.as_str(), number),
                scopes: Scopes([Scope::Read, Scope::Credentials].into()),
                expires_at: None,
            };
            let made = act(|up| async move { up.control_plane.make_key(&up.token, &key).await });
            match made.await {
                Ok(made) => return Ok(made.secret.0.into()),
                Err(Problem::Account {
                    rule: AccountRule::KeyNameTaken,
                }) if number < MOST => number += 1,
                Err(problem) => return Err(problem),
            }
        }
    }

    /// The name of such a key: at most 64 characters.
    fn name(cluster: &str, number: u32) -> String {
        // Names of clusters are ASCII.
        let start = cluster.get(..56).unwrap_or(cluster);
        match number {
            1 => format!("ci-{start}"),
            number => format!("ci-{start}-{number}"),
        }
    }

    #[cfg(test)]
    mod tests {
        use super::name;

        #[test]
        fn names_of_keys_are_short_enough() {
            assert_eq!(name("shop", 1), "ci-shop");
            assert_eq!(name("shop", 2), "ci-shop-2");
            assert!(name(&"x".repeat(63), super::MOST).len() <= 64);
        }
    }
}
