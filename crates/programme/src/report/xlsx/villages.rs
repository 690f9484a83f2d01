//! The village decision table as a sheet: in the report and as a file of its own.

use std::collections::BTreeMap;

use geodata::Area;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::style::Style;
use crate::number::Language;
use crate::villages::VillageRow;

/// Writes the table with its total.
pub(in crate::report) fn sheet(
    style: &Style,
    sheet: &mut Worksheet,
    rows: &[VillageRow],
    communes: &[Area],
    language: Language,
) -> Result<(), XlsxError> {
    sheet.set_name(style.say("Thôn bản", "Villages"))?;
    style.head(
        sheet,
        0,
        &[
            ("Mã", "Code", 14.0),
            ("Thôn, bản", "Village", 30.0),
            ("Xã, phường", "Commune", 24.0),
            ("Dân số (người)", "People", 10.0),
            ("Có điện", "Power", 8.0),
            ("Đặc biệt khó khăn", "Difficult", 10.0),
            ("Loại", "Class", 14.0),
            ("Hướng xử lý, nguồn kinh phí", "Route of funding", 56.0),
            ("Đề xuất", "Action", 26.0),
        ],
    )?;
    let names: BTreeMap<&str, &str> = communes
        .iter()
        .map(|area| (area.code.as_str(), area.name.as_str()))
        .collect();
    let yes = |flag: Option<bool>| match flag {
        Some(true) => style.say("có", "yes"),
        Some(false) => style.say("không", "no"),
        None => "?",
    };
    for (index, row) in rows.iter().enumerate() {
        let line = index as u32 + 1;
        let commune = row.commune_code.as_deref().unwrap_or_default();
        let texts = [
            (0, row.code.as_str()),
            (1, &row.name),
            (2, names.get(commune).copied().unwrap_or(commune)),
            (4, yes(row.electrified)),
            (5, yes(row.difficult)),
            (6, style.say(row.class.label_vi(), row.class.label_en())),
            (7, language.pick(&row.route_vi, &row.route_en)),
            (8, row.action_label(language)),
        ];
        for (column, text) in texts {
            sheet.write_string_with_format(line, column, text, &style.text)?;
        }
        match row.population {
            Some(people) => sheet.write_number_with_format(line, 3, people, &style.whole)?,
            None => sheet.write_blank(line, 3, &style.whole)?,
        };
    }
    let last = rows.len() as u32 + 1;
    if last > 1 {
        let people: f64 = rows.iter().filter_map(|row| row.population).sum();
        sheet.write_string_with_format(last, 1, style.say("Tổng cộng", "Total"), &style.total)?;
        style.formula(sheet, (last, 3), &format!("SUM(D2:D{last})"), people, &style.total)?;
        sheet.autofilter(0, 0, last - 1, 8)?;
    }
    Ok(())
}
