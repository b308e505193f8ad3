//! The one error of all server functions.
//!
//! It wraps [`Problem`], a closed set without free text, because Leptos puts the error of a plain form
//! post into the address of the page it goes back to: it must be harmless to read, to log and to forge.

use cluster_api::Problem;
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::wire::JsonText;

/// What a server function answers when it does not do what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(transparent)]
#[error(transparent)]
pub struct AppError(#[from] pub Problem);

impl FromServerFnError for AppError {
    type Encoder = JsonText;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self(match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => Problem::Malformed,
            // The browser could not send, or got something that is not ours: the way is broken.
            _ => Problem::Unreachable,
        })
    }
}
