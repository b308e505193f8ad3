//! One cluster, followed.

use std::sync::Arc;

use cluster_api::{Cluster, ClusterId};
use leptos::prelude::*;

use super::Live;

/// One cluster as it is now, or as it was last before it was gone. Reading it subscribes to that
/// cluster alone.
#[derive(Clone, Copy)]
pub struct Row {
    id: ClusterId,
    seen: Memo<Seen>,
}

#[derive(Clone, PartialEq)]
struct Seen {
    cluster: Arc<Cluster>,
    gone: bool,
}

impl Row {
    /// Follows a cluster from what is known of it.
    #[must_use]
    pub fn new(live: Live, first: Cluster) -> Self {
        let id = first.id;
        let first = Arc::new(first);
        let seen = Memo::new_owning(move |before: Option<Seen>| {
            let now = live.snapshot.with(|known| {
                let now = known.clusters.iter().find(|cluster| cluster.id == id)?;
                let same = before
                    .as_ref()
                    .is_some_and(|before| *before.cluster == *now);
                Some((!same).then(|| Arc::new(now.clone())))
            });
            match (before, now) {
                (Some(before), Some(None)) => {
                    let back = before.gone;
                    (
                        Seen {
                            gone: false,
                            ..before
                        },
                        back,
                    )
                }
                (_, Some(Some(cluster))) => (
                    Seen {
                        cluster,
                        gone: false,
                    },
                    true,
                ),
                (Some(before), None) => {
                    let went = !before.gone;
                    (
                        Seen {
                            gone: true,
                            ..before
                        },
                        went,
                    )
                }
                (None, Some(None) | None) => (
                    Seen {
                        cluster: Arc::clone(&first),
                        gone: true,
                    },
                    true,
                ),
            }
        });
        Self { id, seen }
    }

    /// Which cluster it is.
    #[must_use]
    pub const fn id(self) -> ClusterId {
        self.id
    }

    /// Reads it.
    pub fn with<T>(self, read: impl FnOnce(&Cluster) -> T) -> T {
        self.seen.with(|seen| read(&seen.cluster))
    }

    /// Reads what never changes, or what only matters now.
    pub fn with_untracked<T>(self, read: impl FnOnce(&Cluster) -> T) -> T {
        self.seen.with_untracked(|seen| read(&seen.cluster))
    }

    /// Whether it is gone.
    #[must_use]
    pub fn gone(self) -> bool {
        self.seen.with(|seen| seen.gone)
    }
}

#[cfg(test)]
mod tests {
    use cluster_api::{ClusterStatus, EventId};

    use super::*;
    use crate::fixtures;

    #[test]
    fn one_cluster_changes_without_the_others() {
        Owner::new().with(|| {
            let live = Live::provide();
            let a = fixtures::cluster("a", &[], 1);
            let b = fixtures::cluster("b", &[], 1);
            live.take_in(a.clone());
            live.take_in(b.clone());
            let (row_a, row_b) = (Row::new(live, a.clone()), Row::new(live, b));
            let seen = |row: Row| row.seen.get_untracked().cluster;
            let (before_a, before_b) = (seen(row_a), seen(row_b));

            live.take_in(Cluster {
                version: EventId(7),
                ..a
            });

            assert!(!Arc::ptr_eq(&before_a, &seen(row_a)));
            assert!(Arc::ptr_eq(&before_b, &seen(row_b)));
        });
    }

    #[test]
    fn what_is_gone_is_remembered() {
        Owner::new().with(|| {
            let live = Live::provide();
            let first = fixtures::cluster("a", &[], 1);
            live.take_in(first.clone());
            let row = Row::new(live, first.clone());
            assert!(!untrack(|| row.gone()));

            live.take_in(Cluster {
                status: ClusterStatus::Deleted,
                version: EventId(9),
                ..first
            });

            assert!(untrack(|| row.gone()));
            assert_eq!(row.with_untracked(|cluster| cluster.name.to_string()), "a");
        });
    }
}
