//! What is said of a task that was given up: a reason on the cluster, and a ticket that asks for help.

use cluster_api::{Event, EventKind, Timestamp};

use super::plan::{Plan, StepState};
use crate::store::TaskRecord;

/// The longest note a ticket takes, in characters.
const MOST_TEXT: usize = 10_000;

/// The most that is shown of an engine's own words, in characters.
const MOST_WORDS: usize = 2_000;

/// What was tried before a task was given up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tries {
    /// How often.
    pub(super) times: u32,
    /// When the first one began.
    pub(super) since: Timestamp,
}

impl Tries {
    /// "Tried 5 times in 31 s."
    fn words(self, now: Timestamp) -> String {
        if self.times <= 1 {
            return "Tried once.".to_owned();
        }
        let seconds = now.duration_since(self.since).as_secs();
        let took = match seconds {
            ..=0 => "less than a second".to_owned(),
            1..=119 => format!("{seconds} s"),
            _ => format!("{} min", seconds / 60),
        };
        format!("Tried {} times in {took}.", self.times)
    }

    /// Why the cluster is in error: what failed, what was tried, what helps. A failure that no second
    /// try would mend says by itself what does.
    pub(super) fn reason(self, message: &str, now: Timestamp) -> String {
        if self.times <= 1 {
            return message.to_owned();
        }
        let tried = self.words(now);
        format!("{message} {tried} Retry, or see the ticket that was opened for this.")
    }
}

/// A failure, with all there is to say of it.
pub(super) struct Report<'a> {
    /// The task that was given up.
    pub(super) task: &'a TaskRecord,
    /// What failed and what helps.
    pub(super) message: &'a str,
    /// The engine's own words.
    pub(super) detail: Option<&'a str>,
    /// What was tried.
    pub(super) tries: Tries,
    /// What was done for the task, from the journal.
    pub(super) events: &'a [Event],
    /// What was still to be done.
    pub(super) plan: Option<&'a Plan>,
    /// When it was given up.
    pub(super) now: Timestamp,
}

impl Report<'_> {
    /// What the ticket is about, in one line.
    pub(super) fn subject(&self, cluster: &str) -> String {
        format!("{cluster}: the {} failed", self.task.kind.as_str())
    }

    /// The note: what failed, what was tried, what to do, and the steps.
    pub(super) fn text(&self) -> String {
        let id = self.task.cluster_id;
        let mut text = format!("What failed\n  {}\n", self.message);
        if let Some(detail) = self.detail {
            let words: String = detail.chars().take(MOST_WORDS).collect();
            let words = words.trim().replace('\n', "\n  | ");
            text.push_str(&format!("  The engine's own words:\n  | {words}\n"));
        }
        text.push_str(&format!(
            "\nWhat was tried\n  {}\n\nWhat to do\n  \
             Retry: on the cluster's page, or POST /v2/clusters/{id}/tasks {{\"type\": \"retry\"}}.\n  \
             If it fails again, write into this ticket. Who helps reads the support bundle:\n  \
             GET /v2/clusters/{id}/support.zip\n\nSteps of the {}\n",
            self.tries.words(self.now),
            self.task.kind.as_str(),
        ));
        for event in self.events.iter().filter(|e| e.kind == EventKind::Done) {
            let took = event.duration_ms.map(|ms| format!(", {ms} ms"));
            text.push_str(&format!(
                "  done      {} ({}{})\n",
                event.message,
                event.at,
                took.unwrap_or_default()
            ));
        }
        for (step, state) in self.plan.into_iter().flat_map(Plan::steps) {
            // What is done has a line from the journal, also if that was before a restart.
            let word = match state {
                StepState::Done => continue,
                StepState::Failed => "failed  ",
                StepState::Open => "not done",
            };
            text.push_str(&format!("  {word}  {}\n", step.doing()));
        }
        text.chars().take(MOST_TEXT).collect()
    }
}

#[cfg(test)]
mod tests {
    use cluster_api::{ClusterId, TaskId, TaskKind};

    use super::*;
    use crate::{reconciler::plan::Step, store::NodeRecord};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn tries(times: u32, seconds: i64) -> Tries {
        let since = NOW - jiff::SignedDuration::from_secs(seconds);
        Tries { times, since }
    }

    #[test]
    fn tries_are_counted_and_timed() {
        assert_eq!(tries(1, 9).words(NOW), "Tried once.");
        assert_eq!(
            tries(5, 0).words(NOW),
            "Tried 5 times in less than a second."
        );
        assert_eq!(tries(5, 31).words(NOW), "Tried 5 times in 31 s.");
        assert_eq!(tries(2, 600).words(NOW), "Tried 2 times in 10 min.");
    }

    #[test]
    fn a_report_says_what_failed_what_was_tried_and_how_far_it_came() {
        let nodes = [1, 2].map(|ordinal| NodeRecord::wished(ordinal, "image"));
        let mut plan = Plan::new(TaskKind::Create, &nodes, false);
        plan.tick(Step::Network);
        plan.fail(Step::Start(2));
        let task = TaskRecord {
            id: TaskId(uuid::Uuid::nil()),
            cluster_id: ClusterId(uuid::Uuid::nil()),
            kind: TaskKind::Create,
            created_at: NOW,
            gentle: false,
        };
        let done = Event {
            id: cluster_api::EventId(1),
            cluster_id: task.cluster_id,
            actor: None,
            task_id: Some(task.id),
            at: NOW,
            kind: EventKind::Done,
            message: "Network made".to_owned(),
            detail: None,
            duration_ms: Some(20),
        };
        let report = Report {
            task: &task,
            message: "Node 2 did not start.",
            detail: Some("line 1\nline 2"),
            tries: tries(5, 31),
            events: &[done],
            plan: Some(&plan),
            now: NOW,
        };
        assert_eq!(report.subject("shop"), "shop: the create failed");
        let text = report.text();
        for line in [
            "  Node 2 did not start.",
            "  | line 2",
            "  Tried 5 times in 31 s.",
            "  GET /v2/clusters/00000000-0000-0000-0000-000000000000/support.zip",
            "  done      Network made (1970-01-01T00:00:00Z, 20 ms)",
            "  failed    Node 2 starts",
            "  not done  Node 1 starts",
        ] {
            assert!(text.lines().any(|l| l == line), "{line:?} in {text}");
        }
        assert!(!text.contains("The network is made"), "{text}");
    }
}
