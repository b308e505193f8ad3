//! Which clusters a list shows, in which order and how: a part of the address, answered by the server.

use std::cmp::Ordering;

use cluster_api::{Cluster, ClusterStatus};
use leptos_router::params::ParamsMap;

use crate::{answer, paths, t};

/// What the list is narrowed down to, and how it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// A part of the name, or of a label written `key=value`; empty: any.
    pub text: String,
    /// The group of states; none: any.
    pub group: Option<Group>,
    /// The id of the cluster type; empty: any.
    pub cluster_type: String,
    /// The order.
    pub sort: Sort,
    /// The page, from 0.
    pub page: usize,
}

/// States that belong together for somebody who looks for a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    pub fn word(self) -> String {
        match self {
            Self::Active => t!("group-active"),
            Self::Changing => t!("group-changing"),
            Self::Error => t!("group-error"),
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

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The oldest first: nothing moves when a cluster is added.
    #[default]
    Created,
    /// The newest first.
    Newest,
    /// By name.
    Name,
    /// What needs somebody first, then what changes.
    Status,
    /// The largest first.
    Nodes,
}

impl Sort {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [
        Self::Created,
        Self::Newest,
        Self::Name,
        Self::Status,
        Self::Nodes,
    ];

    /// The word in the address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Newest => "newest",
            Self::Name => "name",
            Self::Status => "status",
            Self::Nodes => "nodes",
        }
    }

    /// The words a person reads.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Created => t!("sort-created"),
            Self::Newest => t!("sort-newest"),
            Self::Name => t!("sort-name"),
            Self::Status => t!("sort-status"),
            Self::Nodes => t!("sort-nodes"),
        }
    }

    /// Which of two clusters comes first. No two are equal: an order that is left open would move rows.
    fn compare(self, a: &Cluster, b: &Cluster) -> Ordering {
        let urgency = |cluster: &Cluster| match cluster.status {
            ClusterStatus::Error => 0,
            status if status.is_changing() => 1,
            _ => 2,
        };
        let by_age = || a.created_at.cmp(&b.created_at).then(a.id.cmp(&b.id));
        match self {
            Self::Created => by_age(),
            Self::Newest => by_age().reverse(),
            Self::Name => a.name.as_str().cmp(b.name.as_str()).then_with(by_age),
            Self::Status => urgency(a).cmp(&urgency(b)).then_with(by_age),
            Self::Nodes => b.node_count.cmp(&a.node_count).then_with(by_age),
        }
    }
}

/// How the list is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// As cards.
    #[default]
    Cards,
    /// As a table.
    Table,
}

impl Look {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Cards, Self::Table];

    /// The name of the cookie that remembers it, and of the pair in the address that changes it.
    pub const NAME: &'static str = "look";

    /// The word in the cookie and in the address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cards => "cards",
            Self::Table => "table",
        }
    }

    /// The one that the address asks for, which is remembered for a year; else the one remembered.
    #[must_use]
    pub fn of(query: &ParamsMap) -> Self {
        let named = |name: &str| Self::ALL.into_iter().find(|look| look.as_str() == name);
        if let Some(look) = query.get_str(Self::NAME).and_then(named) {
            // A page that keeps itself current chooses nothing: another look may have been chosen since.
            if !answer::is_refresh() {
                let (name, word) = (Self::NAME, look.as_str());
                answer::set_cookie(&format!(
                    "{name}={word}; Path=/; Max-Age=31536000; SameSite=Lax"
                ));
            }
            return look;
        }
        answer::cookie(Self::NAME)
            .and_then(|name| named(&name))
            .unwrap_or_default()
    }
}

/// The clusters of one page of the list.
#[derive(Clone, Debug)]
pub struct Found<'k> {
    /// The clusters of the page, in order.
    pub clusters: Vec<&'k Cluster>,
    /// How many the query holds on all pages.
    pub matching: usize,
    /// How many there are of each group, among those that the rest of the query holds: all, then as in
    /// [`Group::ALL`].
    pub counts: [usize; 4],
    /// This page, which exists.
    pub page: usize,
    /// How many pages there are, at least one.
    pub pages: usize,
}

impl Query {
    /// How many clusters a page of the list holds.
    pub const PAGE: usize = 60;

    /// The query of an address. What cannot be read is left out.
    #[must_use]
    pub fn from_address(query: &ParamsMap) -> Self {
        let get = |name: &'static str| query.get_str(name).unwrap_or_default();
        let text =
            |name: &'static str, most| get(name).trim().chars().take(most).collect::<String>();
        let page = get("page").parse::<usize>().unwrap_or(1);
        Self {
            text: text("q", 100),
            group: Group::ALL
                .into_iter()
                .find(|known| known.as_str() == get("status")),
            cluster_type: text("type", 20),
            sort: Sort::ALL
                .into_iter()
                .find(|known| known.as_str() == get("sort"))
                .unwrap_or_default(),
            page: page.saturating_sub(1),
        }
    }

