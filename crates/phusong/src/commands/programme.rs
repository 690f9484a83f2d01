//! `phusong programme`: check, evaluate or report a programme.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use jiff::civil::Date;
use programme::{Evaluation, FactsFile, Language, ProgrammeError, library, villages};
use serde::Serialize;
use server::work::programme::{self as work, Format, Found, ProjectFacts};
use store::Viewer;

use crate::commands::work_frame::with_store;
use crate::output::{Output, WrongUse};

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
    /// Print the JSON Schema of a programme's file.
    Schema,
}

/// What is measured on what.
#[derive(Debug, clap::Args)]
struct Measured {
    /// Key of a programme of the project or of those that ship, or a TOML file.
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
    /// Further reported values (class B) as JSON: a list of {programme, indicator, value, date, source, who}.
    #[arg(long, value_name = "FILE")]
    reported: Option<PathBuf>,
    /// Further deliverables handed in, as JSON: a list of {deliverable, who, date}.
    #[arg(long, value_name = "FILE")]
    submissions: Option<PathBuf>,
    /// Village rules as TOML instead of the project's.
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
        Task::Schema => {
            let schema = programme::programme_schema();
            let text = serde_json::to_string_pretty(&schema)?;
            output.answer(&schema, || text)?;
            Ok(ExitCode::SUCCESS)
        }
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
    if is_file(name) {
        return std::fs::read_to_string(name).with_context(|| format!("cannot read {name}"));
    }
    // Says which keys there are.
    library::programme(name)?;
    Ok(String::new())
}

fn is_file(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "toml")
}

/// A programme measured, with all that its report needs.
struct Measurement {
    found: Found,
    loaded: ProjectFacts,
    rules: Vec<villages::Rule>,
    evaluation: Evaluation,
}

impl Measured {
    fn measure(&self, output: &Output) -> anyhow::Result<Measurement> {
        let (found, mut loaded, rules) = match &self.project {
            Some(project) => self.of_project(project, output)?,
            None => self.of_file()?,
        };
        let rules = match &self.village_rules {
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
                villages::read_rules(&text)?
            }
            None => rules,
        };
        if let Some(file) = &self.reported {
            loaded
                .facts
                .reported
                .extend(read_json::<Vec<programme::Reported>>(file)?);
        }
        if let Some(file) = &self.submissions {
            let further = read_json::<Vec<programme::workflow::Submission>>(file)?;
            loaded.facts.submissions.extend(further);
        }
        let evaluation = work::evaluate_facts(&found.programme, &loaded, self.day());
        Ok(Measurement {
            found,
            loaded,
            rules,
            evaluation,
        })
    }

    fn of_project(&self, project: &str, output: &Output) -> anyhow::Result<(Found, ProjectFacts, Vec<villages::Rule>)> {
        let from_file = is_file(&self.programme).then(|| self.found_in_source()).transpose()?;
        with_store(output, async |store| {
            let id = store.project(project).await?.id;
            let found = match from_file {
                Some(found) => found,
                None => work::find(store, &id, &self.programme).await?,
            };
            let viewer = Viewer::Department;
            let loaded = work::load(store, &id, Some(&found.programme), self.run.as_deref(), &viewer).await?;
            let (_, rules, _) = work::village_rules(store, &id).await?;
            Ok((found, loaded, rules))
        })
        .with_context(|| format!("project {project}"))
    }

    fn of_file(&self) -> anyhow::Result<(Found, ProjectFacts, Vec<villages::Rule>)> {
        let facts: FactsFile = self.facts.as_deref().map(read_json).transpose()?.unwrap_or_default();
        let loaded = ProjectFacts {
            facts,
            run: None,
            stale: false,
        };
        Ok((
            self.found_in_source()?,
            loaded,
            villages::read_rules(villages::DEFAULT_RULES)?,
        ))
    }

    fn found_in_source(&self) -> anyhow::Result<Found> {
        let text = source(&self.programme)?;
        Ok(Found {
            programme: programme::read(&text)?,
            text,
            own: None,
        })
    }

    fn day(&self) -> Date {
        self.today.unwrap_or_else(|| jiff::Zoned::now().date())
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
    let format = match out.extension().and_then(|ending| ending.to_str()) {
        Some("xlsx") => Format::Xlsx,
        Some("docx") => Format::Docx,
        Some("html") => Format::Html,
        _ => return Err(WrongUse("--out must end in .xlsx, .docx or .html".to_owned()).into()),
    };
    let language = if language == "en" {
        Language::English
    } else {
        Language::Vietnamese
    };
    let measurement = measured.measure(output)?;
    let Measurement {
        found,
        loaded,
        rules,
        evaluation,
    } = &measurement;
    let file = work::report_file(found, loaded, evaluation, rules, language, format)?;
    std::fs::write(out, &file.bytes).with_context(|| format!("cannot write {}", out.display()))?;
    let written = Written {
        file: out.to_owned(),
        bytes: file.bytes.len(),
        hash: file.hash(),
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
            "  {:<28} {:>10} of {:>10}  {}: {}",
            result.id,
            number(result.value),
            number(result.target),
            result.status.label_en(),
            result.status_reason.en,
        ));
    }
    lines.extend(evaluation.warnings.iter().map(|warning| format!("  ! {}", warning.en)));
    lines.join("\n")
}
