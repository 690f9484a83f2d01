//! A figure with the rows behind it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::text::Text;

/// A figure with the rows behind it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Counted {
    /// The value, in the reading's unit.
    pub value: f64,
    /// Numerator of a share.
    pub numerator: Option<f64>,
    /// Denominator of a share.
    pub denominator: Option<f64>,
    /// Least and largest value that the figure can have where the area is known through a crosswalk only.
    pub range: Option<[f64; 2]>,
    /// Codes of the rows that make the figure (stations, places, zones, locations or communes).
    pub rows: Vec<String>,
    /// Codes of the rows of the denominator that do not.
    pub other_rows: Vec<String>,
    /// The same figure of each operator, where it has one.
    pub by_operator: BTreeMap<String, f64>,
    /// What was left out or assumed.
    pub notes: Vec<Text>,
}

impl Counted {
    pub(super) fn count(rows: Vec<String>) -> Self {
        Self {
            value: rows.len() as f64,
            rows,
            ..Self::default()
        }
    }

    /// A share of rows.
    pub(super) fn share(rows: Vec<String>, other_rows: Vec<String>) -> Result<Self, Text> {
        let (part, whole) = (rows.len() as f64, (rows.len() + other_rows.len()) as f64);
        let counted = Self::ratio(part, whole)?;
        Ok(Self {
            rows,
            other_rows,
            ..counted
        })
    }

    /// A share; refused when there is nothing to be a share of.
    pub(super) fn ratio(part: f64, whole: f64) -> Result<Self, Text> {
        if whole <= 0.0 {
            return Err(Text::new(
                "mẫu số bằng 0: chưa có dữ liệu để tính",
                "the denominator is 0: no data to compute from",
            ));
        }
        Ok(Self {
            value: 100.0 * part / whole,
            numerator: Some(part),
            denominator: Some(whole),
            ..Self::default()
        })
    }
}
