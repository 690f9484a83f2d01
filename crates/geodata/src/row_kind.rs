//! Rows below a header that are no data: totals, section titles, repeated headers, signatures.

use crate::header::Columns;
use crate::message::Message;
use crate::report::RowIssue;
use crate::table::{Row, Value};
use crate::text::fold;

/// Words that begin a row of totals.
const TOTALS: [&str; 9] = [
    "tong",
    "tong cong",
    "tong so",
    "cong",
    "total",
    "subtotal",
    "sum",
    "grand total",
    "trung binh",
];

/// Why a row is no data, as an issue; `None` for a data row.
#[must_use]
pub fn not_data(row: &Row, columns: &Columns, has_position: bool) -> Option<RowIssue> {
    let (kind, message) = if is_total(row, columns, has_position) {
        (
            "total_row",
            Message::new("dòng tổng cộng, không phải dữ liệu", "a total, not data"),
        )
    } else if has_position {
        return None;
    } else if repeats_header(row, columns) {
        (
            "repeated_header",
            Message::new(
                "dòng tiêu đề lặp lại, không phải dữ liệu",
                "a repeated header, not data",
            ),
        )
    } else if row.values.iter().filter(|value| !value.is_empty()).count() <= 2 {
        (
            "section_row",
            Message::new(
                "dòng tiêu đề nhóm hoặc ghi chú, không phải dữ liệu",
                "a section title or remark, not data",
            ),
        )
    } else {
        return None;
    };
    let mut issue = RowIssue::new(kind, message);
    if let Some((index, value)) = row.values.iter().enumerate().find(|(_, value)| !value.is_empty()) {
        issue.from = Some(value.to_text());
        issue.column = Some(columns.label(index)).filter(|label| !label.is_empty());
    }
    Some(issue)
}

/// Totals begin with a word for it, and have no code of their own: `Tổng đài Kỳ Anh` is a site.
fn is_total(row: &Row, columns: &Columns, has_position: bool) -> bool {
    let named = row
        .values
        .iter()
        .filter(|value| !value.is_empty())
        .take(3)
        .any(|value| {
            // Every row has numbers, and none of them is a word.
            let (Value::Text(text) | Value::Error(text)) = value else {
                return false;
            };
            let text = fold(text);
            TOTALS.iter().any(|total| {
                text.strip_prefix(total)
                    .is_some_and(|rest| rest.is_empty() || (!has_position && rest.starts_with(' ')))
            })
        });
    named && !has_own_code(row, columns)
}

fn has_own_code(row: &Row, columns: &Columns) -> bool {
    ["code", "site_code"].into_iter().any(|field| {
        let text = columns.text(row, field).map(|text| fold(&text)).unwrap_or_default();
        text.chars().any(|c| c.is_ascii_digit()) && text.chars().any(char::is_alphabetic) && !text.starts_with("tong")
    })
}

fn repeats_header(row: &Row, columns: &Columns) -> bool {
    let repeated = [
        "longitude",
        "latitude",
        "x",
        "y",
        "code",
        "name",
        "operator",
        "technology",
    ]
    .into_iter()
    .filter_map(|field| columns.get(field))
    .filter(|column| {
        let value = row.get(column.index);
        !matches!(value, Value::Empty) && fold(&value.to_text()) == fold(&column.header)
    });
    repeated.count() >= 2
}
