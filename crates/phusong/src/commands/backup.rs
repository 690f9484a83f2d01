//! `phusong backup`: copy the store while it is in use.

use std::path::PathBuf;
use std::process::ExitCode;

use super::work_frame::with_store;
use crate::output::Output;

/// What may be written after `backup`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder to copy into: absent or empty.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    let backup = with_store(output, async |store| Ok(store.back_up(&arguments.out).await?))?;
    output.answer(&backup, || {
        let megabytes = backup.bytes as f64 / 1e6;
        format!(
            "{} files, {megabytes:.1} MB → {}",
            backup.artefacts,
            arguments.out.display()
        )
    })?;
    Ok(ExitCode::SUCCESS)
}
