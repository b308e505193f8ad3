//! Sentences that the control plane wrote, in the language of the page.
//!
//! It writes English into timelines, reasons and tickets, with names and numbers in it. A table says what
//! each sentence looks like; one that is found in it is said again by its message, with the same names and
//! numbers. What is not in the table stays as it was written.

use std::{collections::HashMap, sync::LazyLock};

use self::Group::{
    Because, Changed, Done, Found, Measure, Role, Sentence, Step, Task, Took, What, Why,
};
use crate::words::{FluentValue, Lang};

/// What may stand in a place of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Group {
    /// A whole sentence.
    Sentence,
    /// What could not be done: a sentence, or its beginning.
    What,
    /// What is being done.
    Step,
    /// What was done.
    Done,
    /// Why a node is lost.
    Why,
    /// What autoscaling found.
    Found,
    /// One number of that.
    Measure,
    /// Why autoscaling does nothing.
    Because,
    /// How long tries took.
    Took,
    /// The name of a task.
    Task,
    /// One thing that was changed about an account.
    Changed,
    /// What an account is to the others.
    Role,
}

impl Group {
    /// Whose sentences stand alone, in the order in which they are looked at.
    const ALONE: [Self; 5] = [Sentence, What, Done, Step, Found];

    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "what" => What,
            "step" => Step,
            "done" => Done,
            "why" => Why,
            "found" => Found,
            "measure" => Measure,
            "because" => Because,
            "took" => Took,
            "task" => Task,
            "changed" => Changed,
            "role" => Role,
            _ => return None,
        })
    }
}

