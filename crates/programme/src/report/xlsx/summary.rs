//! The sheet of all indicators.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Book;
use super::style::excel_date;
use crate::Class;
use crate::evaluate::IndicatorResult;
use crate::number;
use crate::report::table::{indicator_name, status};

/// First row (from 0) of the summary's table body.
const SUMMARY_BODY: u32 = 5;
/// Widths of the columns of text, characters: narrow, so that the sheet can be read on one page's width.
const NAME_WIDTH: f64 = 34.0;
const UNIT_WIDTH: f64 = 10.0;
const STATUS_WIDTH: f64 = 18.0;
const CLAUSE_WIDTH: f64 = 12.0;
const TEXT_WIDTH: f64 = 30.0;
const RUN_WIDTH: f64 = 17.0;

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
                ("Đơn vị", "Unit", UNIT_WIDTH),
                ("Hiện trạng", "Baseline", 10.0),
                ("Mục tiêu", "Target", 10.0),
                ("Thời hạn", "Deadline", 11.0),
                ("Kết quả", "Value", 10.0),
                ("Còn thiếu", "Missing", 10.0),
                ("Đạt (% mục tiêu)", "Reached (% of target)", 10.0),
                ("Số báo cáo", "Reported", 10.0),
                ("Số từ bản đồ, mô hình", "From the map or model", 12.0),
                ("Chênh lệch", "Difference", 10.0),
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
                .filter(|_| row.class == Class::A);
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
        sheet.write_number_with_format(line, 0, (index + 1) as f64, &self.style.centre)?;
        for (column, value) in [(4, row.baseline), (5, row.target), (7, row.value), (8, None), (9, None)] {
            self.style.number(sheet, (line, column), value, format)?;
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
        self.both(sheet, line, row)?;
        self.style.texts(sheet, line, &self.summary_texts(row))
    }

    /// What people report and what the map says, side by side, and by how much they differ: neither overwrites the other.
    fn both(&self, sheet: &mut Worksheet, line: u32, row: &IndicatorResult) -> Result<(), XlsxError> {
        let format = self.style.number_format(row.unit);
        let reported = row.reported.first().map(|last| last.value);
        let used = row.readings.iter().find(|reading| reading.used);
        let computed = used.and_then(|reading| reading.figure.as_ref().map(|figure| figure.value));
        // Without a report the map's figure is the value itself.
        let computed = computed.filter(|_| reported.is_some() || row.class != Class::A);
        self.style.number(sheet, (line, 10), reported, format)?;
        self.style.number(sheet, (line, 11), computed, format)?;
        match reported.zip(computed) {
            Some((reported, computed)) => {
                let text = format!("K{0}-L{0}", line + 1);
                self.style
                    .formula(sheet, (line, 12), &text, reported - computed, format)
            }
            None => self.style.number(sheet, (line, 12), None, format),
        }
    }

    fn summary_texts(&self, row: &IndicatorResult) -> [(u16, String, f64); 8] {
        let language = self.report.language;
        let source = format!("[{:?}] {}", row.source.mark, row.source.text);
        let used = row.readings.iter().find(|reading| reading.used);
        let formula = used.map(|reading| self.report.say(&reading.formula_vi, &reading.formula));
        let reported = row.reported.first().map(|last| {
            let day = number::date(last.date, language);
            let what = self.style.say("số liệu báo cáo", "reported");
            format!("{what} {day}: {}", last.source)
        });
        let origin = match row.class {
            Class::A => self.report.evaluation.run.clone(),
            _ => reported,
        };
        [
            (1, indicator_name(self.report, row), NAME_WIDTH),
            (2, format!("{:?}", row.class), 6.0),
            (3, number::unit(row.unit, language).to_owned(), UNIT_WIDTH),
            (13, status(self.report, row), STATUS_WIDTH),
            (14, row.clause.clone(), CLAUSE_WIDTH),
            (15, source, TEXT_WIDTH),
            (16, formula.unwrap_or_default().to_owned(), TEXT_WIDTH),
            (17, origin.unwrap_or_default(), RUN_WIDTH),
        ]
    }
}
