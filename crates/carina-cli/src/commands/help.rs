//! `carina completion` and `carina man`

use std::io;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::{args::Carina, failure::Failure};

#[derive(Args)]
pub(crate) struct Completion {
    /// The shell that reads it
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// Prints a completion script.
pub(crate) fn completion(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Carina::command(), "carina", &mut script);
    Ok(io::Write::write_all(&mut io::stdout().lock(), &script)?)
}

/// Prints the manual page, with the pages of the commands after it.
pub(crate) fn manual() -> Result<(), Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Carina::command()).render(&mut page)?;
    Ok(io::Write::write_all(&mut io::stdout().lock(), &page)?)
}
