//! What was typed into the form for a new cluster, right or wrong.

use crate::paths;
use cluster_api::{
    AutoscalePolicy, ClusterName, ClusterTypeId, CreateCluster, Flavor, IdempotencyKey, Labels,
    NodeCount, Problem,
};
use leptos_router::params::ParamsMap;

use std::collections::BTreeMap;

/// The fields as text. A draft that was refused comes back in the address of the
/// form, so that nothing has to be typed again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The name.
    pub name: String,
    /// The id of the cluster type.
    pub cluster_type: String,
    /// The name of the flavor.
    pub flavor: String,
    /// The number of nodes.
    pub nodes: String,
    /// Whether it scales by itself: "on", or empty.
    pub autoscale: String,
    /// The least nodes it scales down to.
    pub min_nodes: String,
    /// The most nodes it scales up to.
    pub max_nodes: String,
    /// Its labels, `key=value`, one a line.
    pub labels: String,
    /// Whether it is protected against deletion: "on", or empty.
    pub protection: String,
    /// The idempotency key.
    pub key: String,
}

impl Draft {
    /// The longest value that is given back; nothing right is longer.
    const MAX_LENGTH: usize = 100;

    /// The longest list of labels that is given back: all that there may be, as long as they may be.
    const MAX_LABELS: usize = Labels::MOST * 130;

    /// The draft in the query of an address.
    #[must_use]
    pub fn from_query(query: &ParamsMap) -> Self {
        let text = |name, most| cut(query.get_str(name).unwrap_or_default(), most).to_owned();
        let value = |name| text(name, Self::MAX_LENGTH);
        Self {
            name: value("name"),
            cluster_type: value("cluster_type"),
            flavor: value("flavor"),
            nodes: value("nodes"),
            autoscale: value("autoscale"),
            min_nodes: value("min_nodes"),
            max_nodes: value("max_nodes"),
            labels: text("labels", Self::MAX_LABELS),
            protection: value("protection"),
            key: value("key"),
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
                ("cluster_type", short(&self.cluster_type)),
                ("flavor", short(&self.flavor)),
                ("nodes", short(&self.nodes)),
                ("autoscale", short(&self.autoscale)),
                ("min_nodes", short(&self.min_nodes)),
                ("max_nodes", short(&self.max_nodes)),
                ("labels", cut(&self.labels, Self::MAX_LABELS)),
                ("protection", short(&self.protection)),
                ("key", short(&self.key)),
            ],
        )
    }

    /// The draft to go on with after a problem: with a new key if the problem is the key.
    #[must_use]
    pub fn after(&self, problem: Problem) -> Self {
        let mut draft = self.clone();
        if matches!(
            problem,
            Problem::IdempotencyKeyReused | Problem::IdempotencyKeyInvalid
        ) {
            draft.key.clear();
        }
        draft
    }

    /// The request that the draft makes.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn parse(&self) -> Result<(CreateCluster, IdempotencyKey), Problem> {
        let cluster = CreateCluster {
            name: ClusterName::try_from(self.name.trim())
                .map_err(|rule| Problem::NameInvalid { rule })?,
            cluster_type_id: self
                .cluster_type
                .parse()
                .map(ClusterTypeId)
                .map_err(|_| Problem::TypeUnknown)?,
            flavor: self
                .flavor
                .parse::<Flavor>()
                .map_err(|_| Problem::FlavorUnknown)?,
            node_count: NodeCount::try_from(&*self.nodes).map_err(|_| Problem::NodesInvalid {
                max: NodeCount::MAX,
            })?,
            labels: self.parse_labels()?,
            autoscale: self.parse_autoscale()?,
            deletion_protection: !self.protection.is_empty(),
        };
        let key = IdempotencyKey::try_from(self.key.clone())
            .map_err(|_| Problem::IdempotencyKeyInvalid)?;
        Ok((cluster, key))
    }

    /// The labels.
    ///
    /// # Errors
    /// They break the rule.
    pub fn parse_labels(&self) -> Result<Labels, Problem> {
        parse_labels(&self.labels)
    }

    /// The policy, if it is to scale by itself.
    ///
    /// # Errors
    /// A number is none, or they do not go together.
    pub fn parse_autoscale(&self) -> Result<Option<AutoscalePolicy>, Problem> {
        if self.autoscale.is_empty() {
            return Ok(None);
        }
        let number = |text: &str| {
            let max = NodeCount::MAX;
            NodeCount::try_from(text).map_err(|_| Problem::NodesInvalid { max })
        };
        let nodes = number(&self.nodes)?;
        let mut policy = AutoscalePolicy::of_size(nodes);
        if !self.min_nodes.trim().is_empty() {
            policy.min = number(&self.min_nodes)?;
        }
        if !self.max_nodes.trim().is_empty() {
            policy.max = Some(number(&self.max_nodes)?);
        }
        policy
            .check()
            .map_err(|rule| Problem::PolicyInvalid { rule })?;
        Ok(Some(policy))
    }
}

