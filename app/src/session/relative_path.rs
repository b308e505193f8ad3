//! An address on this site, safe to send a browser to.

use crate::paths;

/// A path on this site, with its query. Never another host, whatever it was made from: it begins with
/// one slash, holds no backslash and nothing but visible ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelativePath(String);

/// The text does not name a page of this site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This is not an address of this site.")]
pub struct NotRelative;

impl RelativePath {
    const MAX_LENGTH: usize = 512;

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path that a text names, or else the list of clusters.
    #[must_use]
    pub fn or_home(text: &str) -> Self {
        text.try_into().unwrap_or_default()
    }
}

impl Default for RelativePath {
    /// The list of clusters.
    fn default() -> Self {
        Self(paths::CLUSTERS.to_owned())
    }
}

impl TryFrom<&str> for RelativePath {
    type Error = NotRelative;

    fn try_from(text: &str) -> Result<Self, NotRelative> {
        let visible = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
        let ok = text.len() <= Self::MAX_LENGTH
            && text.starts_with('/')
            && !text.starts_with("//")
            && text.bytes().all(visible);
        if ok {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotRelative)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_this_site_are_taken() {
        for path in [
            "/",
            "/clusters",
            "/clusters/new?name=a%20b&nodes=3",
            "/clusters?q=x#top",
        ] {
            assert_eq!(RelativePath::try_from(path).unwrap().as_str(), path);
        }
    }

    #[test]
    fn other_hosts_are_not() {
        let long = format!("/{}", "a".repeat(512));
        for path in [
            "",
            "clusters",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/a\\b",
            "https://evil.example/",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: x=y",
            "/\u{fc}",
            " /clusters",
            &long,
        ] {
            assert_eq!(RelativePath::try_from(path), Err(NotRelative), "{path:?}");
            assert_eq!(RelativePath::or_home(path).as_str(), "/clusters");
        }
    }
}
