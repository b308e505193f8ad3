//! The server functions of an account's own page: forms that work without scripts.
#![expect(
    missing_docs,
    reason = "the fields of the structs that the macro makes: the arguments"
)]

use leptos::prelude::*;

use crate::{error::AppError, wire::Json};

/// Makes an API key. Its secret is shown once, on the page that comes next. `expires` is a number of
/// days, or nothing: until it is revoked.
///
/// # Errors
/// A rule of keys; the form comes back as it was filled in.
#[server(output = Json, prefix = "/api", endpoint = "make_key")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn make_key(
    name: String,
    #[server(default)] read: String,
    #[server(default)] write: String,
    #[server(default)] credentials: String,
    #[server(default)] expires: String,
) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use super::keys::Draft;
    use crate::answer;

    let draft = Draft::of(name, [read, write, credentials], expires);
    let made = ssr::make_key(&draft).await;
    answer::reveal(
        made,
        MakeKey::PATH,
        &draft.address(),
        ssr::KEYS,
        "done-key-made",
    )
    .await
}

/// Revokes an API key: the sign-ins with it end.
///
/// # Errors
/// There is no such key.
#[server(output = Json, prefix = "/api", endpoint = "revoke_key")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn revoke_key(id: String) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::answer;

    let revoked = ssr::with_id(&id, |up, id| async move {
        up.control_plane.revoke_key(&up.token, id).await
    });
    answer::form(
        revoked.await,
        RevokeKey::PATH,
        ssr::KEYS,
        ssr::KEYS,
        "done-key-revoked",
    )
}

/// Ends one sign-in.
///
/// # Errors
/// There is no such sign-in.
#[server(output = Json, prefix = "/api", endpoint = "end_session")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn end_session(id: String) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::answer;

    let ended = ssr::with_id(&id, |up, id| async move {
        up.control_plane.end_session(&up.token, id).await
    });
    answer::form(
        ended.await,
        EndSession::PATH,
        ssr::SESSIONS,
        ssr::SESSIONS,
        "done-session-ended",
    )
}

/// Ends all sign-ins of the account but the one that asks.
///
/// # Errors
/// What the control plane answered.
#[server(output = Json, prefix = "/api", endpoint = "end_other_sessions")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn end_other_sessions() -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::{answer, dashboard::act};

    let ended = act(|up| async move { up.control_plane.end_sessions(&up.token, true).await });
    answer::form(
        ended.await,
        EndOtherSessions::PATH,
        ssr::SESSIONS,
        ssr::SESSIONS,
        "done-sessions-ended",
    )
}

#[cfg(feature = "ssr")]
mod ssr {
    use std::str::FromStr;

    use cluster_api::Problem;
    use secrecy::SecretString;

    use super::super::keys::Draft;
    use crate::dashboard::{Upstream, act, dashboard};

    /// Where the keys are.
    pub(super) const KEYS: &str = "/account#keys";

    /// Where the sessions are.
    pub(super) const SESSIONS: &str = "/account#sessions";

    /// Asks the control plane for something about the thing that a text names.
    pub(super) async fn with_id<I: FromStr, T, F>(
        id: &str,
        question: impl FnOnce(Upstream, I) -> F,
    ) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, Problem>>,
    {
        // Who is signed out hears that and nothing of ids.
        dashboard().upstream().await?;
        let id = id.parse().map_err(|_| Problem::NoRoute)?;
        act(|up| question(up, id)).await
    }

    /// Makes the key, and gives its secret.
    pub(super) async fn make_key(draft: &Draft) -> Result<SecretString, Problem> {
        dashboard().upstream().await?;
        let wanted = draft.wanted(crate::when::Clock::current().now)?;
        let made =
            act(|up| async move { up.control_plane.make_key(&up.token, &wanted).await }).await?;
        Ok(made.secret.0.into())
    }
}
