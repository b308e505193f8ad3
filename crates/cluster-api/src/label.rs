//! Labels: what people write on their clusters to find them again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The labels of a cluster: at most [`Labels::MOST`], by their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    try_from = "BTreeMap<String, String>",
    into = "BTreeMap<String, String>"
)]
pub struct Labels(BTreeMap<String, String>);

/// The labels break the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", Labels::RULE)]
pub struct LabelsError;

impl Labels {
    /// No cluster has more.
    pub const MOST: usize = 32;

    /// The rule in two sentences.
    pub const RULE: &'static str = "A cluster has up to 32 labels. A key is 1 to 63 letters, digits \
                                    and . _ - / signs, a value up to 63 characters on one line.";

    /// The labels, by their keys.
    #[must_use]
    pub const fn as_map(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

impl TryFrom<BTreeMap<String, String>> for Labels {
    type Error = LabelsError;

    fn try_from(labels: BTreeMap<String, String>) -> Result<Self, LabelsError> {
        let in_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
        let is_right = labels.len() <= Self::MOST
            && labels.iter().all(|(key, value)| {
                (1..=63).contains(&key.len())
                    && key.chars().all(in_key)
                    && value.chars().count() <= 63
                    && !value.chars().any(char::is_control)
            });
        if is_right {
            Ok(Self(labels))
        } else {
            Err(LabelsError)
        }
    }
}

impl From<Labels> for BTreeMap<String, String> {
    fn from(labels: Labels) -> Self {
        labels.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_bounded() {
        let read = |text: &str| serde_json::from_str::<Labels>(text);
        let right = r#"{"app.kubernetes.io/name":"shop","team":"Ünïcode ok","empty":""}"#;
        assert_eq!(
            serde_json::to_string(&read(right).unwrap()).unwrap(),
            r#"{"app.kubernetes.io/name":"shop","empty":"","team":"Ünïcode ok"}"#
        );
        for wrong in [
            r#"{"":"x"}"#.to_owned(),
            r#"{"a b":"x"}"#.to_owned(),
            r#"{"a":"x\ny"}"#.to_owned(),
            format!(r#"{{"{}":"x"}}"#, "k".repeat(64)),
            format!(r#"{{"k":"{}"}}"#, "v".repeat(64)),
            r#"{"a":1}"#.to_owned(),
        ] {
            assert!(read(&wrong).is_err(), "{wrong}");
        }
        let many = |count: usize| -> BTreeMap<String, String> {
            (0..count).map(|n| (n.to_string(), String::new())).collect()
        };
        assert!(Labels::try_from(many(32)).is_ok());
        assert_eq!(Labels::try_from(many(33)), Err(LabelsError));
    }
}
