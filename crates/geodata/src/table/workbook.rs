//! Spreadsheets: XLSX, XLSM, XLSB, XLS and ODS, with the cached values of formulas.

use std::io::{BufReader, Cursor, Read, Seek};
use std::sync::Arc;

use calamine::{Data, DataRef, ExcelDateTime, Ods, Reader, SheetVisible, Xls, Xlsb, Xlsx};
use jiff::civil::{Date, DateTime};

use super::repeats::Repeats;
use super::{Row, Sheet, Value};
use crate::archive::{WorkbookFacts, has_vba_stream, inspect_workbook, macros};
use crate::budget::Budget;
use crate::error::ImportError;
use crate::message::Message;
use crate::old_workbook;

/// Which container a workbook is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// Office Open XML, with or without macros.
    Xlsx,
    /// Binary Office Open XML.
    Xlsb,
    /// Excel 97–2003.
    Xls,
    /// OpenDocument.
    Ods,
}

/// Reads all visible sheets of a workbook.
///
/// # Errors
/// Refuses workbooks with macros, XML entities, or more than the limits allow, before they are unpacked into memory.
pub fn read(
    file: &Arc<str>,
    bytes: &[u8],
    container: Container,
    budget: &mut Budget,
) -> Result<Vec<Sheet>, ImportError> {
    let facts = if container == Container::Xls {
        if has_vba_stream(bytes) {
            return Err(macros(file));
        }
        old_workbook::inspect(file, bytes, budget)?;
        WorkbookFacts::default()
    } else {
        inspect_workbook(bytes, budget)?
    };
    let cursor = Cursor::new(bytes);
    let mut sheets = match container {
        Container::Xlsx => read_xlsx(
            file,
            Xlsx::new(BufReader::new(cursor)).map_err(|e| malformed(file, &e))?,
            &facts,
            budget,
        ),
        Container::Xlsb => read_xlsb(file, Xlsb::new(cursor).map_err(|e| malformed(file, &e))?, budget),
        Container::Xls => read_dense(file, &mut Xls::new(cursor).map_err(|e| malformed(file, &e))?, budget),
        Container::Ods => read_dense(file, &mut Ods::new(cursor).map_err(|e| malformed(file, &e))?, budget),
    }?;
    for sheet in &mut sheets {
        sheet.typed = true;
        if let Some(facts) = sheet.name.as_deref().and_then(|name| facts.sheets.get(name)) {
            mark_hidden(sheet, &facts.hidden_rows);
            sheet.merged.clone_from(&facts.merged);
        }
    }
    Ok(sheets)
}

fn mark_hidden(sheet: &mut Sheet, hidden_rows: &[u32]) {
    for row in &mut sheet.rows {
        row.hidden = hidden_rows.binary_search(&row.number).is_ok();
    }
}

fn visible_sheets<R: Read + Seek, W: Reader<R>>(workbook: &W) -> Vec<String> {
    let sheets = workbook.sheets_metadata();
    sheets
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect()
}

/// XLSX is streamed cell by cell: a sheet with one value in its last corner must not fill memory.
fn read_xlsx<R: Read + Seek>(
    file: &Arc<str>,
    mut workbook: Xlsx<R>,
    facts: &WorkbookFacts,
    budget: &mut Budget,
) -> Result<Vec<Sheet>, ImportError> {
    let mut sheets = Vec::new();
    for name in visible_sheets(&workbook) {
        let Ok(mut cells) = workbook.worksheet_cells_reader(&name) else {
            continue;
        };
        let mut rows = RowCollector::new(file, budget);
        if facts.sheets.get(&name).is_some_and(|facts| facts.has_formulas) {
            while let Some(cell) = cells
                .next_cell_with_formula_metadata()
                .map_err(|error| malformed(file, &error))?
            {
                let (row, column) = cell.pos;
                if cell.formula.is_some() {
                    rows.add_formula(row, column)?;
                }
                rows.add_ref(row, column, &cell.value)?;
            }
        } else {
            while let Some(cell) = cells.next_cell().map_err(|error| malformed(file, &error))? {
                let (row, column) = cell.get_position();
                rows.add_ref(row, column, cell.get_value())?;
            }
        }
        drop(cells);
        sheets.push(rows.into_sheet(name.as_str().into()));
    }
    Ok(sheets)
}

fn read_xlsb<R: Read + Seek>(
    file: &Arc<str>,
    mut workbook: Xlsb<R>,
    budget: &mut Budget,
) -> Result<Vec<Sheet>, ImportError> {
    let mut sheets = Vec::new();
    for name in visible_sheets(&workbook) {
        let Ok(mut cells) = workbook.worksheet_cells_reader(&name) else {
            continue;
        };
        let mut rows = RowCollector::new(file, budget);
        while let Some(cell) = cells.next_cell().map_err(|error| malformed(file, &error))? {
            let (row, column) = cell.get_position();
            rows.add_ref(row, column, cell.get_value())?;
        }
        drop(cells);
        sheets.push(rows.into_sheet(name.as_str().into()));
    }
    Ok(sheets)
}

fn read_dense<R: Read + Seek, W: Reader<R>>(
    file: &Arc<str>,
    workbook: &mut W,
    budget: &mut Budget,
) -> Result<Vec<Sheet>, ImportError>
where
    W::Error: std::fmt::Display,
{
    let mut sheets = Vec::new();
    for name in visible_sheets(workbook) {
        let range = workbook
            .worksheet_range(&name)
            .map_err(|error| malformed(file, &error))?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        let mut rows = RowCollector::new(file, budget);
        for (row, column, value) in range.used_cells() {
            let row = first_row + u32::try_from(row).unwrap_or(u32::MAX);
            let column = first_column + u32::try_from(column).unwrap_or(u32::MAX);
            rows.add(row, column, value_of(value))?;
        }
        rows.formulas = formulas(workbook, &name);
        sheets.push(rows.into_sheet(name.as_str().into()));
    }
    Ok(sheets)
}

