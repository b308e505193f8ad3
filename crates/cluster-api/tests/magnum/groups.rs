//! Groups of nodes.

use super::*;

#[tokio::test]
async fn workers_are_taken_out_of_the_group_that_has_them() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let path = format!("GET /v1/clusters/{}", web());
    let before = &sample("cluster: get after nodegroup create")["response"];
    let (groups, gpu) = (sample("nodegroup: list"), sample("nodegroup: get"));
    let mut list = groups["response"].clone();
    let listed = list["body"]["nodegroups"].as_array_mut().unwrap();
    let default = listed[1].clone();
    listed.push(gpu["response"]["body"].clone());
    cloud.plays_groups("nodegroup: list");
    let at = format!("GET /v1/clusters/{}/nodegroups", web());
    cloud.stage.forgets(&at).says(&at, &list);
    let mut workers = gpu["response"].clone();
    for name in ["uuid", "name", "node_count"] {
        workers["body"][name] = default[name].clone();
    }
    workers["body"]["node_addresses"] =
        json!(["192.0.2.120", "192.0.2.121", "192.0.2.122", "192.0.2.123"]);
    let at = group_at("GET", &default["uuid"]);
    cloud.stage.forgets(&at).says(&at, &workers);
    let at = group_at("GET", &gpu["response"]["body"]["uuid"]);
    cloud.stage.says(&at, &gpu["response"]);
    cloud.stage.plays("cluster: resize");

    cloud.stage.says(&path, before);
    let cluster = cloud.client.cluster(&token, web()).await.unwrap();
    let node = |address: &str| {
        let has_it = |it: &&cluster_api::Node| it.address.as_deref() == Some(address);
        cluster.nodes.iter().find(has_it).unwrap().id
    };
    let resize = format!("POST /v1/clusters/{}/actions/resize", web());
    let nodes = |count| NodeCount::of_a_cloud(count);
    // Read before, for each group once more, and after.
    let plays = |groups: usize| {
        cloud.stage.forgets(&path).says(&path, before);
        for _ in 0..groups {
            cloud.stage.says(&path, before);
            cloud.stage.plays_at(&path, "cluster: get while updating");
        }
    };

    plays(1);
    let chosen = [node("192.0.2.170")];
    let answer = cloud.client.shrink(&token, web(), nodes(5), &chosen).await;
    assert_eq!(answer, Ok(()));
    let gone = json!({"node_count": 0, "nodegroup": "gpu", "nodes_to_remove": ["192.0.2.170"]});
    assert_eq!(cloud.stage.asked(&resize), std::slice::from_ref(&gone));

    plays(2);
    let chosen = [
        node("192.0.2.170"),
        node("192.0.2.122"),
        node("192.0.2.120"),
    ];
    let answer = cloud.client.shrink(&token, web(), nodes(3), &chosen).await;
    assert_eq!(answer, Ok(()));
    let two = json!({"node_count": 2, "nodegroup": "default-worker",
        "nodes_to_remove": ["192.0.2.120", "192.0.2.122"]});
    assert_eq!(cloud.stage.asked(&resize)[1..], [two, gone]);

    plays(1);
    let too_few = cloud.client.shrink(&token, web(), nodes(2), &chosen).await;
    let rule = NodeRule::Number;
    assert_eq!(too_few, Err(Problem::NodeInvalid { rule }));
    let nobody = [NodeId(uuid::Uuid::nil())];
    let unknown = cloud.client.shrink(&token, web(), nodes(5), &nobody).await;
    let rule = NodeRule::Unknown;
    assert_eq!(unknown, Err(Problem::NodeInvalid { rule }));
    assert_eq!(cloud.stage.asked(&resize).len(), 3);
}

#[tokio::test]
async fn changes_of_groups_that_are_dropped_are_told() {
    hurry();
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    let (client, stage) = (&cloud.client, &cloud.stage);
    stage.plays_at(
        &format!("GET /v1/clusters/{}", web()),
        "cluster: get created",
    );
    let gpu = sample("nodegroup: get")["response"]["body"]["uuid"].clone();
    let group = NodegroupId(gpu.as_str().unwrap().parse().unwrap());
    let (at, there, gone) = (
        group_at("GET", &gpu),
        "nodegroup: get",
        "nodegroup: get deleted",
    );
    let wish = NewNodegroup {
        name: "gpu".to_owned(),
        flavor: Some("m1.large".to_owned()),
        count: 1,
        min: 0,
        max: Some(3),
        node_labels: [("gpu".to_owned(), "yes".to_owned())].into(),
        taints: Vec::new(),
    };
    stage.plays("nodegroup: create");
    stage.plays_at(&at, gone).plays_at(&at, there);
    assert_eq!(client.add_nodegroup(&token, web(), &wish).await, Ok(()));
    stage.forgets(&at).plays_at(&at, gone);
    let dropped = client.add_nodegroup(&token, web(), &wish).await;
    assert_eq!(dropped, Err(Problem::NotBegun));

    stage.plays_at(&group_at("PATCH", &gpu), "nodegroup: patch max");
    stage.forgets(&at).plays_at(&at, there);
    let dropped = client
        .bound_nodegroup(&token, web(), group, 0, Some(5))
        .await;
    assert_eq!(dropped, Err(Problem::NotBegun));
    stage
        .plays_at(&at, there)
        .plays_at(&at, "nodegroup: patch max");
    let bound = client
        .bound_nodegroup(&token, web(), group, 0, Some(5))
        .await;
    assert_eq!(bound, Ok(()));
    let asked = stage.asked(&group_at("PATCH", &gpu));
    let recorded = sample("nodegroup: patch max")["request"]["body"].clone();
    assert_eq!(asked, [recorded.clone(), recorded]);

    stage.plays_at(&group_at("DELETE", &gpu), "nodegroup: delete");
    stage.forgets(&at).plays_at(&at, there);
    let dropped = client.delete_nodegroup(&token, web(), group).await;
    assert_eq!(dropped, Err(Problem::NotBegun));
    stage.plays_at(&at, there).plays_at(&at, gone);
    let deleted = client.delete_nodegroup(&token, web(), group).await;
    assert_eq!(deleted, Ok(()));
}

#[tokio::test]
async fn a_group_that_could_not_be_made_says_why() {
    let cloud = Cloud::new().await;
    let token = cloud.alice().await;
    cloud.stage.plays("cluster: get with a failed nodegroup");
    let failed = sample("nodegroup: get failed one");
    let brief = failed["response"]["body"].clone();
    let list = json!({"status": 200, "body": {"nodegroups": [brief]}});
    let at = format!("GET /v1/clusters/{}/nodegroups", web());
    cloud.stage.says(&at, &list);
    let id = group_at("GET", &failed["response"]["body"]["uuid"]);
    cloud.stage.says(&id, &failed["response"]);
    let groups = cloud.client.nodegroups(&token, web()).await.unwrap();
    let [group] = groups.as_slice() else {
        panic!("{groups:?}");
    };
    assert_eq!(
        (&*group.name, group.status),
        ("broken", ClusterStatus::Error)
    );
    let why = "rig_fail asked for a failed create";
    assert_eq!(group.reason.as_deref(), Some(why));
}
