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

use common::{CARINA, KEY, PASSWORD, Plane, known::known_session};
use snapbox::str;

#[test]
fn the_known_session_prints_what_it_always_did() {
    let plane = Plane::simulated();
    known_session(&plane);
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
  Request id: [..]-[..]-[..]-[..]-[..]

"#]]);
    for line in [
        "get 4e6ee1b2-7b8c-4a35-9d33-1f0d6f6f3a11",
        "keys revoke nothing",
        "create --template=nothing x",
    ] {
        plane.carina(line).code(3).stderr_eq(str![[r#"
carina: There is no [..].
  [..]: carina [..].
  Request id: [..]-[..]-[..]-[..]-[..]

"#]]);
    }
    plane.carina("create --wait --protect held").success();
    plane
        .carina("delete held")
        .code(5)
        .stdout_eq("")
        .stderr_eq(str![[r#"
carina: The cluster is protected against deletion. Take the protection off first.
  Take it off: carina protect held off.
  Request id: [..]-[..]-[..]-[..]-[..]

"#]]);
    plane.carina("protect held off").success();
    plane.carina("create held").code(5);
    plane
        .carina("replace held node-7")
        .code(3)
        .stderr_eq(str![[r#"
carina: There is no node "node-7".
  Its nodes: carina nodes held.
  Request id: [..]

"#]]);
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
    // A cloud may have so many.
    plane
        .carina("create --nodes=101 none")
        .code(2)
        .stderr_eq(str![[r#"
carina: A cluster has 1 to 100 nodes, in whole numbers.

"#]]);
    plane.carina("create --timeout=5s never").code(2);
    plane
        .carina("rebuild --wait --timeout=1s held")
        .code(7)
        .stderr_eq(str![[r#"
...
carina: held is still rebuilding after 1 s. The work goes on.
  Wait on: carina get --wait held.

"#]]);
    plane.carina("grow --by=1 held").code(5).stderr_eq(str![[r#"
carina: [..]
  Wait for it: carina get --wait held.
  Request id: [..]

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
        let mut child = carina(&format!("login {line}"))
            .args(["--username=admin", &endpoint])
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

    // What is said now goes before the environment, and that before the profile.
    let with_env = |line: &str, name: &str, value: &str| {
        let output = carina(line).env(name, value).output().unwrap();
        output.status.code().unwrap()
    };
    assert_eq!(with_env("list", "CARINA_APIKEY", "wrong"), 4);
    let line = format!("list --apikey={KEY}");
    assert_eq!(with_env(&line, "CARINA_APIKEY", "wrong"), 0);
    let line = format!("list --apikey={KEY} --username=admin");
    assert_eq!(with_env(&line, "CARINA_ENDPOINT", "http://127.0.0.1:1"), 8);
    let line = format!("{line} --endpoint={}", plane.endpoint);
    assert_eq!(with_env(&line, "CARINA_ENDPOINT", "http://127.0.0.1:1"), 0);
    assert_eq!(with_env("list", "CARINA_PROFILE", "work"), 0);
    assert_eq!(with_env("list", "CARINA_PROFILE", "other"), 3);
    assert_eq!(with_env("list --no-profile", "CARINA_PROFILE", "work"), 4);

    // A key that may do little.
    assert_eq!(login("--profile=look --scopes=read", PASSWORD), 0);
    assert_eq!(with_env("list", "CARINA_PROFILE", "look"), 0);
    assert_eq!(with_env("create no", "CARINA_PROFILE", "look"), 4);
    // It cannot revoke itself: what is to be typed is said.
    let output = carina("logout --profile=look").output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    let said = String::from_utf8(output.stderr).unwrap();
    let line = said.lines().next().unwrap();
    plane
        .carina(line.split_once(": carina ").unwrap().1)
        .success();

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

/// A project has a README of its own, and a folder may hold the credentials of something else.
#[test]
fn files_that_are_not_of_the_cluster_stay() {
    let plane = Plane::simulated();
    plane.carina("create --wait here").success();
    plane.carina("create --wait there").success();
    let folder = plane.folder.path().join("project");
    fs::create_dir(&folder).unwrap();
    let read_me = folder.join("README.md");
    fs::write(&read_me, "my project").unwrap();
    let names = || {
        let files = fs::read_dir(&folder).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    };
    let in_it = |line: &str| {
        let command = plane.command().current_dir(&folder);
        command.args(line.split(' ')).assert()
    };
    in_it("credentials --path=. here").success();
    in_it("env --path=. here").success();
    assert_eq!(names().len(), 8);
    assert_eq!(fs::read_to_string(&read_me).unwrap(), "my project");

    in_it("delete --path=. there").success().stderr_eq(str![[r#"
The files in [..]/project stay: they are not known to be credentials of there.

"#]]);
    assert_eq!(names().len(), 8);
    // Of the same cluster, before it had another name and other certificates.
    plane.carina("rename here elsewhere").success();
    in_it("delete --path=. elsewhere").success().stderr_eq("");
    assert_eq!(names(), ["README.md"]);
    assert_eq!(fs::read_to_string(&read_me).unwrap(), "my project");

    fs::write(folder.join("key.pem"), "my key").unwrap();
    plane.carina("create --wait third").success();
    in_it("credentials --path=. third")
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r#"
carina: There are files in [..]/project that are not of a cluster, and would be lost.
  Name another folder, or move them away: --path=DIR.

"#]]);
    in_it("delete --path=. third").success();
    assert_eq!(names(), ["README.md", "key.pem"]);
}

/// In every shell that this machine has, also from a folder with a space.
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
        &["fish"],
    ] {
        if Command::new(shell[0]).arg("-c").arg(":").output().is_err() {
            continue;
        }
        tried += 1;
        let name = shell.last().unwrap();
        for path in ["", " --path='with space'"] {
            let script = match *name {
                "fish" => format!(
                    "set -x SHELL /bin/fish; carina env shells{path} | source; or exit 1; \
                     test -f \"$DOCKER_CERT_PATH/key.pem\"; or exit 1; \
                     echo $CARINA_CLUSTER_NAME $DOCKER_HOST"
                ),
                _ => format!(
                    "set -eu; export SHELL=/bin/{name}; eval \"$(carina env shells{path})\"; \
                     test -f \"$DOCKER_CERT_PATH/key.pem\"; echo \"$CARINA_CLUSTER_NAME $DOCKER_HOST\""
                ),
            };
            let out = plane.script(shell, &script, plane.folder.path());
            assert!(out.starts_with("shells tcp://"), "{shell:?}: {out}");
        }
    }
    assert!(tried >= 2, "neither bash nor sh ran");
}

/// In a terminal, one line moves and is gone in the end; results go where they are sent.
#[test]
fn a_line_moves_in_a_terminal_while_somebody_waits() {
    let plane = Plane::simulated();
    let terminal = |term: &str, name: &str| {
        let line = format!(
            "TERM={term} script -qec 'carina create --wait {name} > result' /dev/null </dev/null"
        );
        plane.script(&["sh"], &line, plane.folder.path())
    };
    let shown = terminal("xterm", "live");
    assert!(
        shown.contains("live: ") && shown.contains(" of "),
        "{shown:?}"
    );
    // It is written over, not under.
    assert!(
        shown.contains("\r") && shown.contains("\u{1b}["),
        "{shown:?}"
    );
    assert!(shown.lines().count() <= 2, "{shown:?}");
    let result = fs::read_to_string(plane.folder.path().join("result")).unwrap();
    assert_eq!(result.lines().count(), 2, "{result}");

    // Where a line cannot be taken back, each step has its own.
    let shown = terminal("dumb", "plain");
    assert!(
        shown.ends_with("(4 of 4)\r\nplain: active\r\n"),
        "{shown:?}"
    );
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
}

#[test]
fn waiting_for_what_is_deleted_meanwhile_ends_with_that() {
    let plane = Plane::simulated();
    plane.carina("create --nodes=3 gone").success();
    let mut waits = Command::new(CARINA)
        .env_clear()
        .envs(plane.environment())
        .args(["get", "--wait", "gone"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let told = std::io::BufReader::new(waits.stderr.take().unwrap());
    let mut told = std::io::BufRead::lines(told);
    assert!(told.next().unwrap().unwrap().starts_with("gone: "));
    plane.carina("delete gone").success();
    let last = told.last().unwrap().unwrap();
    assert_eq!(last, "carina: gone was deleted meanwhile.");
    let output = waits.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(6));
    assert!(output.stdout.is_empty());
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
        let path = plane.folder.path().join(shell);
        fs::write(&path, script).unwrap();
        // The shell itself, where it is there, finds no mistake in it.
        if let Ok(read) = Command::new(shell).arg("-n").arg(&path).output()
            && shell != "powershell"
        {
            assert!(read.status.success() && read.stderr.is_empty(), "{read:?}");
        }
    }
    assert_eq!(
        plane.output("bash-completion"),
        plane.output("completion bash")
    );
    let complete = "source ./bash; COMP_WORDS=(carina autos); COMP_CWORD=1; \
                    _carina carina autos carina; echo \"${COMPREPLY[*]}\"";
    assert_eq!(
        plane.script(&["bash"], complete, plane.folder.path()),
        "autoscale\n"
    );
    let manual = plane.output("man");
    for word in ["create", "credentials", "logs", "watch", "support"] {
        assert!(help.contains(word) && manual.contains(word), "{word}");
    }
    assert!(help.contains("Exit codes") && manual.contains("Exit codes"));
    assert!(!help.contains(KEY));
}

#[test]
fn every_command_has_a_page_with_its_flags() {
    let plane = Plane::simulated();
    let page = |command: &str| plane.output(&format!("man {command}")).replace('\\', "");
    let list = page("");
    let mut commands: Vec<_> = list
        .lines()
        .filter_map(|line| line.strip_prefix("carina-")?.strip_suffix("(1)"))
        .collect();
    commands.retain(|name| *name != "help");
    assert!(commands.len() > 25, "{list}");
    for command in commands {
        let page = page(command);
        let head = format!(".TH carina-{command} 1");
        assert!(page.contains(&head), "{page}");
        assert!(page.contains("--endpoint") && page.contains("carina v0.1.0 ("));
        assert!(page.contains("\nv0.1.0 ("), "{page}");
    }
    for (command, flags) in [
        ("create", ["--nodes", "--wait", "--timeout"]),
        ("grow", ["--by", "--wait", "--timeout"]),
        ("rm", ["carina-delete", "--path", "--wait"]),
        (
            "keys create",
            ["carina-keys-create", "--scopes", "--expires"],
        ),
    ] {
        let page = page(command);
        for flag in flags {
            assert!(page.contains(flag), "{command} {flag}\n{page}");
        }
    }
    plane.carina("man nothing").code(3).stdout_eq("");
}

/// As the first `carina` said it, and with the flags that it had.
#[test]
fn the_version_and_the_flags_of_old_are_taken() {
    let plane = Plane::simulated();
    for line in ["version", "--version", "-v", "-V", "list --version"] {
        plane
            .carina(line)
            .success()
            .stdout_eq("v0.1.0 ([..])\n")
            .stderr_eq("");
    }
    plane
        .carina("--debug --silent --cloud=make-swarm --region=DFW --no-profile --cache=false list -o name")
        .success()
        .stdout_eq("")
        .stderr_eq("");
    assert!(!plane.home().join("cache.json").exists());
    plane.carina("list --cache --cloud=public").success();
    assert!(plane.home().join("cache.json").exists());
    plane.carina("list --cloud=private").code(2);
}
