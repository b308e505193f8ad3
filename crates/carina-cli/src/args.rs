//! What can be said on the command line.

use clap::{ArgAction, Parser, Subcommand};

use crate::{commands, settings::Given};

/// Container clusters from a shell.
///
/// Asks a Carina control plane: who may do that stands in flags, the environment or a profile, and
/// `carina login` makes one. Or a cloud, OpenStack Magnum, with the variables of its own clients.
#[derive(Parser)]
#[command(
    name = "carina",
    version = VERSION,
    propagate_version = true,
    disable_version_flag = true,
    after_help = AFTER,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Carina {
    /// Print the version
    #[arg(long, short = 'v', short_alias = 'V', global = true, display_order = 900, action = ArgAction::Version)]
    version: Option<bool>,

    #[command(flatten)]
    pub(crate) given: Given,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The version and what it was built from, as the first `carina` said it: `v2.1.3 (6bf9d5a)`.
pub(crate) const VERSION: &str = concat!(
    "v",
    env!("CARGO_PKG_VERSION"),
    " (",
    env!("CARINA_COMMIT"),
    ")"
);

const AFTER: &str = "\
Exit codes:
  0  done
  1  something failed that is none of the following
  2  the command line cannot be read
  3  there is no such thing: cluster, node, container, key, profile
  4  not signed in, or not allowed
  5  refused: a rule, a quota, or not in the state that the cluster is in
  6  the cluster that was waited for went to error, or was deleted
  7  the time that --timeout gives is over
  8  the control plane cannot be reached

Files, below CARINA_HOME or ~/.carina, readable by you alone:
  config.toml        profiles: endpoint, username, apikey
  cache.json         tokens, so that not every command signs in
  clusters/ID/       credentials of clusters
  timeline.jsonl     what was done to clusters in clouds, and seen of them

A cloud (OpenStack Magnum) is asked where OS_AUTH_URL is set and neither flags, nor CARINA_ENDPOINT,
CARINA_USERNAME and CARINA_APIKEY, nor a profile (--no-profile passes it over) name anything:
  OS_AUTH_URL                       address of Keystone
  OS_USERNAME, OS_PASSWORD          who asks; OS_USER_DOMAIN_NAME if not of the domain Default
  OS_PROJECT_ID or OS_PROJECT_NAME  the project, if not the usual one
  OS_APPLICATION_CREDENTIAL_ID, OS_APPLICATION_CREDENTIAL_SECRET
                                    in place of user, password and project
  OS_REGION_NAME, OS_INTERFACE      which addresses of its catalog
  OS_CACERT                         file of authorities, as PEM
No token of a cloud is kept.";

/// What can be done.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create a cluster
    Create(commands::create::Create),
    /// List clusters
    #[command(visible_aliases = ["ls", "clusters"])]
    List(commands::list::List),
    /// Show a cluster
    #[command(alias = "inspect")]
    Get(commands::get::Get),
    /// Add nodes to a cluster
    Grow(commands::resize::Grow),
    /// Give a cluster another number of nodes
    Resize(commands::resize::Resize),
    /// Have a cluster grow and shrink by itself, or no longer
    Autoscale(commands::autoscale::Autoscale),
    /// Make the swarm and the certificates of a cluster anew
    Rebuild(commands::tasks::Rebuild),
    /// Make the certificates of a cluster anew: those handed out before are refused
    Rotate(commands::tasks::Rotate),
    /// Go on with the task that failed
    Retry(commands::tasks::Retry),
    /// Give a cluster another name
    Rename(commands::change::Rename),
    /// Show or change the labels of a cluster
    Labels(commands::change::Labels),
    /// Protect a cluster against deletion, or no longer
    Protect(commands::change::Protect),
    /// Delete clusters, with all that is in them
    #[command(visible_alias = "rm")]
    Delete(commands::delete::Delete),
    /// Download the credentials of a cluster
    #[command(alias = "creds")]
    Credentials(commands::credentials::Credentials),
    /// Print what points a shell at a cluster: eval "$(carina env NAME)"
    Env(commands::env::Env),
    /// Show the nodes of a cluster
    Nodes(commands::nodes::Nodes),
    /// Put another node in the place of a worker
    Replace(commands::nodes::Replace),
    /// Move the work of a worker elsewhere, or let it work again
    Drain(commands::nodes::Drain),
    /// Show what happened to a cluster
    Events(commands::events::Events),
    /// Show what a container writes
    Logs(commands::logs::Logs),
    /// Show what happens to clusters while it does
    Watch(commands::watch::Watch),
    /// Show what the account may have
    Quotas(commands::quotas::Quotas),
    /// Show what clusters can be made of
    Templates(commands::templates::Templates),
    /// Show, make and revoke API keys
    Keys(commands::keys::Keys),
    /// Download what helps whoever helps: events, tasks, settings, logs of nodes; no secrets
    Support(commands::support::Support),
    /// Sign in with a password, and keep an API key in a profile
    Login(commands::login::Login),
    /// Revoke the API key of a profile, and forget it
    Logout(commands::login::Logout),
    /// Print a completion script: bash, zsh, fish, powershell
    Completion(commands::help::Completion),
    /// Print a completion script for bash
    #[command(hide = true)]
    BashCompletion,
    /// Print the manual page of carina, or of a command
    Man(commands::help::Man),
    /// Print the version
    Version,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_makes_sense() {
        Carina::command().debug_assert();
    }
}
