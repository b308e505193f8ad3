//! What an operator adds to nodes: scripts that run on them, and settings of their engines.

use std::{
    collections::BTreeMap, fs, io::Read, net::IpAddr, os::unix::ffi::OsStrExt, path::Path,
    str::FromStr,
};

use cluster_api::ClusterType;
use serde::{Deserialize, Serialize};

use crate::provisioner::NodeScript;

/// More scripts are not read.
const MOST_SCRIPTS: usize = 16;

/// A longer script is not read, in bytes.
const LONGEST: u64 = 64 << 10;

/// The scripts that run on every node after it has joined, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeScripts(Vec<NodeScript>);

/// The operator's additions cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NodeSettingsError {
    /// The folder or file cannot be read.
    #[error("{0} cannot be read: {1}")]
    Read(String, std::io::Error),
    /// Too many, too large, or names that are none.
    #[error(
        "give a folder with up to 16 files *.sh of up to 64 KiB, named with letters, digits and . _ - signs"
    )]
    Scripts,
    /// The file is not what is expected.
    #[error("{0} is not understood: {1}")]
    Json(String, serde_json::Error),
    /// A value in it would not do.
    #[error("{0}")]
    Value(String),
}

impl NodeScripts {
    /// The scripts.
    #[must_use]
    pub fn scripts(&self) -> &[NodeScript] {
        &self.0
    }

    fn read(folder: &Path) -> Result<Self, NodeSettingsError> {
        let wrap = |error| NodeSettingsError::Read(folder.display().to_string(), error);
        let mut scripts = Vec::new();
        for entry in fs::read_dir(folder).map_err(wrap)? {
            let entry = entry.map_err(wrap)?;
            let name = entry.file_name();
            if !name.as_bytes().ends_with(b".sh") {
                continue;
            }
            let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
            let name = name
                .into_string()
                .ok()
                .filter(|name| name.len() <= 64 && name.chars().all(allowed))
                .ok_or(NodeSettingsError::Scripts)?;
            let mut text = String::new();
            let file = fs::File::open(entry.path()).map_err(wrap)?;
            file.take(LONGEST + 1)
                .read_to_string(&mut text)
                .map_err(wrap)?;
            scripts.push(NodeScript { name, text });
        }
        if scripts.len() > MOST_SCRIPTS
            || scripts
                .iter()
                .any(|script| script.text.len() as u64 > LONGEST)
        {
            return Err(NodeSettingsError::Scripts);
        }
        scripts.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self(scripts))
    }
}

impl FromStr for NodeScripts {
    type Err = NodeSettingsError;

    fn from_str(folder: &str) -> Result<Self, NodeSettingsError> {
        if folder.is_empty() {
            Ok(Self::default())
        } else {
            Self::read(Path::new(folder))
        }
    }
}

/// Settings of the engines in nodes, by the orchestrator of the cluster type (`swarm`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct EngineSettings(BTreeMap<String, DaemonJson>);

/// What of `daemon.json` an operator may set. The rest is what makes a node one of ours.
/// (Docker's documentation of `dockerd`, "Daemon configuration file".)
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
struct DaemonJson {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    registry_mirrors: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    insecure_registries: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_driver: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    log_opts: BTreeMap<String, String>,
}

/// The log drivers that Docker brings along.
const LOG_DRIVERS: [&str; 10] = [
    "none",
    "local",
    "json-file",
    "syslog",
    "journald",
    "gelf",
    "fluentd",
    "awslogs",
    "splunk",
    "gcplogs",
];

impl EngineSettings {
    /// The `daemon.json` of nodes of a type; empty: there is nothing to set.
    #[must_use]
    pub fn of(&self, cluster_type: &ClusterType) -> String {
        let settings = self.0.get(&cluster_type.coe);
        settings
            .and_then(|settings| serde_json::to_string(settings).ok())
            .unwrap_or_default()
    }

