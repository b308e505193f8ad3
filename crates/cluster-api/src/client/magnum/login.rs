//! A sign-in, for as long as it lasts: its token, renewed before it ends.
//!
//! What a session keeps (and seals) is a [`Ticket`]: whose it is, and the token that was granted first.
//! The password or the secret of the application credential stays in this process's memory alone. With
//! it the token is granted anew a minute before it ends, and once when a service turns it away; after a
//! restart the sign-in lasts as long as the token does that the ticket holds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::lock::Mutex as AsyncMutex;
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Settings,
    keystone::{Granted, Keystone, Named, Proof, endpoint},
};
use crate::{Problem, Project, Timestamp};

/// A token is renewed so long before it ends.
const EARLY: SignedDuration = SignedDuration::from_secs(60);

/// A sign-in whose secret is known may last so long; its token is renewed meanwhile.
const LASTING: SignedDuration = SignedDuration::from_hours(24);

/// Tickets begin with this, so that those of other control planes are told apart.
const MARK: &str = "magnum.1.";

/// So many sign-ins are kept in memory.
const KEPT: usize = 4096;

/// Types of Magnum in catalogs, newest first.
const MAGNUM: [&str; 4] = [
    "container-infra",
    "container-infrastructure-management",
    "container-infrastructure",
    "container",
];

/// What is written into a session.
#[derive(Clone, Serialize, Deserialize)]
struct Ticket {
    id: Uuid,
    token: String,
    expires_at: Timestamp,
    user: Named,
    project: Named,
    roles: Vec<String>,
    places: Places,
    is_restricted: bool,
    #[serde(default)]
    is_bound: bool,
}

/// Where the services of the project are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Places {
    pub(super) magnum: String,
    pub(super) compute: Option<String>,
    pub(super) network: Option<String>,
}

/// A sign-in.
pub(super) struct Login {
    id: Uuid,
    pub(super) user: Named,
    pub(super) project: Project,
    pub(super) roles: Vec<String>,
    pub(super) places: Places,
    pub(super) is_restricted: bool,
    /// What it was granted for belongs to this one project.
    pub(super) is_bound: bool,
    proof: Option<Proof>,
    /// Held while a new token is asked for: whoever comes meanwhile waits for that one.
    current: AsyncMutex<Current>,
}

struct Current {
    token: SecretString,
    expires_at: Timestamp,
}

impl Login {
    /// Who the sign-in belongs to: a user in a project.
    pub(super) fn account(&self) -> String {
        account(&self.user.id, &self.project.id)
    }

    /// A token that lasts for another minute.
    pub(super) async fn token(
        &self,
        keystone: &Keystone,
        now: Timestamp,
    ) -> Result<SecretString, Problem> {
        let mut current = self.current.lock().await;
        if now + EARLY >= current.expires_at {
            match self.renew(keystone, &mut current).await {
                Ok(()) => {}
                // It may still do for its last minute.
                Err(problem) if now >= current.expires_at => return Err(problem),
                Err(_) => {}
            }
        }
        Ok(current.token.clone())
    }

    /// Another token than `refused`, which a service turned away.
    pub(super) async fn token_after(
        &self,
        keystone: &Keystone,
        refused: &SecretString,
    ) -> Result<SecretString, Problem> {
        let mut current = self.current.lock().await;
        if current.token.expose_secret() == refused.expose_secret() {
            self.renew(keystone, &mut current).await?;
        }
        Ok(current.token.clone())
    }

    async fn renew(&self, keystone: &Keystone, current: &mut Current) -> Result<(), Problem> {
        let proof = self.proof.as_ref().ok_or(Problem::SignedOut)?;
        let account = self.account();
        let granted = keystone
            .grant(proof, Some(&self.project.id), Some(&account))
            .await;
        let granted = granted.map_err(|problem| match problem {
            // The password was changed, or the role taken away.
            Problem::WrongCredentials => Problem::SignedOut,
            problem => problem,
        })?;
        current.token = granted.token;
        current.expires_at = granted.expires_at;
        Ok(())
    }

    /// What proves who it is, to go over to another project.
    pub(super) async fn proof(&self) -> Proof {
        match &self.proof {
            Some(proof) => proof.clone(),
            None => Proof::Token(self.current.lock().await.token.clone()),
        }
    }

