//! `phusong import`: check files, report on every row, and make them part of a project.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use geodata::{ImportReport, InputFile};
use serde_json::json;
use server::Problem;
use server::work::import::{self, Checked, ImportOptions, kind_of};
use server::work::inputs::ProjectInputs;
use store::{NewAuditEntry, Store, StoreError};

use super::work_frame::{Bar, Database, with_store_at};
use crate::output::Output;

/// What may be written after `import`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The project, by name or id; made when there is none of that name.
    #[arg(long, value_name = "P")]
    project: String,
    /// sites, areas, zones, places, terrain, landcover, population, measurements, …
    #[arg(long)]
    kind: String,
    /// The files.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Check and report only; change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write the report of every row to this file.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// EPSG code of the coordinates, where the file does not say.
    #[arg(long, value_name = "CODE")]
    epsg: Option<u32>,
    /// Whose list it is, where it has no such column.
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// Terrain that measures roofs and tree tops: no clutter is added to it.
    #[arg(long)]
    surface: bool,
    /// Name of the province, for its central meridian, where neither the communes nor the file say.
    #[arg(long, value_name = "NAME")]
    province: Option<String>,
    /// Read a column as a field; may be given several times. `HEADER=` leaves the column unused.
    #[arg(long = "column", value_name = "HEADER=FIELD", value_parser = column)]
    columns: Vec<(String, Option<String>)>,
    /// Write the uploaded tables with a comment on every cell that was named to this XLSX file.
    #[arg(long, value_name = "FILE")]
    report_xlsx: Option<PathBuf>,
    /// Tell what would be added, moved, changed and removed, row by row (with --json).
    #[arg(long)]
    difference: bool,
    #[command(flatten)]
    database: Database,
}

/// `Tọa độ N=latitude` → header and field.
fn column(text: &str) -> Result<(String, Option<String>), String> {
    let (header, field) = text.rsplit_once('=').ok_or("write HEADER=FIELD")?;
    Ok((
        header.to_owned(),
        Some(field.to_owned()).filter(|field| !field.is_empty()),
    ))
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    let kind = kind_of(&arguments.kind)?;
    for file in &arguments.files {
        std::fs::metadata(file).with_context(|| file.display().to_string())?;
    }
    let files: Vec<InputFile> = arguments.files.iter().map(InputFile::from_path).collect();
    let options = ImportOptions {
        epsg: arguments.epsg,
        operator: arguments.operator.clone(),
        province: arguments.province.clone(),
        columns: arguments.columns.iter().cloned().collect(),
        surface: arguments.surface,
        ..ImportOptions::default()
    };
    let bar = Bar::new();
    let done = with_store_at(output, &arguments.database, async |store| {
        let project = project(store, &arguments.project, arguments.dry_run).await?;
        let checked = import::check(store, project.as_deref(), kind, files, options, bar.clone()).await?;
        let rows = if arguments.difference {
            import::changed_rows(store, project.as_deref(), &checked).await?
        } else {
            None
        };
        let mut answer = json!({
            "kind": kind.key(), "dry_run": arguments.dry_run, "rows_in": checked.report.rows_in,
            "accepted": checked.report.accepted, "repaired": checked.report.repaired, "rejected": checked.report.rejected,
            "crs": checked.report.crs, "difference": checked.difference, "changes": rows,
        });
        // The reports are written before the commit: they are wanted all the more when it fails, and need not be kept meanwhile.
        if let Err(error) = write_reports(&arguments, &checked.report) {
            return Ok(Err(error));
        }
        let dataset = match project.filter(|_| !arguments.dry_run) {
            Some(project) => commit(store, &project, checked).await?,
            None => None,
        };
        answer["dataset"] = json!(dataset);
        Ok(Ok(answer))
    });
    bar.finish();
    let answer = done??;
    let number = |name: &str| answer[name].as_u64().unwrap_or(0);
    output.answer(&answer, || {
        format!(
            "{} rows: {} accepted, {} repaired, {} rejected",
            answer["rows_in"], answer["accepted"], answer["repaired"], answer["rejected"]
        )
    })?;
    let nothing = number("accepted") + number("repaired") == 0;
    Ok(if nothing { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn write_reports(arguments: &Arguments, report: &ImportReport) -> anyhow::Result<()> {
    if let Some(path) = &arguments.report {
        let file = std::fs::File::create(path).with_context(|| path.display().to_string())?;
        let mut writer = BufWriter::new(file);
        serde_json::to_writer_pretty(&mut writer, report)?;
        writer.flush().with_context(|| path.display().to_string())?;
    }
    if let Some(path) = &arguments.report_xlsx {
        let files: Vec<InputFile> = arguments.files.iter().map(InputFile::from_path).collect();
        let workbook = geodata::report_workbook(&files, report)?;
        std::fs::write(path, workbook).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// The project's id. A dry run makes none: it checks as for an empty project.
async fn project(store: &Store, name: &str, dry_run: bool) -> Result<Option<String>, Problem> {
    match ProjectInputs::load(store, name).await {
        Ok(inputs) => Ok(Some(inputs.project.id)),
        Err(problem) if problem.status != 404 => Err(problem),
        Err(_) if dry_run => Ok(None),
        Err(_) => match store.create_project(name, false).await {
            Ok(project) => Ok(Some(project.id)),
            // Another process made it just now.
            Err(StoreError::Conflict(_)) => Ok(Some(store.project(name).await?.id)),
            Err(error) => Err(error.into()),
        },
    }
}

async fn commit(store: &Store, project: &str, checked: Checked) -> Result<Option<serde_json::Value>, Problem> {
    if checked.report.accepted + checked.report.repaired == 0 {
        return Ok(None);
    }
    let staged = import::stage(store, project, checked).await?;
    let dataset = import::commit(store, project, &staged.id).await?;
    let details = json!({ "kind": dataset.kind, "version": dataset.version });
    let entry = NewAuditEntry {
        who: "command line",
        action: "import.commit",
        project: Some(project),
        subject: &dataset.content_hash,
        details,
    };
    store.append_audit(entry).await?;
    Ok(Some(json!({
        "kind": dataset.kind, "version": dataset.version, "rows": dataset.rows, "content_hash": dataset.content_hash,
    })))
}
