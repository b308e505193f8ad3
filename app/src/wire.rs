//! How server functions answer: JSON, read as text.
//!
//! Leptos reads answers as bytes and the data of a page as text, and would bring a reader of every type
//! for each. This reads both as text: a third less code to download for the same JSON.

use std::str::Utf8Error;

use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post};
use serde::{Serialize, de::DeserializeOwned};

/// JSON as text.
pub struct JsonText;

/// The codec of all answers.
pub type Json = Post<JsonText>;

/// The text is not JSON of the type wanted.
#[derive(Debug, thiserror::Error)]
pub enum NotJson {
    /// It is no text.
    #[error("not UTF-8")]
    Text(#[from] Utf8Error),
    /// It is another JSON.
    #[error("not the JSON that was expected")]
    Json(#[from] serde_json::Error),
}

impl ContentType for JsonText {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonText {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_string(output).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonText {
    type Error = NotJson;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        Ok(serde_json::from_str(str::from_utf8(&bytes)?)?)
    }
}
