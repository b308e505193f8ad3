//! The same two commands in every shell.

use leptos::prelude::*;

use crate::{t, ui::copy::command};

/// A shell, and how it reads a file of settings.
struct Shell {
    id: &'static str,
    name: &'static str,
    /// The commands for the folder of that name.
    commands: fn(&str) -> String,
}

const SHELLS: [Shell; 5] = [
    Shell {
        id: "bash",
        name: "bash, zsh",
        commands: |name| format!("source {name}/docker.env\ndocker info"),
    },
    // The shell of POSIX has no `source`, and looks for a name without a slash elsewhere.
    Shell {
        id: "sh",
        name: "sh",
        commands: |name| format!(". ./{name}/docker.env\ndocker info"),
    },
    Shell {
        id: "fish",
        name: "fish",
        commands: |name| format!("source {name}/docker.fish\ndocker info"),
    },
    Shell {
        id: "powershell",
        name: "PowerShell",
        commands: |name| format!(". .\\{name}\\docker.ps1\ndocker info"),
    },
    Shell {
        id: "cmd",
        name: "cmd",
        commands: |name| format!("CALL {name}\\docker.cmd\ndocker info"),
    },
];

/// One of a few, by radio buttons, so that it works without scripts: what is chosen is shown, by the rules
/// of `access.css` for `{of}-{id}`. Each is an id, a name and what is shown.
#[must_use]
pub fn one_of<const N: usize>(
    of: &'static str,
    legend: String,
    choices: [(&'static str, &'static str, AnyView); N],
) -> AnyView {
    let mut labels = Vec::with_capacity(N);
    let mut panels = Vec::with_capacity(N);
    for (index, (id, name, panel)) in choices.into_iter().enumerate() {
        labels.push(view! {
            <label>
                <input type="radio" name=of id=format!("{of}-{id}") checked=index == 0/>
                <span>{name}</span>
            </label>
        });
        panels.push(view! { <div class=format!("one for-{id}")>{panel}</div> });
    }
    view! {
        <div class="shells">
            <fieldset class="segments">
                <legend>{legend}</legend>
                {labels}
            </fieldset>
            {panels}
        </div>
    }
    .into_any()
}

/// A choice of shells, and the commands for the one that is chosen. `name` is that of the cluster, and of
/// the folder.
#[must_use]
pub fn shells(name: &str) -> AnyView {
    let choices = SHELLS.map(|shell| {
        let commands = command((shell.commands)(name), &t!("access-commands"));
        (shell.id, shell.name, commands.into_any())
    });
    one_of("shell", t!("access-shell"), choices)
}

/// The same for clusters of Kubernetes.
#[must_use]
pub fn kubernetes_shells(name: &str) -> AnyView {
    let choices = SHELLS.map(|shell| {
        let commands = command(for_kubectl(&shell, name), &t!("access-commands"));
        (shell.id, shell.name, commands.into_any())
    });
    one_of("shell", t!("access-shell"), choices)
}

fn for_kubectl(shell: &Shell, name: &str) -> String {
    (shell.commands)(name)
        .replace("docker.", "kubectl.")
        .replace("docker info", "kubectl get nodes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_of_kubernetes_have_files_of_their_own() {
        let lines = SHELLS.map(|shell| for_kubectl(&shell, "docker-ci"));
        assert_eq!(lines[0], "source docker-ci/kubectl.env\nkubectl get nodes");
        assert_eq!(lines[1], ". ./docker-ci/kubectl.env\nkubectl get nodes");
        assert_eq!(lines[4], "CALL docker-ci\\kubectl.cmd\nkubectl get nodes");
    }

    #[test]
    fn every_shell_reads_its_own_file() {
        let lines = SHELLS.map(|shell| (shell.commands)("shop").lines().next().unwrap().to_owned());
        assert_eq!(
            lines,
            [
                "source shop/docker.env",
                ". ./shop/docker.env",
                "source shop/docker.fish",
                ". .\\shop\\docker.ps1",
                "CALL shop\\docker.cmd",
            ]
        );
    }
}
