//! The server functions of sessions.
#![expect(
    missing_docs,
    reason = "the fields of the structs that the macro makes: the arguments"
)]

use leptos::prelude::*;

use crate::{error::AppError, wire::Json};

/// Counts as use of the session: it goes on for as long as one that was used just now. Answers when it
/// ends if nothing happens, in milliseconds since 1970.
///
/// # Errors
/// [`cluster_api::Problem::SignedOut`] when it has ended.
#[server(output = Json, prefix = "/api", endpoint = "stay")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn stay() -> Result<i64, AppError> {
    use crate::{answer::reject, dashboard::dashboard};
    let user = dashboard().stay().await.map_err(reject)?;
    Ok(user.ends_at.as_millisecond())
}

/// Begins a session and goes on to the page that was wanted. `kind` says what `secret` is: `password`
/// or `api-key`. `backend` says where to (empty: the usual), `domain` and `project` whose user it is and
/// which project it goes to, where there are some.
///
/// # Errors
/// The username and the secret do not belong together, or there were too many tries.
#[server(output = Json, prefix = "/api", endpoint = "sign_in")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn sign_in(
    username: String,
    kind: String,
    secret: String,
    next: String,
    #[server(default)] backend: String,
    #[server(default)] domain: String,
    #[server(default)] project: String,
) -> Result<(), AppError> {
    use cluster_api::Problem;
    use leptos::server_fn::ServerFn;

    use super::{Backend, RelativePath};
    use crate::{
        answer::{redirect, reject_form},
        dashboard::{CurrentDashboard, Secret, Who},
        paths,
    };

    let next = RelativePath::or_home(&next);
    let secret = secret.into();
    let secret = if kind == "api-key" {
        Secret::ApiKey(secret)
    } else {
        Secret::Password(secret)
    };
    let some = |text: &str| Some(text.trim().to_owned()).filter(|it| !it.is_empty());
    let who = Who {
        username: username.trim().to_owned(),
        domain: some(&domain),
        project: some(&project),
    };
    let dashboard = expect_context::<CurrentDashboard>().0;
    let backend = match backend.as_str() {
        "" => Ok(dashboard.backends()[0]),
        backend => backend.parse().map_err(|_| Problem::Malformed),
    };
    let signed_in = match backend {
        Ok(backend) => dashboard.sign_in(backend, who, secret).await,
        Err(problem) => Err(problem),
    };
    match signed_in {
        Ok(()) => {
            redirect(next.as_str());
            Ok(())
        }
        Err(problem) => {
            keep_typed(username.trim());
            let kind = if kind == "api-key" { "api-key" } else { "" };
            let backend = backend.map_or("", Backend::as_str);
            let page = paths::with_query(
                paths::SIGN_IN,
                &[
                    ("next", next.as_str()),
                    ("kind", kind),
                    ("backend", backend),
                ],
            );
            Err(reject_form(problem, SignIn::PATH, &page))
        }
    }
}

/// Goes over to another project of the one who is signed in.
///
/// # Errors
/// There is no such project, or it is none of theirs.
#[server(output = Json, prefix = "/api", endpoint = "choose_project")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn choose_project(id: String) -> Result<(), AppError> {
    use cluster_api::Problem;
    use leptos::server_fn::ServerFn;

    use crate::{answer, dashboard::dashboard, paths};

    let dashboard = dashboard();
    let chosen = match dashboard.user().await {
        Ok(_) if id.len() > 64 => Err(Problem::NotFound),
        Ok(_) => dashboard.choose_project(&id).await,
        Err(problem) => Err(problem),
    };
    // Somebody whose project it is not hears the same as of one that is not there.
    let chosen = chosen.map_err(|problem| match problem {
        Problem::WrongCredentials => Problem::NotFound,
        problem => problem,
    });
    answer::form(
        chosen,
        ChooseProject::PATH,
        paths::PROJECTS,
        paths::CLUSTERS,
        "done-project",
    )
}

/// The cookie that brings a username back to the form after it was refused. Not the address: somebody
/// may have typed a password there.
#[cfg(feature = "ssr")]
pub(super) const TYPED_USERNAME: &str = "typed-username";

#[cfg(feature = "ssr")]
fn keep_typed(username: &str) {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._@+-".contains(&byte);
    if username.len() <= 200 && username.bytes().all(plain) {
        crate::answer::set_cookie(&format!(
            "{TYPED_USERNAME}={username}; Path=/sign-in; Max-Age=60; HttpOnly; SameSite=Lax"
        ));
    }
}

/// Ends the session.
///
/// # Errors
/// None that matters: without a session one is signed out already.
#[server(output = Json, prefix = "/api", endpoint = "sign_out")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn sign_out() -> Result<(), AppError> {
    use cluster_api::Problem;
    use leptos::server_fn::ServerFn;

    use crate::{
        answer::{redirect, reject_form},
        dashboard::CurrentDashboard,
        paths,
    };

    match expect_context::<CurrentDashboard>().0.sign_out().await {
        Ok(()) | Err(Problem::SignedOut) => {
            // The layer of sessions takes its cookie away as well, but without `Secure`, and then
            // browsers keep one of this name.
            crate::answer::set_cookie(&format!(
                "{}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax",
                super::COOKIE
            ));
            redirect(paths::SIGN_IN);
            Ok(())
        }
        Err(problem) => Err(reject_form(problem, SignOut::PATH, paths::CLUSTERS)),
    }
}
