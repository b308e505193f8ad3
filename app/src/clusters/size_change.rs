//! What another number of nodes means, spelled out.

use cluster_api::{Cluster, NodeRole, NodeState};

use crate::t;

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
                    .filter(|node| {
                        node.role == NodeRole::Worker && node.state != NodeState::Draining
                    })
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
            Self::None => t!("size-change"),
            Self::Grow { by, .. } => t!("size-grow-by", by = *by),
            Self::Shrink { by, .. } => t!("size-shrink-by", by = *by),
        }
    }

    /// The sentence beside it.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::None => t!("size-same"),
            Self::Grow { by, to } => t!("size-grow", by = *by, to = *to),
            Self::Shrink { by, names } => t!(
                "size-shrink",
                by = *by,
                count = names.len(),
                names = list(names)
            ),
        }
    }
}

/// Names in a sentence: all of them, or the first few and how many more.
#[must_use]
pub fn list(names: &[String]) -> String {
    const SHOWN: usize = 5;
    match names.get(..SHOWN) {
        Some(first) if names.len() > SHOWN => t!(
            "size-and-more",
            names = first.join(", "),
            count = names.len() - SHOWN
        ),
        _ => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
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
            "Shrink by 4: node-2, node-3, node-4, node-5 go; their containers move to the others \
             first."
        );
        assert_eq!(
            change(9, 1).sentence(),
            "Shrink by 8: node-2, node-3, node-4, node-5, node-6 and 3 more go; their containers \
             move to the others first."
        );
        assert_eq!(change(5, 1).button(), "Shrink by 4");
    }

    #[test]
    fn who_goes_already_is_not_named_again() {
        let states = [NodeState::Ready, NodeState::Ready, NodeState::Draining];
        let change = SizeChange::of(&fixtures::cluster("c", &states, 2), 1);
        assert_eq!(
            change,
            SizeChange::Shrink {
                by: 1,
                names: vec!["node-2".to_owned()]
            }
        );
    }

    #[test]
    fn the_same_size_is_no_change() {
        assert_eq!(change(2, 2), SizeChange::None);
    }
}
