//! Numbers as text: decimal commas, thousands separators, the letter O for zero, units.

use crate::message::Message;

/// What had to be done to read a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberRepair {
    /// The decimal sign was a comma.
    DecimalComma,
    /// Thousands were separated.
    ThousandsSeparator,
    /// The letter O stood for zero, or l/I for one.
    LetterForDigit,
    /// A unit was written with it.
    Unit,
    /// It was in feet.
    Feet,
}

impl NumberRepair {
    /// Stable code for reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::DecimalComma => "decimal_comma",
            Self::ThousandsSeparator => "thousands_separator",
            Self::LetterForDigit => "letter_for_digit",
            Self::Unit => "unit_in_number",
            Self::Feet => "height_in_feet",
        }
    }

    /// What was done, in a sentence.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::DecimalComma => Message::new(
                "dấu phẩy thập phân được đọc là dấu chấm",
                "the decimal comma was read as a point",
            ),
            Self::ThousandsSeparator => Message::new(
                "đã bỏ dấu phân cách hàng nghìn",
                "the thousands separators were removed",
            ),
            Self::LetterForDigit => Message::new(
                "chữ O hoặc l được đọc là số 0 hoặc 1",
                "the letter O or l was read as the digit 0 or 1",
            ),
            Self::Unit => Message::new(
                "đã bỏ đơn vị viết kèm số",
                "the unit written with the number was removed",
            ),
            Self::Feet => Message::new("đã đổi từ feet ra mét", "converted from feet to metres"),
        }
    }
}

/// A number and what had to be done to read it.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedNumber {
    /// The number.
    pub value: f64,
    /// Repairs; empty when the text is a plain number.
    pub repairs: Vec<NumberRepair>,
}

/// Reads a number of which `plausible` says what is to be expected, so that `105,912` can be told from `105.912`.
///
/// Of the possible readings the first plausible one is taken; without any, the first.
#[must_use]
pub fn parse_number(text: &str, plausible: impl Fn(f64) -> bool) -> Option<ParsedNumber> {
    let trimmed = text.trim().trim_start_matches(['\'', '’', '=']).trim();
    if let Some(value) = plain(trimmed)
        && plausible(value)
    {
        return Some(ParsedNumber {
            value,
            repairs: Vec::new(),
        });
    }
    let readings = readings(trimmed);
    let chosen = readings
        .iter()
        .position(|reading| plausible(reading.value))
        .unwrap_or(0);
    readings.into_iter().nth(chosen)
}

fn plain(text: &str) -> Option<f64> {
    let allowed = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    let value = text.parse::<f64>().ok()?;
    (allowed && value.is_finite()).then_some(value)
}

/// All readings of a text, the likeliest first.
fn readings(text: &str) -> Vec<ParsedNumber> {
    let mut repairs = Vec::new();
    let without_unit = strip_unit(text);
    if without_unit.len() != text.len() {
        repairs.push(NumberRepair::Unit);
    }
    let (digits, lettered) = replace_letters(without_unit);
    if lettered {
        repairs.push(NumberRepair::LetterForDigit);
    }
    let (digits, spaced) = remove_digit_spaces(&digits);
    if !digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-' | b'+'))
    {
        return Vec::new();
    }
    separator_readings(&digits)
        .into_iter()
        .filter_map(|(text, separator_repairs)| {
            let mut repairs = repairs.clone();
            repairs.extend(separator_repairs);
            if spaced && !repairs.contains(&NumberRepair::ThousandsSeparator) {
                repairs.push(NumberRepair::ThousandsSeparator);
            }
            Some(ParsedNumber {
                value: plain(&text)?,
                repairs,
            })
        })
        .collect()
}

/// Readings of `.` and `,` as decimal sign or as thousands separator.
fn separator_readings(digits: &str) -> Vec<(String, Vec<NumberRepair>)> {
    use NumberRepair::{DecimalComma, ThousandsSeparator};
    let (dots, commas) = (digits.matches('.').count(), digits.matches(',').count());
    match (dots, commas) {
        (0 | 1, 0) => {
            let mut readings = vec![(digits.to_owned(), Vec::new())];
            if dots == 1 && grouped(digits, '.') {
                readings.push((digits.replace('.', ""), vec![ThousandsSeparator]));
            }
            readings
        }
        (0, 1) => {
            let mut readings = vec![(digits.replace(',', "."), vec![DecimalComma])];
            if grouped(digits, ',') {
                readings.push((digits.replace(',', ""), vec![ThousandsSeparator]));
            }
            readings
        }
        (_, 0) if grouped(digits, '.') => vec![(digits.replace('.', ""), vec![ThousandsSeparator])],
        (0, _) if grouped(digits, ',') => vec![(digits.replace(',', ""), vec![ThousandsSeparator])],
        (_, 1) if digits.rfind('.') < digits.rfind(',') => {
            vec![(
                digits.replace('.', "").replace(',', "."),
                vec![ThousandsSeparator, DecimalComma],
            )]
        }
        (1, _) if digits.rfind(',') < digits.rfind('.') => vec![(digits.replace(',', ""), vec![ThousandsSeparator])],
        // 18.3.428: the first sign is the decimal sign, the others slipped in.
        _ => Vec::new(),
    }
}

/// Whether a separator splits the whole part into groups of three.
fn grouped(digits: &str, separator: char) -> bool {
    let mut groups = digits.trim_start_matches(['-', '+']).split(separator);
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3)
}

