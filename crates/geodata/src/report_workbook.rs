//! The import report as a workbook: the uploaded tables, coloured by what became of each row, with a comment on every cell that
//! was named, and a summary before them.

use std::collections::{BTreeMap, HashMap};

use rust_xlsxwriter::{Color, Format, Note, Workbook, Worksheet, XlsxError};

use crate::budget::Budget;
use crate::error::ImportError;
use crate::format;
use crate::import::{InputFile, Limits};
use crate::message::Message;
use crate::report::{ImportReport, RowReport, RowStatus};
use crate::table::{Sheet, Value, read_sheets};

/// Most comments of one workbook: each is a shape that a spreadsheet must hold.
const MOST_COMMENTS: usize = 20_000;
/// Characters of a sheet's name.
const SHEET_NAME: usize = 31;

/// Writes the report of an import of these files.
///
/// # Errors
/// As reading the files; a workbook that is too large to be one.
pub fn report_workbook(files: &[InputFile], report: &ImportReport) -> Result<Vec<u8>, ImportError> {
    let mut book = Workbook::new();
    summary(book.add_worksheet(), report).map_err(|error| failed(&error))?;
    let mut writer = Writer {
        names: vec!["tổng hợp".to_owned()],
        comments: 0,
        columns: columns(report),
    };
    let limits = Limits::default();
    let mut budget = Budget::new(&limits);
    for file in files {
        let (name, bytes, kind) = format::open(file, &limits)?;
        let Some(sheets) = read_sheets(&name, &bytes, kind, &mut budget) else {
            continue;
        };
        for sheet in sheets? {
            writer
                .sheet(&mut book, &sheet, report)
                .map_err(|error| failed(&error))?;
        }
    }
    if writer.names.len() == 1 {
        rows_alone(book.add_worksheet(), report).map_err(|error| failed(&error))?;
    }
    book.save_to_buffer().map_err(|error| failed(&error))
}

fn failed(error: &XlsxError) -> ImportError {
    ImportError::new(
        "report_not_written",
        Message::new(
            format!("không ghi được báo cáo: {error}"),
            format!("the report cannot be written: {error}"),
        ),
    )
}

/// File, sheet, header → position of the column.
type ColumnPlaces = HashMap<(String, Option<String>, String), u16>;

fn columns(report: &ImportReport) -> ColumnPlaces {
    let place = |letters: &str| -> Option<u16> {
        let number = letters.bytes().try_fold(0_u16, |number, letter| {
            number
                .checked_mul(26)?
                .checked_add(u16::from(letter.checked_sub(b'A')?) + 1)
        })?;
        number.checked_sub(1)
    };
    report
        .columns
        .iter()
        .filter_map(|column| {
            let key = (
                column.file.to_string(),
                column.sheet.as_deref().map(str::to_owned),
                column.header.clone(),
            );
            Some((key, place(&column.column)?))
        })
        .collect()
}

const fn word(status: RowStatus) -> &'static str {
    match status {
        RowStatus::Accepted => "nhận",
        RowStatus::Repaired => "đã sửa",
        RowStatus::Rejected => "từ chối",
    }
}

fn summary(sheet: &mut Worksheet, report: &ImportReport) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    sheet.set_name("Tổng hợp")?;
    sheet.write_string_with_format(0, 0, "Báo cáo nhập dữ liệu / Import report", &bold)?;
    let counts = [
        ("Số dòng / Rows", report.rows_in),
        ("Nhận / Accepted", report.accepted),
        ("Đã sửa / Repaired", report.repaired),
        ("Từ chối / Rejected", report.rejected),
    ];
    for (row, (label, count)) in (2..).zip(counts) {
        sheet.write_string(row, 0, label)?;
        sheet.write_number(row, 1, count)?;
    }
    let mut row = 7;
    for evidence in &report.crs.sheets {
        let place = evidence.sheet.as_deref().map_or_else(
            || evidence.file.to_string(),
            |name| format!("{} / {name}", evidence.file),
        );
        sheet.write_string(row, 0, place)?;
        sheet.write_string(row, 1, format!("{} — {}", evidence.message_vi, evidence.message_en))?;
        row += 1;
    }
    let mut found: BTreeMap<&str, (u32, &str)> = BTreeMap::new();
    for issue in report.rows.iter().flat_map(|row| &row.issues) {
        found.entry(&issue.code).or_insert((0, &issue.message_vi)).0 += 1;
    }
    row += 1;
    for (column, label) in ["Mã / Code", "Số lần / Times", "Ví dụ / Example"]
        .into_iter()
        .enumerate()
    {
        sheet.write_string_with_format(row, column as u16, label, &bold)?;
    }
    for (code, (times, example)) in found {
        row += 1;
        sheet.write_string(row, 0, code)?;
        sheet.write_number(row, 1, times)?;
        sheet.write_string(row, 2, example)?;
    }
    for (column, width) in [(0, 34), (1, 22), (2, 90)] {
        sheet.set_column_width(column, width)?;
    }
    Ok(())
}

struct Writer {
    names: Vec<String>,
    comments: usize,
    columns: ColumnPlaces,
}