    /// The pairs of the address.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let page = match self.page {
            0 => String::new(),
            page => page.saturating_add(1).to_string(),
        };
        let sort = if self.sort == Sort::default() {
            ""
        } else {
            self.sort.as_str()
        };
        vec![
            ("q", self.text.clone()),
            ("status", self.group.map_or("", Group::as_str).to_owned()),
            ("type", self.cluster_type.clone()),
            ("sort", sort.to_owned()),
            ("page", page),
        ]
    }

    /// The address of the list with this query.
    #[must_use]
    pub fn address(&self) -> String {
        let pairs = self.pairs();
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| (*name, &**value))
            .collect();
        paths::with_query(paths::CLUSTERS, &pairs)
    }

    /// The same with another group, from its first page.
    #[must_use]
    pub fn with_group(&self, group: Option<Group>) -> Self {
        Self {
            group,
            page: 0,
            ..self.clone()
        }
    }

    /// The same in another order, from its first page.
    #[must_use]
    pub fn with_sort(&self, sort: Sort) -> Self {
        Self {
            sort,
            page: 0,
            ..self.clone()
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
    pub fn is_narrow(&self) -> bool {
        !self.text.is_empty() || self.group.is_some() || !self.cluster_type.is_empty()
    }

    fn holds_but_group(&self, cluster: &Cluster, text: &str) -> bool {
        let named = || match text.split_once('=') {
            Some((key, value)) => cluster
                .labels
                .as_map()
                .iter()
                .any(|(k, v)| k == key && v.contains(value)),
            None => cluster.name.as_str().contains(text),
        };
        (self.cluster_type.is_empty() || cluster.cluster_type.id.0.to_string() == self.cluster_type)
            && (text.is_empty() || named())
    }

    /// Finds the clusters of this page among all.
    #[must_use]
    pub fn find<'k>(&self, clusters: &'k [Cluster]) -> Found<'k> {
        let text = self.text.to_lowercase();
        let mut counts = [0; 4];
        let mut found: Vec<&Cluster> = Vec::new();
        for cluster in clusters.iter().filter(|it| self.holds_but_group(it, &text)) {
            counts[0] += 1;
            for (count, group) in counts[1..].iter_mut().zip(Group::ALL) {
                *count += usize::from(group.holds(cluster.status));
            }
            if self.group.is_none_or(|group| group.holds(cluster.status)) {
                found.push(cluster);
            }
        }
        let matching = found.len();
        let pages = matching.div_ceil(Self::PAGE).max(1);
        let page = self.page.min(pages - 1);
        found.sort_unstable_by(|a, b| self.sort.compare(a, b));
        let clusters = found
            .into_iter()
            .skip(page * Self::PAGE)
            .take(Self::PAGE)
            .collect();
        Found {
            clusters,
            matching,
            counts,
            page,
            pages,
        }
    }

    /// What was searched, in words: "with “shop” in its name, in error".
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = Vec::new();
        if !self.text.is_empty() {
            words.push(t!("query-text", text = self.text.as_str()));
        }
        match self.group {
            Some(Group::Active) => words.push(t!("query-active")),
            Some(Group::Changing) => words.push(t!("query-changing")),
            Some(Group::Error) => words.push(t!("query-error")),
            None => {}
        }
        if !self.cluster_type.is_empty() {
            words.push(t!("query-type"));
        }
        words.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn read(pairs: &[(&str, &str)]) -> Query {
        let mut query = ParamsMap::new();
        for (name, value) in pairs {
            query.insert((*name).to_owned(), (*value).to_owned());
        }
        Query::from_address(&query)
    }

    fn names<'k>(found: &'k Found<'k>) -> Vec<&'k str> {
        found
            .clusters
            .iter()
            .map(|cluster| cluster.name.as_str())
            .collect()
    }

    fn some() -> Vec<Cluster> {
        let mut all = ["b-shop", "a-shop", "c"].map(|name| fixtures::cluster(name, &[], 1));
        for (index, cluster) in all.iter_mut().enumerate() {
            cluster.created_at = fixtures::timestamp(i64::try_from(index).unwrap());
        }
        all[2].status = ClusterStatus::Error;
        all[2].node_count = cluster_api::NodeCount::try_from(4_i64).unwrap();
        all.to_vec()
    }

    #[test]
    fn the_address_holds_it_all() {
        let query = read(&[
            ("q", " shop "),
            ("status", "error"),
            ("type", "1"),
            ("sort", "name"),
            ("page", "3"),
        ]);
        assert_eq!(
            (query.group, query.sort, query.page),
            (Some(Group::Error), Sort::Name, 2)
        );
        assert_eq!(
            query.address(),
            "/clusters?q=shop&status=error&type=1&sort=name&page=3"
        );
        assert_eq!(
            query.with_group(None).address(),
            "/clusters?q=shop&type=1&sort=name"
        );
    }

    #[test]
    fn nonsense_is_no_query() {
        let query = read(&[("status", "excellent"), ("page", "-1"), ("sort", "x")]);
        assert_eq!(query, Query::default());
        assert_eq!(query.address(), "/clusters");
        assert!(!query.is_narrow());
    }

    #[test]
    fn it_finds_counts_and_sorts() {
        let all = some();
        let found = read(&[]).find(&all);
        assert_eq!(names(&found), ["b-shop", "a-shop", "c"]);
        assert_eq!(found.counts, [3, 2, 0, 1]);
        assert_eq!(
            names(&read(&[("sort", "name")]).find(&all)),
            ["a-shop", "b-shop", "c"]
        );
        assert_eq!(
            names(&read(&[("sort", "status")]).find(&all)),
            ["c", "b-shop", "a-shop"]
        );
        assert_eq!(names(&read(&[("sort", "nodes")]).find(&all))[0], "c");
        let shops = read(&[("q", "SHOP"), ("status", "error")]);
        let found = shops.find(&all);
        assert_eq!((found.matching, found.counts), (0, [2, 2, 0, 0]));
    }

    #[test]
    fn a_page_that_does_not_exist_is_the_last() {
        let all: Vec<_> = (0..70)
            .map(|index| {
                let mut cluster = fixtures::cluster("a", &[], 1);
                cluster.id = cluster_api::ClusterId(uuid::Uuid::from_u128(index));
                cluster
            })
            .collect();
        let found = read(&[("page", "9")]).find(&all);
        assert_eq!((found.page, found.pages, found.clusters.len()), (1, 2, 10));
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
