//! The sheet of all indicators.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Book;
use super::style::excel_date;
use crate::number;
use crate::report::table::{indicator_name, status};

/// First row (from 0) of the summary's table body.
const SUMMARY_BODY: u32 = 5;
/// Widths of the columns of text, characters: narrow, so that the sheet can be read on one page's width.
const NAME_WIDTH: f64 = 34.0;
const STATUS_WIDTH: f64 = 18.0;
const CLAUSE_WIDTH: f64 = 12.0;
const TEXT_WIDTH: f64 = 30.0;
const RUN_WIDTH: f64 = 17.0;
/// Height of a line of text, points.
const LINE_POINTS: f64 = 15.0;

impl Book<'_> {
    pub(super) fn summary(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let report = self.report;
        sheet.set_name(self.style.say("Tổng hợp", "Summary"))?;
        sheet.write_string_with_format(0, 0, report.title(), &self.style.title)?;
        let under = format!("{} {}", self.style.say("Theo", "Under"), report.evaluation.document);
        sheet.write_string_with_format(1, 0, under, &self.style.note)?;
        sheet.write_string_with_format(2, 0, report.provenance(), &self.style.note)?;
        if let Some(warning) = report.evaluation.warnings.first() {
            sheet.write_string_with_format(3, 0, warning.pick(report.language), &self.style.note)?;
        }
        self.style.head(
            sheet,
            SUMMARY_BODY - 1,
            &[
                ("TT", "No", 5.0),
                ("Chỉ tiêu", "Indicator", NAME_WIDTH),
                ("Loại", "Class", 6.0),
                ("Đơn vị", "Unit", 10.0),
                ("Hiện trạng", "Baseline", 10.0),
                ("Mục tiêu", "Target", 10.0),
                ("Thời hạn", "Deadline", 11.0),
                ("Kết quả", "Value", 10.0),
                ("Còn thiếu", "Missing", 10.0),
                ("Đạt (% mục tiêu)", "Reached (% of target)", 10.0),
                ("Tình trạng", "Status", STATUS_WIDTH),
                ("Điều khoản", "Clause", CLAUSE_WIDTH),
                ("Nguồn", "Source", TEXT_WIDTH),
                ("Công thức", "Formula", TEXT_WIDTH),
                ("Lần tính", "Run", RUN_WIDTH),
            ],
        )?;
        let mut reading_row = 2;
        for (index, row) in report.evaluation.indicators.iter().enumerate() {
            let line = SUMMARY_BODY + index as u32;
            let used = row
                .readings
                .iter()
                .position(|reading| reading.used)
                .filter(|_| row.class == crate::Class::A);
            self.summary_row(sheet, line, index, used.map(|used| reading_row + used as u32))?;
            reading_row += row.readings.len() as u32;
        }
        Ok(())
    }

    /// One indicator; `reading_row` is the row (from 1) of its used reading on the next sheet.
    fn summary_row(
        &self,
        sheet: &mut Worksheet,
        line: u32,
        index: usize,
        reading_row: Option<u32>,
    ) -> Result<(), XlsxError> {
        let row = &self.report.evaluation.indicators[index];
        let format = self.style.number_format(row.unit);
        sheet.write_number_with_format(line, 0, (index + 1) as f64, &self.style.whole)?;
        sheet.write_string_with_format(line, 2, format!("{:?}", row.class), &self.style.text)?;
        sheet.write_string_with_format(line, 3, number::unit(row.unit, self.report.language), &self.style.text)?;
        for (column, value) in [(4, row.baseline), (5, row.target), (7, row.value), (8, None), (9, None)] {
            match value {
                Some(value) => sheet.write_number_with_format(line, column, value, format)?,
                None => sheet.write_blank(line, column, format)?,
            };
        }
        match row.deadline {
            Some(day) => sheet.write_datetime_with_format(line, 6, excel_date(day)?, &self.style.date)?,
            None => sheet.write_blank(line, 6, &self.style.date)?,
        };
        if let (Some(value), Some(reading_row)) = (row.value, reading_row) {
            let link = format!("'{}'!G{reading_row}", self.style.say("Cách tính", "Readings"));
            self.style.formula(sheet, (line, 7), &link, value, format)?;
        }
        if let (Some(value), Some(target), Some(gap)) = (row.value, row.target, row.gap) {
            let excel = line + 1;
            let at_most = self.report.programme.indicators[index].direction == crate::Direction::AtMost;
            let missing = if at_most {
                format!("MAX(0,H{excel}-F{excel})")
            } else {
                format!("MAX(0,F{excel}-H{excel})")
            };
            self.style.formula(sheet, (line, 8), &missing, gap, format)?;
            if target > 0.0 && !at_most {
                self.style.formula(
                    sheet,
                    (line, 9),
                    &format!("100*H{excel}/F{excel}"),
                    100.0 * value / target,
                    &self.style.decimal,
                )?;
            }
        }
        let source = format!("[{:?}] {}", row.source.mark, row.source.text);
        let used = row.readings.iter().find(|reading| reading.used);
        let formula = used.map(|reading| self.report.say(&reading.formula_vi, &reading.formula));
        let reported = row.reported.first().map(|last| {
            let day = number::date(last.date, self.report.language);
            format!(
                "{} {day}: {}",
                self.style.say("số liệu báo cáo", "reported"),
                last.source
            )
        });
        let origin = match row.class {
            crate::Class::A => self.report.evaluation.run.clone(),
            _ => reported,
        };
        let name = indicator_name(self.report, row);
        let texts = [
            (1, name.to_string(), NAME_WIDTH),
            (10, status(self.report, row).to_string(), STATUS_WIDTH),
            (11, row.clause.clone(), CLAUSE_WIDTH),
            (12, source, TEXT_WIDTH),
            (13, formula.unwrap_or_default().to_owned(), TEXT_WIDTH),
            (14, origin.unwrap_or_default(), RUN_WIDTH),
        ];
        // Not every program makes a row higher for text that is broken into lines.
        let lines = texts
            .iter()
            .map(|(_, text, width)| lines_of(text, *width))
            .max()
            .unwrap_or(1);
        sheet.set_row_height(line, LINE_POINTS * f64::from(lines))?;
        for (column, text, _) in texts {
            sheet.write_string_with_format(line, column, text, &self.style.text)?;
        }
        Ok(())
    }
}

/// Lines that a text takes in a column so many characters wide, broken between words where it can be.
fn lines_of(text: &str, width: f64) -> u32 {
    let width = width.max(1.0) as usize;
    let (mut lines, mut used) = (1, 0);
    for word in text.split_whitespace().map(|word| word.chars().count()) {
        if used > 0 && used + 1 + word > width {
            lines += 1;
            used = 0;
        }
        lines += (word.saturating_sub(1) / width) as u32;
        used += word.min(width) + usize::from(used > 0);
    }
    lines
}
