//! The same two commands in every shell.

use leptos::prelude::*;

use crate::ui::copy::copy_button;

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
    // The shell of POSIX has no `source`.
    Shell {
        id: "sh",
        name: "sh",
        commands: |name| format!(". {name}/docker.env\ndocker info"),
    },
    Shell {
        id: "fish",
        name: "fish",
        commands: |name| format!("source {name}/docker.fish\ndocker info"),
    },
    Shell {
        id: "powershell",
        name: "PowerShell",
        commands: |name| format!(". {name}\\docker.ps1\ndocker info"),
    },
    Shell {
        id: "cmd",
        name: "cmd",
        commands: |name| format!("CALL {name}\\docker.cmd\ndocker info"),
    },
];

/// A choice of shells, and the commands for the one that is chosen. The choice is a radio group, so it
/// works without scripts.
///
/// `name` is that of the cluster, and of the folder.
#[must_use]
pub fn shells(name: &str) -> AnyView {
    let choices = SHELLS
        .iter()
        .enumerate()
        .map(|(index, shell)| {
            view! {
                <label>
                    <input type="radio" name="shell" id=format!("shell-{}", shell.id) checked=index == 0/>
                    <span>{shell.name}</span>
                </label>
            }.into_any()
        })
        .collect_view();
    let panels = SHELLS
        .iter()
        .map(|shell| {
            let commands = (shell.commands)(name);
            view! {
                <div class=format!("command for-{}", shell.id)>
                    <pre class="code" tabindex="0">{commands.clone()}</pre>
                    {copy_button(commands, "the commands")}
                </div>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <div class="shells">
            <fieldset class="segments">
                <legend>"Shell"</legend>
                {choices}
            </fieldset>
            {panels}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_reads_its_own_file() {
        let lines = SHELLS.map(|shell| (shell.commands)("shop").lines().next().unwrap().to_owned());
        assert_eq!(
            lines,
            [
                "source shop/docker.env",
                ". shop/docker.env",
                "source shop/docker.fish",
                ". shop\\docker.ps1",
                "CALL shop\\docker.cmd",
            ]
        );
    }
}
