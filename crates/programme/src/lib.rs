//! A plan document as data, measured on the map.
//!
//! [`Programme`] is one signed plan: indicators with baselines, targets, deadlines and clauses, quotas, deliverables.
//! [`library`] holds the five plans that ship with the program; [`read()`] reads and checks any other, naming line and
//! field of what is wrong, and [`programme_schema`] is the schema that it follows. [`evaluate()`] computes every class A
//! indicator from [`Facts`] (records and a coverage run), takes class B from what people reported, and keeps all readings
//! of an ambiguous one side by side; [`drill_down`] shows the rows behind each figure, [`history`] how it came, [`projection`]
//! what a plan would make of it. [`villages`] classes villages and proposes who acts; [`workflow`] follows quotas, lists and
//! due dates; [`annual_plan`] is the list of a year; [`report`] writes the workbook, the page and the document that go to
//! the province.
#![forbid(unsafe_code)]

pub mod annual_plan;
mod crosswalk;
mod document;
pub mod drill_down;
mod error;
mod evaluate;
mod facts;
pub mod figures;
pub mod history;
mod labels;
pub mod library;
mod measure;
mod number;
pub mod projection;
mod read;
pub mod report;
mod schema;
mod status;
mod text;
mod toml_problem;
pub mod villages;
pub mod workflow;

pub use crosswalk::{ProgrammeArea, Successor, facts_of_area};
pub use document::{
    Actor, Authority, Baseline, Class, Content, Deliverable, Direction, Document, Indicator, PlannerLink,
    PriorityPlace, PriorityZone, Programme, Quota, Reading, Role, Source, SourceMark, Target, Unit,
};
pub use error::{Problem, ProgrammeError};
pub use evaluate::{
    CoverageWish, Estimate, Evaluation, IndicatorResult, Missing, PlannerGoal, ReadingResult, evaluate,
};
pub use facts::{AreaCoverage, Coverage, Facts, FactsFile, PlaceCoverage, Reported};
pub use measure::{Counted, Measure, Nesting, RowKind, SharingUnit, SwitchOffUnit};
pub use number::Language;
pub use read::{read, read_value};
pub use schema::programme_schema;
pub use status::Status;
pub use text::Text;
