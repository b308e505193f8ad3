//! Who it is, in which project, and for how long.

use super::*;

#[tokio::test]
async fn a_password_is_exchanged_for_a_token_of_the_project() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let asked = cloud.stage.asked("POST /v3/auth/tokens");
    assert_eq!(
        asked[0]["auth"],
        json!({
            "identity": {"methods": ["password"], "password": {"user": {
                "name": "alice", "domain": {"name": "Default"}, "password": "userpw"}}},
            "scope": {"project": {"id": "demo-id"}},
        })
    );
    // What a session keeps does not hold the password.
    assert!(!token.expose_secret().contains("userpw"));
    let membership = cloud.client.membership(&token).unwrap();
    assert_eq!(membership.project.name, "demo");
    assert!(membership.can_change() && !membership.is_restricted);
}

#[tokio::test]
async fn who_names_no_project_comes_to_the_first_of_theirs() {
    let cloud = Cloud::new().await;
    cloud.grants("auth: password, unscoped");
    cloud.grants("auth: password, project scope");
    cloud.stage.plays("auth: projects of the user");
    cloud.stage.says(
        "DELETE /v3/auth/tokens",
        &json!({"status": 204, "body": null}),
    );
    let password = Secret::Password("userpw".to_owned().into());
    let grant = cloud
        .client
        .sign_in(&"alice".into(), &password, &Origin::default())
        .await
        .unwrap();
    assert_eq!(grant.username, "alice");
    let asked = cloud.stage.asked("POST /v3/auth/tokens");
    assert!(asked[0]["auth"].get("scope").is_none());
    assert!(asked[1]["auth"]["scope"]["project"]["id"].is_string());
    // The token for no project is ended again.
    assert_eq!(cloud.stage.asked("DELETE /v3/auth/tokens").len(), 1);
}

#[tokio::test]
async fn an_application_credential_says_no_project_and_whether_it_is_restricted() {
    let cloud = Cloud::new().await;
    let token = cloud.credential().await;
    let asked = cloud.stage.asked("POST /v3/auth/tokens");
    assert!(asked[0]["auth"].get("scope").is_none());
    let restricted = sample("auth: application credential")["response"]["body"]["token"]
        ["application_credential"]["restricted"]
        .as_bool()
        .unwrap();
    assert_eq!(
        cloud.client.membership(&token).unwrap().is_restricted,
        restricted
    );
}

#[tokio::test]
async fn wrong_passwords_are_told_from_clouds_that_do_not_answer() {
    let cloud = Cloud::new().await;
    cloud.stage.plays("auth: wrong password");
    let password = Secret::Password("nonsense".to_owned().into());
    let who = Who {
        project: Some("demo-id".to_owned()),
        ..Who::from("alice")
    };
    let answer = cloud
        .client
        .sign_in(&who, &password, &Origin::default())
        .await;
    assert_eq!(answer.unwrap_err(), Problem::WrongCredentials);
    let nowhere = Settings {
        auth_url: "http://127.0.0.1:9".to_owned(),
        interface: "public".to_owned(),
        ..Settings::default()
    };
    let nowhere = Magnum::new(nowhere, Arc::new(MemoryJournal::default())).unwrap();
    let answer = nowhere.sign_in(&who, &password, &Origin::default()).await;
    assert_eq!(answer.unwrap_err(), Problem::Unreachable);
}

#[tokio::test]
async fn a_token_that_is_turned_away_is_granted_anew_once_however_many_ask() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let path = format!("GET /v1/clusters/{}", web());
    cloud
        .stage
        .plays_at(&path, "bad token")
        .plays_at(&path, "bad token");
    cloud.stage.plays_at(&path, "cluster: get created");
    cloud.stage.plays_at(
        &format!(
            "GET /v1/clustertemplates/{}",
            sample("cluster: get created")["response"]["body"]["cluster_template_id"]
                .as_str()
                .unwrap()
        ),
        "template: get",
    );
    let mut other = sample("auth: password, project scope")["response"].clone();
    other["headers"]["X-Subject-Token"] = json!("another-token");
    other["body"]["token"]["expires_at"] = json!("2099-01-01T00:00:00.000000Z");
    cloud.stage.forgets("POST /v3/auth/tokens");
    cloud.stage.says("POST /v3/auth/tokens", &other);
    let (one, two) = futures::join!(
        cloud.client.cluster(&token, web()),
        cloud.client.cluster(&token, web())
    );
    assert_eq!((one.unwrap().id, two.unwrap().id), (web(), web()));
    assert_eq!(cloud.stage.asked("POST /v3/auth/tokens").len(), 2);
    // A ticket that outlived the process has no password: the session is over then.
    let restarted = Cloud::new().await;
    restarted.stage.plays_at(&path, "bad token");
    let ticket = token.expose_secret().replace(&cloud.url, &restarted.url);
    let answer = restarted.client.cluster(&ticket.into(), web()).await;
    assert_eq!(answer.unwrap_err(), Problem::SignedOut);
}

