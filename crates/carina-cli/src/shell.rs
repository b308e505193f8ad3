//! What a shell has to be told to become a client of a cluster.

use std::path::Path;

use clap::ValueEnum;

/// The program of clusters with Kubernetes.
pub(crate) const KUBECTL: &str = "kubectl";

/// The shells there are scripts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    /// Any of the family of sh: dash, ash, ksh
    Sh,
    Bash,
    Zsh,
    Fish,
    #[value(alias = "pwsh")]
    Powershell,
    Cmd,
}

impl Shell {
    /// The one that `SHELL` names; else the one that understands what most understand.
    pub(crate) fn usual(shell: Option<&Path>) -> Self {
        let name = shell
            .and_then(Path::file_stem)
            .and_then(|name| name.to_str());
        match name.and_then(|name| Self::from_str(name, true).ok()) {
            Some(shell) => shell,
            None if cfg!(windows) => Self::Powershell,
            None => Self::Sh,
        }
    }

    /// Lines that the shell takes in: the script of the cluster for `program`, and how to have it taken in.
    pub(crate) fn lines(self, program: &str, folder: &Path, command: &str) -> [String; 3] {
        let script = |end: &str| {
            folder
                .join(format!("{program}.{end}"))
                .display()
                .to_string()
        };
        let (line, remark, take_in) = match self {
            // Its script cannot know where it is.
            Self::Sh if program == KUBECTL => (
                format!(
                    "export KUBECONFIG={}",
                    quoted(&folder.join("kubeconfig").display().to_string())
                ),
                "#",
                format!("eval \"$({command})\""),
            ),
            Self::Sh => (
                format!(". {}", quoted(&script("env"))),
                "#",
                format!("eval \"$({command})\""),
            ),
            Self::Bash | Self::Zsh => (
                format!("source {}", quoted(&script("env"))),
                "#",
                format!("eval \"$({command})\""),
            ),
            Self::Fish => (
                format!("source {}", quoted_fish(&script("fish"))),
                "#",
                format!("{command} | source"),
            ),
            Self::Powershell => (
                format!(". '{}'", script("ps1").replace('\'', "''")),
                "#",
                format!("{command} | Invoke-Expression"),
            ),
            Self::Cmd => (
                format!("CALL \"{}\"", script("cmd")),
                "REM",
                format!("FOR /F \"tokens=*\" %i IN ('{command}') DO @%i"),
            ),
        };
        [
            line,
            format!("{remark} Run the command below to load environment variables for {program}:"),
            format!("{remark} {take_in}"),
        ]
    }

    /// The name that `--shell` takes.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sh => "sh",
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::Powershell => "powershell",
            Self::Cmd => "cmd",
        }
    }
}

/// A word for the family of `sh`, as it is where nothing in it means anything to the shell.
pub(crate) fn quoted(text: &str) -> String {
    let plain =
        |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | '@' | '=');
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// In fish, a backslash means something between single quotes too.
fn quoted_fish(text: &str) -> String {
    match quoted(text) {
        plain if plain == text => plain,
        _ => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_gets_its_own_script() {
        let folder = Path::new("/home/bob's/c");
        for (shell, line) in [
            (Shell::Sh, r". '/home/bob'\''s/c/docker.env'"),
            (Shell::Bash, r"source '/home/bob'\''s/c/docker.env'"),
            (Shell::Zsh, r"source '/home/bob'\''s/c/docker.env'"),
            (Shell::Fish, r"source '/home/bob\'s/c/docker.fish'"),
            (Shell::Powershell, ". '/home/bob''s/c/docker.ps1'"),
            (Shell::Cmd, "CALL \"/home/bob's/c/docker.cmd\""),
        ] {
            assert_eq!(shell.lines("docker", folder, "carina env c")[0], line);
        }
        for (shell, line) in [
            (
                Shell::Sh,
                r"export KUBECONFIG='/home/bob'\''s/c/kubeconfig'",
            ),
            (Shell::Bash, r"source '/home/bob'\''s/c/kubectl.env'"),
            (Shell::Cmd, "CALL \"/home/bob's/c/kubectl.cmd\""),
        ] {
            assert_eq!(shell.lines(KUBECTL, folder, "carina env c")[0], line);
        }
    }

    #[test]
    fn the_shell_is_told_by_its_path() {
        for (path, shell) in [
            ("/bin/zsh", Shell::Zsh),
            ("/usr/bin/bash", Shell::Bash),
            ("/usr/bin/fish", Shell::Fish),
            ("/bin/ash", Shell::Sh),
        ] {
            assert_eq!(Shell::usual(Some(Path::new(path))), shell, "{path}");
        }
        assert_eq!(Shell::usual(None), Shell::Sh);
    }
}
