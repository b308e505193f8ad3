//! Usual times: how long work on clusters takes, from what was measured.

use serde::{Deserialize, Serialize};

use crate::{Provisioning, TaskKind};

/// What `GET /v2/usual` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UsualTimes {
    /// Where clusters come from: the times are those of such clusters.
    pub provisioning: Provisioning,
    /// One for each kind of task.
    pub times: Vec<UsualTime>,
}

/// How long tasks of one kind usually take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UsualTime {
    /// What they do.
    pub task: TaskKind,
    /// The median of the last ones that succeeded, in milliseconds. None before there is one to measure.
    pub typical_ms: Option<u64>,
}

impl UsualTimes {
    /// How long tasks of that kind usually take, in milliseconds. None: not known yet.
    #[must_use]
    pub fn of(&self, task: TaskKind) -> Option<u64> {
        let mut times = self.times.iter();
        times.find(|time| time.task == task)?.typical_ms
    }
}
