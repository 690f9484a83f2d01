//! Imported lists of figures as reported values: the XLSX way of entering class B.

use geodata::Figure;
use jiff::civil::Date;

use crate::document::{Indicator, Programme};
use crate::facts::Reported;
use crate::text::Text;

/// A row of a list that is no reported value of the programme.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Refused {
    /// Row of the list, from 1.
    pub row: usize,
    /// Why.
    pub reason: Text,
}

/// Reported values of a programme from imported figures, in the list's order, and the rows that are none.
///
/// A row names its indicator by id or by its Vietnamese or English name, and may put the programme's key before it
/// (`binh-phuoc-2023/mobile-speed`); rows that name another programme are passed over.
#[must_use]
pub fn of_records(programme: &Programme, figures: &[Figure], who: &str) -> (Vec<Reported>, Vec<Refused>) {
    let (mut reported, mut refused) = (Vec::new(), Vec::new());
    for (index, figure) in figures.iter().enumerate() {
        match of_row(programme, figure, who) {
            Ok(Some(row)) => reported.push(row),
            Ok(None) => {}
            Err(reason) => refused.push(Refused { row: index + 1, reason }),
        }
    }
    (reported, refused)
}

fn of_row(programme: &Programme, figure: &Figure, who: &str) -> Result<Option<Reported>, Text> {
    let name = figure.indicator.trim();
    let name = match name.split_once('/') {
        Some((key, rest)) if key.trim() == programme.key => rest.trim(),
        Some((key, _)) if crate::library::text(key.trim()).is_some() => return Ok(None),
        _ => name,
    };
    let indicator = find(programme, name).ok_or_else(|| {
        Text::new(
            format!("kế hoạch {} không có chỉ tiêu «{name}»", programme.key),
            format!("the programme {} has no indicator {name:?}", programme.key),
        )
    })?;
    let date = day_of(&figure.period).ok_or_else(|| {
        let period = &figure.period;
        Text::new(
            format!("không hiểu kỳ số liệu «{period}»: viết 2025, Q2/2023, 9/2025 hoặc 30/09/2025"),
            format!("the period {period:?} is not understood: write 2025, Q2/2023, 9/2025 or 2025-09-30"),
        )
    })?;
    Ok(Some(Reported {
        programme: programme.key.clone(),
        indicator: indicator.id.clone(),
        value: figure.value,
        date,
        source: figure.source.clone().unwrap_or_default(),
        who: who.to_owned(),
    }))
}

fn find<'a>(programme: &'a Programme, name: &str) -> Option<&'a Indicator> {
    let same = |text: &str| text.to_lowercase() == name.to_lowercase();
    let named = |one: &&Indicator| same(&one.id) || same(&one.name_vi) || same(&one.name_en);
    programme.indicators.iter().find(named)
}

/// The last day of a period: `2025`, `Q2/2023`, `quý II/2023`, `9/2025`, `30/09/2025`, `2025-09-30`.
#[must_use]
pub fn day_of(period: &str) -> Option<Date> {
    let text = period.trim().to_lowercase();
    if let Ok(day) = text.parse::<Date>() {
        return Some(day);
    }
    let parts: Vec<&str> = text.split(['/', '-', '.']).map(str::trim).collect();
    match parts.as_slice() {
        [year] => last_of(year.parse().ok()?, 12),
        [head, year] => {
            let year = year.parse().ok()?;
            let month = match head.strip_prefix("quý").or_else(|| head.strip_prefix('q')) {
                Some(quarter) => 3 * quarter_of(quarter.trim())?,
                None => head.strip_prefix("tháng").unwrap_or(head).trim().parse().ok()?,
            };
            last_of(year, month)
        }
        [day, month, year] => Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok(),
        _ => None,
    }
}

fn quarter_of(text: &str) -> Option<i8> {
    Some(match text {
        "1" | "i" => 1,
        "2" | "ii" => 2,
        "3" | "iii" => 3,
        "4" | "iv" => 4,
        _ => return None,
    })
}

fn last_of(year: i16, month: i8) -> Option<Date> {
    Some(Date::new(year, month, 1).ok()?.last_of_month())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library;
    use jiff::civil::date;

    #[test]
    fn periods_are_their_last_day() {
        for (text, day) in [
            ("2025", date(2025, 12, 31)),
            ("Q2/2023", date(2023, 6, 30)),
            ("Quý II/2023", date(2023, 6, 30)),
            ("tháng 2/2024", date(2024, 2, 29)),
            ("9/2025", date(2025, 9, 30)),
            ("05/09/2025", date(2025, 9, 5)),
            ("2025-09-05", date(2025, 9, 5)),
        ] {
            assert_eq!(day_of(text), Some(day), "{text}");
        }
        for text in ["", "Q5/2023", "13/2025", "31/02/2025", "năm nay"] {
            assert_eq!(day_of(text), None, "{text}");
        }
    }

    #[test]
    fn rows_name_their_indicator_by_id_or_name() {
        let programme = library::programme("cao-loc-2023").unwrap();
        let figure = |indicator: &str, period: &str| Figure {
            indicator: indicator.to_owned(),
            period: period.to_owned(),
            value: 38.5,
            unit: None,
            area: None,
            source: Some("i-Speed".to_owned()),
        };
        let rows = [
            figure("mobile-speed", "Q1/2025"),
            figure("Tốc độ tải xuống di động (i-Speed)", "2024"),
            figure("cao-loc-2023/fixed-speed", "2024"),
            figure("binh-phuoc-2023/mobile-speed", "2024"),
            figure("nothing", "2024"),
            figure("mobile-speed", "bao giờ"),
        ];
        let (reported, refused) = of_records(&programme, &rows, "Sở");
        let ids: Vec<_> = reported.iter().map(|row| row.indicator.as_str()).collect();
        assert_eq!(ids, ["mobile-speed", "mobile-speed", "fixed-speed"]);
        assert_eq!(reported[0].date, date(2025, 3, 31));
        assert_eq!(refused.iter().map(|row| row.row).collect::<Vec<_>>(), [5, 6]);
    }
}
