//! What planners bring: site lists, areas, places; reading, checking, repairing, exporting.
//!
//! [`import`] turns files into [`Records`] and an [`ImportReport`] in which every row of the files is accepted,
//! repaired or rejected with its reason. [`export`] writes records for other tools. Nothing here knows of radio
//! propagation or of HTTP.
#![forbid(unsafe_code)]

mod archive;
mod areas;
mod budget;
mod coordinates;
mod crs_evidence;
mod error;
pub mod export;
mod format;
mod header;
mod import;
mod lines;
mod message;
mod old_workbook;
mod outcome;
mod places;
mod plain_tables;
mod polygon_index;
mod position_issues;
pub mod records;
pub mod report;
mod report_workbook;
mod row_kind;
mod shape_tables;
mod sheet_reader;
mod sites;
mod table;
mod template_changes;
pub mod templates;
mod territory;
mod text;
mod values;
mod vector;

pub use coordinates::province_epsg;
pub use error::ImportError;
pub use import::{
    Import, ImportContext, InputFile, Limits, NoProgress, Progress, RowAction, RowDecision, import, known_fields,
};
pub use message::Message;
pub use records::{
    Area, AreaKind, AssumedFields, Cell, CellField, CommuneChange, DatasetKind, Figure, Line, LineKind, Measurement,
    Network, Place, PlaceKind, Pole, Records, Site, Station, StationStatus, Technology,
};
pub use report::{ImportReport, RowIssue, RowReport, RowStatus};
pub use report_workbook::report_workbook;
pub use template_changes::{OutOfRange, TemplateChange, apply_template_changes};
