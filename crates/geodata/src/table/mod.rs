//! Rows and columns, whichever file they come from.

mod delimited;
mod open;
mod prepare;
mod repeats;
mod workbook;

use std::borrow::Cow;
use std::sync::Arc;

use jiff::civil::Date;

use crate::message::Message;

pub use delimited::decode as read_text;
pub use open::read_sheets;
pub use prepare::{decode_legacy_text, fill_merged_cells};

/// What a cell of a table holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    /// Nothing.
    #[default]
    Empty,
    /// Text as the file has it.
    Text(Arc<str>),
    /// A number that the file itself stores as a number.
    Number(f64),
    /// A date that the file itself stores as a date.
    Date(Date),
    /// True or false.
    Flag(bool),
    /// A formula's error, for example `#N/A`.
    Error(Arc<str>),
}

impl Value {
    /// The value as a person would write it; numbers without a needless fraction.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.text().into_owned()
    }

    /// As [`Value::to_text`], without a copy of what is text already.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) | Self::Error(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Date(date) => Cow::Owned(date.strftime("%d/%m/%Y").to_string()),
            Self::Flag(flag) => Cow::Borrowed(if *flag { "TRUE" } else { "FALSE" }),
        }
    }

    /// Whether the cell holds nothing but blanks.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

/// One row of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Row number as a spreadsheet shows it, from 1; a feature's number in a vector file.
    pub number: u32,
    /// Whether the spreadsheet hides it.
    pub hidden: bool,
    /// Values from the first column on; trailing empty cells may be missing.
    pub values: Vec<Value>,
}

impl Row {
    /// The value in a column, counted from 0.
    #[must_use]
    pub fn get(&self, column: usize) -> &Value {
        const EMPTY: &Value = &Value::Empty;
        self.values.get(column).unwrap_or(EMPTY)
    }

    /// Whether no cell holds anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.iter().all(Value::is_empty)
    }
}

/// A cell that was put right before the table was understood: text of a legacy font, decomposed letters, merged cells.
#[derive(Debug, Clone, PartialEq)]
pub struct CellRepair {
    /// Row number as in [`Row::number`].
    pub row: u32,
    /// Column from 0.
    pub column: usize,
    /// Stable code.
    pub code: &'static str,
    /// What was done.
    pub message: Message,
    /// What the cell held.
    pub from: String,
}

/// One sheet of a workbook, one delimited file, or the points of one vector file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// File name.
    pub file: Arc<str>,
    /// Sheet or layer name, where the format has it.
    pub name: Option<Arc<str>>,
    /// Rows, without empty ones.
    pub rows: Vec<Row>,
    /// Merged cells: first row, first column, last row, last column; rows as numbered in `rows`, columns from 0.
    pub merged: Vec<[u32; 4]>,
    /// Whether the first row is known to hold field names (vector files), so that no header needs to be looked for.
    pub header_known: bool,
    /// Whether the file itself tells numbers from text, so that a number kept as text is a mistake.
    pub typed: bool,
    /// Cells that hold formulas (row number, column), ascending; their values are those that the file last computed.
    pub formulas: Vec<(u32, u32)>,
    /// Cells that were put right, by row.
    pub repairs: Vec<CellRepair>,
}

/// Letters of a column counted from 0: `A`, …, `Z`, `AA`, ….
#[must_use]
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        letters.push(b'A' + u8::try_from(rest % 26).unwrap_or(0));
        if rest < 26 {
            break;
        }
        rest = rest / 26 - 1;
    }
    letters.iter().rev().map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::column_letters;

    #[test]
    fn columns_are_lettered_as_in_a_spreadsheet() {
        let letters: Vec<String> = [0, 25, 26, 51, 52, 701, 702, 16_383]
            .into_iter()
            .map(column_letters)
            .collect();
        assert_eq!(letters, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]);
    }
}
