//! The sheet of all readings, side by side, each counted again by the workbook where it holds the rows.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Book;
use super::live::Live;
use crate::number;

impl Book<'_> {
    pub(super) fn readings(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.style.say("Cách tính", "Readings"))?;
        self.style.head(
            sheet,
            0,
            &[
                ("Chỉ tiêu", "Indicator", 42.0),
                ("Cách tính", "Reading", 42.0),
                ("Dùng", "Used", 6.0),
                ("Công thức", "Formula", 46.0),
                ("Tử số", "Numerator", 12.0),
                ("Mẫu số", "Denominator", 12.0),
                ("Kết quả", "Value", 12.0),
                ("Đơn vị", "Unit", 10.0),
                ("Mục tiêu", "Target", 12.0),
                ("Ghi chú", "Note", 40.0),
            ],
        )?;
        let mut line = 1;
        let plans = self.report.programme.indicators.iter();
        for (result, plan) in self.report.evaluation.indicators.iter().zip(plans) {
            for (reading, formula) in result.readings.iter().zip(&plan.readings) {
                sheet.write_string_with_format(
                    line,
                    0,
                    self.report.say(&result.name_vi, &result.name_en),
                    &self.style.text,
                )?;
                sheet.write_string_with_format(
                    line,
                    1,
                    self.report.say(&reading.name_vi, &reading.name_en),
                    &self.style.text,
                )?;
                sheet.write_string_with_format(line, 2, if reading.used { "✓" } else { "" }, &self.style.text)?;
                sheet.write_string_with_format(
                    line,
                    3,
                    self.report.say(&reading.formula_vi, &reading.formula),
                    &self.style.text,
                )?;
                self.figure(sheet, line, reading, self.sheets.live(&formula.formula))?;
                sheet.write_string_with_format(
                    line,
                    7,
                    number::unit(reading.unit, self.report.language),
                    &self.style.text,
                )?;
                if let Some(target) = reading.target {
                    sheet.write_number_with_format(line, 8, target, self.style.number_format(reading.unit))?;
                }
                let notes = reading
                    .figure
                    .as_ref()
                    .map(|figure| {
                        let notes = figure.notes.iter().map(|note| note.pick(self.report.language));
                        notes.collect::<Vec<_>>().join("; ")
                    })
                    .unwrap_or_default();
                let note = reading
                    .reason
                    .as_ref()
                    .map_or(notes, |reason| reason.pick(self.report.language).to_owned());
                sheet.write_string_with_format(line, 9, note, &self.style.text)?;
                line += 1;
            }
        }
        Ok(())
    }

    /// Numerator, denominator and value: counted by the workbook where it holds the rows.
    fn figure(
        &self,
        sheet: &mut Worksheet,
        line: u32,
        reading: &crate::ReadingResult,
        live: Option<Live>,
    ) -> Result<(), XlsxError> {
        let Some(figure) = &reading.figure else { return Ok(()) };
        let format = self.style.number_format(reading.unit);
        let excel = line + 1;
        match (live, figure.numerator, figure.denominator) {
            (Some(Live::Value(formula)), ..) => self.style.formula(sheet, (line, 6), &formula, figure.value, format),
            (live, Some(numerator), Some(denominator)) => {
                if let Some(Live::Share {
                    numerator: above,
                    denominator: below,
                }) = live
                {
                    self.style
                        .formula(sheet, (line, 4), &above, numerator, &self.style.whole)?;
                    self.style
                        .formula(sheet, (line, 5), &below, denominator, &self.style.whole)?;
                } else {
                    sheet.write_number_with_format(line, 4, numerator, &self.style.whole)?;
                    sheet.write_number_with_format(line, 5, denominator, &self.style.whole)?;
                }
                self.style.formula(
                    sheet,
                    (line, 6),
                    &format!("100*E{excel}/F{excel}"),
                    figure.value,
                    format,
                )
            }
            _ => sheet
                .write_number_with_format(line, 6, figure.value, format)
                .map(|_| ()),
        }
    }
}
