//! The rule: from numbers to a decision, with nothing else in it.

use cluster_api::{AutoscalePolicy, NodeCount, Percent, inside::Resources};

use crate::provisioner::{Demand, Reservation};

/// All that a decision is made from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Load {
    /// What services ask for, and what there is.
    pub demand: Demand,
    /// What is used on all nodes together. None: not measured yet.
    pub used: Option<Resources>,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing: it is as it should be.
    Stay {
        /// The numbers.
        found: String,
    },
    /// It should have more nodes, and may not.
    Hold {
        /// The numbers.
        found: String,
        /// Why not.
        because: String,
    },
    /// More nodes.
    Grow {
        /// How many there are to be.
        to: NodeCount,
        /// The numbers.
        found: String,
    },
    /// Fewer nodes.
    Shrink {
        /// How many there are to be.
        to: NodeCount,
        /// The numbers.
        found: String,
    },
}

impl Decision {
    /// As an event tells it: one sentence without a full stop.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Stay { found } => found.clone(),
            Self::Hold { found, because } => {
                format!("Autoscaling would add a node, but {because}: {found}")
            }
            Self::Grow { to, found } => format!("Autoscaling grows it to {to}: {found}"),
            Self::Shrink { to, found } => format!("Autoscaling shrinks it to {to}: {found}"),
        }
    }
}

/// One measure: so much of what a node gives, against its target.
struct Measure {
    what: &'static str,
    amount: f64,
    a_node: f64,
    target: Percent,
}

impl Measure {
    /// The share of what that many nodes give.
    fn share(&self, nodes: u32) -> f64 {
        self.amount / (self.a_node * f64::from(nodes))
    }

    fn is_above(&self, nodes: u32) -> bool {
        self.share(nodes) > self.target.share()
    }
}

/// Decides for a cluster of `count` nodes in an account that may have `quota` a cluster.
///
/// It grows to as many as bring every measure back to its target, and at least by one; also when a task
/// found no room. It shrinks by one when every measure would still be at its target or below on one node
/// fewer, and every task of the nodes that stay and go would find a place. So what it does is never
/// undone by the same numbers.
#[must_use]
pub fn decide(
    policy: &AutoscalePolicy,
    count: NodeCount,
    quota: NodeCount,
    load: &Load,
) -> Decision {
    let nodes = count.get();
    let measures = measures(policy, load);
    let waiting = load
        .demand
        .tasks
        .iter()
        .filter(|task| task.has_no_room)
        .count();
    let found = words(&measures, nodes, waiting);
    let most = policy.max.map_or(quota, |max| max.min(quota));
    let to = |number: u32| NodeCount::try_from(i64::from(number)).unwrap_or(count);
    if count < policy.min && count < most {
        return Decision::Grow {
            to: policy.min.min(most),
            found: format!("{found}; at least {}", policy.min),
        };
    }
    let counts_reserved =
        policy.targets.reserved_cpu.is_some() || policy.targets.reserved_memory.is_some();
    let is_above = measures.iter().any(|measure| measure.is_above(nodes));
    if is_above || (waiting > 0 && counts_reserved) {
        if count >= most {
            let because = if policy.max.is_some_and(|max| max <= quota) {
                format!("{most} is its most")
            } else {
                format!("your quota is {most} a cluster")
            };
            return Decision::Hold { found, because };
        }
        let enough = |number: &u32| measures.iter().all(|measure| !measure.is_above(*number));
        let wanted = (nodes + 1..=most.get()).find(enough).unwrap_or(most.get());
        return Decision::Grow {
            to: to(wanted),
            found,
        };
    }
    let fewer = nodes.saturating_sub(1);
    let fits = fewer >= policy.min.get()
        && !measures.is_empty()
        && measures.iter().all(|measure| !measure.is_above(fewer))
        && find_place(&load.demand);
    if fits {
        return Decision::Shrink {
            to: to(fewer),
            found: format!("{found}; it fits on {}", to(fewer)),
        };
    }
    Decision::Stay { found }
}

fn measures(policy: &AutoscalePolicy, load: &Load) -> Vec<Measure> {
    let demand = &load.demand;
    let targets = policy.targets;
    let Some(node) = demand.nodes.first() else {
        return Vec::new();
    };
    let reserved = |of: fn(&Reservation) -> f64| demand.tasks.iter().map(of).sum::<f64>();
    let mut measures = Vec::new();
    let mut add = |what, target: Option<Percent>, amount: Option<f64>, a_node| {
        if let (Some(target), Some(amount)) = (target, amount) {
            measures.push(Measure {
                what,
                amount,
                a_node,
                target,
            });
        }
    };
    let used = load.used;
    add(
        "reserved processor",
        targets.reserved_cpu,
        Some(reserved(|task| task.cpus)),
        node.cpus,
    );
    add(
        "reserved memory",
        targets.reserved_memory,
        Some(reserved(|task| task.memory)),
        bytes(node.memory_bytes),
    );
    add(
        "used processor",
        targets.used_cpu,
        used.map(|used| used.cpus),
        node.cpus,
    );
    add(
        "used memory",
        targets.used_memory,
        used.map(|used| bytes(used.memory_bytes)),
        bytes(node.memory_bytes),
    );
    measures
}

