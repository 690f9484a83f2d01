//! Files that are written in the background: an export of a layer, a programme's report.

use std::sync::Arc;

use ::programme::Language;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Artefact, Store, Viewer};

use super::export::{self, ExportRequest};
use super::programme::{self, Format};
use super::{Progress, Stage, blocking};
use crate::Problem;

/// A report that is to be written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReportRequest {
    /// The programme's key.
    pub programme: String,
    /// xlsx, docx or html.
    pub format: String,
    /// vi or en.
    pub language: String,
    /// The day of the evaluation.
    pub today: Date,
    /// The coverage run; the newest when absent.
    pub run: Option<String>,
}

/// A file that a job wrote.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WrittenFile {
    /// Its bytes.
    pub file: Artefact,
    /// Its media type.
    pub media_type: String,
}

/// Exports a layer for the department.
///
/// # Errors
/// As [`export::export`]; `cancelled`.
pub async fn export(
    store: &Store,
    project: &str,
    request: &ExportRequest,
    progress: Arc<dyn Progress>,
) -> Result<Value, Problem> {
    progress.report(0.0, WRITING);
    let file = export::export(store, project, request, Viewer::Department).await?;
    keep(store, project, &file.name, file.media_type, file.bytes, &*progress).await
}

/// Writes a programme's report for the department.
///
/// # Errors
/// What the evaluation refuses; `cancelled`.
pub async fn report(
    store: &Store,
    project: &str,
    request: &ReportRequest,
    progress: Arc<dyn Progress>,
) -> Result<Value, Problem> {
    progress.report(0.0, MEASURING);
    let found = programme::find(store, project, &request.programme).await?;
    let (run, today) = (request.run.as_deref(), request.today);
    let (evaluation, loaded) = programme::evaluate(store, project, &found, run, today, &Viewer::Department).await?;
    let (_, rules, _) = programme::village_rules(store, project).await?;
    if progress.cancelled() {
        return Err(Problem::cancelled());
    }
    progress.report(0.5, WRITING);
    let format = Format::from_word(&request.format)?;
    let language = match request.language.as_str() {
        "en" => Language::English,
        _ => Language::Vietnamese,
    };
    let file = blocking(move || programme::report_file(&found, &loaded, &evaluation, &rules, language, format)).await?;
    keep(store, project, &file.name, file.media_type, file.bytes, &*progress).await
}

const MEASURING: Stage = Stage {
    vi: "Tính các chỉ tiêu",
    en: "Measuring the indicators",
};
const WRITING: Stage = Stage {
    vi: "Ghi tệp",
    en: "Writing the file",
};

/// Keeps a written file; nothing of it stays when the job was cancelled meanwhile.
async fn keep(
    store: &Store,
    project: &str,
    name: &str,
    media_type: &str,
    bytes: Vec<u8>,
    progress: &dyn Progress,
) -> Result<Value, Problem> {
    if progress.cancelled() {
        return Err(Problem::cancelled());
    }
    let (artefacts, name) = (store.artefacts().clone(), name.to_owned());
    let file = blocking(move || Ok(artefacts.put(&name, &bytes)?)).await?;
    let written = WrittenFile {
        file,
        media_type: media_type.to_owned(),
    };
    Ok(json!({ "written": written, "project": project }))
}
