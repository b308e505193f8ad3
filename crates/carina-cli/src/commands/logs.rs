//! `carina logs`

use std::time::Duration;

use clap::{Args, ValueEnum};
use cluster_api::{
    ClusterId, Problem, Timestamp,
    client::{LogItem, LogQuery, Tail},
    inside::LogLine,
};
use futures::StreamExt;
use tokio::time::sleep;

use super::Context;
use crate::{duration, failure::Failure};

/// After a stream broke off, before the next try.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Args)]
pub(crate) struct Logs {
    /// Its name or id
    name: String,

    /// The container: its name, its id or the beginning of that
    container: String,

    /// Show what comes, too
    #[arg(long, short)]
    follow: bool,

    /// Only the last so many lines, or all [default: 1000]
    #[arg(long, short = 'n', value_name = "N|all", value_parser = tail)]
    tail: Option<Tail>,

    /// None older than this: 5m, 2h
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    since: Option<Duration>,

    /// Say when each line was written
    #[arg(long, short)]
    timestamps: bool,

    /// Only lines of this stream
    #[arg(long, value_enum)]
    stream: Option<Stream>,

    /// The node that the container is on, where several are called the same: node-2
    #[arg(long, value_name = "NODE")]
    node: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Stream {
    Stdout,
    Stderr,
}

impl Logs {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let id = context.session.cluster(&self.name).await?.id;
        let since = self.since.map(|since| Timestamp::now() - since);
        let mut query = LogQuery {
            node: self.node.clone(),
            follow: self.follow,
            tail: self.tail.unwrap_or_default(),
            stdout: self.stream != Some(Stream::Stderr),
            stderr: self.stream != Some(Stream::Stdout),
            since,
            after: None,
        };
        loop {
            match self.read(context, id, &mut query).await {
                Ok(true) => return Ok(()),
                // It broke off in the middle: on from the last line.
                Ok(false) if query.after.is_some() => {}
                Ok(false) => return Err(broke_off(context, "the connection was lost.")),
                Err(Failure::Refused {
                    problem: Problem::Unreachable,
                    ..
                }) if query.after.is_some() => {}
                Err(failure) => return Err(failure),
            }
            sleep(PAUSE).await;
        }
    }

    /// Whether it came to its end.
    async fn read(
        &self,
        context: &Context,
        id: ClusterId,
        query: &mut LogQuery,
    ) -> Result<bool, Failure> {
        let asked = &*query;
        let container = self.container.as_str();
        let logs = context
            .session
            .ask(async |plane, token| plane.logs(token, id, container, asked).await);
        let mut logs = logs.await?;
        while let Some(item) = logs.next().await {
            match item {
                Ok(LogItem::Line { place, line }) => {
                    self.show(context, &line)?;
                    query.after = place.or(query.after.take());
                }
                Ok(LogItem::End { reason: None }) => return Ok(true),
                Ok(LogItem::End { reason: Some(why) }) => return Err(broke_off(context, &why)),
                Err(_) => break,
            }
        }
        Ok(false)
    }

    fn show(&self, context: &Context, line: &LogLine) -> Result<(), Failure> {
        let text = match line.at {
            Some(at) if self.timestamps => format!("{at} {}", line.data),
            _ => line.data.clone(),
        };
        context.output().print_next(line, &text, &self.container)
    }
}

fn broke_off(context: &Context, why: &str) -> Failure {
    context
        .session
        .bad_answer(format!("The log broke off: {why}"))
}

fn tail(text: &str) -> Result<Tail, String> {
    match text {
        "all" => Ok(Tail::All),
        number => number
            .parse()
            .map(Tail::Last)
            .map_err(|_| "a number, or all".to_owned()),
    }
}
