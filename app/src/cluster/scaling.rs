//! How a cluster scales by itself, as it was typed into the form, right or wrong.

use cluster_api::{
    Autoscale, AutoscaleChange, AutoscalePolicy, NodeCount, Percent, PolicyRule, Problem, Targets,
};
use leptos_router::params::ParamsMap;

/// The fields as text. What was refused comes back in the address of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Whether it scales: "on", or empty.
    pub enabled: String,
    /// The least nodes.
    pub min_nodes: String,
    /// The most nodes; empty: the quota alone.
    pub max_nodes: String,
    /// Processor reserved, in percent; empty: it does not count, as for the next three.
    pub reserved_cpu: String,
    /// Memory reserved, in percent.
    pub reserved_memory: String,
    /// Processor used, in percent.
    pub used_cpu: String,
    /// Memory used, in percent.
    pub used_memory: String,
    /// How often it is looked at, in seconds.
    pub interval_s: String,
    /// For how long nothing is changed after a change, in seconds.
    pub cooldown_s: String,
}

impl Draft {
    /// What holds now.
    #[must_use]
    pub fn of(autoscale: &Autoscale) -> Self {
        let AutoscalePolicy {
            min,
            max,
            targets,
            interval_s,
            cooldown_s,
        } = autoscale.policy;
        let percent =
            |it: Option<Percent>| it.map_or_else(String::new, |it| u8::from(it).to_string());
        Self {
            enabled: if autoscale.enabled { "on" } else { "" }.to_owned(),
            min_nodes: min.get().to_string(),
            max_nodes: max.map_or_else(String::new, |max| max.get().to_string()),
            reserved_cpu: percent(targets.reserved_cpu),
            reserved_memory: percent(targets.reserved_memory),
            used_cpu: percent(targets.used_cpu),
            used_memory: percent(targets.used_memory),
            interval_s: interval_s.to_string(),
            cooldown_s: cooldown_s.to_string(),
        }
    }

    /// What was typed, if the address says so.
    #[must_use]
    pub fn from_query(query: &ParamsMap) -> Option<Self> {
        query.get_str("interval_s")?;
        let value = |name: &str| -> String {
            let text = query.get_str(name).unwrap_or_default();
            text.chars().take(20).collect()
        };
        Some(Self {
            enabled: value("enabled"),
            min_nodes: value("min_nodes"),
            max_nodes: value("max_nodes"),
            reserved_cpu: value("reserved_cpu"),
            reserved_memory: value("reserved_memory"),
            used_cpu: value("used_cpu"),
            used_memory: value("used_memory"),
            interval_s: value("interval_s"),
            cooldown_s: value("cooldown_s"),
        })
    }

    /// The fields with their names.
    #[must_use]
    pub fn pairs(&self) -> [(&'static str, &str); 9] {
        [
            ("enabled", &self.enabled),
            ("min_nodes", &self.min_nodes),
            ("max_nodes", &self.max_nodes),
            ("reserved_cpu", &self.reserved_cpu),
            ("reserved_memory", &self.reserved_memory),
            ("used_cpu", &self.used_cpu),
            ("used_memory", &self.used_memory),
            ("interval_s", &self.interval_s),
            ("cooldown_s", &self.cooldown_s),
        ]
    }

    /// The request that it makes. Switched off, the policy stays as it was.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn parse(&self) -> Result<AutoscaleChange, Problem> {
        if self.enabled.is_empty() {
            return Ok(AutoscaleChange {
                enabled: false,
                policy: None,
            });
        }
        let nodes = |text: &str| {
            let max = NodeCount::MAX;
            NodeCount::try_from(text).map_err(|_| Problem::NodesInvalid { max })
        };
        let seconds = |text: &str| {
            let rule = PolicyRule::Time;
            let number = text.trim().parse::<u32>();
            number.map_err(|_| Problem::PolicyInvalid { rule })
        };
        let max = self.max_nodes.trim();
        let policy = AutoscalePolicy {
            min: nodes(&self.min_nodes)?,
            max: (!max.is_empty()).then(|| nodes(max)).transpose()?,
            targets: Targets {
                reserved_cpu: percent(&self.reserved_cpu)?,
                reserved_memory: percent(&self.reserved_memory)?,
                used_cpu: percent(&self.used_cpu)?,
                used_memory: percent(&self.used_memory)?,
            },
            interval_s: seconds(&self.interval_s)?,
            cooldown_s: seconds(&self.cooldown_s)?,
        };
        policy
            .check()
            .map_err(|rule| Problem::PolicyInvalid { rule })?;
        Ok(AutoscaleChange {
            enabled: true,
            policy: Some(policy),
        })
    }
}

fn percent(text: &str) -> Result<Option<Percent>, Problem> {
    let text = text.trim().trim_end_matches('%').trim_end();
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.parse::<u8>().map_err(|_| PolicyRule::Target);
    number
        .and_then(Percent::try_from)
        .map(Some)
        .map_err(|rule| Problem::PolicyInvalid { rule })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Autoscale {
        Autoscale {
            enabled: true,
            policy: AutoscalePolicy {
                max: Some(NodeCount::try_from(5_i64).unwrap()),
                ..AutoscalePolicy::default()
            },
            paused_until: None,
            checked_at: None,
            found: None,
        }
    }

    #[test]
    fn what_holds_comes_back_as_it_was() {
        let wanted = Draft::of(&now()).parse().unwrap();
        assert!(wanted.enabled);
        assert_eq!(wanted.policy, Some(now().policy));
    }

    #[test]
    fn what_was_typed_comes_back_from_the_address() {
        let draft = Draft {
            used_cpu: "70".to_owned(),
            ..Draft::of(&now())
        };
        let mut query = ParamsMap::new();
        for (name, value) in draft.pairs() {
            query.insert(name, value.to_owned());
        }
        assert_eq!(Draft::from_query(&query), Some(draft));
        assert_eq!(Draft::from_query(&ParamsMap::new()), None);
    }

    #[test]
    fn switched_off_nothing_else_is_looked_at() {
        let off = Draft {
            enabled: String::new(),
            min_nodes: "x".to_owned(),
            ..Draft::of(&now())
        };
        let wanted = off.parse().unwrap();
        assert_eq!((wanted.enabled, wanted.policy), (false, None));
    }

    #[test]
    fn what_is_wrong_names_its_rule() {
        let wrong = |change: fn(&mut Draft)| {
            let mut draft = Draft::of(&now());
            change(&mut draft);
            draft.parse().unwrap_err()
        };
        let policy = |rule| Problem::PolicyInvalid { rule };
        assert_eq!(
            wrong(|it| it.used_cpu = "101".to_owned()),
            policy(PolicyRule::Target)
        );
        assert_eq!(
            wrong(|it| it.cooldown_s = "soon".to_owned()),
            policy(PolicyRule::Time)
        );
        assert_eq!(
            wrong(|it| it.min_nodes = "9".to_owned()),
            policy(PolicyRule::Order)
        );
        assert_eq!(
            wrong(|it| {
                it.reserved_cpu.clear();
                it.reserved_memory.clear();
            }),
            policy(PolicyRule::NoTarget)
        );
        assert!(matches!(
            wrong(|it| it.max_nodes = "many".to_owned()),
            Problem::NodesInvalid { .. }
        ));
    }
}
