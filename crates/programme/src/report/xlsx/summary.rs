//! The sheet of all indicators.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Book;
use super::style::excel_date;
use crate::number;
use crate::report::table::{indicator_name, status};

/// First row (from 0) of the summary's table body.
const SUMMARY_BODY: u32 = 5;

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
                ("Chỉ tiêu", "Indicator", 46.0),
                ("Loại", "Class", 6.0),
                ("Đơn vị", "Unit", 12.0),
                ("Hiện trạng", "Baseline", 12.0),
                ("Mục tiêu", "Target", 12.0),
                ("Thời hạn", "Deadline", 12.0),
                ("Kết quả", "Value", 12.0),
                ("Còn thiếu", "Missing", 12.0),
                ("Đạt (% mục tiêu)", "Reached (% of target)", 12.0),
                ("Tình trạng", "Status", 30.0),
                ("Điều khoản", "Clause", 16.0),
                ("Nguồn", "Source", 40.0),
                ("Công thức", "Formula", 46.0),
                ("Lần tính", "Run", 18.0),
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
        sheet.write_string_with_format(line, 1, indicator_name(self.report, row), &self.style.text)?;
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
        sheet.write_string_with_format(line, 10, status(self.report, row), &self.style.text)?;
        sheet.write_string_with_format(line, 11, &row.clause, &self.style.text)?;
        sheet.write_string_with_format(
            line,
            12,
            format!("[{:?}] {}", row.source.mark, row.source.text),
            &self.style.text,
        )?;
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
        sheet.write_string_with_format(line, 13, formula.unwrap_or_default(), &self.style.text)?;
        sheet.write_string_with_format(line, 14, origin.unwrap_or_default(), &self.style.text)?;
        Ok(())
    }
}
