//! The server function of the theme.
#![expect(
    missing_docs,
    reason = "the fields of the structs that the macro makes: the arguments"
)]

use leptos::prelude::*;

use crate::{error::AppError, wire::Json};

/// Remembers the theme for a year, and goes on to `next`, or else back to where the form was.
///
/// # Errors
/// None: a theme that does not exist is the system's.
#[server(output = Json, prefix = "/api", endpoint = "set_theme")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn set_theme(theme: String, #[server(default)] next: String) -> Result<(), AppError> {
    use crate::{answer, session::RelativePath};
    answer::set_cookie(&super::Theme::named(&theme).cookie());
    if let Ok(next) = RelativePath::try_from(&*next) {
        answer::redirect(next.as_str());
    }
    Ok(())
}