/// The sentences, without their full stop, each with its message. A place in one is `{name}`: any text;
/// `{#name}`: a number; `{+nodes}`: a number and its noun, "3 nodes"; `{@group}`: a sentence of that
/// group, `{@said}`: any; `{*group}`: several, with commas between. Of two that fit the first is taken.
const TABLE: &[(Group, &str, &str)] = &[
    // Steps, as they are done.
    (Step, "say-network", "The network is made"),
    (Step, "say-start", "Node {#node} starts"),
    (Step, "say-renew", "Node {#node} gets new certificates"),
    (Step, "say-swarm", "The swarm is made"),
    (
        Step,
        "say-scripts",
        "The operator’s scripts run on node {#node}",
    ),
    (Step, "say-join", "Node {#node} joins the swarm"),
    (Step, "say-drain", "Node {#node} hands its work over"),
    (Step, "say-activate", "Node {#node} takes work again"),
    (Step, "say-remove", "Node {#node} is removed"),
    (Step, "say-check", "All nodes report in"),
    (
        Step,
        "say-erase",
        "Nodes, volumes and the network are removed",
    ),
    (Done, "say-network-done", "Network made"),
    (Done, "say-start-done", "Node {#node} started"),
    (Done, "say-renew-done", "Node {#node} has new certificates"),
    (Done, "say-swarm-done", "Swarm made"),
    (
        Done,
        "say-scripts-done",
        "The operator’s scripts ran on node {#node}",
    ),
    (Done, "say-join-done", "Node {#node} joined the swarm"),
    (Done, "say-drain-done", "Node {#node} handed its work over"),
    (Done, "say-remove-done", "Node {#node} removed"),
    (Done, "say-check-done", "All nodes reported in"),
    (
        Done,
        "say-erase-done",
        "Nodes, volumes and the network removed",
    ),
    // What was asked for.
    (Sentence, "say-asked-for", "Asked for: {+nodes} of {flavor}"),
    (
        Sentence,
        "say-asked-grow-rests",
        "Asked to grow by {#by} to {+nodes}; autoscaling rests for {#seconds} s",
    ),
    (
        Sentence,
        "say-asked-grow",
        "Asked to grow by {#by} to {+nodes}",
    ),
    (
        Sentence,
        "say-asked-shrink-one",
        "Asked to shrink by {#by} to {+nodes}; node {#node} goes",
    ),
    (
        Sentence,
        "say-asked-shrink-many",
        "Asked to shrink by {#by} to {+nodes}; nodes {gone} go",
    ),
    (
        Sentence,
        "say-asked-shrink-rests",
        "Asked to shrink by {#by} to {+nodes}; autoscaling rests for {#seconds} s",
    ),
    (
        Sentence,
        "say-asked-shrink",
        "Asked to shrink by {#by} to {+nodes}",
    ),
    (
        Sentence,
        "say-asked-and-rests",
        "{@said}; autoscaling rests for {#seconds} s",
    ),
    (
        Sentence,
        "say-asked-replace",
        "Asked to replace node {#node} by node {#new}",
    ),
    (Sentence, "say-asked-drain", "Asked to drain node {#node}"),
    (
        Sentence,
        "say-asked-undrain",
        "Asked to give node {#node} work again",
    ),
    (
        Sentence,
        "say-asked-rebuild",
        "Asked to rebuild it: new certificates and a new swarm; volumes and containers on the nodes stay",
    ),
    (
        Sentence,
        "say-asked-rotate",
        "Asked for new certificates; bundles handed out before will be refused",
    ),
    (
        Sentence,
        "say-asked-again",
        "Asked to try the {@task} again",
    ),
    (Sentence, "say-asked-delete", "Asked to delete it"),
    (Sentence, "say-autoscaling-on", "Autoscaling on"),
    (Sentence, "say-autoscaling-off", "Autoscaling off"),
    (
        Sentence,
        "say-autoscaling-policy",
        "Autoscaling with another policy",
    ),
    (Sentence, "say-renamed", "Renamed from {before} to {name}"),
    (Sentence, "say-labels-changed", "Labels changed"),
    (Sentence, "say-protected", "Protected against deletion"),
    (
        Sentence,
        "say-unprotected",
        "No longer protected against deletion",
    ),
    (Sentence, "say-account-was-closed", "The account was closed"),
    // What happens by itself.
    // What is asked of a cloud, and what is seen there.
    (Sentence, "say-cloud-creates", "Magnum makes the cluster"),
    (Sentence, "say-cloud-removes", "Magnum removes the cluster"),
    (Sentence, "say-cloud-changes", "Magnum changes the cluster"),
    (
        Sentence,
        "say-cloud-not-made",
        "Magnum could not make the cluster",
    ),
    (
        Sentence,
        "say-cloud-not-removed",
        "Magnum could not remove the cluster",
    ),
    (
        Sentence,
        "say-cloud-not-changed",
        "Magnum could not change the cluster",
    ),
    (Sentence, "say-cloud-there", "The cluster is there"),
    (Sentence, "say-cloud-ready", "The cluster is ready"),
    (Sentence, "say-cloud-changed", "The cluster has changed"),
    (Sentence, "say-cloud-gone", "The cluster is gone"),
    (
        Sentence,
        "say-cloud-made-failed",
        "The cluster could not be made",
    ),
    (
        Sentence,
        "say-cloud-removed-failed",
        "The cluster could not be removed",
    ),
    (
        Sentence,
        "say-cloud-changed-failed",
        "The cluster could not be changed",
    ),
    (
        Sentence,
        "say-cloud-well",
        "All of the cluster is well again",
    ),
    (
        Sentence,
        "say-cloud-unwell",
        "Something in the cluster is not well",
    ),
    (
        Sentence,
        "say-cloud-unknown",
        "Nobody can say how the cluster is",
    ),
    (Sentence, "say-cloud-create", "Creation asked for"),
    (Sentence, "say-cloud-delete", "Deletion asked for"),
    (Sentence, "say-cloud-resize", "{#nodes} nodes asked for"),
    (Sentence, "say-cloud-upgrade", "Upgrade asked for"),
    (Sentence, "say-cloud-credentials", "Credentials handed out"),
    (
        Sentence,
        "say-cloud-group-resize",
        "Group of nodes {name} asked to have {#count}",
    ),
    (
        Sentence,
        "say-cloud-group-bound",
        "Bounds of the group of nodes {name} changed",
    ),
    (
        Sentence,
        "say-cloud-group-delete",
        "Removal of the group of nodes {name} asked for",
    ),
    (
        Sentence,
        "say-cloud-group-add",
        "Group of nodes {name} asked for",
    ),
    (Sentence, "say-active-with", "Active with {+nodes}"),
    (Sentence, "say-deleted", "Deleted"),
    (
        Sentence,
        "say-resumed",
        "Work goes on after a restart of the control plane",
    ),
    (Sentence, "say-script-ran", "{script} ran on node {#node}"),
    (
        Sentence,
        "say-node-stays",
        "Node {#node} stays: its work found no place on the other nodes",
    ),
    (
        Sentence,
        "say-node-still-busy",
        "Node {#node} takes no more work; some still runs on it",
    ),
    (Sentence, "say-node-lost", "Node {#node} is lost: {@why}"),
    (Sentence, "say-node-replaced", "Node {#node} is replaced"),
    (Sentence, "say-nodes-replaced", "Nodes {nodes} are replaced"),
    (Why, "say-why-container-gone", "its container is gone"),
    (Why, "say-why-silent", "its engine does not answer"),
    (Why, "say-why-memory", "it ran out of memory"),
    (
        Why,
        "say-why-memory-flavor",
        "it ran out of memory. Use a larger flavor",
    ),
    (Why, "say-why-paused", "its container is paused"),
    (Why, "say-why-code", "its engine ended with code {#code}"),
    (Why, "say-why-ended", "its engine ended"),
    (
        Why,
        "say-why-starting",
        "its Docker Engine ended while it started",
    ),
    // Autoscaling.
    (
        Sentence,
        "say-autoscale-grows",
        "Autoscaling grows it to {+nodes}: {@found}",
    ),
    (
        Sentence,
        "say-autoscale-shrinks",
        "Autoscaling shrinks it to {+nodes}: {@found}",
    ),
    (
        Sentence,
        "say-autoscale-holds",
        "Autoscaling would add a node, but {@because}: {@found}",
    ),
    (Because, "say-because-most", "{+nodes} is its most"),
    (
        Because,
        "say-because-quota",
        "your quota is {+nodes} a cluster",
    ),
    (Found, "say-found-least", "{@found}; at least {+nodes}"),
    (Found, "say-found-fits", "{@found}; it fits on {+nodes}"),
    (Found, "say-found", "{*measure} on {+nodes}"),
    (
        Found,
        "say-found-not",
        "Its services could not be looked at",
    ),
    (
        Found,
        "say-found-not-in-time",
        "Its services could not be looked at in time",
    ),
    (
        Measure,
        "say-measure-reserved-cpu",
        "reserved processor {#percent} % (target {#target} %)",
    ),
    (
        Measure,
        "say-measure-reserved-memory",
        "reserved memory {#percent} % (target {#target} %)",
    ),
    (
        Measure,
        "say-measure-used-cpu",
        "used processor {#percent} % (target {#target} %)",
    ),
    (
        Measure,
        "say-measure-used-memory",
        "used memory {#percent} % (target {#target} %)",
    ),
    (Measure, "say-measure-none", "nothing measured yet"),
    (Measure, "say-measure-waiting", "{+tasks} without a place"),
    // Failures: what was being done.
    (What, "say-not-started", "Node {#node} did not start"),
    (
        What,
        "say-not-started-why",
        "Node {#node} did not start: {@why}",
    ),
    (
        What,
        "say-not-started-again",
        "Node {#node} did not start again",
    ),
    (What, "say-not-made", "Node {#node} could not be made"),
    (
        What,
        "say-no-certificates",
        "Node {#node} did not take its certificates",
    ),
    (
        What,
        "say-no-new-certificates",
        "Node {#node} did not take its new certificates",
    ),
    (
        What,
        "say-not-joined",
        "Node {#node} could not join the swarm",
    ),
    (What, "say-not-drained", "Node {#node} could not be drained"),
    (
        What,
        "say-not-undrained",
        "Node {#node} could not be given work again",
    ),
    (What, "say-not-reached", "Node {#node} cannot be reached"),
    (
        What,
        "say-script-not-run",
        "The script {script} could not run on node {#node}",
    ),
    (What, "say-swarm-not-made", "The swarm could not be made"),
    (
        What,
        "say-swarm-no-token",
        "The swarm could not be asked for its token",
    ),
    (
        What,
        "say-swarm-not-anew",
        "The swarm could not be made anew",
    ),
    (
        What,
        "say-swarm-tokens",
        "The tokens of the swarm could not be made anew",
    ),
    (
        What,
        "say-swarm-not-seen",
        "The swarm could not be looked at",
    ),
    (
        What,
        "say-swarm-nodes",
        "The nodes of the swarm could not be listed",
    ),
    (
        What,
        "say-swarm-not-asked",
        "A node could not be asked about its swarm",
    ),
    (
        What,
        "say-swarm-not-left",
        "A node could not be taken out of the swarm",
    ),
    (
        What,
        "say-services-not-seen",
        "The services of the cluster could not be looked at",
    ),
    (
        What,
        "say-services-not-listed",
        "The services could not be listed",
    ),
    (
        What,
        "say-containers-not-listed",
        "The containers could not be listed",
    ),
    (
        What,
        "say-network-not-made",
        "The cluster's network could not be made",
    ),
    (
        What,
        "say-network-not-seen",
        "The cluster's network could not be looked at",
    ),
    (
        What,
        "say-network-not-removed",
        "The cluster's network could not be removed",
    ),
    (
        What,
        "say-network-gone",
        "The cluster's network is gone; it will be made again",
    ),
    (
        What,
        "say-nodes-not-listed",
        "The nodes of this host could not be listed",
    ),
    (What, "say-node-not-seen", "A node could not be looked at"),
    (What, "say-node-not-removed", "A node could not be removed"),
    (
        What,
        "say-volume-not-removed",
        "The volume of a node could not be removed",
    ),
    (
        What,
        "say-address-not-freed",
        "The address of a node could not be freed",
    ),
    (
        What,
        "say-engine-not-listed",
        "What is on the engine could not be listed",
    ),
    (
        What,
        "say-left-not-listed",
        "What is left of the cluster could not be listed",
    ),
    (
        What,
        "say-ran-not-seen",
        "What ran on a node could not be looked up",
    ),
    (
        What,
        "say-uses-not-read",
        "What nodes use could not be read",
    ),
    (
        What,
        "say-node-log-not-read",
        "The log of a node could not be read",
    ),
    (What, "say-log-not-read", "The log could not be read"),
    (
        What,
        "say-api-not-reached",
        "The Docker API cannot be reached",
    ),
    (
        What,
        "say-image-not-seen",
        "The node image cannot be looked at",
    ),
    (
        What,
        "say-trial-not-started",
        "A trial container did not start",
    ),
    // Failures: why, and what helps.
    (
        Sentence,
        "say-failed-silent",
        "{@what}: the node does not answer",
    ),
    (
        Sentence,
        "say-failed-busy",
        "{@what}: the swarm is too busy",
    ),
    (
        Sentence,
        "say-failed-disk",
        "{@what}: {words}. Free disk space on the host of the Docker Engine, then retry",
    ),
    (
        Sentence,
        "say-failed-memory",
        "{@what}: {words}. Free memory on the host of the Docker Engine, or choose smaller nodes, then retry",
    ),
    (
        Sentence,
        "say-failed-rights",
        "{@what}: {words}. The host lets nodes do too little: name a runtime for them in CARINA_NODE_RUNTIME, such as sysbox-runc, then retry",
    ),
    (
        Sentence,
        "say-failed-runtime",
        "{@what}: {words}. Name a runtime that the Docker Engine has in CARINA_NODE_RUNTIME, then retry",
    ),
    (
        Sentence,
        "say-failed-mend",
        "{@what}: {words}. Mend that, then retry",
    ),
    (
        Sentence,
        "say-failed-timeout",
        "This took longer than {#seconds} s: {@step}",
    ),
    (
        Sentence,
        "say-failed-database",
        "The control plane's database failed. Work goes on when it is back",
    ),
    (
        Sentence,
        "say-failed-keys",
        "The keys of this cluster cannot be read. Put the key file back that belongs to this database, then retry",
    ),
    (
        Sentence,
        "say-failed-certificates",
        "The certificates of this cluster cannot be used. Put the key file back that belongs to this database, or delete the cluster and make it anew",
    ),
    (
        Sentence,
        "say-failed-nodes-address",
        "The address of the nodes is not understood. Check DOCKER_HOST, then retry",
    ),
    (
        Sentence,
        "say-failed-inside",
        "Something failed on our side. Retry; if it stays so, write into the ticket that was opened for this",
    ),
    (
        Sentence,
        "say-failed-engine",
        "The Docker Engine cannot be reached. Work goes on when it is back",
    ),
    (
        Sentence,
        "say-failed-engine-silent",
        "The Docker Engine of node {#node} did not answer for {#seconds} s. It is started again",
    ),
    (
        Sentence,
        "say-failed-image",
        "The node image {image} is not on the engine and cannot be pulled. Load it with `docker load` or name another one in CARINA_NODE_IMAGE, then retry",
    ),
    (
        Sentence,
        "say-failed-networks",
        "All {#count} networks of this host are in use. Delete a cluster, then retry",
    ),
    (
        Sentence,
        "say-failed-network-name",
        "A network named {name} is there that is not ours. Remove it, then retry",
    ),
    (
        Sentence,
        "say-failed-network-range",
        "The network {name} has addresses that are not ours. Remove it, then retry",
    ),
    (
        Sentence,
        "say-failed-container-name",
        "A container named {name} is there that is not ours. Remove it, then retry",
    ),
    (
        Sentence,
        "say-failed-disappeared",
        "Node {#node} disappeared while it started",
    ),
    (
        Sentence,
        "say-failed-no-address",
        "Node {#node} has no address yet",
    ),
    (
        Sentence,
        "say-failed-no-port",
        "Node {#node} found no free port on the host. Give a range that nothing else uses in CARINA_NODE_PORTS, then retry",
    ),
    (
        Sentence,
        "say-failed-ports",
        "All ports from {range} are in use by nodes. Widen CARINA_NODE_PORTS, or delete a cluster, then retry",
    ),
    (
        Sentence,
        "say-failed-files",
        "The files of Node {#node} could not be packed. Retry",
    ),
    (
        Sentence,
        "say-failed-script",
        "The operator's script {script} failed on node {#node} with code {#code}. Ask them to mend it, then retry",
    ),
    (
        Sentence,
        "say-failed-script-long",
        "The operator's script {script} took longer than {#seconds} s on node {#node} and was ended. Ask them to mend it, then retry",
    ),
    (Sentence, "say-failed-log", "The log broke off: {words}"),
    (
        Sentence,
        "say-failed-not-started-yet",
        "Node {#node} has not started yet",
    ),
    (
        Sentence,
        "say-failed-no-nodes",
        "The cluster has no nodes any more",
    ),
    (
        Sentence,
        "say-failed-not-in-time",
        "The engine did not answer within {#seconds} s",
    ),
    (
        Sentence,
        "say-reason-tried",
        "{@said} Tried {#times} times in {@took}. Retry, or see the ticket that was opened for this",
    ),
    (Took, "say-took-no-time", "less than a second"),
    (Took, "say-took-seconds", "{#seconds} s"),
    (Took, "say-took-minutes", "{#minutes} min"),
    (Task, "say-task-create", "create"),
    (Task, "say-task-resize", "resize"),
    (Task, "say-task-repair", "repair"),
    (Task, "say-task-drain", "drain"),
    (Task, "say-task-rebuild", "rebuild"),
    (Task, "say-task-rotate", "rotate"),
    (Task, "say-task-delete", "delete"),
    // Tickets.
    (
        Sentence,
        "say-ticket-subject",
        "{cluster}: the {@task} failed",
    ),
    (Sentence, "say-ticket-again", "Opened again"),
    (Sentence, "say-ticket-resolved", "Resolved"),
    (
        Sentence,
        "say-ticket-full",
        "This ticket is full. A new one was opened",
    ),
    (Sentence, "say-ticket-what-failed", "What failed"),
    (Sentence, "say-ticket-words", "The engine's own words:"),
    (Sentence, "say-ticket-what-tried", "What was tried"),
    (Sentence, "say-ticket-tried-once", "Tried once"),
    (
        Sentence,
        "say-ticket-tried",
        "Tried {#times} times in {@took}",
    ),
    (Sentence, "say-ticket-what-to-do", "What to do"),
    (
        Sentence,
        "say-ticket-retry",
        "Retry: on the cluster's page, or POST {address} {body}",
    ),
    (
        Sentence,
        "say-ticket-write",
        "If it fails again, write into this ticket. Who helps reads the support bundle:",
    ),
    (Sentence, "say-ticket-steps", "Steps of the {@task}"),
    (
        Sentence,
        "say-ticket-done-took",
        "done      {@done} ({at}, {#ms} ms)",
    ),
    (Sentence, "say-ticket-done", "done      {@done} ({at})"),
    (Sentence, "say-ticket-failed", "failed    {@step}"),
    (Sentence, "say-ticket-not-done", "not done  {@step}"),
    // Deliveries.
    (
        Sentence,
        "say-sent-redirect",
        "The receiver answered {status}; redirects are not followed",
    ),
    (
        Sentence,
        "say-sent-words",
        "The receiver answered {status}: {words}",
    ),
    (Sentence, "say-sent", "The receiver answered {status}"),
    (
        Sentence,
        "say-sent-late",
        "The receiver did not answer within {#seconds} s",
    ),
    (
        Sentence,
        "say-sent-nowhere",
        "The host of the webhook has no address",
    ),
    (
        Sentence,
        "say-sent-private",
        "Webhooks are not sent to private addresses. The operator can allow some in CARINA_WEBHOOKS_ALLOW",
    ),
    (
        Sentence,
        "say-sent-no-tls",
        "The certificate of the receiver is not good, or it speaks no TLS",
    ),
    (
        Sentence,
        "say-sent-refused",
        "The receiver refused the connection",
    ),
    (
        Sentence,
        "say-sent-unreachable",
        "The receiver cannot be reached",
    ),
    (
        Sentence,
        "say-sent-broken",
        "The receiver broke the connection off",
    ),
    (
        Sentence,
        "say-sent-no-secret",
        "The signing secret cannot be read. Make the subscription anew",
    ),
    (Sentence, "say-mail-taken", "The mail server took it"),
    (
        Sentence,
        "say-mail-late",
        "The mail server did not take it within {#seconds} s",
    ),
    (
        Sentence,
        "say-mail-not-written",
        "The mail could not be written",
    ),
    (
        Sentence,
        "say-mail-refused",
        "The mail server refused it ({code})",
    ),
    (
        Sentence,
        "say-mail-not-now",
        "The mail server does not take it at the moment ({code})",
    ),
    (
        Sentence,
        "say-mail-silent",
        "The mail server did not answer in time",
    ),
    (
        Sentence,
        "say-mail-certificate",
        "The certificate of the mail server is not good",
    ),
    (
        Sentence,
        "say-mail-not-offered",
        "The mail server does not offer what CARINA_SMTP_URL asks for (TLS, a way to sign in)",
    ),
    (
        Sentence,
        "say-mail-unreachable",
        "The mail server cannot be reached",
    ),
    (
        Sentence,
        "say-mail-none",
        "No mail is sent here: the operator has set no mail server (CARINA_SMTP_URL)",
    ),
    (
        Sentence,
        "say-subscription-off",
        "The subscription was disabled",
    ),
    (
        Sentence,
        "say-subscription-no-admin",
        "Disabled: its account is no longer an admin",
    ),
    (
        Sentence,
        "say-subscription-given-up",
        "Disabled: {#most} deliveries in a row did not arrive. The last one: {@said}",
    ),
    // The audit log.
    (
        Sentence,
        "say-audit-account-made",
        "Made the account {name} ({@role})",
    ),
    (
        Sentence,
        "say-audit-account-closed",
        "Closed the account {name}",
    ),
    (
        Sentence,
        "say-audit-account-changed",
        "Changed the account {name}: {*changed}",
    ),
    (Sentence, "say-audit-account-first", "Made it"),
    (Changed, "say-changed-role", "role {@role}"),
    (Changed, "say-changed-clusters-default", "clusters default"),
    (Changed, "say-changed-clusters", "clusters {#count}"),
    (
        Changed,
        "say-changed-nodes-default",
        "nodes a cluster default",
    ),
    (Changed, "say-changed-nodes", "nodes a cluster {#count}"),
    (Changed, "say-changed-password", "a new password"),
    (Role, "say-role-admin", "admin"),
    (Role, "say-role-member", "member"),
    (
        Sentence,
        "say-audit-credentials",
        "Handed out credentials until {at}, serial {serial}",
    ),
    (
        Sentence,
        "say-audit-zip-address",
        "Handed out an address for one download of credentials",
    ),
    (
        Sentence,
        "say-audit-key-made-until",
        "Made the API key {name} ({scopes}), until {at}",
    ),
    (
        Sentence,
        "say-audit-key-made",
        "Made the API key {name} ({scopes})",
    ),
    (
        Sentence,
        "say-audit-key-revoked",
        "Revoked the API key {name}; sign-ins ended with it: {#count}",
    ),
    (
        Sentence,
        "say-audit-in-key",
        "Signed in with the API key {name}",
    ),
    (
        Sentence,
        "say-audit-in-password",
        "Signed in with the password",
    ),
    (
        Sentence,
        "say-audit-not-password",
        "Refused: not the password",
    ),
    (
        Sentence,
        "say-audit-not-key",
        "Refused: not an API key that is good",
    ),
    (Sentence, "say-audit-out", "Signed out"),
    (Sentence, "say-audit-out-other", "Ended another sign-in"),
    (
        Sentence,
        "say-audit-out-all",
        "Signed out everywhere; sign-ins ended: {#count}",
    ),
    (
        Sentence,
        "say-audit-out-others",
        "Signed out everywhere else; sign-ins ended: {#count}",
    ),
];

