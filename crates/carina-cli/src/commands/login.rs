//! `carina login` and `carina logout`

use std::{
    io::{self, IsTerminal, Write},
    time::Duration,
};

use clap::Args;
use cluster_api::{
    MakeKey, Problem, Scopes, Timestamp,
    client::{AccountApi, ControlPlane, HttpControlPlane, Origin, Secret},
};
use secrecy::SecretString;

use super::keys::scopes;
use crate::{
    duration,
    failure::Failure,
    output::say,
    session::{Session, client, refused},
    settings::{Profile, Profiles, Settings},
};

#[derive(Args)]
pub(crate) struct Login {
    /// What the key may do: read, write, credentials
    #[arg(long, value_name = "SCOPE,SCOPE", default_value = "read,write,credentials", value_parser = scopes)]
    scopes: Scopes,

    /// For how long the key is good: 12h, 90d [default: until it is revoked]
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    expires: Option<Duration>,
}

#[derive(Args)]
pub(crate) struct Logout {}

impl Login {
    /// The password is read from the terminal or from standard input, and never kept.
    pub(crate) async fn run(self, settings: Settings) -> Result<(), Failure> {
        let plane = client(&settings.endpoint)?;
        let username = match settings.username {
            Some(username) => username,
            None => ask_for_username()?,
        };
        let password = ask_for_password(&username, &settings.endpoint)?;
        let refusal = |problem| refused(&plane, problem);
        let secret = Secret::Password(password);
        let grant = plane
            .sign_in(&username.as_str().into(), &secret, &Origin::default())
            .await
            .map_err(refusal)?;

        let now = Timestamp::now();
        let host = gethostname::gethostname().to_string_lossy().into_owned();
        let host: String = host.chars().filter(|c| !c.is_control()).take(30).collect();
        let wished = MakeKey {
            name: format!("carina on {host}, {now:.3}"),
            scopes: self.scopes,
            expires_at: self.expires.map(|expires| now + expires),
        };
        let made = plane
            .make_key(&grant.token, &wished)
            .await
            .map_err(refusal)?;
        let mut profiles = Profiles::open(&settings.home)?;
        let before = profiles.get(&settings.profile)?.unwrap_or_default();
        let profile = Profile {
            endpoint: Some(settings.endpoint.clone()),
            username: Some(username.clone()),
            apikey: Some(made.secret.0.into()),
            key_id: Some(made.key.id),
        };
        if let Err(failure) = profiles.set(&settings.profile, &profile) {
            // A key that nobody has is of no use.
            let _ = plane.revoke_key(&grant.token, made.key.id).await;
            return Err(failure);
        }
        forget(&plane, &grant.token, &before, &profile).await;
        // The token ends by itself if not now.
        let _ = plane.sign_out(&grant.token).await;
        say(&format!(
            "{username} is signed in at {}, in the profile {}. The key may: {}.",
            settings.endpoint, settings.profile, made.key.scopes
        ));
        Ok(())
    }
}

/// Revokes the key that a profile had before.
async fn forget(plane: &HttpControlPlane, token: &SecretString, before: &Profile, after: &Profile) {
    let is_same = before.endpoint == after.endpoint && before.username == after.username;
    if let (true, Some(id)) = (is_same, before.key_id)
        && plane.revoke_key(token, id).await.is_err()
    {
        say("The key that this profile had before was not revoked; look at `carina keys`.");
    }
}

impl Logout {
    pub(crate) async fn run(self, settings: Settings) -> Result<(), Failure> {
        let mut profiles = Profiles::open(&settings.home)?;
        let profile = profiles.get(&settings.profile)?;
        let Some(profile) = profile.filter(|profile| profile.apikey.is_some()) else {
            return Err(Failure::Missing {
                kind: "profile with a key called",
                name: settings.profile,
                hint: "Make one: carina login.".to_owned(),
                request: None,
            });
        };
        if let Some(id) = profile.key_id {
            let own = Settings {
                endpoint: profile.endpoint.clone().unwrap_or(settings.endpoint),
                username: profile.username.clone(),
                apikey: profile.apikey.clone(),
                ..settings
            };
            let name = own.profile.clone();
            let session = Session::open(own)?;
            let revoked = session
                .ask(async |plane, token| plane.revoke_key(token, id).await)
                .await;
            forget_here(&mut profiles, &name, profile)?;
            // One that may only read revokes nothing, itself neither.
            if let Err(Failure::Refused {
                problem: Problem::ScopeMissing { .. } | Problem::Unreachable,
                ..
            }) = revoked
            {
                say(&format!(
                    "The profile has forgotten the key, which goes on: carina keys revoke {id}"
                ));
            }
            return revoked;
        }
        forget_here(&mut profiles, &settings.profile, profile)?;
        say("The key was not made by `carina login` and goes on; revoke it with `carina keys`.");
        Ok(())
    }
}

fn forget_here(profiles: &mut Profiles, name: &str, profile: Profile) -> Result<(), Failure> {
    let without = Profile {
        apikey: None,
        key_id: None,
        ..profile
    };
    profiles.set(name, &without)
}

fn ask_for_username() -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::NoCredentials("username"));
    }
    ask("Username: ");
    let mut line = String::new();
    io::stdin()
        .read_line(&mut line)
        .map_err(Failure::file("standard input"))?;
    match line.trim() {
        "" => Err(Failure::NoCredentials("username")),
        name => Ok(name.to_owned()),
    }
}

/// From the terminal without an echo, or the first line of standard input.
fn ask_for_password(username: &str, endpoint: &str) -> Result<SecretString, Failure> {
    let password = if io::stdin().is_terminal() {
        ask(&format!("Password of {username} at {endpoint}: "));
        rpassword::read_password().map_err(Failure::file("the terminal"))?
    } else {
        let mut line = String::new();
        io::stdin()
            .read_line(&mut line)
            .map_err(Failure::file("standard input"))?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    if password.is_empty() {
        return Err(Failure::NoCredentials("password"));
    }
    Ok(password.into())
}

fn ask(question: &str) {
    let mut err = io::stderr();
    // Who cannot read the question does not answer it.
    let _ = write!(err, "{question}").and_then(|()| err.flush());
}
