//! What is asked again, what is told of failures, and in which version.

use super::*;

#[tokio::test]
async fn what_magnum_says_reaches_the_one_who_asked_with_the_requests_id() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.plays("cluster: create, keypair unknown");
    let wish = FromTemplate {
        keypair: Some("nope".to_owned()),
        labels: [("a".to_owned(), "b".to_owned())].into(),
        ..wish()
    };
    let refused = cloud.client.create_from(&token, &wish, &key("k1")).await;
    let Err(Problem::Refused { request_id, .. }) = refused else {
        panic!("{refused:?}");
    };
    let header = sample("cluster: create, keypair unknown")["response"]["headers"].clone();
    let header = header.as_object().unwrap().iter();
    let header = header.filter(|(name, _)| name.eq_ignore_ascii_case("x-openstack-request-id"));
    let header: Vec<_> = header
        .map(|(_, value)| value.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(header, [format!("req-{request_id}")]);
    let said = cloud.client.said(&token, request_id).unwrap();
    assert_eq!(said, "Unable to find keypair nope.");
    // Labels of one's own are added to the template's and do not take their place.
    let asked = cloud.stage.asked("POST /v1/clusters");
    assert_eq!(asked[0]["merge_labels"], true);
    assert_eq!(asked[0]["labels"], json!({"a": "b"}));
    assert_eq!(
        (&asked[0]["node_count"], &asked[0]["master_count"]),
        (&json!(2), &json!(1))
    );
}

#[tokio::test]
async fn a_list_that_is_refused_for_a_moment_is_read_again() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let path = format!("GET /v1/clusters/{}", web());
    let said = "Invalid input for field/attribute master_count. Value: '0'. Value should be greater or equal to 1";
    let moment = json!({"status": 400, "headers": {}, "body": {"errors": [{"status": 400, "title": said, "detail": said}]}});
    cloud.stage.says(&path, &moment).says(&path, &moment);
    cloud.stage.plays_at(&path, "cluster: get created");
    let cluster = cloud.client.cluster(&token, web()).await.unwrap();
    assert_eq!(cluster.status, ClusterStatus::Active);
    assert_eq!(cloud.stage.asked(&path).len(), 3);
}

#[tokio::test]
async fn a_magnum_that_fails_is_told_from_one_that_refuses() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let path = format!("GET /v1/clusters/{}", web());
    let said = "Unexpected exception";
    for (status, problem) in [(500, 502), (503, 503), (403, 403), (409, 409)] {
        cloud.stage.forgets(&path);
        let body = json!({"errors": [{"status": status, "title": said, "detail": said}]});
        cloud.stage.says(
            &path,
            &json!({"status": status, "headers": {}, "body": body}),
        );
        let answer = cloud.client.cluster(&token, web()).await.unwrap_err();
        assert_eq!(answer.status(), problem, "{status}: {answer:?}");
    }
}

#[tokio::test]
async fn what_fails_once_is_asked_again_unless_it_changes_something() {
    hurry();
    let cloud = Cloud::new().await;
    let failed = json!({"status": 500, "headers": {}, "body": {"errors": [
        {"status": 500, "title": "Unexpected", "detail": "Unexpected"}]}});
    cloud.stage.says("POST /v3/auth/tokens", &failed);
    let token = cloud.alice().await;
    assert_eq!(cloud.stage.asked("POST /v3/auth/tokens").len(), 2);
    let path = format!("GET /v1/clusters/{}", web());
    cloud.stage.says(&path, &failed);
    cloud.stage.plays_at(&path, "cluster: get created");
    let cluster = cloud.client.cluster(&token, web()).await.unwrap();
    assert_eq!(cluster.status, ClusterStatus::Active);
    assert_eq!(cloud.stage.asked(&path).len(), 2);
    let path = format!("DELETE /v1/clusters/{}", web());
    cloud.stage.says(&path, &failed);
    let answer = cloud.client.delete(&token, web()).await.unwrap_err();
    assert_eq!(answer.status(), 502);
    assert_eq!(cloud.stage.asked(&path).len(), 1);
}

