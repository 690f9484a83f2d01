//! A plan document as data, measured on the map.
//!
//! [`Programme`] is one signed plan: indicators with baselines, targets, deadlines and clauses, quotas, deliverables.
//! [`library`] holds the five plans that ship with the program; [`read()`] reads and checks any other, naming line and
//! field of what is wrong. [`evaluate()`] computes every class A indicator from [`Facts`] (records and a coverage run),
//! takes class B from what people reported, and keeps all readings of an ambiguous one side by side with the rows behind
//! each figure. [`villages`] classes villages and proposes who acts; [`workflow`] follows quotas and due dates;
//! [`report`] writes the workbook and the page that go to the province.
#![forbid(unsafe_code)]

mod document;
mod error;
mod evaluate;
mod facts;
pub mod library;
mod measure;
mod number;
mod read;
pub mod report;
mod status;
pub mod villages;
pub mod workflow;

pub use document::{
    Actor, Baseline, Class, Deliverable, Direction, Document, Indicator, PlannerLink, PriorityPlace, PriorityZone,
    Programme, Quota, Reading, Source, SourceMark, Target, Unit,
};
pub use error::{Problem, ProgrammeError};
pub use evaluate::{Evaluation, IndicatorResult, PlannerGoal, ReadingResult, evaluate};
pub use facts::{AreaCoverage, Coverage, Facts, FactsFile, PlaceCoverage, Reported};
pub use measure::{Counted, Measure, Nesting, SharingUnit, SwitchOffUnit};
pub use number::Language;
pub use read::read;
pub use status::Status;
