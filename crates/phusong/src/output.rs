//! How a command answers: JSON or text on standard output, words for people on standard error, and the exit code.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;
use serde_json::json;

/// Exit code of wrong use, and of commands that are not there yet.
pub const WRONG_USE: u8 = 2;

/// What every command is given: the form of its answer and the store's folder (`--data`).
#[derive(Debug)]
pub struct Output {
    json: bool,
    data_folder: PathBuf,
}

/// The command was used wrongly (exit 2): say what to write instead.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongUse(pub String);

impl Output {
    /// `json`: answer with one JSON document.
    pub fn new(json: bool, data_folder: PathBuf) -> Self {
        Self { json, data_folder }
    }

    /// The folder that keeps projects, datasets and runs.
    pub fn data_folder(&self) -> &Path {
        &self.data_folder
    }

    /// Prints the answer: `value` as JSON with `--json`, else the text that `text` makes.
    pub fn answer<T: Serialize>(&self, value: &T, text: impl FnOnce() -> String) -> anyhow::Result<()> {
        let mut line = if self.json {
            serde_json::to_string_pretty(value)?
        } else {
            text()
        };
        if !line.ends_with('\n') {
            line.push('\n');
        }
        std::io::stdout().write_all(line.as_bytes())?;
        Ok(())
    }

    /// A line for the person at the terminal, on standard error.
    pub fn say(&self, line: &str) {
        // A closed standard error is no reason to stop.
        drop(writeln!(std::io::stderr(), "{line}"));
    }

    /// Tells a problem of the service's work in both languages, as a problem document with `--json`.
    fn tell_problem(&self, problem: &server::Problem) {
        self.say(&format!("phusong: {}", problem.detail_vi));
        self.say(&format!("phusong: {}", problem.detail_en));
        for advice in [&problem.what_to_do_vi, &problem.what_to_do_en].into_iter().flatten() {
            self.say(&format!("  {advice}"));
        }
        if self.json {
            drop(writeln!(std::io::stdout(), "{}", json!({ "error": problem })));
        }
    }

    /// Tells an error: reasons on standard error, a JSON document on standard output with `--json`; exit 2 for wrong use, else 1.
    pub fn refuse(&self, error: &anyhow::Error) -> ExitCode {
        if let Some(problem) = error.downcast_ref::<server::Problem>() {
            self.tell_problem(problem);
            let wrong_use = problem.code == "bad_parameter";
            return if wrong_use {
                ExitCode::from(WRONG_USE)
            } else {
                ExitCode::FAILURE
            };
        }
        self.say(&format!("phusong: {error:#}"));
        if self.json {
            drop(writeln!(
                std::io::stdout(),
                "{}",
                json!({ "error": { "detail": format!("{error:#}") } })
            ));
        }
        if error.is::<WrongUse>() {
            ExitCode::from(WRONG_USE)
        } else {
            ExitCode::FAILURE
        }
    }
}
