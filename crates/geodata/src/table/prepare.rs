//! Putting the cells of a sheet right before it is understood: legacy fonts, decomposed letters, merged cells.

use rayon::prelude::*;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::{CellRepair, Row, Sheet, Value};
use crate::message::Message;
use crate::text::{LegacyFont, legacy_in, legacy_text};

/// Rewrites text of legacy fonts and decomposed text in place, and keeps what was there before.
pub fn decode_legacy_text(sheet: &mut Sheet) {
    let font = sheet_font(sheet);
    let repairs = sheet.rows.par_iter_mut().flat_map_iter(|row| decode_row(row, font));
    sheet.repairs.par_extend(repairs);
}

/// The legacy font of a sheet that holds some and no text that only Unicode has.
fn sheet_font(sheet: &Sheet) -> Option<LegacyFont> {
    let mut found = None;
    for text in sheet.rows.iter().flat_map(|row| &row.values).filter_map(text_of) {
        if text.chars().any(only_unicode_has) {
            return None;
        }
        found = found.or_else(|| legacy_text(text).map(|(font, _)| font));
    }
    found
}

fn text_of(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) if !text.is_ascii() => Some(text),
        _ => None,
    }
}

/// Vietnamese letters that no Western encoding has.
fn only_unicode_has(character: char) -> bool {
    matches!(character, '\u{102}' | '\u{103}' | '\u{110}' | '\u{111}' | '\u{128}' | '\u{129}' | '\u{168}' | '\u{169}'
        | '\u{1a0}' | '\u{1a1}' | '\u{1af}' | '\u{1b0}' | '\u{300}'..='\u{36f}' | '\u{1ea0}'..='\u{1ef9}')
}

fn decode_row(row: &mut Row, sheet_font: Option<LegacyFont>) -> Vec<CellRepair> {
    let mut repairs = Vec::new();
    if row.values.iter().all(|value| text_of(value).is_none()) {
        return repairs;
    }
    // A cell that could stand as it is (`Kú Anh`) is legacy text when its row is.
    let font = sheet_font.or_else(|| {
        let mut texts = row.values.iter().filter_map(text_of);
        texts.find_map(|text| legacy_text(text).map(|(font, _)| font))
    });
    for (column, value) in row.values.iter_mut().enumerate() {
        let Some(text) = text_of(value) else { continue };
        let decoded = font.and_then(|font| {
            let certain = || {
                sheet_font
                    .filter(|_| has_signs_inside_words(text))
                    .map(|font| font.decode(text))
            };
            Some((font, legacy_in(text, font).or_else(certain)?))
        });
        let repaired = match decoded {
            Some((font, decoded)) => Some((
                "legacy_font",
                decoded,
                Message::new(
                    format!("văn bản theo phông {} được đổi sang Unicode", font.name()),
                    format!("text of a {} font was converted to Unicode", font.name()),
                ),
            )),
            None if is_nfc_quick(text.chars()) != IsNormalized::Yes => {
                let composed: String = text.nfc().collect();
                (composed != text).then(|| {
                    (
                        "decomposed_text",
                        composed,
                        Message::new(
                            "chữ tổ hợp (Unicode NFD) được đổi sang dựng sẵn (NFC)",
                            "decomposed letters (Unicode NFD) were composed (NFC)",
                        ),
                    )
                })
            }
            None => None,
        };
        if let Some((code, to, message)) = repaired {
            repairs.push(CellRepair {
                row: row.number,
                column,
                code,
                message,
                from: text.to_owned(),
            });
            *value = Value::Text(to.into());
        }
    }
    repairs
}

/// Whether signs stand where only a legacy font has letters (`Av\u{ad}¬ng`): in a sheet of such a font that is proof enough for
/// words that are no Vietnamese syllables.
fn has_signs_inside_words(text: &str) -> bool {
    let is_sign = |letter: char| {
        let is_letter = letter.is_alphabetic() && !matches!(letter, 'ª' | 'º' | 'µ');
        matches!(letter, '\u{a1}'..='\u{ff}') && !is_letter && letter != '°'
    };
    let mut pairs = text.chars().zip(text.chars().skip(1));
    pairs.any(|(a, b)| (is_sign(a) && b.is_alphabetic()) || (a.is_alphabetic() && is_sign(b)))
}

/// Gives every row of a vertically merged cell its value, below a header that ends above row number `first_data_row`.
pub fn fill_merged_cells(sheet: &mut Sheet, first_data_row: u32) {
    let merged = std::mem::take(&mut sheet.merged);
    for [top, left, bottom, _] in merged
        .iter()
        .filter(|cells| cells[0] >= first_data_row && cells[2] > cells[0])
    {
        let column = *left as usize;
        let Ok(first) = sheet.rows.binary_search_by_key(top, |row| row.number) else {
            continue;
        };
        let value = sheet.rows[first].get(column).clone();
        if value.is_empty() {
            continue;
        }
        for row in sheet.rows[first + 1..]
            .iter_mut()
            .take_while(|row| row.number <= *bottom)
        {
            if row.values.len() <= column {
                row.values.resize(column + 1, Value::Empty);
            }
            row.values[column] = value.clone();
            sheet.repairs.push(CellRepair {
                row: row.number,
                column,
                code: "merged_cell",
                message: Message::new(
                    format!("ô gộp từ dòng {top}: lấy giá trị của ô gộp"),
                    format!("a cell merged from row {top} on: its value was taken"),
                ),
                from: String::new(),
            });
        }
    }
    sheet.merged = merged;
    sheet.repairs.sort_by_key(|repair| repair.row);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(rows: &[&[&str]]) -> Sheet {
        let rows = (1..).zip(rows).map(|(number, texts)| Row {
            number,
            hidden: false,
            values: texts.iter().map(|text| Value::Text((*text).into())).collect(),
        });
        Sheet {
            rows: rows.collect(),
            ..Sheet::default()
        }
    }

    #[test]
    fn legacy_rows_are_decoded_and_their_neighbours_left() {
        let mut sheet = sheet(&[&["Xã Kỳ Anh", "Đức"], &["Kú Anh", "Hµ TÜnh"], &["Tân Hòa", "x"]]);
        decode_legacy_text(&mut sheet);
        assert_eq!(
            sheet.rows[1].values,
            [Value::Text("Kỳ Anh".into()), Value::Text("Hà Tĩnh".into())]
        );
        assert_eq!(sheet.rows[2].values[0], Value::Text("Tân Hòa".into()));
        assert_eq!(sheet.repairs.len(), 2);
        assert_eq!((sheet.repairs[0].row, sheet.repairs[0].from.as_str()), (2, "Kú Anh"));
    }

    #[test]
    fn decomposed_text_is_composed() {
        let decomposed: String = "Thạch Hà".nfd().collect();
        let mut sheet = sheet(&[&[&decomposed]]);
        decode_legacy_text(&mut sheet);
        assert_eq!(sheet.rows[0].values[0], Value::Text("Thạch Hà".into()));
        assert_eq!(sheet.repairs[0].code, "decomposed_text");
    }

    #[test]
    fn merged_cells_reach_every_row() {
        let mut sheet = sheet(&[&["Mã", "x"], &["A", "1"], &["", "2"], &["B", "3"]]);
        sheet.merged = vec![[2, 0, 3, 0], [1, 0, 1, 1]];
        fill_merged_cells(&mut sheet, 2);
        assert_eq!(sheet.rows[2].values[0], Value::Text("A".into()));
        assert_eq!(sheet.rows[3].values[0], Value::Text("B".into()));
        assert_eq!(sheet.repairs.len(), 1);
    }
}
