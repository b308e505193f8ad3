//! Every address of the dashboard, made here and nowhere else.

use cluster_api::{AccountId, ClusterId, KeyId, SubscriptionId, TemplateId, TicketId};

use crate::session::RelativePath;

/// The home page; it leads on to the list.
pub const HOME: &str = "/";
/// The list of clusters.
pub const CLUSTERS: &str = "/clusters";
/// The form for a new cluster.
pub const NEW_CLUSTER: &str = "/clusters/new";
/// The names of clusters that are to be deleted at once.
pub const DELETE_CLUSTERS: &str = "/clusters/delete";
/// The way in.
pub const SIGN_IN: &str = "/sign-in";
/// The live stream of a tab.
pub const LIVE: &str = "/live";
/// API keys, sessions, language and theme of the one who is signed in.
pub const ACCOUNT: &str = "/account";
/// The audit log.
pub const ACTIVITY: &str = "/activity";
/// All accounts, for those who look after them.
pub const ADMIN: &str = "/admin";
/// Tickets, and who is told what.
pub const HELP: &str = "/help";
/// The form for a ticket.
pub const NEW_TICKET: &str = "/help/tickets/new";
/// The projects of a cloud that one may choose from.
pub const PROJECTS: &str = "/projects";
/// What clusters of a cloud are made from.
pub const TEMPLATES: &str = "/templates";
/// A way to every page and cluster by its name.
pub const GO: &str = "/go";

/// The entries of the audit log as a table for spreadsheets: a download, not a page.
pub const ACTIVITY_CSV: &str = "/activity/export.csv";
/// The same as an object a line.
pub const ACTIVITY_JSON_LINES: &str = "/activity/export.jsonl";

/// The question whether an API key is to be revoked.
#[must_use]
pub fn revoke_key(id: KeyId) -> String {
    format!("{ACCOUNT}?revoke={id}#revoke")
}

/// The page of another account, for those who look after it.
#[must_use]
pub fn admin_account(id: AccountId) -> String {
    format!("{ADMIN}/accounts/{id}")
}

/// The form that closes another account.
#[must_use]
pub fn close_account(id: AccountId) -> String {
    format!("{ADMIN}/accounts/{id}?confirm=close#close")
}

/// The page of one template.
#[must_use]
pub fn template(id: TemplateId) -> String {
    format!("{TEMPLATES}/{id}")
}

/// The page of one cluster.
#[must_use]
pub fn cluster(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}")
}

/// The nodes of a cluster, and how many there are to be.
#[must_use]
pub fn nodes(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}/nodes")
}

/// The question whether nodes of a cluster are to go.
#[must_use]
pub fn remove_nodes(id: ClusterId, chosen: &[String]) -> String {
    leaving(id, "remove", chosen)
}

/// The question whether a node of a cluster is to go once another has come.
#[must_use]
pub fn replace_node(id: ClusterId, node: &str) -> String {
    leaving(id, "replace", &[node.to_owned()])
}

fn leaving(id: ClusterId, what: &str, chosen: &[String]) -> String {
    let mut pairs = vec![("confirm", what)];
    pairs.extend(chosen.iter().map(|node| ("chosen[]", &**node)));
    with_query(&nodes(id), &pairs) + "#leaving"
}

/// The containers and services of a cluster.
#[must_use]
pub fn containers(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}/containers")
}

/// What the containers of a cluster write.
#[must_use]
pub fn logs(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}/logs")
}

/// What a cluster uses, over time.
#[must_use]
pub fn metrics(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}/metrics")
}

/// What happened to a cluster.
#[must_use]
pub fn events(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}/events")
}

/// How to use a cluster.
#[must_use]
pub fn access(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}/access")
}

/// What can be changed about a cluster.
#[must_use]
pub fn settings(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}/settings")
}

/// The form that deletes a cluster. The page does not reload by itself then, so that a name can be typed
/// in peace with JavaScript off.
#[must_use]
pub fn delete(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}/settings?confirm=delete#delete")
}

/// The question whether a cluster is to be rebuilt.
#[must_use]
pub fn rebuild(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}/events?confirm=rebuild#helps")
}

/// The question whether a cluster is to get new certificates.
#[must_use]
pub fn rotate(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}/access?confirm=rotate#rotate")
}

/// What somebody who helps with a cluster has to see: a download, not a page.
#[must_use]
pub fn support(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}/support.zip")
}

/// The form for a ticket about a cluster.
#[must_use]
pub fn ticket_about(id: ClusterId) -> String {
    format!("{HELP}/tickets/new?cluster={id}")
}

/// The credentials bundle of a cluster: a download, not a page.
#[must_use]
pub fn credentials(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}/credentials.zip")
}

/// One ticket.
#[must_use]
pub fn ticket(id: TicketId) -> String {
    format!("{HELP}/tickets/{id}")
}

/// One subscription.
#[must_use]
pub fn subscription(id: SubscriptionId) -> String {
    format!("{HELP}/subscriptions/{id}")
}

/// The way in, and on to `next` from there.
#[must_use]
pub fn sign_in(next: &RelativePath) -> String {
    with_query(SIGN_IN, &[("next", next.as_str())])
}

/// A path with a query of those pairs whose value is not empty.
#[must_use]
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    let mut mark = '?';
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        address.push(mark);
        address.push_str(name);
        address.push('=');
        escape(value, &mut address);
        mark = '&';
    }
    address
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
fn escape(text: &str, into: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(byte.into());
        } else {
            into.push('%');
            into.push(DIGITS[usize::from(byte >> 4)].into());
            into.push(DIGITS[usize::from(byte & 15)].into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_holds_whatever_was_typed() {
        assert_eq!(
            with_query("/clusters", &[("q", ""), ("status", "")]),
            "/clusters"
        );
        assert_eq!(
            with_query("/x", &[("q", "a b&c=\u{fc}"), ("status", "error")]),
            "/x?q=a%20b%26c%3D%C3%BC&status=error"
        );
    }

    #[test]
    fn addresses_stay_as_they_are() {
        let id: ClusterId = "0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1".parse().unwrap();
        let all = [
            cluster(id),
            nodes(id),
            delete(id),
            access(id),
            credentials(id),
            sign_in(&RelativePath::try_from("/clusters/new?name=a").unwrap()),
        ];
        assert_eq!(
            all,
            [
                "/clusters/0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1",
                "/clusters/0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1/nodes",
                "/clusters/0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1/settings?confirm=delete#delete",
                "/clusters/0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1/access",
                "/clusters/0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1/credentials.zip",
                "/sign-in?next=%2Fclusters%2Fnew%3Fname%3Da",
            ]
        );
    }
}
