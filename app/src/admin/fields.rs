//! What is typed into the forms about accounts.

use cluster_api::{AccountRule, Limit, NodeCount, Problem, Role};

/// A quota of an account, as typed: empty is what the settings say.
///
/// # Errors
/// It is no whole number.
pub fn clusters(text: &str) -> Result<Limit<u32>, Problem> {
    match text.trim() {
        "" => Ok(Limit::Usual),
        number => number
            .parse()
            .map(Limit::Own)
            .map_err(|_| Problem::Malformed),
    }
}

/// The same for nodes in a cluster.
///
/// # Errors
/// It is no number of nodes.
pub fn nodes(text: &str) -> Result<Limit<NodeCount>, Problem> {
    match text.trim() {
        "" => Ok(Limit::Usual),
        number => NodeCount::try_from(number)
            .map(Limit::Own)
            .map_err(|_| Problem::NodesInvalid {
                max: NodeCount::MAX,
            }),
    }
}

/// A number of its own, if there is one.
pub fn own<T>(limit: Limit<T>) -> Option<T> {
    match limit {
        Limit::Own(number) => Some(number),
        Limit::Usual => None,
    }
}

/// A role by its word; what is no role is a member's.
#[must_use]
pub fn role(text: &str) -> Role {
    if text == Role::Admin.as_str() {
        Role::Admin
    } else {
        Role::Member
    }
}

/// The field of the form that a problem is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The name.
    Username,
    /// The password.
    Password,
    /// The number of clusters.
    Clusters,
    /// The number of nodes.
    Nodes,
    /// None of them.
    Form,
}

impl At {
    /// Where a problem belongs.
    #[must_use]
    pub const fn of(problem: Problem) -> Self {
        match problem {
            Problem::Account {
                rule: AccountRule::Username | AccountRule::UsernameTaken,
            } => Self::Username,
            Problem::Account {
                rule: AccountRule::Password,
            } => Self::Password,
            Problem::Malformed => Self::Clusters,
            Problem::NodesInvalid { .. } => Self::Nodes,
            _ => Self::Form,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_quota_is_what_the_settings_say() {
        assert_eq!(clusters(" "), Ok(Limit::Usual));
        assert_eq!(clusters(" 12 "), Ok(Limit::Own(12)));
        assert_eq!(clusters("-1"), Err(Problem::Malformed));
        assert_eq!(nodes(""), Ok(Limit::Usual));
        assert_eq!(nodes("1"), Ok(Limit::Own(NodeCount::MIN)));
        assert_eq!(nodes("x").map_err(At::of), Err(At::Nodes));
        assert_eq!(clusters("x").map_err(At::of), Err(At::Clusters));
        assert_eq!(own(Limit::Own(3)), Some(3));
        assert_eq!((role("admin"), role("root")), (Role::Admin, Role::Member));
    }
}
