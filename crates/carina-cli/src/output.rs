//! Results, in the form that was asked for.

use std::io::{self, BufWriter, Write};

use clap::ValueEnum;
use serde::Serialize;

use crate::{failure::Failure, table::Table};

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    #[default]
    Table,
    /// As the API has it; what goes on is a line each
    Json,
    /// The same as YAML; what goes on is a document each
    Yaml,
    /// Names alone, a line each
    Name,
}

impl Output {
    /// Writes a result.
    pub(crate) fn print(self, value: &impl Serialize, table: &Table) -> Result<(), Failure> {
        match self {
            Self::Table => lines(table.lines()),
            Self::Name => lines(table.rows.iter().filter_map(|row| row.first())),
            Self::Json => lines([serde_json::to_string_pretty(value).map_err(unwritable)?]),
            Self::Yaml => text(&serde_saphyr::to_string(value).map_err(unwritable)?),
        }
    }

    /// Writes one of many results that come over time: `line` is for people, `name` what it is about.
    pub(crate) fn print_next(
        self,
        value: &impl Serialize,
        line: &str,
        name: &str,
    ) -> Result<(), Failure> {
        match self {
            Self::Table => lines([line]),
            Self::Name => lines([name]),
            Self::Json => lines([serde_json::to_string(value).map_err(unwritable)?]),
            Self::Yaml => {
                let yaml = serde_saphyr::to_string(value).map_err(unwritable)?;
                text(&format!("---\n{yaml}"))
            }
        }
    }
}

/// Writes lines as they are.
pub(crate) fn lines(lines: impl IntoIterator<Item: AsRef<str>>) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in lines {
        writeln!(out, "{}", line.as_ref())?;
    }
    Ok(out.flush()?)
}

/// Writes text that has its line ends already.
pub(crate) fn text(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

fn unwritable(error: impl std::fmt::Display) -> Failure {
    Failure::Inside(format!("The result cannot be written: {error}"))
}

/// Writes what is no result, a line on standard error.
pub(crate) fn say(text: &str) {
    // There is nobody left to tell if this fails.
    let _ = writeln!(io::stderr(), "{text}");
}
