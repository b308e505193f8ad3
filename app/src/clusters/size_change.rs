//! What another number of nodes means, spelled out.

use cluster_api::{Cluster, NodeRole};

use crate::ui::words::plural;

/// The difference between the nodes a cluster has and those it is asked to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SizeChange {
    /// Nothing would change.
    None,
    /// Nodes would be added.
    Grow {
        /// How many.
        by: u32,
        /// How many there are afterwards.
        to: u32,
    },
    /// Nodes would go.
    Shrink {
        /// How many.
        by: u32,
        /// Their names.
        names: Vec<String>,
    },
}

impl SizeChange {
    /// The change of a cluster to so many nodes. The newest workers go first.
    #[must_use]
    pub fn of(cluster: &Cluster, to: u32) -> Self {
        let from = cluster.node_count.get();
        match to.cmp(&from) {
            std::cmp::Ordering::Equal => Self::None,
            std::cmp::Ordering::Greater => Self::Grow { by: to - from, to },
            std::cmp::Ordering::Less => {
                let by = from - to;
                let mut names: Vec<_> = cluster
                    .nodes
                    .iter()
                    .rev()
                    .filter(|node| node.role == NodeRole::Worker)
                    .take(by as usize)
                    .map(|node| node.name.clone())
                    .collect();
                names.reverse();
                Self::Shrink { by, names }
            }
        }
    }

    /// The words on the button.
    #[must_use]
    pub fn button(&self) -> String {
        match self {
            Self::None => "Change size".to_owned(),
            Self::Grow { by, .. } => format!("Grow by {by}"),
            Self::Shrink { by, .. } => format!("Shrink by {by}"),
        }
    }

    /// The sentence beside it.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::None => "This is the size it has now.".to_owned(),
            Self::Grow { by, to } => format!("Grow by {by} to {}.", plural(*to, "node")),
            Self::Shrink { by, names } => match &names[..] {
                [name] => {
                    format!("Shrink by {by}: {name} goes; its containers move to the others first.")
                }
                [first, .., last] => format!(
                    "Shrink by {by}: {first} to {last} go; their containers move to the others \
                     first."
                ),
                [] => format!("Shrink by {by}."),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use cluster_api::NodeState;

    use super::*;
    use crate::fixtures;

    fn change(from: usize, to: u32) -> SizeChange {
        let states = vec![NodeState::Ready; from];
        SizeChange::of(
            &fixtures::cluster("c", &states, i64::try_from(from).unwrap()),
            to,
        )
    }

    #[test]
    fn growth_says_how_much_and_how_many() {
        assert_eq!(change(3, 5).sentence(), "Grow by 2 to 5 nodes.");
        assert_eq!(change(3, 5).button(), "Grow by 2");
    }

    #[test]
    fn shrinking_names_who_goes() {
        assert_eq!(
            change(3, 2).sentence(),
            "Shrink by 1: node-3 goes; its containers move to the others first."
        );
        assert_eq!(
            change(5, 1).sentence(),
            "Shrink by 4: node-2 to node-5 go; their containers move to the others first."
        );
        assert_eq!(change(5, 1).button(), "Shrink by 4");
    }

    #[test]
    fn the_same_size_is_no_change() {
        assert_eq!(change(2, 2), SizeChange::None);
    }
}
