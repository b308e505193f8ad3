//! The server functions about other accounts. The control plane lets admins alone call them.
#![expect(
    missing_docs,
    reason = "the fields of the structs that the macro makes: the arguments"
)]

use leptos::prelude::*;

use crate::{error::AppError, wire::Json};

/// Makes an account. Without a password one is made up; it is shown once, on the page that comes next.
///
/// # Errors
/// A rule of accounts.
#[server(output = Json, prefix = "/api", endpoint = "add_account")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn add_account(
    username: String,
    #[server(default)] role: String,
    #[server(default)] password: String,
    #[server(default)] max_clusters: String,
    #[server(default)] max_nodes: String,
) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::{answer, paths};

    let pairs = [
        ("username", username.trim()),
        ("role", &*role),
        ("max_clusters", max_clusters.trim()),
        ("max_nodes", max_nodes.trim()),
    ];
    let back = format!("{}#add", paths::with_query(paths::ADMIN, &pairs));
    let added = ssr::add(&username, &role, password, &max_clusters, &max_nodes);
    answer::reveal(
        added.await,
        AddAccount::PATH,
        &back,
        paths::ADMIN,
        "done-account-added",
    )
    .await
}

/// Changes the role and the quotas of an account.
///
/// # Errors
/// There is no such account, or it is the last admin.
#[server(output = Json, prefix = "/api", endpoint = "change_account")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn change_account(
    id: String,
    role: String,
    max_clusters: String,
    max_nodes: String,
) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::answer;

    let page = ssr::page_of(&id);
    let changed = ssr::change(&id, || {
        Ok(cluster_api::ChangeAccount {
            role: Some(super::fields::role(&role)),
            max_clusters: Some(super::fields::clusters(&max_clusters)?),
            max_nodes_per_cluster: Some(super::fields::nodes(&max_nodes)?),
            password: None,
        })
    });
    answer::form(
        changed.await,
        ChangeAccount::PATH,
        &page,
        &page,
        "done-account-changed",
    )
}

/// Gives an account another password: its sign-ins end.
///
/// # Errors
/// There is no such account, or it is no password.
#[server(output = Json, prefix = "/api", endpoint = "set_password")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn set_password(id: String, password: String) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::answer;

    let page = ssr::page_of(&id);
    let changed = ssr::change(&id, || {
        Ok(cluster_api::ChangeAccount {
            password: Some(cluster_api::SecretText(password)),
            ..cluster_api::ChangeAccount::default()
        })
    });
    answer::form(
        changed.await,
        SetPassword::PATH,
        &page,
        &page,
        "done-password-set",
    )
}

/// Closes an account, if `name` is its name, and goes on to the list.
///
/// # Errors
/// The name is another, or it is the last admin.
#[server(output = Json, prefix = "/api", endpoint = "close_account")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn close_account(id: String, name: String) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::{answer, paths};

    let back = ssr::account_id(&id).map_or_else(|_| paths::ADMIN.to_owned(), paths::close_account);
    answer::form(
        ssr::close(&id, &name).await,
        CloseAccount::PATH,
        &back,
        paths::ADMIN,
        "done-account-closed",
    )
}

#[cfg(feature = "ssr")]
pub use ssr::{account_id, no_route};

#[cfg(feature = "ssr")]
mod ssr {
    use cluster_api::{AccountId, AddAccount, ChangeAccount, Problem, SecretText};
    use secrecy::SecretString;

    use super::super::fields;
    use crate::{
        dashboard::{act, dashboard},
        paths,
    };

    /// The account that a text names.
    ///
    /// # Errors
    /// [`Problem::NoRoute`]: there is none of a name that is no id.
    pub fn account_id(text: &str) -> Result<AccountId, Problem> {
        text.parse().map_err(|_| Problem::NoRoute)
    }

    /// For whoever may not see accounts there are none, and the words are about clusters: here there is
    /// nothing at the address.
    #[must_use]
    pub fn no_route(problem: Problem) -> Problem {
        match problem {
            Problem::NotFound => Problem::NoRoute,
            problem => problem,
        }
    }

    pub(super) fn page_of(id: &str) -> String {
        account_id(id).map_or_else(|_| paths::ADMIN.to_owned(), paths::admin_account)
    }

    pub(super) async fn add(
        username: &str,
        role: &str,
        password: String,
        max_clusters: &str,
        max_nodes: &str,
    ) -> Result<SecretString, Problem> {
        dashboard().upstream().await?;
        let wanted = AddAccount {
            username: username.trim().to_owned(),
            role: Some(fields::role(role)),
            max_clusters: fields::own(fields::clusters(max_clusters)?),
            max_nodes_per_cluster: fields::own(fields::nodes(max_nodes)?),
            password: (!password.is_empty()).then_some(SecretText(password)),
        };
        let made =
            act(|up| async move { up.control_plane.add_account(&up.token, &wanted).await }).await;
        Ok(made.map_err(no_route)?.password.0.into())
    }

    pub(super) async fn change(
        id: &str,
        change: impl FnOnce() -> Result<ChangeAccount, Problem>,
    ) -> Result<(), Problem> {
        dashboard().upstream().await?;
        let (id, change) = (account_id(id)?, change()?);
        let changed = act(|up| async move {
            up.control_plane
                .change_account(&up.token, id, &change)
                .await
        });
        changed.await.map(|_| ()).map_err(no_route)
    }

    pub(super) async fn close(id: &str, name: &str) -> Result<(), Problem> {
        dashboard().upstream().await?;
        let id = account_id(id)?;
        let name = name.trim();
        let closed = act(|up| async move {
            let account = up.control_plane.account_of(&up.token, id).await?;
            if account.username != name {
                return Err(Problem::NameMismatch);
            }
            up.control_plane.close_account(&up.token, id).await
        });
        closed.await.map_err(no_route)
    }
}
