//! Looking into a real cluster.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::time::{Duration, Instant};

use bollard::{
    container::LogOutput,
    exec::{CreateExecOptions, StartExecResults},
    query_parameters::KillContainerOptions,
};
use cluster_api::{
    Flavor, NodeId, Timestamp,
    inside::{LogLine, LogSource, Service},
};
use control_plane::provisioner::{
    FailureKind, NodeFacts, Provisioner,
    inside::{Inside, Lines, LogQuery},
};
use futures::{StreamExt, TryStreamExt};

use self::common::bench::{Bench, on_a_cluster};

/// What must never be seen in an answer.
const SECRET: &str = "hunter2-correct-horse";

/// Makes an image of the node's own shell, as nothing can be pulled everywhere.
const MAKE_IMAGE: &str = r#"
    programs="/bin/sh /bin/sleep"
    libraries=$(ldd $programs | grep -o '/[^ ):]*\.so[^ ):]*' | sort -u)
    tar -C / -ch $(echo $programs $libraries | sed 's# /# #g; s#^/##') | docker import - shell:1
"#;

/// Counts, on both streams.
const COUNT: &str = "n=0; while :; do n=$((n+1)); echo out $n; echo err $n >&2; sleep 0.1; done";

impl Bench {
    /// Runs a script in a node, and gives what it wrote.
    async fn run(&self, ordinal: u32, script: &str) -> String {
        let words = |words: [&str; 3]| words.map(str::to_owned).to_vec();
        let exec = CreateExecOptions {
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            cmd: Some(words(["sh", "-ec", script])),
            ..CreateExecOptions::default()
        };
        let container = self.container(ordinal);
        let id = self.docker.create_exec(&container, exec).await.unwrap().id;
        let StartExecResults::Attached { output, .. } =
            self.docker.start_exec(&id, None).await.unwrap()
        else {
            panic!("not attached")
        };
        let output: Vec<LogOutput> = output.try_collect().await.unwrap();
        let output: String = output.iter().map(ToString::to_string).collect();
        let ended = self.docker.inspect_exec(&id).await.unwrap();
        assert_eq!(ended.exit_code, Some(0), "{script}: {output}");
        output.trim().to_owned()
    }

    /// A swarm of two nodes that have an image.
    async fn swarm(&self) -> ([NodeFacts; 2], [NodeId; 2]) {
        let (provisioner, access) = (&self.provisioner, &self.access);
        provisioner.ensure_network(access).await.unwrap();
        let orders = [self.order(1), self.order(2)];
        let (manager, worker) = tokio::try_join!(
            provisioner.ensure_node(access, &orders[0]),
            provisioner.ensure_node(access, &orders[1])
        )
        .unwrap();
        let ticket = provisioner.ensure_swarm(access, &manager).await.unwrap();
        provisioner
            .ensure_joined(access, &worker, &ticket)
            .await
            .unwrap();
        provisioner.await_ready(access, &manager, 2).await.unwrap();
        tokio::join!(self.run(1, MAKE_IMAGE), self.run(2, MAKE_IMAGE));
        ([manager, worker], orders.map(|order| order.id))
    }

    async fn services(&self, manager: &NodeFacts) -> Vec<Service> {
        self.provisioner
            .services(&self.access, manager)
            .await
            .unwrap()
    }

    async fn logs(&self, node: &NodeFacts, container: &str, query: LogQuery) -> Lines {
        let lines = self.provisioner.logs(&self.access, node, container, query);
        lines.await.unwrap()
    }
}

const ALL: LogQuery = LogQuery {
    follow: false,
    tail: None,
    stdout: true,
    stderr: true,
    since: None,
};

/// Asking for something that takes its time, and tells nobody when it is there.
struct Patience(Instant);

impl Patience {
    fn new() -> Self {
        Self(Instant::now() + Duration::from_secs(60))
    }

