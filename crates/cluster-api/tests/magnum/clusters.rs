//! Clusters: lists, creations, changes and credentials.

use super::*;

#[tokio::test]
async fn the_list_is_read_with_health_and_reason_and_other_projects_stay_out() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.plays("cluster: list detail");
    cloud
        .stage
        .plays_at("GET /v1/clustertemplates/detail", "template: list");
    cloud.stage.plays("quota: get own (unset)");
    let failed = sample("cluster: get failed one");
    let id = failed["response"]["body"]["uuid"]
        .as_str()
        .unwrap()
        .to_owned();
    cloud.stage.plays("cluster: get failed one");
    let mut watch = cloud.client.watch(&token, None).await.unwrap();
    let Some(Ok(WatchMessage::Snapshot(snapshot))) = watch.next().await else {
        panic!("a watch begins with all there is");
    };
    let listed = sample("cluster: list detail")["response"]["body"]["clusters"].clone();
    let own: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["project_id"] == sample("auth: password, project scope")["response"]["body"]["token"]["project"]["id"])
        .collect();
    assert_eq!(snapshot.clusters.len(), own.len());
    assert_eq!(snapshot.quotas.max_clusters, 20);
    let web = snapshot.clusters.iter().find(|it| it.id == web()).unwrap();
    assert_eq!(web.status, ClusterStatus::Active);
    assert_eq!(web.cloud.as_ref().unwrap().health, Some(Health::Healthy));
    let managers = web
        .nodes
        .iter()
        .filter(|it| it.role == NodeRole::Manager)
        .count();
    assert_eq!(managers, 1);
    let doomed = snapshot
        .clusters
        .iter()
        .find(|it| it.id.to_string() == id)
        .unwrap();
    assert_eq!(doomed.status, ClusterStatus::Error);
    assert_eq!(
        doomed.cloud.as_ref().unwrap().failed,
        Some(TaskKind::Create)
    );
    let reason = doomed.reason.as_ref().unwrap();
    let said = reason.detail.as_ref().unwrap();
    assert!(said.contains("rig_fail"), "{said}");
    // What failed in it stands only in the answer about it alone.
    assert!(said.contains("default-worker: "), "{said}");
}

#[tokio::test]
async fn the_same_key_makes_one_cluster_which_is_read_once_it_is_there() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let path = format!("GET /v1/clusters/{}", web());
    cloud.stage.plays("cluster: create");
    // For some 100 ms there is nothing to read.
    cloud.stage.plays_at(&path, "cluster: get deleted");
    cloud.stage.plays_at(&path, "cluster: get while creating");
    let made = sample("cluster: create")["response"]["body"]["uuid"].clone();
    assert_eq!(made, json!(web().to_string()));
    for _ in 0..2 {
        let cluster = cloud.client.create_from(&token, &wish(), &key("k")).await;
        let cluster = cluster.unwrap();
        assert_eq!(
            (cluster.id, cluster.status),
            (web(), ClusterStatus::Creating)
        );
        assert_eq!(cluster.progress.unwrap().task, TaskKind::Create);
    }
    assert_eq!(cloud.stage.asked("POST /v1/clusters").len(), 1);
}

#[tokio::test]
async fn a_resize_that_changes_nothing_is_told() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let path = format!("GET /v1/clusters/{}", web());
    cloud.stage.plays_at(&path, "cluster: get created");
    // Its health was looked at meanwhile.
    let mut later = sample("cluster: get created")["response"].clone();
    later["body"]["updated_at"] = json!("2099-01-01T00:00:00+00:00");
    cloud.stage.says(&path, &later);
    cloud.plays_groups("nodegroup: list");
    cloud.stage.plays("cluster: resize");
    let answer = cloud
        .client
        .resize(&token, web(), NodeCount::of_a_cloud(9))
        .await;
    assert_eq!(answer, Err(Problem::NotBegun));
}

#[tokio::test]
async fn certificates_are_made_anew_for_drivers_alone_that_are_known_to_manage_it() {
    hurry();
    for (rotating, answers) in [(vec![], false), (vec!["rig".to_owned()], true)] {
        let cloud = Cloud::with(Settings {
            rotating,
            ..Settings::default()
        })
        .await;
        let token = cloud.alice().await;
        let path = format!("GET /v1/clusters/{}", web());
        cloud.stage.plays_at(&path, "cluster: get created");
        let mut begun = sample("cluster: get created")["response"].clone();
        begun["body"]["status"] = json!("UPDATE_IN_PROGRESS");
        cloud.stage.says(&path, &begun);
        cloud.stage.plays("template: get");
        cloud.stage.plays("certificate: rotate CA");
        let answer = cloud.client.rotate(&token, web()).await;
        let asked = format!("PATCH /v1/certificates/{}", web());
        assert_eq!(cloud.stage.asked(&asked).len(), usize::from(answers));
        if answers {
            assert_eq!(answer.unwrap().status, ClusterStatus::Resizing);
        } else {
            assert_eq!(answer, Err(Problem::NotOffered));
        }
    }
}

