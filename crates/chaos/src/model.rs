//! What was asked of the control plane and what it answered: the truth that it is measured against.
//!
//! An answer of success makes a wish a fact. A refusal makes it nothing. A connection that broke, or
//! an answer of 5xx, leaves a doubt: the wish may have been written down before. Doubts are settled by
//! asking (the same idempotency key again, a look at the cluster), and from then on they are facts too.

use cluster_api::{Cluster, ClusterId, ClusterName, ClusterStatus, IdempotencyKey, Problem};

/// A wish for one cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// That it is there.
    Create,
    /// Another number of nodes.
    Resize {
        /// How many.
        to: u32,
    },
    /// Certificates made anew.
    Rotate,
    /// Its swarm and its certificates made anew.
    Rebuild,
    /// That it is gone.
    Delete,
    /// That what failed is tried again.
    Retry,
}

impl Wish {
    /// Its name in the summary.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Resize { .. } => "resize",
            Self::Rotate => "rotate",
            Self::Rebuild => "rebuild",
            Self::Delete => "delete",
            Self::Retry => "retry",
        }
    }
}

/// How a wish was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is a fact.
    Accepted,
    /// It is nothing.
    Refused,
    /// It may have been accepted.
    Doubtful,
}

impl Answer {
    /// What a problem says about the wish that it answers.
    pub(crate) const fn of(problem: Problem) -> Self {
        if problem.status() >= 500 {
            Self::Doubtful
        } else {
            Self::Refused
        }
    }
}

/// A cluster as it is to be, by all that was accepted.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    /// The key that it was asked for with.
    pub(crate) key: IdempotencyKey,
    /// Its name; no other cluster ever gets it.
    pub(crate) name: ClusterName,
    /// How many nodes it was asked for with.
    pub(crate) first_nodes: u32,
    /// Its id, once an answer told it.
    pub(crate) id: Option<ClusterId>,
    /// How many nodes are wished.
    pub(crate) nodes: u32,
    /// Its end was accepted.
    pub(crate) is_deleted: bool,
    /// How many wishes were accepted for it: so many times, and no more, its timeline says that
    /// somebody asked.
    pub(crate) requests: u32,
    /// The wish of which it is not known whether it was accepted.
    pub(crate) doubt: Option<Wish>,
    /// A wish is on its way.
    pub(crate) is_busy: bool,
    /// Its key is still known to the control plane (keys are forgotten after a day).
    pub(crate) is_key_known: bool,
}

/// Everything that was asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    /// All clusters that were, or may have been, accepted. Never shrinks but by refused creates.
    pub(crate) clusters: Vec<Expected>,
    made: u32,
}

impl Model {
    /// A new cluster is about to be asked for: its place in the model.
    pub(crate) fn ask(&mut self, nodes: u32) -> anyhow::Result<Expected> {
        self.made += 1;
        let text = format!("c{}", self.made);
        let expected = Expected {
            key: IdempotencyKey::try_from(format!("key-{text}"))?,
            name: ClusterName::try_from(text.as_str())?,
            first_nodes: nodes,
            id: None,
            nodes,
            is_deleted: false,
            requests: 0,
            doubt: None,
            is_busy: true,
            is_key_known: true,
        };
        self.clusters.push(expected.clone());
        Ok(expected)
    }

    /// The cluster of that name.
    pub(crate) fn of(&mut self, name: &ClusterName) -> Option<&mut Expected> {
        self.clusters
            .iter_mut()
            .find(|cluster| cluster.name == *name)
    }

    /// Clusters that are there, as far as is known, and that nobody is asking something of.
    pub(crate) fn idle(&self) -> impl Iterator<Item = &Expected> {
        self.clusters.iter().filter(|cluster| {
            cluster.id.is_some()
                && !cluster.is_deleted
                && !cluster.is_busy
                && cluster.doubt.is_none()
        })
    }

    /// How many clusters there may be now.
    pub(crate) fn living(&self) -> usize {
        self.clusters
            .iter()
            .filter(|cluster| !cluster.is_deleted)
            .count()
    }

    /// Writes down how a wish was answered.
    pub(crate) fn note(
        &mut self,
        name: &ClusterName,
        wish: Wish,
        answer: Answer,
        id: Option<ClusterId>,
    ) {
        if (wish, answer) == (Wish::Create, Answer::Refused) {
            self.clusters.retain(|cluster| cluster.name != *name);
            return;
        }
        let Some(cluster) = self.of(name) else { return };
        cluster.is_busy = false;
        cluster.doubt = (answer == Answer::Doubtful).then_some(wish);
        if answer == Answer::Accepted {
            cluster.accept(wish, id);
        }
    }

    /// All keys are older than the day for which they are known.
    pub(crate) fn forget_keys(&mut self) {
        for cluster in &mut self.clusters {
            cluster.is_key_known = false;
        }
    }
}

impl Expected {
    fn accept(&mut self, wish: Wish, id: Option<ClusterId>) {
        self.id = self.id.or(id);
        match wish {
            // A wish for what is there already changes nothing, and nothing is written down for it.
            Wish::Resize { to } if to == self.nodes => return,
            Wish::Resize { to } => self.nodes = to,
            Wish::Delete => self.is_deleted = true,
            Wish::Create | Wish::Rotate | Wish::Rebuild | Wish::Retry => {}
        }
        self.requests += 1;
    }

    /// Settles a doubt by what is there now (`None`: no such cluster), and by how often its timeline
    /// says that somebody asked. Whether a create was accepted is found out by sending it again, not
    /// here. `false`: what is there fits neither answer.
    pub(crate) fn settle(&mut self, now: Option<&Cluster>, told: u32) -> bool {
        let Some(wish) = self.doubt.take() else {
            return true;
        };
        let is_going = now.is_none_or(|cluster| cluster.status == ClusterStatus::Deleting);
        let nodes = now.map(|cluster| cluster.node_count.get());
        let (accepted, fits) = match wish {
            Wish::Create => (false, false),
            Wish::Delete => (is_going, true),
            Wish::Resize { to } => (
                nodes == Some(to),
                nodes == Some(to) || nodes == Some(self.nodes),
            ),
            // Either way the wished state is the same; the timeline tells.
            Wish::Rotate | Wish::Rebuild | Wish::Retry => (
                told > self.requests,
                now.is_some() && (told == self.requests || told == self.requests + 1),
            ),
        };
        if accepted {
            self.accept(wish, None);
        }
        fits
    }
}
