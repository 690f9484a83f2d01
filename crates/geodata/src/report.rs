//! The import report: what became of every row, and how the file's coordinates were understood.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::message::Message;

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowStatus {
    /// Taken as it stands.
    Accepted,
    /// Taken after a repair that the issues name.
    Repaired,
    /// Not taken; the issues say why and what would mend it.
    Rejected,
}

/// One thing found in a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowIssue {
    /// The column's header as the file writes it.
    pub column: Option<Arc<str>>,
    /// Stable code in `snake_case`.
    pub code: String,
    /// What was found and done, in Vietnamese.
    pub message_vi: String,
    /// What was found and done, in English.
    pub message_en: String,
    /// The value in the file.
    pub from: Option<String>,
    /// The value taken or proposed instead.
    pub to: Option<String>,
    /// How sure a repair is, 0–1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

impl RowIssue {
    /// An issue with its code and sentence.
    #[must_use]
    pub fn new(code: impl Into<String>, message: Message) -> Self {
        Self {
            column: None,
            code: code.into(),
            message_vi: message.vi,
            message_en: message.en,
            from: None,
            to: None,
            confidence: None,
        }
    }

    /// Adds the column's header.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<Arc<str>>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// Adds the value in the file and the value taken.
    #[must_use]
    pub fn change(mut self, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.from = Some(from.into());
        self.to = Some(to.into());
        self
    }

    /// Adds the value in the file only.
    #[must_use]
    pub fn value(mut self, from: impl Into<String>) -> Self {
        self.from = Some(from.into());
        self
    }

    /// Adds how sure the repair is, 0–1.
    #[must_use]
    pub const fn confidence(mut self, confidence: f64) -> Self {
        self.confidence = Some(confidence);
        self
    }
}

/// What became of one row of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowReport {
    /// File name.
    pub file: Arc<str>,
    /// Sheet or layer, where the format has them.
    pub sheet: Option<Arc<str>>,
    /// Row number as a spreadsheet shows it (from 1), or the feature's number from 1.
    pub row: u32,
    /// What became of it.
    pub status: RowStatus,
    /// What was found; empty for a row without remarks.
    pub issues: Vec<RowIssue>,
}

/// How many rows speak for one reading of the coordinates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrsCandidate {
    /// EPSG code.
    pub epsg: u32,
    /// Name, for example `VN-2000 / TM-3 105-30`.
    pub name: String,
    /// Whether the two axes were read the other way round.
    pub swapped: bool,
    /// Rows that fall in their own commune (or in the province where no commune is declared).
    pub rows_inside: u32,
    /// Rows that could be tried.
    pub rows_tried: u32,
}

/// How the coordinates of one sheet were understood, with the evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrsEvidence {
    /// File name.
    pub file: Arc<str>,
    /// Sheet or layer.
    pub sheet: Option<Arc<str>>,
    /// EPSG code taken for most rows; `None` when it stayed unclear.
    pub epsg: Option<u32>,
    /// Its name.
    pub name: String,
    /// Whether the two axes were read the other way round for most rows.
    pub swapped: bool,
    /// EPSG code that the list or the user declared.
    pub declared_epsg: Option<u32>,
    /// What was tried, best first.
    pub candidates: Vec<CrsCandidate>,
    /// The evidence in a sentence, Vietnamese.
    pub message_vi: String,
    /// The evidence in a sentence, English.
    pub message_en: String,
}

/// The coordinate evidence of an import: that of its first sheet, and all sheets.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CrsReport {
    /// EPSG code, when all sheets agree.
    pub epsg: Option<u32>,
    /// The evidence in a sentence, Vietnamese.
    pub message_vi: String,
    /// The evidence in a sentence, English.
    pub message_en: String,
    /// One entry per sheet.
    pub sheets: Vec<CrsEvidence>,
}

/// How one column of a file was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnReading {
    /// File name.
    pub file: Arc<str>,
    /// Sheet or layer.
    pub sheet: Option<Arc<str>>,
    /// Column letters as a spreadsheet shows them (`A`, `B`, …).
    pub column: String,
    /// Header as the file writes it.
    pub header: String,
    /// Field that it was read as; `None` when the column is not used.
    pub field: Option<String>,
}

/// A remark on a whole file or sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileNote {
    /// File name.
    pub file: Arc<str>,
    /// Sheet or layer.
    pub sheet: Option<Arc<str>>,
    /// Row that it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Stable code in `snake_case`.
    pub code: String,
    /// Sentence, Vietnamese.
    pub message_vi: String,
    /// Sentence, English.
    pub message_en: String,
}

/// The report of one import.
///
/// `accepted + repaired + rejected = rows_in`, always: [`ImportReport::push`] is the only way to add a row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Rows found below the headers, empty ones left out. Rows that are no data (totals, units, section titles) are among
    /// the rejected ones, each with its reason.
    pub rows_in: u32,
    /// Rows taken as they stand.
    pub accepted: u32,
    /// Rows taken after a repair.
    pub repaired: u32,
    /// Rows not taken.
    pub rejected: u32,
    /// How coordinates were understood.
    pub crs: CrsReport,
    /// How columns were understood.
    #[serde(default)]
    pub columns: Vec<ColumnReading>,
    /// Remarks on whole files and sheets.
    #[serde(default)]
    pub notes: Vec<FileNote>,
    /// Every row.
    pub rows: Vec<RowReport>,
}

impl ImportReport {
    /// Adds a row and counts it.
    pub fn push(&mut self, row: RowReport) {
        self.rows_in += 1;
        match row.status {
            RowStatus::Accepted => self.accepted += 1,
            RowStatus::Repaired => self.repaired += 1,
            RowStatus::Rejected => self.rejected += 1,
        }
        self.rows.push(row);
    }

    /// Adds what was found of a row later, when other rows were known; with `repaired` an accepted row becomes a repaired one.
    pub fn amend(&mut self, index: usize, issue: RowIssue, repaired: bool) {
        let Some(row) = self.rows.get_mut(index) else { return };
        row.issues.push(issue);
        if repaired && row.status == RowStatus::Accepted {
            row.status = RowStatus::Repaired;
            self.accepted -= 1;
            self.repaired += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_follow_rows_and_json_keeps_its_names() {
        let mut report = ImportReport::default();
        for status in [
            RowStatus::Accepted,
            RowStatus::Rejected,
            RowStatus::Repaired,
            RowStatus::Accepted,
        ] {
            let issue = RowIssue::new("code", Message::new("vi", "en"))
                .in_column("Kinh độ")
                .change("a", "b");
            report.push(RowReport {
                file: "a.xlsx".into(),
                sheet: None,
                row: 2,
                status,
                issues: vec![issue],
            });
        }
        assert_eq!(
            (report.rows_in, report.accepted, report.repaired, report.rejected),
            (4, 2, 1, 1)
        );
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["rows"][1]["status"], "rejected");
        assert_eq!(json["rows"][1]["issues"][0]["column"], "Kinh độ");
        assert_eq!(serde_json::from_value::<ImportReport>(json).unwrap(), report);
    }
}
