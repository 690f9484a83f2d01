//! `phusong model`: evaluate one case of one propagation model, with all intermediates, so that anyone can hold the
//! answer against another implementation.

mod p1812;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::output::{Output, WrongUse};

/// What may be written after `model`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The model.
    #[arg(value_enum)]
    model: Model,
    /// The case, a JSON document; `-` reads standard input.
    #[arg(long, value_name = "CASE.json")]
    input: PathBuf,
}

/// The models that can be evaluated.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Model {
    /// ITU-R P.1812-8: path-specific loss over terrain and clutter, 30 MHz – 6 GHz.
    P1812,
}

/// The answer of every model.
#[derive(Debug, serde::Serialize)]
struct Answer {
    /// The model's loss, dB.
    loss_db: f64,
    /// Every intermediate quantity under the name that the recommendation gives it.
    intermediate: Value,
}

/// Runs the command: always answers in JSON.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    let text = read(&arguments.input)?;
    let answer = evaluate(arguments.model, &text).with_context(|| arguments.input.display().to_string())?;
    let json = serde_json::to_string_pretty(&answer)?;
    output.answer(&answer, || json)?;
    Ok(ExitCode::SUCCESS)
}

fn evaluate(model: Model, text: &str) -> anyhow::Result<Answer> {
    match model {
        Model::P1812 => p1812::answer(case(text)?),
    }
}

fn read(input: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    if input == Path::new("-") {
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(input).map_err(|error| {
        WrongUse(format!(
            "{}: {error}; --input names the case's JSON file",
            input.display()
        ))
        .into()
    })
}

/// The case in a document; a document that does not fit is wrong use, told with its line.
fn case<T: DeserializeOwned>(text: &str) -> anyhow::Result<T> {
    serde_json::from_str(text).map_err(|error| WrongUse(format!("the case cannot be read: {error}")).into())
}

/// An answer from a serialisable set of intermediates.
fn answer(loss_db: f64, intermediate: &impl serde::Serialize) -> anyhow::Result<Answer> {
    Ok(Answer {
        loss_db,
        intermediate: serde_json::to_value(intermediate)?,
    })
}
