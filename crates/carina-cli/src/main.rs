//! The `carina` command: container clusters from a shell.
//!
//! A command asks the control plane and prints the answer: results go to standard output, all else to
//! standard error, and the exit code says what became of it ([`failure::Code`]).

mod args;
mod commands;
mod credentials;
mod duration;
mod failure;
mod files;
mod output;
mod progress;
mod session;
mod settings;
mod shell;
mod table;
mod timeline;
mod wait;
mod warnings;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Parser, error::ErrorKind};

use crate::{
    args::{Carina, VERSION},
    failure::Failure,
};

// One thread: a command asks one thing after the other, and starts sooner without more of them.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    warnings::to_standard_error();
    let done = match Carina::try_parse() {
        Ok(line) => commands::run(line).await,
        // The same line as `carina version`: clap would put the name before it.
        Err(error) if error.kind() == ErrorKind::DisplayVersion => output::lines([VERSION]),
        Err(error) => error.exit(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output has enough of it: `carina list | head -1`.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            // There is nobody left to tell if this fails.
            let _ = write!(io::stderr(), "{}", failure.report());
            failure.code().into()
        }
    }
}
