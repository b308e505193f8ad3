//! Plans: the steps of a task, as a person sees them.

use cluster_api::{NodeState, Progress, TaskId, TaskKind, Timestamp};

use crate::store::{Duty, NodeRecord};

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The cluster's network.
    Network,
    /// The engine of a node.
    Start(u32),
    /// New certificates for a node.
    Renew(u32),
    /// The swarm, on the manager.
    Swarm,
    /// A worker in the swarm.
    Join(u32),
    /// The operator's scripts, on a node that has joined.
    Scripts(u32),
    /// A node's work moves elsewhere.
    Drain(u32),
    /// A node that was drained takes work again.
    Activate(u32),
    /// A node goes.
    Remove(u32),
    /// All nodes are seen by the manager.
    Check,
    /// All of a cluster goes.
    Erase,
}

impl Step {
    /// While it runs.
    pub(super) fn doing(self) -> String {
        match self {
            Self::Network => "The network is made".to_owned(),
            Self::Start(node) => format!("Node {node} starts"),
            Self::Renew(node) => format!("Node {node} gets new certificates"),
            Self::Swarm => "The swarm is made".to_owned(),
            Self::Scripts(node) => format!("The operator\u{2019}s scripts run on node {node}"),
            Self::Join(node) => format!("Node {node} joins the swarm"),
            Self::Drain(node) => format!("Node {node} hands its work over"),
            Self::Activate(node) => format!("Node {node} takes work again"),
            Self::Remove(node) => format!("Node {node} is removed"),
            Self::Check => "All nodes report in".to_owned(),
            Self::Erase => "Nodes, volumes and the network are removed".to_owned(),
        }
    }

    /// When it is done.
    pub(super) fn done(self) -> String {
        match self {
            Self::Network => "Network made".to_owned(),
            Self::Start(node) => format!("Node {node} started"),
            Self::Renew(node) => format!("Node {node} has new certificates"),
            Self::Swarm => "Swarm made".to_owned(),
            Self::Scripts(node) => format!("The operator\u{2019}s scripts ran on node {node}"),
            Self::Join(node) => format!("Node {node} joined the swarm"),
            Self::Drain(node) => format!("Node {node} handed its work over"),
            Self::Activate(node) => format!("Node {node} takes work again"),
            Self::Remove(node) => format!("Node {node} removed"),
            Self::Check => "All nodes reported in".to_owned(),
            Self::Erase => "Nodes, volumes and the network removed".to_owned(),
        }
    }
}

/// The steps of a task that are still to be done, in the order in which they are shown. (Nodes work
/// in parallel; the first step that is not done is the one that is waited for.)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    steps: Vec<(Step, bool)>,
    /// Where the last try ended.
    failed: Option<Step>,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StepState {
    /// It is done.
    Done,
    /// The last try ended there.
    Failed,
    /// It is still to be done.
    Open,
}

