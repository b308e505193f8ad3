//! Fills a new data folder with an account that has very many clusters, for tests and measurements of
//! long lists. The account is the one that the first start would have made, with a quota that is used
//! up.

mod many;

use std::{error::Error, path::PathBuf};

use clap::Parser;
use cluster_api::Role;
use control_plane::{
    Clock, SystemClock,
    account::{self, Opening, Secrets},
    open_store,
    store::Limits,
    vault::Vault,
};
use secrecy::SecretString;

/// Fills a new data folder with simulated clusters.
#[derive(Parser)]
struct Command {
    /// How many clusters.
    clusters: u32,
    /// The folder.
    #[arg(long, env = "CARINA_DATA_DIR")]
    data_dir: PathBuf,
    /// The password of the account, which is called admin.
    #[arg(long, env = "CARINA_ADMIN_PASSWORD")]
    admin_password: SecretString,
    /// Its API key.
    #[arg(long, env = "CARINA_ADMIN_API_KEY")]
    admin_api_key: SecretString,
}

// One thread: the database has its own, and a cluster follows the other.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let command = Command::parse();
    let store = open_store(&command.data_dir).await?;
    let vault = Vault::open(&command.data_dir.join("control-plane.key"))?;
    let secrets = Secrets {
        password: command.admin_password,
        api_key: command.admin_api_key,
    };
    let opening = Opening {
        limits: Limits {
            max_clusters: Some(command.clusters),
            max_nodes: None,
        },
        ..Opening::new("admin", &secrets, Role::Admin)
    };
    let owner = account::add(&store, opening, None, SystemClock.now()).await?;
    many::fill(&store, &vault, owner, command.clusters).await?;
    store.close().await;
    Ok(())
}
