//! Which row is the header, and which column is which field.

mod fields;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use fields::Vocabulary;

use crate::records::DatasetKind;
use crate::report::ColumnReading;
use crate::table::{Row, Sheet, Value, column_letters};
use crate::text::{clean, fold};

/// Rows at the top of a sheet in which a header is looked for.
const ROWS_SEARCHED: usize = 40;

/// A column that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Position, from 0.
    pub index: usize,
    /// Header as the file writes it.
    pub header: Arc<str>,
}

/// The columns of a sheet, by field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    by_field: BTreeMap<&'static str, Column>,
    /// Columns of one sector each: (field, sector number).
    by_sector: BTreeMap<(&'static str, u8), Column>,
    /// The header of every column, used or not.
    labels: Vec<Arc<str>>,
    /// Columns of a text file that write the decimal sign as a comma throughout: that is how the file writes numbers, and
    /// no mistake of its rows.
    comma_columns: BTreeSet<usize>,
}

impl Columns {
    /// The column of a field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&Column> {
        self.by_field.get(field)
    }

    /// Whether a field has a column.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.by_field.contains_key(field)
    }

    /// The columns of a field that are numbered by sector.
    pub fn sectors<'a>(&'a self, field: &'a str) -> impl Iterator<Item = (u8, &'a Column)> + 'a {
        self.by_sector
            .iter()
            .filter(move |((name, _), _)| *name == field)
            .map(|((_, sector), column)| (*sector, column))
    }

    /// The header of a column by its position, empty where it has none.
    #[must_use]
    pub fn label(&self, index: usize) -> Arc<str> {
        self.labels.get(index).cloned().unwrap_or_default()
    }

    /// Whether a column is read as a field.
    #[must_use]
    pub fn is_used(&self, index: usize) -> bool {
        self.by_field
            .values()
            .chain(self.by_sector.values())
            .any(|column| column.index == index)
    }

    /// Whether a field's column writes decimal commas throughout.
    #[must_use]
    pub fn writes_commas(&self, field: &str) -> bool {
        self.get(field)
            .is_some_and(|column| self.comma_columns.contains(&column.index))
    }

    /// Looks through the data rows of a text file for columns that write decimal commas; their labels.
    pub fn find_comma_columns(&mut self, rows: &[Row]) -> Vec<Arc<str>> {
        const SAMPLE: usize = 2_000;
        for index in self.by_field.values().map(|column| column.index) {
            let texts = rows.iter().take(SAMPLE).filter_map(|row| match row.get(index) {
                Value::Text(text) => Some(text.trim()),
                _ => None,
            });
            let numeric = |text: &&str| {
                text.bytes()
                    .all(|b| b.is_ascii_digit() || matches!(b, b',' | b'.' | b'-'))
            };
            let (mut commas, mut points) = (0_u32, 0_u32);
            for text in texts.filter(numeric) {
                commas += u32::from(text.matches(',').count() == 1 && !text.contains('.'));
                points += u32::from(text.contains('.'));
            }
            if commas >= 3 && commas > 9 * points {
                self.comma_columns.insert(index);
            }
        }
        self.comma_columns.iter().map(|index| self.label(*index)).collect()
    }

    /// The value of a field in a row; empty when the sheet has no such column.
    #[must_use]
    pub fn value<'a>(&self, row: &'a Row, field: &str) -> &'a Value {
        const EMPTY: &Value = &Value::Empty;
        self.get(field).map_or(EMPTY, |column| row.get(column.index))
    }

    /// The text of a field in a row, cleaned; `None` when empty.
    #[must_use]
    pub fn text(&self, row: &Row, field: &str) -> Option<String> {
        let value = self.value(row, field);
        if value.is_empty() || matches!(value, Value::Error(_)) {
            return None;
        }
        let text = clean(&value.text());
        (!text.is_empty()).then_some(text)
    }
}

/// What a header search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Number of its first row in the sheet.
    pub row: u32,
    /// Whether it is of two rows.
    pub is_double: bool,
    /// Whether cells of it are merged.
    pub is_merged: bool,
    /// Texts above it: the list's title, its date, its operator.
    pub titles: Vec<String>,
    /// Columns by field.
    pub columns: Columns,
    /// Position in `Sheet::rows` of the first data row.
    pub first_data_row: usize,
    /// Rows of units or column numbers under the header, by their number in the sheet.
    pub unit_rows: Vec<u32>,
    /// How every column was understood.
    pub readings: Vec<ColumnReading>,
}

