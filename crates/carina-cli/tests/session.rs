//! The session that people know, with the real command against a control plane that makes no real
//! clusters; and what is better than it was.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

use common::{CARINA, KEY, PASSWORD, Plane};
use snapbox::str;

#[test]
fn the_known_session_prints_what_it_always_did() {
    let plane = Plane::simulated();
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
        .carina("create --nodes=2 --autoscale --flavor=container1-4G --wait testcluster2")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster2        container1-4G       2                   true                active

"#]])
        .stderr_eq(str![[r#"
...
testcluster2: [..] (6 of 6)
testcluster2: active

"#]]);
    for list in ["list", "ls", "clusters"] {
        plane.carina(list).success().stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster2        container1-4G       2                   true                active
testcluster         container1-1G       3                   false               active

"#]]);
    }
    plane
        .carina("autoscale testcluster2 off")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster2        container1-4G       2                   false               active

"#]]);
    plane
        .carina("rebuild testcluster2")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster2        container1-4G       2                   false               rebuilding-swarm

"#]]);
    plane.carina("get --wait testcluster2").success();
    plane
        .carina("resize --nodes=1 --wait testcluster2")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster2        container1-4G       1                   false               active

"#]]);
    plane
        .carina("grow --by=1 --wait testcluster2")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster2        container1-4G       2                   false               active

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
    plane
        .carina("delete testcluster")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster         container1-1G       3                   false               deleting

"#]]);
    plane
        .carina("rm --wait testcluster2")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
testcluster2        container1-4G       2                   false               deleted

"#]]);
    plane
        .carina("version")
        .success()
        .stdout_eq("carina 0.1.0\n");
}

#[test]
fn results_come_in_four_forms() {
    let plane = Plane::simulated();
    let made = plane.output("create --output=json --label=team=web forms");
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    assert_eq!(
        (&made["name"], &made["status"]),
        (&"forms".into(), &"creating".into())
    );
    assert_eq!(made["labels"]["team"], "web");
    let id = made["id"].as_str().unwrap();

    let listed: serde_json::Value = serde_json::from_str(&plane.output("ls -o json")).unwrap();
    assert_eq!(listed[0]["id"], id);
    let yaml: serde_json::Value = serde_saphyr::from_str(&plane.output("ls -o yaml")).unwrap();
    assert_eq!(yaml[0]["labels"]["team"], "web");
    assert_eq!(plane.output("ls -o name"), "forms\n");
    assert_eq!(plane.output(&format!("get {id} -o name")), "forms\n");
    assert_eq!(
        plane.output("quotas -o json"),
        "{\n  \"max_clusters\": 10,\n  \"max_nodes_per_cluster\": 10\n}\n"
    );

    plane.carina("get --wait forms").success();
    plane
        .carina("labels forms tier=1 team-")
        .success()
        .stdout_eq(str![[r#"
Key                 Value
tier                1

"#]]);
    plane.carina("rename forms shapes").success();
    let events = plane.output("events shapes -o json");
    let events: serde_json::Value = serde_json::from_str(&events).unwrap();
    assert_eq!(events[0]["kind"], "requested");
    assert!(plane.output("nodes shapes").contains("manager"));
    plane
        .carina("support shapes")
        .success()
        .stdout_eq("shapes-support.zip\n");
    let zip = fs::read(plane.folder.path().join("shapes-support.zip")).unwrap();
    assert!(zip.starts_with(b"PK"));
}

/// As in an image with nothing in it but the command.
#[test]
fn plain_http_needs_no_certificates_of_authorities() {
    let plane = Plane::simulated();
    let bare = |endpoint: &str| {
        plane
            .command()
            .env("SSL_CERT_FILE", "/nowhere")
            .env("SSL_CERT_DIR", "/nowhere")
            .args(["--endpoint", endpoint, "list"])
            .assert()
    };
    bare(&plane.endpoint).success();
    bare("https://127.0.0.1:1").code(1).stderr_eq(str![[r#"
carina: TLS cannot be set up: builder error. Does this machine have certificates of authorities (ca-certificates)?

"#]]);
}

/// The form for a new cluster shows such a line.
#[test]
fn the_line_of_the_dashboard_makes_what_it_says() {
    let plane = Plane::simulated();
    let line = r"carina create --nodes=2 --autoscale --min=1 --max=5 --flavor=container1-4G '--label=team=it'\''s web' --protect --wait shop";
    plane.script(&["sh"], line, plane.folder.path());
    let made: serde_json::Value = serde_json::from_str(&plane.output("get -o json shop")).unwrap();
    assert_eq!(made["labels"]["team"], "it's web");
    assert_eq!(made["flavor"], "container1-4G");
    assert_eq!(made["deletion_protection"], true);
    plane.carina("autoscale shop").success().stdout_eq(str![[r#"
ClusterName         AutoScale           Min                 Max                 Found
shop                true                1                   5                   [..]

"#]]);
    plane.carina("protect shop off").success();
}

#[test]
fn what_goes_wrong_is_said_with_what_to_do_and_has_an_exit_code() {
    let plane = Plane::simulated();
    plane
        .carina("get nothing")
        .code(3)
        .stdout_eq("")
        .stderr_eq(str![[r#"
carina: There is no cluster "nothing".
  Yours: carina list.

"#]]);
    plane.carina("create --wait --protect held").success();
    plane
        .carina("delete held")
        .code(5)
        .stdout_eq("")
        .stderr_eq(str![[r#"
carina: The cluster is protected against deletion. Take the protection off first.
  Take it off: carina protect NAME off.
  Request id: [..]-[..]-[..]-[..]-[..]

"#]]);
    plane.carina("protect held off").success();
    plane.carina("create held").code(5);
    plane
        .carina("create --nodes=11 many")
        .code(5)
        .stderr_eq(str![[r#"
carina: A cluster of yours may have up to 10 nodes.
  What the account may have: carina quotas.
  Request id: [..]

"#]]);
    plane.carina("create Wrong").code(2).stderr_eq(str![[r#"
carina: A name is made of lower-case letters, digits and hyphens.

"#]]);
    plane.carina("create --nodes=0 none").code(2);
    plane.carina("create --timeout=5s never").code(2);
    plane
        .carina("rebuild --wait --timeout=1s held")
        .code(7)
        .stderr_eq(str![[r#"
...
carina: held is still rebuilding after 1 s. The work goes on.
  Wait on: carina get --wait held.

"#]]);
    plane
        .command()
        .args(["list", "--apikey=wrong"])
        .assert()
        .code(4)
        .stderr_eq(str![[r#"
carina: The username and the password or API key do not match.
  Sign in again with `carina login`, or look at CARINA_USERNAME and CARINA_APIKEY.
  Request id: [..]

"#]]);
    plane
        .command()
        .env("CARINA_APIKEY", "")
        .arg("list")
        .assert()
        .code(4)
        .stderr_eq(str![[r#"
carina: There is no API key to sign in with.
  Run `carina login`, or set CARINA_USERNAME and CARINA_APIKEY.

"#]]);
    plane
        .command()
        .env("CARINA_ENDPOINT", "http://127.0.0.1:1")
        .arg("list")
        .assert()
        .code(8)
        .stderr_eq(str![[r#"
carina: the control plane cannot be reached: [..]onnection refused[..]
carina: The control plane cannot be reached. Nothing was changed; try again in a moment.
  Look at the address: --endpoint, CARINA_ENDPOINT or the profile.

"#]]);
    plane
        .command()
        .env("CARINA_ENDPOINT", "nonsense")
        .arg("list")
        .assert()
        .code(2);
    plane.carina("list --profile=other").code(3);
}

#[test]
fn signing_in_keeps_a_key_and_signing_out_revokes_it() {
    let plane = Plane::simulated();
    let carina = |line: &str| {
        let mut command = Command::new(CARINA);
        command
            .env_clear()
            .env("CARINA_HOME", plane.home())
            .args(line.split_whitespace());
        command
    };
    let login = |line: &str, password: &str| {
        let endpoint = format!("--endpoint={}", plane.endpoint);
        let mut child = carina(line)
            .args(["login", "--username=admin", &endpoint])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut stdin, format!("{password}\n").as_bytes()).unwrap();
        drop(stdin);
        child.wait_with_output().unwrap().status.code().unwrap()
    };
    assert_eq!(login("", "wrong horse"), 4);
    assert!(!plane.home().join("config.toml").exists());
    assert_eq!(login("", PASSWORD), 0);

    let config = plane.home().join("config.toml");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&plane.home()), mode(&config)), (0o700, 0o600));
    let text = fs::read_to_string(&config).unwrap();
    assert!(!text.contains(PASSWORD) && !text.contains(KEY));

    assert!(carina("list").output().unwrap().status.success());
    assert_eq!(mode(&plane.home().join("cache.json")), 0o600);
    // The key of a profile is told to no other control plane.
    let elsewhere = carina("list --endpoint=http://127.0.0.1:1")
        .output()
        .unwrap();
    assert_eq!(elsewhere.status.code(), Some(4));

    // Once more: the key from before is gone, so that there are as many as before.
    let count = || plane.output("keys -o name").lines().count();
    let before = count();
    assert_eq!(login("", PASSWORD), 0);
    assert_eq!(count(), before);
    assert_eq!(login("--profile=work", PASSWORD), 0);
    assert_eq!(count(), before + 1);

    // The token that was kept is not good any more, and there is no key for another one.
    assert!(carina("list").output().unwrap().status.success());
    assert!(carina("logout").output().unwrap().status.success());
    assert_eq!(carina("list").output().unwrap().status.code(), Some(4));
    assert!(
        carina("list --profile=work")
            .output()
            .unwrap()
            .status
            .success()
    );
    assert_eq!(count(), before);
}

#[test]
fn keys_are_made_with_scopes_and_revoked() {
    let plane = Plane::simulated();
    let made = plane.output("keys create --scopes=read --expires=1d -o json ci");
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let secret = made["secret"].as_str().unwrap();
    let with_it = |line: &str| {
        plane
            .command()
            .env("CARINA_APIKEY", secret)
            .args(line.split(' '))
            .assert()
    };
    with_it("list").success();
    with_it("create forbidden").code(4).stderr_eq(str![[r#"
carina: This API key lacks the scope write. Use another one, or sign in with the password.
  A key that may do it: carina login.
  Request id: [..]

"#]]);
    plane.carina("keys revoke ci").success();
    with_it("list").code(4);
    plane.carina("keys revoke ci").code(3);
}

#[test]
fn credentials_are_kept_by_id_renewed_after_a_rotation_and_go_with_the_cluster() {
    let plane = Plane::simulated();
    let id = plane.output("create --wait -o json kept");
    let id: serde_json::Value = serde_json::from_str(&id).unwrap();
    let folder = plane
        .home()
        .join("clusters")
        .join(id["id"].as_str().unwrap());
    let certificate = || fs::read(folder.join("cert.pem")).unwrap();

    plane.carina("env kept").success();
    for file in fs::read_dir(&folder).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let first = certificate();
    plane.carina("env kept").success();
    assert_eq!(certificate(), first);
    plane.carina("rotate --wait kept").success();
    plane.carina("env kept").success();
    let second = certificate();
    assert_ne!(second, first);
    fs::remove_file(folder.join("key.pem")).unwrap();
    plane.carina("env kept").success();
    assert_ne!(certificate(), second);

    let own = plane.folder.path().join("my own");
    plane
        .command()
        .args(["credentials", "kept", "--path", "my own"])
        .assert()
        .success();
    fs::write(own.join("notes"), "").unwrap();
    plane
        .command()
        .args(["delete", "kept", "--path", "my own"])
        .assert()
        .success();
    assert!(!folder.exists());
    assert_eq!(fs::read_dir(own).unwrap().count(), 1);
}

/// In every shell of the family that this machine has, also from a folder with a space.
#[test]
fn a_shell_takes_env_in() {
    let plane = Plane::simulated();
    plane.carina("create --wait shells").success();
    let mut tried = 0;
    for shell in [
        &["bash"][..],
        &["sh"],
        &["dash"],
        &["zsh"],
        &["busybox", "sh"],
    ] {
        if Command::new(shell[0]).arg("-c").arg(":").output().is_err() {
            continue;
        }
        tried += 1;
        for path in ["", " --path='with space'"] {
            let script = format!(
                "set -eu; export SHELL=/bin/{}; eval \"$(carina env shells{path})\"; \
                 test -f \"$DOCKER_CERT_PATH/key.pem\"; echo \"$CARINA_CLUSTER_NAME $DOCKER_HOST\"",
                shell.last().unwrap()
            );
            let out = plane.script(shell, &script, plane.folder.path());
            assert!(out.starts_with("shells tcp://"), "{shell:?}: {out}");
        }
    }
    assert!(tried >= 2, "neither bash nor sh ran");
}

#[test]
fn what_follows_ends_with_the_cluster() {
    let plane = Plane::simulated();
    plane.carina("create --wait watched").success();
    let follow = |line: &str| {
        Command::new(CARINA)
            .env_clear()
            .envs(plane.environment())
            .args(line.split(' '))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let events = follow("events --follow -o json watched");
    let mut watch = follow("watch watched");
    // Its first line tells that it is there.
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(watch.stdout.take().unwrap()));
    plane.carina("labels watched a=b").success();
    plane.carina("grow --by=1 --wait watched").success();
    plane.carina("delete --wait watched").success();
    assert!(watch.wait().unwrap().success());
    assert!(lines.any(|line| line.unwrap().contains("watched")));
    let output = events.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let kinds = text.lines().map(|line| {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        event["id"].as_i64().unwrap()
    });
    let ids: Vec<_> = kinds.collect();
    assert!(ids.len() > 5 && ids.is_sorted() && ids.windows(2).all(|two| two[0] != two[1]));
}

#[test]
fn help_the_manual_and_completions_know_every_command() {
    let plane = Plane::simulated();
    let help = plane.output("--help");
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = plane.output(&format!("completion {shell}"));
        assert!(script.contains("autoscale"), "{shell}");
    }
    assert_eq!(
        plane.output("bash-completion"),
        plane.output("completion bash")
    );
    let manual = plane.output("man");
    for word in ["create", "credentials", "logs", "watch", "support"] {
        assert!(help.contains(word) && manual.contains(word), "{word}");
    }
    assert!(help.contains("Exit codes") && manual.contains("Exit codes"));
    assert!(!help.contains(KEY));
}