    async fn wait(&self) {
        assert!(Instant::now() < self.0, "it never came to that");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn take(lines: &mut Lines, count: usize) -> Vec<LogLine> {
    let lines = lines.take(count).try_collect();
    tokio::time::timeout(Duration::from_secs(20), lines)
        .await
        .expect("no more lines came")
        .unwrap()
}

#[tokio::test]
async fn what_runs_in_a_cluster_is_seen_and_no_secret_of_it() {
    on_a_cluster("28000-28099", |bench| async move {
        let ([manager, worker], _) = bench.swarm().await;
        let (inside, access): (&dyn Inside, _) = (&bench.provisioner, &bench.access);
        bench
            .run(
                1,
                &format!(
                    "echo {SECRET} | docker secret create key - >/dev/null
                     docker service create --quiet --detach --no-resolve-image --name web \
                        --replicas 2 --reserve-cpu 0.25 --reserve-memory 64M --limit-memory 128M \
                        --publish mode=host,target=80,published=8080 --secret key \
                        --env PASSWORD={SECRET} --label note={SECRET} --container-label note={SECRET} \
                        shell:1 sh -c '{COUNT}; echo {SECRET}'"
                ),
            )
            .await;
        let patience = Patience::new();
        let mut services = bench.services(&manager).await;
        while services[0].running != Some(2) {
            patience.wait().await;
            services = bench.services(&manager).await;
        }
        let [web] = &services[..] else {
            panic!("{services:?}")
        };
        assert_eq!((web.name.as_str(), web.image.as_str()), ("web", "shell:1"));
        assert_eq!((web.mode.as_str(), web.wished), ("replicated", Some(2)));
        assert!((web.reservation.cpus - 0.25).abs() < 1e-9);
        assert_eq!(web.reservation.memory_bytes, 64 << 20);
        assert_eq!((web.limit.cpus, web.limit.memory_bytes), (0.0, 128 << 20));
        let port = &web.ports[0];
        assert_eq!((port.target, port.published, port.mode.as_deref()), (80, Some(8080), Some("host")));
        let age = Timestamp::now().duration_since(web.updated_at.unwrap());
        assert!(age.as_secs().abs() < 120, "{age:?}");

        bench
            .run(2, &format!("docker create --name never --env PASSWORD={SECRET} shell:1 sh"))
            .await;
        let mut seen = serde_json::to_string(&services).unwrap();
        for (node, names) in [(&manager, vec!["web"]), (&worker, vec!["never", "web"])] {
            let containers = inside.containers(access, node).await.unwrap();
            let mut services: Vec<_> = containers
                .iter()
                .map(|container| container.service.as_deref().unwrap_or(&container.names[0]))
                .collect();
            services.sort_unstable();
            assert_eq!(services, names, "{containers:?}");
            for container in &containers {
                let is_web = container.service.is_some();
                assert_eq!(container.node, node.name());
                assert_eq!(container.image, "shell:1");
                assert_eq!(container.state, if is_web { "running" } else { "created" });
                assert_eq!(container.ports.iter().any(|port| port.published == Some(8080)), is_web);
            }
            seen += &serde_json::to_string(&containers).unwrap();
        }

        // A service that asks for more than there is waits.
        bench
            .run(
                1,
                "docker service create --quiet --detach --no-resolve-image --name huge \
                    --reserve-memory 900G shell:1 sh",
            )
            .await;
        let patience = Patience::new();
        let mut swarm = inside.swarm(access, &manager).await.unwrap();
        while swarm.waiting == 0 {
            patience.wait().await;
            swarm = inside.swarm(access, &manager).await.unwrap();
        }
        assert_eq!(swarm.waiting, 1);
        assert_eq!(swarm.members.len(), 2);
        for (ordinal, member) in &swarm.members {
            assert_eq!(member.seen.status, "ready");
            assert_eq!(member.seen.availability, "active");
            assert_eq!(member.seen.leader, *ordinal == 1);
            assert!((member.reserved.cpus - 0.25).abs() < 1e-9, "{member:?}");
            assert_eq!(member.reserved.memory_bytes, 64 << 20);
            seen += &serde_json::to_string(&member.seen).unwrap();
        }
        assert!(!seen.contains(SECRET), "{seen}");
    })
    .await;
}

#[tokio::test]
async fn a_log_is_followed_as_it_is_written() {
    on_a_cluster("28100-28199", |bench| async move {
        let ([_, worker], _) = bench.swarm().await;
        let counting = bench
            .run(2, &format!("docker run --detach shell:1 sh -c '{COUNT}'"))
            .await;
        let long = bench
            .run(
                2,
                "docker run --detach shell:1 sh -c 'x=x; for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; \
                    do x=$x$x; done; echo $x; echo next; printf end'",
            )
            .await;
        let terminal = bench
            .run(2, "docker run --detach --tty shell:1 sh -c 'echo one; echo two >&2'")
            .await;

        // Lines that are there, then those that are written while we read, none left out.
        let follow = LogQuery {
            follow: true,
            ..ALL
        };
        let mut lines = bench.logs(&worker, &counting, follow).await;
        let began = Timestamp::now();
        let first = take(&mut lines, 2).await;
        let mut all = first.clone();
        while all.last().unwrap().at.unwrap() < began + jiff::SignedDuration::from_millis(500) {
            all.extend(take(&mut lines, 1).await);
        }
        for (source, word) in [(LogSource::Stdout, "out"), (LogSource::Stderr, "err")] {
            let of_it = all.iter().filter(|line| line.stream == source);
            let said: Vec<_> = of_it.map(|line| line.data.clone()).collect();
            let wanted: Vec<_> = (1..=said.len()).map(|n| format!("{word} {n}")).collect();
            assert_eq!(said, wanted);
        }
        let only_errors = LogQuery {
            stdout: false,
            tail: Some(4),
            ..ALL
        };
        let mut errors = bench.logs(&worker, &counting, only_errors).await;
        let errors = take(&mut errors, 100).await;
        // The last lines are counted on both streams; here they take turns.
        assert!((1..=3).contains(&errors.len()), "{errors:?}");
        assert!(errors.iter().all(|line| line.stream == LogSource::Stderr));

        // From the moment of a line on, that one included: to the nanosecond.
        let middle = &all[all.len() / 2];
        let since = LogQuery {
            since: middle.at,
            ..ALL
        };
        let mut again = bench.logs(&worker, &counting, since).await;
        assert_eq!(&take(&mut again, 1).await[0], middle);

        // A log that is followed ends with its container.
        bench.run(2, &format!("docker rm --force {counting}")).await;
        while lines.next().await.is_some() {}

        let whole = |lines: Vec<LogLine>| -> Vec<_> {
            lines.into_iter().map(|line| line.data).collect()
        };
        let mut lines = bench.logs(&worker, &long, follow).await;
        let lines = whole(take(&mut lines, 100).await);
        assert_eq!(lines[0].len(), 32 << 10);
        assert_eq!(lines[1..], ["next", "end"]);
        let mut lines = bench.logs(&worker, &terminal, follow).await;
        assert_eq!(whole(take(&mut lines, 100).await), ["one", "two"]);

        let (inside, access): (&dyn Inside, _) = (&bench.provisioner, &bench.access);
        let gone = inside.logs(access, &worker, &counting, ALL).await;
        assert_eq!(gone.err().unwrap().kind, FailureKind::Permanent);
    })
    .await;
}

#[tokio::test]
async fn what_a_node_uses_is_told_by_its_host_even_when_the_node_is_silent() {
    on_a_cluster("28200-28299", |bench| async move {
        let ([manager, worker], ids) = bench.swarm().await;
        let (inside, access): (&dyn Inside, _) = (&bench.provisioner, &bench.access);
        let capacity = inside.capacity(Flavor::Container1G).await.unwrap();
        assert_eq!((capacity.cpus, capacity.memory_bytes), (1.0, 1 << 30));
        bench
            .run(
                2,
                "docker run --detach --name busy shell:1 sh -c 'while :; do :; done'",
            )
            .await;
        let before = inside.counters(&ids, Timestamp::now()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(2)).await;
        let after = inside.counters(&ids, Timestamp::now()).await.unwrap();
        assert_eq!(after.len(), 2);
        let cpus = |node| {
            let (before, after) = (&before[&node], &after[&node]);
            let elapsed = after.at.duration_since(before.at).as_secs_f64();
            assert!((1.5..30.0).contains(&elapsed), "{elapsed}");
            Duration::from_nanos(after.cpu_ns - before.cpu_ns).as_secs_f64() / elapsed
        };
        // What containers inside of a node use is counted for the node, and stays within its limit.
        let (idle, busy) = (cpus(ids[0]), cpus(ids[1]));
        assert!(
            (0.1..1.2).contains(&busy) && busy > idle,
            "{busy} and {idle}"
        );
        for node in after.values() {
            assert!((1 << 20..1 << 30).contains(&node.memory_bytes), "{node:?}");
            assert!(node.rx_bytes > 0 && node.tx_bytes > 0, "{node:?}");
        }

        // A node that hangs holds up nobody for long, and is counted all the same.
        bench
            .docker
            .pause_container(&bench.container(2))
            .await
            .unwrap();
        let asked = Instant::now();
        let (one, two) = tokio::join!(
            inside.containers(access, &manager),
            inside.containers(access, &worker)
        );
        let took = asked.elapsed();
        let counted = inside.counters(&ids, Timestamp::now()).await.unwrap();
        bench
            .docker
            .unpause_container(&bench.container(2))
            .await
            .unwrap();
        assert!(one.is_ok());
        let error = two.unwrap_err();
        assert_eq!(error.kind, FailureKind::Transient);
        assert!(error.message.contains("Node 2"), "{error}");
        assert!(took < Duration::from_secs(6), "{took:?}");
        assert_eq!(counted.len(), 2);

        // One that is down is missing, and known to be.
        bench
            .docker
            .kill_container(&bench.container(2), None::<KillContainerOptions>)
            .await
            .unwrap();
        let counted = inside.counters(&ids, Timestamp::now()).await.unwrap();
        assert_eq!(counted.keys().collect::<Vec<_>>(), [&ids[0]]);
        let asked = Instant::now();
        assert!(inside.containers(access, &worker).await.is_err());
        assert!(asked.elapsed() < Duration::from_secs(6));
    })
    .await;
}