/// The labels in a text, `key=value`, one a line. Empty lines are none.
///
/// # Errors
/// They break the rule.
pub fn parse_labels(text: &str) -> Result<Labels, Problem> {
    let mut labels = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        let before = labels.insert(key.trim().to_owned(), value.trim().to_owned());
        if before.is_some() {
            return Err(Problem::LabelsInvalid);
        }
    }
    Labels::try_from(labels).map_err(|_| Problem::LabelsInvalid)
}

/// The beginning of a text, at most so many characters.
#[must_use]
pub fn cut(text: &str, most: usize) -> &str {
    match text.char_indices().nth(most) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use cluster_api::NameRule;

    use super::*;

    fn draft() -> Draft {
        Draft {
            name: "shop".to_owned(),
            cluster_type: "1".to_owned(),
            flavor: "container1-2G".to_owned(),
            nodes: " 3 ".to_owned(),
            key: "k-1".to_owned(),
            ..Draft::default()
        }
    }

    fn round_trip(draft: &Draft) -> Draft {
        let url = leptos::server_fn::error::ServerFnUrlError::new(
            "/x",
            crate::error::AppError(Problem::NameTaken),
        )
        .to_url(&format!("http://x{}", draft.address()))
        .unwrap();
        let mut query = ParamsMap::new();
        for (name, value) in url.query_pairs() {
            query.insert(name.into_owned(), value.into_owned());
        }
        Draft::from_query(&query)
    }

    #[test]
    fn a_draft_comes_back_as_it_was_typed() {
        let draft = Draft {
            name: "My <Shop> & \"Söhne\" + 100%".to_owned(),
            ..draft()
        };
        assert_eq!(round_trip(&draft), draft);
    }

    #[test]
    fn a_draft_comes_back_bounded() {
        let long = Draft {
            name: "ü".repeat(5000),
            ..Draft::default()
        };
        assert_eq!(round_trip(&long).name, "ü".repeat(100));
    }

    #[test]
    fn a_right_draft_makes_a_request() {
        let (cluster, key) = draft().parse().unwrap();
        assert_eq!(cluster.name.as_str(), "shop");
        assert_eq!(cluster.node_count.get(), 3);
        assert_eq!(cluster.flavor, Flavor::Container2G);
        assert_eq!(key.as_str(), "k-1");
    }

    #[test]
    fn labels_stand_on_lines_of_their_own() {
        let labels = parse_labels("team = shop\n\n env=prod\nempty").unwrap();
        let pairs: Vec<_> = labels.as_map().iter().map(|(k, v)| (&**k, &**v)).collect();
        assert_eq!(pairs, [("empty", ""), ("env", "prod"), ("team", "shop")]);
        assert_eq!(parse_labels("a=1\na=2"), Err(Problem::LabelsInvalid));
        assert_eq!(parse_labels("=x"), Err(Problem::LabelsInvalid));
    }

    #[test]
    fn a_policy_is_made_of_what_was_given() {
        let scaling = Draft {
            autoscale: "on".to_owned(),
            max_nodes: "9".to_owned(),
            ..draft()
        };
        let policy = scaling.parse().unwrap().0.autoscale.unwrap();
        assert_eq!(
            (policy.min.get(), policy.max.map(NodeCount::get)),
            (3, Some(9))
        );
        let wrong = Draft {
            min_nodes: "9".to_owned(),
            max_nodes: "2".to_owned(),
            ..scaling
        };
        assert!(matches!(wrong.parse(), Err(Problem::PolicyInvalid { .. })));
        assert_eq!(draft().parse().unwrap().0.autoscale, None);
    }

    #[test]
    fn a_wrong_draft_names_its_field() {
        let wrong = |change: fn(&mut Draft)| {
            let mut draft = draft();
            change(&mut draft);
            draft.parse().unwrap_err()
        };
        assert_eq!(
            wrong(|draft| draft.name = "Shop".to_owned()),
            Problem::NameInvalid {
                rule: NameRule::Character
            }
        );
        assert_eq!(
            wrong(|draft| draft.nodes = "three".to_owned()),
            Problem::NodesInvalid {
                max: NodeCount::MAX
            }
        );
        assert_eq!(
            wrong(|draft| draft.flavor = "huge".to_owned()),
            Problem::FlavorUnknown
        );
        assert_eq!(
            wrong(|draft| draft.cluster_type.clear()),
            Problem::TypeUnknown
        );
        assert_eq!(
            wrong(|draft| draft.key.clear()),
            Problem::IdempotencyKeyInvalid
        );
    }

    #[test]
    fn a_used_up_key_is_not_kept() {
        assert_eq!(draft().after(Problem::NameTaken), draft());
        assert_eq!(draft().after(Problem::IdempotencyKeyReused).key, "");
    }
}
