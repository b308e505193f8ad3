//! Looking inside clusters.

use std::pin::Pin;

use async_trait::async_trait;
use futures::Stream;
use secrecy::SecretString;

use crate::{
    ClusterId, Problem, Timestamp,
    inside::{ContainerList, LogLine, Metrics, MetricsWindow, NodeList, ServiceList},
};

/// How many of the last lines of a log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tail {
    /// As many as the control plane gives to those who do not say: 1000.
    #[default]
    Usual,
    /// So many, up to 10,000.
    Last(u32),
    /// All that there are.
    All,
}

/// Which lines of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogQuery {
    /// The node that the container is on, where several are called the same: `node-2`.
    pub node: Option<String>,
    /// Lines that are written from now on, too.
    pub follow: bool,
    /// How many of those that are written already.
    pub tail: Tail,
    /// Lines of the standard output. At least one of the two streams is wanted.
    pub stdout: bool,
    /// Lines of the standard error.
    pub stderr: bool,
    /// None that are older.
    pub since: Option<Timestamp>,
    /// The place of the last line that was read: what comes is all after it, whatever `tail` and `since`
    /// say.
    pub after: Option<String>,
}

impl Default for LogQuery {
    /// The last lines of both streams, and no more.
    fn default() -> Self {
        Self {
            node: None,
            follow: false,
            tail: Tail::Usual,
            stdout: true,
            stderr: true,
            since: None,
            after: None,
        }
    }
}

/// What comes of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogItem {
    /// A line.
    Line {
        /// Its place, to go on after: [`LogQuery::after`].
        place: Option<String>,
        /// What was written.
        line: LogLine,
    },
    /// There are no more lines. A log that ends without this was cut off, and can be gone on with.
    End {
        /// Why it broke off, in a sentence; None: it was at its end.
        reason: Option<String>,
    },
}

/// A log, as it is written. An error is its last item.
pub type Logs = Pin<Box<dyn Stream<Item = Result<LogItem, Problem>> + Send>>;

/// What can be seen inside a cluster.
///
/// # Errors
/// Every method answers a [`Problem`]; [`Problem::NotOffered`] where nobody says otherwise.
#[expect(
    unused_variables,
    reason = "names say what an argument is, also where nothing is done with it"
)]
#[async_trait]
pub trait InsideApi: Send + Sync {
    /// The nodes of a cluster, with what they have, have reserved and use.
    async fn nodes(&self, token: &SecretString, id: ClusterId) -> Result<NodeList, Problem> {
        Err(Problem::NotOffered)
    }

    /// The containers of all nodes of a cluster, running or not.
    async fn containers(
        &self,
        token: &SecretString,
        id: ClusterId,
    ) -> Result<ContainerList, Problem> {
        Err(Problem::NotOffered)
    }

    /// The services of the swarm of a cluster.
    async fn services(&self, token: &SecretString, id: ClusterId) -> Result<ServiceList, Problem> {
        Err(Problem::NotOffered)
    }

    /// What a cluster used over time, or one node of it: `node-2`.
    async fn metrics(
        &self,
        token: &SecretString,
        id: ClusterId,
        window: MetricsWindow,
        node: Option<&str>,
    ) -> Result<Metrics, Problem> {
        Err(Problem::NotOffered)
    }

    /// What a container writes. It is named by its id, the beginning of it, or its name.
    async fn logs(
        &self,
        token: &SecretString,
        id: ClusterId,
        container: &str,
        query: &LogQuery,
    ) -> Result<Logs, Problem> {
        Err(Problem::NotOffered)
    }
}
