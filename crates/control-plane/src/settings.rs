//! The control plane's settings, as flags and environment variables.
//!
//! They are read once, at the start, into types that cannot hold nonsense. The dashboard's process
//! flattens them into its own, so that one command line configures both.

pub mod file;
mod node;
mod proxies;

use std::{fmt, net::SocketAddr, ops::RangeInclusive, path::PathBuf, str::FromStr};

use clap::{Args, ValueEnum};
use cluster_api::{NodeCount, Provisioning, Quotas};
use ipnet::IpNet;
use lettre::message::Mailbox;
use secrecy::SecretString;

use crate::notify::MailSettings;
pub use node::{EngineSettings, NodeScripts, NodeSettingsError};
pub use proxies::{TrustedProxies, TrustedProxiesError};

/// Settings of the control plane.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// Folder for the databases and their key files; made if it is not there.
    #[arg(
        long,
        env = "CARINA_DATA_DIR",
        value_name = "DIR",
        default_value = "./data"
    )]
    pub data_dir: PathBuf,

    /// Address and port the control-plane API listens on.
    #[arg(
        long,
        env = "CARINA_API_LISTEN",
        value_name = "ADDR",
        default_value = "127.0.0.1:4000"
    )]
    pub api_listen: SocketAddr,

    /// What the API calls itself in the service catalog, such as https://api.example.com. Without
    /// it, the host that a client used.
    #[arg(long, env = "CARINA_API_PUBLIC_URL", value_name = "URL")]
    pub api_public_url: Option<String>,

    /// Addresses and networks, with commas between, whose `X-Forwarded-For` is believed: reverse
    /// proxies, and dashboards on other machines. `none` trusts nobody.
    #[arg(
        long,
        env = "CARINA_TRUSTED_PROXIES",
        value_name = "NETWORKS",
        default_value = "127.0.0.0/8,::1"
    )]
    pub trusted_proxies: TrustedProxies,

    /// Where clusters come from: `docker` makes real ones; `simulated` makes none at all, for
    /// interface work and load, and says so on every page.
    #[arg(
        long,
        env = "CARINA_PROVISIONER",
        value_name = "KIND",
        default_value = "docker"
    )]
    pub provisioner: ProvisionerSetting,

    /// Image of a node: any that has `dockerd` and `sh`.
    #[arg(
        long,
        env = "CARINA_NODE_IMAGE",
        value_name = "IMAGE",
        default_value = "docker:28-dind"
    )]
    pub node_image: String,

    /// Container runtime of a node, such as `sysbox-runc`, for hosts whose users do not trust each
    /// other. Without it, the engine's default with the privileges that a Docker Engine needs.
    #[arg(long, env = "CARINA_NODE_RUNTIME", value_name = "RUNTIME")]
    pub node_runtime: Option<String>,

    /// Host name or address at which users reach the clusters; it is in the certificates. Unless it
    /// is a loopback address, nodes listen on all addresses of the host, with mutual TLS.
    #[arg(
        long,
        env = "CARINA_ADVERTISE_HOST",
        value_name = "HOST",
        default_value = "127.0.0.1",
        value_parser = parse_host
    )]
    pub advertise_host: String,

    /// Ports of the host for the Docker APIs of nodes, one a node.
    #[arg(
        long,
        env = "CARINA_NODE_PORTS",
        value_name = "FROM-TO",
        default_value = "23760-24759"
    )]
    pub node_ports: PortRange,

    /// Folder of scripts (*.sh) that run on every node after it has joined its swarm, in the order of
    /// their names, as root and for 60 s at most each. A script can run more than once on a node. When
    /// one fails, so does the task.
    #[arg(
        long,
        env = "CARINA_NODE_SCRIPTS",
        value_name = "DIR",
        default_value = "",
        hide_default_value = true
    )]
    pub node_scripts: NodeScripts,

    /// File with settings of the engines in nodes, by cluster type: {"swarm": {"registry-mirrors": [],
    /// "insecure-registries": [], "log-driver": "json-file", "log-opts": {}}}. Nodes read it when they
    /// are made or start again.
    #[arg(
        long,
        env = "CARINA_ENGINE_SETTINGS",
        value_name = "FILE",
        default_value = "",
        hide_default_value = true
    )]
    pub engine_settings: EngineSettings,

    /// Password of the account `admin`. Only read on the very first start; without it one is made up
    /// and printed once.
    #[arg(
        long,
        env = "CARINA_ADMIN_PASSWORD",
        value_name = "PASSWORD",
        hide_env_values = true
    )]
    pub admin_password: Option<SecretString>,

    /// API key of the account `admin`. Only read on the very first start; without it one is made up
    /// and printed once.
    #[arg(
        long,
        env = "CARINA_ADMIN_API_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    pub admin_api_key: Option<SecretString>,

    /// Clusters that an account may have.
    #[arg(
        long,
        env = "CARINA_MAX_CLUSTERS",
        value_name = "NUMBER",
        default_value_t = 10
    )]
    pub max_clusters: u32,

    /// Nodes that a cluster may have.
    #[arg(
        long,
        env = "CARINA_MAX_NODES",
        value_name = "NUMBER",
        default_value = "10",
        value_parser = |text: &str| NodeCount::try_from(text)
    )]
    pub max_nodes: NodeCount,

    /// Networks that webhooks may be sent to although they are not of the internet, with commas
    /// between: 10.0.0.0/8,192.168.7.20/32. Without it, webhooks go to public addresses alone.
    #[arg(
        long,
        env = "CARINA_WEBHOOKS_ALLOW",
        value_name = "NETWORKS",
        value_delimiter = ','
    )]
    pub webhooks_allow: Vec<IpNet>,

    /// Mail server for notices: smtps://USER:PASSWORD@HOST, smtp://USER:PASSWORD@HOST?tls=required
    /// (STARTTLS), or smtp://HOST:PORT for one nearby. Without it, no mail is sent.
    #[arg(
        long,
        env = "CARINA_SMTP_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub smtp_url: Option<SecretString>,

    /// Whom the mail is from: carina@example.com, or Carina <carina@example.com>.
    #[arg(long, env = "CARINA_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<Mailbox>,

    /// Address of the dashboard, for links in mail. Beside a dashboard in the same process, that
    /// one's.
    #[arg(long, env = "CARINA_DASHBOARD_URL", value_name = "URL")]
    pub dashboard_url: Option<String>,
}

