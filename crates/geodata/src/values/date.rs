//! Dates as Vietnamese lists write them: day first.

use jiff::civil::Date;

/// Reads `25/12/2025`, `25-12-2025`, `25.12.2025`, `2025-12-25`, `12/2025` (first of the month), `2025` (first of the
/// year). The flag is true when day and month had to be exchanged (`12/25/2025`).
#[must_use]
pub fn parse_date(text: &str) -> Option<(Date, bool)> {
    let day_part = text.trim().split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day_part.split(['/', '-', '.']).collect();
    if parts
        .iter()
        .any(|part| part.is_empty() || part.len() > 4 || !part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return None;
    }
    let numbers: Vec<i16> = parts.iter().map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match numbers[..] {
        [year] if parts[0].len() == 4 => date(year, 1, 1).map(|date| (date, false)),
        [month, year] if parts[1].len() == 4 => date(year, month, 1).map(|date| (date, false)),
        [year, month, day] if parts[0].len() == 4 => date(year, month, day).map(|date| (date, false)),
        [day, month, year] => {
            let year = if parts[2].len() == 2 { 2000 + year } else { year };
            date(year, month, day)
                .map(|date| (date, false))
                .or_else(|| date(year, day, month).map(|date| (date, true)))
        }
        _ => None,
    }
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    if !(1900..=2100).contains(&year) {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The date of a spreadsheet's serial number, for cells that lost their date format.
#[must_use]
pub fn date_of_serial(serial: f64) -> Option<Date> {
    // 1 January 2000 is day 36526; later than 1 March 1900, the false leap day of 1900 is counted in.
    if !(20_000.0..80_000.0).contains(&serial) {
        return None;
    }
    let days = serial.floor() as i64 - 36_526;
    Date::new(2000, 1, 1)
        .ok()?
        .checked_add(jiff::Span::new().try_days(days).ok()?)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    #[test]
    fn day_comes_first() {
        for text in [
            "25/12/2025",
            "25-12-2025",
            "25.12.2025",
            "2025-12-25",
            "25/12/25",
            "2025-12-25 07:00:00",
        ] {
            assert_eq!(parse_date(text), Some((day(2025, 12, 25), false)), "{text}");
        }
        assert_eq!(parse_date("12/25/2025"), Some((day(2025, 12, 25), true)));
        assert_eq!(parse_date("3/2019"), Some((day(2019, 3, 1), false)));
        assert_eq!(parse_date("2019"), Some((day(2019, 1, 1), false)));
        for text in ["", "31/02/2024", "abc", "1/2/3/4", "99999", "0/0/0", "12/2"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn serial_numbers_are_spreadsheet_days() {
        assert_eq!(date_of_serial(36_526.0), Some(day(2000, 1, 1)));
        assert_eq!(date_of_serial(46_016.4), Some(day(2025, 12, 25)));
        assert_eq!(date_of_serial(3.0), None);
    }
}