/// Finds the header of a sheet: one row or two, anywhere in the first rows. `None` when no row has two known headers.
#[must_use]
pub fn find(sheet: &Sheet, kind: DatasetKind, mapped: &[(String, String)]) -> Option<Header> {
    let vocabulary = Vocabulary::of(kind);
    let searched = if sheet.header_known {
        1
    } else {
        ROWS_SEARCHED.min(sheet.rows.len())
    };
    let best = (0..searched)
        .flat_map(|row| [(row, 1), (row, 2)])
        .filter(|(row, height)| {
            let last = sheet.rows.get(row + height - 1);
            last.is_some_and(|last| *height == 1 || (!sheet.header_known && !holds_data(last)))
        })
        .filter_map(|(row, height)| {
            let labels = labels(sheet, row, height);
            let understood = understand(&vocabulary, &labels, mapped);
            let known = understood.iter().flatten().count();
            (known >= 2 || sheet.header_known).then_some((known, row, height, labels, understood))
        })
        // Most columns understood; of equals the upper and the single row.
        .max_by_key(|(known, row, height, ..)| (*known, std::cmp::Reverse(*height), std::cmp::Reverse(*row)))?;
    let (_, row, height, labels, understood) = best;
    let mut first_data_row = row + height;
    let mut unit_rows = Vec::new();
    while let Some(next) = sheet
        .rows
        .get(first_data_row)
        .filter(|next| !sheet.header_known && is_unit_row(next))
    {
        unit_rows.push(next.number);
        first_data_row += 1;
    }
    let number = sheet.rows[row].number;
    let last = sheet.rows[row + height - 1].number;
    Some(Header {
        row: number,
        is_double: height == 2,
        is_merged: sheet.merged.iter().any(|cells| cells[0] <= last && cells[2] >= number),
        titles: titles(&sheet.rows[..row]),
        readings: readings(sheet, &labels, &understood),
        columns: columns(&labels, &understood),
        first_data_row,
        unit_rows,
    })
}

fn titles(rows: &[Row]) -> Vec<String> {
    let texts = rows.iter().flat_map(|row| &row.values).map(label_text);
    texts.filter(|text| !text.is_empty()).collect()
}

