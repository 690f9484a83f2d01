//! `phusong restore`: lay a backup into an empty data folder.

use std::path::PathBuf;
use std::process::ExitCode;

use server::Problem;

use crate::output::Output;

/// What may be written after `restore`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder that `phusong backup` made. It is laid into --data, which must be absent or empty.
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new()?;
    let restored = runtime.block_on(store::restore(&arguments.from, output.data_folder()));
    let backup = restored.map_err(Problem::from)?;
    output.answer(&backup, || {
        format!("backup of {} → {}", backup.taken_at, output.data_folder().display())
    })?;
    Ok(ExitCode::SUCCESS)
}
