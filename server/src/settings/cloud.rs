//! Settings of a cloud: OpenStack's own variables, by their names.

use std::{fs, path::PathBuf, sync::Arc};

use clap::Args;
use cluster_api::client::magnum::{Journal, Magnum, SetUpError, Settings};

/// Where the cloud is. Only with `magnum` among the backends.
#[derive(Clone, Debug, Args)]
#[group(id = "Cloud")]
pub struct CloudSettings {
    /// Keystone, such as https://keystone.example.com:5000/v3.
    #[arg(long, env = "OS_AUTH_URL", value_name = "URL")]
    pub os_auth_url: Option<String>,

    /// Region of the cloud. Without it, the first of the catalog.
    #[arg(long, env = "OS_REGION_NAME", value_name = "NAME")]
    pub os_region_name: Option<String>,

    /// Which addresses of the catalog are used: public, internal or admin.
    #[arg(long, env = "OS_INTERFACE", value_name = "NAME", default_value = "public", value_parser = ["public", "internal", "admin"])]
    pub os_interface: String,

    /// File of authorities that the cloud's certificates are checked with, as PEM. Without it, those of
    /// the system.
    #[arg(long, env = "OS_CACERT", value_name = "FILE")]
    pub os_cacert: Option<PathBuf>,

    /// Domain of users who do not say theirs.
    #[arg(
        long,
        env = "OS_USER_DOMAIN_NAME",
        value_name = "NAME",
        default_value = "Default"
    )]
    pub os_user_domain_name: String,

    /// Projects that people may sign in to, by names or ids, with commas between. Without it, all of
    /// theirs.
    #[arg(
        long,
        env = "CARINA_PROJECTS",
        value_name = "NAMES",
        value_delimiter = ','
    )]
    pub projects: Vec<String>,

    /// Drivers of Magnum that are known to carry a new certificate authority to their machines, with
    /// commas between. Without it certificates are made anew for no cluster: with a driver that cannot do
    /// it nobody gets into the cluster any more.
    #[arg(
        long,
        env = "CARINA_ROTATING_DRIVERS",
        value_name = "NAMES",
        value_delimiter = ','
    )]
    pub rotating_drivers: Vec<String>,
}

/// The cloud cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CloudError {
    /// Nobody said where it is.
    #[error(
        "magnum is among the backends and nobody says where: set OS_AUTH_URL to the address of Keystone"
    )]
    NoAddress,
    /// The address is none.
    #[error(
        "OS_AUTH_URL is no address: {0}; give one such as https://keystone.example.com:5000/v3"
    )]
    Address(String),
    /// The authorities cannot be read.
    #[error("{0} cannot be read; OS_CACERT names a file of authorities as PEM")]
    Authorities(PathBuf, #[source] std::io::Error),
    /// The client.
    #[error(transparent)]
    Client(#[from] SetUpError),
}

impl CloudSettings {
    /// The cloud, with its timeline kept in `journal`.
    ///
    /// # Errors
    /// A setting is missing or makes no sense.
    pub fn open(self, journal: Arc<dyn Journal>) -> Result<Magnum, CloudError> {
        let auth_url = self.os_auth_url.ok_or(CloudError::NoAddress)?;
        let is_address = auth_url
            .parse::<http::Uri>()
            .is_ok_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")));
        if !is_address {
            return Err(CloudError::Address(auth_url));
        }
        let authorities = match self.os_cacert {
            Some(path) => {
                Some(fs::read(&path).map_err(|error| CloudError::Authorities(path, error))?)
            }
            None => None,
        };
        let settings = Settings {
            auth_url,
            region: self.os_region_name.filter(|it| !it.is_empty()),
            interface: self.os_interface,
            authorities,
            projects: self.projects,
            domain: self.os_user_domain_name,
            rotating: self.rotating_drivers,
        };
        Ok(Magnum::new(settings, journal)?)
    }
}
