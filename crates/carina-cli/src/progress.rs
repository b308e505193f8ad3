//! What happens while somebody waits, on standard error: a line that moves in a terminal, and a line
//! for each step anywhere else.

use std::{
    io::{self, IsTerminal, Write},
    time::Duration,
};

use cluster_api::{Cluster, Progress as Step};
use indicatif::{ProgressBar, ProgressStyle};

use crate::table::one_line;

/// How often the moving line moves.
const TICK: Duration = Duration::from_millis(100);

/// Tells about one cluster until it is dropped.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    told: String,
}

impl Progress {
    pub(crate) fn new() -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{spinner} {wide_msg} {elapsed:>4}");
            let bar = ProgressBar::new_spinner();
            let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(TICK);
            bar
        });
        Self {
            // It shows nothing on a terminal that cannot take a line back (TERM=dumb).
            bar: bar.filter(|bar| !bar.is_hidden()),
            told: String::new(),
        }
    }

    /// Tells where a cluster is, unless that was told already.
    pub(crate) fn tell(&mut self, cluster: &Cluster) {
        let text = describe(cluster);
        if text == self.told {
            return;
        }
        match &self.bar {
            Some(bar) => bar.set_message(text.clone()),
            // There is nobody left to tell if this fails.
            None => drop(writeln!(io::stderr(), "{text}")),
        }
        self.told = text;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// "shop: node 2 starts (3 of 7)".
fn describe(cluster: &Cluster) -> String {
    let mut text = format!("{}: {}", cluster.name, cluster.status.as_str());
    if let Some(Step {
        step, number, of, ..
    }) = &cluster.progress
    {
        text = format!("{}: {} ({number} of {of})", cluster.name, one_line(step));
    }
    if let (Some(reason), true) = (&cluster.reason, cluster.status.is_changing()) {
        text.push_str(" \u{2013} ");
        text.push_str(&one_line(&reason.message));
    }
    text
}
