//! How programs that build and deploy use a cluster: recipes to copy, filled in.
//!
//! They need `curl`, `unzip` and `docker`. They sign in with an API key that the service keeps as a
//! secret, and download credentials of their own each time.

use std::fmt::Write;

use cluster_api::ClusterId;
use leptos::prelude::*;

use super::shells::one_of;
use crate::{t, ui::copy::command};

/// What recipes are filled in with.
pub struct Recipe<'a> {
    /// The cluster.
    pub id: ClusterId,
    /// Its name, and that of the folder in its bundle.
    pub name: &'a str,
    /// Where programs reach the control plane.
    pub api: &'a str,
    /// The account that the key belongs to.
    pub username: &'a str,
}

impl Recipe<'_> {
    /// The commands, as a line each: sign in, download, unzip, use.
    fn script(&self) -> String {
        let Self { id, name, .. } = self;
        [
            "set -eu",
            // The key is written by the shell itself: no list of processes shows it.
            r#"token=$(printf '{"auth":{"RAX-KSKEY:apiKeyCredentials":{"username":"%s","apiKey":"%s"}}}' \"#,
            r#"  "$CARINA_USERNAME" "$CARINA_APIKEY" |"#,
            r#"  curl -fsS -H 'Content-Type: application/json' --data @- "$CARINA_ENDPOINT/v2.0/tokens" |"#,
            r#"  sed -n 's/.*"token": *{ *"id": *"\([^"]*\)".*/\1/p')"#,
            r#"curl -fsS -H "X-Auth-Token: $token" -o carina.zip \"#,
            &format!(r#"  "$CARINA_ENDPOINT/v2/clusters/{id}/credentials/zip""#),
            "unzip -qo carina.zip",
            &format!(". ./{name}/docker.env"),
            "docker info",
            "# docker stack deploy --compose-file compose.yml app",
        ]
        .join("\n")
    }

    fn github(&self) -> String {
        let Self {
            name,
            api,
            username,
            ..
        } = self;
        let mut text = format!(
            "name: Deploy to {name}\non:\n  push:\n    branches: [main]\njobs:\n  deploy:\n    \
             runs-on: ubuntu-latest\n    env:\n      CARINA_ENDPOINT: {api}\n      \
             CARINA_USERNAME: \"{username}\"\n      CARINA_APIKEY: ${{{{ secrets.CARINA_APIKEY }}}}\n    \
             steps:\n      - uses: actions/checkout@v4\n      - shell: sh\n        run: |\n"
        );
        indent(&self.script(), 10, &mut text);
        text
    }

    fn gitlab(&self) -> String {
        let Self { api, username, .. } = self;
        let mut text = format!(
            "deploy:\n  image: docker:28-cli\n  variables:\n    CARINA_ENDPOINT: {api}\n    \
             CARINA_USERNAME: \"{username}\"\n  before_script:\n    - apk add --no-cache curl unzip\n  \
             script:\n    - |\n"
        );
        indent(&self.script(), 6, &mut text);
        text
    }

    /// Done once, by hand: the settings go into the repository encrypted.
    fn codeship_once(&self) -> String {
        let Self { api, username, .. } = self;
        format!(
            "cat > carina.env <<'END'\nCARINA_ENDPOINT={api}\nCARINA_USERNAME={username}\n\
             CARINA_APIKEY=\nEND\n${{EDITOR:-vi}} carina.env\njet encrypt carina.env carina.env.encrypted\n\
             rm carina.env\nprintf '%s\\n' codeship.aes carina.env carina.zip >> .gitignore"
        )
    }
}

const CODESHIP_SERVICES: &str = "deploy:\n  build:\n    image: deploy\n    dockerfile: Dockerfile.deploy\n  \
                                 encrypted_env_file: carina.env.encrypted";

const CODESHIP_STEPS: &str = "- name: deploy\n  service: deploy\n  command: sh deploy.sh";

const CODESHIP_DOCKERFILE: &str =
    "FROM docker:28-cli\nRUN apk add --no-cache curl unzip\nWORKDIR /deploy\nCOPY . .";

fn indent(script: &str, by: usize, into: &mut String) {
    for line in script.lines() {
        // Writing to a string does not fail.
        let _ = writeln!(into, "{:by$}{line}", "");
    }
    into.truncate(into.trim_end().len());
}

