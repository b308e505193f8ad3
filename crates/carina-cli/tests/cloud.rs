//! The command over a cloud: a real Keystone and a real Magnum (`end2end/magnum/README.md`).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use common::{CARINA, programs};
use serde_json::Value;
use snapbox::{
    cmd::{Command as Snap, OutputAssert},
    str,
};

/// The end of `setup` where it cannot be had.
const CANNOT: i32 = 75;

/// Nothing here takes so long.
const LONGEST: Duration = Duration::from_secs(40);

/// A cloud that runs until the end of its test, and a home for the command.
struct Cloud {
    folder: tempfile::TempDir,
    facts: Value,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Says so, also where a test that passes says nothing else.
fn skipped(why: &str) {
    // There is nobody left to tell if this fails.
    let _ = writeln!(io::stderr(), "SKIPPED: {why}");
}

fn rig(verb: &str, folder: &Path) -> Command {
    let mut command = Command::new(root().join("crates/xtask/scripts/magnum-rig.sh"));
    command
        .arg(verb)
        .arg(folder)
        .env("RIG_OP_SECONDS", "1")
        .env("RIG_SYNC_SECONDS", "1");
    command
}

impl Cloud {
    /// None: it cannot be had here, which is said.
    fn start() -> Option<Self> {
        // To install it takes longer than a test may.
        if !root().join("target/magnum/venv").is_dir() {
            skipped("there is no Keystone and no Magnum here; make magnum-rig installs them");
            return None;
        }
        let mut cloud = Self {
            folder: tempfile::tempdir().unwrap(),
            facts: Value::Null,
        };
        let output = rig("start", &cloud.rig()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.code() == Some(CANNOT) {
            skipped(&said);
            return None;
        }
        assert!(output.status.success(), "{said}");
        let facts = fs::read(cloud.rig().join("rig.json")).unwrap();
        cloud.facts = serde_json::from_slice(&facts).unwrap();
        Some(cloud)
    }

    fn rig(&self) -> PathBuf {
        self.folder.path().join("rig")
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn fact(&self, pointer: &str) -> String {
        let fact = self.facts.pointer(pointer).and_then(Value::as_str);
        fact.unwrap_or_else(|| panic!("rig.json has no {pointer}"))
            .to_owned()
    }

    /// What holds for everybody, and nothing else.
    fn bare(&self) -> Snap {
        Snap::new(CARINA)
            .env_clear()
            .env("PATH", programs())
            .env("HOME", self.folder.path())
            .env("CARINA_HOME", self.home())
            .env("OS_AUTH_URL", self.fact("/auth_url"))
            .env("OS_REGION_NAME", self.fact("/region"))
            .env("OS_USER_DOMAIN_NAME", "Default")
            .current_dir(self.folder.path())
            .timeout(LONGEST)
    }

    /// As one of the members, in a project.
    fn member(&self, name: &str, project: &str) -> Snap {
        self.bare()
            .env("OS_USERNAME", name)
            .env("OS_PASSWORD", self.fact(&format!("/users/{name}/password")))
            .env("OS_PROJECT_NAME", project)
    }

    /// As alice, in project demo.
    fn carina(&self, line: &str) -> OutputAssert {
        self.member("alice", "demo")
            .args(line.split_whitespace())
            .assert()
    }

    fn json(&self, line: &str) -> Value {
        let output = self.carina(&format!("{line} --output=json")).success();
        serde_json::from_slice(&output.get_output().stdout).unwrap()
    }
}

impl Drop for Cloud {
    /// Leaves nothing running, whatever the end of the test is.
    fn drop(&mut self) {
        let _ = rig("stop", &self.rig()).stdout(Stdio::null()).status();
    }
}

#[test]
fn the_known_session_goes_on_over_a_cloud() {
    let Some(cloud) = Cloud::start() else { return };
    cloud
        .carina("list")
        .success()
        .stderr_eq("")
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status

"#]]);
    cloud.carina("quotas").success().stdout_eq(str![[r#"
MaxClusters         MaxNodesPerCluster
20                  1000

"#]]);
    cloud
        .carina("templates --name=k8s*")
        .success()
        .stdout_eq(str![[r#"
Name                COE                 Version             Flavor              Id
k8s-1.31            kubernetes          [..]
k8s-1.32            kubernetes          [..]

"#]]);

    // It is made, with each step told.
    cloud
        .carina("create --template=K8S-1.31 --nodes=2 --wait shop")
        .success()
        .stderr_eq(str![[r#"
...
shop: Magnum makes the cluster (1 of 1)
shop: active

"#]])
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
shop                [..]2                   false               active

"#]]);
    let shop = cloud.json("get shop");
    assert_eq!(
        (&shop["name"], &shop["status"]),
        (&"shop".into(), &"active".into())
    );
    let id = shop["id"].as_str().unwrap();
    cloud
        .carina(&format!("get {id} -o name"))
        .success()
        .stdout_eq("shop\n");

    // And grows, while another one goes wrong.
    std::thread::scope(|scope| {
        scope.spawn(|| one_fails_and_goes(&cloud));
        scope.spawn(|| who_asks_is_in_the_environment(&cloud));
        cloud
            .carina("grow --by=1 --wait shop")
            .success()
            .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
shop                [..]3                   false               active

"#]]);
    });
    let listed = cloud.carina("ls -o yaml").success();
    let listed: Value =
        serde_saphyr::from_str(&String::from_utf8_lossy(&listed.get_output().stdout)).unwrap();
    assert_eq!(
        (&listed[0]["name"], &listed[0]["node_count"]),
        (&"shop".into(), &3.into())
    );
    cloud.carina("nodes shop").success().stdout_eq(str![[r#"
Name                Role                State               Address
manager-1           manager             ready               [..]
worker-1            worker              ready               [..]
worker-2            worker              ready               [..]

"#]]);

    credentials_open_it(&cloud, id);
    refusals_are_told(&cloud);

    // What was done and seen by earlier commands is known to later ones.
    let events = cloud.json("events shop");
    let said: Vec<_> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["message"].as_str().unwrap())
        .collect();
    for message in [
        "Creation asked for",
        "The cluster is ready",
        "3 nodes asked for",
        "Credentials handed out",
    ] {
        assert!(said.contains(&message), "{message}: {said:?}");
    }
    let asked = &events[0];
    assert_eq!(
        (&asked["kind"], &asked["actor"]),
        (&"requested".into(), &"alice".into())
    );

    // It goes, with its credentials.
    cloud
        .carina("delete --wait --timeout=30s shop")
        .success()
        .stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
shop                [..]3                   false               deleted

"#]]);
    assert!(!cloud.home().join("clusters").join(id).exists());
    nothing_secret_is_kept(&cloud);
}

/// What fails is told with the reason that Magnum gives, and makes room; whoever watches sees it go.
fn one_fails_and_goes(cloud: &Cloud) {
    cloud
        .carina(
            "create --template=k8s-1.31 --label=rig_fail=create --label=rig_seconds=3 --wait bad",
        )
        .code(6)
        .stderr_eq(str![[r#"
...
carina: bad is in error: Magnum could not make the cluster.
...
  Each step: carina events bad. Make room for another try: carina delete bad.

"#]]);
    cloud.carina("delete bad").success().stdout_eq(str![[r#"
ClusterName         Flavor              Nodes               AutoScale           Status
bad                 [..]deleting

"#]]);
    cloud.carina("watch bad").success().stdout_eq(str![[r#"
...
[..]  bad  finished   The cluster is gone[..]

"#]]);
}

/// A kubeconfig for its owner alone, and a shell that uses it.
fn credentials_open_it(cloud: &Cloud, id: &str) {
    cloud
        .carina("credentials shop")
        .success()
        .stdout_eq(str![[r##"
#
# Credentials written to "[..]/clusters/[..]"
# To see how to connect to your cluster, run: carina env shop
#

"##]]);
    let config = cloud.home().join("clusters").join(id).join("kubeconfig");
    let mode = fs::metadata(&config).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let first = fs::read_to_string(&config).unwrap();
    assert!(first.contains("client-key-data: "));
    for shell in ["sh", "bash"] {
        let said = cloud.carina(&format!("env --shell={shell} shop")).success();
        let lines = String::from_utf8(said.get_output().stdout.clone()).unwrap();
        assert!(lines.contains("variables for kubectl"), "{lines}");
        let shown = Command::new(shell)
            .args(["-c", &format!("{lines}\necho $KUBECONFIG")])
            .current_dir("/")
            .output()
            .unwrap();
        let shown = String::from_utf8(shown.stdout).unwrap();
        assert_eq!(
            fs::canonicalize(shown.trim()).unwrap(),
            fs::canonicalize(&config).unwrap()
        );
    }
    // It is good still, so that nobody makes another key.
    assert_eq!(fs::read_to_string(&config).unwrap(), first);
}

/// The cloud's own words, the id that its log has, and exit codes as everywhere.
fn refusals_are_told(cloud: &Cloud) {
    cloud
        .carina("create --template=k8s-1.31 --keypair=nobodys x")
        .code(5)
        .stdout_eq("")
        .stderr_eq(str![[r#"
carina: The cloud refused that.
  [..]nobodys[..]
  Request id: req-[..]-[..]-[..]-[..]-[..]

"#]]);
    cloud
        .carina("create --template=k8s-1.99 x")
        .code(3)
        .stderr_eq(str![[r#"
carina: There is no template "k8s-1.99".
  What there is: carina templates.

"#]]);
    cloud.carina("create x").code(2);
    cloud.carina("get nothing").code(3);
    for line in [
        "autoscale shop on",
        "create --autoscale --template=k8s-1.31 x",
        "rebuild shop",
        "keys",
        "drain shop worker-1",
        "logs shop web",
    ] {
        cloud.carina(line).code(1).stdout_eq("").stderr_eq(str![[r#"
carina: This control plane does not offer that.

"#]]);
    }
}

fn who_asks_is_in_the_environment(cloud: &Cloud) {
    let list = |command: Snap| command.args(["list", "-o", "name"]).assert();
    // One of two projects, by name or id; and a program's own.
    list(cloud.member("carol", "other")).success().stdout_eq("");
    let demo = cloud.fact("/projects/demo");
    let shop = str![[r#"
...
shop
...
"#]];
    list(cloud.member("carol", "other").env("OS_PROJECT_ID", &demo))
        .success()
        .stdout_eq(shop.clone());
    let program = "/application_credentials/unrestricted";
    list(
        cloud
            .bare()
            .env(
                "OS_APPLICATION_CREDENTIAL_ID",
                cloud.fact(&format!("{program}/id")),
            )
            .env(
                "OS_APPLICATION_CREDENTIAL_SECRET",
                cloud.fact(&format!("{program}/secret")),
            ),
    )
    .success()
    .stdout_eq(shop);
    list(cloud.member("carol", "nowhere")).code(3);
    list(cloud.member("alice", "demo").env("OS_PASSWORD", "wrong"))
        .code(4)
        .stderr_eq(str![[r#"
carina: The username and the password or API key do not match.
  Look at OS_USERNAME, OS_PASSWORD, OS_USER_DOMAIN_NAME and the project, or at the application credential.

"#]]);
    list(cloud.bare()).code(4).stderr_eq(str![[r#"
carina: There is no OS_USERNAME to sign in with.
  Set OS_USERNAME and OS_PASSWORD, or OS_APPLICATION_CREDENTIAL_ID and OS_APPLICATION_CREDENTIAL_SECRET.

"#]]);
    // Somebody else's cluster in the same project is seen, and its key is not had.
    cloud
        .member("carol", "demo")
        .args(["credentials", "shop"])
        .assert()
        .code(4);
    // A control plane of ours that is named goes before the cloud.
    list(
        cloud
            .member("alice", "demo")
            .env("CARINA_ENDPOINT", "http://127.0.0.1:1"),
    )
    .code(4)
    .stderr_eq(str![[r#"
carina: There is no username to sign in with.
  Run `carina login`, or set CARINA_USERNAME and CARINA_APIKEY.

"#]]);
    list(
        cloud
            .member("alice", "demo")
            .env("OS_AUTH_URL", "http://127.0.0.1:1/v3"),
    )
    .code(8);
}

/// Neither passwords nor tokens are in the home.
fn nothing_secret_is_kept(cloud: &Cloud) {
    let files: Vec<_> = fs::read_dir(cloud.home())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_file())
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(files[0].file_name(), "timeline.jsonl");
    let mode = files[0].metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = fs::read_to_string(files[0].path()).unwrap();
    let password = cloud.fact("/users/alice/password");
    assert!(!text.contains(&password) && !text.contains("token"));
}