    fn check(&self) -> Result<(), NodeSettingsError> {
        let wrong = |words: String| Err(NodeSettingsError::Value(words));
        for (coe, settings) in &self.0 {
            if *coe != ClusterType::swarm().coe {
                return wrong(format!("there is no cluster type `{coe}`; write `swarm`"));
            }
            for mirror in &settings.registry_mirrors {
                let rest = mirror
                    .strip_prefix("https://")
                    .or_else(|| mirror.strip_prefix("http://"));
                if !rest.is_some_and(|rest| is_host(rest.trim_end_matches('/'))) {
                    return wrong(format!(
                        "`{mirror}` is no registry mirror; write it as https://mirror.example.com"
                    ));
                }
            }
            for registry in &settings.insecure_registries {
                if !is_host(registry) && !is_network(registry) {
                    return wrong(format!(
                        "`{registry}` is no registry; write a host, host:port or a network like 10.0.0.0/8"
                    ));
                }
            }
            if let Some(driver) = &settings.log_driver
                && !LOG_DRIVERS.contains(&driver.as_str())
            {
                return wrong(format!(
                    "there is no log driver `{driver}`; choose one of {}",
                    LOG_DRIVERS.join(", ")
                ));
            }
        }
        Ok(())
    }
}

/// A host, with a port or without.
fn is_host(text: &str) -> bool {
    let (host, port) = text.split_once(':').unwrap_or((text, "443"));
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    (1..=253).contains(&host.len())
        && host.chars().all(allowed)
        && port.parse::<u16>().is_ok_and(|port| port > 0)
}

fn is_network(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, bits)| {
        let most = match address.parse() {
            Ok(IpAddr::V4(_)) => 32,
            Ok(IpAddr::V6(_)) => 128,
            Err(_) => return false,
        };
        bits.parse::<u8>().is_ok_and(|bits| bits <= most)
    })
}

impl FromStr for EngineSettings {
    type Err = NodeSettingsError;

    fn from_str(path: &str) -> Result<Self, NodeSettingsError> {
        if path.is_empty() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(path)
            .map_err(|error| NodeSettingsError::Read(path.to_owned(), error))?;
        let settings: Self = serde_json::from_str(&text)
            .map_err(|error| NodeSettingsError::Json(path.to_owned(), error))?;
        settings.check()?;
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_read_in_the_order_of_their_names() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("20-b.sh", "b"), ("10-a.sh", "a"), ("notes.txt", "x")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let read = || folder.path().to_str().unwrap().parse::<NodeScripts>();
        let names: Vec<_> = read()
            .unwrap()
            .0
            .into_iter()
            .map(|script| script.name)
            .collect();
        assert_eq!(names, ["10-a.sh", "20-b.sh"]);
        fs::write(folder.path().join("30 c.sh"), "").unwrap();
        assert!(matches!(read(), Err(NodeSettingsError::Scripts)));
        fs::remove_file(folder.path().join("30 c.sh")).unwrap();
        fs::write(folder.path().join("30-c.sh"), "x".repeat(65 << 10)).unwrap();
        assert!(matches!(read(), Err(NodeSettingsError::Scripts)));
        assert!("/nowhere".parse::<NodeScripts>().is_err());
        assert_eq!("".parse::<NodeScripts>().unwrap(), NodeScripts::default());
    }

    #[test]
    fn engine_settings_are_checked_and_become_a_daemon_json() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("engine.json");
        let read = |text: &str| {
            fs::write(&path, text).unwrap();
            path.to_str().unwrap().parse::<EngineSettings>()
        };
        let right = r#"{"swarm": {"registry-mirrors": ["https://mirror.example.com/"],
            "insecure-registries": ["10.0.0.0/8", "registry.local:5000"],
            "log-driver": "local", "log-opts": {"max-size": "5m"}}}"#;
        let json = read(right).unwrap().of(&ClusterType::swarm());
        assert_eq!(
            json,
            r#"{"registry-mirrors":["https://mirror.example.com/"],"insecure-registries":["10.0.0.0/8","registry.local:5000"],"log-driver":"local","log-opts":{"max-size":"5m"}}"#
        );
        assert_eq!(EngineSettings::default().of(&ClusterType::swarm()), "");
        for wrong in [
            r#"{"kubernetes": {}}"#,
            r#"{"swarm": {"hosts": ["tcp://0.0.0.0:2375"]}}"#,
            r#"{"swarm": {"registry-mirrors": ["ftp://x"]}}"#,
            r#"{"swarm": {"registry-mirrors": ["https://x\" --y"]}}"#,
            r#"{"swarm": {"insecure-registries": ["10.0.0.0/33"]}}"#,
            r#"{"swarm": {"insecure-registries": ["a:b"]}}"#,
            r#"{"swarm": {"log-driver": "mine"}}"#,
            "[]",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
