//! What the Makefile needs and cargo does not do: the files a browser downloads, and their budget.
//!
//! `site` makes the served site out of the compiled `app`, `style/` and `public/`, as Leptos with
//! `hash-files` expects it; `budget` fails when a first visit would download too much.
#![expect(
    clippy::print_stdout,
    reason = "a command-line tool speaks on standard output"
)]

mod css;
mod site;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the site: wasm-bindgen, wasm-opt, CSS, public files, hashed names, compressed twins
    Site {
        /// The dashboard compiled for wasm32
        #[arg(long)]
        wasm: PathBuf,
        /// The site's root
        #[arg(long, default_value = "target/site")]
        out: PathBuf,
        /// The folder of main.css and what it imports
        #[arg(long, default_value = "style")]
        style: PathBuf,
        /// The folder of files to serve as they are
        #[arg(long, default_value = "public")]
        public: PathBuf,
        /// Binaryen's wasm-opt; without it the download is about twice as large
        #[arg(long)]
        wasm_opt: Option<PathBuf>,
    },
    /// Fail when WASM, JS and CSS together are larger than allowed, as Brotli sends them
    Budget {
        /// The site's root
        #[arg(long, default_value = "target/site")]
        site: PathBuf,
        /// Bytes allowed
        #[arg(long, default_value_t = 250_000)]
        max: u64,
    },
}

fn main() -> anyhow::Result<ExitCode> {
    match Cli::parse().command {
        Command::Site {
            wasm,
            out,
            style,
            public,
            wasm_opt,
        } => {
            let inputs = site::Inputs {
                wasm,
                style,
                public,
                wasm_opt,
            };
            println!("{}", site::build(&inputs, &out)?);
        }
        Command::Budget { site, max } => {
            let sizes = site::sizes(&site)?;
            let total = sizes.total();
            println!("{sizes}");
            if total.brotli > max {
                println!(
                    "over the budget by {} bytes: {max} allowed",
                    total.brotli - max
                );
                return Ok(ExitCode::FAILURE);
            }
            println!(
                "within the budget, {} bytes left of {max}",
                max - total.brotli
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}
