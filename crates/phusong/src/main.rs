//! The command line: one binary, one file per command under [`commands`].
//!
//! Every command answers on standard output (text, or one JSON document with `--json`), tells progress on standard error, and
//! ends with 0 (done), 1 (refused, with reasons) or 2 (wrong use, or a command that is not there yet).
#![forbid(unsafe_code)]
#![allow(clippy::result_large_err)] // See the server: a problem is made once per failed command.

mod commands;
mod demo;
mod output;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use commands::Command;
use output::Output;

/// Gives back what a large list or a run leaves behind, which the system's own allocator keeps; the server runs for months.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Phủ Sóng: plan the mobile coverage of a province.
#[derive(Debug, Parser)]
#[command(name = "phusong", version, about)]
struct CommandLine {
    /// Answer with one JSON document on standard output.
    #[arg(long, global = true)]
    json: bool,
    /// The folder that keeps projects, datasets and runs.
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "PHUSONG_DATA",
        default_value = "phusong-data"
    )]
    data: PathBuf,
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let line = CommandLine::parse();
    start_log();
    let output = Output::new(line.json, line.data);
    match line.command.run(&output) {
        Ok(code) => code,
        Err(error) => output.refuse(&error),
    }
}

/// Structured log on standard error; `RUST_LOG` chooses the level (default: warnings), `PHUSONG_LOG=json` the form.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if std::env::var("PHUSONG_LOG").is_ok_and(|form| form == "json") {
        builder.json().init();
    } else {
        builder.init();
    }
}