impl Writer {
    fn sheet(&mut self, book: &mut Workbook, sheet: &Sheet, report: &ImportReport) -> Result<(), XlsxError> {
        let name = self.free_name(sheet.name.as_deref().unwrap_or(&sheet.file));
        let page = book.add_worksheet();
        page.set_name(&name)?;
        let of_sheet = report
            .rows
            .iter()
            .filter(|row| row.file == sheet.file && row.sheet == sheet.name);
        let rows: HashMap<u32, &RowReport> = of_sheet.map(|row| (row.row, row)).collect();
        let repaired = Format::new().set_background_color(Color::RGB(0x00FF_F4CE));
        let rejected = Format::new().set_background_color(Color::RGB(0x00FA_D7D5));
        let plain = Format::new();
        let width = sheet.rows.iter().map(|row| row.values.len()).max().unwrap_or(0) as u16;
        for row in &sheet.rows {
            let line = row.number.saturating_sub(1);
            let found = rows.get(&row.number);
            let format = match found.map(|row| row.status) {
                Some(RowStatus::Repaired) => &repaired,
                Some(RowStatus::Rejected) => &rejected,
                _ => &plain,
            };
            for (column, value) in row.values.iter().enumerate() {
                write_value(page, line, column as u16, value, format)?;
            }
            let Some(found) = found else { continue };
            page.write_string_with_format(line, width, word(found.status), format)?;
            let said: Vec<&str> = found.issues.iter().map(|issue| issue.message_vi.as_str()).collect();
            page.write_string_with_format(line, width + 1, said.join("; "), format)?;
            self.comment(page, sheet, line, found)?;
        }
        Ok(())
    }

    /// One comment a cell, with everything that was said of it; what is of no column is said on the first cell.
    fn comment(&mut self, page: &mut Worksheet, sheet: &Sheet, line: u32, row: &RowReport) -> Result<(), XlsxError> {
        let mut by_cell: BTreeMap<u16, Vec<String>> = BTreeMap::new();
        for issue in &row.issues {
            let place = issue.column.as_deref().and_then(|header| {
                let key = (
                    sheet.file.to_string(),
                    sheet.name.as_deref().map(str::to_owned),
                    header.to_owned(),
                );
                self.columns.get(&key).copied()
            });
            let to = issue.to.as_deref().map(|to| format!(" → {to}")).unwrap_or_default();
            let sure = issue
                .confidence
                .map(|sure| format!(" ({:.0} %)", sure * 100.0))
                .unwrap_or_default();
            by_cell
                .entry(place.unwrap_or(0))
                .or_default()
                .push(format!("{}{to}{sure}\n{}", issue.message_vi, issue.message_en));
        }
        for (column, said) in by_cell {
            if self.comments >= MOST_COMMENTS {
                return Ok(());
            }
            self.comments += 1;
            let note = Note::new(said.join("\n"))
                .add_author_prefix(false)
                .set_width(320)
                .set_height(120);
            page.insert_note(line, column, &note)?;
        }
        Ok(())
    }

    /// A sheet's name that no other sheet has, without the signs that a name may not hold.
    fn free_name(&mut self, wanted: &str) -> String {
        let clean: String = wanted
            .chars()
            .map(|c| if "[]:*?/\\'".contains(c) { '_' } else { c })
            .collect();
        let mut number = 1;
        loop {
            let suffix = if number == 1 {
                String::new()
            } else {
                format!(" {number}")
            };
            let name: String = clean
                .chars()
                .take(SHEET_NAME - suffix.len())
                .chain(suffix.chars())
                .collect();
            if !self.names.contains(&name.to_lowercase()) {
                self.names.push(name.to_lowercase());
                return name;
            }
            number += 1;
        }
    }
}

fn write_value(page: &mut Worksheet, row: u32, column: u16, value: &Value, format: &Format) -> Result<(), XlsxError> {
    match value {
        Value::Empty => page.write_blank(row, column, format)?,
        Value::Number(number) => page.write_number_with_format(row, column, *number, format)?,
        Value::Flag(flag) => page.write_boolean_with_format(row, column, *flag, format)?,
        // Text stays text: a string is never run as a formula.
        other => page.write_string_with_format(row, column, other.to_text(), format)?,
    };
    Ok(())
}

/// Files that are no tables: the rows of the report alone.
fn rows_alone(page: &mut Worksheet, report: &ImportReport) -> Result<(), XlsxError> {
    page.set_name("Các dòng")?;
    for (column, label) in ["Tệp", "Lớp", "Dòng", "Kết quả", "Nội dung"].into_iter().enumerate() {
        page.write_string(0, column as u16, label)?;
    }
    for (line, row) in (1..).zip(report.rows.iter().filter(|row| !row.issues.is_empty()).take(1_000_000)) {
        let said: Vec<&str> = row.issues.iter().map(|issue| issue.message_vi.as_str()).collect();
        page.write_string(line, 0, &*row.file)?;
        page.write_string(line, 1, row.sheet.as_deref().unwrap_or_default())?;
        page.write_number(line, 2, row.row)?;
        page.write_string(line, 3, word(row.status))?;
        page.write_string(line, 4, said.join("; "))?;
    }
    Ok(())
}