/// A piece of a sentence of the table.
#[derive(Clone, Copy, Debug)]
enum Piece {
    Words(&'static str),
    Text(&'static str),
    Number(&'static str),
    Count(&'static str),
    /// A sentence of a group; None: any.
    Said(&'static str, Option<Group>),
    List(&'static str, Group),
}

struct Template {
    id: &'static str,
    pieces: Vec<Piece>,
}

/// The table, by group and first word. Those that begin with a place have none.
static TEMPLATES: LazyLock<HashMap<(Group, &'static str), Vec<Template>>> = LazyLock::new(|| {
    let mut templates: HashMap<_, Vec<Template>> = HashMap::new();
    for (group, id, text) in TABLE {
        let pieces = pieces(text);
        let first = match pieces.first() {
            Some(Piece::Words(words)) => first_word(words),
            _ => "",
        };
        let of_word = templates.entry((*group, first)).or_default();
        of_word.push(Template { id, pieces });
    }
    templates
});

fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

fn pieces(mut text: &'static str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    while let Some((words, rest)) = text.split_once('{') {
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        let (place, rest) = rest.split_once('}').unwrap_or((rest, ""));
        let name = place.trim_start_matches(['#', '+', '@', '*']);
        pieces.push(match (place.chars().next(), Group::named(name)) {
            (Some('#'), _) => Piece::Number(name),
            (Some('+'), _) => Piece::Count(name),
            (Some('@'), group) => Piece::Said(name, group),
            (Some('*'), Some(group)) => Piece::List(name, group),
            _ => Piece::Text(name),
        });
        text = rest;
    }
    if !text.is_empty() {
        pieces.push(Piece::Words(text));
    }
    pieces
}

type Values = Vec<(&'static str, FluentValue<'static>)>;

/// A sentence that the control plane wrote: of an event, a step or a reason.
#[must_use]
pub fn sentence(text: &str) -> String {
    match Lang::current() {
        Lang::En => text.to_owned(),
        lang => said(lang, text).unwrap_or_else(|| text.to_owned()),
    }
}

/// Several lines of such sentences, each with its margin: the note of a ticket. What an engine said stands
/// behind a bar, and stays.
#[must_use]
pub fn sentences(text: &str) -> String {
    let lines: Vec<_> = text
        .lines()
        .map(|line| {
            let words = line.trim_start();
            if words.starts_with('|') {
                return line.to_owned();
            }
            let margin = &line[..line.len() - words.len()];
            format!("{margin}{}", sentence(words))
        })
        .collect();
    lines.join("\n")
}

/// A sentence with or without its full stop, in a language. None: it is not in the table.
pub(super) fn said(lang: Lang, text: &str) -> Option<String> {
    let (words, stop) = match text.strip_suffix('.') {
        Some(words) => (words, "."),
        None => (text, ""),
    };
    let mut groups = Group::ALONE.into_iter();
    let said = groups.find_map(|group| said_in(lang, group, words))?;
    Some(format!("{said}{stop}"))
}

fn said_in(lang: Lang, group: Group, text: &str) -> Option<String> {
    [first_word(text), ""]
        .into_iter()
        .filter_map(|word| TEMPLATES.get(&(group, word)))
        .flatten()
        .find_map(|template| {
            let mut values = Values::new();
            fits(lang, &template.pieces, text, &mut values).then(|| lang.text(template.id, &values))
        })
}

/// Whether a text is made of the pieces. What stands in their places is added to the values.
fn fits(lang: Lang, pieces: &[Piece], text: &str, values: &mut Values) -> bool {
    let Some((piece, rest)) = pieces.split_first() else {
        return text.is_empty();
    };
    if let Piece::Words(words) = piece {
        return text
            .strip_prefix(words)
            .is_some_and(|text| fits(lang, rest, text, values));
    }
    // A place ends where the next words begin, wherever that may be.
    let ends: Vec<usize> = match rest.first() {
        Some(Piece::Words(words)) => text.match_indices(words).map(|(at, _)| at).collect(),
        _ => vec![text.len()],
    };
    ends.into_iter().any(|end| {
        let (inside, after) = text.split_at(end);
        let Some(value) = value(lang, *piece, inside) else {
            return false;
        };
        let before = values.len();
        values.push(value);
        let fits = fits(lang, rest, after, values);
        if !fits {
            values.truncate(before);
        }
        fits
    })
}

/// What stands in a place, if it is of the right kind.
fn value(lang: Lang, piece: Piece, text: &str) -> Option<(&'static str, FluentValue<'static>)> {
    if text.is_empty() {
        return None;
    }
    Some(match piece {
        Piece::Words(_) => return None,
        Piece::Text(name) => (name, text.to_owned().into()),
        Piece::Number(name) => (name, text.parse::<i64>().ok()?.into()),
        Piece::Count(name) => {
            let (number, noun) = text.split_once(' ')?;
            let number: i64 = number.parse().ok()?;
            let wanted = if number == 1 {
                name.trim_end_matches('s')
            } else {
                name
            };
            (noun == wanted).then_some((name, number.into()))?
        }
        Piece::Said(name, Some(group)) => (name, said_in(lang, group, text)?.into()),
        Piece::Said(name, None) => (name, said(lang, text)?.into()),
        Piece::List(name, group) => {
            let all: Option<Vec<_>> = text
                .split(", ")
                .map(|part| said_in(lang, group, part))
                .collect();
            (name, all?.join(", ").into())
        }
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    fn read(folder: &Path, into: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, into);
            } else if path.extension().is_some_and(|it| it == "rs") {
                into.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }

    /// The code with strings of several lines in one.
    fn code() -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut code = String::new();
        read(&root.join("crates/control-plane/src"), &mut code);
        read(&root.join("crates/cluster-api/src"), &mut code);
        let mut whole = String::new();
        for part in code.replace("\\u{2019}", "\u{2019}").split("\\\n") {
            whole.push_str(if whole.is_empty() {
                part
            } else {
                part.trim_start()
            });
        }
        whole
    }

    #[test]
    fn the_control_plane_says_what_is_in_the_table() {
        let code = code();
        let longest = |text| {
            let words = pieces(text).into_iter().filter_map(|piece| match piece {
                Piece::Words(words) => Some(words.trim_matches([' ', '.', ':', ';', ','])),
                _ => None,
            });
            words.max_by_key(|words| words.len()).unwrap_or_default()
        };
        let unsaid: Vec<_> = TABLE
            .iter()
            // What was changed is put together from smaller words.
            .filter(|(group, _, text)| *group != Changed && !code.contains(longest(text)))
            .collect();
        assert!(unsaid.is_empty(), "nobody says that any more: {unsaid:?}");
    }
}
