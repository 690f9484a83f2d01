//! The village decision table as files of its own.

use std::collections::BTreeMap;

use geodata::Area;
use serde_json::{Value, json};

use super::xlsx::style::{Style, workbook};
use super::xlsx::villages;
use crate::error::ProgrammeError;
use crate::number::Language;
use crate::villages::VillageRow;

/// A workbook with one sheet.
///
/// # Errors
/// [`ProgrammeError::Workbook`] when it cannot be written.
pub fn villages_xlsx(rows: &[VillageRow], communes: &[Area], language: Language) -> Result<Vec<u8>, ProgrammeError> {
    let title = language.pick("Thôn, bản theo loại và hướng xử lý", "Villages by class and route");
    // No day of its own: the list is of its run.
    let mut workbook = workbook(title, jiff::civil::date(2000, 1, 1))?;
    let style = Style::new(language);
    villages::sheet(&style, workbook.add_worksheet(), rows, communes, language)?;
    Ok(workbook.save_to_buffer()?)
}

const HEADERS: [(&str, &str); 11] = [
    ("Mã", "code"),
    ("Thôn", "village"),
    ("Mã xã", "commune_code"),
    ("Xã, phường", "commune"),
    ("Kinh độ", "lon_deg"),
    ("Vĩ độ", "lat_deg"),
    ("Dân số", "people"),
    ("Loại", "class"),
    ("Quy tắc", "rule"),
    ("Hướng xử lý", "route"),
    ("Đề xuất", "action"),
];

/// Comma-separated text with a byte-order mark, which Excel needs to read Vietnamese.
#[must_use]
pub fn villages_csv(rows: &[VillageRow], communes: &[Area], language: Language) -> String {
    let names = names(communes);
    let header: Vec<String> = HEADERS.iter().map(|(vi, en)| field(language.pick(vi, en))).collect();
    let mut text = format!("\u{feff}{}\r\n", header.join(","));
    for row in rows {
        let commune = row.commune_code.as_deref().unwrap_or_default();
        let fields = [
            field(&row.code),
            field(&row.name),
            field(commune),
            field(names.get(commune).copied().unwrap_or_default()),
            format!("{:.6}", row.position.lon_deg),
            format!("{:.6}", row.position.lat_deg),
            row.population.map(|people| format!("{people:.0}")).unwrap_or_default(),
            field(language.pick(row.class.label_vi(), row.class.label_en())),
            field(row.rule.as_deref().unwrap_or_default()),
            field(language.pick(&row.route_vi, &row.route_en)),
            field(row.action_label(language)),
        ];
        text += &fields.join(",");
        text += "\r\n";
    }
    text
}

/// RFC 4180; a leading sign of a formula is made text, so that no list runs anything in a spreadsheet.
fn field(text: &str) -> String {
    let safe = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if safe.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", safe.replace('"', "\"\""));
    }
    safe
}

/// A GeoJSON FeatureCollection.
#[must_use]
pub fn villages_geojson(rows: &[VillageRow], communes: &[Area]) -> Value {
    let names = names(communes);
    let feature = |row: &VillageRow| {
        let commune = row.commune_code.as_deref();
        json!({
            "type": "Feature",
            "id": row.code,
            "geometry": { "type": "Point", "coordinates": [row.position.lon_deg, row.position.lat_deg] },
            "properties": {
                "code": row.code, "name": row.name, "commune_code": commune,
                "commune": commune.and_then(|code| names.get(code)),
                "population": row.population, "electrified": row.electrified, "difficult": row.difficult,
                "class": row.class, "rule": row.rule,
                "route_vi": row.route_vi, "route_en": row.route_en, "action": row.action,
            },
        })
    };
    json!({ "type": "FeatureCollection", "features": rows.iter().map(feature).collect::<Vec<_>>() })
}

fn names(communes: &[Area]) -> BTreeMap<&str, &str> {
    communes
        .iter()
        .map(|area| (area.code.as_str(), area.name.as_str()))
        .collect()
}
