//! Lists of villages and other places, and the smaller point lists: measurements and poles.

use std::collections::HashSet;

use geodesy::LonLat;

use crate::error::ImportError;
use crate::import::{ImportContext, look};
use crate::message::Message;
use crate::outcome::{Outcome, issue_in};
use crate::records::{Measurement, Place, PlaceKind, Pole};
use crate::report::{ImportReport, RowIssue};
use crate::sheet_reader::{Placed, SheetReader, missing_columns};
use crate::table::{Row, Value};
use crate::text::fold;
use crate::values::{parse_flag, parse_height_m, parse_number, parse_technologies};

/// Reads each data row of a sheet that can be placed; what `read` gives for it is kept.
fn read_points<T>(
    reader: &SheetReader<'_>,
    context: &ImportContext<'_>,
    report: &mut ImportReport,
    records: &mut Vec<T>,
    mut read: impl FnMut(&Row, Placed, &mut Outcome) -> Option<T>,
) -> Result<(), ImportError> {
    if !reader.has_positions() {
        return Err(missing_columns(
            &reader.sheet.file,
            "\"Kinh độ\" và \"Vĩ độ\" (hoặc X và Y)",
            "\"longitude\" and \"latitude\" (or X and Y)",
        ));
    }
    for (index, row) in reader.rows().iter().enumerate() {
        if index % 4096 == 0 {
            look(context, reader, index)?;
        }
        let mut outcome = Outcome::default();
        if reader.is_data(index, &mut outcome)
            && let Some(placed) = reader.place(index, &mut outcome)
        {
            let record = read(row, placed, &mut outcome);
            if !outcome.is_rejected() {
                records.extend(record);
            }
        }
        report.push(outcome.into_report(reader.sheet, row));
    }
    Ok(())
}

/// Reads a list of places.
pub fn read_places(
    reader: &SheetReader<'_>,
    context: &ImportContext<'_>,
    report: &mut ImportReport,
    places: &mut Vec<Place>,
) -> Result<(), ImportError> {
    if !reader.columns.has("name") && !reader.columns.has("village") {
        return Err(missing_columns(&reader.sheet.file, "\"Tên\"", "a name"));
    }
    let mut codes: HashSet<String> = places.iter().map(|place| place.code.clone()).collect();
    read_points(reader, context, report, places, |row, placed, outcome| {
        let columns = &reader.columns;
        let name = columns
            .text(row, "name")
            .or_else(|| columns.text(row, "village"))
            .or_else(|| columns.text(row, "code"));
        let Some(name) = name else {
            outcome.reject(issue_in(
                columns,
                row,
                "name",
                "missing_name",
                Message::new("thiếu tên; đề nghị bổ sung", "the name is missing; please add it"),
            ));
            return None;
        };
        let code = columns.text(row, "code").unwrap_or_else(|| format!("P{}", row.number));
        let code = unique_code(code, &mut codes, reader, row, outcome);
        let number = |field: &str| number_of(columns.value(row, field)).filter(|value| *value >= 0.0);
        let flag = |field: &str| flag_of(columns.value(row, field));
        let kind = columns
            .text(row, "kind")
            .map_or_else(|| kind_of_name(&name), |text| place_kind(&text, &name));
        Some(Place {
            code,
            name,
            kind,
            position: placed.position,
            population: number("population"),
            commune_code: placed.commune_code,
            electrified: flag("electrified"),
            difficult: flag("difficult"),
            outlying_cluster: outlying(number("outlying_longitude"), number("outlying_latitude")),
            outlying_population: number("outlying_population"),
        })
    })
}

/// Reads a list of measurements.
pub fn read_measurements(
    reader: &SheetReader<'_>,
    context: &ImportContext<'_>,
    report: &mut ImportReport,
    measurements: &mut Vec<Measurement>,
) -> Result<(), ImportError> {
    if !reader.columns.has("level_dbm") {
        return Err(missing_columns(
            &reader.sheet.file,
            "\"Mức thu (dBm)\"",
            "a received level (dBm)",
        ));
    }
    read_points(reader, context, report, measurements, |row, placed, outcome| {
        let columns = &reader.columns;
        let level = number_of(columns.value(row, "level_dbm")).filter(|dbm| (-200.0..=50.0).contains(dbm));
        let Some(level_dbm) = level else {
            outcome.reject(issue_in(
                columns,
                row,
                "level_dbm",
                "impossible_level",
                Message::new(
                    "mức thu không phải là số từ −200 đến 50 dBm",
                    "the level is not a number from −200 to 50 dBm",
                ),
            ));
            return None;
        };
        Some(Measurement {
            position: placed.position,
            level_dbm,
            time: columns.text(row, "time"),
            technology: columns
                .text(row, "technology")
                .and_then(|text| parse_technologies(&text).first().copied()),
            operator: columns.text(row, "operator"),
            cell_code: columns.text(row, "cell_code"),
            frequency_mhz: number_of(columns.value(row, "frequency_mhz")),
        })
    })
}

/// Reads a list of light poles.
pub fn read_poles(
    reader: &SheetReader<'_>,
    context: &ImportContext<'_>,
    report: &mut ImportReport,
    poles: &mut Vec<Pole>,
) -> Result<(), ImportError> {
    let mut codes: HashSet<String> = poles.iter().map(|pole| pole.code.clone()).collect();
    read_points(reader, context, report, poles, |row, placed, outcome| {
        let columns = &reader.columns;
        let code = columns.text(row, "code").unwrap_or_else(|| format!("C{}", row.number));
        Some(Pole {
            code: unique_code(code, &mut codes, reader, row, outcome),
            position: placed.position,
            height_m: columns
                .text(row, "height_m")
                .and_then(|text| parse_height_m(&text))
                .map(|parsed| parsed.value),
            owner: columns.text(row, "owner"),
        })
    })
}

