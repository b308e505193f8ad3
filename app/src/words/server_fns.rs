//! The server function of the language.
#![expect(
    missing_docs,
    reason = "the fields of the structs that the macro makes: the arguments"
)]

use leptos::prelude::*;

use crate::{error::AppError, wire::Json};

/// Remembers the language for a year, and goes back to `next`.
///
/// # Errors
/// None: a language that is not here changes nothing.
#[server(output = Json, prefix = "/api", endpoint = "set_lang")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn set_lang(lang: String, next: String) -> Result<(), AppError> {
    use crate::{answer, session::RelativePath, words::Lang};
    if let Some(lang) = Lang::tagged(&lang) {
        answer::set_cookie(&lang.cookie());
    }
    answer::redirect(RelativePath::or_home(&next).as_str());
    Ok(())
}
