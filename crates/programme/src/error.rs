//! What can be wrong with a programme.

use std::fmt;

/// One thing wrong in a programme's file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// Line in the file, from 1.
    pub line: usize,
    /// Field, as a path: `indicators.stations-5g.targets`.
    pub field: String,
    /// What is wrong and what to do, in Vietnamese.
    pub detail_vi: String,
    /// The same in English.
    pub detail_en: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}, {}: {}", self.line, self.field, self.detail_en)
    }
}

/// Why a programme cannot be used or its report not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProgrammeError {
    /// The file is not a programme; every problem found is named.
    #[error("not a valid programme: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<Problem>),
    /// No programme of this key ships with the program.
    #[error("no programme {key:?}; there are: {}", known.join(", "))]
    Unknown {
        /// The key asked for.
        key: String,
        /// The keys that there are.
        known: Vec<String>,
    },
    /// The workbook could not be made.
    #[error("the workbook could not be written: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The document's package could not be made.
    #[error("the document could not be written: {0}")]
    Package(String),
}