/// A choice of services, and the files for the one that is chosen.
#[must_use]
pub fn recipes(recipe: &Recipe<'_>) -> AnyView {
    let file = |name: &'static str, text: String| {
        view! {
            <h3 class="file">
                <code>{name}</code>
            </h3>
            {command(text, name)}
        }
        .into_any()
    };
    let github = view! {
        <p class="small">{t!("access-ci-github")}</p>
        {file(".github/workflows/deploy.yml", recipe.github())}
    };
    let gitlab = view! {
        <p class="small">{t!("access-ci-gitlab")}</p>
        {file(".gitlab-ci.yml", recipe.gitlab())}
    };
    let codeship = view! {
        <p class="small">{t!("access-ci-codeship")}</p>
        {command(recipe.codeship_once(), &t!("access-commands"))}
        {file("codeship-services.yml", CODESHIP_SERVICES.to_owned())}
        {file("codeship-steps.yml", CODESHIP_STEPS.to_owned())}
        {file("Dockerfile.deploy", CODESHIP_DOCKERFILE.to_owned())}
        {file("deploy.sh", recipe.script())}
    };
    one_of(
        "ci",
        t!("access-ci-service"),
        [
            ("github", "GitHub Actions", github.into_any()),
            ("gitlab", "GitLab CI", gitlab.into_any()),
            ("codeship", "Codeship", codeship.into_any()),
        ],
    )
}

/// Whether an address leads to the machine itself, which nobody else can reach.
#[must_use]
pub fn is_loopback(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    ["127.", "localhost", "[::1]"]
        .iter()
        .any(|here| host.starts_with(here))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const RECIPE: Recipe<'static> = Recipe {
        id: ClusterId(uuid::Uuid::from_u128(7)),
        name: "shop",
        api: "https://api.example.com",
        username: "admin",
    };

    /// Runs a script with programs of our own, in a folder with an unzipped bundle.
    fn run(script: &str) -> String {
        let folder = std::env::temp_dir().join(format!("carina-recipe-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(folder.join("shop")).unwrap();
        std::fs::write(folder.join("shop/docker.env"), "HERE=shop\n").unwrap();
        let programs = r#"
            curl() {
                case "$*" in
                    *v2.0/tokens) cat >&2; echo '{"access":{"token":{"id":"t-1","expires":"x","tenant":{"id":"9"}},"user":{"id":"2"}}}' ;;
                    *) echo "curl $*" ;;
                esac
            }
            unzip() { echo "unzip $*"; }
            docker() { echo "docker $* at $HERE"; }
            CARINA_ENDPOINT=https://api.example.com CARINA_USERNAME=admin CARINA_APIKEY=k-1
        "#;
        let output = Command::new("sh")
            .args(["-c", &format!("{programs}\n{script}")])
            .current_dir(&folder)
            .output()
            .unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        let read = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        format!("{}\n{}", read(output.stderr), read(output.stdout))
    }

    #[test]
    fn the_script_signs_in_downloads_and_uses() {
        assert_eq!(
            run(&RECIPE.script()).lines().collect::<Vec<_>>(),
            [
                r#"{"auth":{"RAX-KSKEY:apiKeyCredentials":{"username":"admin","apiKey":"k-1"}}}"#,
                "curl -fsS -H X-Auth-Token: t-1 -o carina.zip https://api.example.com/v2/clusters/00000000-0000-0000-0000-000000000007/credentials/zip",
                "unzip -qo carina.zip",
                "docker info at shop",
            ]
        );
    }

    #[test]
    fn the_script_is_whole_in_every_file_that_holds_it() {
        for (text, by) in [(RECIPE.github(), 10), (RECIPE.gitlab(), 6)] {
            let (_, inside) = text.split_once("|\n").unwrap();
            let lines: Vec<_> = inside.lines().map(|line| &line[by..]).collect();
            assert_eq!(lines.join("\n"), RECIPE.script());
            assert!(text.contains("CARINA_ENDPOINT: https://api.example.com"));
        }
        assert!(RECIPE.github().contains("${{ secrets.CARINA_APIKEY }}"));
        assert!(RECIPE.codeship_once().contains("CARINA_USERNAME=admin\n"));
    }

    #[test]
    fn addresses_of_the_machine_itself_are_told() {
        assert!(is_loopback("http://127.0.0.1:4000"));
        assert!(is_loopback("http://[::1]:4000"));
        assert!(!is_loopback("https://api.example.com"));
    }
}