/// Bytes as a number to divide by; exact up to 2^53, which is eight petabytes.
#[expect(clippy::cast_precision_loss, reason = "as said")]
fn bytes(number: u64) -> f64 {
    number as f64
}

fn words(measures: &[Measure], nodes: u32, waiting: usize) -> String {
    let mut parts: Vec<String> = measures
        .iter()
        .map(|measure| {
            format!(
                "{} {:.0} % (target {})",
                measure.what,
                measure.share(nodes) * 100.0,
                measure.target
            )
        })
        .collect();
    if parts.is_empty() {
        parts.push("nothing measured yet".to_owned());
    }
    if waiting > 0 {
        let tasks = if waiting == 1 { "task" } else { "tasks" };
        parts.push(format!("{waiting} {tasks} without a place"));
    }
    let plural = if nodes == 1 { "" } else { "s" };
    format!("{} on {nodes} node{plural}", parts.join(", "))
}

/// Whether the tasks of the last node find a place on the others: the largest first, each on the first
/// node with room, as much as a scheduler would do.
fn find_place(demand: &Demand) -> bool {
    let last = demand.nodes.iter().map(|node| node.ordinal).max();
    let mut free: Vec<(u32, f64, f64)> = demand
        .nodes
        .iter()
        .filter(|node| Some(node.ordinal) < last)
        .map(|node| (node.ordinal, node.cpus, bytes(node.memory_bytes)))
        .collect();
    let mut moving = Vec::new();
    for task in &demand.tasks {
        match free
            .iter_mut()
            .find(|(ordinal, ..)| Some(*ordinal) == task.ordinal)
        {
            Some((_, cpus, memory)) => {
                *cpus -= task.cpus;
                *memory -= task.memory;
            }
            None => moving.push(task),
        }
    }
    moving.sort_by(|a, b| {
        (b.cpus, b.memory)
            .partial_cmp(&(a.cpus, a.memory))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    moving.iter().all(|task| {
        let place = free
            .iter_mut()
            .find(|(_, cpus, memory)| task.cpus <= *cpus && task.memory <= *memory);
        place.is_some_and(|(_, cpus, memory)| {
            *cpus -= task.cpus;
            *memory -= task.memory;
            true
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provisioner::Capacity;

    const GB: f64 = 1_073_741_824.0;

    fn count(number: i64) -> NodeCount {
        number.try_into().unwrap()
    }

    /// Nodes of one processor and one GB each, and tasks: where, processors, GB.
    fn load(nodes: u32, tasks: &[(u32, f64, f64)]) -> Load {
        Load {
            demand: Demand {
                nodes: (1..=nodes)
                    .map(|ordinal| Capacity {
                        ordinal,
                        cpus: 1.0,
                        memory_bytes: 1 << 30,
                    })
                    .collect(),
                tasks: tasks
                    .iter()
                    .map(|(ordinal, cpus, memory)| Reservation {
                        ordinal: (*ordinal > 0).then_some(*ordinal),
                        has_no_room: *ordinal == 0,
                        cpus: *cpus,
                        memory: memory * GB,
                    })
                    .collect(),
            },
            used: None,
        }
    }

    fn to(decision: &Decision) -> Option<u32> {
        match decision {
            Decision::Grow { to, .. } | Decision::Shrink { to, .. } => Some(to.get()),
            _ => None,
        }
    }

    #[test]
    fn it_grows_above_the_target_to_where_it_is_below() {
        let policy = AutoscalePolicy::default();
        let busy = load(1, &[(1, 0.9, 0.1)]);
        let decision = decide(&policy, count(1), count(5), &busy);
        assert_eq!(to(&decision), Some(2));
        assert_eq!(
            decision.words(),
            "Autoscaling grows it to 2 nodes: reserved processor 90 % (target 80 %), reserved memory \
             10 % (target 80 %) on 1 node"
        );
        let very = load(1, &[(1, 0.9, 0.1), (0, 0.9, 0.1), (0, 0.9, 0.1)]);
        assert_eq!(to(&decide(&policy, count(1), count(9), &very)), Some(4));
        let exact = load(1, &[(1, 0.8, 0.8)]);
        assert!(matches!(
            decide(&policy, count(1), count(5), &exact),
            Decision::Stay { .. }
        ));
    }

    #[test]
    fn a_task_without_a_place_is_reason_enough() {
        let policy = AutoscalePolicy::default();
        let waiting = load(2, &[(1, 0.6, 0.1), (0, 0.7, 0.1)]);
        let decision = decide(&policy, count(2), count(5), &waiting);
        assert_eq!(to(&decision), Some(3));
        assert!(
            decision
                .words()
                .contains("1 task without a place on 2 nodes")
        );
    }

    #[test]
    fn neither_the_policy_nor_the_quota_is_passed() {
        let policy = AutoscalePolicy {
            max: Some(count(3)),
            ..AutoscalePolicy::default()
        };
        let busy = load(
            2,
            &[(1, 1.0, 0.1), (2, 1.0, 0.1), (0, 1.0, 0.1), (0, 1.0, 0.1)],
        );
        assert_eq!(to(&decide(&policy, count(2), count(9), &busy)), Some(3));
        let at_most = decide(&policy, count(3), count(9), &load(3, &[(1, 3.0, 0.0)]));
        assert!(
            at_most.words().contains("3 nodes is its most"),
            "{at_most:?}"
        );
        let at_quota = decide(&policy, count(2), count(2), &busy);
        assert!(matches!(at_quota, Decision::Hold { .. }));
        assert!(at_quota.words().contains("your quota is 2 nodes"));
    }

    #[test]
    fn it_shrinks_by_one_when_all_still_fits_and_never_below_the_least() {
        let policy = AutoscalePolicy {
            min: count(2),
            ..AutoscalePolicy::default()
        };
        let idle = load(4, &[(1, 0.1, 0.1), (4, 0.1, 0.1)]);
        assert_eq!(to(&decide(&policy, count(4), count(9), &idle)), Some(3));
        assert_eq!(
            to(&decide(&policy, count(2), count(9), &load(2, &[]))),
            None
        );
        assert_eq!(
            to(&decide(&policy, count(1), count(9), &load(1, &[]))),
            Some(2)
        );
    }

    #[test]
    fn it_does_not_shrink_where_a_task_would_find_no_place() {
        let policy = AutoscalePolicy::default();
        // Three tasks of 0.55 processors are 55 % of three nodes and 83 % of two; with a higher target the
        // sum would fit on two, but no node has room for a second one.
        let policy = AutoscalePolicy {
            targets: cluster_api::Targets {
                reserved_cpu: Some(Percent::try_from(90).unwrap()),
                ..policy.targets
            },
            ..policy
        };
        let three = load(3, &[(1, 0.55, 0.0), (2, 0.55, 0.0), (3, 0.55, 0.0)]);
        assert_eq!(to(&decide(&policy, count(3), count(9), &three)), None);
        let smaller = load(3, &[(1, 0.4, 0.0), (2, 0.4, 0.0), (3, 0.4, 0.0)]);
        assert_eq!(to(&decide(&policy, count(3), count(9), &smaller)), Some(2));
    }

    #[test]
    fn what_was_decided_is_not_undone_by_the_same_numbers() {
        let policy = AutoscalePolicy::default();
        for tenths in 0..60 {
            let amount = f64::from(tenths) / 10.0;
            for nodes in 1..=8_u32 {
                let spread: Vec<_> = (1..=nodes)
                    .map(|node| (node, amount / f64::from(nodes), 0.0))
                    .collect();
                let first = decide(
                    &policy,
                    count(nodes.into()),
                    count(9),
                    &load(nodes, &spread),
                );
                let Some(then) = to(&first) else { continue };
                let spread: Vec<_> = (1..=then)
                    .map(|node| (node, amount / f64::from(then), 0.0))
                    .collect();
                let second = decide(&policy, count(then.into()), count(9), &load(then, &spread));
                let back = to(&second).is_some_and(|again| (then > nodes) != (again > then));
                assert!(!back, "{amount} on {nodes}: {first:?}, then {second:?}");
            }
        }
    }

    #[test]
    fn what_is_not_measured_decides_nothing() {
        let policy = AutoscalePolicy {
            targets: cluster_api::Targets {
                used_cpu: Some(Percent::EIGHTY),
                ..cluster_api::Targets::default()
            },
            ..AutoscalePolicy::default()
        };
        let mut load = load(2, &[(1, 5.0, 0.0)]);
        let unknown = decide(&policy, count(2), count(9), &load);
        assert_eq!(unknown.words(), "nothing measured yet on 2 nodes");
        load.used = Some(Resources {
            cpus: 1.8,
            memory_bytes: 0,
        });
        assert_eq!(to(&decide(&policy, count(2), count(9), &load)), Some(3));
        load.used = Some(Resources::default());
        load.demand.tasks.clear();
        assert_eq!(to(&decide(&policy, count(2), count(9), &load)), Some(1));
    }
}
