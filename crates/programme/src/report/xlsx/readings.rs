//! The sheet of all readings, side by side, each counted again by the workbook where it holds the rows.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Book;
use super::live::Live;
use crate::Unit;
use crate::evaluate::{IndicatorResult, ReadingResult};
use crate::number;

const NAME_WIDTH: f64 = 34.0;
const FORMULA_WIDTH: f64 = 38.0;
const USED_WIDTH: f64 = 6.0;
const UNIT_WIDTH: f64 = 10.0;
const STATUS_WIDTH: f64 = 16.0;
const CLAUSE_WIDTH: f64 = 12.0;
const RUN_WIDTH: f64 = 17.0;
const NOTE_WIDTH: f64 = 36.0;

impl Book<'_> {
    pub(super) fn readings(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.style.say("Cách tính", "Readings"))?;
        self.style.head(
            sheet,
            0,
            &[
                ("Chỉ tiêu", "Indicator", NAME_WIDTH),
                ("Cách tính", "Reading", NAME_WIDTH),
                ("Dùng", "Used", USED_WIDTH),
                ("Công thức", "Formula", FORMULA_WIDTH),
                ("Tử số", "Numerator", 12.0),
                ("Mẫu số", "Denominator", 13.0),
                ("Kết quả", "Value", 12.0),
                ("Đơn vị", "Unit", UNIT_WIDTH),
                ("Mục tiêu", "Target", 12.0),
                ("Thấp nhất", "Lowest", 10.0),
                ("Cao nhất", "Highest", 10.0),
                ("Tình trạng", "Status", STATUS_WIDTH),
                ("Điều khoản", "Clause", CLAUSE_WIDTH),
                ("Lần tính", "Run", RUN_WIDTH),
                ("Ghi chú", "Note", NOTE_WIDTH),
            ],
        )?;
        let mut line = 1;
        let plans = self.report.programme.indicators.iter();
        for (result, plan) in self.report.evaluation.indicators.iter().zip(plans) {
            for (reading, formula) in result.readings.iter().zip(&plan.readings) {
                self.reading(sheet, line, result, reading)?;
                self.figure(sheet, line, reading, self.sheets.live(&formula.formula))?;
                line += 1;
            }
        }
        Ok(())
    }

    /// All of a reading but its figure.
    fn reading(
        &self,
        sheet: &mut Worksheet,
        line: u32,
        result: &IndicatorResult,
        reading: &ReadingResult,
    ) -> Result<(), XlsxError> {
        let say = |vi: &str, en: &str| self.report.say(vi, en).to_owned();
        let notes = reading.figure.iter().flat_map(|figure| &figure.notes);
        let notes = notes
            .chain(&reading.reason)
            .map(|note| note.pick(self.report.language).to_owned());
        let texts = [
            (0, say(&result.name_vi, &result.name_en), NAME_WIDTH),
            (1, say(&reading.name_vi, &reading.name_en), NAME_WIDTH),
            (2, if reading.used { "✓" } else { "" }.to_owned(), USED_WIDTH),
            (3, say(&reading.formula_vi, &reading.formula), FORMULA_WIDTH),
            (
                7,
                number::unit(reading.unit, self.report.language).to_owned(),
                UNIT_WIDTH,
            ),
            (
                11,
                say(reading.status.label_vi(), reading.status.label_en()),
                STATUS_WIDTH,
            ),
            (12, result.clause.clone(), CLAUSE_WIDTH),
            (13, self.report.evaluation.run.clone().unwrap_or_default(), RUN_WIDTH),
            (14, notes.collect::<Vec<_>>().join("; "), NOTE_WIDTH),
        ];
        self.style.texts(sheet, line, &texts)?;
        let format = self.style.number_format(reading.unit);
        let range = reading.figure.as_ref().and_then(|figure| figure.range);
        let bound = |index: usize| range.map(|range| range[index]);
        for (column, value) in [(8, reading.target), (9, bound(0)), (10, bound(1))] {
            self.style.number(sheet, (line, column), value, format)?;
        }
        Ok(())
    }

    /// Numerator, denominator and value: counted by the workbook where it holds the rows.
    fn figure(
        &self,
        sheet: &mut Worksheet,
        line: u32,
        reading: &ReadingResult,
        live: Option<Live>,
    ) -> Result<(), XlsxError> {
        let format = self.style.number_format(reading.unit);
        for column in [4, 5, 6] {
            sheet.write_blank(line, column, format)?;
        }
        let Some(figure) = &reading.figure else { return Ok(()) };
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
                // A mean is a quotient too, and no percentage.
                let factor = if reading.unit == Unit::Percent { "100*" } else { "" };
                let text = format!("{factor}E{excel}/F{excel}");
                self.style.formula(sheet, (line, 6), &text, figure.value, format)
            }
            _ => self.style.number(sheet, (line, 6), Some(figure.value), format),
        }
    }
}