#[tokio::test]
async fn a_change_without_an_answer_may_have_been_done() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let path = format!("GET /v1/clusters/{}", web());
    cloud.stage.plays_at(&path, "cluster: get created");
    let at = format!("DELETE /v1/clusters/{}", web());
    cloud.stage.hangs(&at);
    let answer = cloud.client.delete(&token, web()).await;
    assert_eq!(answer, Err(Problem::Unsure));
    // A balancer waited in vain.
    let late = json!({"status": 504, "body": "<html>"});
    cloud.stage.forgets(&at).says(&at, &late);
    let answer = cloud.client.delete(&token, web()).await;
    assert_eq!(answer, Err(Problem::Unsure));
    // It was taken, and then nobody said what came of it.
    cloud.stage.forgets(&at).plays("cluster: delete");
    cloud.stage.hangs(&path);
    let answer = cloud.client.delete(&token, web()).await;
    assert_eq!(answer, Err(Problem::Unsure));
    // What only reads has changed nothing.
    let answer = cloud.client.cluster(&token, web()).await;
    assert_eq!(answer, Err(Problem::Unreachable));
}

#[tokio::test]
async fn an_upgrade_is_waited_for_longer_than_others() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.plays("cluster: get created");
    let at = format!("POST /v1/clusters/{}/actions/upgrade", web());
    cloud.stage.hangs(&at);
    let template = TemplateId(uuid::Uuid::nil());
    let began = tokio::time::Instant::now();
    let answer = cloud.client.upgrade(&token, web(), template, 1).await;
    assert_eq!(answer, Err(Problem::Unsure));
    assert!(began.elapsed() >= Duration::from_secs(90));
}

/// A Magnum that speaks that version at the most.
fn speaks(cloud: &Cloud, newest: &str) {
    let mut root = sample("root")["response"].clone();
    root["body"]["versions"][0]["max_version"] = json!(newest);
    cloud.stage.forgets("GET /").says("GET /", &root);
}

#[tokio::test]
async fn the_newest_version_that_both_know_is_spoken() {
    for (newest, spoken) in [("1.10", "1.10"), ("1.14", "1.14"), ("1.20", "1.14")] {
        let cloud = Cloud::new().await;
        speaks(&cloud, newest);
        let token = cloud.alice().await;
        cloud.stage.plays("cluster: get created");
        cloud.client.cluster(&token, web()).await.unwrap();
        let asked = cloud.stage.asked.lock().unwrap();
        let at = format!("GET /v1/clusters/{}", web());
        let (_, _, headers) = asked.iter().find(|(what, ..)| *what == at).unwrap();
        assert_eq!(
            headers["openstack-api-version"],
            format!("container-infra {spoken}")
        );
    }
    let cloud = Cloud::new().await;
    speaks(&cloud, "1.9");
    let token = cloud.alice().await;
    let answer = cloud.client.cluster(&token, web()).await;
    assert_eq!(answer, Err(Problem::NotOffered));
    assert!(cloud.stage.queries("GET /v1").is_empty());
}

#[tokio::test]
async fn refusals_of_a_creation_are_told_in_the_clouds_words() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    for (label, status, words) in [
        (
            "cluster: create past quota",
            403,
            "maximum clusters per project, 3",
        ),
        (
            "cluster: create, even masters",
            400,
            "cannot be an even number",
        ),
        (
            "cluster: create, unknown template",
            400,
            "ClusterTemplate nope",
        ),
        ("microversion too high", 406, "microversion is unsupported"),
        ("microversion malformed", 406, ""),
    ] {
        let at = "POST /v1/clusters";
        cloud.stage.forgets(at).plays_at(at, label);
        let answer = cloud.client.create_from(&token, &wish(), &key("k")).await;
        let Err(problem @ Problem::Refused { request_id, .. }) = answer else {
            panic!("{label}: {answer:?}");
        };
        assert_eq!(problem.status(), status, "{label}");
        let said = cloud.client.said(&token, request_id).unwrap_or_default();
        assert!(said.contains(words), "{label}: {said}");
        assert_eq!(said.is_empty(), words.is_empty(), "{label}: {said}");
    }
}
