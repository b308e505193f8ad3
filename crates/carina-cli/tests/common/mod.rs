//! A control plane for a test, and the real command against it.

#![allow(dead_code, reason = "not every test uses all of it")]

pub(crate) mod image;
pub(crate) mod known;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use clap::Parser;
use control_plane::{Running, Settings};
use snapbox::cmd::{Command as Snap, OutputAssert};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const PASSWORD: &str = "correct horse";

/// The command under test.
pub(crate) const CARINA: &str = env!("CARGO_BIN_EXE_carina");

/// A control plane that runs until the end of its test, and a home for the command.
pub(crate) struct Plane {
    pub(crate) endpoint: String,
    pub(crate) folder: tempfile::TempDir,
    /// Whether there is an engine in its clusters.
    pub(crate) is_real: bool,
    stop: CancellationToken,
    running: Option<Running>,
    runtime: Runtime,
}

impl Plane {
    /// One that makes no real clusters.
    pub(crate) fn simulated() -> Self {
        Self::start(&["--provisioner", "simulated"])
    }

    /// One on a real engine (`DOCKER_HOST`, or else the local one) with a real node image
    /// (`CARINA_NODE_IMAGE`).
    pub(crate) fn on_docker(ports: &str) -> Self {
        Self::on_docker_with(ports, &[])
    }

    /// The same with more settings.
    pub(crate) fn on_docker_with(ports: &str, more: &[&str]) -> Self {
        let engine = Command::new("docker").arg("version").output();
        let answers = engine.is_ok_and(|output| output.status.success());
        assert!(answers, "there is no Docker Engine, or no docker command");
        Self::start(&[&["--provisioner", "docker", "--node-ports", ports], more].concat())
    }

    fn start(more: &[&str]) -> Self {
        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            settings: Settings,
        }
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let line = [
            "test",
            "--api-listen",
            "127.0.0.1:0",
            "--admin-api-key",
            KEY,
            "--admin-password",
            PASSWORD,
            "--data-dir",
            data.to_str().unwrap(),
        ];
        let settings = Line::parse_from([&line, more].concat()).settings;
        let runtime = Runtime::new().unwrap();
        let stop = CancellationToken::new();
        let running = runtime.block_on(control_plane::start(settings, stop.clone()));
        let running = running.unwrap();
        Self {
            endpoint: format!("http://{}", running.address),
            folder,
            is_real: !more.contains(&"simulated"),
            stop,
            running: Some(running),
            runtime,
        }
    }

    /// The home of the command.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The documented environment, and nothing else but where programs and temporary files are.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("PATH", programs()),
            ("HOME", self.folder.path().display().to_string()),
            ("CARINA_HOME", self.home().display().to_string()),
            ("CARINA_ENDPOINT", self.endpoint.clone()),
            ("CARINA_USERNAME", "admin".to_owned()),
            ("CARINA_APIKEY", KEY.to_owned()),
        ]
    }

    /// Runs a command line, whose words have no spaces in them.
    pub(crate) fn carina(&self, line: &str) -> OutputAssert {
        self.command().args(line.split_whitespace()).assert()
    }

    /// The command in that environment, in the test's folder.
    pub(crate) fn command(&self) -> Snap {
        Snap::new(CARINA)
            .env_clear()
            .envs(self.environment())
            .current_dir(self.folder.path())
    }

    /// What a command line prints; it has to succeed.
    pub(crate) fn output(&self, line: &str) -> String {
        let output = self.carina(line).success().get_output().stdout.clone();
        String::from_utf8(output).unwrap()
    }

    /// Runs a script in a shell, in that environment and in a folder; what it printed if it succeeded.
    pub(crate) fn script(&self, shell: &[&str], script: &str, folder: &Path) -> String {
        let (program, flags) = shell.split_first().unwrap();
        let output = Command::new(program)
            .args(flags)
            .args(["-c", script])
            .env_clear()
            .envs(self.environment())
            .current_dir(folder)
            .output()
            .unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success(),
            "{script}\n{out}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        out
    }
}

impl Drop for Plane {
    /// Leaves nothing on the engine, whatever the end of the test is.
    fn drop(&mut self) {
        let list = Command::new(CARINA)
            .env_clear()
            .envs(self.environment())
            .args(["list", "--output=name"])
            .output();
        let names = list.map(|output| output.stdout).unwrap_or_default();
        let names = String::from_utf8_lossy(&names);
        if !names.is_empty() {
            let _ = Command::new(CARINA)
                .env_clear()
                .envs(self.environment())
                .args(["delete", "--wait", "--timeout=60s"])
                .args(names.lines())
                .output();
        }
        self.stop.cancel();
        if let Some(running) = self.running.take() {
            let _ = self.runtime.block_on(running.done);
        }
    }
}

/// Where programs are, ours first.
#[expect(clippy::disallowed_methods, reason = "tests have no settings")]
pub(crate) fn programs() -> String {
    let ours = Path::new(CARINA).parent().unwrap().display();
    let theirs = std::env::var_os("PATH").unwrap_or_default();
    format!("{ours}:{}", theirs.display())
}
