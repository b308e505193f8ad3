//! `carina completion` and `carina man`

use std::io::{self, Write};

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::{
    args::{Carina, VERSION},
    failure::Failure,
};

#[derive(Args)]
pub(crate) struct Completion {
    /// The shell that reads it
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

#[derive(Args)]
pub(crate) struct Man {
    /// The command whose page it is: create, or keys create [default: the page of carina itself]
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

/// Prints a completion script.
pub(crate) fn completion(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Carina::command(), "carina", &mut script);
    Ok(io::stdout().lock().write_all(&script)?)
}

impl Man {
    /// Prints the manual page, with every flag of the command that it is about.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut command = Carina::command();
        // Before that, a command does not know the flags that all commands have.
        command.build();
        for word in &self.command {
            let found = command.find_subcommand(word).cloned();
            command = found.ok_or_else(|| Failure::Missing {
                kind: "command",
                name: self.command.join(" "),
                hint: "What there is: carina help.".to_owned(),
                request: None,
            })?;
        }
        // The page puts a v before it.
        let number = VERSION.trim_start_matches('v');
        let command = command.version(number);
        let mut page = Vec::new();
        clap_mangen::Man::new(command)
            .source(format!("carina {VERSION}"))
            .manual("Carina")
            .render(&mut page)?;
        Ok(io::stdout().lock().write_all(&page)?)
    }
}
