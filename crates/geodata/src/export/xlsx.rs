//! XLSX for people: headings in Vietnamese, day-first dates, grouped numbers, a frozen and filtered header, and no formula.

use geo::Centroid;
use rust_xlsxwriter::{Color, ExcelDateTime, Format, Workbook, XlsxError};

use super::csv::is_dangerous;
use super::table::{FeatureTable, Value};

/// Rows of a sheet below its header.
const MOST_ROWS: usize = 1_048_575;

/// Formats of a sheet's cells.
struct Formats {
    header: Format,
    whole: Format,
    real: Format,
    degrees: Format,
    date: Format,
    quoted: Format,
}

impl Formats {
    fn new() -> Self {
        Self {
            header: Format::new()
                .set_bold()
                .set_font_color(Color::White)
                .set_background_color(Color::RGB(0x001F_4E79))
                .set_text_wrap(),
            // The separators follow the reader's language: 1.234,5 in a Vietnamese Excel.
            whole: Format::new().set_num_format("#,##0"),
            real: Format::new().set_num_format("#,##0.0##"),
            degrees: Format::new().set_num_format("0.0000000"),
            date: Format::new().set_num_format("dd/mm/yyyy"),
            quoted: Format::new().set_quote_prefix(),
        }
    }
}

/// Writes a table as a workbook. Points get two columns for their position; other shapes their centroid's.
///
/// `in_degrees` says whether positions are degrees (longitude, latitude) or metres (Y, X as Vietnamese lists name them).
///
/// # Errors
/// More rows than a sheet has; what the writer refuses.
pub fn write_xlsx(table: &FeatureTable, title: &str, in_degrees: bool) -> Result<Vec<u8>, XlsxError> {
    if table.features.len() > MOST_ROWS {
        return Err(XlsxError::RowColumnLimitError);
    }
    let mut book = Workbook::new();
    let formats = Formats::new();
    let sheet = book.add_worksheet();
    sheet.set_name(title)?;
    let has_place = table.features.iter().any(|feature| feature.geometry.is_some());
    let position = if in_degrees {
        ["Kinh độ", "Vĩ độ"]
    } else {
        ["Y (m)", "X (m)"]
    };
    let headings = table.columns.iter().map(|column| column.heading.vi.as_str());
    let headings: Vec<&str> = headings.chain(position.into_iter().filter(|_| has_place)).collect();
    for (column, heading) in (0_u16..).zip(&headings) {
        sheet.write_string_with_format(0, column, *heading, &formats.header)?;
        let width = heading.chars().count().clamp(10, 28) as f64 + 2.0;
        sheet.set_column_width(column, width)?;
    }
    for (row, feature) in (1_u32..).zip(&table.features) {
        for (column, value) in (0_u16..).zip(&feature.values) {
            match value {
                Value::Empty => {}
                Value::Text(text) if is_dangerous(text) => {
                    sheet.write_string_with_format(row, column, text, &formats.quoted)?;
                }
                Value::Text(text) => {
                    sheet.write_string(row, column, text)?;
                }
                Value::Number(number) if number.fract() == 0.0 => {
                    sheet.write_number_with_format(row, column, *number, &formats.whole)?;
                }
                Value::Number(number) => {
                    sheet.write_number_with_format(row, column, *number, &formats.real)?;
                }
                Value::Integer(number) => {
                    sheet.write_number_with_format(row, column, *number as f64, &formats.whole)?;
                }
                Value::Flag(flag) => {
                    sheet.write_string(row, column, if *flag { "Có" } else { "Không" })?;
                }
                Value::Date(date) => {
                    let day = ExcelDateTime::from_ymd(
                        date.year().unsigned_abs(),
                        date.month().unsigned_abs(),
                        date.day().unsigned_abs(),
                    )?;
                    sheet.write_datetime_with_format(row, column, &day, &formats.date)?;
                }
            }
        }
        if let Some(point) = feature.geometry.as_ref().and_then(Centroid::centroid) {
            let first = table.columns.len() as u16;
            let format = if in_degrees { &formats.degrees } else { &formats.real };
            sheet.write_number_with_format(row, first, point.x(), format)?;
            sheet.write_number_with_format(row, first + 1, point.y(), format)?;
        }
    }
    let last_row = u32::try_from(table.features.len()).unwrap_or(0);
    if !headings.is_empty() {
        sheet.autofilter(0, 0, last_row, headings.len() as u16 - 1)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}
