//! What is found while one row is read: its issues, and what they make of the row.

use std::sync::Arc;

use crate::header::Columns;
use crate::message::Message;
use crate::report::{RowIssue, RowReport, RowStatus};
use crate::table::{Row, Sheet};

/// Gathers the issues of one row.
#[derive(Debug, Default)]
pub struct Outcome {
    issues: Vec<RowIssue>,
    repaired: bool,
    rejected: bool,
}

impl Outcome {
    /// A remark that changes nothing.
    pub fn remark(&mut self, issue: RowIssue) {
        self.issues.push(issue);
    }

    /// A repair.
    pub fn repair(&mut self, issue: RowIssue) {
        self.repaired = true;
        self.issues.push(issue);
    }

    /// A reason not to take the row.
    pub fn reject(&mut self, issue: RowIssue) {
        self.rejected = true;
        self.issues.push(issue);
    }

    /// Whether the row is not taken.
    #[must_use]
    pub const fn is_rejected(&self) -> bool {
        self.rejected
    }

    /// The report of the row.
    #[must_use]
    pub fn into_report(self, sheet: &Sheet, row: &Row) -> RowReport {
        let status = match (self.rejected, self.repaired) {
            (true, _) => RowStatus::Rejected,
            (false, true) => RowStatus::Repaired,
            (false, false) => RowStatus::Accepted,
        };
        RowReport {
            file: Arc::clone(&sheet.file),
            sheet: sheet.name.clone(),
            row: row.number,
            status,
            issues: self.issues,
        }
    }
}

/// An issue in a field's column, with the cell's text.
pub fn issue_in(columns: &Columns, row: &Row, field: &str, code: &str, message: Message) -> RowIssue {
    let mut issue = RowIssue::new(code, message);
    if let Some(column) = columns.get(field) {
        issue.column = Some(Arc::clone(&column.header));
        let text = row.get(column.index).to_text();
        issue.from = (!text.is_empty()).then_some(text);
    }
    issue
}