#[tokio::test]
async fn nothing_is_asked_of_anybody_for_what_is_no_ticket() {
    let cloud = Cloud::new().await;
    let before = cloud.stage.count();
    let nobody = SecretString::from("none");
    assert_eq!(
        cloud.client.cluster(&nobody, web()).await,
        Err(Problem::SignedOut)
    );
    let group = NodegroupId(uuid::Uuid::nil());
    let answer = cloud.client.delete_nodegroup(&nobody, web(), group).await;
    assert_eq!(answer, Err(Problem::SignedOut));
    assert_eq!(cloud.stage.count(), before);
    assert_eq!(
        Problem::Cloud {
            rule: CloudRule::Workers
        }
        .status(),
        400
    );
}

#[tokio::test]
async fn a_token_that_was_revoked_elsewhere_is_granted_anew_or_the_session_is_over() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.says(
        "HEAD /v3/auth/tokens",
        &json!({"status": 404, "body": null}),
    );
    assert_eq!(cloud.client.check_token(&token).await, Ok(true));
    assert_eq!(cloud.stage.asked("POST /v3/auth/tokens").len(), 2);
    // The password was changed as well.
    cloud.stage.forgets("POST /v3/auth/tokens");
    cloud.stage.plays("auth: wrong password");
    assert_eq!(cloud.client.check_token(&token).await, Ok(false));
}

#[tokio::test]
async fn a_sign_out_revokes_and_needs_no_answer() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.says(
        "DELETE /v3/auth/tokens",
        &json!({"status": 204, "body": null}),
    );
    assert_eq!(cloud.client.sign_out(&token).await, Ok(()));
    assert_eq!(cloud.stage.asked("DELETE /v3/auth/tokens").len(), 1);
}

#[tokio::test]
async fn people_come_to_a_project_that_the_dashboard_is_for() {
    let gone = json!({"status": 204, "body": null});
    let project = |token: &SecretString, cloud: &Cloud| {
        let membership = cloud.client.membership(token).unwrap();
        membership.project.name
    };
    // The user's default project is one of them: no other token is asked for.
    let cloud = Cloud::of_projects(&["demo"]).await;
    let token = {
        cloud.grants("auth: password, project scope");
        cloud.sign_in(None).await.unwrap()
    };
    assert_eq!(project(&token, &cloud), "demo");
    assert_eq!(cloud.stage.asked("POST /v3/auth/tokens").len(), 1);

    // It is not: the first that is one, and the token for the other is ended.
    let cloud = Cloud::of_projects(&["other"]).await;
    cloud.grants("auth: password, project scope");
    cloud.grants("auth: rescope a token");
    cloud.stage.plays("auth: projects of the user");
    cloud.stage.says("DELETE /v3/auth/tokens", &gone);
    let token = cloud.sign_in(None).await.unwrap();
    assert_eq!(project(&token, &cloud), "other");
    assert_eq!(cloud.stage.asked("DELETE /v3/auth/tokens").len(), 1);
    let asked = cloud.stage.asked("POST /v3/auth/tokens");
    let projects = sample("auth: projects of the user")["response"]["body"]["projects"].clone();
    assert_eq!(
        asked[1]["auth"]["scope"]["project"]["id"],
        projects[1]["id"]
    );
    // They are shown no others.
    let listed = cloud.client.projects(&token).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].name, "other");

    // None is, or another one was asked for.
    for asks in [None, Some("demo-id")] {
        let cloud = Cloud::of_projects(&["third"]).await;
        cloud.grants("auth: password, project scope");
        cloud.stage.plays("auth: projects of the user");
        cloud.stage.says("DELETE /v3/auth/tokens", &gone);
        let answer = cloud.sign_in(asks).await;
        assert_eq!(answer.unwrap_err(), Problem::WrongCredentials);
        assert_eq!(cloud.stage.asked("DELETE /v3/auth/tokens").len(), 1);
    }
}

#[tokio::test]
async fn an_application_credential_stays_in_its_project() {
    let cloud = Cloud::new().await;
    let token = cloud.credential().await;
    let own = cloud.client.membership(&token).unwrap().project;
    let before = cloud.stage.count();
    let listed = cloud.client.projects(&token).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&own));
    // After a restart as well.
    let restarted = Cloud::new().await;
    let ticket = token.expose_secret().replace(&cloud.url, &restarted.url);
    for (client, token) in [
        (&cloud.client, token.clone()),
        (&restarted.client, ticket.into()),
    ] {
        let answer = client.choose_project(&token, "another").await;
        assert_eq!(answer.unwrap_err(), Problem::NotFound);
    }
    assert_eq!(cloud.stage.count(), before);
    let answer = cloud.client.choose_project(&token, &own.id).await;
    assert!(answer.is_ok());
}

#[tokio::test]
async fn what_keystone_says_reaches_the_one_who_asked() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let at = "POST /v3/auth/tokens";
    let label = "auth: rescoping an app-cred token";
    cloud.stage.forgets(at).plays(label);
    let answer = cloud.client.choose_project(&token, "another").await;
    let Err(Problem::Refused { status, request_id }) = answer.map(|it| it.username) else {
        panic!("a delegated token is refused");
    };
    assert_eq!(status, 403);
    let said = cloud.client.said(&token, request_id);
    let recorded = sample(label)["response"]["body"]["error"]["message"].clone();
    assert_eq!(said.as_deref(), recorded.as_str());
}
