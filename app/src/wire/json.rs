//! A JSON value, taken apart: by the browser in the browser, by serde elsewhere, where only tests read.

#[cfg(target_family = "wasm")]
use web_sys::js_sys::{Array, JSON, Reflect};

/// A JSON value. What is not there is null.
#[cfg(target_family = "wasm")]
#[derive(Clone, Debug)]
pub struct Json(wasm_bindgen::JsValue);

/// A JSON value. What is not there is null.
#[cfg(not(target_family = "wasm"))]
#[derive(Clone, Debug)]
pub struct Json(serde_json::Value);

#[cfg(target_family = "wasm")]
impl Json {
    /// The value that a text stands for.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        JSON::parse(text).ok().map(Self)
    }

    /// The field of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Self {
        Self(Reflect::get(&self.0, &name.into()).unwrap_or_default())
    }

    /// Whether it is null, or not there.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.0.is_null() || self.0.is_undefined()
    }

    /// The text that it is.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        self.0.as_string()
    }

    /// The whole number that it is.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        let number = self.0.as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "JSON of ours has whole numbers below 2^53"
        )]
        let whole = number as i64;
        #[expect(
            clippy::cast_precision_loss,
            clippy::float_cmp,
            reason = "the same number, or none of ours"
        )]
        let same = whole as f64 == number;
        same.then_some(whole)
    }

    /// The truth value that it is.
    #[must_use]
    pub fn flag(&self) -> Option<bool> {
        self.0.as_bool()
    }

    /// The items of the list that it is.
    #[must_use]
    pub fn items(&self) -> Option<Vec<Self>> {
        Array::is_array(&self.0).then(|| Array::from(&self.0).iter().map(Self).collect())
    }
}

#[cfg(not(target_family = "wasm"))]
impl Json {
    /// The value that a text stands for.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// The field of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Self {
        Self(self.0.get(name).cloned().unwrap_or_default())
    }

    /// Whether it is null, or not there.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.0.is_null()
    }

    /// The text that it is.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        self.0.as_str().map(ToOwned::to_owned)
    }

    /// The whole number that it is.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        self.0.as_i64()
    }

    /// The truth value that it is.
    #[must_use]
    pub fn flag(&self) -> Option<bool> {
        self.0.as_bool()
    }

    /// The items of the list that it is.
    #[must_use]
    pub fn items(&self) -> Option<Vec<Self>> {
        Some(self.0.as_array()?.iter().cloned().map(Self).collect())
    }
}
