//! `phusong demo`: make the demo project's files and load them.

use std::process::ExitCode;

use crate::output::Output;

/// What may be written after `demo`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Everything after the command's name; this command is not there yet.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    rest: Vec<std::ffi::OsString>,
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    drop(arguments.rest);
    output.not_yet("demo")
}
