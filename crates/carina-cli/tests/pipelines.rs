//! The pipelines of `end2end/pipelines`: each file is read as its service reads it, and its steps are run
//! in a clean folder with nothing but the documented environment, against a live cluster on a real engine.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::{fs, path::PathBuf, process::Command};

use common::{Plane, programs};
use serde_json::Value;

/// What a checkout of the project holds.
const CHECKOUT: [&str; 2] = ["deploy.sh", "compose.yml"];

#[test]
fn every_pipeline_deploys_to_a_live_cluster_and_updates_it() {
    let plane = Plane::on_docker("28550-28599");
    plane.carina("create --wait --timeout=2m live").success();
    plane.import_images("live");
    let key = plane.output("keys create --scopes=read,credentials -o json pipeline");
    let key: Value = serde_json::from_str(&key).unwrap();
    let set = Variables {
        endpoint: plane.endpoint.clone(),
        key: key["secret"].as_str().unwrap().to_owned(),
    };
    for pipeline in [codeship, github, gitlab] {
        for tag in ["one", "two"] {
            pipeline(&set, tag).run(&plane);
            let says = "set -eu; eval \"$(carina env live)\"; \
                        docker service inspect shop_web --format '{{.Spec.TaskTemplate.ContainerSpec.Image}}'; \
                        docker service ps shop_web --filter desired-state=running --format '{{.Image}} {{.CurrentState}}'";
            let said = plane.script(&["sh"], says, plane.folder.path());
            let image = format!("shell:{tag}");
            let lines: Vec<_> = said.lines().collect();
            assert_eq!(lines[0], image);
            assert!(lines[1].starts_with(&format!("{image} Running")), "{said}");
            assert_eq!(lines.len(), 2, "{said}");
        }
        // The network goes a little later.
        let away = "set -eu; eval \"$(carina env live)\"; docker stack rm --detach=false shop; \
                    for try in $(seq 300); do \
                        docker network inspect shop_default >/dev/null 2>&1 || exit 0; sleep 0.1; \
                    done; exit 1";
        plane.script(&["sh"], away, plane.folder.path());
    }
    image_of_the_client(&plane);
}

/// What whoever sets a pipeline up has to give it.
struct Variables {
    endpoint: String,
    key: String,
}

impl Variables {
    fn get(&self, name: &str) -> String {
        match name {
            "CARINA_ENDPOINT" => self.endpoint.clone(),
            "CARINA_USERNAME" => "admin".to_owned(),
            "CARINA_APIKEY" => self.key.clone(),
            "CLUSTER" => "live".to_owned(),
            "IMAGE" => "shell".to_owned(),
            other => panic!("{other} is not documented"),
        }
    }

    fn pairs(&self, names: &[&str]) -> Vec<(String, String)> {
        names
            .iter()
            .map(|&name| (name.to_owned(), self.get(name)))
            .collect()
    }
}

/// The shell commands of a pipeline, and what they are run with.
struct Steps {
    commands: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Steps {
    /// Runs them as a runner does: in a new checkout.
    fn run(self, plane: &Plane) {
        let checkout = tempfile::tempdir().unwrap();
        for file in CHECKOUT {
            fs::copy(file_of(file), checkout.path().join(file)).unwrap();
        }
        assert!(!self.commands.is_empty());
        for command in &self.commands {
            let output = Command::new("sh")
                .args(["-ec", command])
                .current_dir(&checkout)
                .env_clear()
                .env("PATH", programs())
                .env("HOME", plane.folder.path().join("runner"))
                .envs(self.environment.iter().cloned())
                .output()
                .unwrap();
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            assert!(output.status.success(), "{command}\n{said}");
            let key = self
                .environment
                .iter()
                .find(|(name, _)| name == "CARINA_APIKEY");
            assert!(!said.contains(&key.unwrap().1), "the key is shown");
        }
        assert!(!checkout.path().join("credentials").exists());
    }
}

fn file_of(name: &str) -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../end2end/pipelines"
    ))
    .join(name)
}

fn yaml(name: &str) -> Value {
    serde_saphyr::from_str(&fs::read_to_string(file_of(name)).unwrap()).unwrap()
}

fn texts(list: &Value) -> Vec<String> {
    let texts = list.as_array().unwrap().iter();
    texts
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

/// The steps of a service, which gets its environment from the encrypted file.
fn codeship(set: &Variables, tag: &str) -> Steps {
    let services = yaml("codeship-services.yml");
    let steps = yaml("codeship-steps.yml");
    let steps = steps.as_array().unwrap().iter().map(|step| {
        let service = &services[step["service"].as_str().unwrap()];
        assert!(file_of(service["build"]["dockerfile"].as_str().unwrap()).is_file());
        assert_eq!(service["encrypted_env_file"], "carina.env.encrypted");
        step["command"].as_str().unwrap().to_owned()
    });
    let mut environment = set.pairs(&[
        "CARINA_ENDPOINT",
        "CARINA_USERNAME",
        "CARINA_APIKEY",
        "CLUSTER",
        "IMAGE",
    ]);
    environment.push(("CI_COMMIT_ID".to_owned(), tag.to_owned()));
    Steps {
        commands: steps.collect(),
        environment,
    }
}

/// The `run` steps of the job, whose environment is made of variables, a secret and the commit.
fn github(set: &Variables, tag: &str) -> Steps {
    let workflow = yaml("github-actions.yml");
    let job = &workflow["jobs"]["deploy"];
    let filled = |text: &str| {
        let mut parts = text.split("${{");
        let mut filled = parts.next().unwrap().to_owned();
        for part in parts {
            let (name, rest) = part.split_once("}}").unwrap();
            filled.push_str(&match name.trim().split_once('.').unwrap() {
                ("vars", "CARINA_APIKEY") => panic!("the key is no secret"),
                ("vars", name) => set.get(name),
                ("secrets", "CARINA_APIKEY") => set.key.clone(),
                ("github", "sha") => tag.to_owned(),
                _ => panic!("{name} is not documented"),
            });
            filled.push_str(rest);
        }
        filled
    };
    let environment = job["env"].as_object().unwrap().iter();
    let runs = job["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|step| step["run"].as_str());
    Steps {
        environment: environment
            .map(|(name, text)| (name.clone(), filled(text.as_str().unwrap())))
            .collect(),
        commands: runs.map(str::to_owned).collect(),
    }
}

/// The script of the job: one shell for all of its lines.
fn gitlab(set: &Variables, tag: &str) -> Steps {
    let file = yaml(".gitlab-ci.yml");
    let job = &file["deploy"];
    let mut environment = set.pairs(&[
        "CARINA_ENDPOINT",
        "CARINA_USERNAME",
        "CARINA_APIKEY",
        "CLUSTER",
    ]);
    for (name, text) in job["variables"].as_object().unwrap() {
        let text = text.as_str().unwrap();
        let text = text.replace("$CI_REGISTRY_IMAGE", &set.get("IMAGE"));
        environment.push((name.clone(), text.replace("$CI_COMMIT_SHA", tag)));
    }
    Steps {
        commands: vec![texts(&job["script"]).join("\n")],
        environment,
    }
}

/// What the Dockerfile runs has to run; its base cannot be pulled everywhere.
fn image_of_the_client(plane: &Plane) {
    let text = fs::read_to_string(file_of("Dockerfile")).unwrap();
    let runs: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("RUN "))
        .collect();
    assert!(!runs.is_empty());
    for run in runs {
        plane.script(&["sh"], run, plane.folder.path());
    }
}
