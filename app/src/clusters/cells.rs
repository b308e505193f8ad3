//! Nodes as cells: one glance at what is there, what is coming and what room is left.

use cluster_api::{Cluster, NodeCount, NodeState};
use leptos::prelude::*;

use crate::t;

/// One cell of the bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A node that takes work.
    Ready,
    /// A node that is being made, or is yet to be.
    Coming,
    /// A node that moves its work away and goes.
    Leaving,
    /// A node that does not answer.
    Lost,
    /// Room left in the quota.
    Free,
}

impl Cell {
    const fn class(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Coming => "coming",
            Self::Leaving => "leaving",
            Self::Lost => "lost",
            Self::Free => "free",
        }
    }
}

/// How many nodes of each sort a cluster has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cells {
    /// Each sort with its number, in the order in which they are shown.
    counts: [(Cell, u32); 5],
}

impl Cells {
    /// More are not drawn one by one.
    const MOST: u32 = 24;

    /// The cells of a cluster in an account that may have `limit` nodes a cluster.
    #[must_use]
    pub fn of(cluster: &Cluster, limit: u32) -> Self {
        let (mut ready, mut coming, mut leaving, mut lost) = (0, 0, 0, 0);
        for node in &cluster.nodes {
            match node.state {
                NodeState::Ready => ready += 1,
                NodeState::Creating | NodeState::Joining | NodeState::Renewing => coming += 1,
                NodeState::Draining => leaving += 1,
                NodeState::Lost => lost += 1,
            }
        }
        let wished = cluster.node_count.get();
        coming += wished.saturating_sub(ready + coming + lost);
        let free = limit.saturating_sub(ready + coming + leaving + lost);
        Self {
            counts: [
                (Cell::Ready, ready),
                (Cell::Coming, coming),
                (Cell::Leaving, leaving),
                (Cell::Lost, lost),
                (Cell::Free, free),
            ],
        }
    }

    /// The cells to draw: one a node, or in proportion when there are many; no sort disappears.
    #[must_use]
    pub fn bar(&self) -> Vec<Cell> {
        let all: u32 = self.counts.iter().map(|(_, count)| count).sum();
        let drawn = |count: u32| {
            if all <= Self::MOST || count == 0 {
                count
            } else {
                (count * Self::MOST / all).max(1)
            }
        };
        self.counts
            .iter()
            .flat_map(|(cell, count)| (0..drawn(*count)).map(|_| *cell))
            .collect()
    }

    /// The same in words, beside the bar: "2 ready, 1 coming, room for 7 more".
    #[must_use]
    pub fn words(&self) -> String {
        let words =
            self.counts.into_iter().filter(|(_, count)| *count > 0).map(
                |(cell, count)| match cell {
                    Cell::Ready => t!("cells-ready", count = count),
                    Cell::Coming => t!("cells-coming", count = count),
                    Cell::Leaving => t!("cells-leaving", count = count),
                    Cell::Lost => t!("cells-lost", count = count),
                    Cell::Free => t!("cells-free", count = count),
                },
            );
        words.collect::<Vec<_>>().join(", ")
    }
}

/// The bar of cells of a cluster, in an account that may have `limit` nodes a cluster.
#[must_use]
pub fn cell_bar(cluster: &Cluster, limit: NodeCount) -> impl IntoView + use<> {
    let cells = Cells::of(cluster, cluster.room(limit).get());
    // As markup: a list without anything to follow or to click is not worth a view of its own.
    let bar: String = cells
        .bar()
        .into_iter()
        .map(|cell| format!("<i class=\"{}\"></i>", cell.class()))
        .collect();
    view! { <div class="cells" role="img" data-whole aria-label=cells.words() inner_html=bar></div> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn cells(states: &[NodeState], wished: i64, limit: u32) -> Cells {
        Cells::of(&fixtures::cluster("c", states, wished), limit)
    }

    #[test]
    fn a_growing_cluster_shows_what_is_coming_and_what_is_free() {
        let cells = cells(
            &[NodeState::Ready, NodeState::Ready, NodeState::Joining],
            4,
            6,
        );
        use Cell::{Coming, Free, Ready};
        assert_eq!(cells.bar(), [Ready, Ready, Coming, Coming, Free, Free]);
        assert_eq!(cells.words(), "2 ready, 2 coming, room for 2 more");
    }

    #[test]
    fn a_lost_node_is_neither_ready_nor_free() {
        let cells = cells(&[NodeState::Ready, NodeState::Lost], 2, 3);
        assert_eq!(cells.bar(), [Cell::Ready, Cell::Lost, Cell::Free]);
        assert_eq!(cells.words(), "1 ready, 1 lost, room for 1 more");
    }

    #[test]
    fn a_shrinking_cluster_shows_who_leaves() {
        let cells = cells(&[NodeState::Ready, NodeState::Draining], 1, 2);
        assert_eq!(cells.bar(), [Cell::Ready, Cell::Leaving]);
        assert_eq!(cells.words(), "1 ready, 1 leaving");
    }

    #[test]
    fn more_nodes_than_the_quota_are_all_shown() {
        let cells = cells(&[NodeState::Ready; 5], 5, 3);
        assert_eq!(cells.bar().len(), 5);
    }

    #[test]
    fn a_large_cluster_is_drawn_in_proportion() {
        let mut states = vec![NodeState::Ready; 80];
        states.push(NodeState::Lost);
        let bar = cells(&states, 81, 100).bar();
        assert!(bar.len() <= 25, "{}", bar.len());
        assert!(bar.contains(&Cell::Lost));
        assert!(bar.contains(&Cell::Free));
    }
}
