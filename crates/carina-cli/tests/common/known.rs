//! The session that people know, line by line, as it has to print whatever makes the clusters.

use snapbox::str;

use super::Plane;

/// Types the whole session, and compares what it prints; it leaves no cluster behind.
pub(crate) fn known_session(plane: &Plane) {
    plane
        .carina("list")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status

"#]])
        .stderr_eq("");
    plane
        .carina("create testcluster")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster         container1-1G       1                   false               new

"#]])
        .stderr_eq("");
    plane
        .carina("get --wait testcluster")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster         container1-1G       1                   false               active

"#]]);
    plane
        .carina("grow --nodes=2 testcluster")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster         container1-1G       3                   false               growing

"#]]);
    plane.carina("get --wait testcluster").success();
    plane
        .carina("create --nodes=2 --autoscale --wait testcluster2")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster2        container1-1G       2                   true                active

"#]])
        .stderr_eq(str![[r#"
...
testcluster2: [..] (6 of 6)
testcluster2: active

"#]]);
    for list in ["list", "ls", "clusters"] {
        plane.carina(list).success().stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster2        container1-1G       2                   true                active
testcluster         container1-1G       3                   false               active

"#]]);
    }
    in_the_cluster(plane);
    plane
        .carina("autoscale testcluster2 off")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster2        container1-1G       2                   false               active

"#]]);
    plane
        .carina("autoscale testcluster2 on")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster2        container1-1G       2                   true                active

"#]]);
    plane.carina("autoscale testcluster2 off").success();
    plane
        .carina("rebuild testcluster2")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster2        container1-1G       2                   false               rebuilding-swarm

"#]]);
    plane.carina("get --wait testcluster2").success();
    plane
        .carina("resize --nodes=1 --wait testcluster2")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster2        container1-1G       1                   false               active

"#]]);
    plane
        .carina("grow --by=1 --wait testcluster2")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster2        container1-1G       2                   false               active

"#]]);
    plane.carina("quotas").success().stdout_eq(str![[r#"
MaxClusters         MaxNodesPerCluster
10                  10

"#]]);
    plane.carina("templates").success().stdout_eq(str![[r#"
Name                     COE                 Host
Swarm on Docker Engine   swarm               container

"#]]);
    plane
        .carina("delete testcluster")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster         container1-1G       3                   false               deleting

"#]]);
    plane
        .carina("rm --wait --timeout=1m testcluster2")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster2        container1-1G       2                   false               deleted

"#]]);
}

/// Where the shell becomes a client of the cluster.
fn in_the_cluster(plane: &Plane) {
    plane
        .carina("credentials --path=certs testcluster")
        .success()
        .stdout_eq(str![[r##"
#
# Credentials written to "[..]/certs"
# To see how to connect to your cluster, run: carina env testcluster --path=[..]/certs
#

"##]])
        .stderr_eq("");
    plane
        .carina("env --shell=bash --path=certs testcluster")
        .success()
        .stdout_eq(str![[r##"
source [..]/certs/docker.env
# Run the command below to load environment variables for docker:
# eval "$(carina env testcluster --shell=bash --path=[..]/certs)"

"##]])
        .stderr_eq("");
    // Nothing answers where no cluster is real.
    if !plane.is_real {
        return;
    }
    for cluster in ["testcluster", "testcluster2"] {
        let ps = format!(r#"set -eu; eval "$(carina env {cluster})"; docker ps"#);
        assert_eq!(
            plane.script(&["bash"], &ps, plane.folder.path()),
            "CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES\n"
        );
    }
    let info = r#"set -eu; eval "$(carina env testcluster2)"
        docker info --format '{{.Swarm.LocalNodeState}} {{.Swarm.Nodes}}'"#;
    assert_eq!(
        plane.script(&["bash"], info, plane.folder.path()),
        "active 2\n"
    );
}
