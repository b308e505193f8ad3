//! Addresses of calls.

use std::fmt::{Display, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All that does not stand for itself in an address (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Text as one part of an address.
pub(super) fn escaped(text: &str) -> impl Display {
    utf8_percent_encode(text, RESERVED)
}

/// A path, and what is asked of it.
pub(super) struct Address {
    text: String,
    is_asked: bool,
}

impl Address {
    /// A path alone.
    pub(super) const fn new(path: String) -> Self {
        Self {
            text: path,
            is_asked: false,
        }
    }

    /// With a parameter.
    pub(super) fn with(mut self, name: &str, value: impl Display) -> Self {
        self.text.push(if self.is_asked { '&' } else { '?' });
        self.is_asked = true;
        let value = value.to_string();
        // Writing into a text cannot fail.
        let _ = write!(self.text, "{name}={}", escaped(&value));
        self
    }

    /// With a parameter, if it has a value.
    pub(super) fn with_some(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// For a request.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_values() {
        let address = Address::new("/v2/audit".to_owned())
            .with_some("limit", None::<u32>)
            .with("actor", "a&b=c d/ü")
            .with_some("marker", Some(4));
        assert_eq!(
            address.as_str(),
            "/v2/audit?actor=a%26b%3Dc%20d%2F%C3%BC&marker=4"
        );
        assert_eq!(escaped("../x?y#z").to_string(), "..%2Fx%3Fy%23z");
    }
}
