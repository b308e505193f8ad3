//! `carina keys`

use std::time::Duration;

use clap::{Args, Subcommand};
use cluster_api::{ApiKey, MakeKey, Scopes, Timestamp};

use super::Context;
use crate::{duration, failure::Failure, table::Table};

#[derive(Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// List them (what happens without a word)
    #[command(alias = "ls")]
    List,
    /// Make one; its secret is shown, this once
    Create {
        /// What it is called
        name: String,
        /// What it may do: read, write, credentials
        #[arg(long, value_name = "SCOPE,SCOPE", default_value = "read,write,credentials", value_parser = scopes)]
        scopes: Scopes,
        /// For how long it is good: 12h, 90d [default: until it is revoked]
        #[arg(long, value_name = "TIME", value_parser = duration::parse)]
        expires: Option<Duration>,
    },
    /// Revoke one: who signed in with it is signed out
    #[command(alias = "rm")]
    Revoke {
        /// Its name or id
        name: String,
    },
}

impl Keys {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self.action {
            None | Some(Action::List) => {
                let keys = live(context).await?;
                let table = Table {
                    columns: &["Name", "Scopes", "Expires", "LastUsed", "Id"],
                    rows: keys.iter().map(row).collect(),
                };
                context.output().print(&keys, &table)
            }
            Some(Action::Create {
                name,
                scopes,
                expires,
            }) => {
                let wished = MakeKey {
                    name,
                    scopes,
                    expires_at: expires.map(|expires| Timestamp::now() + expires),
                };
                let made = context
                    .session
                    .ask(async |plane, token| plane.make_key(token, &wished).await);
                let made = made.await?;
                let table = Table {
                    columns: &["Name", "Scopes", "Expires", "Secret"],
                    rows: vec![vec![
                        made.key.name.clone(),
                        made.key.scopes.to_string(),
                        moment(made.key.expires_at),
                        made.secret.0.clone(),
                    ]],
                };
                context.output().print(&made, &table)
            }
            Some(Action::Revoke { name }) => {
                let keys = live(context).await?;
                let key = keys
                    .iter()
                    .find(|key| key.name == name || key.id.to_string() == name);
                let key = key
                    .ok_or_else(|| context.session.missing("key", &name, "Yours: carina keys."))?;
                let id = key.id;
                context
                    .session
                    .ask(async |plane, token| plane.revoke_key(token, id).await)
                    .await?;
                let table = Table {
                    columns: &["Name", "Scopes", "Expires", "LastUsed", "Id"],
                    rows: vec![row(key)],
                };
                context.output().print(key, &table)
            }
        }
    }
}

/// The keys that can be used.
async fn live(context: &Context) -> Result<Vec<ApiKey>, Failure> {
    let keys = context
        .session
        .ask(async |plane, token| plane.keys(token).await);
    let mut keys = keys.await?.keys;
    let now = Timestamp::now();
    keys.retain(|key| key.revoked_at.is_none() && key.expires_at.is_none_or(|end| end > now));
    Ok(keys)
}

fn row(key: &ApiKey) -> Vec<String> {
    vec![
        key.name.clone(),
        key.scopes.to_string(),
        moment(key.expires_at),
        moment(key.last_used_at),
        key.id.to_string(),
    ]
}

fn moment(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "never".to_owned(), |at| format!("{at:.0}"))
}

/// Reads `read,write`.
pub(super) fn scopes(text: &str) -> Result<Scopes, String> {
    let scopes: Scopes = text
        .replace(',', " ")
        .parse()
        .map_err(|error: cluster_api::ScopeError| error.to_string())?;
    if scopes.0.is_empty() {
        return Err("give one or more of read, write, credentials".to_owned());
    }
    Ok(scopes)
}
