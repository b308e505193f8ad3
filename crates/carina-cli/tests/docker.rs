//! The known session on a real engine, up to `docker ps` in a cluster.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::{fs, process::Command};

use common::{Plane, known::known_session};
use snapbox::str;

#[test]
fn the_known_session_prints_on_a_real_engine_what_it_always_did() {
    known_session(&Plane::on_docker("28600-28649"));
}

#[test]
fn a_shell_becomes_a_client_of_a_real_cluster() {
    let plane = Plane::on_docker("28500-28549");
    let bash = |script: &str| plane.script(&["bash"], script, plane.folder.path());
    plane
        .carina("create --nodes=1 --wait --timeout=2m testcluster")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster         container1-1G       1                   false               active

"#]]);
    let ps = r#"set -eu; eval "$(carina env testcluster)"; docker ps --format '{{.Names}}'"#;
    assert_eq!(bash(ps), "");

    plane.import_images("testcluster");
    let run = r#"set -eu; eval "$(carina env testcluster)"
        docker run --detach --name=hello shell:one >/dev/null
        docker run --detach --name=brief shell:two sh -c 'echo first; sleep 2; echo last' >/dev/null
        docker ps --filter name=hello --format '{{.Names}}'"#;
    assert_eq!(bash(run), "hello\n");
    plane
        .carina("logs --follow testcluster brief")
        .success()
        .stdout_eq("first\nlast\n");
    plane
        .carina("logs --tail=1 testcluster hello")
        .success()
        .stdout_eq("this is one\n");
    plane.carina("logs testcluster nothing").code(3);

    plane
        .carina("grow --by=1 --wait --timeout=2m testcluster")
        .success();
    let nodes =
        r#"set -eu; eval "$(carina env testcluster)"; docker info --format '{{.Swarm.Nodes}}'"#;
    assert_eq!(bash(nodes), "2\n");
    plane.carina("nodes testcluster").success().stdout_eq(str![[r#"
Name                Role                State               Engine              Containers          Processors          Memory
node-1              manager             ready               [..]
node-2              worker              ready               [..]

"#]]);

    // What was handed out before a rotation is refused; `env` brings what is good now.
    plane
        .carina("credentials --path=before testcluster")
        .success();
    assert!(
        bash("set -eu; . before/docker.env; docker ps --format '{{.Names}}'").starts_with("hello")
    );
    plane
        .carina("rotate --wait --timeout=2m testcluster")
        .success();
    let refused = "set -eu; . before/docker.env; ! docker version >/dev/null 2>&1";
    bash(refused);
    assert_eq!(bash(nodes), "2\n");
    plane
        .carina("delete --wait --timeout=2m testcluster")
        .success();
    plane.carina("list --output=name").success().stdout_eq("");
}

#[test]
fn what_is_waited_for_ends_with_the_reason_when_it_fails() {
    let scripts = tempfile::tempdir().unwrap();
    let script = "test -e /mended || { echo the disk is not there; exit 1; }\n";
    fs::write(scripts.path().join("disk.sh"), script).unwrap();
    let folder = scripts.path().to_str().unwrap();
    let plane = Plane::on_docker_with("28650-28699", &["--node-scripts", folder]);
    for line in ["create --wait --timeout=2m broken", "get --wait broken"] {
        plane.carina(line).code(6).stdout_eq("").stderr_eq(str![[r#"
...
carina: broken is in error: [..]disk.sh[..]
...
  Each step: carina events broken. Go on from the step that failed: carina retry broken.

"#]]);
    }
    let told = plane
        .carina("get --wait broken")
        .code(6)
        .get_output()
        .stderr
        .clone();
    let told = String::from_utf8(told).unwrap();
    assert!(told.contains("the disk is not there"), "{told}");

    // Whoever runs the nodes mends it.
    let cluster = plane.output("get -o json broken");
    let cluster: serde_json::Value = serde_json::from_str(&cluster).unwrap();
    let label = format!(
        "label=io.carina.cluster={}",
        cluster["id"].as_str().unwrap()
    );
    let node = Command::new("docker")
        .args(["ps", "-q", "--filter", &label])
        .output();
    let node = String::from_utf8(node.unwrap().stdout).unwrap();
    let mended = Command::new("docker")
        .args(["exec", node.trim(), "touch", "/mended"])
        .status();
    assert!(mended.unwrap().success(), "{node}");
    plane
        .carina("retry --wait --timeout=2m broken")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
broken              container1-1G       1                   false               active

"#]]);
}