#[tokio::test]
async fn templates_that_cannot_be_read_are_those_that_were_read_last() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let at = "GET /v1/clustertemplates/detail";
    let fails = json!({"status": 500, "headers": {}, "body": null});
    cloud.stage.says(at, &fails);
    let never = cloud.client.templates(&token).await;
    assert_eq!(never.unwrap_err().status(), 502);
    cloud.stage.forgets(at).plays_at(at, "template: list");
    let read = cloud.client.templates(&token).await.unwrap();
    assert!(!read.is_empty());
    cloud.stage.forgets(at).says(at, &fails);
    assert_eq!(cloud.client.templates(&token).await, Ok(read));
}

#[tokio::test]
async fn only_the_one_who_made_it_gets_credentials() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let mut others = sample("cluster: get created")["response"].clone();
    others["body"]["user_id"] = json!("somebody-else");
    cloud
        .stage
        .says(&format!("GET /v1/clusters/{}", web()), &others);
    cloud.stage.plays("certificate: CA as second member");
    let answer = cloud.client.access(&token, web()).await;
    assert_eq!(answer, Err(Problem::NotTheOwner));
}

#[tokio::test]
async fn access_is_told_from_the_authority() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.plays_at(
        &format!("GET /v1/clusters/{}", web()),
        "cluster: get created",
    );
    cloud.stage.plays("certificate: CA");
    let access = cloud.client.access(&token, web()).await.unwrap();
    assert!(access.endpoint.starts_with("https://"));
    assert_eq!(access.ca_fingerprint.0.len(), 95);
}

#[tokio::test]
async fn what_magnum_says_of_a_cluster_fits_into_a_file() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let created = sample("cluster: get created");
    let template = created["response"]["body"]["cluster_template_id"].clone();
    cloud.stage.plays_at(
        &format!("GET /v1/clusters/{}", web()),
        "cluster: get created",
    );
    cloud.stage.plays("nodegroup: list");
    cloud.stage.plays_at(
        &format!("GET /v1/clustertemplates/{}", template.as_str().unwrap()),
        "template: get",
    );
    let bytes = cloud.client.support_bundle(&token, web()).await.unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let folder = created["response"]["body"]["name"].as_str().unwrap();
    for (file, says) in [
        ("cluster.json", "UPDATE_COMPLETE|CREATE_COMPLETE"),
        ("template.json", "image_id"),
        ("nodegroups.json", "default-worker"),
        ("events.json", "[]"),
    ] {
        let mut content = String::new();
        let mut entry = zip.by_name(&format!("{folder}/{file}")).unwrap();
        std::io::Read::read_to_string(&mut entry, &mut content).unwrap();
        assert!(
            says.split('|').any(|it| content.contains(it)),
            "{file}: {content}"
        );
        assert!(!content.contains("userpw"), "{file}");
    }
}

#[tokio::test]
async fn lists_are_read_to_their_end_however_short_the_pages_are() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let at = "GET /v1/clusters/detail";
    cloud.stage.plays_at(at, "cluster: list limit=1");
    cloud.stage.plays_at(at, "cluster: next page");
    // A full last page says that there may be more; there is not.
    cloud.stage.plays_at(at, "empty list");
    let templates = "GET /v1/clustertemplates/detail";
    let mut page = sample("template: list")["response"].clone();
    page["body"]["next"] = json!("http://elsewhere/v1/clustertemplates?marker=nonsense");
    cloud.stage.says(templates, &page);
    cloud.stage.plays_at(templates, "template: list");
    cloud.stage.plays("quota: get own (unset)");
    let snapshot = cloud.client.snapshot(&token).await.unwrap();
    let rows = |label: &str| sample(label)["response"]["body"]["clusters"].clone();
    let mut ids = Vec::new();
    for label in ["cluster: list limit=1", "cluster: next page"] {
        ids.push(rows(label)[0]["uuid"].as_str().unwrap().to_owned());
    }
    let mut read: Vec<String> = (snapshot.clusters.iter())
        .map(|it| it.id.to_string())
        .collect();
    read.sort_by_key(|id| ids.iter().position(|it| it == id));
    assert_eq!(read, ids);
    assert_eq!(
        cloud.stage.queries(at),
        [
            format!("{at}?limit=1000"),
            format!("{at}?limit=1000&marker={}", ids[0]),
            format!("{at}?limit=1000&marker={}", ids[1]),
        ]
    );
    let last = page["body"]["clustertemplates"].as_array().unwrap().last();
    let last = last.unwrap()["uuid"].as_str().unwrap();
    assert_eq!(
        cloud.stage.queries(templates),
        [
            format!("{templates}?limit=1000"),
            format!("{templates}?limit=1000&marker={last}"),
        ]
    );
}

