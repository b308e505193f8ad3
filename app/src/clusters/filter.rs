//! Which clusters a list shows: a part of the address.

use cluster_api::{Cluster, ClusterStatus};
#[cfg(feature = "ssr")]
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

use crate::paths;

/// What the list is narrowed down to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// A part of the name; empty: any.
    pub text: String,
    /// The group of states; none: any.
    pub group: Option<Group>,
    /// The page, from 0.
    pub page: usize,
}

/// States that belong together for somebody who looks for a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Group {
    /// Ready for use.
    Active,
    /// Something is happening.
    Changing,
    /// Somebody has to do something.
    Error,
}

impl Group {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Active, Self::Changing, Self::Error];

    /// The word a person reads.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Changing => "Changing",
            Self::Error => "Error",
        }
    }

    /// The word in the address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Changing => "changing",
            Self::Error => "error",
        }
    }

    /// Whether a state belongs to the group.
    #[must_use]
    pub const fn holds(self, status: ClusterStatus) -> bool {
        match self {
            Self::Active => matches!(status, ClusterStatus::Active),
            Self::Changing => status.is_changing(),
            Self::Error => matches!(status, ClusterStatus::Error),
        }
    }
}

impl Filter {
    /// How many clusters a page of the list holds.
    pub const PAGE: usize = 60;

    /// The filter in the query of an address. What cannot be read is left out.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn from_query(query: &ParamsMap) -> Self {
        let text = query.get_str("q").unwrap_or_default();
        let group = query.get_str("status").unwrap_or_default();
        let page = query
            .get_str("page")
            .and_then(|page| page.parse::<usize>().ok());
        Self {
            text: text.trim().chars().take(63).collect(),
            group: Group::ALL.into_iter().find(|known| known.as_str() == group),
            page: page.map_or(0, |page| page.saturating_sub(1)),
        }
    }

    /// The address of the list with this filter.
    #[must_use]
    pub fn address(&self) -> String {
        let page = match self.page {
            0 => String::new(),
            page => page.saturating_add(1).to_string(),
        };
        paths::with_query(
            paths::CLUSTERS,
            &[
                ("q", &self.text),
                ("status", self.group.map_or("", Group::as_str)),
                ("page", &page),
            ],
        )
    }

    /// The same with another group, from its first page.
    #[must_use]
    pub fn with_group(&self, group: Option<Group>) -> Self {
        Self {
            text: self.text.clone(),
            group,
            page: 0,
        }
    }

    /// The same with another text, from its first page.
    #[must_use]
    pub fn with_text(&self, text: &str) -> Self {
        Self {
            text: text.trim().to_owned(),
            group: self.group,
            page: 0,
        }
    }

    /// Another page of the same.
    #[must_use]
    pub fn with_page(&self, page: usize) -> Self {
        Self {
            page,
            ..self.clone()
        }
    }

    /// Whether anything is left out.
    #[must_use]
    pub const fn is_narrow(&self) -> bool {
        !self.text.is_empty() || self.group.is_some()
    }

    /// Whether a cluster is shown.
    #[must_use]
    pub fn holds(&self, cluster: &Cluster) -> bool {
        self.group.is_none_or(|group| group.holds(cluster.status))
            && cluster
                .name
                .as_str()
                .contains(&self.text.to_ascii_lowercase())
    }

    /// What was searched, in words: `named like "shop", in error`.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = String::new();
        if !self.text.is_empty() {
            words.push_str("with \u{201c}");
            words.push_str(&self.text);
            words.push_str("\u{201d} in its name");
        }
        if let Some(group) = self.group {
            if !words.is_empty() {
                words.push_str(" that ");
            } else {
                words.push_str("that ");
            }
            words.push_str(match group {
                Group::Active => "is active",
                Group::Changing => "is changing",
                Group::Error => "is in error",
            });
        }
        words
    }
}

#[cfg(feature = "ssr")]
#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &str)]) -> Filter {
        let mut query = ParamsMap::new();
        for (name, value) in pairs {
            query.insert(*name, (*value).to_owned());
        }
        Filter::from_query(&query)
    }

    #[test]
    fn the_address_tells_the_filter() {
        let filter = read(&[("q", " shop "), ("status", "error"), ("page", "3")]);
        assert_eq!(
            filter,
            Filter {
                text: "shop".to_owned(),
                group: Some(Group::Error),
                page: 2
            }
        );
        assert_eq!(filter.address(), "/clusters?q=shop&status=error&page=3");
        assert_eq!(filter.with_group(None).address(), "/clusters?q=shop");
        assert_eq!(filter.with_text("").address(), "/clusters?status=error");
        assert_eq!(
            filter.words(),
            "with \u{201c}shop\u{201d} in its name that is in error"
        );
    }

    #[test]
    fn nonsense_is_no_filter() {
        let filter = read(&[("status", "excellent"), ("page", "-1")]);
        assert_eq!(filter, Filter::default());
        assert_eq!(filter.address(), "/clusters");
        assert!(!filter.is_narrow());
        assert_eq!(read(&[("page", "0")]).page, 0);
    }

    #[test]
    fn every_lasting_state_is_in_one_group() {
        use ClusterStatus::{
            Active, Creating, Deleting, Error, Rebuilding, Repairing, Resizing, Rotating,
        };
        for status in [
            Creating, Active, Resizing, Repairing, Rebuilding, Rotating, Deleting, Error,
        ] {
            let groups = Group::ALL
                .into_iter()
                .filter(|group| group.holds(status))
                .count();
            assert_eq!(groups, 1, "{status:?}");
        }
    }
}