fn formulas<R: Read + Seek, W: Reader<R>>(workbook: &mut W, name: &str) -> Vec<(u32, u32)> {
    let Ok(range) = workbook.worksheet_formula(name) else {
        return Vec::new();
    };
    let (first_row, first_column) = range.start().unwrap_or_default();
    range
        .used_cells()
        .filter_map(|(row, column, _)| {
            Some((
                first_row + u32::try_from(row).ok()? + 1,
                first_column + u32::try_from(column).ok()?,
            ))
        })
        .collect()
}

/// Gathers cells into rows, within the budget.
struct RowCollector<'a> {
    file: &'a Arc<str>,
    budget: &'a mut Budget,
    rows: Vec<Row>,
    formulas: Vec<(u32, u32)>,
    repeats: Repeats,
}

impl<'a> RowCollector<'a> {
    fn new(file: &'a Arc<str>, budget: &'a mut Budget) -> Self {
        Self {
            file,
            budget,
            rows: Vec::new(),
            formulas: Vec::new(),
            repeats: Repeats::new(),
        }
    }

    fn add_ref(&mut self, row: u32, column: u32, value: &DataRef<'_>) -> Result<(), ImportError> {
        let value = value_of_ref(value, &mut self.repeats);
        self.add(row, column, value)
    }

    fn add(&mut self, row: u32, column: u32, value: Value) -> Result<(), ImportError> {
        if value.is_empty() {
            return Ok(());
        }
        let most_columns = self.budget.limits().columns;
        if column >= most_columns {
            return Err(super::open::too_many_columns(self.file, most_columns));
        }
        if let Value::Text(text) | Value::Error(text) = &value {
            self.budget.take_text(text)?;
        }
        let number = row.saturating_add(1);
        if self.rows.last().is_none_or(|last| last.number != number) {
            self.budget.take_row()?;
            let width = self.rows.last().map_or(0, |last| last.values.len());
            self.rows.push(Row {
                number,
                hidden: false,
                values: Vec::with_capacity(width),
            });
        }
        if let Some(last) = self.rows.last_mut() {
            let column = column as usize;
            if last.values.len() <= column {
                self.budget
                    .take((column + 1 - last.values.len()) * size_of::<Value>())?;
                last.values.resize(column + 1, Value::Empty);
            }
            last.values[column] = value;
        }
        Ok(())
    }

    fn add_formula(&mut self, row: u32, column: u32) -> Result<(), ImportError> {
        self.budget.take(size_of::<(u32, u32)>())?;
        self.formulas.push((row.saturating_add(1), column));
        Ok(())
    }

    fn into_sheet(mut self, name: Arc<str>) -> Sheet {
        self.formulas.sort_unstable();
        Sheet {
            file: Arc::clone(self.file),
            name: Some(name),
            rows: self.rows,
            formulas: self.formulas,
            ..Sheet::default()
        }
    }
}

fn value_of_ref(value: &DataRef<'_>, repeats: &mut Repeats) -> Value {
    match value {
        DataRef::Int(number) => Value::Number(*number as f64),
        DataRef::Float(number) => Value::Number(*number),
        DataRef::String(text) => Value::Text(repeats.shared(text)),
        DataRef::SharedString(text) => Value::Text(repeats.shared(text)),
        DataRef::Bool(flag) => Value::Flag(*flag),
        DataRef::DateTime(date) => date_value(date),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => iso_value(text),
        DataRef::Error(error) => Value::Error(error.to_string().into()),
        DataRef::Empty => Value::Empty,
    }
}

fn value_of(value: &Data) -> Value {
    match value {
        Data::Int(number) => Value::Number(*number as f64),
        Data::Float(number) => Value::Number(*number),
        Data::String(text) => Value::Text(text.as_str().into()),
        Data::Bool(flag) => Value::Flag(*flag),
        Data::DateTime(date) => date_value(date),
        Data::DateTimeIso(text) | Data::DurationIso(text) => iso_value(text),
        Data::Error(error) => Value::Error(error.to_string().into()),
        Data::Empty => Value::Empty,
    }
}

/// A date cell; durations and impossible dates stay numbers, so that nothing is lost.
fn date_value(date: &ExcelDateTime) -> Value {
    let number = Value::Number(date.as_f64());
    if !date.is_datetime() {
        return number;
    }
    let (year, month, day, ..) = date.to_ymd_hms_milli();
    match (i16::try_from(year), i8::try_from(month), i8::try_from(day)) {
        (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).map_or(number, Value::Date),
        _ => number,
    }
}

fn iso_value(text: &str) -> Value {
    text.parse::<DateTime>()
        .map(DateTime::date)
        .or_else(|_| text.parse::<Date>())
        .map_or_else(|_| Value::Text(text.into()), Value::Date)
}

fn malformed(file: &str, error: &impl std::fmt::Display) -> ImportError {
    ImportError::new(
        "malformed_workbook",
        Message::new(
            format!("không đọc được bảng tính: {error}"),
            format!("the workbook cannot be read: {error}"),
        ),
    )
    .at(file)
    .advise(Message::new(
        "mở tệp bằng Excel hoặc LibreOffice, lưu lại dạng .xlsx rồi tải lên lần nữa",
        "open the file in Excel or LibreOffice, save it as .xlsx and upload it again",
    ))
}