impl Settings {
    /// What an account may have unless it has quotas of its own.
    #[must_use]
    pub fn quotas(&self) -> Quotas {
        Quotas {
            max_clusters: self.max_clusters,
            max_nodes_per_cluster: self.max_nodes,
        }
    }

    /// How mail is sent; None: not at all.
    ///
    /// # Errors
    /// There is a mail server, and nobody to send from.
    pub fn mail(&self) -> Result<Option<MailSettings>, NoSender> {
        let Some(smtp_url) = &self.smtp_url else {
            return Ok(None);
        };
        Ok(Some(MailSettings {
            smtp_url: smtp_url.clone(),
            from: self.mail_from.clone().ok_or(NoSender)?,
            dashboard_url: self.dashboard_url.clone(),
        }))
    }

    /// What a support bundle tells of them. Only what is named here goes in: a secret that is added
    /// one day stays out by itself.
    #[must_use]
    pub fn to_support(&self) -> serde_json::Value {
        serde_json::json!({
            "data_dir": self.data_dir,
            "api_listen": self.api_listen,
            "api_public_url": self.api_public_url,
            "provisioner": Provisioning::from(self.provisioner),
            "node_image": self.node_image,
            "node_runtime": self.node_runtime,
            "advertise_host": self.advertise_host,
            "node_ports": self.node_ports.to_string(),
            "node_scripts": self.node_scripts.scripts().iter().map(|script| &script.name).collect::<Vec<_>>(),
            "max_clusters": self.max_clusters,
            "max_nodes": self.max_nodes,
            "webhooks_allow": self.webhooks_allow,
            "has_mail_server": self.smtp_url.is_some(),
            "dashboard_url": self.dashboard_url,
        })
    }
}

/// There is a mail server, and nobody to send from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("CARINA_SMTP_URL is set; name the address that mail is from in CARINA_MAIL_FROM too")]
pub struct NoSender;

