//! Keystone v3: who it is, in which project, and where that project's services are.

use std::sync::Arc;

use reqwest::{Method, StatusCode, header::HeaderMap};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::calls::{self, Answer, Said};
use crate::{Problem, Project, Timestamp};

/// What somebody proves with who they are.
#[derive(Clone, Debug)]
pub(super) enum Proof {
    /// A user's password.
    Password {
        user: String,
        domain: String,
        password: SecretString,
    },
    /// An application credential: it belongs to one project already.
    ApplicationCredential { id: String, secret: SecretString },
    /// A token that was granted before.
    Token(SecretString),
}

impl Proof {
    fn identity(&self) -> Value {
        match self {
            Self::Password {
                user,
                domain,
                password,
            } => json!({"methods": ["password"], "password": {"user": {
                "name": user, "domain": {"name": domain}, "password": password.expose_secret(),
            }}}),
            Self::ApplicationCredential { id, secret } => {
                json!({"methods": ["application_credential"], "application_credential": {
                    "id": id, "secret": secret.expose_secret(),
                }})
            }
            Self::Token(token) => {
                json!({"methods": ["token"], "token": {"id": token.expose_secret()}})
            }
        }
    }

    /// Whether the project is the credential's own and cannot be said.
    pub(super) const fn has_project(&self) -> bool {
        matches!(self, Self::ApplicationCredential { .. })
    }
}

/// A token, and all that came with it.
#[derive(Clone, Debug)]
pub(super) struct Granted {
    pub(super) token: SecretString,
    pub(super) expires_at: Timestamp,
    pub(super) user: Named,
    /// None: the token is for no project yet.
    pub(super) project: Option<Named>,
    pub(super) roles: Vec<String>,
    pub(super) catalog: Vec<Service>,
    /// It came from an application credential that may make no others.
    pub(super) is_restricted: bool,
}

/// What Keystone gives an id and a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Named {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
}

impl From<Named> for Project {
    fn from(named: Named) -> Self {
        Self {
            id: named.id,
            name: named.name,
        }
    }
}

/// A service of the catalog.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Service {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    endpoints: Vec<Endpoint>,
}

#[derive(Clone, Debug, Deserialize)]
struct Endpoint {
    interface: String,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    region_id: Option<String>,
    url: String,
}

#[derive(Deserialize)]
struct TokenAnswer {
    token: TokenBody,
}

#[derive(Deserialize)]
struct TokenBody {
    expires_at: Timestamp,
    user: Named,
    #[serde(default)]
    project: Option<Named>,
    #[serde(default)]
    roles: Vec<Named>,
    #[serde(default)]
    catalog: Vec<Service>,
    #[serde(default)]
    application_credential: Option<CredentialBody>,
}

#[derive(Deserialize)]
struct CredentialBody {
    #[serde(default)]
    restricted: bool,
}

#[derive(Deserialize)]
struct ProjectsAnswer {
    projects: Vec<ProjectBody>,
}

#[derive(Deserialize)]
struct ProjectBody {
    #[serde(flatten)]
    named: Named,
    #[serde(default = "yes")]
    enabled: bool,
}

const fn yes() -> bool {
    true
}

/// Keystone, at its address with `/v3`.
#[derive(Clone, Debug)]
pub(super) struct Keystone {
    http: reqwest::Client,
    base: String,
    said: Arc<Said>,
}

impl Keystone {
    /// `auth_url` may come with or without its version.
    pub(super) fn new(http: reqwest::Client, auth_url: &str, said: Arc<Said>) -> Self {
        Self {
            http,
            base: with_version(auth_url),
            said,
        }
    }

