//! The two numbers of a row's position, before it is known what they mean.

use crate::header::Columns;
use crate::table::{Row, Value};
use crate::values::{NumberRepair, parse_degrees, parse_number};

/// One of the two numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// The number: degrees or metres.
    pub value: f64,
    /// Whether it was written as degrees, minutes and seconds.
    pub sexagesimal: bool,
    /// What had to be done to read it.
    pub repairs: Vec<NumberRepair>,
    /// Whether it was written as text.
    pub from_text: bool,
}

/// What the two numbers can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairKind {
    /// Degrees.
    Geographic,
    /// Metres.
    Projected,
}

/// A row's position as read: the number in the column for longitude or easting, and the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Number where longitude or easting is expected.
    pub east: Axis,
    /// Number where latitude or northing is expected.
    pub north: Axis,
}

impl Pair {
    /// Whether the numbers are degrees or metres; `None` for anything else.
    #[must_use]
    pub fn kind(&self) -> Option<PairKind> {
        let (east, north) = (self.east.value.abs(), self.north.value.abs());
        if east <= 180.0 && north <= 180.0 && east.min(north) <= 90.0 {
            Some(PairKind::Geographic)
        } else if (50_000.0..10_000_000.0).contains(&east) && (50_000.0..10_000_000.0).contains(&north) {
            Some(PairKind::Projected)
        } else {
            None
        }
    }
}

/// Why a row has no pair of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PairProblem {
    /// Both cells are empty.
    Missing,
    /// A cell is not a number: the field and its text.
    NotANumber(&'static str, String),
}

/// The fields that can hold the two numbers, in the order in which they are tried.
const FIELDS: [(&str, &str); 2] = [("longitude", "latitude"), ("y", "x")];

/// Reads the two numbers of a row.
pub fn read_pair(columns: &Columns, row: &Row) -> Result<Pair, PairProblem> {
    let mut problem = PairProblem::Missing;
    for (east_field, north_field) in FIELDS {
        let (east, north) = (columns.value(row, east_field), columns.value(row, north_field));
        if east.is_empty() && north.is_empty() {
            continue;
        }
        match (read_axis(east), read_axis(north)) {
            (Some(east), Some(north)) => return Ok(Pair { east, north }),
            (None, _) => problem = PairProblem::NotANumber(east_field, east.to_text()),
            (_, None) => problem = PairProblem::NotANumber(north_field, north.to_text()),
        }
    }
    let combined = columns.value(row, "coordinates");
    if combined.is_empty() {
        return Err(problem);
    }
    read_combined(&combined.to_text()).ok_or_else(|| PairProblem::NotANumber("coordinates", combined.to_text()))
}

fn read_axis(value: &Value) -> Option<Axis> {
    match value {
        Value::Number(number) if number.is_finite() => Some(Axis {
            value: *number,
            sexagesimal: false,
            repairs: Vec::new(),
            from_text: false,
        }),
        Value::Text(text) => read_axis_text(text),
        _ => None,
    }
}

fn read_axis_text(text: &str) -> Option<Axis> {
    let text = strip_label(text);
    if let Some(parsed) = parse_number(text, is_plausible)
        && is_plausible(parsed.value)
    {
        return Some(Axis {
            value: parsed.value,
            sexagesimal: false,
            repairs: parsed.repairs,
            from_text: true,
        });
    }
    if let Some(value) = parse_degrees(text) {
        return Some(Axis {
            value,
            sexagesimal: true,
            repairs: Vec::new(),
            from_text: true,
        });
    }
    let parsed = parse_number(text, is_plausible)?;
    Some(Axis {
        value: parsed.value,
        sexagesimal: false,
        repairs: parsed.repairs,
        from_text: true,
    })
}

/// `N 18.34`, `E105.9`, `lat: 18.34`, `X=2028134` → the number.
fn strip_label(text: &str) -> &str {
    let start = text
        .find(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | ','))
        .unwrap_or(0);
    let label = text[..start].trim().trim_end_matches([':', '=']).trim().to_lowercase();
    let known = [
        "n",
        "e",
        "đ",
        "b",
        "lat",
        "lon",
        "long",
        "lng",
        "x",
        "y",
        "kđ",
        "vđ",
        "kinh độ",
        "vĩ độ",
    ];
    let is_one_number = !text[start..].contains(['°', '\'', '"', '′', '″']);
    if is_one_number && known.contains(&label.as_str()) {
        &text[start..]
    } else {
        text
    }
}

fn is_plausible(value: f64) -> bool {
    value.abs() <= 180.0 || (100_000.0..10_000_000.0).contains(&value)
}

/// `18.3428, 105.9123`, `18.3428; 105.9123`, `18°20'34" 105°54'12"`: latitude first, as maps on the web write it.
fn read_combined(text: &str) -> Option<Pair> {
    let split = [";", "|", "/", ", ", ",", " "].iter().find_map(|separator| {
        let parts: Vec<&str> = text
            .split(separator)
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect();
        match parts[..] {
            [first, second] => Some((read_axis_text(first)?, read_axis_text(second)?)),
            _ => None,
        }
    });
    let (first, second) = split.or_else(|| split_in_half(text))?;
    // Degrees beyond ±90 can only be the longitude; of metres the northing is the larger in Vietnam.
    let first_is_east = if first.value.abs() > 1000.0 {
        first.value < second.value
    } else {
        first.value.abs() > 90.0
    };
    Some(if first_is_east {
        Pair {
            east: first,
            north: second,
        }
    } else {
        Pair {
            east: second,
            north: first,
        }
    })
}

/// Two angles in degrees, minutes and seconds, separated by blanks only.
fn split_in_half(text: &str) -> Option<(Axis, Axis)> {
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let half = words.len() / 2;
    if !words.len().is_multiple_of(2) || half == 0 {
        return None;
    }
    Some((
        read_axis_text(&words[..half].join(" "))?,
        read_axis_text(&words[half..].join(" "))?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn combined_cells_are_split() {
        for text in [
            "18.3428, 105.9123",
            "105.9123 18.3428",
            "18,3428; 105,9123",
            "18°20'34.08\" 105°54'44.28\"",
            "18 20 34.08 105 54 44.28",
        ] {
            let pair = read_combined(text).unwrap_or_else(|| panic!("{text}"));
            assert!((pair.east.value - 105.9123).abs() < 1e-6, "{text}");
            assert!((pair.north.value - 18.3428).abs() < 1e-6, "{text}");
            assert_eq!(pair.kind(), Some(PairKind::Geographic));
        }
        assert_eq!(read_combined("xã Kỳ Anh"), None);
    }

    #[test]
    fn axis_tells_degrees_from_metres() {
        let value = |text| read_axis_text(text).map(|axis| axis.value);
        assert_eq!(value("105,912"), Some(105.912));
        assert_eq!(value("543.210"), Some(543_210.0));
        assert_eq!(value("2.028.134,5"), Some(2_028_134.5));
        assert_eq!(value("18°30'"), Some(18.5));
        assert_eq!(value("abc"), None);
    }

    proptest! {
        #[test]
        fn any_cell_is_read_or_refused(text in "\\PC{0,40}") {
            let _ = read_combined(&text);
        }
    }
}
