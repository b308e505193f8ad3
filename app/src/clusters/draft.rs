//! What was typed into the form for a new cluster, right or wrong.

use cluster_api::{
    ClusterName, ClusterTypeId, CreateCluster, Flavor, IdempotencyKey, Labels, NodeCount, Problem,
};
#[cfg(feature = "ssr")]
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

use crate::paths;

/// The fields as text. A draft that was refused comes back in the address of the
/// form, so that nothing has to be typed again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The name.
    pub name: String,
    /// The id of the cluster type.
    pub cluster_type: String,
    /// The name of the flavor.
    pub flavor: String,
    /// The number of nodes.
    pub nodes: String,
    /// The idempotency key.
    pub key: String,
}

impl Draft {
    /// The longest value that is given back; nothing right is longer.
    const MAX_LENGTH: usize = 100;

    /// The draft in the query of an address.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn from_query(query: &ParamsMap) -> Self {
        let value = |name| query.get_str(name).map(cut).unwrap_or_default().to_owned();
        Self {
            name: value("name"),
            cluster_type: value("cluster_type"),
            flavor: value("flavor"),
            nodes: value("nodes"),
            key: value("key"),
        }
    }

    /// The address of the form with this draft in it.
    #[must_use]
    pub fn address(&self) -> String {
        paths::with_query(
            paths::NEW_CLUSTER,
            &[
                ("name", cut(&self.name)),
                ("cluster_type", cut(&self.cluster_type)),
                ("flavor", cut(&self.flavor)),
                ("nodes", cut(&self.nodes)),
                ("key", cut(&self.key)),
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
            labels: Labels::default(),
            autoscale: None,
            deletion_protection: false,
        };
        let key = IdempotencyKey::try_from(self.key.clone())
            .map_err(|_| Problem::IdempotencyKeyInvalid)?;
        Ok((cluster, key))
    }
}

/// The beginning of a text, at most [`Draft::MAX_LENGTH`] characters.
fn cut(text: &str) -> &str {
    match text.char_indices().nth(Draft::MAX_LENGTH) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

#[cfg(feature = "ssr")]
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