fn strip_unit(text: &str) -> &str {
    const UNITS: [&str; 16] = [
        "mét", "met", "metres", "meters", "mhz", "ghz", "dbm", "dbi", "độ", "°", "º", "deg", "m", "w", "e", "n",
    ];
    let lower = text.to_lowercase();
    for unit in UNITS {
        // Lower-casing may change byte lengths; only cut where the original ends the same way.
        if let Some(stripped) = lower.strip_suffix(unit)
            && text.is_char_boundary(stripped.len())
            && stripped.ends_with(|c: char| c.is_ascii_digit() || c.is_whitespace())
        {
            return text[..stripped.len()].trim_end();
        }
    }
    text
}

/// `1O5.9` → `105.9`, but only between or beside digits.
fn replace_letters(text: &str) -> (String, bool) {
    let has_digit = text.chars().any(|c| c.is_ascii_digit());
    let mut changed = false;
    let replaced = text
        .chars()
        .map(|character| {
            let digit = match character {
                'O' | 'o' | 'О' | 'о' => '0',
                'l' | 'I' => '1',
                '−' | '–' => '-',
                '٫' => '.',
                '，' => ',',
                other => return other,
            };
            changed |= digit.is_ascii_digit();
            digit
        })
        .collect();
    if has_digit {
        (replaced, changed)
    } else {
        (text.to_owned(), false)
    }
}

/// `2 028 134,5` → `2028134,5` when the blanks separate groups of three.
fn remove_digit_spaces(text: &str) -> (String, bool) {
    if !text.contains(char::is_whitespace) {
        return (text.to_owned(), false);
    }
    let whole = text.split([',', '.']).next().unwrap_or_default();
    let groups: Vec<&str> = whole.split_whitespace().collect();
    let regular = groups.iter().skip(1).all(|group| group.len() == 3);
    let fraction_blank = text[whole.len()..].contains(char::is_whitespace);
    if regular && !fraction_blank {
        (text.split_whitespace().collect(), groups.len() > 1)
    } else {
        (text.to_owned(), false)
    }
}

/// Reads a height in metres; `220'`, `220 ft` and `67m` are understood.
#[must_use]
pub fn parse_height_m(text: &str) -> Option<ParsedNumber> {
    const METRES_PER_FOOT: f64 = 0.3048;
    let trimmed = text.trim();
    let lower = trimmed.to_lowercase();
    let feet = ["'", "’", "′", "ft", "ft.", "feet", "foot"]
        .iter()
        .find_map(|unit| lower.strip_suffix(unit));
    if let Some(number) = feet {
        let mut parsed = parse_number(number.trim(), |_| true)?;
        parsed.value *= METRES_PER_FOOT;
        parsed.repairs.push(NumberRepair::Feet);
        return Some(parsed);
    }
    parse_number(trimmed, |height| (0.0..=1000.0).contains(&height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn easting(value: f64) -> bool {
        (100_000.0..3_000_000.0).contains(&value)
    }

    fn degrees(value: f64) -> bool {
        (8.0..118.0).contains(&value)
    }

    #[test]
    fn readings_follow_what_is_plausible() {
        use NumberRepair::{DecimalComma, LetterForDigit, ThousandsSeparator, Unit};
        type Case = (&'static str, fn(f64) -> bool, f64, &'static [NumberRepair]);
        let cases: [Case; 15] = [
            ("105.912", degrees, 105.912, &[]),
            ("105,912", degrees, 105.912, &[DecimalComma]),
            ("18,34285", degrees, 18.34285, &[DecimalComma]),
            ("1O5.912", degrees, 105.912, &[LetterForDigit]),
            ("1o5,9l2", degrees, 105.912, &[LetterForDigit, DecimalComma]),
            ("105.912°", degrees, 105.912, &[Unit]),
            ("543.210", easting, 543_210.0, &[ThousandsSeparator]),
            ("543,210", easting, 543_210.0, &[ThousandsSeparator]),
            ("543,210.55", easting, 543_210.55, &[ThousandsSeparator]),
            ("543.210,55", easting, 543_210.55, &[ThousandsSeparator, DecimalComma]),
            ("2.028.134", easting, 2_028_134.0, &[ThousandsSeparator]),
            ("2 028 134,5", easting, 2_028_134.5, &[DecimalComma, ThousandsSeparator]),
            ("2028134.5", easting, 2_028_134.5, &[]),
            ("'2028134.5", easting, 2_028_134.5, &[]),
            ("42m", |_| true, 42.0, &[Unit]),
        ];
        for (text, plausible, value, repairs) in cases {
            let parsed = parse_number(text, plausible).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((parsed.value, parsed.repairs.as_slice()), (value, repairs), "{text}");
        }
        for text in ["", "abc", "18.3.428", "105°54'12\"", "--", "1 2", "O", "NaN", "inf"] {
            assert_eq!(parse_number(text, |_| true), None, "{text}");
        }
    }

    #[test]
    fn feet_become_metres() {
        let parsed = parse_height_m("220'").unwrap();
        assert!((parsed.value - 67.056).abs() < 1e-9);
        assert_eq!(parsed.repairs, [NumberRepair::Feet]);
        assert_eq!(parse_height_m("42").unwrap().value, 42.0);
        assert_eq!(parse_height_m("42,5 m").unwrap().value, 42.5);
        assert_eq!(parse_height_m("-21,6").unwrap().value, -21.6);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,20}") {
            let _ = parse_number(&text, degrees);
            let _ = parse_height_m(&text);
        }

        #[test]
        fn written_numbers_are_read_back(value in -1.0e7..1.0e7_f64) {
            let with_comma = value.to_string().replace('.', ",");
            prop_assert_eq!(parse_number(&value.to_string(), |v| v == value).unwrap().value, value);
            prop_assert_eq!(parse_number(&with_comma, |v| v == value).unwrap().value, value);
        }
    }
}
