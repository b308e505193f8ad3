//! The server function of the theme.
#![expect(
    missing_docs,
    reason = "the fields of the structs that the macro makes: the arguments"
)]

use leptos::prelude::*;

use crate::{error::AppError, wire::Json};

/// Remembers the theme for a year.
///
/// # Errors
/// None: a theme that does not exist is the system's.
#[server(output = Json, prefix = "/api", endpoint = "set_theme")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn set_theme(theme: String) -> Result<(), AppError> {
    crate::answer::set_cookie(&super::Theme::named(&theme).cookie());
    Ok(())
}
