//! Tables without positions: programme figures, and which commune became which.

use std::sync::Arc;

use crate::error::ImportError;
use crate::header::Header;
use crate::import::{ImportContext, cancelled};
use crate::message::Message;
use crate::outcome::{Outcome, issue_in};
use crate::records::{CommuneChange, Figure};
use crate::report::{ImportReport, RowIssue, RowReport, RowStatus};
use crate::row_kind::not_data;
use crate::sheet_reader::missing_columns;
use crate::table::{Row, Sheet, Value};
use crate::text::fold;
use crate::values::parse_number;

/// Reads each data row of a table; what `read` gives for it is kept.
fn read_rows<T>(
    sheet: &Sheet,
    header: &Header,
    context: &ImportContext<'_>,
    report: &mut ImportReport,
    records: &mut Vec<T>,
    mut read: impl FnMut(&Row, &Header, &mut Outcome) -> Option<T>,
) -> Result<(), ImportError> {
    report.columns.extend(header.readings.iter().cloned());
    for (index, row) in sheet.rows.iter().skip(header.first_data_row).enumerate() {
        if index % 4096 == 0 && context.progress.cancelled() {
            return Err(cancelled());
        }
        let mut outcome = Outcome::default();
        // A row that has all that a record needs is data, however few cells it has.
        let record = read(row, header, &mut outcome);
        if outcome.is_rejected()
            && let Some(issue) = not_data(row, &header.columns, false)
        {
            outcome = Outcome::default();
            outcome.reject(issue);
        }
        if !outcome.is_rejected() {
            records.extend(record);
        }
        report.push(outcome.into_report(sheet, row));
    }
    Ok(())
}

fn missing(header: &Header, row: &Row, field: &str) -> RowIssue {
    issue_in(
        &header.columns,
        row,
        field,
        "missing_value",
        Message::new("thiếu giá trị; đề nghị bổ sung", "the value is missing; please add it"),
    )
}

/// Reads tracked programme figures.
pub fn read_figures(
    sheet: &Sheet,
    header: &Header,
    context: &ImportContext<'_>,
    report: &mut ImportReport,
    figures: &mut Vec<Figure>,
) -> Result<(), ImportError> {
    if !header.columns.has("indicator") || !header.columns.has("value") {
        return Err(missing_columns(
            &sheet.file,
            "\"Chỉ tiêu\", \"Giá trị\"",
            "an indicator and a value",
        ));
    }
    read_rows(sheet, header, context, report, figures, |row, header, outcome| {
        let columns = &header.columns;
        let Some(indicator) = columns.text(row, "indicator") else {
            outcome.reject(missing(header, row, "indicator"));
            return None;
        };
        let Some((value, repaired)) = figure_value(columns.value(row, "value")) else {
            outcome.reject(issue_in(
                columns,
                row,
                "value",
                "not_a_number",
                Message::new("giá trị không phải là số", "the value is not a number"),
            ));
            return None;
        };
        if repaired && !columns.writes_commas("value") {
            let message = Message::new(
                "số viết dạng văn bản; đã đổi thành số",
                "a number written as text; read as a number",
            );
            let mut issue = issue_in(columns, row, "value", "number_as_text", message).confidence(0.98);
            issue.to = Some(value.to_string());
            outcome.repair(issue);
        }
        Some(Figure {
            indicator,
            period: columns.text(row, "period").unwrap_or_default(),
            value,
            unit: columns.text(row, "unit"),
            area: columns.text(row, "area"),
            source: columns.text(row, "source"),
        })
    })
}

/// The value of a figure, and whether it had to be repaired to be read; `85,07 %` is 85.07.
fn figure_value(value: &Value) -> Option<(f64, bool)> {
    match value {
        Value::Number(number) => Some((*number, false)),
        Value::Text(text) => {
            let bare = text.trim().trim_end_matches('%').trim();
            let parsed = parse_number(bare, |_| true)?;
            Some((parsed.value, !parsed.repairs.is_empty()))
        }
        _ => None,
    }
}

/// Reads a table of which commune became which.
pub fn read_changes(
    sheet: &Sheet,
    header: &Header,
    context: &ImportContext<'_>,
    report: &mut ImportReport,
    changes: &mut Vec<CommuneChange>,
) -> Result<(), ImportError> {
    let has = |field| header.columns.has(field);
    if !(has("old_code") || has("old_name")) || !(has("new_code") || has("new_name")) {
        return Err(missing_columns(
            &sheet.file,
            "\"Mã cũ\"/\"Tên cũ\", \"Mã mới\"/\"Tên mới\"",
            "code or name before, code or name after",
        ));
    }
    read_rows(sheet, header, context, report, changes, |row, header, outcome| {
        let text = |field| header.columns.text(row, field).unwrap_or_default();
        let new_code = code(&text("new_code"));
        if new_code.is_empty() {
            outcome.reject(missing(header, row, "new_code"));
            return None;
        }
        let partial = fold(&text("partial"));
        Some(CommuneChange {
            old_code: code(&text("old_code")),
            old_name: text("old_name"),
            new_code,
            new_name: text("new_name"),
            partial: partial.contains("partial") || partial.contains("mot phan"),
        })
    })
}

/// A commune's code with the zeros that a spreadsheet takes for superfluous.
fn code(text: &str) -> String {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.to_owned()
    } else {
        format!("{text:0>5}")
    }
}

/// A crosswalk as JSON: provinces with their new communes, each with the old ones that were merged into it
/// (`data[].level2s[].merges[]`, `type` full or partial).
pub fn read_changes_json(
    file: &Arc<str>,
    bytes: &[u8],
    report: &mut ImportReport,
) -> Result<Vec<CommuneChange>, ImportError> {
    let malformed = |detail: &dyn std::fmt::Display| {
        ImportError::new(
            "malformed_crosswalk",
            Message::new(
                format!("không đọc được bảng chuyển đổi đơn vị hành chính: {detail}"),
                format!("the crosswalk cannot be read: {detail}"),
            ),
        )
        .at(&**file)
    };
    let document: Document = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
    let mut changes = Vec::new();
    for commune in document.data.into_iter().flat_map(|province| province.level2s) {
        for old in commune.merges {
            changes.push(CommuneChange {
                old_code: old.old_id,
                old_name: old.name,
                new_code: commune.level2_id.clone(),
                new_name: commune.name.clone(),
                partial: old.kind == "partial",
            });
            report.push(RowReport {
                file: Arc::clone(file),
                sheet: None,
                row: u32::try_from(changes.len()).unwrap_or(u32::MAX),
                status: RowStatus::Accepted,
                issues: Vec::new(),
            });
        }
    }
    if changes.is_empty() {
        return Err(malformed(&"data[].level2s[].merges[]"));
    }
    Ok(changes)
}

#[derive(serde::Deserialize)]
struct Document {
    data: Vec<Province>,
}

#[derive(serde::Deserialize)]
struct Province {
    #[serde(default)]
    level2s: Vec<Commune>,
}

#[derive(serde::Deserialize)]
struct Commune {
    level2_id: String,
    name: String,
    #[serde(default)]
    merges: Vec<Merge>,
}

#[derive(serde::Deserialize)]
struct Merge {
    old_id: String,
    name: String,
    #[serde(rename = "type", default)]
    kind: String,
}
