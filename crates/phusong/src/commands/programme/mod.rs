//! `phusong programme`: check, evaluate or report a programme.

mod facts;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use jiff::civil::Date;
use programme::report::{self, Report};
use programme::villages::{self, VillageRow};
use programme::{Evaluation, FactsFile, Language, Programme, ProgrammeError, library};
use serde::Serialize;

use crate::output::Output;

/// What may be written after `programme`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, clap::Subcommand)]
enum Task {
    /// Check programmes: files, or keys of those that ship; every problem with line and field.
    Check {
        /// TOML files or keys; none means all that ship.
        programmes: Vec<String>,
    },
    /// Measure a programme on a project's facts.
    Evaluate(Measured),
    /// Write a programme's report.
    Report {
        #[command(flatten)]
        measured: Measured,
        /// File to write; its ending says the form: .xlsx, .docx or .html.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Language: vi or en.
        #[arg(long, default_value = "vi", value_parser = ["vi", "en"])]
        language: String,
    },
}

/// What is measured on what.
#[derive(Debug, clap::Args)]
struct Measured {
    /// Key of a programme that ships, or a TOML file.
    #[arg(long)]
    programme: String,
    /// The project, by name or id.
    #[arg(long, value_name = "P", required_unless_present = "facts", conflicts_with = "facts")]
    project: Option<String>,
    /// Coverage run of the project (default: the newest).
    #[arg(long, value_name = "RUN", requires = "project")]
    run: Option<String>,
    /// Facts as JSON instead: network, communes, zones, places, coverage, reported values, submissions.
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// Reported values (class B) as JSON: a list of {programme, indicator, value, date, source, who}.
    #[arg(long, value_name = "FILE")]
    reported: Option<PathBuf>,
    /// Deliverables handed in, as JSON: a list of {deliverable, who, date}.
    #[arg(long, value_name = "FILE")]
    submissions: Option<PathBuf>,
    /// Village rules as TOML instead of those that ship.
    #[arg(long, value_name = "FILE")]
    village_rules: Option<PathBuf>,
    /// Day of the evaluation, year-month-day (default: today).
    #[arg(long)]
    today: Option<Date>,
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    match arguments.task {
        Task::Check { programmes } => check(&programmes, output),
        Task::Evaluate(measured) => {
            let measurement = measured.measure(output)?;
            output.answer(&measurement.evaluation, || text(&measurement.evaluation))?;
            Ok(ExitCode::SUCCESS)
        }
        Task::Report {
            measured,
            out,
            language,
        } => write_report(&measured, &out, &language, output),
    }
}

/// One checked programme.
#[derive(Serialize)]
struct Checked {
    programme: String,
    valid: bool,
    problems: Vec<programme::Problem>,
}

