//! What was typed into the form for a cluster of a cloud, right or wrong.

use std::collections::BTreeMap;

use cluster_api::{
    CloudRule, ClusterName, FromTemplate, IdempotencyKey, Problem, Taint, TaintEffect,
};
use leptos_router::params::ParamsMap;

use crate::{clusters::draft::cut, paths};

/// The fields as text. A draft that was refused comes back in the address of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The name.
    pub name: String,
    /// The id of the template.
    pub template: String,
    /// The number of managers.
    pub managers: String,
    /// The number of workers.
    pub workers: String,
    /// The flavor of workers; empty: the template's.
    pub flavor: String,
    /// The flavor of managers; empty: the template's.
    pub manager_flavor: String,
    /// The key pair; empty: the template's.
    pub keypair: String,
    /// The network; empty: the template's.
    pub network: String,
    /// Labels beside the template's, `key=value`, one a line.
    pub labels: String,
    /// The idempotency key.
    pub key: String,
}

impl Draft {
    /// The longest value that is given back; nothing right is longer.
    const MAX_LENGTH: usize = 255;
    const MAX_LABELS: usize = 4096;

    /// The draft in the query of an address.
    #[must_use]
    pub fn from_query(query: &ParamsMap) -> Self {
        let text = |name, most| cut(query.get_str(name).unwrap_or_default(), most).to_owned();
        let value = |name| text(name, Self::MAX_LENGTH);
        Self {
            name: value("name"),
            template: value("template"),
            managers: value("managers"),
            workers: value("workers"),
            flavor: value("flavor"),
            manager_flavor: value("manager_flavor"),
            keypair: value("keypair"),
            network: value("network"),
            labels: text("labels", Self::MAX_LABELS),
            key: value("key"),
        }
    }

    /// What a cluster was asked to be.
    #[must_use]
    pub fn again(wish: &FromTemplate) -> Self {
        let labels: Vec<_> = wish
            .labels
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        Self {
            name: wish.name.to_string(),
            template: wish.template.to_string(),
            managers: wish.managers.to_string(),
            workers: wish.workers.to_string(),
            flavor: wish.flavor.clone().unwrap_or_default(),
            manager_flavor: wish.manager_flavor.clone().unwrap_or_default(),
            keypair: wish.keypair.clone().unwrap_or_default(),
            network: wish.network.clone().unwrap_or_default(),
            labels: labels.join("\n"),
            key: String::new(),
        }
    }

    /// The address of the form with this draft in it.
    #[must_use]
    pub fn address(&self) -> String {
        let short = |text| cut(text, Self::MAX_LENGTH);
        paths::with_query(
            paths::NEW_CLUSTER,
            &[
                ("name", short(&self.name)),
                ("template", short(&self.template)),
                ("managers", short(&self.managers)),
                ("workers", short(&self.workers)),
                ("flavor", short(&self.flavor)),
                ("manager_flavor", short(&self.manager_flavor)),
                ("keypair", short(&self.keypair)),
                ("network", short(&self.network)),
                ("labels", cut(&self.labels, Self::MAX_LABELS)),
                ("key", short(&self.key)),
            ],
        )
    }

    /// The number of managers.
    ///
    /// # Errors
    /// It is none, or even.
    pub fn parse_managers(&self) -> Result<u32, Problem> {
        let number: Option<u32> = self.managers.trim().parse().ok();
        let right = number.filter(|it| matches!(it, 1 | 3 | 5 | 7));
        right.ok_or(Problem::Cloud {
            rule: CloudRule::Managers,
        })
    }

    /// The number of workers.
    ///
    /// # Errors
    /// It is none.
    pub fn parse_workers(&self) -> Result<u32, Problem> {
        let number: Option<u32> = self.workers.trim().parse().ok();
        number.filter(|it| *it < 1000).ok_or(Problem::Cloud {
            rule: CloudRule::Workers,
        })
    }

