//! What Docker says of a container, in the language of the page.
//!
//! Docker tells how long a container has been up in English words: `Up 2 days (healthy)`,
//! `Exited (137) About an hour ago`. They are read here and said again; what cannot be read is shown as
//! it came.

use cluster_api::inside::{Container, Port};
use leptos::prelude::*;

use crate::{t, ui::icon::icon};

/// How a container is: a shape, a colour and words.
#[must_use]
pub fn container_state(container: &Container) -> AnyView {
    let (class, shape) = match &*container.state {
        "running" if container.status.contains("(unhealthy)") => ("state bad", icon("bad", "")),
        "running" => ("state good", icon("ok", "")),
        "restarting" => ("state busy", icon("busy", "turn")),
        "dead" => ("state bad", icon("bad", "")),
        "exited" if exit_code(&container.status).is_some_and(|code| code != 0) => {
            ("state bad", icon("bad", ""))
        }
        _ => ("state gone", icon("stopped", "")),
    };
    view! { <span class=class>{shape} {status_words(container)}</span> }.into_any()
}

/// The same in words: "Up 2 days", "Stopped 2 hours ago, exit code 137".
#[must_use]
pub fn status_words(container: &Container) -> String {
    let status = &*container.status;
    match &*container.state {
        "running" => {
            let up = status.strip_prefix("Up ");
            let Some(time) = up.and_then(|up| span(up.split(" (").next().unwrap_or(up))) else {
                return if status.is_empty() {
                    t!("inside-running")
                } else {
                    status.to_owned()
                };
            };
            let words = t!("inside-up", time = time);
            if status.contains("(unhealthy)") {
                t!("inside-unhealthy", status = words)
            } else if status.contains("(healthy)") {
                t!("inside-healthy", status = words)
            } else {
                words
            }
        }
        "exited" => {
            let ago = status.split(") ").nth(1);
            let time = ago.and_then(|ago| span(ago.strip_suffix(" ago")?));
            let words = time.map_or_else(
                || t!("inside-stopped"),
                |time| t!("inside-stopped-ago", time = time),
            );
            match exit_code(status) {
                Some(code) if code != 0 => t!("inside-exit-code", status = words, code = code),
                _ => words,
            }
        }
        "created" => t!("inside-created"),
        "paused" => t!("inside-paused"),
        "restarting" => t!("inside-restarting"),
        "removing" => t!("inside-removing"),
        "dead" => t!("inside-dead"),
        _ => status.to_owned(),
    }
}

/// The exit code in `Exited (137) 2 hours ago`.
fn exit_code(status: &str) -> Option<i32> {
    let rest = status.strip_prefix("Exited (")?;
    rest.split(')').next()?.parse().ok()
}

/// A span of time as Docker says it: `2 days`, `About a minute`, `Less than a second`.
fn span(text: &str) -> Option<String> {
    let (count, unit) = match text {
        "Less than a second" => return Some(t!("inside-moment")),
        "About a minute" => (1, "minute"),
        "About an hour" => (1, "hour"),
        _ => {
            let (count, unit) = text.split_once(' ')?;
            (count.parse::<u32>().ok()?, unit.trim_end_matches('s'))
        }
    };
    let id = match unit {
        "second" => "inside-seconds",
        "minute" => "inside-minutes",
        "hour" => "inside-hours",
        "day" => "inside-days",
        "week" => "inside-weeks",
        "month" => "inside-months",
        "year" => "inside-years",
        _ => return None,
    };
    Some(t!(id, count = count))
}

/// Ports as Docker writes them, each once: "8080:80/tcp", and "80/tcp" where it is not published.
#[must_use]
pub fn ports(ports: &[Port]) -> String {
    let mut words: Vec<_> = ports
        .iter()
        .map(|port| match port.published {
            Some(published) => format!("{published}:{}/{}", port.target, port.protocol),
            None => format!("{}/{}", port.target, port.protocol),
        })
        .collect();
    // Published on an address of each family, a port is there twice.
    words.dedup();
    words.join(", ")
}

/// The name of a container, or the beginning of its id.
#[must_use]
pub fn name(container: &Container) -> String {
    let name = container.names.first().filter(|name| !name.is_empty());
    name.cloned()
        .unwrap_or_else(|| container.id.chars().take(12).collect())
}

#[cfg(test)]
mod tests {
    use cluster_api::Timestamp;

    use super::*;
    use crate::words::Lang;

    fn container(state: &str, status: &str) -> Container {
        Container {
            node: "node-1".to_owned(),
            id: "0123456789abcdef".to_owned(),
            names: Vec::new(),
            image: "nginx".to_owned(),
            state: state.to_owned(),
            status: status.to_owned(),
            created_at: Timestamp::UNIX_EPOCH,
            ports: Vec::new(),
            service: None,
        }
    }

    #[test]
    fn what_docker_says_is_said_again() {
        for (state, status, words) in [
            ("running", "Up 2 days", "Up 2 days"),
            ("running", "Up About an hour", "Up 1 hour"),
            ("running", "Up Less than a second", "Up less than a second"),
            ("running", "Up 3 weeks (healthy)", "Up 3 weeks, healthy"),
            (
                "running",
                "Up 1 second (unhealthy)",
                "Up 1 second, unhealthy",
            ),
            ("running", "Up (simulated)", "Up (simulated)"),
            ("exited", "Exited (0) 2 hours ago", "Stopped 2 hours ago"),
            (
                "exited",
                "Exited (137) About a minute ago",
                "Stopped 1 minute ago, exit code 137",
            ),
            ("exited", "Exited (0)", "Stopped"),
            ("created", "Created", "Created, not started"),
            ("strange", "Something new", "Something new"),
        ] {
            assert_eq!(status_words(&container(state, status)), words, "{status}");
        }
    }

    #[test]
    fn and_in_the_language_of_the_page() {
        Owner::new().with(|| {
            Lang::Ru.provide();
            let words = status_words(&container("running", "Up 2 days"));
            assert_eq!(words, "Работает 2 дня");
        });
    }

    #[test]
    fn ports_are_named_once() {
        let port = |published, address: &str| Port {
            protocol: "tcp".to_owned(),
            target: 80,
            published,
            address: Some(address.to_owned()),
            mode: None,
        };
        let both = [port(Some(8080), "0.0.0.0"), port(Some(8080), "::")];
        assert_eq!(ports(&both), "8080:80/tcp");
        assert_eq!(ports(&[port(None, "")]), "80/tcp");
    }

    #[test]
    fn a_container_without_a_name_has_an_id() {
        assert_eq!(name(&container("running", "")), "0123456789ab");
    }
}
