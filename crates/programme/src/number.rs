//! Numbers, dates and units as people write them.

use jiff::civil::Date;

use crate::document::Unit;

/// Language of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// Tiếng Việt: 1.234,56 and 25/12/2025.
    #[default]
    Vietnamese,
    /// English: 1,234.56 and 2025-12-25.
    English,
}

impl Language {
    /// One of two fixed texts.
    pub(crate) fn pick_static(self, vi: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Vietnamese => vi,
            Self::English => en,
        }
    }

    /// One of two texts.
    #[must_use]
    pub fn pick<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Vietnamese => vi,
            Self::English => en,
        }
    }
}

/// A date in Vietnam: dd/mm/yyyy.
#[must_use]
pub fn date_vi(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

/// A date of a language.
#[must_use]
pub fn date(date: Date, language: Language) -> String {
    match language {
        Language::Vietnamese => date_vi(date),
        Language::English => date.to_string(),
    }
}

/// A number with grouped thousands and so many decimals; trailing zeros of the decimals stay.
#[must_use]
pub fn number(value: f64, decimals: usize, language: Language) -> String {
    let (group, point) = match language {
        Language::Vietnamese => ('.', ','),
        Language::English => (',', '.'),
    };
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut text = String::new();
    let negative = value < 0.0 && plain.chars().any(|digit| ('1'..='9').contains(&digit));
    if negative {
        text.push('-');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            text.push(group);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(point);
        text.push_str(fraction);
    }
    text
}

/// Decimals that a unit is written with.
#[must_use]
pub fn decimals(unit: Unit) -> usize {
    match unit {
        Unit::Percent | Unit::Mbps | Unit::Per100People | Unit::ConnectionsPerPerson | Unit::Hectare => 2,
        _ => 0,
    }
}

/// A unit in words.
#[must_use]
pub fn unit(unit: Unit, language: Language) -> &'static str {
    let (vi, en) = match unit {
        Unit::Location => ("vị trí", "locations"),
        Unit::Station => ("trạm", "stations"),
        Unit::Cell => ("cell", "cells"),
        Unit::Person => ("người", "people"),
        Unit::Village => ("thôn", "villages"),
        Unit::Zone => ("khu, cụm", "zones"),
        Unit::Hectare => ("ha", "ha"),
        Unit::Percent => ("%", "%"),
        Unit::Mbps => ("Mbit/s", "Mbps"),
        Unit::Per100People => ("/100 dân", "per 100 people"),
        Unit::ConnectionsPerPerson => ("kết nối/người", "connections per person"),
        Unit::Text => ("", ""),
    };
    match language {
        Language::Vietnamese => vi,
        Language::English => en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_in_vietnam() {
        assert_eq!(number(1_234.56, 2, Language::Vietnamese), "1.234,56");
        assert_eq!(number(1_234.56, 2, Language::English), "1,234.56");
        assert_eq!(number(3_600.0, 0, Language::Vietnamese), "3.600");
        assert_eq!(number(-1_000_000.5, 1, Language::Vietnamese), "-1.000.000,5");
        assert_eq!(number(-0.001, 1, Language::Vietnamese), "0,0");
        assert_eq!(number(12.0, 0, Language::Vietnamese), "12");
    }

    #[test]
    fn dates_are_written_as_in_vietnam() {
        let day = jiff::civil::date(2025, 12, 5);
        assert_eq!(date(day, Language::Vietnamese), "05/12/2025");
        assert_eq!(date(day, Language::English), "2025-12-05");
    }
}
