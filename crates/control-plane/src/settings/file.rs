//! The file of settings: `NAME=value` lines, read into the environment before anything else is.

use std::{
    ffi::{OsStr, OsString},
    io,
    path::{Path, PathBuf},
};

const DEFAULT: &str = "carina.env";
const FLAG: &str = "--settings";
const VARIABLE: &str = "CARINA_SETTINGS";

/// Where the file is, as a setting of its own.
#[derive(Clone, Debug, clap::Args)]
pub struct SettingsFile {
    /// File of further settings; without it, carina.env in the working directory if there is one.
    #[arg(long, env = VARIABLE, value_name = "FILE")]
    pub settings: Option<PathBuf>,
}

/// The settings file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the settings file {} cannot be read", path.display())]
pub struct SettingsFileError {
    path: PathBuf,
    source: dotenvy::Error,
}

/// Reads the settings file into the environment, where what is set already stays: the one that
/// `--settings` among the arguments of the process or `CARINA_SETTINGS` names, which has to be there,
/// or else `carina.env` in the working directory, which may. Call it before the command line is read
/// and before there are other threads.
///
/// # Errors
/// The file is not there although it was named, or has lines of another form.
pub fn load() -> Result<(), SettingsFileError> {
    #[expect(
        clippy::disallowed_methods,
        reason = "it names the file that clap has to read after"
    )]
    let variable = || std::env::var_os(VARIABLE);
    read(named(std::env::args_os()).or_else(variable).as_deref())
}

/// The file that the command line names. Clap looks only after the file was read, so this does.
fn named(arguments: impl IntoIterator<Item = OsString>) -> Option<OsString> {
    let mut arguments = arguments.into_iter().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == FLAG {
            return arguments.next();
        }
        let value = argument
            .to_str()
            .and_then(|text| text.strip_prefix(FLAG)?.strip_prefix('='));
        if let Some(value) = value {
            return Some(value.into());
        }
    }
    None
}

fn read(named: Option<&OsStr>) -> Result<(), SettingsFileError> {
    let path = Path::new(named.unwrap_or(OsStr::new(DEFAULT)));
    match dotenvy::from_path(path) {
        Ok(()) => Ok(()),
        Err(dotenvy::Error::Io(error))
            if named.is_none() && error.kind() == io::ErrorKind::NotFound =>
        {
            Ok(())
        }
        Err(source) => Err(SettingsFileError {
            path: path.to_owned(),
            source,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_file_is_found_before_clap_looks() {
        let named = |list: &[&str]| named(list.iter().map(OsString::from));
        assert_eq!(named(&["server", "--settings", "a"]), Some("a".into()));
        assert_eq!(named(&["server", "--settings=b"]), Some("b".into()));
        assert_eq!(named(&["server", "--settings-x=b", "--listen"]), None);
    }

    #[test]
    fn a_named_file_has_to_be_there_and_the_default_one_need_not() {
        assert!(read(Some(OsStr::new("/nonexistent/carina.env"))).is_err());
        assert!(read(None).is_ok());
    }
}
