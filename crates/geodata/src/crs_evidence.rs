//! What speaks for the coordinate system of a sheet, for people to judge.

use std::sync::Arc;

use crate::coordinates::{Locator, PairKind, RowPosition, SheetSystem};
use crate::message::Message;
use crate::report::CrsEvidence;
use crate::table::Sheet;

/// The evidence for the system that a sheet was found to be in, in a sentence.
pub fn evidence_of(
    sheet: &Sheet,
    locator: &Locator<'_>,
    rows: &[&RowPosition],
    system: &SheetSystem,
    declared_epsg: Option<u32>,
) -> CrsEvidence {
    let projected = rows
        .iter()
        .filter(|row| row.pair.kind() == Some(PairKind::Projected))
        .count();
    let mostly_projected = projected * 2 > rows.len();
    let epsg = if mostly_projected {
        system.projected
    } else {
        Some(system.geographic)
    };
    let name = epsg.map_or_else(String::new, |epsg| locator.name(epsg));
    let best = system.candidates.first();
    let message = match (epsg, best) {
        (Some(epsg), Some(best)) if mostly_projected => Message::new(
            format!(
                "{}/{} dòng nằm trong xã (hoặc địa bàn) của mình theo EPSG:{epsg} ({name})",
                best.rows_inside, best.rows_tried
            ),
            format!(
                "{} of {} rows fall in their own commune (or in the area) under EPSG:{epsg} ({name})",
                best.rows_inside, best.rows_tried
            ),
        ),
        (Some(epsg), _) if mostly_projected => Message::new(
            format!("EPSG:{epsg} ({name}) theo khai báo hoặc theo tỉnh; không có ranh giới để kiểm chứng"),
            format!("EPSG:{epsg} ({name}) as declared or by the province; there are no boundaries to verify it"),
        ),
        (Some(epsg), Some(best)) if best.epsg == epsg => Message::new(
            format!(
                "kinh độ, vĩ độ ({name}): {}/{} dòng nằm trong xã (hoặc địa bàn) của mình",
                best.rows_inside, best.rows_tried
            ),
            format!(
                "longitude and latitude ({name}): {} of {} rows fall in their own commune (or in the area)",
                best.rows_inside, best.rows_tried
            ),
        ),
        (Some(_), _) => Message::new(
            format!("kinh độ, vĩ độ ({name})"),
            format!("longitude and latitude ({name})"),
        ),
        (None, _) => Message::new(
            "không hệ tọa độ nào đặt phần lớn các dòng vào xã của chúng; từng dòng lấy theo xã của nó",
            "no coordinate system puts most rows into their communes; each row is taken by its own commune",
        ),
    };
    CrsEvidence {
        file: Arc::clone(&sheet.file),
        sheet: sheet.name.clone(),
        epsg,
        name,
        swapped: mostly_projected && best.is_some_and(|best| best.swapped),
        declared_epsg,
        candidates: system.candidates.clone(),
        message_vi: message.vi,
        message_en: message.en,
    }
}