impl Plan {
    /// What is to be done for a task, given how far the nodes are, and whether scripts run on new ones.
    #[must_use]
    pub fn new(kind: TaskKind, nodes: &[NodeRecord], scripts: bool) -> Self {
        let mut steps = Vec::new();
        if kind == TaskKind::Delete {
            steps.push(Step::Erase);
            return Self::of(steps);
        }
        if kind == TaskKind::Create {
            steps.push(Step::Network);
        }
        let (wished, surplus): (Vec<_>, Vec<_>) = nodes.iter().partition(|node| node.is_wished());
        let is_in = |states: &'static [NodeState]| {
            wished
                .iter()
                .filter(|node| states.contains(&node.state))
                .map(|node| node.ordinal)
        };
        steps.extend(is_in(&[NodeState::Renewing]).map(Step::Renew));
        steps.extend(is_in(&[NodeState::Creating, NodeState::Lost]).map(Step::Start));
        let to_join: &[NodeState] = if kind == TaskKind::Rebuild {
            &[
                NodeState::Creating,
                NodeState::Lost,
                NodeState::Joining,
                NodeState::Renewing,
            ]
        } else {
            &[NodeState::Creating, NodeState::Lost, NodeState::Joining]
        };
        for node in is_in(to_join) {
            steps.push(if node == 1 {
                Step::Swarm
            } else {
                Step::Join(node)
            });
            if scripts {
                steps.push(Step::Scripts(node));
            }
        }
        for node in &wished {
            match node.duty {
                Duty::Draining => steps.push(Step::Drain(node.ordinal)),
                // What joins anew, the swarm takes to be ready for work.
                Duty::Drained if node.state != NodeState::Ready => {
                    steps.push(Step::Drain(node.ordinal));
                }
                Duty::Activating => steps.push(Step::Activate(node.ordinal)),
                Duty::Active | Duty::Drained => {}
            }
        }
        for node in surplus.iter().rev() {
            steps.extend([Step::Drain(node.ordinal), Step::Remove(node.ordinal)]);
        }
        steps.push(Step::Check);
        Self::of(steps)
    }

    fn of(steps: Vec<Step>) -> Self {
        Self {
            steps: steps.into_iter().map(|step| (step, false)).collect(),
            failed: None,
        }
    }

    /// Whether a step is planned and not done.
    pub(super) fn is_to_do(&self, step: Step) -> bool {
        self.steps.contains(&(step, false))
    }

    /// A try ended with this step.
    pub(super) fn fail(&mut self, step: Step) {
        self.failed = Some(step);
    }

    /// Its steps, in order.
    pub(super) fn steps(&self) -> impl Iterator<Item = (Step, StepState)> {
        self.steps.iter().map(|(step, done)| {
            let state = if *done {
                StepState::Done
            } else if self.failed == Some(*step) {
                StepState::Failed
            } else {
                StepState::Open
            };
            (*step, state)
        })
    }

    /// Ticks a step off. `false`: it was not in the plan, or done before.
    pub(super) fn tick(&mut self, step: Step) -> bool {
        match self
            .steps
            .iter_mut()
            .find(|(planned, done)| *planned == step && !done)
        {
            Some((_, done)) => {
                *done = true;
                true
            }
            None => false,
        }
    }

    /// How far the task is, for everybody to see.
    #[must_use]
    pub fn progress(
        &self,
        task_id: TaskId,
        task: TaskKind,
        started_at: Timestamp,
        typical_ms: Option<u64>,
    ) -> Progress {
        let of = self.steps.len();
        let done = self.steps.iter().filter(|(_, done)| *done).count();
        let current = self
            .steps
            .iter()
            .find(|(_, done)| !done)
            .or(self.steps.last())
            .map(|(step, _)| *step);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Progress {
            task_id,
            task,
            step: current.map(Step::doing).unwrap_or_default(),
            number: count((done + 1).min(of)),
            of: count(of),
            started_at,
            typical_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(states: &[NodeState]) -> Vec<NodeRecord> {
        (1..)
            .zip(states)
            .map(|(ordinal, state)| NodeRecord {
                state: *state,
                ..NodeRecord::wished(ordinal, "image")
            })
            .collect()
    }

    fn steps(kind: TaskKind, states: &[NodeState]) -> Vec<Step> {
        let plan = Plan::new(kind, &nodes(states), false);
        plan.steps.into_iter().map(|(step, _)| step).collect()
    }

    #[test]
    fn a_create_makes_the_network_starts_all_and_joins_them() {
        use NodeState::Creating;
        assert_eq!(
            steps(TaskKind::Create, &[Creating, Creating]),
            [
                Step::Network,
                Step::Start(1),
                Step::Start(2),
                Step::Swarm,
                Step::Join(2),
                Step::Check
            ]
        );
    }

    #[test]
    fn a_shrink_drains_and_removes_the_last_nodes_first() {
        use NodeState::{Draining, Ready};
        assert_eq!(
            steps(TaskKind::Resize, &[Ready, Draining, Draining]),
            [
                Step::Drain(3),
                Step::Remove(3),
                Step::Drain(2),
                Step::Remove(2),
                Step::Check
            ]
        );
    }

    #[test]
    fn any_worker_may_go_and_what_stays_keeps_its_place() {
        use NodeState::{Creating, Draining, Ready};
        assert_eq!(
            steps(TaskKind::Resize, &[Ready, Draining, Ready]),
            [Step::Drain(2), Step::Remove(2), Step::Check]
        );
        assert_eq!(
            steps(TaskKind::Repair, &[Ready, Draining, Creating]),
            [
                Step::Start(3),
                Step::Join(3),
                Step::Drain(2),
                Step::Remove(2),
                Step::Check
            ],
            "there is a place for its work before it goes"
        );
    }

    #[test]
    fn a_drained_node_is_drained_again_when_it_comes_back() {
        use NodeState::{Lost, Ready};
        let with = |state, duty| {
            let mut nodes = nodes(&[Ready, state]);
            nodes[1].duty = duty;
            let plan = Plan::new(TaskKind::Drain, &nodes, false);
            plan.steps.into_iter().map(|(step, _)| step).collect()
        };
        let steps: Vec<_> = with(Ready, Duty::Draining);
        assert_eq!(steps, [Step::Drain(2), Step::Check]);
        let steps: Vec<_> = with(Ready, Duty::Activating);
        assert_eq!(steps, [Step::Activate(2), Step::Check]);
        let steps: Vec<_> = with(Ready, Duty::Drained);
        assert_eq!(steps, [Step::Check]);
        let steps: Vec<_> = with(Lost, Duty::Drained);
        assert_eq!(
            steps,
            [Step::Start(2), Step::Join(2), Step::Drain(2), Step::Check]
        );
    }

    #[test]
    fn what_was_done_before_a_kill_is_not_planned_again() {
        use NodeState::{Creating, Joining, Ready};
        assert_eq!(
            steps(TaskKind::Resize, &[Ready, Joining, Creating]),
            [Step::Start(3), Step::Join(2), Step::Join(3), Step::Check]
        );
    }

    #[test]
    fn a_rotation_renews_every_node_and_a_rebuild_the_swarm_too() {
        use NodeState::{Joining, Ready, Renewing};
        assert_eq!(
            steps(TaskKind::Rotate, &[Renewing, Renewing]),
            [Step::Renew(1), Step::Renew(2), Step::Check]
        );
        assert_eq!(
            steps(TaskKind::Rebuild, &[Renewing, Renewing]),
            [
                Step::Renew(1),
                Step::Renew(2),
                Step::Swarm,
                Step::Join(2),
                Step::Check
            ]
        );
        assert_eq!(
            steps(TaskKind::Rebuild, &[Ready, Joining]),
            [Step::Join(2), Step::Check],
            "what was done before it failed is not done again"
        );
    }

    #[test]
    fn scripts_run_on_nodes_that_join() {
        use NodeState::{Creating, Ready};
        let plan = Plan::new(TaskKind::Resize, &nodes(&[Ready, Creating]), true);
        let steps: Vec<_> = plan.steps.into_iter().map(|(step, _)| step).collect();
        assert_eq!(
            steps,
            [Step::Start(2), Step::Join(2), Step::Scripts(2), Step::Check]
        );
    }

    #[test]
    fn progress_counts_what_is_done_and_names_what_is_waited_for() {
        let wished = nodes(&[NodeState::Creating]);
        let mut plan = Plan::new(TaskKind::Create, &wished, false);
        assert!(plan.tick(Step::Start(1)));
        assert!(!plan.tick(Step::Start(1)), "a step is done once");
        assert!(!plan.tick(Step::Start(7)), "a step that is not planned");
        let progress = plan.progress(
            TaskId(uuid::Uuid::nil()),
            TaskKind::Create,
            Timestamp::UNIX_EPOCH,
            None,
        );
        assert_eq!((progress.number, progress.of), (2, 4));
        assert_eq!(progress.step, "The network is made");
    }
}
