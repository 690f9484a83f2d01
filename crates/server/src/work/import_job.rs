//! The check of uploaded files in the background: the files are kept first, so that the job finds them again after a restart.

use std::sync::Arc;

use geodata::{DatasetKind, InputFile};
use serde::{Deserialize, Serialize};
use store::{Artefact, StagedImport, Store};

use super::import::{ImportOptions, check, kept_files, kind_of, no_file, stage};
use super::{Progress, blocking};
use crate::Problem;

/// Uploaded files that are kept already, to be checked in the background.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UploadedFiles {
    /// Kind of dataset.
    pub kind: String,
    /// The files.
    pub files: Vec<Artefact>,
    /// How they are to be read.
    pub options: ImportOptions,
    /// The operator that sends its own list; none for the department's.
    #[serde(default)]
    pub sender: Option<String>,
}

/// Keeps uploaded files for a check in the background.
pub async fn keep_files(
    store: &Store,
    kind: DatasetKind,
    files: Vec<InputFile>,
    options: ImportOptions,
) -> Result<UploadedFiles, Problem> {
    if files.is_empty() {
        return Err(no_file());
    }
    let artefacts = store.artefacts().clone();
    blocking(move || {
        let kept = files.iter().map(|file| artefacts.copy_in(&file.name, &file.path));
        Ok(UploadedFiles {
            kind: kind.key().to_owned(),
            files: kept.collect::<Result<_, _>>()?,
            sender: options.sender.clone(),
            options,
        })
    })
    .await
}

/// Checks files that were kept, and keeps what was found until somebody decides.
///
/// # Errors
/// As [`check`]; `cancelled` when it was stopped: nothing is kept then.
pub async fn check_uploaded(
    store: &Store,
    project: &str,
    uploaded: UploadedFiles,
    progress: Arc<dyn Progress>,
) -> Result<StagedImport, Problem> {
    let kind = kind_of(&uploaded.kind)?;
    let files = {
        let (artefacts, files) = (store.artefacts().clone(), uploaded.files);
        blocking(move || kept_files(&artefacts, &files)).await?
    };
    let options = ImportOptions {
        sender: uploaded.sender,
        ..uploaded.options
    };
    let checked = check(store, Some(project), kind, files, options, Arc::clone(&progress)).await?;
    if progress.cancelled() {
        return Err(Problem::cancelled());
    }
    stage(store, project, checked).await
}
