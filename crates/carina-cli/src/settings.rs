//! Who asks, and where: from flags, the environment and a profile, in that order.

mod cloud;
mod profile;

use std::{env, path::PathBuf};

use clap::Args;
use secrecy::SecretString;

pub(crate) use self::{
    cloud::{Cloud, Project, Proof},
    profile::{Profile, Profiles},
};
use crate::{failure::Failure, output::Output};

/// A control plane on this machine, as `make run` starts it.
const USUAL_ENDPOINT: &str = "http://127.0.0.1:4000";

/// The profile of those who name none.
const USUAL_PROFILE: &str = "default";

/// What flags and the environment say.
#[derive(Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Given {
    /// The account
    #[arg(long, global = true, env = "CARINA_USERNAME", value_name = "NAME")]
    username: Option<String>,

    /// Its API key; everybody on this machine can read a command line, so rather set the variable
    #[arg(
        long,
        alias = "api-key",
        global = true,
        env = "CARINA_APIKEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
    apikey: Option<SecretString>,

    /// Where the control plane answers [default: http://127.0.0.1:4000]
    #[arg(long, global = true, env = "CARINA_ENDPOINT", value_name = "URL")]
    endpoint: Option<String>,

    /// The profile in config.toml [default: default]
    #[arg(long, global = true, env = "CARINA_PROFILE", value_name = "NAME")]
    profile: Option<String>,

    /// The folder for profiles and credentials [default: ~/.carina]
    #[arg(long, global = true, env = "CARINA_HOME", value_name = "DIR")]
    home: Option<PathBuf>,

    /// Sign in anew, and keep no token
    #[arg(long, global = true)]
    no_cache: bool,

    /// As the first `carina` took it: `--cache=false` is `--no-cache`.
    #[arg(long, global = true, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "true|false")]
    cache: Option<bool>,

    /// Read no profile, not even the usual one
    #[arg(long, global = true)]
    no_profile: bool,

    #[command(flatten)]
    old: Old,

    /// How results are written
    #[arg(
        long,
        short,
        global = true,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "table|json|yaml|name"
    )]
    output: Output,
}

/// Flags of the first `carina` that say nothing here, so that scripts with them go on. There is one
/// region alone and one cloud, those of the endpoint; errors say all there is, and nothing but results
/// goes to standard output.
#[derive(Args)]
struct Old {
    #[arg(long, global = true, hide = true, value_name = "NAME")]
    region: Option<String>,

    #[arg(long, global = true, hide = true, value_parser = ["public", "make-swarm"])]
    cloud: Option<String>,

    #[arg(long, global = true, hide = true)]
    debug: bool,

    #[arg(long, global = true, hide = true)]
    silent: bool,
}

/// What holds for this command.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Where the control plane answers, without a slash at the end.
    pub(crate) endpoint: String,
    /// The account.
    pub(crate) username: Option<String>,
    /// Its API key.
    pub(crate) apikey: Option<SecretString>,
    /// The name of the profile.
    pub(crate) profile: String,
    /// Somebody named the profile, and it is not there.
    pub(crate) is_profile_missing: bool,
    /// The folder for profiles and credentials.
    pub(crate) home: PathBuf,
    /// Whether tokens are kept.
    pub(crate) keeps_tokens: bool,
    /// How results are written.
    pub(crate) output: Output,
    /// The cloud that is asked in place of a control plane of ours.
    pub(crate) cloud: Option<Cloud>,
    /// Nothing says which control plane of ours is asked, and as whom.
    pub(crate) is_open: bool,
}

impl Given {
    /// Puts what was given and the profile together.
    pub(crate) fn settle(self) -> Result<Settings, Failure> {
        let home = match some(self.home) {
            Some(home) => home,
            None => usual_home()?,
        };
        let named = some(self.profile).filter(|_| !self.no_profile);
        let name = named.clone().unwrap_or_else(|| USUAL_PROFILE.to_owned());
        let profile = if self.no_profile {
            None
        } else {
            Profiles::open(&home)?.get(&name)?
        };
        Ok(Settings {
            is_profile_missing: named.is_some() && profile.is_none(),
            home,
            keeps_tokens: !self.no_cache && self.cache != Some(false),
            output: self.output,
            ..merge(
                some(self.endpoint),
                some(self.username),
                self.apikey,
                profile.unwrap_or_default(),
                name,
            )
        })
    }
}

impl Settings {
    /// Has the cloud of the environment asked where nothing names a control plane of ours.
    pub(crate) fn or_cloud(mut self) -> Result<Self, Failure> {
        if self.is_open {
            self.cloud = Cloud::of_environment()?;
        }
        Ok(self)
    }

