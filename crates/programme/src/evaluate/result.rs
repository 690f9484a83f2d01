//! What an evaluation answers.

use jiff::civil::Date;
use serde::Serialize;

use super::PlannerGoal;
use crate::crosswalk::ProgrammeArea;
use crate::document::{Class, Direction, Source, Target, Unit};
use crate::facts::Reported;
use crate::measure::Counted;
use crate::status::Status;
use crate::text::Text;

/// The result: every indicator with its figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Programme's key.
    pub programme: String,
    /// Its title.
    pub title_vi: String,
    /// Its title in English.
    pub title_en: String,
    /// Number of the document.
    pub document: String,
    /// The day.
    pub today: Date,
    /// The coverage run, where there is one.
    pub run: Option<String>,
    /// Whether the data changed since the run was computed.
    pub run_stale: bool,
    /// Indicators, in the document's order.
    pub indicators: Vec<IndicatorResult>,
    /// What the planner is asked for.
    pub planner: PlannerGoal,
    /// The area of a programme that is less than the project.
    pub area: Option<ProgrammeArea>,
    /// What the reader must know.
    pub warnings: Vec<Text>,
}

impl Evaluation {
    /// The result of an indicator.
    #[must_use]
    pub fn indicator(&self, id: &str) -> Option<&IndicatorResult> {
        self.indicators.iter().find(|result| result.id == id)
    }
}

/// One indicator measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorResult {
    /// Indicator's id.
    pub id: String,
    /// Its number in the table of all indicators.
    pub row: u32,
    /// Name in Vietnamese.
    pub name_vi: String,
    /// Name in English.
    pub name_en: String,
    /// Class.
    pub class: Class,
    /// Unit of `value`, `baseline` and `target`.
    pub unit: Unit,
    /// Whether more is better.
    pub direction: Direction,
    /// What a share is of.
    pub denominator_vi: Option<String>,
    /// What a share is of, in English.
    pub denominator_en: Option<String>,
    /// Clause.
    pub clause: String,
    /// Whether it is a bar of the nation.
    pub national: bool,
    /// Source.
    pub source: Source,
    /// Value at the start.
    pub baseline: Option<f64>,
    /// Its date.
    pub baseline_date: Option<Date>,
    /// Value to reach next.
    pub target: Option<f64>,
    /// Deadline of it.
    pub deadline: Option<Date>,
    /// All targets.
    pub targets: Vec<Target>,
    /// Value on the straight way from baseline to target today.
    pub expected: Option<f64>,
    /// The value that counts: computed by the used reading (class A) or last reported (class B).
    pub value: Option<f64>,
    /// What is missing to the target; 0 when it is met.
    pub gap: Option<f64>,
    /// Standing.
    pub status: Status,
    /// Why it stands so.
    pub status_reason: Text,
    /// Why there is no value.
    pub reason: Option<Text>,
    /// Every reading, side by side.
    pub readings: Vec<ReadingResult>,
    /// Modelled value beside a reported one.
    pub estimate: Option<Estimate>,
    /// Everything reported, newest first.
    pub reported: Vec<Reported>,
    /// Reported value minus computed value, where there are both.
    pub conflict: Option<f64>,
}

/// A modelled value beside a reported one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Its unit.
    pub unit: Unit,
    /// The reading that it comes from.
    pub reading: String,
}

/// One reading measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReadingResult {
    /// Reading's id.
    pub id: String,
    /// Whether the programme uses it.
    pub used: bool,
    /// Name in Vietnamese.
    pub name_vi: String,
    /// Name in English.
    pub name_en: String,
    /// The formula in words, in English.
    pub formula: String,
    /// The same in Vietnamese.
    pub formula_vi: String,
    /// Unit of the figure.
    pub unit: Unit,
    /// Target of this reading.
    pub target: Option<f64>,
    /// Standing of this reading.
    pub status: Status,
    /// The figure and the rows behind it.
    pub figure: Option<Counted>,
    /// Why there is none.
    pub reason: Option<Text>,
}

/// Gives every figure the range between itself and the same figure over the communes wholly inside the area.
pub(super) fn add_ranges(indicators: &mut [IndicatorResult], inside: &[IndicatorResult]) {
    for (result, other) in indicators.iter_mut().zip(inside) {
        for (reading, other) in result.readings.iter_mut().zip(&other.readings) {
            if let (Some(figure), Some(other)) = (&mut reading.figure, &other.figure) {
                figure.range = Some([figure.value.min(other.value), figure.value.max(other.value)]);
            }
        }
    }
}
