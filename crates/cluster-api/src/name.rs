//! The name of a cluster and the rule it follows.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A cluster's name: 1 to 63 of `a`-`z`, `0`-`9` and `-`, beginning with a letter and not ending with
/// a hyphen (the label rule of RFC 1123 with a letter first, so that it can be a host name, a folder
/// and a file name without escaping).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClusterName(String);

/// The part of the name rule that a text broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NameRule {
    /// Nothing was given.
    #[error("A cluster needs a name.")]
    Empty,
    /// More than [`ClusterName::MAX_LENGTH`] characters.
    #[error("A name has at most 63 characters.")]
    TooLong,
    /// The first character is not a lower-case letter.
    #[error("A name begins with a lower-case letter.")]
    Start,
    /// The last character is a hyphen.
    #[error("A name ends with a letter or a digit.")]
    End,
    /// Something other than lower-case letters, digits and hyphens.
    #[error("A name is made of lower-case letters, digits and hyphens.")]
    Character,
}

impl ClusterName {
    /// The longest name, in characters: a DNS label (RFC 1035, 2.3.4).
    pub const MAX_LENGTH: usize = 63;

    /// The rule in one sentence, for the hint under an input.
    pub const HINT: &'static str =
        "1 to 63 lower-case letters, digits and hyphens, beginning with a letter.";

    /// The rule as an HTML `pattern`, so that a browser without scripts can check it too.
    pub const PATTERN: &'static str = "[a-z]([a-z0-9\\-]{0,61}[a-z0-9])?";

    /// A name that a cloud gave, where more is allowed: letters, digits, `_`, `.` and `-`, beginning with a
    /// letter, at most 242 characters (Magnum's rule). It can be a folder and a file name as well.
    ///
    /// # Errors
    /// It is not even that.
    pub fn of_a_cloud(text: String) -> Result<Self, NameRule> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        if text.is_empty() {
            Err(NameRule::Empty)
        } else if text.len() > 242 {
            Err(NameRule::TooLong)
        } else if !text.chars().all(allowed) {
            Err(NameRule::Character)
        } else if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
            Err(NameRule::Start)
        } else {
            Ok(Self(text))
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ClusterName {
    type Error = NameRule;

    fn try_from(text: String) -> Result<Self, NameRule> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.is_empty() {
            Err(NameRule::Empty)
        } else if text.chars().count() > Self::MAX_LENGTH {
            Err(NameRule::TooLong)
        } else if !text.chars().all(allowed) {
            Err(NameRule::Character)
        } else if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
            Err(NameRule::Start)
        } else if text.ends_with('-') {
            Err(NameRule::End)
        } else {
            Ok(Self(text))
        }
    }
}

impl TryFrom<&str> for ClusterName {
    type Error = NameRule;

    fn try_from(text: &str) -> Result<Self, NameRule> {
        text.to_owned().try_into()
    }
}

impl From<ClusterName> for String {
    fn from(name: ClusterName) -> Self {
        name.0
    }
}

impl fmt::Display for ClusterName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_dns_labels_that_begin_with_a_letter() {
        for name in ["a", "shop-production", "ci2", &"x".repeat(63)] {
            assert_eq!(ClusterName::try_from(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn names_the_rule_that_was_broken() {
        for (name, rule) in [
            ("", NameRule::Empty),
            (&"x".repeat(64), NameRule::TooLong),
            ("Shop", NameRule::Character),
            ("my shop", NameRule::Character),
            ("../x", NameRule::Character),
            ("sternbild-\u{1f680}", NameRule::Character),
            ("9lives", NameRule::Start),
            ("-a", NameRule::Start),
            ("a-", NameRule::End),
        ] {
            assert_eq!(ClusterName::try_from(name), Err(rule), "{name:?}");
        }
    }

    #[test]
    fn a_cloud_has_other_names_and_none_that_leads_elsewhere() {
        for name in ["Web_prod.2", "a", "zeta-20-cluster"] {
            assert_eq!(
                ClusterName::of_a_cloud(name.to_owned()).unwrap().as_str(),
                name
            );
        }
        for name in [
            "",
            "../x",
            ".hidden",
            "9lives",
            "a b",
            "a/b",
            &"x".repeat(243),
        ] {
            assert!(ClusterName::of_a_cloud(name.to_owned()).is_err(), "{name}");
        }
    }

    #[test]
    fn json_cannot_carry_a_wrong_name() {
        assert!(serde_json::from_str::<ClusterName>("\"../x\"").is_err());
    }
}