fn check(programmes: &[String], output: &Output) -> anyhow::Result<ExitCode> {
    let all: Vec<String> = library::keys().into_iter().map(str::to_owned).collect();
    let wanted = if programmes.is_empty() { &all } else { programmes };
    let mut checked = Vec::new();
    for name in wanted {
        let problems = match programme::read(&source(name)?) {
            Ok(_) => Vec::new(),
            Err(ProgrammeError::Invalid(problems)) => problems,
            Err(other) => return Err(other.into()),
        };
        checked.push(Checked {
            programme: name.clone(),
            valid: problems.is_empty(),
            problems,
        });
    }
    let valid = checked.iter().all(|one| one.valid);
    output.answer(&checked, || {
        let line = |one: &Checked| {
            let problems: String = one
                .problems
                .iter()
                .map(|problem| format!("\n  {problem}\n    {}", problem.detail_vi))
                .collect();
            format!(
                "{}: {}{problems}",
                one.programme,
                if one.valid { "valid" } else { "not valid" }
            )
        };
        checked.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(if valid { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The TOML of a key or file.
fn source(name: &str) -> anyhow::Result<String> {
    if let Some(text) = library::text(name) {
        return Ok(text.to_owned());
    }
    if Path::new(name).extension().is_some_and(|ending| ending == "toml") {
        return std::fs::read_to_string(name).with_context(|| format!("cannot read {name}"));
    }
    // Says which keys there are.
    library::programme(name)?;
    Ok(String::new())
}

/// A programme measured, with all that its report needs.
struct Measurement {
    programme: Programme,
    facts: FactsFile,
    evaluation: Evaluation,
    villages: Vec<VillageRow>,
}

impl Measured {
    fn measure(&self, output: &Output) -> anyhow::Result<Measurement> {
        let programme = programme::read(&source(&self.programme)?)?;
        let facts = self.read_facts(output)?;
        let evaluation = programme::evaluate(&programme, &facts.on(self.day()));
        let rules = match &self.village_rules {
            Some(path) => std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?,
            None => villages::DEFAULT_RULES.to_owned(),
        };
        let rules = villages::read_rules(&rules)?;
        let broadband = [geodata::Technology::G4, geodata::Technology::G5];
        let villages = facts
            .coverage
            .as_ref()
            .map(|coverage| villages::table(&facts.places, coverage, &broadband, &rules));
        Ok(Measurement {
            programme,
            evaluation,
            villages: villages.unwrap_or_default(),
            facts,
        })
    }

    fn day(&self) -> Date {
        self.today.unwrap_or_else(|| jiff::Zoned::now().date())
    }

    fn read_facts(&self, output: &Output) -> anyhow::Result<FactsFile> {
        let mut facts: FactsFile = match (&self.project, &self.facts) {
            (Some(project), _) => facts::of_project(output, project, self.run.as_deref())?,
            (None, Some(file)) => read_json(file)?,
            (None, None) => FactsFile::default(),
        };
        if let Some(file) = &self.reported {
            facts.reported.extend(read_json::<Vec<programme::Reported>>(file)?);
        }
        if let Some(file) = &self.submissions {
            facts
                .submissions
                .extend(read_json::<Vec<programme::workflow::Submission>>(file)?);
        }
        Ok(facts)
    }
}

fn read_json<T: serde::de::DeserializeOwned>(file: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} does not hold what is asked for", file.display()))
}

/// What was written.
#[derive(Serialize)]
struct Written {
    file: PathBuf,
    bytes: usize,
    /// BLAKE3 of the bytes: the same inputs give the same.
    hash: String,
}

fn write_report(measured: &Measured, out: &Path, language: &str, output: &Output) -> anyhow::Result<ExitCode> {
    let measurement = measured.measure(output)?;
    let today = measured.day();
    let operators = measurement.facts.operators();
    let deliveries = programme::workflow::deliveries(
        &measurement.programme,
        &operators,
        &measurement.facts.submissions,
        today,
    );
    let report = Report {
        programme: &measurement.programme,
        evaluation: &measurement.evaluation,
        facts: measurement.facts.on(today),
        villages: &measurement.villages,
        deliveries: &deliveries,
        project: &measurement.facts.project,
        synthetic: measurement.facts.synthetic,
        language: if language == "en" {
            Language::English
        } else {
            Language::Vietnamese
        },
    };
    let bytes = match out.extension().and_then(|ending| ending.to_str()) {
        Some("xlsx") => report::xlsx(&report)?,
        Some("docx") => report::docx(&report)?,
        Some("html") => report::html(&report).into_bytes(),
        _ => return Err(crate::output::WrongUse("--out must end in .xlsx, .docx or .html".to_owned()).into()),
    };
    std::fs::write(out, &bytes).with_context(|| format!("cannot write {}", out.display()))?;
    let written = Written {
        file: out.to_owned(),
        bytes: bytes.len(),
        hash: blake3::hash(&bytes).to_hex().to_string(),
    };
    output.answer(&written, || {
        format!(
            "{} · {} bytes · {}",
            written.file.display(),
            written.bytes,
            written.hash
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The evaluation for people.
fn text(evaluation: &Evaluation) -> String {
    let mut lines = vec![format!(
        "{} ({}), {}",
        evaluation.title_en, evaluation.document, evaluation.today
    )];
    for result in &evaluation.indicators {
        let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"));
        lines.push(format!(
            "  {:<28} {:>10} of {:>10}  {}{}",
            result.id,
            number(result.value),
            number(result.target),
            result.status.label_en(),
            result
                .reason
                .as_ref()
                .map(|reason| format!(": {reason}"))
                .unwrap_or_default(),
        ));
    }
    lines.extend(evaluation.warnings.iter().map(|warning| format!("  ! {warning}")));
    lines.join("\n")
}