    /// The request that the draft makes.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn parse(&self) -> Result<(FromTemplate, IdempotencyKey), Problem> {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|it| !it.is_empty());
        let wish = FromTemplate {
            name: ClusterName::try_from(self.name.trim())
                .map_err(|rule| Problem::NameInvalid { rule })?,
            template: self.template.parse().map_err(|_| Problem::Cloud {
                rule: CloudRule::Template,
            })?,
            managers: self.parse_managers()?,
            workers: self.parse_workers()?,
            flavor: some(&self.flavor),
            manager_flavor: some(&self.manager_flavor),
            keypair: some(&self.keypair),
            network: some(&self.network),
            labels: pairs(&self.labels).ok_or(Problem::LabelsInvalid)?,
        };
        let key = IdempotencyKey::try_from(self.key.clone())
            .map_err(|_| Problem::IdempotencyKeyInvalid)?;
        Ok((wish, key))
    }
}

/// `key=value`, one a line. None: a line is something else, or a key stands twice.
#[must_use]
pub fn pairs(text: &str) -> Option<BTreeMap<String, String>> {
    let mut pairs = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|it| !it.is_empty()) {
        let (key, value) = line.split_once('=')?;
        let (key, value) = (key.trim(), value.trim());
        if key.is_empty() || pairs.insert(key.to_owned(), value.to_owned()).is_some() {
            return None;
        }
    }
    Some(pairs)
}

/// `key=value:NoSchedule`, one a line. None: a line is something else.
#[must_use]
pub fn taints(text: &str) -> Option<Vec<Taint>> {
    let lines = text.lines().map(str::trim).filter(|it| !it.is_empty());
    let taint = |line: &str| {
        let (pair, effect) = line.rsplit_once(':')?;
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let effect = TaintEffect::ALL
            .into_iter()
            .find(|it| it.as_str() == effect.trim())?;
        (!key.trim().is_empty()).then(|| Taint {
            key: key.trim().to_owned(),
            value: value.trim().to_owned(),
            effect,
        })
    };
    lines.map(taint).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            name: "web".to_owned(),
            template: "39db15a7-3c8b-4dcd-8f9e-42edbc9038f9".to_owned(),
            managers: "3".to_owned(),
            workers: " 2 ".to_owned(),
            labels: "a=b\n\nkube_tag = v1.32".to_owned(),
            key: "k-1".to_owned(),
            ..Draft::default()
        }
    }

    #[test]
    fn a_right_draft_makes_a_wish_and_comes_back_from_it() {
        let (wish, key) = draft().parse().unwrap();
        assert_eq!((wish.managers, wish.workers, key.as_str()), (3, 2, "k-1"));
        assert_eq!(wish.flavor, None);
        assert_eq!(wish.labels["kube_tag"], "v1.32");
        let again = Draft {
            key: "k-1".to_owned(),
            ..Draft::again(&wish)
        };
        assert_eq!(again.parse().unwrap().0, wish);
    }

    #[test]
    fn a_wrong_draft_says_what_is_wrong() {
        let wrong = |change: fn(&mut Draft)| {
            let mut draft = draft();
            change(&mut draft);
            draft.parse().unwrap_err()
        };
        let rule = |rule| Problem::Cloud { rule };
        assert_eq!(
            wrong(|it| it.managers = "2".to_owned()),
            rule(CloudRule::Managers)
        );
        assert_eq!(
            wrong(|it| it.workers = "-1".to_owned()),
            rule(CloudRule::Workers)
        );
        assert_eq!(wrong(|it| it.template.clear()), rule(CloudRule::Template));
        assert_eq!(
            wrong(|it| it.labels = "a".to_owned()),
            Problem::LabelsInvalid
        );
        assert!(matches!(
            wrong(|it| it.name = "Web".to_owned()),
            Problem::NameInvalid { .. }
        ));
    }

    #[test]
    fn taints_are_read_as_they_are_shown() {
        let read = taints("gpu=yes:NoSchedule\nspot:NoExecute").unwrap();
        assert_eq!(
            (read[0].key.as_str(), read[0].value.as_str()),
            ("gpu", "yes")
        );
        assert_eq!(read[1].effect, TaintEffect::NoExecute);
        assert_eq!(taints("gpu=yes"), None);
        assert_eq!(taints("=x:NoSchedule"), None);
    }
}