    /// Only `carina login` makes a profile by naming it.
    pub(crate) fn need_profile(&self) -> Result<(), Failure> {
        if !self.is_profile_missing {
            return Ok(());
        }
        Err(Failure::Missing {
            kind: "profile",
            name: self.profile.clone(),
            hint: format!("Make it: carina login --profile={}.", self.profile),
            request: None,
        })
    }
}

/// A flag or variable that is empty says nothing.
fn some<T: AsRef<std::ffi::OsStr>>(given: Option<T>) -> Option<T> {
    given.filter(|text| !text.as_ref().is_empty())
}

/// Whether it is one that can be asked.
pub(crate) fn is_address(text: &str) -> bool {
    reqwest::Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn merge(
    endpoint: Option<String>,
    username: Option<String>,
    apikey: Option<SecretString>,
    profile: Profile,
    name: String,
) -> Settings {
    use secrecy::ExposeSecret;
    let apikey = apikey.filter(|key| !key.expose_secret().is_empty());
    let is_open = endpoint.is_none()
        && username.is_none()
        && apikey.is_none()
        && profile.endpoint.is_none()
        && profile.username.is_none()
        && profile.apikey.is_none();
    let trimmed = |url: &str| url.trim_end_matches('/').to_owned();
    let of_profile = profile
        .endpoint
        .as_deref()
        .map_or_else(|| USUAL_ENDPOINT.to_owned(), trimmed);
    let endpoint = endpoint
        .as_deref()
        .map_or_else(|| of_profile.clone(), trimmed);
    // The key of a profile is told to nobody but that profile's control plane, and fits one account.
    let is_its_own = endpoint == of_profile && (username.is_none() || username == profile.username);
    Settings {
        endpoint,
        apikey: apikey.or_else(|| profile.apikey.filter(|_| is_its_own)),
        username: username.or(profile.username),
        profile: name,
        is_profile_missing: false,
        home: PathBuf::new(),
        keeps_tokens: true,
        output: Output::default(),
        cloud: None,
        is_open,
    }
}

/// `$XDG_DATA_HOME/carina` or `~/.carina`, as ever.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the place where settings are read"
)]
fn usual_home() -> Result<PathBuf, Failure> {
    if let Some(data) = env::var_os("XDG_DATA_HOME").filter(|folder| !folder.is_empty()) {
        return Ok(PathBuf::from(data).join("carina"));
    }
    let home = env::home_dir().filter(|home| !home.as_os_str().is_empty());
    home.map(|home| home.join(".carina"))
        .ok_or_else(|| Failure::Usage("There is no home folder; set CARINA_HOME.".to_owned()))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn profile() -> Profile {
        Profile {
            endpoint: Some("https://carina.example.com/".to_owned()),
            username: Some("bob".to_owned()),
            apikey: Some("of-the-profile".into()),
            key_id: None,
        }
    }

    fn merged(endpoint: Option<&str>, username: Option<&str>, key: Option<&str>) -> [String; 3] {
        let settings = merge(
            endpoint.map(str::to_owned),
            username.map(str::to_owned),
            key.map(SecretString::from),
            profile(),
            "default".to_owned(),
        );
        let key = settings.apikey.map(|key| key.expose_secret().to_owned());
        [
            settings.endpoint,
            settings.username.unwrap_or_default(),
            key.unwrap_or_default(),
        ]
    }

    #[test]
    fn what_is_given_goes_before_the_profile() {
        let home = "https://carina.example.com";
        assert_eq!(merged(None, None, None), [home, "bob", "of-the-profile"]);
        assert_eq!(merged(None, None, Some("given")), [home, "bob", "given"]);
        assert_eq!(
            merged(None, None, Some("")),
            [home, "bob", "of-the-profile"]
        );
    }

    #[test]
    fn the_key_of_a_profile_goes_to_nobody_else() {
        let other = "http://127.0.0.1:4000";
        assert_eq!(merged(Some(other), None, None), [other, "bob", ""]);
        assert_eq!(
            merged(None, Some("eve"), None),
            ["https://carina.example.com", "eve", ""]
        );
        assert_eq!(
            merged(Some("https://carina.example.com"), Some("bob"), None)[2],
            "of-the-profile"
        );
    }

    #[test]
    fn a_cloud_is_asked_where_nothing_else_is_named() {
        let is_open = |endpoint: Option<&str>, key: Option<&str>, profile| {
            let endpoint = endpoint.map(str::to_owned);
            let key = key.map(SecretString::from);
            merge(endpoint, None, key, profile, "default".to_owned()).is_open
        };
        assert!(is_open(None, None, Profile::default()));
        assert!(is_open(None, Some(""), Profile::default()));
        assert!(!is_open(Some("http://h"), None, Profile::default()));
        assert!(!is_open(None, Some("given"), Profile::default()));
        assert!(!is_open(None, None, profile()));
    }
}
