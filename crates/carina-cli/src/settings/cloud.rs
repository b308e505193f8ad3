//! A cloud in place of a control plane of ours: the variables that OpenStack's own clients read.

use std::{env, fs};

use cluster_api::client::magnum::Settings as Place;
use secrecy::SecretString;

use crate::failure::Failure;

/// Which addresses of a catalog there are.
const INTERFACES: [&str; 3] = ["public", "internal", "admin"];

/// Where the cloud is, and who asks.
#[derive(Debug)]
pub(crate) struct Cloud {
    /// Where it is.
    pub(crate) place: Place,
    /// Who asks.
    pub(crate) who: Proof,
}

/// Who asks, and the proof of it.
#[derive(Debug)]
pub(crate) enum Proof {
    /// Somebody with a password, in a project.
    Password {
        /// Their name.
        username: String,
        /// Their password.
        password: SecretString,
        /// The project that is gone to.
        project: Project,
    },
    /// A program with an application credential, which is of one project.
    ApplicationCredential {
        /// Its id.
        id: String,
        /// Its secret.
        secret: SecretString,
    },
}

/// A project, as it was named.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Project {
    /// By its id.
    Id(String),
    /// By its name.
    Name(String),
    /// Not at all: their own, or the first there is.
    Any,
}

impl Cloud {
    /// The cloud of the environment, if it names one.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the place where settings are read"
    )]
    pub(super) fn of_environment() -> Result<Option<Self>, Failure> {
        Self::read(|name| env::var(name).ok())
    }

    /// The same with the variables of anybody.
    fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, Failure> {
        // One that is empty says nothing.
        let said = |name: &str| variable(name).filter(|text| !text.is_empty());
        let Some(auth_url) = said("OS_AUTH_URL") else {
            return Ok(None);
        };
        if !super::is_address(&auth_url) {
            return Err(Failure::Usage(format!(
                "OS_AUTH_URL is an address such as https://keystone.example.com:5000/v3, not {auth_url:?}."
            )));
        }
        let interface = said("OS_INTERFACE").unwrap_or_else(|| "public".to_owned());
        // Old files say `publicURL`.
        let interface = interface.trim_end_matches("URL").to_owned();
        if !INTERFACES.contains(&interface.as_str()) {
            return Err(Failure::Usage(format!(
                "OS_INTERFACE is public, internal or admin, not {interface:?}."
            )));
        }
        let authorities = match said("OS_CACERT") {
            Some(path) => Some(fs::read(&path).map_err(Failure::file(path))?),
            None => None,
        };
        let place = Place {
            auth_url,
            region: said("OS_REGION_NAME"),
            interface,
            authorities,
            projects: Vec::new(),
            domain: said("OS_USER_DOMAIN_NAME").unwrap_or_else(|| "Default".to_owned()),
            // Which drivers can do it is for whoever runs the cloud to say, and not for its users.
            rotating: Vec::new(),
        };
        let need = |name: &'static str| said(name).ok_or(Failure::NoCredentials(name));
        let who = match said("OS_APPLICATION_CREDENTIAL_ID") {
            Some(id) => Proof::ApplicationCredential {
                id,
                secret: need("OS_APPLICATION_CREDENTIAL_SECRET")?.into(),
            },
            None => Proof::Password {
                username: need("OS_USERNAME")?,
                password: need("OS_PASSWORD")?.into(),
                project: match (said("OS_PROJECT_ID"), said("OS_PROJECT_NAME")) {
                    (Some(id), _) => Project::Id(id),
                    (None, Some(name)) => Project::Name(name),
                    (None, None) => Project::Any,
                },
            },
        };
        Ok(Some(Self { place, who }))
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Option<Cloud>, Failure> {
        Cloud::read(|name| {
            let found = pairs.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    const URL: (&str, &str) = ("OS_AUTH_URL", "https://keystone.example.com/v3");

    #[test]
    fn a_password_comes_with_a_project_and_an_application_credential_without() {
        let user = [URL, ("OS_USERNAME", "alice"), ("OS_PASSWORD", "secret")];
        let project = |more: &[(&str, &str)]| {
            let Proof::Password { project, .. } =
                read(&[&user[..], more].concat()).unwrap().unwrap().who
            else {
                panic!("no password");
            };
            project
        };
        let (id, name) = (("OS_PROJECT_ID", "p1"), ("OS_PROJECT_NAME", "demo"));
        assert_eq!(project(&[]), Project::Any);
        assert_eq!(project(&[name]), Project::Name("demo".to_owned()));
        assert_eq!(project(&[name, id]), Project::Id("p1".to_owned()));
        let program = [
            ("OS_APPLICATION_CREDENTIAL_ID", "c1"),
            ("OS_APPLICATION_CREDENTIAL_SECRET", "s1"),
        ];
        let cloud = read(&[&user[..], &program].concat()).unwrap().unwrap();
        let Proof::ApplicationCredential { id, secret } = cloud.who else {
            panic!("no application credential");
        };
        assert_eq!((id.as_str(), secret.expose_secret()), ("c1", "s1"));
        assert_eq!(cloud.place.interface, "public");
        assert_eq!(cloud.place.domain, "Default");
    }

    #[test]
    fn what_is_missing_or_makes_no_sense_is_named() {
        assert!(read(&[]).unwrap().is_none());
        assert!(read(&[("OS_AUTH_URL", "")]).unwrap().is_none());
        let said = |pairs: &[(&str, &str)]| read(pairs).unwrap_err().to_string();
        assert!(said(&[URL]).contains("OS_USERNAME"));
        assert!(said(&[URL, ("OS_USERNAME", "alice")]).contains("OS_PASSWORD"));
        assert!(said(&[("OS_AUTH_URL", "keystone")]).contains("OS_AUTH_URL"));
        assert!(said(&[URL, ("OS_INTERFACE", "inner")]).contains("OS_INTERFACE"));
    }
}
