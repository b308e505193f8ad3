//! What the words lead to.

use cluster_api::{Cluster, Offer};

use crate::{
    dashboard::offers,
    paths, t,
    view::{Known, User},
};

/// Somewhere to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its address.
    pub to: String,
    /// Its name.
    pub name: String,
    /// Whether it is a cluster, and no page of its own.
    pub is_cluster: bool,
}

/// No more are shown.
const MOST: usize = 20;

/// The pages and clusters with the words in their names, whatever the case; those whose name begins with
/// them come first. Without words: all pages, and the clusters that there is room for.
#[must_use]
pub fn find(words: &str, user: &User, known: &Known) -> Vec<Place> {
    let words = words.trim().to_lowercase();
    let pages = pages(user.is_admin).into_iter().map(|(to, name)| Place {
        to: to.to_owned(),
        name,
        is_cluster: false,
    });
    let clusters = known
        .snapshot
        .clusters
        .iter()
        .map(|cluster: &Cluster| Place {
            to: paths::cluster(cluster.id),
            name: cluster.name.to_string(),
            is_cluster: true,
        });
    let mut first = Vec::new();
    let mut then = Vec::new();
    for place in pages.chain(clusters) {
        match place.name.to_lowercase().find(&words) {
            Some(0) => first.push(place),
            Some(_) => then.push(place),
            None => {}
        }
        if first.len() == MOST {
            break;
        }
    }
    first.extend(then);
    first.truncate(MOST);
    first
}

/// All pages that there are for somebody, where the control plane has what they show.
fn pages(is_admin: bool) -> Vec<(&'static str, String)> {
    let pages = [
        (None, paths::CLUSTERS, t!("nav-clusters")),
        (None, paths::NEW_CLUSTER, t!("create-cluster")),
        (
            Some(Offer::Templates),
            paths::TEMPLATES,
            t!("nav-templates"),
        ),
        (Some(Offer::Projects), paths::PROJECTS, t!("projects-title")),
        (Some(Offer::Account), paths::ACTIVITY, t!("nav-activity")),
        (Some(Offer::Help), paths::HELP, t!("nav-help")),
        (None, paths::ACCOUNT, t!("nav-account")),
        (Some(Offer::Admin), paths::ADMIN, t!("nav-admin")),
    ];
    let shown = pages
        .into_iter()
        .filter(|(offer, path, _)| offer.is_none_or(offers) && (*path != paths::ADMIN || is_admin));
    shown.map(|(_, path, name)| (path, name)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use cluster_api::{EventId, NodeCount, Provisioning, Quotas, Snapshot};

    use super::*;
    use crate::{fixtures, session::Backend, view::Freshness};

    fn names(words: &str, is_admin: bool, clusters: &[&str]) -> Vec<String> {
        let at = fixtures::timestamp(0);
        let known = Known {
            snapshot: Arc::new(Snapshot {
                version: EventId(1),
                clusters: clusters
                    .iter()
                    .map(|name| fixtures::cluster(name, &[], 1))
                    .collect(),
                quotas: Quotas {
                    max_clusters: 10,
                    max_nodes_per_cluster: NodeCount::MIN,
                },
                cluster_types: Vec::new(),
                provisioning: Provisioning::Docker,
            }),
            freshness: Freshness::Live { at },
        };
        let user = User {
            username: "user".to_owned(),
            backend: Backend::Carina,
            is_admin,
            ends_at: at,
            ends_at_last: at,
        };
        let found = find(words, &user, &known);
        found.into_iter().map(|place| place.name).collect()
    }

    #[test]
    fn pages_and_clusters_are_found_by_their_names() {
        let clusters = ["web-shop", "shop", "docs"];
        assert_eq!(names(" SHOP", false, &clusters), ["shop", "web-shop"]);
        assert_eq!(
            names("clus", false, &clusters),
            ["Clusters", "Create cluster"]
        );
        assert_eq!(names("admin", false, &clusters), [""; 0]);
        assert_eq!(names("admin", true, &clusters), ["Admin"]);
        assert_eq!(names("", false, &clusters).len(), 8);
    }

    #[test]
    fn no_more_than_twenty() {
        let many: Vec<_> = (0..200).map(|number| format!("node-{number}")).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        assert_eq!(names("node", false, &many).len(), 20);
        assert_eq!(names("", false, &many).len(), 20);
    }
}
