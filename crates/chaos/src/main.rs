//! Chaos: breaks a control plane in every way that can be thought of while it works, and looks after
//! each whether it still tells the truth.
//!
//! Clusters are created, grown, shrunk and deleted over the API by several askers at once, while the
//! `control-plane` binary is killed at random moments, its engine goes away, its disk is full and its
//! clock jumps. A [`model`] keeps what was answered; [`check`] holds it against the API, the database
//! and the Docker Engine. Wishes and faults follow from the seed; moments, on a real machine, do not.
//!
//! It is a crate of its own, so that the tool that builds the site needs no database and no engine.
#![expect(
    clippy::print_stdout,
    reason = "a command-line tool speaks on standard output"
)]

mod check;
#[cfg(test)]
mod check_tests;
mod client;
mod database;
mod engine;
mod faults;
mod model;
mod process;
mod run;

use std::{path::PathBuf, process::ExitCode, time::Instant};

use clap::{Parser, ValueEnum};

use self::run::{Run, Tally, log_of};

/// Kills a control plane at random moments, and looks whether anything broke.
#[derive(Parser)]
#[command(name = "chaos")]
struct Options {
    /// Where clusters come from
    #[arg(long, default_value = "simulated")]
    provisioner: Provisioner,
    /// SIGKILLs to deal while it works, at least; the very first start gets a few more
    #[arg(long, default_value_t = 100)]
    kills: u32,
    /// Times the Docker Engine is stopped and started; needs --engine-dir
    #[arg(long, default_value_t = 0)]
    engine_stops: u32,
    /// Times the Docker Engine is killed and started. Engines do not survive it each time: one that was
    /// making a network can find its own records half written and not start any more (20.10)
    #[arg(long, default_value_t = 0)]
    engine_kills: u32,
    /// Times the disk is full; only root can mount the small disk that it takes
    #[arg(long, default_value_t = 0)]
    disk_fulls: u32,
    /// Times the clock jumps; needs --faketime
    #[arg(long, default_value_t = 0)]
    clock_jumps: u32,
    /// What wishes and faults follow from; made up and printed without it
    #[arg(long)]
    seed: Option<u64>,
    /// Seconds within which every task ends when nothing disturbs it, and at most when something does
    #[arg(long, default_value_t = 60)]
    limit: u64,
    /// The control plane's binary
    #[arg(long, default_value = "target/debug/control-plane")]
    program: PathBuf,
    /// Where runs keep their data
    #[arg(long, default_value = "target/chaos")]
    work: PathBuf,
    /// The folder of an engine that engine.sh started for this run alone
    #[arg(long)]
    engine_dir: Option<PathBuf>,
    /// The script that starts it
    #[arg(long, default_value = "crates/xtask/scripts/engine.sh")]
    engine_script: PathBuf,
    /// libfaketime, for a clock that jumps
    #[arg(long)]
    faketime: Option<PathBuf>,
}

/// Where clusters come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Provisioner {
    /// States without machines behind them.
    Simulated,
    /// The engine of `DOCKER_HOST`.
    Docker,
}

impl Provisioner {
    /// The word of the control plane's setting.
    const fn word(self) -> &'static str {
        match self {
            Self::Simulated => "simulated",
            Self::Docker => "docker",
        }
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let options = Options::parse();
    // Fails only where there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let seed = options
        .seed
        .unwrap_or_else(|| u64::from(rand::random::<u32>()));
    println!("seed {seed}: give it again with --seed {seed}");
    let began = Instant::now();
    let mut run = Run::new(&options, seed)?;
    let outcome = run.go().await;
    run.finish();
    let kept = run.leave(outcome.is_ok()).await?;
    print_summary(&run.tally, &options, seed, began.elapsed().as_secs());
    match outcome {
        Ok(()) => {
            println!("nothing broke");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            println!("BROKEN {error:#}");
            if let Some(kept) = kept {
                println!("the data folder is kept in {}", kept.display());
            }
            println!("the log is {}", log_of(&options.work, seed).display());
            println!("the seed was {seed}");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn print_summary(tally: &Tally, options: &Options, seed: u64, seconds: u64) {
    println!(
        "\nchaos: {} SIGKILLs, provisioner {}, seed {seed}, {seconds} s",
        tally.kills,
        options.provisioner.word()
    );
    println!("  faults dealt");
    for (what, number) in &tally.faults {
        println!("    {number:>7}  {what}");
    }
    println!("  wishes");
    for (what, number) in &tally.wishes {
        println!("    {number:>7}  {what}");
    }
    println!("  checks made");
    for (what, number) in &tally.checks {
        println!("    {number:>7}  {what}");
    }
    for what in &tally.skipped {
        println!("  SKIPPED {what}");
    }
}
