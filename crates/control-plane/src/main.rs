//! The `control-plane` command: a control plane in a process of its own, and its accounts.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use cluster_api::Role;
use control_plane::{
    Clock, Settings, SystemClock,
    account::{self, Opening, Secrets},
    settings::file::{self, SettingsFile},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How many accounts are read at once.
const PAGE: u32 = 500;

/// Makes container clusters and answers the Carina API.
///
/// Every flag can also be set in the environment, or in a file of NAME=value lines. A flag wins over
/// the environment, the environment over the file.
#[derive(Parser)]
#[command(name = "control-plane", version)]
struct Command {
    #[command(flatten)]
    file: SettingsFile,

    #[command(flatten)]
    settings: Settings,

    /// What is logged, as `tracing` filters: `info`, `control_plane=debug` …
    #[arg(
        long,
        env = "CARINA_LOG",
        value_name = "FILTER",
        default_value = "info"
    )]
    log: String,

    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// Run the control plane (what happens without a subcommand).
    Serve,
    /// Make, close and list accounts. Works while the control plane runs.
    #[command(subcommand)]
    Account(AccountAction),
}

#[derive(Subcommand)]
enum AccountAction {
    /// Make an account and print its secrets, once.
    Add {
        /// The name it signs in with.
        username: String,
        /// It may make accounts, set quotas, and see what all have.
        #[arg(long)]
        admin: bool,
        /// Its password; without it one is made up.
        #[arg(long, env = "CARINA_NEW_PASSWORD", hide_env_values = true)]
        password: Option<SecretString>,
    },
    /// Close an account: its tokens and keys stop at once, its clusters are deleted, protected ones too.
    Close {
        /// The name it signs in with.
        username: String,
    },
    /// List the accounts with their roles.
    List,
}

fn main() -> ExitCode {
    // While there is one thread alone: it writes into the environment.
    match file::load() {
        Ok(()) => run(Command::parse()),
        Err(error) => fail(&error),
    }
}

#[tokio::main]
async fn run(command: Command) -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::new(&command.log);
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let outcome = match command.action {
        None | Some(Action::Serve) => serve(command.settings).await,
        Some(Action::Account(action)) => manage(command.settings, action).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error.as_ref()),
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

async fn serve(settings: Settings) -> Result<(), BoxError> {
    let stop = CancellationToken::new();
    let running = control_plane::start(settings, stop.clone()).await?;
    say(&format!("Control plane: http://{}", running.address));
    if let Some(first) = running.first_account {
        say("This is the first start. The account it made, shown this once:");
        say(&format!("  username  {}", first.username));
        say(&format!("  password  {}", first.password.expose_secret()));
        say(&format!("  API key   {}", first.api_key.expose_secret()));
    }
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    stop.cancel();
    Ok(running.done.await?)
}

async fn manage(settings: Settings, action: AccountAction) -> Result<(), BoxError> {
    let store = control_plane::open_store(&settings.data_dir).await?;
    let now = SystemClock.now();
    match action {
        AccountAction::Add {
            username,
            admin,
            password,
        } => {
            let secrets = Secrets::or_random(password, None);
            let role = if admin { Role::Admin } else { Role::Member };
            let opening = Opening::new(&username, &secrets, role);
            account::add(&store, opening, None, now).await?;
            say(&format!("username  {username}"));
            say(&format!("password  {}", secrets.password.expose_secret()));
            say(&format!("API key   {}", secrets.api_key.expose_secret()));
        }
        AccountAction::Close { username } => {
            account::close(&store, &username, now).await?;
            say(&format!(
                "Closed {username}. Its clusters are being deleted."
            ));
        }
        AccountAction::List => {
            let mut after = String::new();
            loop {
                let page = store.accounts(&after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after.clone_from(&last.account.username);
                for record in &page {
                    let account = &record.account;
                    say(&format!(
                        "{:<6}  {}",
                        account.role.as_str(),
                        account.username
                    ));
                }
            }
        }
    }
    store.close().await;
    Ok(())
}

#[expect(
    clippy::print_stdout,
    reason = "a command answers on its standard output"
)]
fn say(line: &str) {
    println!("{line}");
}

#[expect(
    clippy::print_stderr,
    reason = "a command complains on its standard error"
)]
fn fail(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    eprintln!("control-plane: {}", control_plane::reconciler::chain(error));
    ExitCode::FAILURE
}