    /// The token that it has now, good or not.
    pub(super) async fn last_token(&self) -> SecretString {
        self.current.lock().await.token.clone()
    }
}

/// Who a sign-in belongs to.
fn account(user: &str, project: &str) -> String {
    format!("{user}/{project}")
}

/// All sign-ins that this process knows.
#[derive(Default)]
pub(super) struct Logins(Mutex<HashMap<Uuid, Arc<Login>>>);

/// A new sign-in, as a session keeps it.
pub(super) struct Begun {
    pub(super) ticket: SecretString,
    pub(super) expires_at: Timestamp,
    pub(super) login: Arc<Login>,
}

impl Logins {
    /// Takes a grant in that is for a project.
    pub(super) fn begin(
        &self,
        granted: Granted,
        proof: Proof,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<Begun, Problem> {
        let project = granted.project.ok_or(Problem::WrongCredentials)?;
        let find = |types: &[&str]| {
            endpoint(
                &granted.catalog,
                types,
                &settings.interface,
                settings.region.as_deref(),
            )
        };
        let Some(magnum) = find(&MAGNUM) else {
            tracing::error!(
                "the catalog of project {} has no container-infra service at interface {} in the region",
                project.name,
                settings.interface
            );
            return Err(Problem::NotOffered);
        };
        let ticket = Ticket {
            id: Uuid::new_v4(),
            token: granted.token.expose_secret().to_owned(),
            expires_at: granted.expires_at,
            user: granted.user,
            project,
            roles: granted.roles,
            places: Places {
                magnum: with_version(magnum),
                compute: find(&["compute"]),
                network: find(&["network"]),
            },
            is_restricted: granted.is_restricted,
            is_bound: proof.has_project(),
        };
        // A token that only passes on another one cannot be granted again.
        let proof = Some(proof).filter(|proof| !matches!(proof, Proof::Token(_)));
        let expires_at = match proof {
            Some(_) => now + LASTING,
            None => granted.expires_at,
        };
        let text = serde_json::to_string(&ticket).map_err(|error| {
            tracing::error!("a ticket cannot be written: {error}");
            Problem::Unreachable
        })?;
        Ok(Begun {
            ticket: format!("{MARK}{text}").into(),
            expires_at,
            login: self.keep(ticket, proof),
        })
    }

    /// The sign-in that a ticket stands for.
    pub(super) fn of(&self, ticket: &SecretString) -> Result<Arc<Login>, Problem> {
        let text = ticket.expose_secret().strip_prefix(MARK);
        let ticket = text.and_then(|text| serde_json::from_str::<Ticket>(text).ok());
        let ticket = ticket.ok_or(Problem::SignedOut)?;
        let known = self.logins().get(&ticket.id).cloned();
        Ok(known.unwrap_or_else(|| self.keep(ticket, None)))
    }

    /// Forgets a sign-in.
    pub(super) fn end(&self, login: &Login) {
        self.logins().remove(&login.id);
    }

    fn keep(&self, ticket: Ticket, proof: Option<Proof>) -> Arc<Login> {
        let login = Arc::new(Login {
            id: ticket.id,
            user: ticket.user,
            project: ticket.project.into(),
            roles: ticket.roles,
            places: ticket.places,
            is_restricted: ticket.is_restricted,
            is_bound: ticket.is_bound,
            proof,
            current: AsyncMutex::new(Current {
                token: ticket.token.into(),
                expires_at: ticket.expires_at,
            }),
        });
        let mut logins = self.logins();
        if logins.len() >= KEPT {
            // Those that nobody holds at the moment; their tickets bring them back without their secret.
            logins.retain(|_, login| Arc::strong_count(login) > 1 || login.proof.is_some());
        }
        if logins.len() >= KEPT {
            logins.clear();
        }
        logins.insert(login.id, Arc::clone(&login));
        login
    }

    fn logins(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Arc<Login>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Some clouds register Magnum without the version that all its addresses begin with.
fn with_version(url: String) -> String {
    if url.ends_with("/v1") {
        url
    } else {
        format!("{url}/v1")
    }
}
