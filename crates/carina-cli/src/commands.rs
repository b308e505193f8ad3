//! The commands, a file for each or for a few that are alike.

pub(crate) mod autoscale;
pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod credentials;
pub(crate) mod delete;
pub(crate) mod env;
pub(crate) mod events;
pub(crate) mod get;
pub(crate) mod help;
pub(crate) mod keys;
pub(crate) mod list;
pub(crate) mod login;
pub(crate) mod logs;
pub(crate) mod nodes;
pub(crate) mod quotas;
pub(crate) mod resize;
mod rows;
pub(crate) mod support;
pub(crate) mod tasks;
pub(crate) mod templates;
pub(crate) mod watch;

use std::path::PathBuf;

use clap_complete::Shell;

use crate::{
    args::{Carina, Command, VERSION},
    failure::Failure,
    output::{self, Output},
    session::Session,
};

/// What a command works with.
pub(crate) struct Context {
    /// The folder for profiles and credentials.
    pub(crate) home: PathBuf,
    output: Output,
    pub(crate) session: Session,
}

impl Context {
    fn output(&self) -> Output {
        self.output
    }
}

/// Does what the command line asks for.
pub(crate) async fn run(line: Carina) -> Result<(), Failure> {
    match line.command {
        Command::Completion(it) => help::completion(it.shell),
        Command::BashCompletion => help::completion(Shell::Bash),
        Command::Man(it) => it.run(),
        Command::Version => output::lines([VERSION]),
        command => {
            let settings = line.given.settle()?;
            match command {
                Command::Login(it) => it.run(settings).await,
                Command::Logout(it) => it.run(settings).await,
                command => {
                    settings.need_profile()?;
                    let settings = settings.or_cloud()?;
                    let context = Context {
                        home: settings.home.clone(),
                        output: settings.output,
                        session: Session::open(settings)?,
                    };
                    ask(command, &context).await
                }
            }
        }
    }
}

async fn ask(command: Command, context: &Context) -> Result<(), Failure> {
    match command {
        Command::Create(it) => it.run(context).await,
        Command::List(it) => it.run(context).await,
        Command::Get(it) => it.run(context).await,
        Command::Grow(it) => it.run(context).await,
        Command::Resize(it) => it.run(context).await,
        Command::Autoscale(it) => it.run(context).await,
        Command::Rebuild(it) => it.run(context).await,
        Command::Rotate(it) => it.run(context).await,
        Command::Retry(it) => it.run(context).await,
        Command::Rename(it) => it.run(context).await,
        Command::Labels(it) => it.run(context).await,
        Command::Protect(it) => it.run(context).await,
        Command::Delete(it) => it.run(context).await,
        Command::Credentials(it) => it.run(context).await,
        Command::Env(it) => it.run(context).await,
        Command::Nodes(it) => it.run(context).await,
        Command::Replace(it) => it.run(context).await,
        Command::Drain(it) => it.run(context).await,
        Command::Events(it) => it.run(context).await,
        Command::Logs(it) => it.run(context).await,
        Command::Watch(it) => it.run(context).await,
        Command::Quotas(it) => it.run(context).await,
        Command::Templates(it) => it.run(context).await,
        Command::Keys(it) => it.run(context).await,
        Command::Support(it) => it.run(context).await,
        // They need no session, and are done above.
        Command::Login(_)
        | Command::Logout(_)
        | Command::Completion(_)
        | Command::BashCompletion
        | Command::Man(_)
        | Command::Version => Ok(()),
    }
}