    /// Exchanges a proof for a token of a project, or of none. A refusal is told to the account that asks,
    /// if it has a session already.
    pub(super) async fn grant(
        &self,
        proof: &Proof,
        project: Option<&str>,
        account: Option<&str>,
    ) -> Result<Granted, Problem> {
        let mut auth = json!({"identity": proof.identity()});
        if let Some(project) = project.filter(|_| !proof.has_project()) {
            auth["scope"] = json!({"project": {"id": project}});
        }
        let request = self.http.post(format!("{}/auth/tokens", self.base));
        let answer = calls::send_twice(request.json(&json!({"auth": auth}))).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            return Err(Problem::WrongCredentials);
        }
        let answer = self.said.checked(answer, account)?;
        let token = subject(&answer.headers).ok_or_else(|| {
            tracing::error!("Keystone granted something without a token");
            Problem::Unreachable
        })?;
        let TokenAnswer { token: body } = answer.json()?;
        Ok(Granted {
            token,
            expires_at: body.expires_at,
            user: body.user,
            project: body.project,
            roles: body.roles.into_iter().map(|role| role.name).collect(),
            catalog: body.catalog,
            is_restricted: (body.application_credential).is_some_and(|it| it.restricted),
        })
    }

    /// Whether a token is still good.
    pub(super) async fn is_good(&self, token: &SecretString) -> Result<bool, Problem> {
        let answer = self.about(Method::HEAD, token).await?;
        match answer.status {
            StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED => Ok(false),
            _ => answer.checked().map(|_| true),
        }
    }

    /// Ends a token.
    pub(super) async fn revoke(&self, token: &SecretString) -> Result<(), Problem> {
        let answer = self.about(Method::DELETE, token).await?;
        match answer.status {
            StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED => Ok(()),
            _ => answer.checked().map(drop),
        }
    }

    async fn about(&self, method: Method, token: &SecretString) -> Result<Answer, Problem> {
        let token = token.expose_secret();
        let request = self
            .http
            .request(method, format!("{}/auth/tokens", self.base));
        let request = request.header("x-auth-token", token);
        calls::send(request.header("x-subject-token", token)).await
    }

    /// The projects that the holder of a token may go to, by name.
    pub(super) async fn projects(
        &self,
        token: &SecretString,
        account: Option<&str>,
    ) -> Result<Vec<Project>, Problem> {
        let request = self.http.get(format!("{}/auth/projects", self.base));
        let request = request.header("x-auth-token", token.expose_secret());
        let answer = calls::send_twice(request).await?;
        let answer: ProjectsAnswer = self.said.checked(answer, account)?.json()?;
        let enabled = answer.projects.into_iter().filter(|it| it.enabled);
        let mut projects: Vec<Project> = enabled.map(|it| it.named.into()).collect();
        projects.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
        Ok(projects)
    }
}

/// Where a service is: of one of these types, at that interface, in that region if one is said.
pub(super) fn endpoint(
    catalog: &[Service],
    types: &[&str],
    interface: &str,
    region: Option<&str>,
) -> Option<String> {
    let of_type = |kind: &str| catalog.iter().find(|service| service.kind == kind);
    let service = types.iter().find_map(|kind| of_type(kind))?;
    let here = |endpoint: &&Endpoint| {
        let its = [endpoint.region.as_deref(), endpoint.region_id.as_deref()];
        endpoint.interface == interface && (region.is_none() || its.contains(&region))
    };
    let found = service.endpoints.iter().find(here)?;
    Some(found.url.trim_end_matches('/').to_owned())
}

fn with_version(auth_url: &str) -> String {
    let base = auth_url.trim_end_matches('/');
    format!("{}/v3", base.strip_suffix("/v3").unwrap_or(base))
}

fn subject(headers: &HeaderMap) -> Option<SecretString> {
    let token = headers.get("x-subject-token")?.to_str().ok()?;
    (!token.is_empty()).then(|| token.to_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_same_with_and_without_its_version() {
        for url in [
            "http://k:5000",
            "http://k:5000/",
            "http://k:5000/v3",
            "http://k:5000/v3/",
        ] {
            assert_eq!(with_version(url), "http://k:5000/v3", "{url}");
        }
    }

    #[test]
    fn an_endpoint_is_of_the_interface_and_the_region() {
        let catalog: Vec<Service> = serde_json::from_value(json!([
            {"type": "identity", "endpoints": []},
            {"type": "container-infra", "endpoints": [
                {"interface": "internal", "region": "A", "url": "http://a-internal/v1"},
                {"interface": "public", "region": "A", "url": "http://a/v1/"},
                {"interface": "public", "region_id": "B", "url": "http://b"},
            ]},
        ]))
        .unwrap();
        let find =
            |interface, region| endpoint(&catalog, &["x", "container-infra"], interface, region);
        assert_eq!(find("public", None).as_deref(), Some("http://a/v1"));
        assert_eq!(find("public", Some("B")).as_deref(), Some("http://b"));
        assert_eq!(
            find("internal", Some("A")).as_deref(),
            Some("http://a-internal/v1")
        );
        assert_eq!(find("admin", None), None);
    }
}