/// A code that no earlier row has; a repeated one gets the row's number.
fn unique_code(
    code: String,
    codes: &mut HashSet<String>,
    reader: &SheetReader<'_>,
    row: &Row,
    outcome: &mut Outcome,
) -> String {
    if codes.insert(code.clone()) {
        return code;
    }
    let mut unique = format!("{code}-{}", row.number);
    while !codes.insert(unique.clone()) {
        unique.push('+');
    }
    let issue = issue_in(
        &reader.columns,
        row,
        "code",
        "duplicate_code",
        Message::new(
            format!("mã {code} đã dùng; đổi thành {unique}"),
            format!("code {code} is used already; changed to {unique}"),
        ),
    );
    outcome.repair(RowIssue {
        to: Some(unique.clone()),
        ..issue
    });
    unique
}

fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => parse_number(text, |_| true).map(|parsed| parsed.value),
        _ => None,
    }
}

fn flag_of(value: &Value) -> Option<bool> {
    match value {
        Value::Flag(flag) => Some(*flag),
        Value::Number(number) => Some(*number != 0.0),
        Value::Text(text) => parse_flag(text),
        _ => None,
    }
}

fn outlying(lon: Option<f64>, lat: Option<f64>) -> Option<LonLat> {
    LonLat::checked(lon?, lat?).ok()
}

/// Words by which lists call kinds of places.
const KINDS: [(PlaceKind, &[&str]); 16] = [
    (
        PlaceKind::CommuneCentre,
        &[
            "trung tam xa",
            "trung tam phuong",
            "tru so xa",
            "tru so phuong",
            "commune centre",
            "ppla3",
            "ppla4",
        ],
    ),
    (PlaceKind::BorderPost, &["bien phong", "border", "cua khau"]),
    (PlaceKind::School, &["truong", "school", "mam non", "diem truong"]),
    (
        PlaceKind::HealthFacility,
        &["y te", "benh vien", "health", "hospital", "phong kham"],
    ),
    (
        PlaceKind::HistoricalSite,
        &["di tich", "lich su", "van hoa lich su", "historical"],
    ),
    (PlaceKind::ScenicSite, &["danh lam", "thang canh", "scenic"]),
    (PlaceKind::TouristArea, &["du lich", "tourist"]),
    (
        PlaceKind::TransportHub,
        &[
            "ben xe",
            "nha ga",
            "san bay",
            "cang",
            "dau moi giao thong",
            "transport",
            "harbour",
            "aerodrome",
        ],
    ),
    (
        PlaceKind::RoadsWaterways,
        &["truc duong", "tuyen duong", "duong thuy", "waterway"],
    ),
    (
        PlaceKind::ShoppingCentre,
        &["thuong mai", "cho ", "sieu thi", "shopping"],
    ),
    (PlaceKind::Hotel, &["khach san", "hotel", "toa nha"]),
    (
        PlaceKind::PublicAdministration,
        &["hanh chinh", "ubnd", "uy ban", "co quan", "administration"],
    ),
    (PlaceKind::MixedResidential, &["dan cu hon hop", "mixed residential"]),
    (PlaceKind::DensePopulation, &["dong dan cu", "dense population"]),
    (PlaceKind::RuralArea, &["nong thon", "rural"]),
    (
        PlaceKind::Village,
        &[
            "thon",
            "ban",
            "ap",
            "xom",
            "to dan pho",
            "khoi",
            "khu pho",
            "village",
            "hamlet",
            "ppl",
            "pplq",
            "lang",
        ],
    ),
];

fn place_kind(text: &str, name: &str) -> PlaceKind {
    let folded = fold(text);
    PlaceKind::from_key(text.trim())
        .or_else(|| PlaceKind::from_key(&folded.replace(' ', "_")))
        .or_else(|| kind_by_words(&folded))
        .unwrap_or_else(|| kind_of_name(name))
}

/// Without a kind the name tells: `Thôn Bắc Sơn`, `Trường tiểu học`; anything else is a village, as lists of places are.
fn kind_of_name(name: &str) -> PlaceKind {
    kind_by_words(&fold(name)).unwrap_or(PlaceKind::Village)
}

fn kind_by_words(folded: &str) -> Option<PlaceKind> {
    KINDS
        .iter()
        .find(|(_, words)| {
            words
                .iter()
                .any(|word| folded == word.trim() || folded.starts_with(&format!("{} ", word.trim())))
        })
        .map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_in_words() {
        assert_eq!(place_kind("village", ""), PlaceKind::Village);
        assert_eq!(place_kind("Trung tâm xã", ""), PlaceKind::CommuneCentre);
        assert_eq!(place_kind("Trường học", ""), PlaceKind::School);
        assert_eq!(place_kind("PPL", ""), PlaceKind::Village);
        assert_eq!(place_kind("border_post", ""), PlaceKind::BorderPost);
        assert_eq!(kind_of_name("Thôn Bắc Sơn"), PlaceKind::Village);
        assert_eq!(kind_of_name("Trạm y tế"), PlaceKind::Village);
    }
}
