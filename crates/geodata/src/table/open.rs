//! Reading any table file into sheets.

use std::sync::Arc;

use super::workbook::{self, Container};
use super::{Sheet, delimited};
use crate::budget::Budget;
use crate::error::ImportError;
use crate::format::FileFormat;
use crate::message::Message;

/// Reads the sheets of a table file; `None` for formats that hold no table.
pub fn read_sheets(
    file: &Arc<str>,
    bytes: &[u8],
    format: FileFormat,
    budget: &mut Budget,
) -> Option<Result<Vec<Sheet>, ImportError>> {
    let container = match format {
        FileFormat::Delimited => return Some(delimited::read(file, bytes, budget).map(|sheet| vec![sheet])),
        FileFormat::Xlsx => Container::Xlsx,
        FileFormat::Xlsb => Container::Xlsb,
        FileFormat::Xls => Container::Xls,
        FileFormat::Ods => Container::Ods,
        _ => return None,
    };
    Some(workbook::read(file, bytes, container, budget))
}

pub fn too_many_columns(file: &str, limit: u32) -> ImportError {
    ImportError::new(
        "too_many_columns",
        Message::new(
            format!("bảng có nhiều hơn {limit} cột"),
            format!("the table has more than {limit} columns"),
        ),
    )
    .at(file)
    .advise(Message::new(
        "xóa các cột trống hoặc thừa",
        "delete empty or needless columns",
    ))
}
