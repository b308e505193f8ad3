//! The question whether nodes are to go, with what goes with them and what stays.
//!
//! It stands on the page of the nodes, at an address of its own: those of [`paths::remove_nodes`] and
//! [`paths::replace_node`].

use std::collections::HashMap;

use cluster_api::{Cluster, Node, NodeId, Problem, inside::NodeDetail};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::params::ParamsMap;

use super::nodes_fns::{RemoveNodes, ReplaceNode};
use crate::{
    clusters::size_change::list,
    paths, says, t,
    ui::{
        field::form_error,
        submit::{Submit, submit},
    },
};

/// What the address asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Chosen nodes are to go.
    Remove,
    /// A node is to go once another has come.
    Replace,
}

/// What an address asks for, and which nodes it names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaving {
    asked: Option<Asked>,
    /// The ids of nodes, whether or not there are such.
    chosen: Vec<String>,
}

impl Leaving {
    /// That of the query of an address.
    #[must_use]
    pub fn of(query: &ParamsMap) -> Self {
        Self {
            asked: match query.get_str("confirm") {
                Some("remove") => Some(Asked::Remove),
                Some("replace") => Some(Asked::Replace),
                _ => None,
            },
            chosen: query.get_all("chosen[]").unwrap_or_default(),
        }
    }

    /// Whether it names that node.
    #[must_use]
    pub fn names(&self, node: &Node) -> bool {
        self.chosen.contains(&node.id.to_string())
    }

    /// The nodes of a cluster that it names and that may go.
    #[must_use]
    pub fn nodes<'a>(&self, cluster: &'a Cluster) -> Vec<&'a Node> {
        let nodes = cluster.nodes.iter();
        nodes
            .filter(|node| node.can_remove().is_ok() && self.names(node))
            .collect()
    }

    /// What is to be asked of a cluster; None: nothing, or of nodes that it has not.
    #[must_use]
    pub fn question<'a>(&self, cluster: &'a Cluster) -> Option<(Asked, Vec<&'a Node>)> {
        let nodes = self.nodes(cluster);
        match self.asked? {
            Asked::Replace if nodes.len() != 1 => None,
            _ if nodes.is_empty() => None,
            asked => Some((asked, nodes)),
        }
    }

    /// Whether it asks for the end of nodes without naming one.
    #[must_use]
    pub fn names_none(&self) -> bool {
        self.asked == Some(Asked::Remove) && self.chosen.is_empty()
    }
}

/// The question. `said`: what the server said against it.
#[must_use]
pub fn question(
    cluster: &Cluster,
    (asked, nodes): (Asked, Vec<&Node>),
    details: &HashMap<NodeId, &NodeDetail>,
    said: Option<Problem>,
) -> AnyView {
    let count = nodes.len();
    let names: Vec<_> = nodes.iter().map(|node| node.name.clone()).collect();
    let names = list(&names);
    let (title, button, busy, action, refused) = match asked {
        Asked::Remove => (
            t!("leaving-remove-ask", count = count, names = names.as_str()),
            t!("leaving-remove-do", count = count, names = names.as_str()),
            t!("leaving-removing"),
            RemoveNodes::url(),
            cluster.can_resize(),
        ),
        Asked::Replace => (
            t!("leaving-replace-ask", name = names.as_str()),
            t!("leaving-replace-do", name = names.as_str()),
            t!("leaving-replacing"),
            ReplaceNode::url(),
            nodes.iter().try_for_each(|node| cluster.can_replace(node)),
        ),
    };
    let fields: Vec<_> = nodes
        .iter()
        .map(|node| {
            let name = match asked {
                Asked::Remove => "chosen[]",
                Asked::Replace => "node",
            };
            view! { <input type="hidden" name=name value=node.id.to_string()/> }
        })
        .collect();
    let going: Vec<_> = nodes
        .iter()
        .map(|node| {
            let running = details.get(&node.id).and_then(|it| it.containers_running);
            let running = running.map(|count| t!("containers-count", count = count));
            view! {
                <li>
                    <b>{node.name.clone()}</b>
                    {running.map(|running| view! { ": " {running} })}
                </li>
            }
        })
        .collect();
    let first = match asked {
        Asked::Remove => t!("leaving-moves"),
        Asked::Replace => t!("leaving-new-first"),
    };
    let count = (asked == Asked::Remove).then(|| {
        let count = cluster.node_count.get().to_string();
        view! { <input type="hidden" name="count" value=count/> }
    });
    view! {
        <section class="panel danger" id="leaving" aria-labelledby="leaving-title">
            <header>
                <h2 id="leaving-title">{title}</h2>
            </header>
            <form method="post" action=action class="body form">
                {form_error(said.map(says::problem))}
                <input type="hidden" name="id" value=cluster.id.to_string()/>
                {count}
                {fields}
                <ul class="names">{going}</ul>
                <p>
                    <b>{t!("leaving-lost")}</b>
                </p>
                <ul class="lost">
                    <li>{t!("leaving-lost-containers")}</li>
                    <li>{t!("leaving-lost-volumes")}</li>
                </ul>
                <p>
                    <b>{t!("leaving-kept")}</b>
                </p>
                <ul class="lost">
                    <li>{first}</li>
                    <li>{t!("leaving-kept-rest")}</li>
                </ul>
                <div class="acts">
                    {submit(Submit {
                        label: button,
                        busy,
                        refused: refused.err().map(says::problem),
                        class: "btn bad full",
                    })}
                    <a class="btn" href=paths::nodes(cluster.id)>
                        {t!("leaving-keep")}
                    </a>
                </div>
            </form>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use cluster_api::NodeState::{Draining, Ready};

    use super::*;
    use crate::fixtures;

    fn asked(pairs: &[(&str, usize)], confirm: &str) -> Option<(Asked, Vec<String>)> {
        let cluster = fixtures::cluster("c", &[Ready, Ready, Draining, Ready], 4);
        let mut query = ParamsMap::new();
        query.insert("confirm", confirm.to_owned());
        for (name, index) in pairs {
            query.insert((*name).to_owned(), cluster.nodes[*index].id.to_string());
        }
        let (asked, nodes) = Leaving::of(&query).question(&cluster)?;
        Some((asked, nodes.iter().map(|it| it.name.clone()).collect()))
    }

    #[test]
    fn only_workers_that_are_there_and_stay_are_asked_about() {
        let chosen = |all: &[usize]| -> Vec<_> { all.iter().map(|it| ("chosen[]", *it)).collect() };
        assert_eq!(
            asked(&chosen(&[0, 1, 2, 3]), "remove"),
            Some((
                Asked::Remove,
                vec!["node-2".to_owned(), "node-4".to_owned()]
            ))
        );
        assert_eq!(
            asked(&chosen(&[3]), "replace"),
            Some((Asked::Replace, vec!["node-4".to_owned()]))
        );
        for (all, confirm) in [
            (&[][..], "remove"),
            (&[0][..], "remove"),
            (&[2][..], "replace"),
            (&[1, 3][..], "replace"),
            (&[1][..], "else"),
        ] {
            assert_eq!(asked(&chosen(all), confirm), None, "{all:?} {confirm}");
        }
    }
}