#[tokio::test]
async fn what_is_being_deleted_may_be_deleted_again() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.plays("cluster: get while deleting");
    cloud.stage.plays("cluster: delete twice");
    let cluster = cloud.client.delete(&token, web()).await.unwrap();
    assert_eq!(cluster.status, ClusterStatus::Deleting);
    let at = format!("DELETE /v1/clusters/{}", web());
    assert_eq!(cloud.stage.asked(&at).len(), 1);
}

#[tokio::test]
async fn a_cluster_that_never_shows_up_was_not_begun() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.plays("cluster: create");
    cloud.stage.plays("cluster: get deleted");
    let answer = cloud.client.create_from(&token, &wish(), &key("k")).await;
    assert_eq!(answer, Err(Problem::NotBegun));
}

#[tokio::test]
async fn a_cluster_that_was_made_without_an_answer_is_not_made_again() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let mut list = sample("cluster: list detail")["response"].clone();
    let at = "GET /v1/clusters/detail";
    cloud.stage.says(at, &list);
    cloud.stage.hangs("POST /v1/clusters");
    for tries in 1..=2 {
        // There is a cluster of that name, which is older than the wish.
        let answer = cloud.client.create_from(&token, &wish(), &key("k")).await;
        assert_eq!(answer, Err(Problem::Unsure));
        assert_eq!(cloud.stage.asked("POST /v1/clusters").len(), tries);
    }
    // A refusal later says nothing of what was asked before.
    let post = "POST /v1/clusters";
    cloud
        .stage
        .forgets(post)
        .plays_at(post, "cluster: create past quota");
    let answer = cloud.client.create_from(&token, &wish(), &key("k")).await;
    assert_eq!(answer.unwrap_err().status(), 403);
    let id = list["body"]["clusters"][1]["uuid"].clone();
    list["body"]["clusters"][1]["name"] = json!("web-prod");
    list["body"]["clusters"][1]["created_at"] = json!(Timestamp::now().to_string());
    cloud.stage.forgets(at).says(at, &list);
    cloud.stage.plays("cluster: get failed one");
    let answer = cloud.client.create_from(&token, &wish(), &key("k")).await;
    assert_eq!(json!(answer.unwrap().id), id);
    assert_eq!(cloud.stage.asked(post).len(), 3);
}

#[tokio::test]
async fn a_quota_is_guessed_only_where_the_cloud_keeps_it_to_itself() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let at = sample("quota: get own")["request"]["url"].clone();
    let at = at.as_str().unwrap();
    let at = format!("GET {}", &at[at.find("/v1").unwrap()..]);
    cloud.stage.plays("quota: get own");
    let own = cloud.client.quotas(&token).await.unwrap();
    assert_eq!(own.max_clusters, 3);
    cloud
        .stage
        .forgets(&at)
        .plays_at(&at, "quota: create as member");
    let kept = cloud.client.quotas(&token).await.unwrap();
    assert_eq!(kept.max_clusters, 20);
    for (status, told) in [(500, 502), (409, 409), (503, 503)] {
        let failed = json!({"status": status, "body": {"errors": []}});
        cloud.stage.forgets(&at).says(&at, &failed);
        let answer = cloud.client.quotas(&token).await.unwrap_err();
        assert_eq!(answer.status(), told);
    }
}

#[tokio::test]
async fn what_a_project_has_is_told_beside_what_it_may_have() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.plays("stats: own").plays("quota: get own");
    let has = cloud.client.project_use(&token).await.unwrap();
    assert_eq!((has.clusters, has.nodes, has.max_clusters), (3, 10, 3));
    // Of this project and no other.
    let asked = cloud.stage.queries("GET /v1/stats");
    let url = sample("stats: own")["request"]["url"].clone();
    let (_, query) = url.as_str().unwrap().split_once('?').unwrap();
    assert_eq!(asked, [format!("GET /v1/stats?{query}")]);
}
