//! Autoscaling: when a cluster grows and shrinks by itself.

use serde::{Deserialize, Serialize};

use crate::{NodeCount, Timestamp};

/// A share of a cluster's capacity, from 1 to 100 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Percent(u8);

impl Percent {
    /// What the original grew at, whichever of processor and memory was reserved beyond it.
    pub const EIGHTY: Self = Self(80);

    /// As a share of one.
    #[must_use]
    pub fn share(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl TryFrom<u8> for Percent {
    type Error = PolicyRule;

    fn try_from(number: u8) -> Result<Self, PolicyRule> {
        if (1..=100).contains(&number) {
            Ok(Self(number))
        } else {
            Err(PolicyRule::Target)
        }
    }
}

impl From<Percent> for u8 {
    fn from(percent: Percent) -> Self {
        percent.0
    }
}

impl std::fmt::Display for Percent {
    /// "80 %".
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} %", self.0)
    }
}

/// What is aimed at. A cluster grows when one of them is exceeded, and shrinks when all of them would
/// still hold on fewer nodes. None: that measure does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Targets {
    /// Processor that services reserve, of all there is.
    pub reserved_cpu: Option<Percent>,
    /// Memory that services reserve, of all there is.
    pub reserved_memory: Option<Percent>,
    /// Processor that is used, of all there is.
    pub used_cpu: Option<Percent>,
    /// Memory that is used, of all there is.
    pub used_memory: Option<Percent>,
}

/// How a cluster scales by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AutoscalePolicy {
    /// Never fewer nodes than that.
    #[serde(default = "one")]
    pub min: NodeCount,
    /// Never more nodes than that; the quota holds too. None: the quota alone.
    #[serde(default)]
    pub max: Option<NodeCount>,
    /// What is aimed at.
    #[serde(default = "original_targets")]
    pub targets: Targets,
    /// How often it is looked at, in seconds.
    #[serde(default = "minute")]
    #[cfg_attr(feature = "schema", schema(minimum = 10, maximum = 86_400))]
    pub interval_s: u32,
    /// For how long nothing is changed after a change, in seconds; one made by hand counts too.
    #[serde(default = "five_minutes")]
    #[cfg_attr(feature = "schema", schema(minimum = 10, maximum = 86_400))]
    pub cooldown_s: u32,
}

const fn one() -> NodeCount {
    NodeCount::MIN
}

const fn original_targets() -> Targets {
    Targets {
        reserved_cpu: Some(Percent::EIGHTY),
        reserved_memory: Some(Percent::EIGHTY),
        used_cpu: None,
        used_memory: None,
    }
}

const fn minute() -> u32 {
    60
}

const fn five_minutes() -> u32 {
    300
}

impl Default for AutoscalePolicy {
    /// The original's: one node more when more than 80 % of processor or memory are reserved. It looked
    /// every ten minutes; this looks every minute, rests for five after a change, and shrinks too.
    fn default() -> Self {
        Self {
            min: one(),
            max: None,
            targets: original_targets(),
            interval_s: minute(),
            cooldown_s: five_minutes(),
        }
    }
}

/// What a policy has to keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PolicyRule {
    /// min is above max.
    #[error("The smallest number of nodes is above the largest.")]
    Order,
    /// A target is out of bounds.
    #[error("A target is a whole number from 1 to 100, in percent.")]
    Target,
    /// There is no target at all.
    #[error("Give at least one target: reserved_cpu, reserved_memory, used_cpu or used_memory.")]
    NoTarget,
    /// A time is out of bounds.
    #[error("The interval and the cooldown are 10 to 86400 seconds.")]
    Time,
}

impl AutoscalePolicy {
    /// What holds for those who switch it on without saying how: the default, and never fewer nodes than
    /// they asked for. (The original's never shrank.)
    #[must_use]
    pub fn of_size(nodes: NodeCount) -> Self {
        Self {
            min: nodes,
            ..Self::default()
        }
    }

    /// The bounds of the interval and the cooldown, in seconds.
    pub const SECONDS: std::ops::RangeInclusive<u32> = 10..=86_400;

    /// Whether it makes sense.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn check(&self) -> Result<(), PolicyRule> {
        let Targets {
            reserved_cpu,
            reserved_memory,
            used_cpu,
            used_memory,
        } = self.targets;
        if self.max.is_some_and(|max| max < self.min) {
            Err(PolicyRule::Order)
        } else if !Self::SECONDS.contains(&self.interval_s)
            || !Self::SECONDS.contains(&self.cooldown_s)
        {
            Err(PolicyRule::Time)
        } else if [reserved_cpu, reserved_memory, used_cpu, used_memory] == [None; 4] {
            Err(PolicyRule::NoTarget)
        } else {
            Ok(())
        }
    }
}

/// The body of `PUT /v2/clusters/{id}/autoscale`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AutoscaleChange {
    /// Whether it is on from now on.
    pub enabled: bool,
    /// How it scales; without it, as before.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(schema_with = crate::schema::policy_or_flag))]
    pub policy: Option<AutoscalePolicy>,
}

/// What `GET` and `PUT /v2/clusters/{id}/autoscale` answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Autoscale {
    /// Whether it is on.
    pub enabled: bool,
    /// How it scales when it is.
    pub policy: AutoscalePolicy,
    /// Nothing is changed before: something was changed a short while ago.
    pub paused_until: Option<Timestamp>,
    /// When it was looked at last.
    pub checked_at: Option<Timestamp>,
    /// What was found then, with its numbers: "Reserved processor 40 %, memory 12 % of 2 nodes".
    pub found: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> AutoscalePolicy {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn an_empty_policy_is_the_originals() {
        assert_eq!(read("{}"), AutoscalePolicy::default());
        assert_eq!(AutoscalePolicy::default().check(), Ok(()));
    }

    #[test]
    fn a_policy_that_makes_no_sense_names_its_rule() {
        for (text, rule) in [
            (r#"{"min":3,"max":2}"#, PolicyRule::Order),
            (r#"{"interval_s":9}"#, PolicyRule::Time),
            (r#"{"cooldown_s":86401}"#, PolicyRule::Time),
            (r#"{"targets":{}}"#, PolicyRule::NoTarget),
        ] {
            assert_eq!(read(text).check(), Err(rule), "{text}");
        }
        for wrong in [
            r#"{"targets":{"used_cpu":0}}"#,
            r#"{"targets":{"used_cpu":101}}"#,
            r#"{"targets":{"used_disk":50}}"#,
            r#"{"min":0}"#,
            r#"{"most":3}"#,
        ] {
            assert!(
                serde_json::from_str::<AutoscalePolicy>(wrong).is_err(),
                "{wrong}"
            );
        }
    }
}
