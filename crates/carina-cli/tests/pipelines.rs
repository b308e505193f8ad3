//! The pipelines of `end2end/pipelines`: each file is read as its service reads it, and its steps are run
//! in a clean folder with nothing but the documented environment, against a live cluster on a real engine.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

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
            pipeline(&set, tag).run();
            is_deployed(&plane, tag);
        }
        // The network goes a little later.
        let away = "set -eu; eval \"$(carina env live)\"; docker stack rm --detach=false shop; \
                    for try in $(seq 300); do \
                        docker network inspect shop_default >/dev/null 2>&1 || exit 0; sleep 0.1; \
                    done; exit 1";
        plane.script(&["sh"], away, plane.folder.path());
    }
    // Once more where it is run in the end.
    let client = Client::build();
    codeship(&set, "one").run_in(&client.image);
    is_deployed(&plane, "one");
}

/// The service is as the pipeline of a tag leaves it, and runs.
fn is_deployed(plane: &Plane, tag: &str) {
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

/// The docker of the test, on the engine of the nodes.
fn docker() -> Command {
    Command::new("docker")
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
    commands: Vec<Vec<String>>,
    environment: Vec<(String, String)>,
}

impl Steps {
    /// Runs them as a runner does: in a new checkout, and in a home where nobody was before.
    fn run(self) {
        let home = tempfile::tempdir().unwrap();
        self.run_each(|command, checkout| {
            let mut run = Command::new(&command[0]);
            run.args(&command[1..])
                .current_dir(checkout)
                .env_clear()
                .env("PATH", programs())
                .env("HOME", home.path())
                .envs(self.environment.iter().cloned());
            run
        });
    }

    /// The same in the image of the client, on the engine of the nodes.
    fn run_in(self, image: &str) {
        self.run_each(|command, checkout| {
            let mut run = docker();
            run.args(["run", "--rm", "--network=host", "--volume"])
                .arg(format!("{}:{}", checkout.display(), dockerfile().folder));
            for (name, value) in &self.environment {
                // Its value is not on the command line.
                run.args(["--env", name]).env(name, value);
            }
            run.arg(image).args(command);
            run
        });
    }

    fn run_each(&self, made: impl Fn(&[String], &Path) -> Command) {
        let checkout = tempfile::tempdir().unwrap();
        for file in CHECKOUT {
            fs::copy(file_of(file), checkout.path().join(file)).unwrap();
        }
        assert!(!self.commands.is_empty());
        for command in &self.commands {
            let output = made(command, checkout.path()).output().unwrap();
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            assert!(output.status.success(), "{command:?}\n{said}");
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

/// A script as GitHub and GitLab run it in an image without bash: it ends with the first mistake.
fn in_a_shell(script: &str) -> Vec<String> {
    ["sh", "-ec", script].map(str::to_owned).to_vec()
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
        assert_eq!(service["image"], image_name());
        assert_eq!(service["encrypted_env_file"], "carina.env.encrypted");
        assert_eq!(service["volumes"][0], format!("./:{}", dockerfile().folder));
        words(step["command"].as_str().unwrap())
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

/// A command as Codeship runs it, without a shell: words, of which quotes keep some together.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = None::<String>;
    let mut quote = None;
    for c in command.chars() {
        match (c, quote) {
            (' ', None) => words.extend(word.take()),
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, Some(end)) if c == end => quote = None,
            (c, _) => {
                assert!(c != '\\', "what a backslash does here is not known");
                word.get_or_insert_default().push(c);
            }
        }
    }
    assert_eq!(quote, None, "{command}");
    words.extend(word);
    words
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
        commands: runs.map(in_a_shell).collect(),
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
        commands: vec![in_a_shell(&texts(&job["script"]).join("\n"))],
        environment,
    }
}

/// What the Dockerfile says.
struct Dockerfile {
    text: String,
    /// The base.
    from: String,
    /// From where in the folder beside it, to where.
    copies: Vec<(String, String)>,
    /// Where steps are run.
    folder: String,
}

fn dockerfile() -> Dockerfile {
    let text = fs::read_to_string(file_of("Dockerfile")).unwrap();
    let (mut from, mut copies, mut folder) = (None, Vec::new(), None);
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match *line.split_whitespace().collect::<Vec<_>>() {
            ["FROM", base] => from = Some(base.to_owned()),
            ["COPY", source, target] => copies.push((source.to_owned(), target.to_owned())),
            ["WORKDIR", path] => folder = Some(path.to_owned()),
            ["RUN", ..] => {}
            _ => panic!("{line:?} is not known here"),
        }
    }
    Dockerfile {
        from: from.unwrap(),
        copies,
        folder: folder.unwrap(),
        text,
    }
}

/// The name that whoever makes the image is told to give it.
fn image_name() -> String {
    let text = dockerfile().text;
    let name = text.lines().find_map(|line| {
        let line = line.strip_prefix("#     docker build -t ")?;
        line.strip_suffix(" .")
    });
    name.unwrap().to_owned()
}

/// What is built in a pipeline is built of what is in the checkout; `carina` is not.
#[test]
fn a_pipeline_builds_nothing_that_is_not_in_its_checkout() {
    fn builds(value: &Value, found: &mut Vec<String>) {
        if let Some(build) = value.get("build") {
            let named = build["dockerfile"].as_str();
            found.push(named.unwrap_or("Dockerfile").to_owned());
        }
        let inside = value.as_object().map(|it| it.values().collect::<Vec<_>>());
        for value in inside
            .or(value.as_array().map(|it| it.iter().collect()))
            .unwrap_or_default()
        {
            builds(value, found);
        }
    }
    let mut read = 0;
    for entry in fs::read_dir(file_of("")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.ends_with(".yml") {
            continue;
        }
        read += 1;
        let mut found = Vec::new();
        builds(&yaml(&name), &mut found);
        for file in found {
            assert_eq!(file, "Dockerfile", "{name}");
            for (source, _) in dockerfile().copies {
                assert!(
                    CHECKOUT.contains(&source.as_str()),
                    "{name} builds with {source}"
                );
            }
        }
    }
    assert_eq!(read, 5);
}

/// The image of the client, made by its Dockerfile; it goes with this.
struct Client {
    image: String,
    base: String,
}

impl Client {
    /// Builds it on the engine of the nodes. The base cannot be pulled everywhere: one of the programs
    /// of this machine stands in for it.
    fn build() -> Self {
        let file = dockerfile();
        let script = fs::read_to_string(file_of("../../crates/xtask/scripts/command.sh")).unwrap();
        assert!(
            script.contains("\"$TARGET/command/carina\""),
            "`make command` makes another file"
        );
        let told = "cp target/command/carina end2end/pipelines";
        assert!(file.text.contains(told));
        let copy = ("carina".to_owned(), "/usr/local/bin/carina".to_owned());
        assert_eq!(file.copies, [copy]);
        assert!(file.from.starts_with("docker:") && file.from.ends_with("-cli"));

        let context = tempfile::tempdir().unwrap();
        let number = std::process::id();
        let client = Self {
            image: format!("carina-test-client:{number}"),
            base: format!("carina-test-base:{number}"),
        };
        common::image::import_base(&client.base);
        let text = file.text.replace(
            &format!("FROM {}", file.from),
            &format!("FROM {}", client.base),
        );
        fs::write(context.path().join("Dockerfile"), text).unwrap();
        fs::copy(common::CARINA, context.path().join("carina")).unwrap();
        // The builder that needs no plugin.
        let build = docker()
            .env("DOCKER_BUILDKIT", "0")
            .args(["build", "--network=none", "-t", &client.image])
            .arg(context.path())
            .output()
            .unwrap();
        let said = [build.stdout, build.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(build.status.success(), "{said}");
        assert!(said.contains("\nv0.1.0 ("), "{said}");
        client
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = docker()
            .args(["rmi", "--force", &self.image, &self.base])
            .output();
    }
}
