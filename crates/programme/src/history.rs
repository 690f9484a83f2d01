//! How a programme's figures came to be what they are: baseline, runs, reports.

use jiff::civil::Date;
use serde::Serialize;

use crate::document::{Class, Unit};
use crate::evaluate::Evaluation;

/// Where a point of a history comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PointSource {
    /// The document.
    Baseline,
    /// A coverage run and the data of its day.
    Run,
    /// Somebody's report.
    Reported,
}

/// A value on a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// The day.
    pub day: Date,
    /// The value.
    pub value: f64,
    /// The run, where it is computed.
    pub run: Option<String>,
    /// Where it comes from.
    pub source: PointSource,
}

/// The history of an indicator, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorHistory {
    /// Indicator's id.
    pub id: String,
    /// Name.
    pub name_vi: String,
    /// Name in English.
    pub name_en: String,
    /// Unit.
    pub unit: Unit,
    /// Target of now.
    pub target: Option<f64>,
    /// The points.
    pub points: Vec<Point>,
}

/// The history of every indicator: `now` gives baseline and reports, `runs` what each coverage run and the data of its
/// day came to.
#[must_use]
pub fn history(now: &Evaluation, runs: &[Evaluation]) -> Vec<IndicatorHistory> {
    let one = |index: usize, result: &crate::IndicatorResult| {
        let baseline = result.baseline_date.zip(result.baseline).map(|(day, value)| Point {
            day,
            value,
            run: None,
            source: PointSource::Baseline,
        });
        let reported = result.reported.iter().map(|row| Point {
            day: row.date,
            value: row.value,
            run: None,
            source: PointSource::Reported,
        });
        let computed = runs.iter().filter_map(|evaluation| {
            let then = evaluation.indicators.get(index)?;
            let value = match result.class {
                Class::A => then.value,
                _ => then.estimate.as_ref().map(|estimate| estimate.value),
            };
            Some(Point {
                day: evaluation.today,
                value: value?,
                run: evaluation.run.clone(),
                source: PointSource::Run,
            })
        });
        let mut points: Vec<Point> = baseline.into_iter().chain(computed).chain(reported).collect();
        points.sort_by_key(|point| (point.day, point.source));
        IndicatorHistory {
            id: result.id.clone(),
            name_vi: result.name_vi.clone(),
            name_en: result.name_en.clone(),
            unit: result.unit,
            target: result.target,
            points,
        }
    };
    let results = now.indicators.iter().enumerate();
    results.map(|(index, result)| one(index, result)).collect()
}
