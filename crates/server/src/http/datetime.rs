//! The `datetime` of OGC API Features: an instant or an interval, and whether a feature's own time meets it.

use serde_json::Value;

use crate::Problem;

/// Days that are asked for; `None` on a side: without end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days {
    first: Option<String>,
    last: Option<String>,
}

impl Days {
    /// Reads `2025-10-01`, `2025-10-01T00:00:00Z`, `a/b`, `../b`, `a/..`.
    pub fn of(text: &str) -> Result<Self, Problem> {
        let bad = || {
            Problem::bad_parameter(
                "datetime",
                format!("datetime «{text}» không phải là ngày hoặc khoảng ngày (RFC 3339)"),
                format!("datetime {text:?} is no date or interval (RFC 3339)"),
            )
        };
        let side = |part: &str| match part {
            "" | ".." => Ok(None),
            part => day(part).map(Some).ok_or_else(bad),
        };
        let days = match text.split_once('/') {
            Some((first, last)) => Self {
                first: side(first)?,
                last: side(last)?,
            },
            None => {
                let instant = day(text).ok_or_else(bad)?;
                Self {
                    first: Some(instant.clone()),
                    last: Some(instant),
                }
            }
        };
        let backwards = matches!((&days.first, &days.last), (Some(first), Some(last)) if first > last);
        let nothing = text.contains('/') && days.first.is_none() && days.last.is_none() && !text.contains("..");
        if backwards || nothing { Err(bad()) } else { Ok(days) }
    }

    /// Whether a feature exists on one of the days: a station from its first day on air, an area while it is valid. What has no time of its
    /// own is always there.
    pub fn meet(&self, feature: &Value) -> bool {
        let of = |name: &str| feature["properties"][name].as_str().and_then(day);
        let begins = of("on_air").or_else(|| of("valid_from"));
        let ends = of("valid_to");
        let begins_in_time = begins.is_none_or(|begins| self.last.as_ref().is_none_or(|last| begins <= *last));
        let ends_in_time = ends.is_none_or(|ends| self.first.as_ref().is_none_or(|first| ends >= *first));
        begins_in_time && ends_in_time
    }
}

/// The day of a date or a time, as text that sorts.
fn day(text: &str) -> Option<String> {
    let instant = text
        .parse::<jiff::Timestamp>()
        .ok()
        .map(|time| time.to_zoned(jiff::tz::TimeZone::UTC).date().to_string());
    instant.or_else(|| {
        let date: jiff::civil::Date = text.parse().ok()?;
        (text.len() == "2025-10-01".len()).then(|| date.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn instants_and_intervals_meet_what_exists_then() {
        let station = json!({ "properties": { "on_air": "2025-10-15" } });
        let area = json!({ "properties": { "valid_from": "2020-01-01", "valid_to": "2025-06-30" } });
        let timeless = json!({ "properties": {} });
        for (text, expected) in [
            ("2025-10-15", [true, false, true]),
            ("2025-10-14T23:00:00Z", [false, false, true]),
            ("../2025-06-30", [false, true, true]),
            ("2025-06-30/..", [true, true, true]),
            ("2025-07-01/2025-12-31", [true, false, true]),
            ("2024-01-01/2024-12-31", [false, true, true]),
        ] {
            let days = Days::of(text).unwrap();
            assert_eq!(
                [&station, &area, &timeless].map(|feature| days.meet(feature)),
                expected,
                "{text}"
            );
        }
        for bad in ["", "today", "2025-13-01", "2025-10-02/2025-10-01", "/", "1/2/3"] {
            assert!(Days::of(bad).is_err(), "{bad}");
        }
    }
}
