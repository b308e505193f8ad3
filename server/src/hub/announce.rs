//! What is said to those who hear the page when clusters change.

use app::words::Lang;
use cluster_api::{Cluster, ClusterStatus, Snapshot};

/// Changes of state that were not said yet: the last one of each cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes(Vec<(String, ClusterStatus)>);

impl Changes {
    /// More are counted, not named.
    const NAMED: usize = 3;

    /// What the new state of a cluster changes.
    pub(crate) fn to(known: &Snapshot, cluster: &Cluster) -> Self {
        let before = known.clusters.iter().find(|known| known.id == cluster.id);
        match before {
            Some(before)
                if before.version >= cluster.version || before.status == cluster.status =>
            {
                Self::default()
            }
            None if cluster.status == ClusterStatus::Deleted => Self::default(),
            _ => Self(vec![(cluster.name.to_string(), cluster.status)]),
        }
    }

    /// What changes from one state of everything to another. Nothing at first: that is the page.
    pub(crate) fn between(known: &Snapshot, now: &Snapshot) -> Self {
        let mut changes = Self::default();
        if known.version.0 == 0 {
            return changes;
        }
        for cluster in &now.clusters {
            changes.add(Self::to(known, cluster));
        }
        for cluster in &known.clusters {
            if !now.clusters.iter().any(|other| other.id == cluster.id) {
                changes
                    .0
                    .push((cluster.name.to_string(), ClusterStatus::Deleted));
            }
        }
        changes
    }

    /// Adds later changes.
    pub(crate) fn add(&mut self, later: Self) {
        for (name, status) in later.0 {
            self.0.retain(|(known, _)| *known != name);
            self.0.push((name, status));
        }
    }

    /// Whether there is nothing to say.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them in words, once.
    pub(crate) fn take_words(&mut self, lang: Lang) -> Option<String> {
        let changes = std::mem::take(&mut self.0);
        let count = changes.len();
        if count == 0 {
            return None;
        }
        if count > Self::NAMED {
            return Some(lang.text("said-many", &[("count", count.into())]));
        }
        let sentences: Vec<_> = changes
            .into_iter()
            .map(|(name, status)| {
                let status = lang.text(word(status), &[]);
                lang.text(
                    "said-one",
                    &[("name", name.into()), ("status", status.into())],
                )
            })
            .collect();
        Some(sentences.join(" "))
    }
}

/// The name of the text for a state, as the end of a sentence about a cluster.
const fn word(status: ClusterStatus) -> &'static str {
    match status {
        ClusterStatus::Creating => "said-creating",
        ClusterStatus::Active => "said-active",
        ClusterStatus::Resizing => "said-resizing",
        ClusterStatus::Repairing => "said-repairing",
        ClusterStatus::Rebuilding => "said-rebuilding",
        ClusterStatus::Rotating => "said-rotating",
        ClusterStatus::Deleting => "said-deleting",
        ClusterStatus::Deleted => "said-deleted",
        ClusterStatus::Error => "said-error",
    }
}

#[cfg(test)]
mod tests {
    use cluster_api::{EventId, NodeCount, Provisioning, Quotas};

    use super::*;
    use crate::tests::fake;

    fn snapshot(clusters: Vec<Cluster>) -> Snapshot {
        Snapshot {
            version: EventId(1),
            clusters,
            quotas: Quotas {
                max_clusters: 9,
                max_nodes_per_cluster: NodeCount::MIN,
            },
            cluster_types: Vec::new(),
            provisioning: Provisioning::Docker,
        }
    }

    fn with_status(name: &str, status: ClusterStatus, version: i64) -> Cluster {
        Cluster {
            status,
            ..fake::cluster(name, version)
        }
    }

    #[test]
    fn only_changes_of_state_are_said_and_only_once() {
        let known = snapshot(vec![with_status("a", ClusterStatus::Creating, 1)]);
        let mut changes = Changes::to(&known, &with_status("a", ClusterStatus::Creating, 2));
        assert_eq!(changes.take_words(Lang::En), None);
        changes.add(Changes::to(
            &known,
            &with_status("a", ClusterStatus::Active, 3),
        ));
        assert_eq!(
            changes.take_words(Lang::En).as_deref(),
            Some("a is active.")
        );
        assert_eq!(changes.take_words(Lang::En), None);
    }

    #[test]
    fn the_last_state_counts() {
        let known = snapshot(vec![with_status("a", ClusterStatus::Creating, 1)]);
        let mut changes = Changes::to(&known, &with_status("a", ClusterStatus::Active, 3));
        changes.add(Changes::to(
            &known,
            &with_status("a", ClusterStatus::Error, 4),
        ));
        changes.add(Changes::to(
            &known,
            &with_status("b", ClusterStatus::Creating, 5),
        ));
        assert_eq!(
            changes.take_words(Lang::En).as_deref(),
            Some("a is in error. b is being created.")
        );
    }

    #[test]
    fn many_changes_are_one_sentence() {
        let known = snapshot(Vec::new());
        let now = ["a", "b", "c", "d"].map(|name| with_status(name, ClusterStatus::Active, 2));
        let mut changes = Changes::between(&known, &snapshot(now.to_vec()));
        assert_eq!(
            changes.take_words(Lang::En).as_deref(),
            Some("4 clusters have changed.")
        );
    }

    #[test]
    fn a_cluster_that_is_gone_is_said() {
        let known = snapshot(vec![with_status("a", ClusterStatus::Deleting, 1)]);
        let mut changes = Changes::between(&known, &snapshot(Vec::new()));
        assert_eq!(
            changes.take_words(Lang::En).as_deref(),
            Some("a is deleted.")
        );
    }

    #[test]
    fn the_first_state_is_not_news() {
        let mut nothing = snapshot(Vec::new());
        nothing.version = EventId(0);
        let now = snapshot(vec![with_status("a", ClusterStatus::Active, 2)]);
        assert_eq!(Changes::between(&nothing, &now), Changes::default());
    }
}