type Understood = Option<(&'static str, Option<u8>)>;

/// The label of every column; of a header of two rows the lower one with its group's label before it.
fn labels(sheet: &Sheet, first: usize, height: usize) -> Vec<(String, String)> {
    let upper = &sheet.rows[first];
    if height == 1 {
        return upper
            .values
            .iter()
            .map(|value| (String::new(), label_text(value)))
            .collect();
    }
    let lower = &sheet.rows[first + 1];
    let width = upper.values.len().max(lower.values.len());
    let mut group = String::new();
    // Where the file says which cells are merged, a group's label reaches as far as its cell and no farther.
    let merged: Vec<&[u32; 4]> = sheet
        .merged
        .iter()
        .filter(|cells| cells[0] == upper.number && cells[3] > cells[1])
        .collect();
    (0..width)
        .map(|column| {
            let (top, bottom) = (label_text(upper.get(column)), label_text(lower.get(column)));
            let in_group = merged.is_empty()
                || merged
                    .iter()
                    .any(|cells| (cells[1] as usize..=cells[3] as usize).contains(&column));
            if !top.is_empty() {
                group.clone_from(&top);
            } else if !in_group {
                group.clear();
            }
            match (top.is_empty(), bottom.is_empty()) {
                (_, false) => (group.clone(), bottom),
                (_, true) => (String::new(), top),
            }
        })
        .collect()
}

fn label_text(value: &Value) -> String {
    match value {
        Value::Text(text) => clean(text),
        Value::Number(_) => value.to_text(),
        _ => String::new(),
    }
}

/// The field of every column. A field goes to the column that names it best; the others stay unused.
fn understand(vocabulary: &Vocabulary, labels: &[(String, String)], mapped: &[(String, String)]) -> Vec<Understood> {
    let scored: Vec<Option<(&'static str, Option<u8>, u32)>> = labels
        .iter()
        .map(|(group, label)| {
            match mapped_field(vocabulary, label, mapped) {
                Mapped::To(field) => return Some((field, None, u32::MAX)),
                Mapped::Nothing => return None,
                Mapped::No => {}
            }
            let alone = vocabulary.field_of(label);
            let joined = (!group.is_empty())
                .then(|| vocabulary.field_of(&format!("{group} {label}")))
                .flatten();
            match (alone, joined) {
                (Some(alone), Some(joined)) => Some(if joined.2 > alone.2 { joined } else { alone }),
                (alone, joined) => alone.or(joined),
            }
        })
        .collect();
    (0..scored.len())
        .map(|column| {
            let (field, sector, score) = scored[column]?;
            let better = scored.iter().enumerate().any(|(other, entry)| {
                entry.is_some_and(|(other_field, other_sector, other_score)| {
                    (other_field, other_sector) == (field, sector)
                        && (other_score > score || (other_score == score && other < column))
                })
            });
            (!better).then_some((field, sector))
        })
        .collect()
}

/// What the user said of a header.
enum Mapped {
    /// Nothing: the vocabulary decides.
    No,
    /// The column is not to be used.
    Nothing,
    /// It is this field.
    To(&'static str),
}

/// What the user chose for a header; an unknown field name leaves the header to the vocabulary.
fn mapped_field(vocabulary: &Vocabulary, label: &str, mapped: &[(String, String)]) -> Mapped {
    let folded = fold(label);
    match mapped.iter().find(|(header, _)| fold(header) == folded) {
        Some((_, field)) if field.is_empty() => Mapped::Nothing,
        Some((_, field)) => vocabulary
            .field_of(field)
            .map_or(Mapped::No, |(field, ..)| Mapped::To(field)),
        None => Mapped::No,
    }
}

fn columns(labels: &[(String, String)], understood: &[Understood]) -> Columns {
    let mut columns = Columns {
        labels: labels.iter().map(|(_, label)| label.as_str().into()).collect(),
        ..Columns::default()
    };
    for (index, (entry, (_, label))) in understood.iter().zip(labels).enumerate() {
        let Some((field, sector)) = entry else { continue };
        let column = Column {
            index,
            header: label.as_str().into(),
        };
        match sector {
            Some(sector) => columns.by_sector.insert((field, *sector), column),
            None => columns.by_field.insert(field, column),
        };
    }
    columns
}

fn readings(sheet: &Sheet, labels: &[(String, String)], understood: &[Understood]) -> Vec<ColumnReading> {
    labels
        .iter()
        .zip(understood)
        .enumerate()
        .filter(|(_, ((_, label), _))| !label.is_empty())
        .map(|(index, ((_, label), entry))| ColumnReading {
            file: Arc::clone(&sheet.file),
            sheet: sheet.name.clone(),
            column: column_letters(index),
            header: label.clone(),
            field: entry.map(|(field, sector)| sector.map_or_else(|| field.to_owned(), |n| format!("{field} {n}"))),
        })
        .collect()
}

/// Whether a row below a heading holds numbers that no heading has: coordinates, heights. Sectors and columns are counted from 1.
fn holds_data(row: &Row) -> bool {
    const MOST_SECTORS: f64 = 12.0;
    row.values.iter().any(|value| {
        let number = match value {
            Value::Number(number) => Some(*number),
            Value::Text(text) => text.trim().replace(',', ".").parse::<f64>().ok(),
            Value::Date(_) => return true,
            _ => None,
        };
        number.is_some_and(|number| number.fract() != 0.0 || number.abs() > MOST_SECTORS)
    })
}

/// A row of units (`m`, `độ`, `MHz`) or of column numbers (`(1)`, `(2)`, … or `1`, `2`, …).
fn is_unit_row(row: &Row) -> bool {
    let texts: Vec<String> = row
        .values
        .iter()
        .filter(|value| !value.is_empty())
        .map(|value| fold(&value.to_text()))
        .collect();
    if texts.len() < 2 {
        return !texts.is_empty() && texts.iter().all(|text| is_unit(text));
    }
    let numbers: Vec<u32> = texts.iter().filter_map(|text| text.parse().ok()).collect();
    let counted =
        numbers.len() == texts.len() && numbers.len() >= 3 && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
    counted || texts.iter().all(|text| is_unit(text))
}

fn is_unit(folded: &str) -> bool {
    const UNITS: [&str; 24] = [
        "m",
        "met",
        "do",
        "mhz",
        "ghz",
        "dbm",
        "w",
        "ha",
        "km",
        "km2",
        "nguoi",
        "kinh do",
        "vi do",
        "wgs84",
        "wgs 84",
        "vn2000",
        "vn 2000",
        "dd mm yyyy",
        "deg",
        "metre",
        "2g 3g 4g 5g",
        "do thap phan",
        "decimal degrees",
        "text",
    ];
    UNITS.contains(&folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(rows: &[&[&str]]) -> Sheet {
        let rows = rows
            .iter()
            .enumerate()
            .map(|(index, values)| Row {
                number: index as u32 + 1,
                hidden: false,
                values: values
                    .iter()
                    .map(|text| {
                        if text.is_empty() {
                            Value::Empty
                        } else {
                            Value::Text((*text).into())
                        }
                    })
                    .collect(),
            })
            .collect();
        Sheet {
            file: "a.xlsx".into(),
            name: None,
            rows,
            ..Sheet::default()
        }
    }

    #[test]
    fn header_may_be_below_titles_and_above_units() {
        let sheet = sheet(&[
            &["DANH SÁCH TRẠM BTS"],
            &["", "", "Ngày 1/10/2025"],
            &["STT", "Mã trạm", "Kinh độ", "Vĩ độ", "Độ cao cột"],
            &["", "", "độ", "độ", "m"],
            &["(1)", "(2)", "(3)", "(4)", "(5)"],
            &["1", "HTH1", "105.9", "18.3", "42"],
        ]);
        let header = find(&sheet, DatasetKind::Sites, &[]).unwrap();
        assert_eq!(header.first_data_row, 5);
        assert_eq!(header.unit_rows, [4, 5]);
        assert_eq!(header.columns.get("longitude").unwrap().index, 2);
        assert_eq!(header.columns.text(&sheet.rows[5], "code").as_deref(), Some("HTH1"));
    }

    #[test]
    fn header_of_two_rows_is_joined() {
        let sheet = sheet(&[
            &["Mã trạm", "Tọa độ", "", "Chiều cao", "", "Xã"],
            &["", "X", "Y", "Cột (m)", "Anten (m)", ""],
            &["A", "2028134", "543210", "42", "40", "Kỳ Anh"],
        ]);
        let header = find(&sheet, DatasetKind::Sites, &[]).unwrap();
        assert_eq!(header.first_data_row, 2);
        for (field, index) in [
            ("code", 0),
            ("x", 1),
            ("y", 2),
            ("mast_height_m", 3),
            ("antenna_height_m", 4),
            ("commune", 5),
        ] {
            assert_eq!(
                header.columns.get(field).map(|column| column.index),
                Some(index),
                "{field}"
            );
        }
    }

    #[test]
    fn a_row_of_data_is_no_second_row_of_the_header() {
        let sheet = sheet(&[
            &["Mã trạm", "Cột lạ", "Kinh độ", "Vĩ độ"],
            &["4G", "Viettel", "105,65", "18,25"],
            &["A2", "4G", "105,66", "18,26"],
        ]);
        let header = find(&sheet, DatasetKind::Sites, &[("Mã trạm".to_owned(), String::new())]).unwrap();
        assert_eq!((header.is_double, header.first_data_row), (false, 1));
    }

    #[test]
    fn user_mapping_wins() {
        let sheet = sheet(&[&["Mã trạm", "Cột lạ", "Kinh độ"], &["A", "18.3", "105.9"]]);
        let mapped = [("cột lạ".to_owned(), "latitude".to_owned())];
        let header = find(&sheet, DatasetKind::Sites, &mapped).unwrap();
        assert_eq!(header.columns.get("latitude").unwrap().index, 1);
    }

    #[test]
    fn sheet_without_known_headers_has_none() {
        assert_eq!(find(&sheet(&[&["a", "b"], &["1", "2"]]), DatasetKind::Sites, &[]), None);
    }
}
