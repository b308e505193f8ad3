//! Waiting for a cluster, on the watch stream.

use std::time::Duration;

use clap::Args;
use cluster_api::{Cluster, ClusterStatus, EventId, Problem, TaskKind, WatchMessage};
use futures::StreamExt;
use tokio::time::{sleep, timeout};

use crate::{duration, failure::Failure, progress::Progress, session::Session};

/// After a stream broke off, before the next try.
const PAUSE: Duration = Duration::from_secs(1);

/// Whether to wait, and for how long.
#[derive(Args)]
pub(crate) struct Wait {
    /// Wait until it is done; fail if it fails
    #[arg(long)]
    wait: bool,

    /// With --wait: give up after this time (90s, 5m, 1h); the work goes on
    #[arg(long, value_name = "TIME", value_parser = duration::parse, requires = "wait")]
    timeout: Option<Duration>,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// Nothing changes any more.
    Settled,
    /// It is not there any more.
    Gone,
}

impl Wait {
    /// The cluster when the goal is reached; as it is, if nobody wants to wait.
    pub(crate) async fn until(
        &self,
        goal: Goal,
        session: &Session,
        cluster: Cluster,
    ) -> Result<Cluster, Failure> {
        if !self.wait {
            return Ok(cluster);
        }
        let mut follower = Follower {
            goal,
            session,
            last: cluster.version,
            cluster,
            progress: Progress::new(),
        };
        let Some(limit) = self.timeout else {
            return follower.run().await;
        };
        let answer = timeout(limit, follower.run()).await;
        answer.unwrap_or_else(|_| {
            Err(Failure::TimedOut {
                name: follower.cluster.name.to_string(),
                status: follower.cluster.status.as_str(),
                waited: duration::text(limit),
            })
        })
    }
}

struct Follower<'a> {
    goal: Goal,
    session: &'a Session,
    cluster: Cluster,
    last: EventId,
    progress: Progress,
}

impl Follower<'_> {
    async fn run(&mut self) -> Result<Cluster, Failure> {
        loop {
            if let Some(end) = self.end() {
                return end;
            }
            match self.follow().await {
                Err(Failure::Refused {
                    problem: Problem::Unreachable,
                    ..
                }) => sleep(PAUSE).await,
                Err(failure) => return Err(failure),
                Ok(()) => {}
            }
        }
    }

    /// Follows one stream until the goal is reached, or the stream ends.
    async fn follow(&mut self) -> Result<(), Failure> {
        let last = self.last;
        let watch = self
            .session
            .ask(async |plane, token| plane.watch(token, Some(last)).await);
        let mut watch = watch.await?;
        while let Some(message) = watch.next().await {
            let Ok(message) = message else {
                // Why is told already; the next one goes on where this one ended.
                break;
            };
            self.last = self.last.max(message.id().unwrap_or_default());
            self.take_in(message);
            if self.end().is_some() {
                return Ok(());
            }
        }
        sleep(PAUSE).await;
        Ok(())
    }

    fn take_in(&mut self, message: WatchMessage) {
        let id = self.cluster.id;
        match message {
            WatchMessage::Cluster(cluster) if cluster.id == id => self.cluster = cluster,
            WatchMessage::Snapshot(snapshot) => {
                let mut clusters = snapshot.clusters.into_iter();
                match clusters.find(|cluster| cluster.id == id) {
                    Some(cluster) => self.cluster = cluster,
                    None => self.cluster.status = ClusterStatus::Deleted,
                }
            }
            _ => return,
        }
        self.progress.tell(&self.cluster);
    }

    /// What became of it, if it is at its end.
    fn end(&self) -> Option<Result<Cluster, Failure>> {
        let cluster = &self.cluster;
        match (self.goal, cluster.status) {
            (Goal::Settled, ClusterStatus::Active) | (Goal::Gone, ClusterStatus::Deleted) => {
                Some(Ok(cluster.clone()))
            }
            (_, ClusterStatus::Error) => Some(Err(broken(cluster))),
            (Goal::Settled, ClusterStatus::Deleted) => {
                Some(Err(Failure::Gone(cluster.name.to_string())))
            }
            _ => None,
        }
    }
}

/// Why a cluster is in error.
fn broken(cluster: &Cluster) -> Failure {
    let reason = cluster.reason.as_ref();
    Failure::Broken {
        name: cluster.name.to_string(),
        message: reason.map_or_else(
            || "the control plane does not say why.".to_owned(),
            |reason| reason.message.clone(),
        ),
        detail: reason.and_then(|reason| reason.detail.clone()),
        // What a cloud never made is made again as another cluster.
        can_retry: cluster
            .cloud
            .as_ref()
            .is_none_or(|facts| facts.failed != Some(TaskKind::Create)),
    }
}
