//! The other side of a session where a cloud is asked.

use std::{path::Path, sync::Arc};

use cluster_api::{
    Problem, RequestId,
    client::{CloudApi, ControlPlane, Grant, Origin, Secret, Who, magnum::Magnum},
};
use secrecy::SecretString;

use super::{Plane, no_tls, prepare_tls};
use crate::{
    failure::{Failure, Side},
    settings::{Cloud, Project, Proof},
    timeline::Timeline,
};

/// A client for the cloud of the settings. What happens to its clusters is kept below the home, for
/// Magnum keeps none of it.
pub(super) fn open(cloud: Cloud, home: &Path) -> Result<Plane, Failure> {
    prepare_tls();
    let plane = Magnum::new(cloud.place, Arc::new(Timeline::of(home)));
    Ok(Plane::Cloud {
        plane: plane.map_err(|error| no_tls(&error))?,
        who: cloud.who,
    })
}

/// Signs in, in the project that is named.
pub(super) async fn sign_in(plane: &Magnum, who: &Proof) -> Result<Grant, Failure> {
    let (who, secret, wanted) = match who {
        Proof::ApplicationCredential { id, secret } => {
            let who = Who::from(id.as_str());
            (who, Secret::ApiKey(secret.clone()), None)
        }
        Proof::Password {
            username,
            password,
            project,
        } => {
            let (id, name) = match project {
                Project::Id(id) => (Some(id.clone()), None),
                Project::Name(name) => (None, Some(name)),
                Project::Any => (None, None),
            };
            let who = Who {
                project: id,
                ..Who::from(username.as_str())
            };
            (who, Secret::Password(password.clone()), name)
        }
    };
    let grant = plane.sign_in(&who, &secret, &Origin::default()).await;
    let grant = grant.map_err(|problem| refused(plane, None, problem))?;
    match wanted {
        Some(name) => go_over(plane, grant, name).await,
        None => Ok(grant),
    }
}

/// Goes over to the project of a name, if it is another one.
async fn go_over(plane: &Magnum, grant: Grant, name: &str) -> Result<Grant, Failure> {
    let refusal = |problem| refused(plane, Some(&grant.token), problem);
    let mut projects = plane.projects(&grant.token).await.map_err(refusal)?;
    projects.retain(|it| it.name == name);
    let id = match projects.as_slice() {
        [one] => one.id.as_str(),
        [] => {
            return Err(Failure::Missing {
                kind: "project",
                name: name.to_owned(),
                hint: "Look at OS_PROJECT_NAME, or set OS_PROJECT_ID.".to_owned(),
                request: None,
            });
        }
        many => {
            return Err(Failure::Usage(format!(
                "{} projects are called {name:?}; set OS_PROJECT_ID.",
                many.len()
            )));
        }
    };
    let here = plane.membership(&grant.token);
    if here.is_some_and(|here| here.project.id == id) {
        return Ok(grant);
    }
    let there = plane.choose_project(&grant.token, id).await;
    let there = there.map_err(refusal)?;
    // Nobody needs the first token any more; if it cannot be ended it ends by itself.
    let _ = plane.sign_out(&grant.token).await;
    Ok(there)
}

/// What the cloud refused, with its own words and the id that its log has.
pub(super) fn refused(plane: &Magnum, token: Option<&SecretString>, problem: Problem) -> Failure {
    let request = match problem {
        Problem::Refused { request_id, .. } => Some(request_id),
        _ => None,
    };
    let said = |id: RequestId| plane.said(token?, id);
    Failure::Refused {
        problem,
        request,
        cluster: None,
        said: request.and_then(said),
        side: Side::Cloud,
    }
}
