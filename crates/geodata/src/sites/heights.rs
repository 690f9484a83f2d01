//! Heights of masts and antennas: read, and their unit checked against what is possible and against the list itself.

use rayon::prelude::*;

use super::fields::Fields;
use crate::message::Message;
use crate::outcome::Outcome;
use crate::report::RowIssue;
use crate::sheet_reader::SheetReader;
use crate::table::Value;
use crate::values::parse_height_m;

/// Greatest height of a mast or antenna that is believed, metres.
const HIGHEST_M: f64 = 350.0;
const METRES_PER_FOOT: f64 = 0.3048;

/// The heights that are usual in one list, metres.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TypicalHeights {
    /// A tenth is lower and a tenth is higher than these; `None` when the list has too few.
    range_m: Option<(f64, f64)>,
}

impl TypicalHeights {
    /// Of a sheet's mast heights (antenna heights, where it has none).
    #[must_use]
    pub fn of(reader: &SheetReader<'_>) -> Self {
        const FEWEST: usize = 20;
        let field = ["mast_height_m", "antenna_height_m"]
            .into_iter()
            .find(|field| reader.columns.has(field));
        let Some(field) = field else { return Self::default() };
        let mut heights: Vec<f64> = reader
            .rows()
            .par_iter()
            .filter_map(|row| match reader.columns.value(row, field) {
                Value::Number(number) => Some(*number),
                Value::Text(text) => parse_height_m(text).map(|parsed| parsed.value),
                _ => None,
            })
            .filter(|height| (1.0..=HIGHEST_M).contains(height))
            .collect();
        if heights.len() < FEWEST {
            return Self::default();
        }
        heights.sort_by(f64::total_cmp);
        let at = |share: f64| heights[((heights.len() - 1) as f64 * share) as usize];
        Self {
            range_m: Some((at(0.1), at(0.9))),
        }
    }

    fn takes(&self, height_m: f64) -> bool {
        self.range_m
            .is_none_or(|(low, high)| (0.5 * low..=1.5 * high).contains(&height_m))
    }

    fn is_far_above(&self, height_m: f64) -> bool {
        self.range_m.is_some_and(|(_, high)| height_m > 2.2 * high)
    }

    fn is_far_below(&self, height_m: f64) -> bool {
        self.range_m.is_some_and(|(low, _)| height_m < low / 4.0)
    }
}

impl Fields<'_> {
    /// A height in metres. What is no height of a mast is left out and named.
    pub fn height(&self, field: &str, outcome: &mut Outcome) -> Option<f64> {
        let height = match self.reader.columns.value(self.row, field) {
            Value::Number(number) => *number,
            Value::Text(text) if !text.trim().is_empty() => {
                let Some(parsed) = parse_height_m(text) else {
                    outcome.repair(self.not_a_number(field));
                    return None;
                };
                self.note_parsed(field, &parsed, outcome);
                if !parsed.repairs.is_empty() && (0.0..=HIGHEST_M).contains(&parsed.value) {
                    return Some(parsed.value);
                }
                parsed.value
            }
            _ => return None,
        };
        if height == 0.0 {
            return None;
        }
        if !(0.0..=HIGHEST_M).contains(&height) {
            return self.rescaled_height(field, height, outcome);
        }
        if self.typical.is_far_above(height) {
            return Some(self.perhaps_feet(field, height, outcome));
        }
        if self.typical.is_far_below(height) {
            if height < 1.0 && self.typical.takes(height * 1000.0) {
                return Some(self.converted(field, height, height * 1000.0, "km", 0.9, outcome));
            }
            outcome.remark(self.unusual(field, height, None));
        }
        Some(height)
    }

    /// Millimetres, centimetres, decimetres and feet are off by exact factors.
    fn rescaled_height(&self, field: &str, height: f64, outcome: &mut Outcome) -> Option<f64> {
        let possible = [(0.01, "cm"), (0.001, "mm"), (0.1, "dm"), (METRES_PER_FOOT, "feet")]
            .into_iter()
            .map(|(factor, unit)| (height * factor, unit))
            .filter(|(metres, _)| (6.0..=150.0).contains(metres));
        let found = possible
            .clone()
            .find(|(metres, _)| self.typical.takes(*metres))
            .or_else(|| possible.clone().next());
        if let Some((metres, unit)) = found {
            return Some(self.converted(field, height, metres, unit, 0.9, outcome));
        }
        let issue = self.issue(
            field,
            "impossible_height",
            Message::new(
                format!("độ cao {height} m không hợp lý; bỏ qua giá trị này"),
                format!("a height of {height} m is impossible; this value is left out"),
            ),
        );
        outcome.repair(issue.confidence(0.9));
        None
    }

    /// A height far above the list's others is in feet when that makes it a whole number like the others.
    fn perhaps_feet(&self, field: &str, height: f64, outcome: &mut Outcome) -> f64 {
        let metres = height * METRES_PER_FOOT;
        let whole = (metres - metres.round()).abs() < 0.06 && height.fract() != 0.0;
        if whole && self.typical.takes(metres) {
            return self.converted(field, height, (metres * 10.0).round() / 10.0, "feet", 0.85, outcome);
        }
        outcome.remark(self.unusual(field, height, self.typical.takes(metres).then_some(metres)));
        height
    }

    fn converted(
        &self,
        field: &str,
        height: f64,
        metres: f64,
        unit: &str,
        confidence: f64,
        outcome: &mut Outcome,
    ) -> f64 {
        let issue = self.issue(
            field,
            "height_unit",
            Message::new(
                format!("độ cao {height} không hợp lý tính bằng mét; đọc là {unit}: {metres} m"),
                format!("a height of {height} is not likely in metres; read as {unit}: {metres} m"),
            ),
        );
        outcome.repair(
            RowIssue {
                to: Some(metres.to_string()),
                ..issue
            }
            .confidence(confidence),
        );
        metres
    }

    fn unusual(&self, field: &str, height: f64, feet_m: Option<f64>) -> RowIssue {
        let (vi, en) = feet_m.map_or_else(Default::default, |metres| {
            (
                format!("; nếu tính bằng feet là {metres:.1} m"),
                format!("; in feet it would be {metres:.1} m"),
            )
        });
        let issue = self.issue(
            field,
            "unusual_height",
            Message::new(
                format!("độ cao {height} m khác xa các dòng khác{vi}; đề nghị kiểm tra"),
                format!("a height of {height} m is far from those of other rows{en}; please check"),
            ),
        );
        RowIssue {
            to: feet_m.map(|metres| format!("{metres:.1}")),
            ..issue
        }
    }
}