/// Where clusters come from, as a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProvisionerSetting {
    /// Docker Engines in containers, on the engine of `DOCKER_HOST`.
    Docker,
    /// States without machines behind them.
    Simulated,
}

impl From<ProvisionerSetting> for Provisioning {
    fn from(setting: ProvisionerSetting) -> Self {
        match setting {
            ProvisionerSetting::Docker => Self::Docker,
            ProvisionerSetting::Simulated => Self::Simulated,
        }
    }
}

/// A range of TCP ports, both ends in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortRange(RangeInclusive<u16>);

/// The text is not a range of ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give two port numbers from 1 to 65535 with a hyphen between, the lower one first")]
pub struct PortRangeError;

impl PortRange {
    /// Its ports, beginning with the one at `offset` (modulo its length) and going once around.
    pub fn from_offset(&self, offset: usize) -> impl Iterator<Item = u16> + use<> {
        let (first, length) = (*self.0.start(), self.0.len());
        (0..length).map(move |step| {
            // The sum is within the range, and so within u16.
            first + u16::try_from((offset % length + step) % length).unwrap_or_default()
        })
    }
}

impl FromStr for PortRange {
    type Err = PortRangeError;

    fn from_str(text: &str) -> Result<Self, PortRangeError> {
        let (from, to) = text.split_once('-').ok_or(PortRangeError)?;
        let parse = |port: &str| port.trim().parse::<u16>().map_err(|_| PortRangeError);
        let (from, to) = (parse(from)?, parse(to)?);
        if from == 0 || from > to {
            return Err(PortRangeError);
        }
        Ok(Self(from..=to))
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.0.start(), self.0.end())
    }
}

/// A host as it can stand in a URL and in a certificate: letters, digits, dots and hyphens, or an
/// IPv4 address. It ends up in files that shells read, so nothing else is let through.
fn parse_host(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    if (1..=253).contains(&text.len()) && text.chars().all(allowed) && !text.starts_with('-') {
        Ok(text.to_owned())
    } else {
        Err("give a host name or an IPv4 address".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_ranges_go_once_around_from_their_offset() {
        let range: PortRange = "65533-65535".parse().unwrap();
        assert_eq!(
            range.from_offset(4).collect::<Vec<_>>(),
            [65534, 65535, 65533]
        );
        assert_eq!(range.to_string(), "65533-65535");
        for wrong in ["", "1", "0-5", "9-3", "a-b", "1-70000"] {
            assert_eq!(wrong.parse::<PortRange>(), Err(PortRangeError), "{wrong}");
        }
    }

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        settings: Settings,
    }

    fn parsed(flags: &[&str]) -> Settings {
        use clap::Parser;
        Line::parse_from([&["test"], flags].concat()).settings
    }

    #[test]
    fn a_support_bundle_tells_no_secret_of_the_settings() {
        let settings = parsed(&[
            "--smtp-url",
            "smtps://me:hunter2@mail.example.com",
            "--mail-from",
            "Carina <carina@example.com>",
            "--admin-password",
            "hunter2hunter2",
            "--admin-api-key",
            "hunter2-key",
            "--webhooks-allow",
            "10.0.0.0/8,127.0.0.1/32",
        ]);
        let told = settings.to_support();
        assert!(!told.to_string().contains("hunter2"), "{told}");
        assert_eq!(told["has_mail_server"], true);
        assert_eq!(told["webhooks_allow"][1], "127.0.0.1/32");
        assert_eq!(told["provisioner"], "docker");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }

    #[test]
    fn mail_needs_somebody_to_be_from() {
        assert!(parsed(&[]).mail().unwrap().is_none());
        let nobody = parsed(&["--smtp-url", "smtp://127.0.0.1:2525"]);
        assert_eq!(nobody.mail().unwrap_err(), NoSender);
    }

    #[test]
    fn hosts_that_a_shell_would_act_on_are_refused() {
        for wrong in ["", "a b", "$(id)", "a;b", "-x", "http://a", "a:1"] {
            assert!(parse_host(wrong).is_err(), "{wrong}");
        }
        assert!(parse_host("docker.example.com").is_ok());
    }
}
