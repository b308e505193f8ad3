//! Settings: flags before environment before file before default.
//!
//! Each has a name on the command line and one in the environment. A file holds lines of the latter,
//! `CARINA_LISTEN=127.0.0.1:3000`; it is `carina.env` in the working directory unless another one is
//! named. They are read once, at the start, into types that cannot hold nonsense.

pub mod cloud;

use std::{net::SocketAddr, path::PathBuf};

use app::session::Backend;

use clap::{CommandFactory, Parser, error::ErrorKind};
use control_plane::settings::file::{self, SettingsFile};
use tracing_subscriber::EnvFilter;

use self::cloud::CloudSettings;
use crate::{chain::Chain, public_url::PublicUrl};

/// Self-service Docker Swarm clusters: the dashboard, and the control plane behind it.
///
/// Without any settings it listens on 127.0.0.1:3000, starts a control plane in the same process,
/// keeps its databases in ./data and makes clusters on the local Docker Engine.
#[derive(Clone, Debug, Parser)]
#[group(id = "Dashboard")]
#[command(
    name = "server",
    version,
    after_help = "Every setting can be a line of a file too, by its name in the environment:\n\
                  CARINA_LISTEN=127.0.0.1:3000. Flags go before the environment, the environment\n\
                  goes before the file, and the file before what is built in.",
    max_term_width = 100
)]
pub struct Settings {
    /// The file of further settings.
    #[command(flatten, next_help_heading = "Dashboard")]
    pub file: SettingsFile,

    /// Address and port the dashboard listens on.
    #[arg(
        long,
        env = "CARINA_LISTEN",
        value_name = "ADDR",
        default_value = "127.0.0.1:3000",
        help_heading = "Dashboard"
    )]
    pub listen: SocketAddr,

    /// Address at which browsers reach the dashboard, such as https://carina.example.com. Without
    /// it, the address it listens on.
    #[arg(
        long,
        env = "CARINA_PUBLIC_URL",
        value_name = "URL",
        help_heading = "Dashboard"
    )]
    pub public_url: Option<PublicUrl>,

    /// Where clusters come from: carina, a control plane of this kind; magnum, an OpenStack cloud; or both
    /// with a comma between, and people choose at the sign-in.
    #[arg(
        long,
        env = "CARINA_BACKEND",
        value_name = "NAMES",
        default_value = "carina",
        value_delimiter = ',',
        help_heading = "Dashboard"
    )]
    pub backend: Vec<Backend>,

    /// Control plane to use, such as https://api.example.com. Without it, one is started in this
    /// process, with the settings of the control plane below.
    #[arg(
        long,
        env = "CARINA_CONTROL_PLANE_URL",
        value_name = "URL",
        value_parser = parse_control_plane_url,
        help_heading = "Dashboard"
    )]
    pub control_plane_url: Option<String>,

    /// What to write to the log, on standard error: a level, or `target=level` with commas between.
    #[arg(
        long,
        env = "CARINA_LOG",
        value_name = "FILTER",
        default_value = "info",
        value_parser = parse_log,
        help_heading = "Dashboard"
    )]
    pub log: String,

    /// Folder of the built site: scripts, styles and public files.
    #[arg(
        long,
        env = "LEPTOS_SITE_ROOT",
        value_name = "DIR",
        default_value = "target/site",
        help_heading = "Dashboard"
    )]
    pub site_root: PathBuf,

    /// The cloud's.
    #[command(flatten, next_help_heading = "OpenStack cloud")]
    pub cloud: CloudSettings,

    /// The control plane's own; the folder for data is the dashboard's too.
    #[command(flatten, next_help_heading = "Control plane")]
    pub control_plane: control_plane::Settings,
}

impl Settings {
    /// Reads the settings of this process: the file first, into the environment, then all.
    ///
    /// # Errors
    /// The file cannot be read or a setting makes no sense; or help was asked for. The error knows
    /// how to print itself.
    pub fn load() -> Result<Self, clap::Error> {
        file::load().map_err(|error| Self::command().error(ErrorKind::Io, Chain(&error)))?;
        Self::try_parse()
    }

    /// The filter of the log. Libraries that report each session and statement stay quiet unless
    /// they are asked for.
    #[must_use]
    pub fn log_filter(&self) -> EnvFilter {
        EnvFilter::new(format!(
            "tower_sessions=error,tower_sessions_core=error,sqlx=warn,{}",
            self.log
        ))
    }
}

fn parse_control_plane_url(text: &str) -> Result<String, String> {
    let uri: http::Uri = text.parse().map_err(|error| format!("{error}"))?;
    match (uri.scheme_str(), uri.authority(), uri.query()) {
        (Some("http" | "https"), Some(_), None) => Ok(text.trim_end_matches('/').to_owned()),
        _ => Err("give an address such as https://api.example.com".to_owned()),
    }
}

fn parse_log(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text)
        .map(|_| text.to_owned())
        .map_err(|error| format!("{error}; give a level such as info, or target=level"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Settings, clap::Error> {
        Settings::try_parse_from([&["server"], arguments].concat())
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Settings::command().debug_assert();
    }

    #[test]
    fn without_arguments_everything_has_a_value() {
        let settings = parse(&[]).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(settings.control_plane_url, None);
        assert_eq!(settings.log, "info");
        assert_eq!(settings.backend, [Backend::Carina]);
    }

    #[test]
    fn nonsense_is_refused_at_the_start() {
        for arguments in [
            ["--listen", "3000"],
            ["--public-url", "carina"],
            ["--control-plane-url", "api.example.com"],
            ["--log", "a=b=c"],
            ["--backend", "heat"],
            ["--os-interface", "secret"],
        ] {
            assert!(parse(&arguments).is_err(), "{arguments:?}");
        }
    }
}
