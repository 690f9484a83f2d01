//! The one entry of the room: files in, records and report out.

use std::path::PathBuf;

use geo_types::MultiPolygon;
use jiff::civil::Date;

use crate::error::ImportError;
use crate::message::Message;
use crate::records::{Area, DatasetKind, Network, Records};
use crate::report::ImportReport;

/// A file to import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Name as the user knows it; its ending says the format.
    pub name: String,
    /// Where its bytes are.
    pub path: PathBuf,
}

impl InputFile {
    /// A file whose name is the last part of its path.
    #[must_use]
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        Self { name, path }
    }
}

/// How large files may be. Whatever is larger is refused before it is read into memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of one file, bytes.
    pub file_bytes: u64,
    /// Size of one file after unpacking, bytes.
    pub unpacked_bytes: u64,
    /// Rows in all sheets of one file.
    pub rows: u32,
    /// Columns of a sheet.
    pub columns: u32,
    /// Vertices of one file's geometries.
    pub vertices: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 128 << 20,
            unpacked_bytes: 2 << 30,
            rows: 1_000_000,
            columns: 1_000,
            vertices: 20_000_000,
        }
    }
}

/// Hears how far an import is, and can stop it.
pub trait Progress: Sync {
    /// Called now and then with the part done (0–1) and what is being done.
    fn report(&self, fraction: f64, stage: &Message);
    /// Asked now and then; `true` stops the import with the error `cancelled`.
    fn cancelled(&self) -> bool;
}

/// Hears nothing and never stops.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn report(&self, _fraction: f64, _stage: &Message) {}
    fn cancelled(&self) -> bool {
        false
    }
}

/// What is known before a file is read.
#[derive(Clone)]
pub struct ImportContext<'a> {
    /// Name of the province, for its central meridian.
    pub province_name: Option<String>,
    /// Shape of the province; sites outside are rejected. Where absent the union of the communes is meant.
    pub province: Option<MultiPolygon<f64>>,
    /// Communes of the province, for cross-checks of positions and names.
    pub communes: &'a [Area],
    /// Network that the project has already, for duplicates against other lists.
    pub network: Option<&'a Network>,
    /// EPSG code that the user declares for the file's coordinates.
    pub declared_epsg: Option<u32>,
    /// Operator that the list is of, where it has no such column.
    pub operator: Option<String>,
    /// Headers that the user has mapped by hand: header as written → field name.
    pub columns: Vec<(String, String)>,
    /// Today, against dates in the future.
    pub today: Date,
    /// Sizes that are refused.
    pub limits: Limits,
    /// Hears progress.
    pub progress: &'a dyn Progress,
}

impl ImportContext<'_> {
    /// A context in which nothing but the date is known.
    #[must_use]
    pub fn new(today: Date) -> Self {
        Self {
            province_name: None,
            province: None,
            communes: &[],
            network: None,
            declared_epsg: None,
            operator: None,
            columns: Vec::new(),
            today,
            limits: Limits::default(),
            progress: &NoProgress,
        }
    }
}

/// What an import yields. Nothing is stored yet: the caller shows the report and commits the records.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// Accepted and repaired rows as records.
    pub records: Records,
    /// What became of every row.
    pub report: ImportReport,
}

/// Imports files of one kind.
///
/// # Errors
/// Refuses a file as a whole when its type is not known, it is empty, too large, malformed or has not the columns
/// that the kind needs. Mistakes in single rows are not errors: they are in the report.
pub fn import(kind: DatasetKind, files: &[InputFile], context: &ImportContext<'_>) -> Result<Import, ImportError> {
    let _ = (files, context);
    Err(ImportError::new(
        "not_yet",
        Message::new(
            format!("chưa nhập được dữ liệu loại {}", kind.key()),
            format!("importing {} is not possible yet", kind.key()),
        ),
    ))
}
